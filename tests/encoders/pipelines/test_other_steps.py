"""Indicators, target encoders, unions, imputers that fill in from other columns, and functions of declared values."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  # without it there is none
from sklearn.feature_selection import RFE, SelectFromModel, SequentialFeatureSelector
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.encoders.registry import compile_model
from suffice.engine.errors import BadInputError, TheoryError, UnsupportedModelError

from tests.encoders.pipelines.cases import assert_same, frame, labels


def tree():
    return DecisionTreeClassifier(max_depth=7, random_state=0)


def fitted(data, y, *steps):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(*steps, tree()).fit(data, y)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("holes", [(), ("colour",)])
def test_target_encoders(seed, classes, holes):
    rng = np.random.default_rng(seed)
    data = frame(rng, holes=holes)
    y = labels(rng, data)
    y = y if classes == 3 else y == "low"
    columns = ColumnTransformer(
        [("t", TargetEncoder(cv=2), ["colour", "size"]), ("n", StandardScaler(), ["age", "income"])]
    )
    model = fitted(data, y, columns)
    compiled = assert_same(model, data, frozenset(list(data).index(name) for name in holes), seed)
    unknown = data.assign(colour="violet")
    assert compiled.predict(compiled.read(unknown)).tolist() == model.predict(unknown).tolist()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["added", "union", "all"])
def test_what_tells_that_a_value_was_missing(seed, name):
    rng = np.random.default_rng(seed)
    data = frame(rng, holes=("age", "income", "colour"))
    y = np.where(data["age"].isna() ^ (data["income"] > 50_000), "yes", "no")
    step = {
        "added": SimpleImputer(add_indicator=True),
        "union": FeatureUnion([("m", MissingIndicator()), ("i", make_pipeline(SimpleImputer(), StandardScaler()))]),
        "all": FeatureUnion([("m", MissingIndicator(features="all")), ("i", SimpleImputer())]),
    }[name]
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="none", add_indicator=False), OneHotEncoder(sparse_output=False)
    )
    columns = ColumnTransformer([("n", step, ["age", "income"]), ("c", texts, ["colour"])])
    missing = frozenset({0, 1, 3})
    assert_same(fitted(data, y, columns), data, missing, seed)


@pytest.mark.parametrize("step", [KNNImputer(), IterativeImputer(max_iter=2)], ids=lambda step: type(step).__name__)
def test_values_that_come_from_other_columns(step):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    holes = np.where(rng.random(X.shape) < 0.1, np.nan, X)
    model = fitted(holes, X[:, 0] > X[:, 1] * 0.5, step, StandardScaler())
    assert_same(model, X)
    with pytest.raises(BadInputError, match="fills them in from other columns; impute them in the rows"):
        compile_model(model, missing=frozenset({1}))
    with pytest.raises(BadInputError, match="fills them in from other columns"):
        Explainer.initialize(model, [0.0, np.nan, 1.0])


@pytest.mark.parametrize(
    "selector",
    [
        RFE(tree(), n_features_to_select=2),
        SelectFromModel(tree(), threshold="median"),
        SequentialFeatureSelector(tree(), n_features_to_select=2, cv=2),
    ],
    ids=lambda step: type(step).__name__,
)
def test_selectors(selector):
    rng = np.random.default_rng(0)
    data = frame(rng)[["age", "income", "tiny", "level"]]
    assert_same(fitted(data, data["age"] > data["level"] * 12, StandardScaler(), selector), data)


DAYS = pd.date_range("2023-12-20", "2024-02-10", freq="D")


def parts_of(days):
    return pd.DataFrame({"month": days["day"].dt.month, "w": days["day"].dt.day_of_week, "year": days["day"].dt.year})


def dated():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"day": rng.choice(DAYS, 200), "n": rng.normal(size=200)})
    y = (data["day"].dt.day_of_week >= 5) ^ (data["n"] > 0.3) ^ (data["day"].dt.year == 2023)
    columns = ColumnTransformer([("d", FunctionTransformer(parts_of), ["day"]), ("n", StandardScaler(), ["n"])])
    return fitted(data, y, columns), data


@pytest.mark.parametrize("types", [{"day": DAYS}, {"categorical": {"day": list(DAYS)}}], ids=["by name", "by kind"])
def test_dates_split_into_parts(types):
    model, data = dated()
    explainer = Explainer.initialize(model, data.iloc[:1], types, background=data)
    for i in range(20):
        explainer.set_instance(data.iloc[[i]])
        assert explainer.target_prediction == model.predict(data.iloc[[i]])[0]
        reason = explainer.sufficient_reason()
        assert explainer.is_sufficient_reason(reason)
        change = explainer.minimal_contrastive_reason()
        assert model.predict(change.witness.row)[0] != explainer.target_prediction
    every = data.assign(day=np.resize(DAYS.to_numpy(), len(data)))
    assert [explainer.predict(every.iloc[[i]]) for i in range(60)] == model.predict(every)[:60].tolist()


def test_dates_that_are_not_declared():
    model, data = dated()
    with pytest.raises(UnsupportedModelError, match=r"calls parts_of, .* declare the values of that column"):
        Explainer.initialize(model, data.iloc[:1])
    with pytest.raises(BadInputError, match="feature 'day' is Timestamp"):
        Explainer.initialize(model, data.iloc[:1], {"day": DAYS[data["day"][0] != DAYS]})


def test_functions_of_the_other_rows_are_refused():
    data = pd.DataFrame({"a": np.arange(40.0) % 7, "b": np.arange(40.0)})
    ranked = FunctionTransformer(lambda rows: rows.rank())
    columns = ColumnTransformer([("r", ranked, ["a"]), ("b", "passthrough", ["b"])])
    model = fitted(data, data["a"] > 3, columns)
    with pytest.raises(UnsupportedModelError, match="depends on the other rows"):
        Explainer.initialize(model, data.iloc[:1], {"a": range(7)})


def test_any_function_of_listed_numbers():
    data = pd.DataFrame({"a": np.arange(80.0) % 13, "b": np.arange(80.0)})
    waves = ColumnTransformer([("s", FunctionTransformer(np.sin), ["a"]), ("b", "passthrough", ["b"])])
    model = fitted(data, np.sin(data["a"]) > 0.2, waves)
    explainer = Explainer.initialize(model, data.iloc[:1], {"a": range(13)})
    for i in range(13):
        explainer.set_instance(data.iloc[[i]])
        assert explainer.target_prediction == model.predict(data.iloc[[i]])[0]


def test_categories_are_declared_by_their_values():
    rng = np.random.default_rng(0)
    data = frame(rng)
    columns = ColumnTransformer([("c", OneHotEncoder(), ["colour"])])
    model = fitted(data[["colour"]], data["colour"].isin(["red", "pink"]), columns)
    explainer = Explainer.initialize(model, ["red"], {"colour": ["red", "pink"]})
    assert explainer.sufficient_reason() == ()  # no other value is possible
    with pytest.raises(TheoryError, match="has the value 'violet': expected some of"):
        Explainer.initialize(model, ["red"], {"colour": ["red", "violet"]})
