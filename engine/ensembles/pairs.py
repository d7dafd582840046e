"""Two models at once, over shared conditions: "the one decides for c and the other for d", and its opposite.

The trees of both lie side by side in one ensemble; a tree of the one and a tree of the other with the same tests are
one tree with two rows of values. Each model keeps its own arithmetic (``Models`` of the core), which confirms points;
the whole-number columns of both prune. Where trees are shared a further column weighs both models together: it is the
sum of what each needs, in which equal trees cancel, so that models that are the same in other files are proved equal
at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from .. import _native
from ..arrays import F64, I32, I64, Bools
from ..models.compiled import CompiledEnsemble
from ..models.ensembles import EnsembleArrays
from .outside import outside_sums
from .sums import Arithmetic, Columns, greatest_sum, rounding_of

_BITS = 58  # whole sums of both models stay below 2^58


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two models whose trees lie side by side.

    Attributes
    ----------
    trees : EnsembleArrays
        The nodes of both; its values mean nothing.
    models : tuple of CompiledEnsemble
        Over the shared conditions.
    places : tuple of ndarray of int32
        For each model its trees, in their order, among the trees of both.
    leaves : tuple of ndarray of int32
        For each model the leaf of its own for each leaf of both; -1: none.
    """

    trees: EnsembleArrays
    models: tuple[CompiledEnsemble, CompiledEnsemble]
    places: tuple[I32, I32]
    leaves: tuple[I32, I32]

    @property
    def n_shared(self) -> int:
        """How many trees of the first model are trees of the second one as well."""
        return len(np.intersect1d(*self.places))

    @property
    def same(self) -> bool:
        """Whether both add the same numbers in the same order, and decide alike."""
        one, other = self.models
        if one.circuit is not None or other.circuit is not None or len(self.places[0]) != len(self.places[1]):
            return False
        alike = (
            np.array_equal(*self.places) and np.array_equal(one.trees.base, other.trees.base)
            and one.trees.single == other.trees.single and one.trees.divisor == other.trees.divisor
            and one.link == other.link and one.threshold == other.threshold and one.one_score == other.one_score
            and one.slack == other.slack == 0.0 and one.transform is None and other.transform is None
        )  # fmt: skip
        return alike and np.array_equal(self.values(0), self.values(1))

    def values(self, which: int) -> F64:
        """Return what each leaf of both adds to the scores of a model."""
        own, leaf = self.models[which].trees.values, self.leaves[which]
        return np.where((leaf >= 0)[:, None], own[np.maximum(leaf, 0)], 0.0)


def side_by_side(one: CompiledEnsemble, other: CompiledEnsemble) -> Pair:
    """Return two models over shared conditions as a pair."""
    mine, theirs = _trees_of(one.trees), _trees_of(other.trees)
    waiting: dict[bytes, list[int]] = {}
    for place, shape in enumerate(mine):
        waiting.setdefault(shape, []).append(place)
    for places in waiting.values():
        places.reverse()
    at = np.full(len(theirs), -1, np.int32)
    for number, shape in enumerate(theirs):
        if waiting.get(shape):
            at[number] = waiting[shape].pop()
    alone = np.nonzero(at < 0)[0]
    at[alone] = len(mine) + np.arange(len(alone))
    nodes = _Nodes(one.trees)
    added = other.trees
    extra = _some(added, alone)
    trees, own_leaves = nodes.joined(extra)
    n = len(trees.values)
    first, second = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    first[: one.trees.n_leaves] = np.arange(one.trees.n_leaves)
    second[one.trees.n_leaves :] = own_leaves
    for number in np.nonzero(at < len(mine))[0].tolist():
        here, there = _leaf_rows(one.trees, int(at[number])), _leaf_rows(added, number)
        second[here] = there
    return Pair(trees, (one, other), (np.arange(len(mine), dtype=np.int32), at), (first, second))


def _bounds(trees: EnsembleArrays, tree: int) -> tuple[int, int]:
    return int(trees.root[tree]), int(trees.root[tree + 1]) if tree + 1 < trees.n_trees else len(trees.literal)


def _leaf_rows(trees: EnsembleArrays, tree: int) -> I32:
    begin, end = _bounds(trees, tree)
    leaf = trees.leaf[begin:end]
    return leaf[leaf >= 0]


