"""Trees over the columns of a vectorizer, as trees over the counts that may change around a text.

Tests of other columns, which are 0, are decided: their nodes fall out. Tests of numbers that steps make of a count are
told by the count itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine._native import depth_first
from ...engine.arrays import F64, I32, I64
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.ensembles import EnsembleArrays
from ...engine.models.trees import TreeArrays
from ..assembly.additive import Shape
from .domain import Column
from .steps import Steps
from .sums import check_images
from .unfold import Turned, unfolded

_MANY = 1 << 16  # counts of one column


def turn(inner: CompiledTree | CompiledEnsemble, steps: Steps, columns: Sequence[Column], absent: float) -> Turned:
    """Return the conditions of a model in the counts of the columns that may change.

    Parameters
    ----------
    absent : float
        What the model reads where a sparse matrix has no entry: 0, or NaN for a missing value.
    """
    conditions = inner.vocabulary.conditions
    features = steps.source[np.array([c.feature for c in conditions], np.int64)] if conditions else np.zeros(0, int)
    nothing = np.array([absent])
    constant = np.array([bool(c.true_at(nothing)[0]) for c in conditions], np.int64)
    column, count, again = (np.zeros(len(conditions), np.int64) for _ in range(3))
    rising = np.ones(len(conditions), np.bool_)
    of_place: dict[int, list[int]] = {}
    for v, place in enumerate(features.tolist()):
        of_place.setdefault(place, []).append(v)
    for i, one in enumerate(columns):
        own = of_place.get(one.place, [])
        if not own:
            continue
        if one.sign == 0 and np.isnan(absent):
            raise UnsupportedModelError(
                f"the words of {one.name!r} share a hashed column with different signs, and the model takes absent "
                "entries for missing values: use alternate_sign=False, or more columns"
            )
        values, numbers = _numbers(one, steps, absent, [conditions[v] for v in own])
        numbers = inner.vocabulary.reading_of(conditions[own[0]].feature).cast(numbers)
        for v in own:
            truth = conditions[v].true_at(numbers)
            changes = np.nonzero(truth[1:] != truth[:-1])[0]
            if len(changes) > 2:
                raise UnsupportedModelError(
                    f"the model does not compare the count of {one.name!r} by its size: expected tests by thresholds"
                )
            constant[v] = int(truth[0]) if not len(changes) else -1
            if len(changes):
                starts = values[changes + 1].astype(np.int64).tolist()
                column[v], count[v], again[v], rising[v] = i, starts[0], (*starts, 0)[1], not truth[0]
    return Turned(constant, column, count, again, rising)


def _numbers(column: Column, steps: Steps, absent: float, tests: Sequence[Condition]) -> tuple[F64, F64]:
    """Return counts of a column, ascending, and what the model reads for each; all counts that tests tell apart."""
    high = column.high
    if high == np.inf:
        high = 64.0
        while high < _MANY and not _settled(column, steps, high, tests):
            high *= 2
    if high - column.low > _MANY:
        raise BadInputError(
            f"{column.name!r} may occur up to {high:g} times: declare fewer, such as "
            f"features_type={{'integer': {{{column.name!r}: (0, 9)}}}}"
        )
    values = np.arange(column.low, int(high) + 1, dtype=np.float64)
    numbers = _images(column, steps, values)
    if column.sign:
        numbers[values == 0] = absent
    return values, numbers


def _images(column: Column, steps: Steps, values: F64) -> F64:
    numbers = steps.images(np.full(len(values), column.place, np.int64), values * column.factor)
    check_images(column, numbers)
    return numbers


def _settled(column: Column, steps: Steps, high: float, tests: Sequence[Condition]) -> bool:
    """Tell whether no test changes beyond a count."""
    far = _images(column, steps, np.array([high, 2.0**40]))
    return all(bool(test.true_at(far)[0] == test.true_at(far)[1]) for test in tests)


def restricted(
    inner: CompiledTree | CompiledEnsemble, turned: Turned, shape: Shape, model: Any
) -> CompiledTree | CompiledEnsemble:
    """Return the trees over counts."""
    arrays: Any = inner.tree if isinstance(inner, CompiledTree) else inner.trees
    roots = np.zeros(1, np.int64) if isinstance(inner, CompiledTree) else arrays.root.astype(np.int64)
    literal = arrays.literal.astype(np.int64)
    target = _targets(literal, arrays.left.astype(np.int64), arrays.right.astype(np.int64), turned)
    left, right = target[arrays.left], target[arrays.right]
    roots = target[roots]
    origin = np.arange(len(literal))
    if turned.again.any():
        once = unfolded(literal, left, right, roots, turned)
        literal, left, right, roots, origin, turned = (
            once.literal, once.left, once.right, once.roots, once.origin, once.turned,
        )  # fmt: skip
    order = depth_first(roots, np.where(literal == 0, -1, left), right)
    place = np.full(len(literal), -1, np.int64)
    place[order] = np.arange(len(order))
    numbers, conditions = _numbered(literal[order], turned)
    inside = numbers != 0
    first, second = (np.where(inside, place[side[order]], 0).astype(np.int32) for side in (left, right))
    vocabulary = Vocabulary(conditions, shape.names, shape.reading)
    how: dict[str, Any] = {
        "vocabulary": vocabulary, "features": shape.features, "read": shape.read, "to_user_row": shape.to_user_row,
        "predict": shape.predict, "missing": frozenset(), "source": model, "dtypes": (),
    }  # fmt: skip
    if isinstance(inner, CompiledTree):
        tree = TreeArrays(numbers, first, second, np.where(inside, -1, arrays.outcome[origin[order]]).astype(np.int32))
        return replace(inner, tree=tree, rounded=False, **how)
    leaf = np.where(inside, -1, np.cumsum(~inside) - 1).astype(np.int32)
    values = np.ascontiguousarray(arrays.values[arrays.leaf[origin[order[~inside]]]])
    trees = EnsembleArrays(
        place[roots].astype(np.int32), numbers, first, second, leaf, values, arrays.base, arrays.divisor, arrays.single
    )
    return replace(inner, trees=trees, **how)


def _targets(literal: I64, left: I64, right: I64, turned: Turned) -> I64:
    """Return the node that stands for each: itself, or what is below it where its test is decided."""
    target = np.arange(len(literal))
    inner = np.nonzero(literal)[0]
    known = turned.constant[np.abs(literal[inner]) - 1]
    goes = np.where((known == 1) == (literal[inner] > 0), right[inner], left[inner])
    decided = known >= 0
    target[inner[decided]] = goes[decided]
    while True:
        further = target[target]
        if (further == target).all():
            return target
        target = further


def _numbered(literal: I64, turned: Turned) -> tuple[I32, tuple[Condition, ...]]:
    """Return the literals of nodes in the order of their walk, and the conditions."""
    out = np.zeros(len(literal), np.int32)
    inner = np.nonzero(literal)[0]
    if not len(inner):
        return out, ()
    own = np.abs(literal[inner]) - 1
    pairs, first, group = np.unique(
        np.stack([turned.column[own], turned.count[own]], axis=1), axis=0, return_index=True, return_inverse=True
    )
    ranked = np.argsort(first)
    number = np.empty(len(first), np.int64)
    number[ranked] = np.arange(1, len(first) + 1)
    up = turned.rising[own] == (literal[inner] > 0)
    numbers = number[group.reshape(-1)]
    out[inner] = np.where(up, numbers, -numbers)
    conditions = (Condition(int(c), Operator.GE, float(k)) for c, k in pairs[ranked].tolist())
    return out, tuple(conditions)
