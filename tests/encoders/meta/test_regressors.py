"""Means of regressors and stacks of them: what they predict, and reasons for intervals."""

import numpy as np
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
from suffice import Explainer, NotFittedModelError, UnsupportedModelError, explain

from tests.brute.grid import Grid, compare

RNG = np.random.default_rng(6)
X = RNG.integers(0, 5, (120, 3)) * 0.1
Y = 1.0 + 9.0 * X[:, 0] + 3.0 * X[:, 1] + RNG.uniform(0, 1, 120)
TREE = DecisionTreeRegressor(max_depth=3, random_state=0)
FOREST = RandomForestRegressor(3, max_depth=2, random_state=0)
BOOSTED = GradientBoostingRegressor(n_estimators=3, max_depth=2, learning_rate=0.4)
HIST = HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=5, learning_rate=0.4)
XGB = xgb.XGBRegressor(n_estimators=3, max_depth=2, n_jobs=1)


def mean(*members, **how):
    return VotingRegressor([(str(i), member) for i, member in enumerate(members)], **how)


def stack(*members, **how):
    return StackingRegressor([(str(i), member) for i, member in enumerate(members)], cv=2, **how)


MODELS = {
    "trees": mean(TREE, DecisionTreeRegressor(max_depth=2), DecisionTreeRegressor(max_depth=1)),
    "weighted trees": mean(TREE, DecisionTreeRegressor(max_depth=2), weights=[0.3, 0.6]),
    "many trees": mean(*(DecisionTreeRegressor(max_depth=2, random_state=i, max_features=1) for i in range(9))),
    "forests": mean(TREE, FOREST, BOOSTED, weights=[1, 2, 1]),
    "single precision": mean(XGB, clone(XGB).set_params(max_depth=1)),
    "mixed": mean(XGB, HIST, FOREST),
    "dropped": VotingRegressor([("a", TREE), ("b", "drop"), ("c", FOREST)], weights=[1, 5, 2]),
    "behind steps": make_pipeline(StandardScaler(), mean(TREE, GridSearchCV(FOREST, {}, cv=2))),
    "stack": stack(TREE, FOREST),
    "stack of boosted": stack(BOOSTED, XGB, make_pipeline(StandardScaler(), FOREST)),
    "of a logarithm": TransformedTargetRegressor(mean(TREE, FOREST), func=np.log1p, inverse_func=np.expm1),
}


@pytest.mark.parametrize("name", MODELS)
def test_reasons_for_intervals(name):
    model = clone(MODELS[name]).fit(X, Y)
    explainer = Explainer(model, X[0], background=X)
    compiled = explainer.session.compiled
    rows = np.concatenate([X, RNG.uniform(0, 0.5, (200, 3))])
    told = compiled.values(explainer.session.space, compiled.read(rows))
    exact = name in ("trees", "weighted trees")
    assert (compiled.slack == 0.0) == exact
    assert np.abs(told - model.predict(rows)).max() <= (0.0 if exact else 1e-5)
    here = float(model.predict(X[:1])[0])
    explainer.set_interval(here - 0.61, here + 0.57)
    reason = explainer.sufficient_reason()
    assert explainer.is_implicant(reason)
    change = explainer.minimal_contrastive_reason()
    assert not change or not here - 0.61 <= model.predict([list(change.witness)])[0] <= here + 0.57
    rows = explain(model, X[:4], tolerance=0.5)
    assert [r.prediction for r in rows] == pytest.approx(model.predict(X[:4]).tolist(), abs=1e-5)


@pytest.mark.parametrize("name", ["trees", "forests", "stack"])
def test_reasons_are_those_of_all_cells(name):
    model = clone(MODELS[name]).fit(X, Y)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    here = float(grid.said[cell])
    explainer.set_interval(here - 0.611, here + 0.577)
    good = (grid.said >= here - 0.611) & (grid.said <= here + 0.577)
    if name == "trees":
        compare(explainer, grid, cell, good)
        return
    reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert {grid.as_ranges(explainer, r) for r in reasons} == set(grid.maximal_boxes(cell, good))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (stack(TREE, FOREST, final_estimator=TREE), "expected a linear regressor"),
        (stack(TREE, FOREST, passthrough=True), "passthrough=True"),
        (mean(TREE, HistGradientBoostingRegressor(loss="poisson", max_iter=2)), "that predicts no plain sum"),
        (mean(TREE, FOREST, weights=[1, -1]), "at least 0"),
    ],
)
def test_what_is_refused(model, message):
    with pytest.raises(NotFittedModelError, match="is not fitted"):
        Explainer(clone(model))
    with pytest.raises(UnsupportedModelError, match=message):
        Explainer(clone(model).fit(X, Y))
