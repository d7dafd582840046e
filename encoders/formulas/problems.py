"""When an ensemble's outcome is outside O, as linear conditions over whole numbers.

Guaranteed form
---------------
An input is **possibly bad** if in one of the problems every row holds: ``offset + worth[l_1] + … + worth[l_T] >=
need``, where l_t is the leaf row that it reaches in tree t. An input whose outcome is outside O by the model's own
floating-point sums is always possibly bad: rows are relaxed by a proved bound of all rounding. Where ``exact``, the
converse is true as well; else a possibly bad input must be confirmed by the model's own arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.errors import BadInputError
from ...engine.models.ensembles import EnsembleArrays

_EXACT = 50  # below 2^50 units floating-point sums and their quotients keep different sums apart
_ROUNDING, _SINGLE = Fraction(1, 2**53), Fraction(1, 2**24)  # greatest relative error of a floating-point operation


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One linear condition over the leaves that an input reaches.

    Attributes
    ----------
    worth : ndarray of int64, shape (n_leaves,)
        What each leaf adds.
    offset, need : int
        What the sum starts from, and what it must reach.
    """

    worth: I64
    offset: int
    need: int


@dataclass(frozen=True, slots=True, eq=False)
class Problems:
    """A disjunction of conjunctions of rows; see the module's text.

    Attributes
    ----------
    problems : tuple of tuple of Row
    names : tuple of str
        What each problem looks for.
    exact : bool
        Whether "possibly bad" means bad.
    total : int
        No sum of a row is greater in absolute value.
    """

    problems: tuple[tuple[Row, ...], ...]
    names: tuple[str, ...]
    exact: bool
    total: int


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Values and base as whole numbers at a scale; ``error`` bounds how far they are from the model's own sums."""

    worth: I64
    start: list[int]
    shift: int
    error: int
    total: int


def class_problems(trees: EnsembleArrays, good: Bools, bits: int = 45, near: float = 0.0) -> Problems:
    """Return what an input must reach for a class outside O: one problem for each such class, which beats all of O.

    Parameters
    ----------
    good : ndarray of bool, shape (n_outputs,)
        The classes in O.
    bits : int
        Sums stay below ``2**bits`` units where they must be rounded.
    near : float
        Scores that are so near may count as equal.
    """
    if len(good) != trees.n_outputs or not good.any():
        raise BadInputError(f"good={good.tolist()}: expected some of {trees.n_outputs} classes")
    scaled = _scaled(trees, bits)
    # equal quotients of different sums: only where sums are rounded anyway
    blur = 0 if scaled.error == 0 else 2 * scaled.error + math.ceil(Fraction(scaled.total, 2**51)) + 1
    blur += math.ceil(math.ldexp(near, scaled.shift))
    inside, problems, names = np.nonzero(good)[0].tolist(), [], []
    for bad in np.nonzero(~good)[0].tolist():
        rows = []
        for c in inside:
            strictly = 1 if c < bad and blur == 0 else 0
            worth = scaled.worth[:, bad] - scaled.worth[:, c]
            rows.append(Row(worth, scaled.start[bad] - scaled.start[c], strictly - blur))
        problems.append(tuple(rows))
        names.append(f"class {bad}")
    return Problems(tuple(problems), tuple(names), blur == 0, 2 * scaled.total)


def interval_problems(trees: EnsembleArrays, lower: float, upper: float, bits: int = 45) -> Problems:
    """Return what an input must reach for a prediction above `upper` or below `lower` (infinite: no bound)."""
    if trees.n_outputs != 1 or not lower <= upper:
        raise BadInputError(f"[{lower}, {upper}]: expected a regressor's interval, lower <= upper")
    scaled = _scaled(trees, bits)
    problems, names = [], []
    for bound, sign, name in ((upper, 1, "above"), (lower, -1, "below")):
        if math.isinf(bound):
            continue
        need = (
            _exact_need(scaled, trees.divisor, bound, sign) if scaled.error == 0 else _need(scaled, trees, bound, sign)
        )
        problems.append((Row(sign * scaled.worth[:, 0], sign * scaled.start[0], need),))
        names.append(f"{name} {bound!r}")
    return Problems(tuple(problems), tuple(names), scaled.error == 0, scaled.total)


def _need(scaled: _Scaled, trees: EnsembleArrays, bound: float, sign: int) -> int:
    """Return what a whole sum reaches at least where the model's own quotient passes a bound (rounding is monotone)."""
    passed = sign * Fraction(bound) * Fraction(trees.divisor) * Fraction(2) ** scaled.shift
    return _clipped(math.floor(passed) - scaled.error, scaled.total)


def _exact_need(scaled: _Scaled, divisor: float, bound: float, sign: int) -> int:
    """Return the least whole sum (times `sign`) whose quotient passes a bound, by bisection: quotients are monotone."""
    unit = 2.0**-scaled.shift

    def passes(whole: int) -> bool:
        score = sign * whole * unit / divisor if divisor != 1.0 else sign * whole * unit
        return sign * score > sign * bound

    return _bisect(passes, -scaled.total - 1, scaled.total + 1)


def _bisect(passes: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least number in ``low … high`` that passes, `high` if none does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle + 1, high)
    return low


def _clipped(need: int, total: int) -> int:
    return max(-total - 1, min(total + 1, need))


def _scaled(trees: EnsembleArrays, bits: int) -> _Scaled:
    """Return values and base as whole numbers, exact if a small scale makes them so."""
    greatest = _greatest_sum(trees)
    for shift in range(0, 0 if trees.single else _EXACT, 2):
        if greatest * 2**shift >= 2 ** min(_EXACT, bits + 5):
            break
        values, base = np.ldexp(trees.values, shift), np.ldexp(trees.base, shift)
        if (values == np.rint(values)).all() and (base == np.rint(base)).all():
            return _Scaled(
                values.astype(np.int64), base.astype(np.int64).tolist(), shift, 0, math.ceil(greatest * 2**shift)
            )
    shift = bits - max(math.frexp(float(greatest))[1], -900)
    operations = trees.n_trees + 1
    # each whole number is off by half a unit; each addition of the model by its part of what it adds up to
    rounding = _SINGLE if trees.single else _ROUNDING
    error = operations + math.ceil(greatest * Fraction(2) ** shift * operations * rounding * 2) + 1
    values, base = np.rint(np.ldexp(trees.values, shift)), np.rint(np.ldexp(trees.base, shift))
    total = math.ceil(greatest * Fraction(2) ** shift) + operations
    return _Scaled(values.astype(np.int64), base.astype(np.int64).tolist(), shift, error, total)


def _greatest_sum(trees: EnsembleArrays) -> Fraction:
    """Return a bound of the absolute value of every sum, partial ones included."""
    largest: F64 = np.abs(trees.values).max(axis=1)
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    leaves = trees.leaf >= 0
    of_tree = np.zeros(trees.n_trees)
    np.maximum.at(of_tree, owner[leaves], largest[trees.leaf[leaves]])
    total = sum(map(Fraction, of_tree.tolist()), Fraction(float(np.abs(trees.base).max())))
    return max(total, Fraction(1, 2**900))
