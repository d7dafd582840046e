"""XGBoost's ``missing=-999``: this number goes where missing values go, its neighbours do not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from suffice import Explainer, Output, UnsupportedModelError
from suffice.encoders.registry import compile_model

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, tables

xgboost = pytest.importorskip("xgboost")

NUMBERS = [-999, 0, -0.0, 1.0, 0.1, 1e30, -1e-40, 16777217, float(np.finfo(np.float32).max), -3.4028234663852886e38]


def around(number):
    """A number, its neighbours in both precisions, and what rounds to it."""
    single = np.float32(number)
    near = [float(np.nextafter(single, np.float32(side))) for side in (-1e38, 1e38)]
    middles = [(float(single) + other) / 2 for other in near if np.isfinite(other)]
    found = [
        float(number),
        float(single),
        *near,
        *middles,
        *(np.nextafter(middles, -1e38)),
        *(np.nextafter(middles, 1e38)),
    ]
    return [value for value in found if np.isfinite(np.float32(value))]


@budget(60)
@given(
    tables(), st.sampled_from(NUMBERS), st.sampled_from([1, 5, 12]), st.sampled_from([1, 3, 6]),
    st.sampled_from(["classes", "numbers", "dart"]),
)  # fmt: skip
def test_sums_and_classes(case, number, size, depth, kind):
    rng, X, holes, y, z = case
    X = np.where(rng.random(X.shape) < 0.3, number, X)
    make = xgboost.XGBRegressor if kind == "numbers" else xgboost.XGBClassifier
    more = {"booster": "dart", "rate_drop": 0.5} if kind == "dart" else {}
    model = make(missing=number, n_estimators=size, max_depth=depth, n_jobs=1, **more)
    model.fit(X, z if kind == "numbers" else y)
    rows = np.concatenate([X, rng.choice(around(number), (60, X.shape[1]))])
    holes = frozenset(c for c in holes if np.isnan(X[:, c]).any())
    assert_faithful(
        model, rows, holes, lambda rows: model.predict(rows, output_margin=True), model.predict, int(rng.integers(99))
    )


@pytest.mark.parametrize("number", [0, 1, 2, -999, 0.1])
@pytest.mark.parametrize("seed", range(5))
def test_reasons(seed, number):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * (0.1 if number == 0.1 else 1.0)
    score = X @ rng.normal(size=WIDTH) + 2 * (X[:, 0] == number) * rng.normal()
    X = np.where(rng.random(X.shape) < 0.25, number, X)
    make = xgboost.XGBClassifier if seed % 2 else xgboost.XGBRegressor
    model = make(missing=number, n_estimators=4, max_depth=1 + seed % 3, learning_rate=0.5, n_jobs=1)
    model.fit(X, score > np.median(score) if seed % 2 else score)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    for _ in range(2):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        good = grid.said == grid.said[cell]
        if not seed % 2:
            numbers = np.unique(grid.said)
            lower, upper = sorted((float(grid.said[cell]), float(numbers[len(numbers) // 2])))
            explainer.set_interval(lower, upper)
            good = (grid.said >= lower) & (grid.said <= upper)
        compare(explainer, grid, cell, good)


def test_the_words():
    """The number is told as it is, and as what a change would be."""
    X = np.repeat([[-999.0], [1.0], [2.0], [3.0]], 20, axis=0)
    model = xgboost.XGBClassifier(missing=-999, n_estimators=3, max_depth=2).fit(X, X[:, 0] % 3 == 0)
    explainer = Explainer(model, [-999], background=X)
    assert explainer.to_features(explainer.sufficient_reason()) == ("f1 = -999",)
    explainer.set_instance([1.0])
    assert explainer.to_features(explainer.sufficient_reason()) in {("-999 < f1 < 3",), ("f1 < 3", "f1 != -999")}


def test_rows():
    """Frames of whole numbers, other dtypes, NaN beside the number, sparse rows."""
    rng = np.random.default_rng(1)
    X = rng.integers(0, 4, (80, 3))
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1].astype("float32"), "c": X[:, 2] > 1})
    model = xgboost.XGBClassifier(missing=0, n_estimators=5, max_depth=3).fit(frame, X[:, 0] * X[:, 1] > 2)
    explainer = Explainer(model, frame[:1], background=frame)
    assert explainer.target_prediction == model.predict(frame[:1])[0]
    holed = X.astype(float)
    holed[::4, 1] = np.nan
    model = xgboost.XGBClassifier(missing=0, n_estimators=5, max_depth=3).fit(holed, X[:, 0] * X[:, 1] > 2)
    for i in range(8):
        explainer = Explainer(model, holed[i], background=holed)
        assert explainer.target_prediction == model.predict(holed[i : i + 1])[0]
        assert explainer.is_implicant(explainer.sufficient_reason())
    sparse = csr_matrix(X)
    model = xgboost.XGBClassifier(missing=2, n_estimators=5, max_depth=3).fit(sparse, X[:, 0] * X[:, 1] > 2)
    for i in range(8):
        explainer = Explainer(model, sparse[i])
        assert explainer.target_prediction == model.predict(sparse[i])[0]


def test_several_targets():
    rng = np.random.default_rng(2)
    X = np.where(rng.random((80, 3)) < 0.3, -1, rng.integers(0, 4, (80, 3)))
    model = xgboost.XGBRegressor(missing=-1, n_estimators=4, max_depth=2).fit(X, X[:, :2] * 1.5)
    view = Output(model, "y2")
    assert_faithful(
        view, X * 1.0, frozenset(), lambda rows: model.predict(rows, output_margin=True)[:, 1], view.predict
    )


def test_categories():
    """A number that is none of the categories is told apart; one that is would make one of them missing."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"a": rng.integers(0, 4, 90) * 1.0, "b": pd.Categorical(rng.choice(list("xyz"), 90))})
    y = (frame["a"] > 1) ^ (frame["b"] == "x")
    frame.loc[::5, "a"] = -999
    how = {"n_estimators": 5, "max_depth": 3, "enable_categorical": True, "tree_method": "hist"}
    model = xgboost.XGBClassifier(missing=-999, **how).fit(frame, y)
    for i in range(6):
        explainer = Explainer(model, frame[i : i + 1], background=frame)
        assert explainer.target_prediction == model.predict(frame[i : i + 1])[0]
    model = xgboost.XGBClassifier(missing=0, **how).fit(frame, y)
    with pytest.raises(UnsupportedModelError, match=r"missing=0, which is also the number of a category of column 'b'"):
        compile_model(model)


