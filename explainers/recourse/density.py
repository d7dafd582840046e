"""How dense the data is in the leaves of trees: the density that each tree of a model tells, multiplied over its trees.

Each tree is a density tree of the data: in a leaf, the share of the rows that are in it, over the share of the cells
that it covers, where a cell is a choice of one seen value of each column. Logarithms of densities add up over trees, in
whole numbers, so that what a plan has to reach is one more column of its search.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import is_number
from ...engine.models.ensembles import EnsembleArrays
from ...engine.plans.parts import Column, Part

if TYPE_CHECKING:
    from .planning import Plans

_SCALE = 20  # bits after the point of logarithms


def density_of(value: Any) -> float | None:
    """Return the share of the data that may be less dense than a plan, as a user says it; None: not asked."""
    if value is None:
        return None
    if not is_number(value) or not 0 <= value <= 1:
        raise BadInputError(f"density={shown(value)}: expected which share of the data may be less dense, from 0 to 1")
    return float(value)


def log_densities(trees: EnsembleArrays, vocabulary: Vocabulary, data: F64) -> tuple[I64, I64, Bools]:
    """Return the logarithm of the density in each leaf, in whole numbers, their sum for each row, and empty leaves."""
    columns = {c: vocabulary.reading_of(c).cast(data[:, c]) for c in {one.feature for one in vocabulary.conditions}}
    truth = np.zeros((len(data), len(vocabulary)), np.bool_)
    for v, condition in enumerate(vocabulary.conditions):
        truth[:, v] = condition.true_at(columns[condition.feature])
    reached = np.array([trees.leaves_at(row) for row in truth], np.int64)
    count = np.bincount(reached.ravel(), minlength=trees.n_leaves)
    share = _volumes(trees, vocabulary, {c: np.unique(column) for c, column in columns.items()})
    empty = count == 0
    told = np.log2(np.where(empty, 1.0, count / len(data))) - np.log2(np.where(empty, 1.0, share))
    worth = np.rint(np.ldexp(told, _SCALE)).astype(np.int64)
    return worth, worth[reached].sum(axis=1), empty


def _volumes(trees: EnsembleArrays, vocabulary: Vocabulary, values: Mapping[int, F64]) -> F64:
    """Return which share of the cells each leaf covers: the product over columns of the share of seen values."""
    true = [condition.true_at(values[condition.feature]) for condition in vocabulary.conditions]
    found = np.ones(trees.n_leaves)
    waiting: list[tuple[int, dict[int, Bools]]] = [(int(root), {}) for root in trees.root]
    while waiting:
        node, left = waiting.pop()
        literal = int(trees.literal[node])
        if not literal:
            found[trees.leaf[node]] = math.prod(float(kept.mean()) for kept in left.values())
            continue
        v = abs(literal) - 1
        column = vocabulary.conditions[v].feature
        before = left.get(column, np.ones(len(values[column]), np.bool_))
        holds = true[v] if literal > 0 else ~true[v]
        waiting.append((int(trees.left[node]), {**left, column: before & ~holds}))  # where the literal is false
        waiting.append((int(trees.right[node]), {**left, column: before & holds}))
    return found


def with_density(asked: Plans, parts: Sequence[Part], share: float) -> list[Part]:
    """Return parts that are at least as dense as all but a share of the data."""
    found = []
    for part in parts:
        worth, need = least_dense(asked, part.trees, share)
        found.append(replace(part, ways=tuple((*way, Column(worth, 0, need)) for way in part.ways)))
    return found


def least_dense(asked: Plans, trees: EnsembleArrays, share: float) -> tuple[I64, int]:
    """Return the logarithm of the density in each leaf, in whole numbers, and the least sum of all but a share."""
    data = asked.data
    if data is None:
        raise BadInputError("density is taken from rows: give data=")
    make = partial(log_densities, trees, asked.views[0].vocabulary, data)
    known, of_rows, empty = asked.once("densities", make, trees)
    worth: I64 = known.copy()
    need = int(np.sort(of_rows)[min(math.floor(share * len(of_rows)), len(of_rows) - 1)])
    worth[empty] = need - trees.n_trees * int(np.abs(worth).max(initial=0)) - 1  # no sum makes up for it
    return worth, need