def _trees_of(trees: EnsembleArrays) -> list[bytes]:
    """Return for each tree what is equal for trees of the same tests in the same places."""
    found = []
    for tree in range(trees.n_trees):
        begin, end = _bounds(trees, tree)
        literal = trees.literal[begin:end]
        inner = literal != 0
        left = np.where(inner, trees.left[begin:end] - begin, 0)
        right = np.where(inner, trees.right[begin:end] - begin, 0)
        found.append(np.stack([literal, left, right]).astype(np.int32).tobytes())
    return found


def _some(trees: EnsembleArrays, chosen: I64) -> tuple[EnsembleArrays, I32]:
    """Return some trees of an ensemble, and the old row of each leaf."""
    parts: dict[str, list[I32]] = {name: [] for name in ("root", "literal", "left", "right", "leaf")}
    rows: list[I32] = []
    nodes = leaves = 0
    for tree in chosen.tolist():
        begin, end = _bounds(trees, tree)
        inner = trees.literal[begin:end] != 0
        own = trees.leaf[begin:end]
        here = own >= 0
        parts["root"].append(np.array([nodes], np.int32))
        parts["literal"].append(trees.literal[begin:end])
        for name in ("left", "right"):
            parts[name].append(np.where(inner, getattr(trees, name)[begin:end] - begin + nodes, 0).astype(np.int32))
        parts["leaf"].append(np.where(here, leaves + np.cumsum(here) - 1, -1).astype(np.int32))
        rows.append(own[here])
        nodes, leaves = nodes + end - begin, leaves + int(here.sum())
    none = [np.zeros(0, np.int32)]
    arrays = {name: np.concatenate(none + part).astype(np.int32) for name, part in parts.items()}
    return _arrays(arrays, leaves), np.concatenate(none + rows)


def _arrays(nodes: dict[str, I32], n_leaves: int) -> EnsembleArrays:
    """Return trees whose values mean nothing."""
    return EnsembleArrays(
        nodes["root"], nodes["literal"], nodes["left"], nodes["right"], nodes["leaf"], np.zeros((n_leaves, 1)),
        np.zeros(1),
    )  # fmt: skip


class _Nodes:
    """The nodes of one ensemble, after which others come."""

    def __init__(self, trees: EnsembleArrays) -> None:
        self._trees = trees

    def joined(self, more: tuple[EnsembleArrays, I32]) -> tuple[EnsembleArrays, I32]:
        """Return both, and the old rows of the leaves that were added."""
        one, (other, rows) = self._trees, more
        n, m = len(one.literal), one.n_leaves
        arrays = {
            "root": np.concatenate([one.root, other.root + n]),
            "literal": np.concatenate([one.literal, other.literal]),
            "left": np.concatenate([np.where(one.literal != 0, one.left, 0), other.left + n]),
            "right": np.concatenate([np.where(one.literal != 0, one.right, 0), other.right + n]),
            "leaf": np.concatenate([one.leaf, np.where(other.leaf >= 0, other.leaf + m, -1)]),
        }
        total = m + other.n_leaves
        found = {name: part.astype(np.int32) for name, part in arrays.items()}
        return _arrays(found, total), rows


# -- questions -------------------------------------------------------------------------------------------------

Asked = tuple[Arithmetic, Columns]


def both(pair: Pair, first: Any, second: Any, *, away: bool) -> Asked | None:
    """Return the question whether both models leave their O at once; None if one of them never does.

    Parameters
    ----------
    pair : Pair
        The models.
    first, second : O
        Of each, see ``outside_sums``: all classes but one, or an interval.
    away : bool
        Whether what is in doubt counts as inside O.
    """
    parts = [_part(pair, which, wanted, away) for which, wanted in enumerate((first, second))]
    for model, (_, columns, _), wanted in zip(pair.models, parts, (first, second), strict=True):
        if not len(columns.need) and not _always(model, wanted):
            return None
    columns = _beside(pair, [columns for _, columns, _ in parts], together=True)
    extra = _difference(pair, first, second) if pair.n_shared else None
    if extra is not None:
        columns = _with(columns, *extra)
    return _arithmetic(pair, parts, together=True), columns


def either(pair: Pair, first: Any, second: Any, *, away: bool) -> Asked:
    """Return the question whether one of the models leaves its O: one class each, or an interval."""
    parts = [_part(pair, which, wanted, away) for which, wanted in enumerate((first, second))]
    columns = _beside(pair, [columns for _, columns, _ in parts], together=False)
    return _arithmetic(pair, parts, together=False), columns


