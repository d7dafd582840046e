"""Two copies of a model that share all features but some: one ensemble with the scores of both.

Trees that test none of these features count once, for both copies; the others have a tree for each copy. Scores are
added in the order of the trees, as the model adds them, so that both copies have the model's own floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.domain.instance import Situation, anywhere, situate
from ...engine.domain.space import Space, build_space
from ...engine.domain.theory import Feature, Theory
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import TheoryError
from ...engine.models.ensembles import EnsembleArrays


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Two copies of a model.

    Attributes
    ----------
    trees : EnsembleArrays
        The scores of the first copy, then those of the second one.
    space : Space
        The features, then once more those in which the copies differ.
    moved : mapping from int to int
        Each column of these features -> the column that stands for it in the second copy.
    twin : mapping from int to int
        Each of these features (by its index) -> the index of its second copy.
    clauses : tuple of clauses
        The user's, of both copies.
    testing : ndarray of int32
        For each tree: 0 if it counts for both copies, else the copy, 1 or 2.
    owner : ndarray of int32
        For each tree: the tree of the model.
    """

    trees: EnsembleArrays
    space: Space
    moved: Mapping[int, int]
    twin: Mapping[int, int]
    clauses: tuple[tuple[int, ...], ...]
    testing: I32
    owner: I32

    def rows(self, row: F64) -> tuple[F64, F64]:
        """Return the rows of both copies for values of all columns."""
        n = len(row) - len(self.moved)
        other = row[:n].copy()
        for column, moved in self.moved.items():
            other[column] = row[moved]
        return row[:n], other


class Doubled(NamedTuple):
    """A domain that has some features twice: see ``Copies``; `literal`: the second copy's of each literal."""

    space: Space
    moved: dict[int, int]
    twin: dict[int, int]
    clauses: tuple[tuple[int, ...], ...]
    literal: dict[int, int]

    def somewhere(self, row: F64 | None) -> Situation:
        """Return some input of the domain, one that is twice a row where it can be."""
        if row is not None:
            try:
                return situate(self.space, np.append(row, row[list(self.moved)]))
            except TheoryError:
                pass
        return anywhere(self.space)


def copies_of(trees: EnsembleArrays, space: Space, clauses: Iterable[tuple[int, ...]], apart: Iterable[int]) -> Copies:
    """Return two copies of a model.

    Parameters
    ----------
    trees : EnsembleArrays
        The model.
    space : Space
        Its domain (with the theory on).
    clauses : tuple of clauses
        What always holds.
    apart : iterable of int
        The features (by their indices) in which the copies may differ.
    """
    twice = doubled(space, clauses, apart)
    joined, testing, owner = _joined(trees, twice.literal)
    return Copies(joined, twice.space, twice.moved, twice.twin, twice.clauses, testing, owner)


def doubled(
    space: Space, clauses: Iterable[tuple[int, ...]], apart: Iterable[int], *, present: bool = False
) -> Doubled:
    """Return a domain with some features twice (`present`: in which they are not missing)."""
    theory = space.theory
    assert theory is not None, "copies are made of features"
    features = sorted(set(apart))
    n_names = len(space.vocabulary.names)
    columns = [column for i in features for column in space.features[i].columns]
    moved = {column: n_names + place for place, column in enumerate(columns)}
    vocabulary, literal = _vocabulary(space.vocabulary, moved)
    both = (*space.features, *(_moved(space.features[i], moved) for i in features))
    missing = theory.missing - moved.keys() if present else theory.missing
    missing |= {moved[c] for c in missing if c in moved}
    twice = tuple(dict.fromkeys(one for clause in clauses for one in (clause, tuple(literal[v] for v in clause))))
    twin = {i: len(space.features) + place for place, i in enumerate(features)}
    return Doubled(build_space(vocabulary, both, Theory(both, twice, missing)), moved, twin, twice, literal)


def _moved(feature: Feature, moved: Mapping[int, int]) -> Feature:
    return replace(feature, name=f"{feature.name} (second)", columns=tuple(moved[c] for c in feature.columns))


def _vocabulary(own: Vocabulary, moved: Mapping[int, int]) -> tuple[Vocabulary, dict[int, int]]:
    """Return the conditions with those of the second copy after them, and the second copy's literal of each."""
    conditions = list(own.conditions)
    literal: dict[int, int] = {}
    for number, condition in enumerate(own.conditions, 1):
        if condition.feature in moved:
            conditions.append(condition._replace(feature=moved[condition.feature]))
            literal[number] = len(conditions)
        else:
            literal[number] = number
        literal[-number] = -literal[number]
    names = (*own.names, *(f"{own.names[column]} (second)" for column in moved))
    labels = {**own.labels, **{moved[c]: told for c, told in own.labels.items() if c in moved}}
    readings = {**own.own_readings, **{moved[c]: read for c, read in own.own_readings.items() if c in moved}}
    return replace(own, conditions=tuple(conditions), names=names, labels=labels, own_readings=readings), literal


def _joined(trees: EnsembleArrays, literal: Mapping[int, int]) -> tuple[EnsembleArrays, I32, I32]:
    """Return the trees of both copies, the copy of each (0: both), and the tree of the model."""
    n = max(literal, default=0)
    other = np.array([0, *(literal[v] for v in range(1, n + 1))], np.int32)
    second = np.where(trees.literal < 0, -other[-trees.literal], other[np.abs(trees.literal)]).astype(np.int32)
    ends = np.append(trees.root[1:], len(trees.literal))
    parts: list[tuple[I32, I32, I32, I32]] = []
    roots, testing, owner, values = [], [], [], []
    size = n_leaves = 0
    nothing = np.zeros_like(trees.values)
    for tree, (begin, end) in enumerate(zip(trees.root.tolist(), ends.tolist(), strict=True)):
        span = slice(begin, end)
        shared = bool((second[span] == trees.literal[span]).all())
        for copy in (0,) if shared else (1, 2):
            leaf = trees.leaf[span]
            rows = leaf[leaf >= 0]
            place = np.full(len(leaf), -1, np.int32)
            place[leaf >= 0] = n_leaves + np.arange(len(rows), dtype=np.int32)
            shift = size - begin
            tests = (second if copy == 2 else trees.literal)[span]
            parts.append((tests, trees.left[span] + shift, trees.right[span] + shift, place))
            own = trees.values[rows]
            values.append(np.hstack([own if copy != 2 else nothing[rows], own if copy != 1 else nothing[rows]]))
            roots.append(size)
            testing.append(copy)
            owner.append(tree)
            size, n_leaves = size + end - begin, n_leaves + len(rows)
    literals, left, right, leaf = (np.concatenate(column).astype(np.int32) for column in zip(*parts, strict=True))
    base = np.concatenate([trees.base, trees.base])
    joined = EnsembleArrays(
        np.array(roots, np.int32), literals, left, right, leaf, np.vstack(values), base, trees.divisor, trees.single
    )
    return joined, np.array(testing, np.int32), np.array(owner, np.int32)
