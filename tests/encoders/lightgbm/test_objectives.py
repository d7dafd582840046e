"""LightGBM's other objectives: one class against the rest, custom ones, and those of numbers for two classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import Explainer, Output, UnsupportedModelError
from suffice.encoders.registry import compile_model
from suffice.encoders.selfcheck import self_check

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import (
    assert_faithful,
    assert_same_numbers,
    compiled_with_space,
    rows_of,
    tables,
    user_rows,
)

lightgbm = pytest.importorskip("lightgbm")
pytestmark = pytest.mark.filterwarnings("ignore:Cannot compute class probabilities")

SMALL = {"verbose": -1, "min_child_samples": 1, "min_data_in_bin": 1, "n_jobs": 1}
LABELS = st.sampled_from([(0, 1, 2), (1, 2, 3), ("no", "yes", "zz"), (False, True, 2)])


def logistic(truth, margins):
    shares = 1 / (1 + np.exp(-margins))
    return shares - truth, np.maximum(shares * (1 - shares), 1e-6)


def by_class(truth, margins):
    shares = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares - np.eye(margins.shape[1])[truth.astype(int)], 2 * np.maximum(shares * (1 - shares), 1e-6)


def squares(truth, margins):
    return margins - truth, np.ones_like(margins)


def with_a_feature(X):
    """The same with a last column that can be split: with a custom objective the library wants one."""
    return np.column_stack([X, np.arange(len(X))])


@budget(30)
@given(
    tables(classes=(3,)),
    LABELS,
    st.sampled_from([1, 4, 9, 80]),
    st.sampled_from([0.1, 0.7]),
    st.sampled_from([1.0, 0.4]),
)
def test_one_against_the_rest(case, labels, size, rate, slope):
    rng, X, holes, y, _ = case
    model = lightgbm.LGBMClassifier(
        objective="multiclassova", n_estimators=size, learning_rate=rate, sigmoid=slope, **SMALL
    ).fit(X, np.array(labels)[y])
    for asked in (model, model.booster_):
        compiled, space = compiled_with_space(asked, holes)
        rows = np.concatenate([rows_of(compiled, space, X), user_rows(compiled, X, rng)])
        read = compiled.read(rows)
        scores = compiled.trees.scores_of_rows(read, space.codes)
        assert_same_numbers(scores, model.predict(rows, raw_score=True))
        self_check(compiled, space, read)  # of the rows outside the band
        # within the band are rows whose greatest probabilities are nearly the same
        shares = np.sort(model.predict_proba(rows), axis=1)
        near = compiled.doubtful(scores)
        assert near[shares[:, -1] == shares[:, -2]].all()
        if compiled.slack < 1e-9:
            assert (shares[near, -1] - shares[near, -2] < 1e-6).all()


def test_equal_probabilities_of_unequal_sums_are_left_open():
    """Two sums so great that both give 1: the first class wins, whatever the sums."""
    X = np.repeat([[0.0], [1.0], [2.0]], 20, axis=0)
    model = lightgbm.LGBMClassifier(objective="multiclassova", n_estimators=3, **SMALL).fit(X, np.repeat([0, 1, 2], 20))
    text = model.booster_.model_to_string()
    lines = [
        "leaf_value=" + " ".join(["50"] * len(line[11:].split())) if line.startswith("leaf_value=") else line
        for line in text.split("\n")
        if not line.startswith("tree_sizes=")
    ]
    booster = lightgbm.Booster(model_str="\n".join(lines))
    compiled, space = compiled_with_space(booster)
    assert booster.predict(X).tolist() == [[1.0] * 3] * 60
    assert compiled.doubtful(compiled.trees.scores_of_rows(compiled.read(X), space.codes)).all()


@pytest.mark.parametrize("seed", range(4))
def test_reasons_of_one_against_the_rest(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * (0.1 if seed % 2 else 1.0)
    score = X @ rng.normal(size=WIDTH)
    y = np.digitize(score, np.quantile(score, [0.3, 0.6]))
    model = lightgbm.LGBMClassifier(objective="multiclassova", n_estimators=5, num_leaves=4, **SMALL).fit(X, y)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    for _ in range(4):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        shares = np.sort(model.predict_proba([grid.row(cell)])[0])
        if shares[-1] - shares[-2] > 1e-9:
            explainer.set_instance(grid.row(cell))
            names = explainer.session.compiled.vocabulary.names
            forces, leaves = grid.feature_sets(cell, grid.said == grid.said[cell])
            found = explainer.sufficient_reason(n=Explainer.ALL, over="features")
            assert {frozenset(names.index(f) for f in r) for r in found} == forces
            found = explainer.contrastive_reason(n=Explainer.ALL, over="features")
            assert {frozenset(names.index(f) for f in r) for r in found} == leaves


@budget(25)
@given(tables(), st.sampled_from([1, 5]), st.sampled_from(["logistic", "squares"]))
def test_custom_objectives_give_margins(case, size, named):
    """A classifier with one predicts sums, not classes: it is explained as a regressor."""
    rng, X, holes, y, z = case
    X = with_a_feature(X)
    own = {"logistic": logistic, "squares": squares}[named]
    model = lightgbm.LGBMClassifier(objective=own, n_estimators=size, **SMALL).fit(X, y > 0)
    compiled = assert_faithful(model, X, holes, model.predict, model.predict, int(rng.integers(99)))
    assert compiled.regression
    model = lightgbm.LGBMRegressor(objective=own, n_estimators=size, **SMALL).fit(X, z > 1)
    assert assert_faithful(model, X, holes, model.predict, model.predict).regression


@budget(15)
@given(tables(classes=(3,)), st.sampled_from([1, 5]))
def test_custom_objectives_of_several_classes(case, size):
    _, X, holes, y, _ = case
    X = with_a_feature(X)
    model = lightgbm.LGBMClassifier(objective=by_class, n_estimators=size, **SMALL).fit(X, y)
    with pytest.raises(UnsupportedModelError, match=r"predicts 3 numbers.*suffice.Output\(model, 'y1'\)"):
        compile_model(model)
    for place in range(3):
        view = Output(model, place)
        assert_same_numbers(view.predict(X), model.predict(X)[:, place])
        assert_faithful(view, X, holes, view.predict, view.predict)
        booster = Output(model.booster_, place)
        assert_faithful(booster, X, holes, booster.predict, view.predict)


@pytest.mark.parametrize("seed", range(3))
def test_reasons_for_an_interval_of_a_margin(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * 1.0
    score = X @ rng.normal(size=WIDTH)
    y = np.digitize(score, np.quantile(score, [0.3, 0.6]))
    model = lightgbm.LGBMClassifier(objective=by_class, n_estimators=4, num_leaves=4, **SMALL).fit(X, y)
    view = Output(model, seed)
    explainer = Explainer(view, background=X)
    grid = Grid(explainer, view)
    cell = tuple(int(rng.integers(n)) for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    numbers = np.unique(grid.said)
    lower, upper = sorted((float(grid.said[cell]), float(numbers[len(numbers) // 2])))
    explainer.set_interval(lower, upper)
    compare(explainer, grid, cell, (grid.said >= lower) & (grid.said <= upper))


@budget(25)
@given(
    tables(classes=(2,)), LABELS,
    st.sampled_from(["regression", "regression_l1", "poisson", "cross_entropy", "cross_entropy_lambda", "quantile"]),
)  # fmt: skip
def test_two_classes_by_a_number(case, labels, objective):
    """The second class where the number is greater than 1 minus it."""
    rng, X, holes, y, _ = case
    model = lightgbm.LGBMClassifier(objective=objective, n_estimators=4, **SMALL).fit(X, np.array(labels)[y])

    def sums(rows):
        return model.predict(rows, raw_score=True)

    compiled = assert_faithful(model, X, holes, sums, model.predict, int(rng.integers(99)))
    assert compiled.classes == tuple(model.classes_.tolist())