def _part(pair: Pair, which: int, wanted: Any, away: bool) -> tuple[Arithmetic, Columns, I32]:
    model = pair.models[which]
    sums, columns = outside_sums(model, wanted, away)
    sums = sums._replace(values=np.ascontiguousarray(pair.values(which)))
    if columns.goal is not None:  # of its columns those that must be reached on their own
        n = len(columns.goal)
        columns = Columns(
            np.ascontiguousarray(columns.worth[:, :n]), columns.offset[:n], columns.need[:n], n == 1,
            _kinds(model.trees.values),
        )  # fmt: skip
    return sums, columns, pair.places[which]


def _kinds(values: F64) -> I32:
    """Return a number for each leaf that is the same for leaves of equal values."""
    return np.asarray(np.unique(values, axis=0, return_inverse=True)[1]).reshape(-1).astype(np.int32)


def _kind_of_leaves(columns: Columns) -> I64:
    """Return one kind for each leaf (0 where whole sums are exact)."""
    n = len(columns.worth)
    if len(columns.kind) == n:
        return columns.kind.astype(np.int64)
    if not len(columns.kind):
        return np.zeros(n, np.int64)
    rows = columns.kind.reshape(n, -1)
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1]).reshape(-1).astype(np.int64)


def _always(model: CompiledEnsemble, wanted: Any) -> bool:
    """Tell whether a model that has no column leaves O (then it does so everywhere)."""
    truth = np.zeros(int(np.abs(model.trees.literal).max(initial=0)), np.bool_)
    if isinstance(wanted, tuple):
        inside = bool(wanted[0] <= model.value_at(truth) <= wanted[1])
        return inside == (len(wanted) > 2)
    good: Bools = wanted
    return not good[model.outcome_at(truth)]


def _beside(pair: Pair, parts: list[Columns], *, together: bool) -> Columns:
    """Return the columns of both models as columns of the leaves of both."""
    worths, kinds = [], []
    exact = all(not len(columns.kind) for columns in parts)
    for which, columns in enumerate(parts):
        leaf = pair.leaves[which]
        known = np.maximum(leaf, 0)
        worths.append(np.where((leaf >= 0)[:, None], columns.worth[known], 0))
        own = _kind_of_leaves(columns)
        kinds.append(np.where(leaf >= 0, own[known] + 1, 0).astype(np.int64))
    kind = np.zeros(0, np.int32)
    if not exact:
        told = np.unique(np.stack(kinds, axis=1), axis=0, return_inverse=True)[1]
        kind = np.asarray(told).reshape(-1).astype(np.int32)
    return Columns(
        np.ascontiguousarray(np.concatenate(worths, axis=1)), np.concatenate([c.offset for c in parts]),
        np.concatenate([c.need for c in parts]), together, kind,
    )  # fmt: skip


def _with(columns: Columns, worth: I64, offset: int, need: int) -> Columns:
    """Return columns with one more."""
    return columns._replace(
        worth=np.ascontiguousarray(np.concatenate([columns.worth, worth[:, None]], axis=1)),
        offset=np.append(columns.offset, offset), need=np.append(columns.need, need),
    )  # fmt: skip


def further(pair: Pair, apart: float, *, turned: bool) -> Asked:
    """Return the question whether one regressor can predict more than the other by more than `apart`.

    `turned`: whether the second one is to predict more than the first.
    """
    order = (1, 0) if turned else (0, 1)
    signs = {order[0]: 1.0, order[1]: -1.0}
    room = 2 * max(greatest_sum(m.trees) / m.trees.divisor for m in pair.models) + abs(apart)
    shift = _BITS - math.frexp(4 * room)[1]
    worth: I64 = np.zeros(len(pair.trees.values), np.int64)
    offset, need = 0, math.floor(Fraction(apart) * Fraction(2) ** shift)
    for which, model in enumerate(pair.models):
        unit = signs[which] / model.trees.divisor
        worth = worth + np.rint(np.ldexp(pair.values(which)[:, 0] * unit, shift)).astype(np.int64)
        offset += round(Fraction(float(model.trees.base[0])) * Fraction(unit) * Fraction(2) ** shift)
        lost = 2 * rounding_of(model.trees) / model.trees.divisor + 8 * model.slack + 2.0**-50 * room
        need -= 2 * model.trees.n_trees + 8 + math.ceil(Fraction(lost) * Fraction(2) ** shift)
    places = [(_number(pair, which), None, pair.places[which]) for which in order]
    sums = _arithmetic(pair, places, together=True, apart=apart)
    kind = _kinds(np.concatenate([pair.values(0), pair.values(1)], axis=1))
    return sums, Columns(worth[:, None], np.array([offset], np.int64), np.array([need], np.int64), True, kind)


