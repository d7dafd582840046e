"""What an outcome outside O means for an ensemble, in whole numbers with a proved error, and in the model's own floats.

A question is a list of **columns**. Column k is bad at an input if its sum reaches what it needs:
``offset[k] + worth[leaf_1, k] + … + worth[leaf_T, k] >= need[k]``. The worths are whole numbers, so that they add up
without error in any order; ``need`` is lowered by a proved bound of all rounding, so that below it the model's own
floating-point sums cannot be outside O. What reaches ``need`` is confirmed by the model's own arithmetic, in its order
of summation.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .. import _native
from ..arrays import F64, I32, I64, Bools
from ..errors import UnsupportedModelError
from ..models.ensembles import NEAR, EnsembleArrays

_BITS = 60  # whole sums stay below 2^60
_EXACT = 50  # below 2^50 units floating-point sums and quotients keep different sums apart


class Arithmetic(NamedTuple):
    """The model's own arithmetic and O.

    Attributes
    ----------
    values : ndarray of float64, shape (n_leaves, n_outputs)
        What a leaf adds to the scores.
    start : ndarray of float64, shape (n_outputs,)
        What the scores start from.
    divisor : float
        What the sums are divided by.
    good : ndarray of bool, shape (n_outputs,)
        O, for a classifier; empty for a regressor.
    lower, upper : float
        For a regressor: an interval, which is O.
    enter : bool
        Whether O is everything outside this interval instead.
    single : bool
        Whether sums are rounded to float32 after each addition.
    link : int
        What lies between the scores and the greatest one (see ``ensembles.decide``).
    goal : Goal or None
        What is asked of a circuit over the scores, instead of O (see ``goals``).
    models : Models or None
        What is asked of several models whose trees lie side by side, instead of all this (see ``pairs``).
    """

    values: F64
    start: F64
    divisor: float
    good: Bools
    lower: float
    upper: float
    enter: bool = False
    single: bool = False
    link: int = 0
    goal: _native.Goal | None = None
    models: _native.Models | None = None


_NO_KINDS = np.zeros(0, np.int32)


class Columns(NamedTuple):
    """A question in whole numbers: see the module's text.

    Attributes
    ----------
    worth : ndarray of int64, shape (n_leaves, n_columns)
        What each leaf adds.
    offset, need : ndarray of int64, shape (n_columns,)
        What the sums start from, and what they must reach to be bad.
    together : bool
        Whether an input is bad if all columns are (else: if one is).
    kind : ndarray of int32, shape (n_leaves,), (n_leaves * n_columns,) or (0,)
        Where rounding counts: leaves of equal values (in a column) share a number, so that equal worths of unequal
        values are told apart. Empty where whole sums are exact.
    goal : Goal or None
        See ``goals``.
    """

    worth: I64
    offset: I64
    need: I64
    together: bool
    kind: I32 = _NO_KINDS
    goal: _native.Goal | None = None


class Whole(NamedTuple):
    """The values of a model as whole numbers.

    Attributes
    ----------
    worth : ndarray of int64, shape (n_leaves, n_outputs)
        ``values * 2**shift``, rounded.
    start : ndarray of int64
        ``base * 2**shift``, rounded.
    shift : int
        The scale.
    error : int
        How far a score's sum, as the model computes it, is from the whole sum, at most (0: they agree, and different
        whole sums are different scores).
    kind : ndarray of int32, shape (n_leaves,)
        Leaves of equal values share a number.
    """

    worth: I64
    start: I64
    shift: int
    error: int
    kind: I32


def whole_values(trees: EnsembleArrays, extra: float = 0.0) -> Whole:
    """Return a model's values as whole numbers (`extra`: the greatest number that sums are compared with)."""
    total = greatest_sum(trees) + abs(extra)
    shift = _exact_shift(trees, total) if extra == 0.0 and not trees.single else None
    error = 0
    if shift is None:
        shift = _BITS - 1 - max(math.frexp(total)[1], -900)
        # each value is rounded by half a unit, each of the model's sums by its own part
        error = trees.n_trees + 4 + math.ceil(Fraction(_rounding(trees, total)) * Fraction(2) ** shift)
    worth = np.rint(np.ldexp(trees.values, shift)).astype(np.int64)
    flat = trees.values[:, 0] if trees.values.shape[1] == 1 else trees.values  # numbers sort faster than rows
    kind = np.unique(flat, axis=0, return_inverse=True)[1] if trees.values.size else _NO_KINDS
    start = np.rint(np.ldexp(trees.base, shift)).astype(np.int64)
    return Whole(worth, start, shift, error, np.asarray(kind).reshape(-1).astype(np.int32))


def greatest_sum(trees: EnsembleArrays) -> float:
    """Return a number that no sum of the model is greater than, whatever its sign.

    Raises
    ------
    UnsupportedModelError
        If sums may overflow, so that the model adds infinite numbers.
    """
    largest = np.abs(trees.values).max(axis=1) if trees.values.size else np.zeros(0)
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    inner = trees.leaf >= 0
    of_tree = np.zeros(trees.n_trees)
    np.maximum.at(of_tree, owner[inner], largest[trees.leaf[inner]])
    with np.errstate(over="ignore"):
        total = float(of_tree.sum() + (np.abs(trees.base).max() if len(trees.base) else 0.0))
    kind = np.float32 if trees.single else np.float64
    if not total <= float(np.finfo(kind).max) / 2:  # half of it is room for rounding
        raise UnsupportedModelError(
            f"the model's {kind.__name__} sums may overflow (its greatest values add up to {total:.3g}): expected "
            "smaller values; scale them down"
        )
    return total * (1 + 2.0**-40) if total > 0 else 1.0


