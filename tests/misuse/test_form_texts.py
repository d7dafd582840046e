"""Texts of formulas and programs, damaged at random: read, or refused as a FormatError; no crash, no hang."""

from __future__ import annotations

import numpy as np
import pytest
from suffice.engine.errors import FormatError, SufficeError
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.engine.forms.files import dimacs, lp, mps, opb

from tests.engine.forms.files.readers import from_dimacs, from_lp, from_mps, from_opb, from_wcnf
from tests.misuse.odd_values import CALLS, Faults, watched

PROGRAM = Linear.build(
    [1.0, -2.0, 3.0], [({0: 1.0, 1: -1.0}, 1.0, np.inf), ({1: 2.0, 2: 1.0}, 0.0, 4.0)], upper=1.0, integer=True
)
FORMS = {
    "cnf": (from_dimacs, dimacs.to_dimacs(Cnf.from_clauses([(1, -2), (2, 3)], 3), ["c of it"])),
    "wcnf": (from_wcnf, dimacs.to_wcnf(Wcnf.from_clauses([(1, -2)], [(2,), (-1,)], [3, 4], 2))),
    "old wcnf": (from_wcnf, dimacs.to_wcnf(Wcnf.from_clauses([(1, -2)], [(2,), (-1,)], [3, 4], 2), old=True)),
    "lp": (from_lp, lp.to_lp(PROGRAM)),
    "mps": (from_mps, mps.to_mps(PROGRAM)),
    "opb": (from_opb, opb.to_opb(PROGRAM)),
}
WORDS = (
    "0", "-0", "1", "-1", "999999999999999999999999", "1e999", "nan", "inf", "x1", "x999999999999", "x0", "~x1", ">=",
    "<=", "=", ";", ":", "*", "p", "cnf", "wcnf", "h", "min:", "RHS", "ENDATA", "BOUNDS", "End", "\t", "\n", "é", "\0",
    "1.5.2", "+", "-", "1/2", "offset", "* offset: x", "* offset: 1e400", "#variable= 99999999999 #constraint= 1",
    "free", "x1 x1", "'", '"', "c", "1_000", "٣", "0x10",
)  # fmt: skip


def damaged(rng, text):
    """Return a text that is cut, or has parts doubled, exchanged or put in."""
    for _ in range(rng.integers(1, 4)):
        tokens = text.split(" ")
        at = int(rng.integers(len(tokens)))
        how = rng.integers(6)
        if how == 0:
            text = text[: rng.integers(len(text) + 1)]
        elif how == 1:
            tokens[at] = str(rng.choice(WORDS))
        elif how == 2:
            tokens.insert(at, str(rng.choice(WORDS)))
        elif how == 3:
            del tokens[at]
        elif how == 4:
            lines = text.split("\n")
            lines.insert(int(rng.integers(len(lines) + 1)), lines[rng.integers(len(lines))])
            text = "\n".join(lines)
        else:
            place = int(rng.integers(len(text) + 1))
            text = text[:place] + str(rng.choice(WORDS)) + text[place:]
        if how in (1, 2, 3):
            text = " ".join(tokens)
    return text


@pytest.mark.parametrize("name", FORMS)
def test_damaged_texts(name):
    read, text = FORMS[name]
    rng, faults = np.random.default_rng(sorted(FORMS).index(name)), Faults()
    read(text)
    for _ in range(10 * CALLS):
        cut = damaged(rng, text)
        with watched(f"{name}({cut!r})", faults):
            try:
                read(cut)
            except SufficeError as error:
                assert isinstance(error, FormatError), repr(error)
    assert not faults, str(faults)
