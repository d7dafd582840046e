"""Chances of boosted trees, sums, regressors and models of models: the model itself asked of a row of all cells."""

from __future__ import annotations

import itertools
import pickle
from fractions import Fraction

import numpy as np
import pytest
import suffice
from lightgbm import LGBMClassifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from xgboost import XGBClassifier, XGBRegressor

X, Y = load_iris(return_X_y=True)
X = X[:, :3]
FOREST = RandomForestClassifier(3, max_depth=2, random_state=0)
MODELS = {
    "xgboost, two classes": XGBClassifier(n_estimators=4, max_depth=2).fit(X, Y > 0),
    "xgboost, three classes": XGBClassifier(n_estimators=3, max_depth=2).fit(X, Y),
    "lightgbm": LGBMClassifier(n_estimators=4, num_leaves=4, verbose=-1).fit(X, Y),
    "gradient boosting": GradientBoostingClassifier(n_estimators=4, max_depth=2).fit(X, Y),
    "histograms": HistGradientBoostingClassifier(max_iter=4, max_leaf_nodes=4).fit(X, Y),
    "calibrated": CalibratedClassifierCV(FOREST, cv=2).fit(X, Y),
    "numbers": XGBRegressor(n_estimators=4, max_depth=2).fit(X, Y),
}
INTERVAL = (0.6, 1.3)


def all_cells(explainer):
    """Tuples of cells, and a row of each."""
    attributes, here = explainer.session.space.attributes, explainer.session.here.row
    cells = list(itertools.product(*[range(a.n_cells) for a in attributes]))
    rows = np.tile(here, (len(cells), 1))
    for k, attribute in enumerate(attributes):
        values = [attribute.nearest(cell, here) for cell in range(attribute.n_cells)]
        for row, tuple_ in zip(rows, cells, strict=True):
            for column, value in values[tuple_[k]].items():
                row[column] = value
    return np.array(cells), rows


@pytest.mark.parametrize("name", MODELS)
def test_all_sets_of_features(name):
    model = MODELS[name]
    explainer = suffice.Explainer.initialize(model, X[60], background=X)
    if name == "numbers":
        explainer.set_interval(*INTERVAL)

    def inside(rows):
        said = model.predict(rows)
        return (said >= INTERVAL[0]) & (said <= INTERVAL[1]) if name == "numbers" else said == model.predict(X[60:61])

    cells, rows = all_cells(explainer)
    good, here, space = inside(rows), explainer.session.here.cells, explainer.session.space
    features = [space.features[a.feature].name for a in space.attributes]
    for size in range(len(features) + 1):
        for chosen in itertools.combinations(range(len(features)), size):
            agree = np.all(cells[:, list(chosen)] == here[list(chosen)], axis=1)
            found = explainer.precision([features[i] for i in chosen], over="features", distribution="uniform")
            assert found.value == Fraction(int((good & agree).sum()), int(agree.sum())), chosen
    assert explainer.precision([], distribution="rows").value == Fraction(int(inside(X).sum()), len(X))
    reason = explainer.probable_reason(delta=0.9)
    assert suffice.from_json(reason.to_json()).precision == reason.precision
    assert pickle.loads(pickle.dumps(reason)).precision == reason.precision


def test_batches_and_limits():
    explainer = suffice.Explainer.initialize(MODELS["xgboost, three classes"], X[60], background=X)
    found = explainer.batch(X[::40], "probable_reason", delta=0.9)
    assert found.row_status == ("proved",) * 4
    assert [one.kind for one in explainer.batch(X[::40], "attribution")] == ["ffa"] * 4
    whole = explainer.batch(X[:2], "precision", reason=[], distribution="rows")
    assert [one.value for one in whole] == [Fraction(1, 3)] * 2
    large = suffice.Explainer.initialize(RandomForestClassifier(60, random_state=0).fit(X, Y), X[60], background=X)
    late = large.probable_reason(delta=0.99, time_limit=1e-6)
    assert (late.status, late.stop) == ("best_so_far", "time_limit")
    assert late.precision.upper >= Fraction(99, 100)
