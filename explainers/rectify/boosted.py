"""Rectified boosted trees: a rule "conditions imply label" is grafted on every tree."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...encoders.builder import BoostedTrees, DecisionTree, LeafNode
from ...engine.domain.theory import Feature, Theory
from ...engine.ensembles.sums import greatest_sum
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from .trees import Graft, Nodes


def rectified_boosted(
    model: CompiledEnsemble, features: tuple[Feature, ...], theory: Theory | None, conditions: Iterable[Any], label: Any
) -> BoostedTrees:
    """Return boosted trees that give `label` where all conditions hold, and are equal to `model` elsewhere.

    Where they hold one tree gives the label more than all trees could make up for, and the others give nothing.
    Elsewhere every tree gives what it gave, in the same order and precision: sums are the same to the last bit.

    Parameters
    ----------
    model : CompiledEnsemble
        Boosted trees for classes.
    features, theory, conditions, label
        As in ``rectified_forest``.

    Raises
    ------
    BadInputError
        If the label is unknown, there are no conditions, or they contradict each other in the domain.
    UnsupportedModelError
        If the model predicts numbers, averages its trees, or has no tree for the label.
    """
    trees = model.trees
    if model.regression or trees.divisor != 1.0:
        raise UnsupportedModelError(
            "only classifiers that add up their trees are rectified here: this model predicts numbers or averages them"
        )
    graft = Graft(model, features, theory, conditions)
    index = model.class_index(label)
    output, sign = (0, 1.0 if index else -1.0) if model.one_score else (index, 1.0)
    outputs = _outputs(model)
    if output not in outputs:
        raise UnsupportedModelError(f"no tree of the model speaks of {label!r}: expected one to graft the rule on")
    most = math.ldexp(1.0, math.frexp(4.0 * (greatest_sum(trees) + abs(_finite(model.threshold)) + 1.0))[1])
    names = model.vocabulary.names
    numbers = [sign * most, 0.0, *(float(row[outputs[t]]) for t, row in _leaves(model))]
    nodes = Nodes(
        trees.literal, trees.left, trees.right, np.where(trees.leaf < 0, -1, trees.leaf + 2).astype(np.int32),
        [LeafNode(number) for number in numbers],
    )  # fmt: skip
    first = outputs.index(output)
    grown = [
        DecisionTree(
            len(names), graft.apply(nodes, root, 0 if t == first else 1), feature_names=names,
            target_class=None if model.one_score else outputs[t],
        )
        for t, root in enumerate(trees.root.tolist())
    ]  # fmt: skip
    base = float(trees.base[0]) if model.one_score else trees.base.tolist()
    boosted = BoostedTrees(grown, len(model.classes), class_names=model.classes, base=base)
    boosted.origin = model
    return boosted


def _finite(number: float) -> float:
    return number if math.isfinite(number) else 0.0


def _outputs(model: CompiledEnsemble) -> list[int]:
    """Return the score that each tree adds to."""
    found = [0] * model.trees.n_trees
    for t, row in _leaves(model):
        if row.any():
            found[t] = int(np.abs(row).argmax())
    return found


def _leaves(model: CompiledEnsemble) -> list[tuple[int, Any]]:
    """Return the tree and the values of each leaf row, in the order of the rows."""
    trees = model.trees
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    of_row = np.zeros(trees.n_leaves, np.int64)
    inner = trees.leaf >= 0
    of_row[trees.leaf[inner]] = owner[inner]
    return list(zip(of_row.tolist(), trees.values, strict=True))
