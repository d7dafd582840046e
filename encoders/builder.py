"""``Builder``: the names for hand-built models."""

from __future__ import annotations

from ..engine.domain.conditions import Operator
from .builders.boosting import BoostedTrees, BoostedTreesRegression
from .builders.forest import RandomForest
from .builders.labels import LabelCNF
from .builders.learner import LearnerInformation
from .builders.linear import LinearModel
from .builders.linear_published import LinearModelLogistic, LinearModelSimple
from .builders.nodes import DecisionNode, LeafNode
from .builders.rules import RuleList, RuleSet
from .builders.tree import DecisionTree
from .meta.multilabel import MultiLabel
from .networks.models import BinarizedNetwork

__all__ = [
    "BinarizedNetwork",
    "BoostedTrees",
    "BoostedTreesRegression",
    "Builder",
    "DecisionNode",
    "DecisionTree",
    "LabelCNF",
    "LeafNode",
    "LearnerInformation",
    "LinearModel",
    "LinearModelLogistic",
    "LinearModelSimple",
    "MultiLabel",
    "RandomForest",
    "RuleList",
    "RuleSet",
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
    LinearModel = LinearModel
    LinearModelSimple = LinearModelSimple
    LinearModelLogistic = LinearModelLogistic
    LearnerInformation = LearnerInformation
    RuleList = RuleList
    RuleSet = RuleSet
    BinarizedNetwork = BinarizedNetwork
    LabelCNF = LabelCNF
    MultiLabel = MultiLabel
