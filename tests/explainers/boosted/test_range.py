"""Ranges of predictions of models that add in an order of their own: they enclose what is predicted."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor, StackingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.tree import DecisionTreeRegressor
from suffice import Explainer


@pytest.mark.filterwarnings("ignore:Singular matrix", "ignore:overflow encountered", "ignore:Ill-conditioned")
def test_weights_that_cancel():
    """Two members that say the same, with opposite weights of 1e60: what remains is rounding."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (40, 3)).astype(float)
    members = [
        ("a", RandomForestRegressor(3, max_depth=2, random_state=0)), ("b", DecisionTreeRegressor(max_depth=2)),
    ]  # fmt: skip
    model = StackingRegressor(members, final_estimator=RidgeCV(), cv=2).fit(X, X @ [1.0, -2.0, 0.5])
    model.final_estimator_.coef_ = np.array([-1.97e60, 1.97e60])
    explainer = Explainer.initialize(model, X[0])
    said = np.concatenate([model.predict(X), *(model.predict(row[None]) for row in X)])
    for found in (explainer.extremum_range(), explainer.range_for_partial_instance({"f1": 0.0})):
        assert str(found.status) == "best_so_far"
        mine = said if found == explainer.extremum_range() else said[np.flatnonzero(np.tile(X[:, 0] == 0, 2))]
        assert found[0] <= mine.min() <= mine.max() <= found[1]


def test_sums_that_are_known_are_exact():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 3, (60, 2)).astype(float)
    model = DecisionTreeRegressor(max_depth=3).fit(X, X @ [1.0, -2.0])
    found = Explainer.initialize(model, X[0]).extremum_range()
    assert str(found.status) == "optimal"
    assert tuple(found) == (model.predict(X).min(), model.predict(X).max())
