"""Trees, forests, boosted trees and the other models that need no extra."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import ensemble, linear_model, multiclass, naive_bayes, tree
from sklearn.base import clone
from sklearn.svm import SVC, LinearSVC
from suffice import Builder

from tests.taken.case import BAND, Case

RNG = np.random.default_rng(5)
ROWS = RNG.integers(0, 6, (80, 4)).astype(float)
Y = np.where(ROWS[:, 0] + ROWS[:, 1] > 5, "yes", "no")
THREE = np.array(["low", "mid", "high"])[np.digitize(ROWS[:, 0] + ROWS[:, 1], [4, 7])]
NUMBERS = ROWS[:, 0] * 2.5 + ROWS[:, 1]
BOTH = np.column_stack([Y == "yes", ROWS[:, 2] > 2]).astype(int)
BITS_ROWS = (ROWS > 2).astype(float)
COUNTS = (("features_type", {f"f{i}": range(6) for i in range(1, 5)}),)
SMALL: dict[str, Any] = {"n_estimators": 5, "max_depth": 3, "random_state": 0}


def fitted(model: Any, y: Any = Y, rows: Any = ROWS) -> Any:
    """What makes a model."""
    return lambda: (clone(model).fit(rows, y), rows)


def hand_built() -> Any:
    node = Builder.DecisionNode(1, threshold=2.0, left=Builder.LeafNode(0), right=Builder.LeafNode(1))
    return Builder.DecisionTree(4, node), ROWS


def rules() -> Any:
    listed = [("f1 >= 2 and f2 < 4", "yes"), ("f3 > 3", "no"), ([("f4", "=", 1), "f1 < 3"], "yes")]
    return Builder.RuleList(listed, "no", feature_names=[f"f{i}" for i in range(1, 5)]), ROWS


def weighted() -> Any:
    return Builder.LinearModel([1.5, -0.5, 0.25, 2.0], -4.0, class_names=["no", "yes"]), ROWS + 0.25


def network() -> Any:
    net = Builder.BinarizedNetwork(
        [[[1, 1, -1, 1], [1, -1, 1, 1]], [[1, 1]]], [[0, -1], [0]], feature_names=list("abcd")
    )
    return net, BITS_ROWS


TREE = tree.DecisionTreeClassifier(max_depth=4)
FOREST = ensemble.RandomForestClassifier(**SMALL)
BAGGING = ensemble.BaggingClassifier(n_estimators=5, random_state=0)
CASES = [
    Case("scikit-learn", "DecisionTreeClassifier, ExtraTreeClassifier", fitted(TREE)),
    Case("scikit-learn", "RandomForestClassifier, ExtraTreesClassifier", fitted(FOREST)),
    Case("scikit-learn", "the same, several classes", fitted(ensemble.ExtraTreesClassifier(**SMALL), THREE)),
    Case(
        "scikit-learn", "forests by majority vote, voting=\"hard\"", fitted(FOREST),
        arguments=(("voting", "hard"),), note="the vote of the literature, not scikit-learn's own average",
    ),
    Case("scikit-learn", "BaggingClassifier of trees", fitted(BAGGING)),
    Case("scikit-learn", "tree and forest regressors", fitted(ensemble.RandomForestRegressor(**SMALL), NUMBERS)),
    Case("scikit-learn", "GradientBoostingClassifier", fitted(ensemble.GradientBoostingClassifier(**SMALL))),
    Case("scikit-learn", "GradientBoostingRegressor", fitted(ensemble.GradientBoostingRegressor(**SMALL), NUMBERS)),
    Case(
        "scikit-learn", "HistGradientBoostingClassifier and Regressor",
        fitted(ensemble.HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=5), THREE),
        note="missing values and categories as it reads them",
    ),
    Case(
        "scikit-learn", "CategoricalNB", fitted(naive_bayes.CategoricalNB(), THREE), arguments=COUNTS,
        note="columns have declared values",
    ),
    Case("scikit-learn", "BernoulliNB", fitted(naive_bayes.BernoulliNB(binarize=2.5)), BAND),
    Case("scikit-learn", "MultinomialNB", fitted(naive_bayes.MultinomialNB(), THREE), BAND, arguments=COUNTS),
    Case(
        "scikit-learn", "linear classifiers over numbers of a range",
        fitted(linear_model.LogisticRegression(), THREE, ROWS + 0.25), BAND, arguments=(("background", ROWS + 0.25),),
        note="bounds hold for all numbers between listed ones",
    ),
    Case(
        "scikit-learn", "linear regressors: least squares, Ridge, Lasso, ElasticNet, SGD, LinearSVR, …",
        fitted(linear_model.Ridge(), NUMBERS, ROWS + 0.25), BAND, arguments=(("background", ROWS + 0.25),),
    ),
    Case(
        "scikit-learn", "SVC of two classes and SVR, with a linear kernel",
        fitted(SVC(kernel="linear"), Y, ROWS + 0.25), BAND, arguments=(("background", ROWS + 0.25),),
    ),
    Case(
        "scikit-learn", "linear classifiers over declared values", fitted(linear_model.LogisticRegression(), THREE),
        BAND, arguments=COUNTS,
    ),
    Case(
        "scikit-learn", "OneVsRestClassifier of trees, forests, boosted and linear classifiers",
        fitted(multiclass.OneVsRestClassifier(ensemble.GradientBoostingClassifier(**SMALL)), THREE),
    ),
    Case(
        "scikit-learn", "LinearSVC over declared values", fitted(LinearSVC()), BAND, arguments=COUNTS,
    ),
    Case(
        "scikit-learn", "several labels: trees, forests, MultiOutputClassifier, OneVsRestClassifier, ClassifierChain",
        fitted(ensemble.RandomForestClassifier(**SMALL), BOTH),
    ),
    Case("hand-built", "Builder.DecisionTree, RandomForest, BoostedTrees, MultiLabel", hand_built),
    Case("hand-built", "Builder.RuleSet, RuleList", rules),
    Case(
        "hand-built", "Builder.LinearModel", weighted, arguments=(("ranges", {f"f{i}": (0, 6) for i in range(1, 5)}),),
        note="sums from left to right in float64",
    ),
    Case("hand-built", "Builder.BinarizedNetwork", network),
]  # fmt: skip
