"""scikit-learn's ensembles beside forests and gradient boosting: weighted votes, isolation, several outputs."""

from __future__ import annotations

import numpy as np
from sklearn import ensemble, tree
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from suffice import Between, Output

from tests.taken.case import BAND, Case, Refused
from tests.taken.known import NUMBERS, ROWS, SMALL, THREE, fitted

STUMP = tree.DecisionTreeClassifier(max_depth=2)
SHORT = tree.DecisionTreeRegressor(max_depth=2)
TWO = np.column_stack([NUMBERS, ROWS[:, 2]])


def output_of(model, output="y2"):
    """Return what makes one output of a model that is fitted on two."""
    return lambda: (Output(model.fit(ROWS, TWO), output), ROWS)


CASES = [
    Case("combinations", "AdaBoostClassifier of trees", fitted(ensemble.AdaBoostClassifier(STUMP, n_estimators=5))),
    Case(
        "combinations", "the same, several classes",
        fitted(ensemble.AdaBoostClassifier(STUMP, n_estimators=5), THREE),
    ),
    Case(
        "combinations", "AdaBoostRegressor of trees",
        lambda: (Between(ensemble.AdaBoostRegressor(n_estimators=5, random_state=0).fit(ROWS, NUMBERS), 5, 12), ROWS),
        BAND, note="below, within or above an interval: suffice.Between(model, lower, upper)",
    ),
    Case(
        "combinations", "BaggingClassifier of forests, boosted trees and other classifiers, over all columns or some",
        fitted(
            ensemble.BaggingClassifier(
                ensemble.RandomForestClassifier(2, max_depth=2), 2, max_features=3, random_state=0
            )
        ),
        BAND, note="members without probabilities vote",
    ),
    Case(
        "scikit-learn", "IsolationForest", fitted(ensemble.IsolationForest(n_estimators=5, random_state=0), None),
        note="its classes are -1, outliers, and 1",
    ),
    Case(
        "combinations", "GradientBoostingClassifier(init=a tree)",
        fitted(ensemble.GradientBoostingClassifier(**SMALL, init=STUMP)),
    ),
    Case(
        "combinations", "GradientBoostingRegressor(init=a tree, or another GradientBoostingRegressor)",
        fitted(ensemble.GradientBoostingRegressor(**SMALL, init=SHORT), NUMBERS),
    ),
    Case(
        "scikit-learn", "regressors of several outputs: trees, forests, bagging of trees",
        output_of(ensemble.RandomForestRegressor(**SMALL)), note="one output: suffice.Output(model, \"y2\")",
    ),
]  # fmt: skip

REFUSED = [
    Refused(
        "combinations", "AdaBoostRegressor, without an interval",
        fitted(ensemble.AdaBoostRegressor(n_estimators=3), NUMBERS), match="suffice.Between",
        why="a weighted median is no sum; suffice.Between(model, lower, upper) is one",
    ),
    Refused(
        "combinations", "AdaBoost of other models than trees",
        fitted(ensemble.AdaBoostClassifier(LogisticRegression(), n_estimators=3)),
        match="expected DecisionTreeClassifier", why="the vote of a sum is no sum",
    ),
    Refused(
        "combinations", "gradient boosting that starts from a model of classes that is no tree, or at random",
        fitted(ensemble.GradientBoostingClassifier(n_estimators=2, init=DummyClassifier(strategy="stratified"))),
        match="expected init=None", why="its log-odds are not added up leaf by leaf",
    ),
    Refused(
        "combinations", "BaggingRegressor of other models than trees",
        fitted(ensemble.BaggingRegressor(ensemble.RandomForestRegressor(2, max_depth=2), 2), NUMBERS),
        match="expected trees", why="it rounds the sums of its members before it adds them",
    ),
    Refused(
        "scikit-learn", "regressors of several outputs, as a whole",
        fitted(ensemble.RandomForestRegressor(**SMALL), TWO), match="suffice.Output",
        why="a question is about one number: suffice.Output(model, \"y1\")",
    ),
]  # fmt: skip