def test_behind_a_pipeline():
    """What a step makes of a row may be the number."""
    rng = np.random.default_rng(4)
    X = rng.integers(0, 4, (80, 2)) * 1.0
    for number in (0.0, 1.0):
        final = xgboost.XGBClassifier(missing=number, n_estimators=4, max_depth=2)
        model = make_pipeline(MinMaxScaler(), final).fit(X, X[:, 0] + X[:, 1] > 3)
        explainer = Explainer(model, X[0], background=np.concatenate([X, X + 0.25, rng.normal(size=(50, 2)) * 3]))
        for row in X[:10]:
            explainer.set_instance(row)
            assert explainer.target_prediction == model.predict([row])[0]
            assert explainer.is_implicant(explainer.sufficient_reason())
            change = explainer.minimal_contrastive_reason()
            if change is not None:
                assert model.predict([[float(v) for v in change.witness]])[0] != explainer.target_prediction


@pytest.mark.parametrize("names", [["ü c", "b", "zz"], ["a", "日本", "b"], ["a", "b", "é"]])
def test_names_of_categories_that_xgboost_cuts_are_refused(names):
    pandas = pytest.importorskip("pandas")
    draw = np.random.default_rng(0)
    frame = pandas.DataFrame(
        {"c": pandas.Categorical(draw.choice(names, 200), categories=names), "x": np.arange(200.0)}
    )
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=2, enable_categorical=True, tree_method="hist")
    model.fit(frame, (frame.c == names[0]).astype(int))
    with pytest.raises(UnsupportedModelError, match="beyond ASCII"):
        Explainer.initialize(model, frame.iloc[[0]])
    plain = frame.assign(c=frame.c.cat.rename_categories([f"c{i}" for i in range(len(names))]))
    model.fit(plain, (plain.c == "c0").astype(int))
    reason = Explainer.initialize(model, plain.iloc[[0]]).sufficient_reason()
    assert any("c" in said for said in reason.features)
