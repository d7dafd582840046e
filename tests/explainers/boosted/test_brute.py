"""Boosted trees of every library against their own ``predict`` on all cells of small domains."""

from __future__ import annotations

import importlib.util
import itertools
import math

import numpy as np
import pytest
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Explainer

from tests.brute.grid import WIDTH, Grid, compare


def data(seed, n_classes):
    """Few values a column, so that the domain is small; every second time with halves that float32 rounds."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * (0.1 if seed % 2 else 1.0)
    score = X @ rng.normal(size=WIDTH) + 0.3 * rng.normal(size=60)
    if n_classes == 0:
        return X, score
    edges = np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1])
    return X, np.digitize(score, edges)


def xgboost_model(seed, n_classes, **more):
    import xgboost

    make = xgboost.XGBClassifier if n_classes else xgboost.XGBRegressor
    options = {"n_estimators": 4 + seed % 4, "max_depth": 1 + seed % 3, "learning_rate": 0.5, "n_jobs": 1}
    return make(**{**options, **more})


def lightgbm_model(seed, n_classes, **more):
    import lightgbm

    make = lightgbm.LGBMClassifier if n_classes else lightgbm.LGBMRegressor
    options = {"n_estimators": 4 + seed % 4, "num_leaves": 2 + seed % 4, "min_child_samples": 2, "n_jobs": 1}
    return make(**{**options, "verbose": -1, **more})


def gradient_model(seed, n_classes):
    make = GradientBoostingClassifier if n_classes else GradientBoostingRegressor
    return make(n_estimators=4 + seed % 4, max_depth=1 + seed % 3, random_state=seed)


def gradient_from_a_tree(seed, n_classes):
    """Its first tree speaks of all classes at once."""
    start = (DecisionTreeClassifier if n_classes else DecisionTreeRegressor)(max_depth=2, random_state=seed)
    return gradient_model(seed, n_classes).set_params(init=start)


def histogram_model(seed, n_classes):
    make = HistGradientBoostingClassifier if n_classes else HistGradientBoostingRegressor
    return make(max_iter=4 + seed % 4, max_leaf_nodes=2 + seed % 4, min_samples_leaf=2, random_state=seed)


def needs(package, *values):
    found = importlib.util.find_spec(package) is not None
    return pytest.param(*values, marks=[] if found else [pytest.mark.skip(reason=f"{package} is not installed")])


LIBRARIES = [
    needs("xgboost", xgboost_model, {}),
    needs("xgboost", xgboost_model, {"base_score": 0.1}),
    needs("xgboost", xgboost_model, {"base_score": 0.9}),
    needs("xgboost", xgboost_model, {"booster": "dart", "rate_drop": 0.5}),
    needs("lightgbm", lightgbm_model, {}),
    needs("xgboost", xgboost_model, {"multi_strategy": "multi_output_tree", "tree_method": "hist"}),
    pytest.param(gradient_model, {}),
    pytest.param(gradient_from_a_tree, {}),
    pytest.param(histogram_model, {}),
]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("make", "more"), LIBRARIES)
@pytest.mark.parametrize("seed", range(4))
def test_reasons_for_a_class(seed, make, more, n_classes):
    if n_classes > 2 and "base_score" in more and seed:
        more = {}
    X, y = data(seed, n_classes)
    model = make(seed, n_classes, **more).fit(X, y)
    explainer = Explainer.initialize(model)
    grid = Grid(explainer, model)
    rng = np.random.default_rng(seed)
    for _ in range(2):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == grid.said[cell])


@pytest.mark.parametrize(("make", "more"), LIBRARIES)
@pytest.mark.parametrize("seed", [*range(4), 104])  # 104: a float32 sum beyond the sum of the greatest leaves
def test_reasons_for_an_interval(seed, make, more):
    X, y = data(seed, 0)
    model = make(seed, 0, **more).fit(X, y)
    explainer = Explainer.initialize(model)
    grid = Grid(explainer, model)
    rng = np.random.default_rng(seed)
    numbers = np.unique(grid.said)
    for _ in range(3):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        own = grid.said[cell]
        lower = -math.inf if rng.random() < 0.3 else float(rng.choice(numbers[numbers <= own]))
        upper = math.inf if rng.random() < 0.3 else float(rng.choice(numbers[numbers >= own]))
        explainer.set_interval(lower, upper)
        assert (explainer.lower_bound, explainer.upper_bound) == (lower, upper)
        compare(explainer, grid, cell, (grid.said >= lower) & (grid.said <= upper))
        assert explainer.extremum_range() == (grid.said.min(), grid.said.max())
        partial = [None] * WIDTH
        chosen = int(rng.integers(WIDTH))
        partial[chosen] = grid.row(cell)[chosen]
        part = np.take(grid.said, cell[chosen], axis=chosen)
        assert explainer.range_for_partial_instance(partial) == (part.min(), part.max())


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("make", "more"), LIBRARIES)
def test_rectified_models_change_only_where_the_conditions_hold(make, more, n_classes):
    for seed in range(2):
        X, y = data(seed, n_classes)
        model = make(seed, n_classes, **({} if n_classes > 2 and "base_score" in more else more)).fit(X, y)
        explainer = Explainer.initialize(model)
        grid = Grid(explainer, model)
        cell = tuple(n // 2 for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        reason = explainer.sufficient_reason()[:2]
        label = (int(grid.said[cell]) + 1) % n_classes
        box = tuple(slice(a, b + 1) for a, b in grid.as_ranges(explainer, reason))
        rectified = explainer.rectify(conditions=reason, label=label)
        rows = np.array(list(itertools.product(*grid.values)))
        expected = grid.said.copy()
        expected[box] = label
        assert (np.array(rectified.predict(rows)).reshape(grid.shape) == expected).all()
        assert explainer.target_prediction == label


@pytest.mark.parametrize("n_classes", [2, 3])
def test_artefacts_of_votes_are_refused(n_classes):
    from suffice import UnsupportedModelError

    X, y = data(0, n_classes)
    explainer = Explainer.initialize(gradient_model(0, n_classes).fit(X, y), X[0])
    for query in ("majoritary_reason", "minimal_majoritary_reason", "is_majoritary_reason"):
        with pytest.raises(UnsupportedModelError, match="do not vote: ask for tree_specific_reason"):
            getattr(explainer, query)
    assert explainer.to_counterexample_mips(explainer.sufficient_reason())
