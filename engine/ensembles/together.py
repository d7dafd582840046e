"""Questions of several bounds on sums of scores that one input must meet together, as "one class, and another one".

Each bound is a column in whole numbers; what reaches all of them is confirmed by the model's own floats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .. import _native
from ..arrays import I32, I64, Bools
from ..models.circuits import Circuit, CircuitBuilder
from ..models.ensembles import EnsembleArrays
from .relaxation import Pair
from .sums import Arithmetic, Columns, Whole, whole_values

_NO_CLASSES = np.zeros(0, np.bool_)
_Column = tuple[I64, np.int64, np.int64]  # what each leaf adds, the start, and what must be reached


class Bound(NamedTuple):
    """A sum of signed scores that must be reached.

    Attributes
    ----------
    factors : tuple of (int, int)
        Scores with their signs, 1 or -1.
    least : float
        What the sum must be at least …
    strict : bool
        … or, if set, more than.
    implied : bool
        Whether the other bounds say it too: it is there because trees cancel in it, so that it is seen earlier to be
        out of reach.
    """

    factors: tuple[tuple[int, int], ...]
    least: float = 0.0
    strict: bool = False
    implied: bool = False


class Pairing(NamedTuple):
    """Leaves of two copies of a tree that are reached together, as leaves of one tree that adds nothing to the scores.

    Attributes
    ----------
    first, second : ndarray of int32, shape (n_leaves,)
        For a leaf of such a tree: the leaves of the copies that it stands for; -1 for other leaves.
    copied : ndarray of bool, shape (n_leaves,)
        The leaves of the copies, for which such trees stand.
    complete : bool
        Whether there is such a tree for all copies that differ.
    """

    first: I32
    second: I32
    copied: Bools
    complete: bool


def bounds_together(
    trees: EnsembleArrays, bounds: Sequence[Bound], *, doubt: float = 0.0, away: bool = False,
    pairing: Pairing | None = None, rises: int = 0,
) -> tuple[Arithmetic, Columns]:  # fmt: skip
    """Return the question whether an input meets some bounds on the scores together.

    Parameters
    ----------
    trees : EnsembleArrays
        The trees.
    bounds : sequence of Bound
        What must be met. Bounds that are not implied have at most one score of each sign.
    doubt : float
        How far a score of the library can be from the sum of the trees.
    away : bool
        Whether what is in doubt counts as not met (else as met).
    pairing, rises : Pairing, int
        See ``columns_together``.
    """
    goal = goal_at_points(trees, [bound for bound in bounds if not bound.implied], doubt, away=away)
    sums = Arithmetic(trees.values, trees.base, 1.0, _NO_CLASSES, 0.0, 0.0, False, trees.single, 0, goal)
    return sums, columns_together(trees, bounds, doubt=doubt, pairing=pairing, rises=rises)


def columns_together(
    trees: EnsembleArrays, bounds: Sequence[Bound], *, doubt: float = 0.0, pairing: Pairing | None = None,
    rises: int = 0,
) -> Columns:  # fmt: skip
    """Return bounds in whole numbers, see ``bounds_together``.

    Parameters
    ----------
    trees, bounds, doubt
        As of ``bounds_together``.
    pairing : Pairing, optional
        Where copies have trees that stand for both: then some copies must be in different leaves …
    rises : int
        … of which the first (1) or the second (-1) has the greater score (of models with one score); 0: either.
    """
    exact = all(bound.least == 0.0 for bound in bounds) and doubt == 0.0
    extra = max(abs(bound.least) for bound in bounds) * trees.divisor
    whole = whole_values(trees) if exact else whole_values(trees, max(extra, 1e-300) or 1.0)
    columns = [_column(trees, bound, whole, doubt, pairing) for bound in bounds]
    if pairing is not None and pairing.complete:
        columns.append(_differing(trees, pairing, rises))
    worth, offset, need = (np.stack(part, axis=-1) for part in zip(*columns, strict=True))
    kind = whole.kind if whole.error or doubt else np.zeros(0, np.int32)
    return Columns(np.ascontiguousarray(worth), offset, need, True, kind)


def _differing(trees: EnsembleArrays, pairing: Pairing, rises: int) -> _Column:
    """Return that some tree's copies are in different leaves."""
    n, paired = trees.n_outputs // 2, pairing.first >= 0
    one, other = trees.values[pairing.first[paired], :n], trees.values[pairing.second[paired], n:]
    worth = np.zeros(trees.n_leaves, np.int64)
    worth[paired] = (rises * (one - other) > 0 if rises else one != other).any(axis=1)
    return worth, np.int64(0), np.int64(1)