def rounding_of(trees: EnsembleArrays) -> float:
    """Return how far a score, as the model adds it up, is from the sum of exact numbers, at most."""
    return _rounding(trees, greatest_sum(trees))


def _rounding(trees: EnsembleArrays, total: float) -> float:
    """Return how much all additions (and a division) of the model change a score, at most.

    An addition of numbers that are not 0 is wrong by at most half a unit in the last place of the sum so far, and that
    is at most the greatest values of the trees so far.
    """
    unit = 2.0**-24 if trees.single else 2.0**-53
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    inner = trees.leaf >= 0
    of_tree = np.zeros((trees.n_trees, trees.n_outputs))
    np.maximum.at(of_tree, owner[inner], np.abs(trees.values[trees.leaf[inner]]))
    so_far = np.abs(trees.base) + np.cumsum(of_tree, axis=0)
    worst = float(np.where(of_tree > 0, so_far, 0.0).sum(axis=0).max(initial=0.0))
    return unit * (1.001 * worst + 2 * total)


def _exact_shift(trees: EnsembleArrays, total: float) -> int | None:
    """Return a scale at which all values are whole and sums are small, if there is one."""
    for shift in range(0, _EXACT, 2):
        if total * 2.0**shift >= 2.0**_EXACT:
            return None
        scaled = np.ldexp(trees.values, shift)
        if (scaled == np.floor(scaled)).all():
            start = np.ldexp(trees.base, shift)
            return shift if (start == np.floor(start)).all() else None
    return None


def class_columns(whole: Whole, good: Bools, link: int = 0) -> Columns:
    """Return the question whether the first greatest score can be outside O (either O or its complement is one class).

    For O = {c} each rival is a column: it must beat c. For the complement {k} of O, k must beat each other class. A
    link may make near scores equal.
    """
    classes = np.arange(len(good))
    one = classes[good]
    together = len(one) != 1
    if together:
        one = classes[~good]
    own = int(one[0])
    others = classes[classes != own]
    sign = 1 if together else -1  # together: own beats the others; else: the others beat own
    own_first = own < others
    wins_ties = own_first if together else ~own_first
    worth = sign * (whole.worth[:, [own]] - whole.worth[:, others])
    offset = sign * (whole.start[own] - whole.start[others])
    error = 2 * whole.error + (math.ceil(math.ldexp(NEAR[link], whole.shift)) if link else 0)
    need = np.where(wins_ties | (error > 0), 0, 1).astype(np.int64) - error
    kind = whole.kind if error else _NO_KINDS
    return Columns(np.ascontiguousarray(worth), offset.astype(np.int64), need, bool(together), kind)


def interval_columns(trees: EnsembleArrays, lower: float, upper: float, *, enter: bool = False) -> Columns:
    """Return the question whether a regressor's prediction can leave ``[lower, upper]`` (or `enter` it)."""
    limit = greatest_sum(trees) / trees.divisor
    # to leave: above upper, or below lower; to enter: above lower, and below upper
    sides = ((lower, 1), (upper, -1)) if enter else ((upper, 1), (lower, -1))
    bounds = [(b, sign) for b, sign in sides if math.isfinite(b) and abs(b) <= 2 * limit]
    if enter and any(b * sign > 2 * limit for b, sign in sides):
        # no sum gets there: a column that nothing reaches
        return Columns(np.zeros((trees.n_leaves, 1), np.int64), np.zeros(1, np.int64), np.ones(1, np.int64), True)
    if (enter and not bounds) or (not enter and (lower > 2 * limit or upper < -2 * limit)):  # every sum does
        return Columns(np.zeros((trees.n_leaves, 1), np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64), True)
    extra = max((abs(b) * trees.divisor for b, _ in bounds), default=0.0)
    whole = whole_values(trees, extra if extra > 0 else 1.0)
    worths, offsets, needs = [], [], []
    for bound, sign in bounds:
        exact = Fraction(bound) * Fraction(trees.divisor) * Fraction(2) ** whole.shift
        worths.append(sign * whole.worth[:, 0])
        offsets.append(sign * int(whole.start[0]) - sign * round(exact))
        needs.append(-whole.error - 2)
    # a bound beyond all sums is never passed
    worth = np.stack(worths, axis=1) if worths else np.zeros((trees.n_leaves, 0), np.int64)
    needed = np.array(needs, np.int64)
    return Columns(np.ascontiguousarray(worth), np.array(offsets, np.int64), needed, enter, whole.kind)


def vote_columns(trees: EnsembleArrays, wanted: int, needed: int | None = None) -> Columns:
    """Return the question whether fewer than `needed` trees (default: no majority) are left with a class.

    Each tree votes on its own; the question is whether so many of them can vote for another class than the wanted one.
    """
    other = trees.values.argmax(axis=1) != wanted
    need = trees.n_trees + 1 - (trees.n_trees // 2 + 1 if needed is None else needed)
    return Columns(other.astype(np.int64).reshape(-1, 1), np.zeros(1, np.int64), np.array([need], np.int64), False)
