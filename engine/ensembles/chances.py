"""How likely a box of cells leaves a model in O: exactly, or within bounds that close as time goes on.

For each product of a distribution the core splits boxes of cells, heaviest first, until bounds tell that all or none of
a box is in O (``native/ensembles/chances.hpp``); their masses are whole numbers and are added up exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .. import _native
from ..arrays import I32, Bools
from ..budget import Deadline
from ..chances.masses import Distribution, Product
from ..clock import run
from ..domain.space import Space
from ..models.ensembles import EnsembleArrays
from ..models.trees import TreeArrays
from .answers import NONE, UNKNOWN
from .layout import Layout, lay_out
from .question import problem_of
from .sums import Arithmetic, Columns, class_columns, vote_columns, whole_values

_FIRST, _MOST = 64, 1 << 13  # boxes that are looked at before the bounds are


Settle = Callable[[I32], bool | None]


class Box(NamedTuple):
    """Allowed cells: ranges of interval attributes, and which cells of the others (in the layout's order)."""

    low: I32
    high: I32
    allowed: Bools


@dataclass(frozen=True, eq=False)
class TwoSides:
    """Two questions about one model: can it leave O, and can it be in O.

    Attributes
    ----------
    layout : Layout
        The trees.
    sums, columns : Arithmetic, Columns
        Of the first question.
    stay_sums, stay_columns : Arithmetic, Columns
        Of the second one. What is in doubt counts as possible in both.
    settle : callable, optional
        Tells of an input that is in doubt by rounding what the model's own arithmetic says of it: whether it is in O;
        None if it stays in doubt.
    """

    layout: Layout
    sums: Arithmetic
    columns: Columns
    stay_sums: Arithmetic
    stay_columns: Columns
    settle: Settle | None = None

    def problems(self) -> tuple[_native.Problem, _native.Problem]:
        """Return both as the core takes them."""
        leave = problem_of(self.layout, self.sums, self.columns)
        return leave, problem_of(self.layout, self.stay_sums, self.stay_columns)


def sides_of_tree(
    tree: TreeArrays, n_classes: int, good: Bools, space: Space, clauses: tuple[tuple[int, ...], ...]
) -> TwoSides:
    """Return both questions about a single tree, whose leaves vote."""
    leaf = np.full(len(tree.literal), -1, np.int32)
    leaves = np.flatnonzero(tree.literal == 0)
    leaf[leaves] = np.arange(len(leaves), dtype=np.int32)
    values = np.zeros((len(leaves), n_classes))
    values[np.arange(len(leaves)), tree.outcome[leaves]] = 1.0
    root = np.zeros(1, np.int32)
    arrays = EnsembleArrays(root, tree.literal, tree.left, tree.right, leaf, values, np.zeros(n_classes))
    whole = whole_values(arrays)
    layout = lay_out(arrays, space, clauses)
    sums = Arithmetic(values, arrays.base, 1.0, good, 0.0, 0.0)
    return TwoSides(layout, sums, class_columns(whole, good), sums._replace(good=~good), class_columns(whole, ~good))


def sides_of_votes(layout: Layout, trees: EnsembleArrays, wanted: int) -> TwoSides:
    """Return both questions about votes: can half of the trees vote otherwise, and can a majority vote for a class."""
    own = (trees.values.argmax(axis=1) == wanted).astype(np.float64).reshape(-1, 1)
    against = vote_columns(trees, wanted)
    most = trees.n_trees // 2 + 1
    sums = Arithmetic(own, np.zeros(1), 1.0, np.zeros(0, np.bool_), float(most), math.inf)
    columns = against._replace(worth=1 - against.worth, need=np.array([most], np.int64))
    return TwoSides(layout, sums, against, sums._replace(enter=True), columns)


class Weighed(NamedTuple):
    """The share of a box that is in O.

    Attributes
    ----------
    lower, upper : Fraction
        Between which it lies; 0 and 1 where nothing has a mass.
    defined : bool
        Whether anything in the box has a mass, as far as is known.
    ended : bool
        Whether nothing is open: what lies between the bounds is in doubt.
    n_boxes : int
        How many boxes were decided.
    """

    lower: Fraction
    upper: Fraction
    defined: bool
    ended: bool
    n_boxes: int

    def reaches(self, delta: Fraction) -> bool | None:
        """Tell whether the share is at least a number; None if that is not known."""
        if self.lower >= delta:
            return True
        return False if self.upper < delta else None


class _Run:
    """The search of one product."""

    def __init__(
        self, sides: tuple[_native.Problem, _native.Problem], part: Product, box: Box, factor: Fraction | None,
        settle: Settle | None,
    ) -> None:  # fmt: skip
        """Begin; `factor` is the chance of the box, where there are several products."""
        self._chances = _native.Chances(*sides, part.core, box.low, box.high, box.allowed)
        self._settle, self._settled = settle, [0, 0]
        self.ended, self._factor, self.size, self.looked = False, factor, _FIRST, 0
        self.weight: int | Fraction
        self._read()

    def _read(self) -> None:
        every, self.inside, self.outside, doubtful, self.broken = (
            int.from_bytes(told, "little") for told in self._chances.masses()
        )
        for point, mass in self._chances.take_doubts():
            said = None if self._settle is None else self._settle(np.array(point, np.int32))
            if said is not None:
                self._settled[said] += int.from_bytes(mass, "little")
        self.inside += self._settled[True]
        self.outside += self._settled[False]
        doubtful -= sum(self._settled)
        self.every = every
        self.left = every - self.inside - self.outside - doubtful - self.broken
        self.weight = 1 if self._factor is None else self._factor / every

    def go_on(self, deadline: Deadline) -> bool:
        """Look at some boxes; tell whether there was time."""
        code = run(deadline, self._chances.go_on, self.size)
        self.looked += self.size
        self.size = min(2 * self.size, _MOST)
        self._read()
        self.ended = code == NONE
        return code != UNKNOWN

    @property
    def n_boxes(self) -> int:
        """How many boxes were decided."""
        return self._chances.n_decided


def weigh(
    sides: tuple[_native.Problem, _native.Problem], distribution: Distribution, box: Box, space: Space,
    deadline: Deadline, delta: Fraction | None = None, width: Fraction = Fraction(0),
    most: int | None = None, settle: Settle | None = None,
) -> Weighed:  # fmt: skip
    """Return the share of a box that is in O; with `delta` only as far as it tells whether that is reached.

    Parameters
    ----------
    sides : pair of Problem
        See ``TwoSides.problems``.
    distribution : Distribution
        What inputs are like.
    box : Box
        Where they lie.
    space : Space
        The domain.
    deadline : Deadline
        Shared limit; what is known by then is returned.
    delta : Fraction, optional
        What is to be reached.
    width : Fraction
        How far apart the bounds may stay.
    most : int, optional
        How many boxes to look at, about.
    settle : callable, optional
        See ``TwoSides``.
    """
    runs = []
    if len(distribution.parts) == 1:
        runs = [_Run(sides, distribution.parts[0], box, None, settle)]
    else:
        allowed = allowed_cells(space, box)
        for part in distribution.parts:
            factor = part.weight * part.chance(allowed)
            if factor:
                runs.append(_Run(sides, part, box, factor, settle))
    while True:
        found = _together(runs)
        if found.ended or (delta is not None and found.reaches(delta) is not None and found.defined):
            return found
        if delta is None and found.upper - found.lower <= width:
            return found
        if most is not None and sum(one.looked for one in runs) >= most:
            return found
        heaviest = max((one for one in runs if not one.ended), key=lambda one: one.weight * one.left)
        if deadline.expired() or not heaviest.go_on(deadline):
            return _together(runs)


def _together(runs: list[_Run]) -> Weighed:
    valid = sum(one.weight * (one.every - one.broken) for one in runs)
    ended, n_boxes = all(one.ended for one in runs), sum(one.n_boxes for one in runs)
    if not valid:
        return Weighed(Fraction(0), Fraction(1), False, True, n_boxes)
    inside = sum(one.weight * one.inside for one in runs)
    outside = sum(one.weight * one.outside for one in runs)
    return Weighed(Fraction(inside, valid), 1 - Fraction(outside, valid), True, ended, n_boxes)


def allowed_cells(space: Space, box: Box) -> list[list[int]]:
    """Return the cells of each attribute that are in a box."""
    out, at = [], 0
    for number, attribute in enumerate(space.attributes):
        if attribute.interval:
            out.append(list(range(int(box.low[number]), int(box.high[number]) + 1)))
        else:
            out.append(np.flatnonzero(box.allowed[at : at + attribute.n_cells]).tolist())
            at += attribute.n_cells
    return out
