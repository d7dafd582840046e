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
    A tree that speaks of several scores becomes one for each of them.
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
        If the model predicts numbers, averages its trees, or a threshold that no sum passes keeps it from the label.
    """
    trees = model.trees
    if model.regression or trees.divisor != 1.0:
        raise UnsupportedModelError(
            "only classifiers that add up their trees are rectified here: this model predicts numbers or averages them"
        )
    graft = Graft(model, features, theory, conditions)
    index = model.class_index(label)
    if model.one_score and math.isinf(model.threshold) and index != (model.threshold < 0):
        raise UnsupportedModelError(
            f"the model never says {label!r}: its threshold, {model.threshold}, is passed by no sum; move the threshold"
        )
    output, sign = (0, 1.0 if index else -1.0) if model.one_score else (index, 1.0)
    spoken = _spoken(model)
    if all(k != output for _, k in spoken):  # of a class that no tree speaks of: one more, which gives nothing else
        spoken.append((0, output))
    most = math.ldexp(1.0, math.frexp(4.0 * (greatest_sum(trees) + abs(_finite(model.threshold)) + 1.0))[1])
    names = model.vocabulary.names
    rows = np.where(trees.leaf < 0, -1, trees.leaf + 2).astype(np.int32)
    nodes = {
        k: Nodes(
            trees.literal, trees.left, trees.right, rows,
            [LeafNode(number) for number in (sign * most, 0.0, *trees.values[:, k].tolist())],
        )
        for k in {k for _, k in spoken}
    }  # fmt: skip
    first = next(i for i, (_, k) in enumerate(spoken) if k == output)
    grown = [
        DecisionTree(
            len(names), graft.apply(nodes[k], int(trees.root[t]), 0 if i == first else 1), feature_names=names,
            target_class=None if model.one_score else k,
        )
        for i, (t, k) in enumerate(spoken)
    ]  # fmt: skip
    base = float(trees.base[0]) if model.one_score else trees.base.tolist()
    boosted = BoostedTrees(grown, len(model.classes), class_names=model.classes, base=base)
    boosted.origin = model
    return boosted


def _finite(number: float) -> float:
    return number if math.isfinite(number) else 0.0


def _spoken(model: CompiledEnsemble) -> list[tuple[int, int]]:
    """Return which scores each tree adds to: (tree, score), in the order of the trees."""
    trees = model.trees
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    inner = trees.leaf >= 0
    speaks = np.zeros((trees.n_trees, trees.n_outputs), np.bool_)
    np.logical_or.at(speaks, owner[inner], trees.values[trees.leaf[inner]] != 0.0)
    speaks[~speaks.any(axis=1), 0] = True  # a tree that gives nothing is kept
    return [(int(t), int(k)) for t, k in np.argwhere(speaks)]
