"""Pipelines that end with a tree: every step that is taken, alone; what is read; what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectFromModel, SelectKBest, VarianceThreshold, f_classif
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from suffice.encoders.pipelines.models import column_names, compile_model, takes_missing
from suffice.engine.domain.conditions import Operator, Reading
from suffice.engine.domain.theory import Kind
from suffice.engine.errors import BadInputError, UnsupportedModelError

from tests.encoders.pipelines.cases import assert_same


def tree(depth=4):
    return DecisionTreeClassifier(max_depth=depth, random_state=0)


def numbers(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal([0, 100, 1e-3], [1, 30, 1e-4], (n, 3))
    y = (X[:, 0] > 0.2).astype(int) + (X[:, 1] > 110) + (X[:, 2] > 1e-3)
    return X, y


SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    MinMaxScaler(),
    MinMaxScaler(feature_range=(-5, 17)),
    MinMaxScaler(clip=True),
    MaxAbsScaler(),
    RobustScaler(),
    RobustScaler(with_centering=False, unit_variance=True),
    Binarizer(threshold=0.1),
    KBinsDiscretizer(7, encode="ordinal", strategy="uniform"),
    SimpleImputer(),
    FunctionTransformer(None),
    VarianceThreshold(),
    SelectKBest(f_classif, k=2),
    SelectFromModel(DecisionTreeClassifier(random_state=0)),
    "passthrough",
    None,
    make_pipeline(StandardScaler(), MinMaxScaler(), "passthrough", StandardScaler()),
]


@pytest.mark.parametrize("step", SCALERS, ids=repr)
@pytest.mark.parametrize("final", [DecisionTreeClassifier, ExtraTreeClassifier])
def test_steps_for_numbers(step, final):
    X, y = numbers()
    pipeline = Pipeline([("step", step), ("tree", final(max_depth=4, random_state=0))]).fit(X, y)
    compiled = assert_same(pipeline, numbers(seed=1)[0])
    assert compiled.vocabulary.names == ("f1", "f2", "f3") == column_names(pipeline)
    assert all(c.operator in (Operator.GT, Operator.GE) for c in compiled.vocabulary.conditions)
    assert compiled.to_user_row(X[0]).tolist() == X[0].tolist()


def test_numbers_that_reach_the_tree_as_they_are_are_read_as_the_tree_reads_them():
    X, y = numbers()
    plain = make_pipeline(SimpleImputer(), tree()).fit(X, y)
    compiled = compile_model(plain)
    inner = plain[-1].tree_
    assert compiled.vocabulary.reading is Reading.FLOAT32
    assert {c.threshold for c in compiled.vocabulary.conditions} == set(inner.threshold[inner.children_left != -1])
    assert compile_model(make_pipeline(StandardScaler(), tree()).fit(X, y)).vocabulary.reading is Reading.FLOAT64


def test_a_column_used_twice_is_one_feature():
    X, y = numbers()
    twice = ColumnTransformer([("a", StandardScaler(), [0, 1]), ("b", MinMaxScaler(), [0]), ("c", "passthrough", [1])])
    compiled = assert_same(make_pipeline(twice, tree(8)).fit(X, y), X)
    assert {c.feature for c in compiled.vocabulary.conditions} <= {0, 1}
    assert all(feature.kind is Kind.NUMERICAL for feature in compiled.features)


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
@pytest.mark.parametrize("scaled", [False, True])
def test_missing_numbers_behave_as_what_is_filled_in(strategy, scaled):
    X, y = numbers()
    X[::7, 1] = np.nan
    pipeline = make_pipeline(SimpleImputer(strategy=strategy), StandardScaler() if scaled else "passthrough", tree(6))
    pipeline.fit(X, y)
    fresh = numbers(seed=2)[0]
    fresh[::3, 1] = np.nan
    compiled = assert_same(pipeline, fresh, frozenset({1}))
    assert compiled.missing == {1}
    assert takes_missing(pipeline)
    with pytest.raises(BadInputError, match="'f2' is missing"):
        compile_model(pipeline).read(fresh)


def test_missing_values_that_the_tree_itself_takes():
    X, y = numbers()
    X[y > 1, 1] = np.nan
    pipeline = make_pipeline(StandardScaler(), tree(6)).fit(X, y)
    compiled = assert_same(pipeline, X, frozenset({0, 1, 2}))
    assert any(c.missing for c in compiled.vocabulary.conditions)


def test_a_test_for_missing_values_alone():
    X = np.array([[1.0], [2.0], [3.0], [np.nan]] * 10)
    y = np.isnan(X[:, 0]).astype(int)
    compiled = assert_same(make_pipeline(StandardScaler(), tree()).fit(X, y), X, frozenset({0}))
    ((_, operator, threshold, missing),) = compiled.vocabulary.conditions
    assert (operator, threshold, missing) == (Operator.GT, np.inf, True)


def test_missing_values_where_none_are_taken():
    X, y = numbers()
    strict = make_pipeline(StandardScaler(), ExtraTreeClassifier(splitter="best", max_depth=3)).fit(X, y)
    assert not takes_missing(strict)
    with pytest.raises(BadInputError, match=r"\['f1'\].*SimpleImputer"):
        compile_model(strict, missing=frozenset({0}))


@pytest.mark.filterwarnings("ignore:Skipping features")
def test_imputer_of_a_column_that_was_empty():
    X, y = numbers()
    X[:, 2] = np.nan
    for keep in (False, True):
        pipeline = make_pipeline(SimpleImputer(keep_empty_features=keep), tree()).fit(X, y)
        assert_same(pipeline, X, frozenset({2}))


def colours(values):
    """A frame with a column that takes these values, and labels that depend on their places."""
    rng = np.random.default_rng(0)
    places, x = rng.integers(len(values), size=200), rng.normal(size=200)
    plain = all(isinstance(value, (int, float)) for value in values)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    data = pd.DataFrame({"colour": pd.Series(column[places], dtype=float if plain else object), "x": x})
    if all(isinstance(value, int) for value in values):
        data["colour"] = data["colour"].astype(int)
    return data, places % 2 + (x > 0.5)


ENCODERS = [
    OneHotEncoder(),
    OneHotEncoder(drop="first"),
    OneHotEncoder(drop="if_binary"),
    OneHotEncoder(handle_unknown="ignore"),
    OneHotEncoder(handle_unknown="ignore", drop="first"),
    OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=45),
    OneHotEncoder(handle_unknown="ignore", max_categories=3),
    OneHotEncoder(max_categories=2),
    OrdinalEncoder(),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=77),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan),
    OrdinalEncoder(min_frequency=45),
]
VALUES = {
    "texts": ["a", "b", "c", "dd", "e"],
    "ints": [3, 1, 20, 7],
    "floats": [0.5, 1.5, -2.0],
    "with NaN": ["a", "b", np.nan],
    "with None": ["a", "b", None, "c"],
    "numbers with NaN": [1.0, 2.0, 3.5, np.nan],
}


@pytest.mark.parametrize("encoder", ENCODERS, ids=repr)
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_encoders(encoder, values):
    data, y = colours(values)
    dense = ColumnTransformer([("e", encoder, ["colour"])], remainder=StandardScaler(), sparse_threshold=0)
    pipeline = make_pipeline(dense, tree(6)).fit(data, y)
    compiled = assert_same(pipeline, data)
    first = compiled.features[0]
    assert (first.name, first.kind) == ("colour", Kind.CATEGORICAL)
    labels = compiled.vocabulary.labels[0]
    assert len(labels) == len(first.values) == len(values) + (encoder.handle_unknown != "error")
    named = [v for v in values if not pd.isna(v)]
    assert set(named) <= set(labels)
    assert ("(missing)" in labels) == (len(named) < len(values))
    if encoder.handle_unknown != "error":
        other = data.copy()
        other["colour"] = 999 if isinstance(values[0], (int, float)) else pd.Series(["never seen"] * 200, dtype=object)
        assert_same(pipeline, other)
    else:
        with pytest.raises(BadInputError, match=r"'colour' is '?999'? in row 1: expected one of"):
            compiled.read([[values[0], 1.0], ["999" if isinstance(values[0], str) else 999, 1.0]])


def test_equality_for_one_hot_columns_and_order_for_ordinal_ones():
    data, y = colours(["a", "b", "c", "d"])
    one_hot = make_pipeline(ColumnTransformer([("e", OneHotEncoder(), ["colour"])]), tree(9)).fit(data, y)
    assert {c.operator for c in compile_model(one_hot).vocabulary.conditions} == {Operator.EQ}
    order = [["d", "b", "a", "c"]]
    ordinal = make_pipeline(ColumnTransformer([("e", OrdinalEncoder(categories=order), ["colour"])]), tree(9)).fit(
        data, y
    )
    compiled = assert_same(ordinal, data)
    assert {c.operator for c in compiled.vocabulary.conditions} == {Operator.GT}
    assert compiled.vocabulary.labels[0] == ("d", "b", "a", "c")


def test_two_categories_are_one_condition():
    data, _ = colours(["no", "yes"])
    pipeline = make_pipeline(ColumnTransformer([("e", OneHotEncoder(), ["colour"])]), tree(9)).fit(
        data, data["colour"] == "no"
    )
    assert len(compile_model(pipeline).vocabulary) == 1


def test_imputed_categories():
    data, y = colours(["a", "b", "c"])
    data.loc[::5, "colour"] = np.nan
    for imputer in (SimpleImputer(strategy="most_frequent"), SimpleImputer(strategy="constant", fill_value="none")):
        for encoder in (OneHotEncoder(), OneHotEncoder(handle_unknown="ignore"), OrdinalEncoder()):
            steps = make_pipeline(imputer, encoder)
            pipeline = make_pipeline(ColumnTransformer([("e", steps, ["colour"])]), tree(9)).fit(data, y)
            compiled = assert_same(pipeline, data, frozenset({0}))
            assert "(missing)" not in compiled.vocabulary.labels[0]
            assert np.isnan(compiled.read([[np.nan, 0.0]])[0, 0])


def test_a_mark_for_missing_categories():
    data, y = colours(["a", "b", "?", "c"])
    steps = make_pipeline(SimpleImputer(missing_values="?", strategy="most_frequent"), OneHotEncoder())
    pipeline = make_pipeline(ColumnTransformer([("e", steps, ["colour"])]), tree(9)).fit(data, y)
    compiled = assert_same(pipeline, data)
    assert set(compiled.vocabulary.labels[0]) == {"a", "b", "c", "?"}


def test_none_is_unknown_where_only_nan_is_imputed():
    data, y = colours(["a", "b", "c"])
    data.loc[::5, "colour"] = np.nan
    steps = make_pipeline(SimpleImputer(strategy="constant", fill_value="a"), OneHotEncoder(handle_unknown="ignore"))
    pipeline = make_pipeline(ColumnTransformer([("e", steps, ["colour"])]), tree(9)).fit(data, y)
    compiled = assert_same(pipeline, data, frozenset({0}))
    none = pd.DataFrame({"colour": pd.Series([None], dtype=object), "x": [0.0]})
    assert compiled.predict(compiled.read(none)).tolist() == pipeline.predict(none).tolist()
    assert compiled.vocabulary.labels[0][int(compiled.read(none)[0, 0])] == "(any other value)"


def test_a_number_column_that_is_also_one_hot_encoded():
    data, y = colours([1, 2, 3, 4])
    both = ColumnTransformer([("a", OneHotEncoder(), ["colour"]), ("b", StandardScaler(), ["colour", "x"])])
    compiled = assert_same(make_pipeline(both, tree(9)).fit(data, y), data)
    assert compiled.features[0].kind is Kind.CATEGORICAL
    loose = ColumnTransformer(
        [("a", OneHotEncoder(handle_unknown="ignore"), ["colour"]), ("b", StandardScaler(), ["colour"])]
    )
    with pytest.raises(UnsupportedModelError, match=r"'colour' is read as a number by step .*'b' and as categ"):
        compile_model(make_pipeline(loose, tree()).fit(data, y))


def test_steps_after_an_encoder():
    data, y = colours(["a", "b", "c", "d"])
    for after in (
        StandardScaler(with_mean=False),
        MaxAbsScaler(),
        VarianceThreshold(0.15),
        SelectKBest(f_classif, k=2),
    ):
        pipeline = make_pipeline(
            ColumnTransformer([("e", OneHotEncoder(), ["colour"])], remainder="passthrough"), after, tree(9)
        )
        assert_same(pipeline.fit(data, y), data)
    chain = make_pipeline(OrdinalEncoder(), OneHotEncoder())
    assert_same(make_pipeline(ColumnTransformer([("e", chain, ["colour"])]), tree(9)).fit(data, y), data)
