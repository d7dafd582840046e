"""Models that weigh columns, naive Bayes, explainable boosting machines, rules: a term a column, or a few."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import calibration, discriminant_analysis, ensemble, linear_model, naive_bayes, svm, tree
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.brute.choices import Choices
from tests.soak.kinds import COUNTS, DECLARED, WEIGHED, Kind
from tests.soak.worlds import World

NEAR = 1e-9
CODES = ("count", "count", "binary", "category")


def _logistic(choose: Choices, _: int) -> Any:
    return linear_model.LogisticRegression(C=choose.one_of([0.1, 1.0, 10.0]))


def _margin(choose: Choices, seed: int) -> Any:
    return choose.one_of([
        linear_model.RidgeClassifier(choose.one_of([0.1, 1.0])), svm.LinearSVC(random_state=seed),
        linear_model.SGDClassifier(random_state=seed, max_iter=20),
        linear_model.LogisticRegressionCV(Cs=2, cv=2),
    ])  # fmt: skip


def _number(choose: Choices, _: int) -> Any:
    return choose.one_of([
        linear_model.LinearRegression(), linear_model.Ridge(choose.one_of([0.1, 5.0])), linear_model.Lasso(0.1),
        linear_model.ElasticNet(0.1), linear_model.BayesianRidge(), svm.SVR(kernel="linear"),
    ])  # fmt: skip


def _members(choose: Choices, seed: int) -> list[tuple[str, Any]]:
    return [("a", _logistic(choose, seed)), ("b", tree.DecisionTreeClassifier(max_depth=2, random_state=seed))]


def _voting(choose: Choices, seed: int) -> Any:
    return ensemble.VotingClassifier(_members(choose, seed), voting=choose.one_of(["soft", "hard"]))


def _stacking(choose: Choices, seed: int) -> Any:
    return ensemble.StackingClassifier(_members(choose, seed), linear_model.LogisticRegression(), cv=2)


def _explainable(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray, *, number: bool = False) -> Any:
    from interpret import glassbox

    made = glassbox.ExplainableBoostingRegressor if number else glassbox.ExplainableBoostingClassifier
    several = not number and len(np.unique(y)) > 2
    how = {"outer_bags": 1, "max_rounds": choose.whole(4, 12), "n_jobs": 1, "random_state": seed, "max_bins": 8}
    del world
    return made(**how, max_interaction_bins=4, interactions=0 if several else choose.whole(0, 2)).fit(rows, y)


def _explainable_number(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return _explainable(choose, seed, world, rows, y, number=True)


def _rules(name: str, **how: Any) -> Any:
    def fit(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
        import imodels

        del seed
        told = {"max_rules": choose.whole(1, 5)} if name.startswith("FIGS") else how
        return getattr(imodels, name)(**told).fit(np.asarray(rows), y, feature_names=list(world.names))

    return fit


SUMS: dict[str, Kind] = {
    "logistic": Kind("boosted", _logistic, columns=WEIGHED, near=NEAR),
    "margins": Kind("boosted", _margin, columns=WEIGHED, near=NEAR),
    "perceptron": Kind("boosted", lambda c, s: linear_model.Perceptron(random_state=s, max_iter=c.whole(1, 9)),
                       columns=WEIGHED, near=NEAR),
    "discriminant": Kind("boosted", lambda c, s: discriminant_analysis.LinearDiscriminantAnalysis(), columns=WEIGHED,
                         near=NEAR),
    "support vectors": Kind("boosted", lambda c, s: svm.SVC(kernel="linear", C=c.one_of([0.1, 1.0])), columns=WEIGHED,
                            classes=2, near=NEAR),
    "scaled logistic": Kind("boosted", lambda c, s: make_pipeline(StandardScaler(), _logistic(c, s)), columns=WEIGHED,
                            near=NEAR),
    "linear regressor": Kind("boosted", _number, target="number", columns=WEIGHED),
    "voting with sums": Kind("composed", _voting, columns=DECLARED, near=NEAR),
    "stacked sums": Kind("composed", _stacking, columns=DECLARED, near=NEAR),
    "calibrated sums": Kind("composed", lambda c, s: calibration.CalibratedClassifierCV(_logistic(c, s), cv=2),
                            columns=DECLARED, near=NEAR),
    "a sum a label": Kind("multilabel", lambda c, s: MultiOutputClassifier(_logistic(c, s)), target="labels",
                          columns=("binary", "category", "group"), near=NEAR),
    "bayes of counts": Kind("boosted", lambda c, s: naive_bayes.MultinomialNB(alpha=c.one_of([0.1, 1.0])),
                            columns=COUNTS, near=NEAR),
    "bayes of codes": Kind("boosted", lambda c, s: naive_bayes.CategoricalNB(
        alpha=c.one_of([0.1, 1.0]), min_categories=8), columns=CODES, near=NEAR),
    "explainable boosting": Kind("boosted", fit=_explainable, missing=True, needs="interpret"),
    "explainable regressor": Kind("boosted", fit=_explainable_number, missing=True, target="number", needs="interpret"),
    "figs": Kind("boosted", fit=_rules("FIGSClassifier"), classes=2, needs="imodels", near=NEAR),
    "figs regressor": Kind("boosted", fit=_rules("FIGSRegressor"), target="number", needs="imodels"),
    "rule list": Kind("boosted", fit=_rules("GreedyRuleListClassifier", max_depth=3), classes=2, needs="imodels"),
    "one rule": Kind("boosted", fit=_rules("OneRClassifier", max_depth=3), classes=2, needs="imodels"),
}  # fmt: skip