def _column(trees: EnsembleArrays, bound: Bound, whole: Whole, doubt: float, pairing: Pairing | None) -> _Column:
    """Return a bound in whole numbers: what each leaf adds, the start, and what must be reached."""
    factors = np.zeros(trees.n_outputs, np.int64)
    for score, sign in bound.factors:
        factors[score] += sign
    unit = Fraction(2) ** whole.shift * Fraction(trees.divisor)
    least = round(Fraction(bound.least) * unit)
    lost = len(bound.factors) * whole.error + math.ceil(len(bound.factors) * Fraction(doubt) * unit)
    lost += 2 if bound.least else 0
    need = 1 if bound.strict and lost == 0 else -lost
    worth = whole.worth @ factors
    sides = {score < trees.n_outputs // 2 for score, _ in bound.factors}
    if pairing is not None and len(sides) > 1:
        paired = pairing.first >= 0
        together = worth[pairing.first[paired]] + worth[pairing.second[paired]]
        worth = np.where(pairing.copied, 0, worth)
        worth[paired] = together
    return worth, np.int64(int(whole.start @ factors) - least), np.int64(need)


def goal_at_points(trees: EnsembleArrays, bounds: Sequence[Bound], doubt: float, *, away: bool) -> _native.Goal:
    """Return what decides by the model's own floats whether the scores of an input meet bounds."""
    builder = CircuitBuilder()
    scores = [builder.widen(builder.divide(builder.raw(i), trees.divisor), 0.0, doubt) for i in range(trees.n_outputs)]
    pairs = [_pair(builder, scores, bound) for bound in bounds]
    circuit: Circuit = builder.circuit([0], trees.n_outputs)
    n = trees.n_outputs
    nothing = _native.Relaxation(
        np.zeros((1, 0)), np.zeros((0, 0)), np.zeros(n, np.int8), np.zeros(n), np.zeros(1, np.int32),
        np.zeros(1, np.int64),
    )  # fmt: skip
    ends = np.full(n, -1, np.int32)
    return _native.Goal(
        circuit.core, np.array([0, len(pairs)], np.int32), np.array([left for left, _, _ in pairs], np.int32),
        np.array([right for _, right, _ in pairs], np.int32), np.array([strict for _, _, strict in pairs], np.bool_),
        np.full(len(pairs), -1, np.int32), away, ends, ends, np.full(n, -np.inf), np.full(n, np.inf), 0, 0, nothing,
    )  # fmt: skip


def _pair(builder: CircuitBuilder, scores: Sequence[int], bound: Bound) -> Pair:
    """Return a bound as two gates, of which the first must be at least the second."""
    plus = [scores[i] for i, sign in bound.factors if sign > 0]
    minus = [scores[i] for i, sign in bound.factors if sign < 0]
    if len(plus) > 1 or len(minus) > 1:
        raise ValueError("bounds: expected at most one score of each sign")
    if not minus:
        return plus[0], builder.constant(bound.least), bound.strict
    if not plus:
        return builder.constant(-bound.least), minus[0], bound.strict
    if bound.least == 0.0:
        return plus[0], minus[0], bound.strict
    return builder.subtract(plus[0], minus[0]), builder.constant(bound.least), bound.strict
