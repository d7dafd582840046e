"""What published scripts ask of hand-built models: their nodes as numbers, their size, one instance's prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from ...engine.domain.vocabulary import VocabularyBuilder
from .learner import LearnerInformation
from .nodes import DecisionNode, LeafNode

Raw = Any  # (condition, what follows where it is false, where it is true), or the value of a leaf


class PublishedModel:
    """One instance's prediction, and what was told of how the model came about."""

    learner_information: LearnerInformation | None = None
    # what features are is said to explainers, never to a model
    numerical_features: ClassVar[Mapping[int, Any]] = {}
    categorical_features_ordinal: ClassVar[Mapping[int, Any]] = {}
    categorical_features_one_hot: ClassVar[Mapping[int, Any]] = {}

    def predict_instance(self, instance: Any) -> Any:
        """Return the prediction for one instance."""
        label = self.predict([instance])[0]  # type: ignore[attr-defined]  # each model has its own
        return label.item() if isinstance(label, np.generic) else label


class PublishedTree(PublishedModel):
    """A tree's nodes as numbers."""

    root: DecisionNode | LeafNode

    def n_nodes(self) -> int:
        """Return the number of nodes, leaves included."""
        return sum(1 for _ in _levels(self.root))

    def depth(self) -> int:
        """Return the number of nodes on the longest path, the leaf included."""
        return max(level for _, level in _levels(self.root))


class PublishedForest(PublishedModel):
    """The size of several trees."""

    trees: tuple[Any, ...]

    @property
    def forest(self) -> tuple[Any, ...]:
        """The trees."""
        return self.trees

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.trees)

    def n_nodes(self) -> int:
        """Return the number of nodes of all trees, leaves included."""
        return sum(int(tree.n_nodes()) for tree in self.trees)

    def depth(self) -> int:
        """Return the number of nodes on the longest path of any tree."""
        return max(int(tree.depth()) for tree in self.trees)


def _levels(root: DecisionNode | LeafNode) -> Iterator[tuple[DecisionNode | LeafNode, int]]:
    """Yield the nodes of a tree with how many nodes lead to each, itself included; shared ones once for each path."""
    stack = [(root, 1)]
    while stack:
        node, level = stack.pop()
        yield node, level
        if isinstance(node, DecisionNode):
            stack += [(node.right, level + 1), (node.left, level + 1)]


def raw_of(root: DecisionNode | LeafNode, numbers: VocabularyBuilder) -> Raw:
    """Return a tree as nested tuples ``(condition, left, right)``, its leaves as values.

    Parameters
    ----------
    root : DecisionNode or LeafNode
        The root.
    numbers : VocabularyBuilder
        Numbers the conditions; it may know some already. Where only the complement of a condition has a number, the
        branches change places.
    """
    made: list[Raw] = []
    stack: list[DecisionNode | LeafNode | int] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, int):
            right, left = made.pop(), made.pop()
            made.append((node, left, right) if node > 0 else (-node, right, left))
        elif isinstance(node, LeafNode):
            made.append(node.value.item() if isinstance(node.value, np.generic) else node.value)
        else:
            stack += [numbers.literal(node.condition), node.right, node.left]
    return made[0]
