"""``Builder``: the names for hand-built models."""

from __future__ import annotations

from ..engine.domain.conditions import Operator
from .binarized import BinarizedNetwork
from .boosting_builder import BoostedTrees, BoostedTreesRegression
from .forest_builder import RandomForest
from .label_cnf import LabelCNF
from .multilabel import MultiLabel
from .nodes import DecisionNode, LeafNode
from .tree_builder import DecisionTree

__all__ = [
    "BinarizedNetwork",
    "BoostedTrees",
    "BoostedTreesRegression",
    "Builder",
    "DecisionNode",
    "DecisionTree",
    "LabelCNF",
    "LeafNode",
    "MultiLabel",
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
    BinarizedNetwork = BinarizedNetwork
    LabelCNF = LabelCNF
    MultiLabel = MultiLabel
