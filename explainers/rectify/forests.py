"""Rectified forests: a rule "conditions imply label" is grafted on every tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...encoders.builder import DecisionTree, LeafNode, RandomForest
from ...engine.arrays import F64, I32
from ...engine.domain.theory import Feature, Theory
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from .trees import Graft, Nodes


def rectified_forest(
    model: CompiledEnsemble, features: tuple[Feature, ...], theory: Theory | None, conditions: Iterable[Any], label: Any
) -> RandomForest:
    """Return a forest that gives `label` where all conditions hold, and is equal to `model` elsewhere.

    Where they hold every tree gives all it has to the label. Elsewhere every tree gives what it gave, so that the
    scores are the same to the last bit. Tests that the domain decides and nodes with two equal leaves are left out.

    Parameters
    ----------
    model : CompiledEnsemble
        A forest of classifiers.
    features : tuple of Feature
        All features.
    theory : Theory or None
        The domain; ``None`` makes every condition a free Boolean.
    conditions : iterable
        Literals of the model, statements such as ``"age > 37.5"``, or tuples (feature, operator, value).
    label : label
        One of the model's classes.

    Returns
    -------
    RandomForest
        It reads its rows as `model` does, and votes as it does.

    Raises
    ------
    BadInputError
        If the label is unknown, there are no conditions, or they contradict each other in the domain.
    UnsupportedModelError
        If the model is no mean of its trees.
    """
    if model.regression:
        raise BadInputError("a regressor cannot be rectified: its predictions are numbers; expected a model of classes")
    trees = model.trees
    if trees.base.any() or trees.divisor != (1.0 if model.voting == "hard" else trees.n_trees):
        raise UnsupportedModelError(
            f"the ensemble divides the sum of its {trees.n_trees} trees by {trees.divisor:g}, or does not start from "
            "0: expected a forest whose scores are the mean of its trees"
        )
    graft = Graft(model, features, theory, conditions)
    index = model.class_index(label)
    given, rows = _distinct_rows(np.vstack([np.eye(trees.n_outputs)[index], trees.values]))
    nodes = Nodes(
        trees.literal, trees.left, trees.right, np.where(trees.leaf < 0, -1, given[trees.leaf + 1]).astype(np.int32),
        [LeafNode(row) for row in rows],
    )  # fmt: skip
    names = model.vocabulary.names
    forest = RandomForest(
        [
            DecisionTree(len(names), graft.apply(nodes, root, int(given[0])), feature_names=names)
            for root in trees.root.tolist()
        ],
        voting=model.voting,
    )
    forest.classes = model.classes
    forest.origin = model
    return forest


def _distinct_rows(values: F64) -> tuple[I32, list[F64]]:
    """Return which one of the distinct rows each row is, to the last bit, and the distinct rows."""
    number: dict[bytes, int] = {}
    rows: list[F64] = []
    given = np.empty(len(values), np.int32)
    for i, row in enumerate(values):
        given[i] = number.setdefault(row.tobytes(), len(rows))
        if given[i] == len(rows):
            rows.append(row)
    return given, rows
