"""``Builder``: the names for hand-built models."""

from __future__ import annotations

from ..engine.conditions import Operator
from .boosting_builder import BoostedTrees, BoostedTreesRegression
from .forest_builder import RandomForest
from .nodes import DecisionNode, LeafNode
from .tree_builder import DecisionTree

__all__ = [
    "BoostedTrees",
    "BoostedTreesRegression",
    "Builder",
    "DecisionNode",
    "DecisionTree",
    "LeafNode",
    "RandomForest",
]


class Builder:
    """Names for hand-built models."""

    GE, GT, LE, LT, EQ, NEQ = Operator.GE, Operator.GT, Operator.LE, Operator.LT, Operator.EQ, Operator.NEQ
    DecisionNode = DecisionNode
    LeafNode = LeafNode
    DecisionTree = DecisionTree
    RandomForest = RandomForest
    BoostedTrees = BoostedTrees
    BoostedTreesRegression = BoostedTreesRegression
