"""XGBoost's models of several targets: numbers by ``Output``, labels together; leaves may be vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import Explainer, Output
from suffice.encoders.registry import compile_model
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory
from suffice.engine.errors import BadInputError, UnsupportedModelError

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, assert_same_numbers, tables

xgboost = pytest.importorskip("xgboost")

VECTORS = {"multi_strategy": "multi_output_tree", "tree_method": "hist"}
KINDS = st.sampled_from(
    [
        {}, VECTORS, {"booster": "dart", "rate_drop": 0.5}, {"base_score": 0.3}, {"num_parallel_tree": 2},
        {**VECTORS, "num_parallel_tree": 2}, {"objective": "count:poisson"}, {**VECTORS, "objective": "reg:logistic"},
    ]
)  # fmt: skip


def three(rng, z):
    return np.column_stack([z, z[::-1] * 2, rng.random(len(z))]) / (2 * z.max() + 1)


@budget(30)
@given(tables(), KINDS, st.sampled_from([1, 4]), st.sampled_from([1, 3]))
def test_numbers(tmp_path_factory, case, options, size, depth):
    rng, X, holes, _, z = case
    model = xgboost.XGBRegressor(n_estimators=size, max_depth=depth, n_jobs=1, **options).fit(X, three(rng, z))
    path = tmp_path_factory.mktemp("models") / "model.ubj"
    model.get_booster().save_model(path)
    for place in range(3):
        view = Output(model, place)
        assert_same_numbers(view.predict(X), model.predict(X)[:, place])
        margins = lambda rows, k=place: model.predict(rows, output_margin=True)[:, k]  # noqa: E731
        compiled = assert_faithful(view, X, holes, margins, view.predict)
        assert compiled.regression
        if "booster" not in options:  # predictions in place round otherwise
            told = compile_model(Output(str(path), place), missing=holes)
            assert told.trees.values.tobytes() == compiled.trees.values.tobytes()
            assert told.vocabulary.conditions == compiled.vocabulary.conditions


@budget(20)
@given(tables(classes=(3,)), st.sampled_from([1, 5]), st.sampled_from([1, 3]))
def test_classes_by_vectors(case, size, depth):
    _, X, holes, y, _ = case
    model = xgboost.XGBClassifier(n_estimators=size, max_depth=depth, n_jobs=1, **VECTORS).fit(X, y)
    assert_faithful(model, X, holes, lambda rows: model.predict(rows, output_margin=True), model.predict)


@budget(20)
@given(tables(), st.sampled_from([{}, VECTORS, {"missing": 1.0}]), st.sampled_from([1, 4]))
def test_labels(case, options, size):
    rng, X, holes, y, _ = case
    Y = np.column_stack([y > 0, rng.random(len(y)) < 0.5]).astype(int)
    Y[:2] = [[0, 1], [1, 0]]
    model = xgboost.XGBClassifier(n_estimators=size, max_depth=2, n_jobs=1, **options).fit(X, Y)
    compiled = compile_model(model, missing=holes)
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    rows = border_rows(compiled, space)
    assert [label.classes for label in compiled.labels] == [(0, 1)] * 2
    assert compiled.vectors(space, rows).tolist() == model.predict(rows.astype(np.float32)).astype(int).tolist()
    assert self_check(compiled, space) > 0


def test_reasons_for_labels():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (80, 3)) * 1.0
    Y = np.column_stack([X[:, 0] > 1, X[:, 1] + X[:, 2] > 3]).astype(int)
    model = xgboost.XGBClassifier(n_estimators=4, max_depth=2, n_jobs=1).fit(X, Y)
    explainer = Explainer(model, X[0], background=X)
    assert list(explainer.target_prediction) == model.predict(X[:1])[0].tolist()
    assert explainer.is_implicant(explainer.sufficient_reason(labels=["y1"]), labels=["y1"])
    change = explainer.contrastive_reason(labels=["y2"])
    assert model.predict([[float(v) for v in change.witness]])[0, 1] != model.predict(X[:1])[0, 1]


@pytest.mark.parametrize("options", [{}, VECTORS])
@pytest.mark.parametrize("seed", range(3))
def test_reasons_for_an_interval(seed, options):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * (0.1 if seed % 2 else 1.0)
    Y = np.column_stack([X @ rng.normal(size=WIDTH), X @ rng.normal(size=WIDTH)])
    view = Output(xgboost.XGBRegressor(n_estimators=4, max_depth=2, n_jobs=1, **options).fit(X, Y), seed % 2)
    explainer = Explainer(view, background=X)
    grid = Grid(explainer, view)
    cell = tuple(int(rng.integers(n)) for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    numbers = np.unique(grid.said)
    lower, upper = sorted((float(grid.said[cell]), float(numbers[len(numbers) // 2])))
    explainer.set_interval(lower, upper)
    compare(explainer, grid, cell, (grid.said >= lower) & (grid.said <= upper))


def test_misuse():
    X = np.random.default_rng(0).normal(size=(50, 3))
    model = xgboost.XGBRegressor(n_estimators=2, max_depth=2).fit(X, X[:, :2])
    with pytest.raises(BadInputError, match="expected one of 0 … 1"):
        Output(model, 2)
    with pytest.raises(UnsupportedModelError, match="does not predict several numbers"):
        Output(xgboost.XGBRegressor(n_estimators=2).fit(X, X[:, 0]), 0)
    labels = xgboost.XGBClassifier(n_estimators=2).fit(X, X[:, :2] > 0)
    with pytest.raises(UnsupportedModelError, match="does not predict several numbers"):
        Output(labels, 0)
    with pytest.raises(UnsupportedModelError, match="decides between classes"):
        Explainer(Output(labels.get_booster(), 0))