def _number(pair: Pair, which: int) -> Arithmetic:
    trees = pair.models[which].trees
    none = np.zeros(0, np.bool_)
    values = np.ascontiguousarray(pair.values(which))
    return Arithmetic(values, trees.base, trees.divisor, none, 0.0, 0.0, False, trees.single)


def _arithmetic(
    pair: Pair, parts: Sequence[tuple[Arithmetic, Columns | None, I32]], *, together: bool, apart: float = math.nan
) -> Arithmetic:
    made, places = [], []
    for sums, _, place in parts:
        good = sums.good
        if 0 < len(good) < len(sums.start):  # scores of no class
            good = np.concatenate([good, np.ones(len(sums.start) - len(good), np.bool_)])
        made.append(_native.Arithmetic(*sums._replace(good=good)))
        places.append(place)
    room = max(len(sums.start) for sums, _, _ in parts)
    values = np.zeros((len(pair.trees.values), room))
    return Arithmetic(
        values, np.zeros(room), 1.0, np.zeros(0, np.bool_), 0.0, 0.0,
        models=_native.Models(made, places, together, apart),
    )  # fmt: skip


def _difference(pair: Pair, first: Any, second: Any) -> tuple[I64, int, int] | None:
    """Return a column that is reached where both leave O: the sum of what each model needs, at one scale."""
    sides = [_lead(model, wanted) for model, wanted in zip(pair.models, (first, second), strict=True)]
    if sides[0] is None or sides[1] is None:
        return None
    room = max(greatest_sum(model.trees) + abs(lead[1]) for model, lead in zip(pair.models, sides, strict=True) if lead)
    shift = _BITS - math.frexp(4 * room)[1]
    worth: I64 = np.zeros(len(pair.trees.values), np.int64)
    offset, need = 0, 0
    for which, lead in enumerate(sides):
        assert lead is not None
        weights, bound = lead
        trees = pair.models[which].trees
        scaled = np.rint(np.ldexp(pair.values(which) @ weights, shift)).astype(np.int64)
        worth = worth + scaled
        exact = Fraction(bound) * Fraction(2) ** shift - sum(
            (Fraction(float(b)) * Fraction(float(w)) for b, w in zip(trees.base, weights, strict=True)), Fraction(0)
        ) * Fraction(2) ** shift  # fmt: skip
        offset -= round(exact)
        lost = Fraction(2 * rounding_of(trees) + 8 * pair.models[which].slack) * Fraction(2) ** shift
        need -= 2 * trees.n_trees + 8 + math.ceil(lost)
    return worth, offset, need


def _lead(model: CompiledEnsemble, wanted: Any) -> tuple[F64, float] | None:
    """Return weights of the scores, and what their sum must reach where a model leaves O; None where that is no sum."""
    if model.circuit is not None or model.link_code or isinstance(wanted, tuple):
        return None
    good: Bools = wanted
    if int((~good).sum()) != 1:
        return None
    own = int((~good).argmax())
    if model.one_score:
        bound = model.threshold * model.trees.divisor
        return (np.array([1.0]), bound) if own == 1 else (np.array([-1.0]), -bound)
    if model.trees.n_outputs != 2 or len(model.classes) != 2:
        return None
    sign = np.array([-1.0, 1.0]) if own == 1 else np.array([1.0, -1.0])
    return sign, 0.0


def moved(model: CompiledEnsemble, literal_of: I32, **more: Any) -> CompiledEnsemble:
    """Return a model over other conditions: literal v of it is ``literal_of[v - 1]`` (signed)."""
    old = model.trees.literal
    new = (np.sign(old) * np.append(0, literal_of)[np.abs(old)]).astype(np.int32)
    return replace(model, trees=replace(model.trees, literal=new), **more)
