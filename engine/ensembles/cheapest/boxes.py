"""The most general box: the heaviest one around an instance, a range or a set of values a feature, decided alike.

A box is what a closed set of literals leaves. The search is in the core (``engine/native/boxes``): counterexamples
become inequalities over the sides of boxes, whose prices bound what any box weighs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ... import _native
from ...arrays import F64, I64, Bools
from ...budget import Deadline
from ..answers import NONE
from ..sums import Columns
from ..views.literals import LiteralView, importance_order


class Weighing(NamedTuple):
    """What cells weigh.

    Attributes
    ----------
    mass : ndarray of float64
        Of all cells, attribute after attribute; none is negative, and with `log` none is 0.
    first : ndarray of int64, shape (n_attributes,)
        Where the cells of each attribute begin.
    scale : ndarray of float64, shape (n_attributes,)
        What the sum of the masses, or its logarithm, is multiplied by.
    log : bool
        Whether a box weighs the sum of the logarithms of its features' masses; else of the masses.
    whole : bool
        Whether all weights are whole numbers.
    """

    mass: F64
    first: I64
    scale: F64
    log: bool
    whole: bool


class Heaviest(NamedTuple):
    """A box that holds, as the closed set of literals that leaves it.

    Attributes
    ----------
    kept : ndarray of bool, shape (n_elements,)
        The literals.
    maximal : bool
        Whether it is proved that no literal can be dropped.
    weight, bound : float
        What the box weighs, and what none exceeds.
    proved : bool
        Whether none is heavier (by more than rounding).
    """

    kept: Bools
    maximal: bool
    weight: float
    bound: float
    proved: bool


def heaviest_box(view: LiteralView, weighing: Weighing, start: Bools, deadline: Deadline) -> Heaviest:
    """Return the heaviest box that is found, beginning with a set of literals that holds.

    Its complexity is exponential in the worst case; a proved optimum needs one inequality for each counterexample that
    matters, and a tree of boxes between which it may lie.
    """
    question = view.question
    found: list[tuple[int, float, float, int, int]] = []
    view.place(start)
    columns, n = question.columns, len(view.banned)

    def search() -> int:
        found.append(
            _native.most_general(
                question.problem, question.box, question.cells, view.banned, _certain(columns), *weighing, question.work
            )
        )
        return found[0][0]

    code = question.run(deadline, search) if n else NONE
    kept = view.closed_box() & view.full
    kept, maximal = view.shrink(kept, importance_order(view, deadline.with_grace()), deadline.with_grace())
    weight = weight_of(view, kept, weighing)
    proved = code == NONE
    bound = weight if proved else max(weight, found[0][2] if found else np.inf)
    return Heaviest(kept, maximal, weight, bound, proved)


def weight_of(view: LiteralView, kept: Bools, weighing: Weighing) -> float:
    """Return what the box of a closed set of literals weighs."""
    view.place(kept)
    total = 0.0
    for a, (low, high) in enumerate(zip(*ranges_of(view), strict=True)):
        mass = weighing.mass[int(weighing.first[a]) :]
        if view.space.interval[a]:
            inside = float(mass[low : high + 1].sum())
        else:
            inside = float(mass[: view.space.attributes[a].n_cells][allowed_cells(view, a, kept)].sum())
        total += float(weighing.scale[a]) * (float(np.log(inside)) if weighing.log else inside)
    return total


def ranges_of(view: LiteralView) -> tuple[list[int], list[int]]:
    """Return the least and the greatest cell of each interval attribute in the box of the question."""
    return view.question.box.lo.tolist(), view.question.box.hi.tolist()


def allowed_cells(view: LiteralView, a: int, kept: Bools) -> Bools:
    """Return which cells of a listed attribute the kept literals leave."""
    attribute = view.space.attributes[a]
    base = int(view.space.element_base[a])
    mine = kept[base : base + len(attribute.truth)]
    own = attribute.truth[:, int(view.situation.cells[a])]
    left: Bools = (attribute.truth[mine] == own[mine, None]).all(axis=0)
    return left


def _certain(columns: Columns) -> I64:
    """Return from which sum of each column on an input is bad beyond doubt; empty where sums do not tell."""
    if columns.goal is not None or (columns.together and len(columns.need) > 1):
        return np.zeros(0, np.int64)
    exact = len(columns.kind) == 0
    return np.ascontiguousarray(columns.need if exact else 1 - columns.need, dtype=np.int64)
