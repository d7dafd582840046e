"""The compiled form of a multi-label model: one ensemble a label, all over the same conditions.

Guaranteed form
---------------
Each label is a classifier over the shared vocabulary of n conditions. A label may test labels that come before it in
``order`` (a chain): such a test has a number beyond n, and ``Label.tests`` says what it asks. With the values of these
labels put in (``Label.given``) what is left is an ensemble over the conditions alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import I32, Bools
from ..domain.space import Space
from ..domain.theory import Feature
from ..domain.vocabulary import Vocabulary
from ..errors import BadInputError, shown
from ..given import is_whole
from .compiled import CompiledEnsemble, CompiledTree, Rows, class_index
from .ensembles import EnsembleArrays

Vector = tuple[int, ...]  # a class index for each label


@dataclass(frozen=True, eq=False)
class Label:
    """One label.

    Attributes
    ----------
    name : str
        Its name.
    model : CompiledEnsemble
        What decides it; a literal beyond the shared vocabulary asks another label.
    tests : mapping from int to (int, tuple of bool)
        For each number beyond the vocabulary: the label that is asked, and for each of its classes whether the test is
        true.
    """

    name: str
    model: CompiledEnsemble
    tests: Mapping[int, tuple[int, tuple[bool, ...]]] = field(default_factory=dict)
    _known: dict[Vector, CompiledEnsemble] = field(default_factory=dict, repr=False)

    @property
    def classes(self) -> tuple[Any, ...]:
        """The values that it takes."""
        return self.model.classes

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """The labels that it asks, ascending."""
        return tuple(sorted({asked for asked, _ in self.tests.values()}))

    def given(self, values: Mapping[int, int]) -> CompiledEnsemble:
        """Return what decides it where its parents have these classes, an ensemble over the conditions alone."""
        if not self.tests:
            return self.model
        key = tuple(values[parent] for parent in self.parents)
        if key not in self._known:
            truth = {number: bool(true[values[asked]]) for number, (asked, true) in self.tests.items()}
            self._known[key] = replace(self.model, trees=substituted(self.model.trees, truth))
        return self._known[key]


@dataclass(frozen=True, eq=False)
class CompiledMultiLabel:
    """A multi-label model, and its relation to the user's.

    Attributes
    ----------
    labels : tuple of Label
        The labels, in the order of the model's own output.
    order : tuple of int
        The labels in an order in which each one comes after those that it asks.
    vocabulary, features, read, to_user_row, missing, source
        As in ``CompiledEnsemble``.
    predict : callable
        A matrix as ``read`` returns it -> the model's own labels, shape (m, n_labels).
    """

    labels: tuple[Label, ...]
    order: tuple[int, ...]
    vocabulary: Vocabulary
    features: tuple[Feature, ...]
    read: Callable[[Any], Rows]
    to_user_row: Callable[[NDArray[np.float64]], NDArray[Any]]
    predict: Callable[[Rows], NDArray[Any]]
    missing: frozenset[int]
    source: Any

    classes: tuple[Any, ...] = ()  # there are too many vectors to be listed
    dtypes: tuple[str, ...] = ()  # its read refuses rows in which some label would calculate otherwise

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the labels."""
        return tuple(label.name for label in self.labels)

    def renamed(self, names: Sequence[str]) -> CompiledMultiLabel:
        """Return the same with other names of the labels."""
        return replace(
            self, labels=tuple(replace(own, name=name) for own, name in zip(self.labels, names, strict=True))
        )

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide some label of inputs near ties."""
        return any(label.model.rounding for label in self.labels)

    def tied(self, truth: Bools, interval: tuple[float, float] | None = None) -> bool:
        """Tell whether rounding decides some label of the input with these truth values of the conditions."""
        values = dict(enumerate(self.vector_at(truth))) if self.rounding else {}
        return self.rounding and any(label.given(values).tied(truth) for label in self.labels)

    @property
    def chained(self) -> bool:
        """Whether some label asks another one."""
        return any(label.tests for label in self.labels)

    def vector_at(self, truth: Bools) -> Vector:
        """Return the class index of each label for a vector of truth values of the conditions."""
        found: dict[int, int] = {}
        for i in self.order:
            found[i] = self.labels[i].given(found).outcome_at(truth)
        return tuple(found[i] for i in range(len(self.labels)))

    def values_of(self, vector: Sequence[int]) -> tuple[Any, ...]:
        """Return the values of class indices."""
        return tuple(label.classes[k] for label, k in zip(self.labels, vector, strict=True))

    def vectors(self, space: Space, rows: Rows) -> I32:
        """Return the class indices of rows (as ``read`` returns them) by the compiled form, shape (m, n_labels)."""
        out = np.zeros((len(rows), len(self.labels)), np.int32)
        for i in self.order:
            label = self.labels[i]
            if not label.tests:
                out[:, i] = label.model.outcomes(space, rows)
                continue
            asked, group = np.unique(out[:, list(label.parents)], axis=0, return_inverse=True)
            for number, values in enumerate(asked.tolist()):
                here = group.reshape(-1) == number
                model = label.given(dict(zip(label.parents, values, strict=True)))
                out[here, i] = model.outcomes(space, rows[here])
        return out

    def vectors_of_predictions(self, predictions: NDArray[Any]) -> I32:
        """Return the class indices of rows of labels, shape (m, n_labels)."""
        out = np.zeros(predictions.shape, np.int32)
        for i, label in enumerate(self.labels):
            values, group = _distinct(predictions[:, i])
            out[:, i] = np.array([class_index(label.classes, value) for value in values], np.int32)[group]
        return out

    def ancestors(self, wanted: Sequence[int]) -> tuple[int, ...]:
        """Return the labels that some labels depend on, without themselves, in the order of the chain."""
        reached, fresh = set(wanted), set(wanted)
        while fresh:
            fresh = {parent for i in fresh for parent in self.labels[i].parents} - reached
            reached |= fresh
        return tuple(i for i in self.order if i in reached - set(wanted))

    def label_index(self, label: Any) -> int:
        """Return the position of a label that is given by its name or its position.

        Raises
        ------
        BadInputError
            If there is no such label.
        """
        if is_whole(label):
            if 0 <= int(label) < len(self.labels):
                return int(label)
            raise BadInputError(f"label {shown(label)}: expected a name or a position from 0 to {len(self.labels) - 1}")
        if str(label) in self.names and not isinstance(label, bool):
            return self.names.index(str(label))
        raise BadInputError(f"label {shown(label)} is unknown: the labels are {shown(list(self.names), 400)}")


def _distinct(column: NDArray[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    """Return the distinct values of a column of labels of any type, and the place of each entry among them."""
    place: dict[Any, int] = {}
    group = np.array([place.setdefault(value, len(place)) for value in column.tolist()], np.intp)
    return list(place), group


def as_ensemble(compiled: CompiledTree | CompiledEnsemble) -> CompiledEnsemble:
    """Return a compiled classifier as an ensemble: a decision tree gives one vote."""
    if isinstance(compiled, CompiledEnsemble):
        return compiled
    tree = compiled.tree
    is_leaf = tree.literal == 0
    leaf = np.where(is_leaf, np.cumsum(is_leaf) - 1, -1).astype(np.int32)
    values = np.zeros((int(is_leaf.sum()), len(compiled.classes)))
    values[np.arange(len(values)), tree.outcome[is_leaf]] = 1.0
    arrays = EnsembleArrays(
        np.zeros(1, np.int32), tree.literal, tree.left, tree.right, leaf, values, np.zeros(values.shape[1])
    )
    return CompiledEnsemble(
        arrays, compiled.vocabulary, compiled.classes, compiled.features, compiled.read, compiled.to_user_row,
        compiled.predict, compiled.missing, compiled.source, "hard",
    )  # fmt: skip


def substituted(trees: EnsembleArrays, truth: Mapping[int, bool]) -> EnsembleArrays:
    """Return trees without the tests whose truth is known (by their numbers), the nodes numbered anew."""
    known = list(
        zip(trees.literal.tolist(), trees.left.tolist(), trees.right.tolist(), trees.leaf.tolist(), strict=True)
    )
    root: list[int] = []
    literal: list[int] = []
    left: list[int] = []
    right: list[int] = []
    leaf: list[int] = []

    def settled(node: int) -> int:
        while abs(known[node][0]) in truth:
            test = known[node]
            node = test[2] if truth[abs(test[0])] == (test[0] > 0) else test[1]
        return node

    for first in trees.root.tolist():
        root.append(len(literal))
        stack = [(settled(first), -1, False)]  # node, the place of its parent, whether it is the right child
        while stack:
            node, above, is_right = stack.pop()
            place = len(literal)
            if above >= 0:
                (right if is_right else left)[above] = place
            test = known[node]
            literal.append(test[0])
            left.append(0)
            right.append(0)
            leaf.append(test[3])
            if test[0]:
                stack += [(settled(test[2]), place, True), (settled(test[1]), place, False)]
    arrays = [np.array(column, np.int32) for column in (root, literal, left, right, leaf)]
    return replace(trees, root=arrays[0], literal=arrays[1], left=arrays[2], right=arrays[3], leaf=arrays[4])
