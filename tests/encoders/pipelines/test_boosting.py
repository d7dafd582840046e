"""Pipelines that end with boosted trees: the columns that go in, and what comes out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from suffice.encoders.registry import compile_model, detect_missing
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.conditions import Reading
from suffice.engine.errors import UnsupportedModelError

from tests.brute.amounts import some
from tests.encoders.boosting_cases import assert_same_numbers, compiled_with_space
from tests.encoders.pipelines.cases import frame, labels, random_pipeline

xgboost = pytest.importorskip("xgboost")

FINALS = (
    lambda seed: GradientBoostingClassifier(n_estimators=4, random_state=seed),
    lambda seed: HistGradientBoostingClassifier(max_iter=4, max_depth=4, min_samples_leaf=3, random_state=seed),
    lambda seed: xgboost.XGBClassifier(n_estimators=4, max_depth=4, n_jobs=1),
    lambda seed: GradientBoostingRegressor(n_estimators=4, random_state=seed),
    lambda seed: HistGradientBoostingRegressor(max_iter=4, loss="poisson", min_samples_leaf=3, random_state=seed),
    lambda seed: xgboost.XGBRegressor(n_estimators=4, max_depth=4, objective="count:poisson", n_jobs=1),
)


def target(rng, data, final):
    told = np.unique(labels(rng, data), return_inverse=True)[1]
    if hasattr(final, "predict_proba"):
        return told
    return told + rng.random(len(data)).round(2) + 0.5


@pytest.mark.parametrize("seed", range(some(36)))
def test_random_pipelines(seed):
    rng = np.random.default_rng(seed)
    holes = [str(name) for name in rng.choice(["age", "income", "colour", "size"], rng.integers(0, 3), replace=False)]
    data = frame(rng, holes=holes)
    final = FINALS[seed % len(FINALS)](seed)
    before = random_pipeline(rng, data, labels(rng, data)).steps[:-1]
    pipeline = Pipeline([*before, ("boosted", final)])
    fresh, missing = frame(rng, 60, holes=holes), frozenset(list(data).index(name) for name in holes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pipeline.fit(data, target(rng, data, final))
        except (TypeError, ValueError) as error:  # a last step takes no sparse matrices, or no missing values
            pytest.skip(str(error).splitlines()[0])
        own = pipeline.predict(fresh)
    compiled, space = compiled_with_space(pipeline, missing)
    rows = np.concatenate([compiled.read(fresh), border_rows(compiled, space)])
    assert compiled.predict(rows[: len(fresh)]).tolist() == own.tolist()
    if compiled.regression:
        assert_same_numbers(compiled.values(space, rows[: len(fresh)]), own)
    assert self_check(compiled, space, rows) >= len(rows)
    assert compiled.vocabulary.names == tuple(fresh)


def numbers(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 3)) * [1, 1000, 1e-6]
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 500)


@pytest.mark.parametrize("make", FINALS)
def test_scaled_columns_are_told_in_their_own_numbers(make):
    X, y = numbers()
    pipeline = make_pipeline(StandardScaler(), make(0)).fit(X, y)
    compiled, space = compiled_with_space(pipeline)
    assert compiled.vocabulary.reading is Reading.FLOAT64
    for condition in compiled.vocabulary.conditions:
        assert X[:, condition.feature].min() <= condition.threshold <= X[:, condition.feature].max()
    assert self_check(compiled, space, compiled.read(X)) > len(X)


@pytest.mark.parametrize("make", FINALS)
def test_a_pipeline_of_one_step_is_its_last_step(make):
    X, y = numbers()
    model = make(0).fit(X, y)
    alone, space = compiled_with_space(model)
    inside, own_space = compiled_with_space(Pipeline([("boosted", model)]))
    assert len(inside.vocabulary) == len(alone.vocabulary)
    assert inside.vocabulary.reading is alone.vocabulary.reading
    assert (inside.classes, inside.threshold, inside.link) == (alone.classes, alone.threshold, alone.link)
    rows = alone.read(X)
    scores = alone.trees.scores_of_rows(rows, space.codes)
    assert_same_numbers(inside.trees.scores_of_rows(rows, own_space.codes), scores)


def test_missing_values_pass_through():
    X, y = numbers()
    X[::4, 1] = np.nan
    for make in (FINALS[1], FINALS[2], FINALS[4], FINALS[5]):
        pipeline = make_pipeline(StandardScaler(), make(1)).fit(X, y)
        assert detect_missing(pipeline, "auto", [X], None) == {1}
        compiled, space = compiled_with_space(pipeline, frozenset({1}))
        assert self_check(compiled, space, compiled.read(X)) > len(X)


def colours(rng, rows=200):
    return pd.DataFrame({"colour": rng.choice(["red", "blue", "green", "grey"], rows), "size": rng.normal(size=rows)})


def test_zeros_of_sparse_matrices_are_missing_for_xgboost():
    rng = np.random.default_rng(0)
    data = colours(rng)
    y = data["colour"].isin(["red", "grey"]).astype(int)
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=3)
    only = make_pipeline(OneHotEncoder(), model).fit(data[["colour"]], y)
    compiled, space = compiled_with_space(only)
    assert self_check(compiled, space, compiled.read(data[["colour"]])) > len(data)
    both = ColumnTransformer([("kinds", OneHotEncoder(), ["colour"])], remainder="passthrough", sparse_threshold=1.0)
    compiled, space = compiled_with_space(make_pipeline(both, model).fit(data, y))
    assert self_check(compiled, space, compiled.read(data)) > len(data)
    both.set_params(sparse_threshold=0.0)
    compiled, space = compiled_with_space(make_pipeline(both, model).fit(data, y))
    assert self_check(compiled, space, compiled.read(data)) > len(data)


def test_categories_after_an_ordinal_encoder():
    rng = np.random.default_rng(1)
    data = colours(rng)
    data.loc[::9, "colour"] = np.nan
    y = data["colour"].isin(["red", "grey"]).astype(int)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = ColumnTransformer([("kinds", ordinal, ["colour"])], remainder="passthrough")
    model = HistGradientBoostingClassifier(max_iter=6, categorical_features=[0], min_samples_leaf=2)
    pipeline = make_pipeline(columns, model).fit(data, y)
    compiled, space = compiled_with_space(pipeline, frozenset({0}))
    rows = compiled.read(data)
    assert compiled.predict(rows).tolist() == pipeline.predict(data).tolist()
    assert self_check(compiled, space, rows) > len(rows)
    assert compiled.predict(compiled.read([["violet", 0.0]])).tolist() == pipeline.predict(
        pd.DataFrame({"colour": ["violet"], "size": [0.0]})
    ).tolist()  # fmt: skip


def test_categories_that_a_pipeline_cannot_tell():
    rng = np.random.default_rng(2)
    data = colours(rng)
    data["number"] = rng.integers(0, 4, len(data)).astype(float)
    y = data["number"].isin([1, 2]).astype(int)
    model = HistGradientBoostingClassifier(max_iter=3, categorical_features=[0], min_samples_leaf=2)
    pipeline = make_pipeline(SimpleImputer(), model).fit(data[["number"]], y)
    with pytest.raises(UnsupportedModelError, match="column 'number' is read as a number and split by categories"):
        compile_model(pipeline)
    pipeline = make_pipeline(SimpleImputer(strategy="most_frequent"), model).fit(data[["colour"]].astype(object), y)
    with pytest.raises(UnsupportedModelError, match="categories that are no numbers"):
        compile_model(pipeline)
