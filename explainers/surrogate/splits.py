"""Which rows of a vicinity are learnt from, which a radius is chosen by, and which are reported: three disjoint parts.

A row's part hangs on its values and the seed alone. So copies of a row are in one part, a random row that happens to
equal a held-out one is not learnt from, and a row stays in its part when the radius grows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64

HELD_OUT = 0.25  # share of the different rows
Places = NDArray[np.intp]


def row_keys(codes: F64, seed: int = 0) -> list[bytes]:
    """Return a key of each row that copies of it share, in an order of its own for each seed."""
    salt = seed.to_bytes(16, "little")
    plain = np.ascontiguousarray(codes + 0.0)  # -0.0 is 0.0
    return [hashlib.blake2b(row.tobytes(), digest_size=16, salt=salt).digest() for row in plain]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Places of rows.

    Attributes
    ----------
    learn, choose, report : ndarray of int
        Rows with their copies.
    firsts : dict from str to ndarray of int
        One copy of each different row of ``"choose"`` and ``"report"``.
    groups : ndarray of int
        For each row the number of its values: copies share it.
    """

    learn: Places
    choose: Places
    report: Places
    firsts: dict[str, Places]
    groups: Places


def split_rows(codes: F64, n_asked: int, seed: int, need: int, choosing: bool) -> Split:
    """Part rows into those to learn from, to choose by and to report.

    Parameters
    ----------
    codes : ndarray, shape (m, n_columns)
        The rows as numbers.
    n_asked : int
        How many of them, the first ones, may be held out; the others are learnt from, unless they equal one that is
        held out.
    seed : int
        Another seed gives other parts.
    need : int
        How many different rows are to be reported at least: more than a quarter of them, if that is what it takes, but
        never more than half (with `choosing` a quarter to report and a quarter to choose by, whatever the need).
    choosing : bool
        Whether something is chosen.
    """
    keys = row_keys(codes, seed)
    number: dict[bytes, int] = {}
    groups = np.array([number.setdefault(key, len(number)) for key in keys], np.intp)
    order = sorted(set(keys[:n_asked]))
    if choosing:
        fourth = [int.from_bytes(key[:8], "big") >> 62 for key in order]  # the same at every radius
        report = [key for key, part in zip(order, fourth, strict=True) if part == 0]
        choose = [key for key, part in zip(order, fourth, strict=True) if part == 1]
    else:
        report = order[: max(round(HELD_OUT * len(order)), min(need, len(order) // 2))]
        choose = []
    part = np.zeros(len(number), np.int8)
    part[[number[key] for key in report]] = 2
    part[[number[key] for key in choose]] = 1
    of_row = part[groups]
    first = np.unique(groups, return_index=True)[1]
    firsts = {name: np.sort(first[part == k]) for name, k in (("choose", 1), ("report", 2))}
    asked = np.arange(len(groups)) < n_asked
    learn, chosen, told = of_row == 0, (of_row == 1) & asked, (of_row == 2) & asked
    return Split(np.nonzero(learn)[0], np.nonzero(chosen)[0], np.nonzero(told)[0], firsts, groups)
