"""Which solver answers a question on a forest, unless the user names one.

The rule is what was measured (tables of all solvers: ``docs/solvers.md``, which a test compares with what is chosen;
those below: ``benchmarks/NOTES.md``, "Who answers"; CPU seconds a reason, medians, on the stored forests of 25 trees of
depth 6 and of 100 of depth 8):

===================  ========================  =======================================================
question             solver                    against
===================  ========================  =======================================================
one sufficient       ``native``                .002 to .1 s; SAT (hard votes) .01 to .8 s; CP-SAT .4 s over
                                               features, not done in 4 s over literals
cheapest majoritary  ``cpsat``                 .03 to .2 s wall; SCIP .05 to 1.0 s, HiGHS .05 to 1.4 s,
                                               RC2 mostly not done in 2 s
===================  ========================  =======================================================

The choice does not depend on the time that is left or on what the machine does meanwhile: the same question has the
same answer everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...engine.budget import Deadline, OutOfTimeError
from ...engine.errors import CapabilityError, UndecidedError

if TYPE_CHECKING:
    from .core import ForestCore

NATIVE = "native"
MAJORITARY = "cpsat"

MOST_LITERALS = 50_000  # sets of literals as masks take n * n / 4 bytes
_A_LITERAL, _A_NODE = 1.5e-8, 3e-6  # seconds to write a problem down: for each pair of literals, for each node


def named_or(solver: str | None, default: str) -> str:
    """Return the solver that the user names, else the default."""
    return default if solver is None else solver


def seconds_to_write(answers: ForestCore, per_feature: bool) -> float:
    """Return about how long it takes to write a question down for an outside solver."""
    literals = 0 if per_feature else len(answers.session.space.vocabulary)
    return _A_LITERAL * literals**2 + _A_NODE * len(answers.session.compiled.trees.literal)


def fits_outside(answers: ForestCore, per_feature: bool, deadline: Deadline) -> bool:
    """Tell whether there is time and room to write a question down for an outside solver."""
    if not per_feature and len(answers.session.space.vocabulary) > MOST_LITERALS:
        return False
    return seconds_to_write(answers, per_feature) < deadline.remaining


def check_size(answers: ForestCore, per_feature: bool, solver: str) -> None:
    """Raise CapabilityError if a model has too many literals for outside solvers."""
    literals = len(answers.session.space.vocabulary)
    if not per_feature and literals > MOST_LITERALS:
        raise CapabilityError(
            f"solver={solver!r}: the model has {literals} literals, outside solvers take at most {MOST_LITERALS}: "
            "leave it out, or ask with over='features'"
        )


@contextmanager
def written_in_time() -> Iterator[None]:
    """Say in words that time was up before a program was written."""
    try:
        yield
    except OutOfTimeError:
        raise UndecidedError("time was up before the program was written: give it more time") from None
