"""Rows, names, types and labels of every form are read as they are meant, or refused in words."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, Learning, TheoryError, explain
from suffice.encoders.columns.rows import as_matrix
from suffice.engine.budget import Deadline
from suffice.engine.domain.conditions import Reading
from suffice.engine.domain.theory import DEFAULT, Kind, cast_values, parse_features_type

ROWS = [[1.0, 10.0, 100.0], [2.0, 20.0, 200.0], [3.0, 30.0, 300.0], [4.0, 40.0, 400.0]]
FRAME = pd.DataFrame(ROWS, columns=["a", "b", "c"])
LABELS = [0, 1, 0, 1]


def as_polars(frame):
    return pl.DataFrame({column: frame[column].to_numpy() for column in frame.columns})


@pytest.fixture(scope="module")
def named():
    return DecisionTreeClassifier(random_state=0).fit(FRAME, LABELS)


@pytest.fixture(scope="module")
def unnamed():
    return DecisionTreeClassifier(random_state=0).fit(ROWS, LABELS)


def stump(left=0, right=1, n=3, **options):
    return Builder.DecisionTree(n, Builder.DecisionNode(1, threshold=2, left=left, right=right), **options)


def read(model, rows, **options):
    explainer = Explainer.initialize(model, **options)
    explainer.set_instance(rows)
    return explainer.instance.tolist()


# -- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda f: f, as_polars, lambda f: f.iloc[0]], ids=["pandas", "polars", "series"])
def test_columns_are_matched_by_name(named, make):
    assert read(named, make(FRAME[["c", "a", "b"]][:1])) == ROWS[0]
    with pytest.raises(BadInputError, match=r"\['c'\] are absent, and \['x'\] are unknown.*to_numpy"):
        read(named, make(FRAME.rename(columns={"c": "x"})[:1]))
    with pytest.raises(BadInputError, match=r"\['b', 'c'\] are absent: expected"):
        explain(named, make(FRAME[["a"]][:1]))
    assert read(named, make(FRAME.assign(y=1.0)[:1])) == ROWS[0]


@pytest.mark.parametrize("make", [lambda f: f, as_polars, lambda f: f.iloc[0]], ids=["pandas", "polars", "series"])
def test_other_names_and_own_names(named, make):
    names = ["x", "y", "z"]
    assert read(named, make(FRAME[["c", "a", "b"]][:1]), feature_names=names) == ROWS[0]
    renamed = FRAME.set_axis(names, axis=1)[["z", "y", "x"]]
    assert read(named, make(renamed[:1]), feature_names=names) == ROWS[0]
    with pytest.raises(BadInputError, match=r"\['q'\] are unknown"):
        read(named, make(renamed.rename(columns={"z": "q"})[:1]), feature_names=names)
    with pytest.raises(BadInputError, match="in another order, the names that the model was fitted with"):
        read(named, make(FRAME[:1]), feature_names=["b", "a", "c"])
    assert read(named, make(FRAME[:1]), feature_names=["f1", "f2", "f3"]) == ROWS[0]


def test_frames_without_names_and_models_without_names(named, unnamed):
    assert read(named, pd.DataFrame(ROWS[:1])) == ROWS[0]
    assert read(named, pd.Series(ROWS[0])) == ROWS[0]
    assert read(named, pl.Series(ROWS[0])) == ROWS[0]
    assert read(unnamed, FRAME[:1]) == ROWS[0]
    assert read(unnamed, FRAME[:1].set_axis(["f1", "f2", "f3"], axis=1)) == ROWS[0]
    with pytest.raises(BadInputError, match="default names f1, f2, … in another order"):
        read(unnamed, FRAME[:1].set_axis(["f2", "f1", "f3"], axis=1))
    with pytest.raises(BadInputError, match="a row has 2 values"):
        read(unnamed, FRAME[["a", "b"]][:1])
    fitted = DecisionTreeClassifier(random_state=0).fit(FRAME.set_axis(["f1", "f2", "f3"], axis=1), LABELS)
    assert read(fitted, FRAME[:1].set_axis(["f2", "f1", "f3"], axis=1)) == [10.0, 1.0, 100.0]
    assert read(unnamed, FRAME[["b", "c", "a"]][:1], feature_names=["a", "b", "c"]) == ROWS[0]


def test_hand_built_and_rectified_trees_read_by_name():
    tree = stump(feature_names=["a", "b", "c"])
    shuffled = FRAME[["c", "b", "a"]]
    assert read(tree, shuffled[2:3]) == ROWS[2]
    assert tree.predict(shuffled).tolist() == tree.predict(ROWS).tolist() == [0, 1, 1, 1]
    with pytest.raises(BadInputError, match="absent"):
        tree.predict(FRAME.rename(columns={"a": "x"}))
    with pytest.raises(BadInputError, match="a row has 2 values"):
        tree.predict([1, 2])
    rectified = Explainer.initialize(tree).rectify(conditions=["b > 25"], label=0)
    assert rectified.predict(shuffled).tolist() == [0, 1, 0, 0]
    assert read(rectified, shuffled[2:3]) == ROWS[2]
    other = FRAME.set_axis(["x", "y", "z"], axis=1)[["z", "x", "y"]]
    assert read(rectified, other[2:3], feature_names=["x", "y", "z"]) == ROWS[2]


def test_mappings_and_rows_that_bear_names(named):
    assert read(named, {"b": 10, "c": 100, "a": 1}) == ROWS[0]
    assert read(named, {"b": 10, "c": 100, "a": 1}, feature_names=["x", "y", "z"]) == ROWS[0]
    with pytest.raises(BadInputError, match=r"no value for \['c'\]"):
        read(named, {"a": 1, "b": 10})
    said = explain(named, [FRAME.loc[1, ["c", "b", "a"]], {"c": 100, "a": 1, "b": 10}])
    assert said.predictions.tolist() == [1, 0]
    with pytest.raises(BadInputError, match="occur twice"):
        read(named, pd.DataFrame([[1, 2, 3, 4]], columns=["a", "b", "c", "a"]))


@pytest.mark.parametrize("names", [5, "abc", b"abc", {"a", "b", "c"}, iter(["a", "b", "c"])])
def test_names_that_are_no_list(named, names):
    with pytest.raises(BadInputError, match=r"feature_names=.*expected a list of names"):
        Explainer.initialize(named, ROWS[0], feature_names=names)
    with pytest.raises(BadInputError, match=r"feature_names=.*expected a list of names"):
        stump(feature_names=names)


def test_too_many_names():
    tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(BadInputError, match="feature_names has 3 names: the model has 1 columns"):
        Explainer.initialize(tree, [0], feature_names=["a", "b", "c"])
    with pytest.raises(BadInputError, match="feature_names has 2 names: the model has 3 columns"):
        Explainer.initialize(stump(), feature_names=["a", "b"])


@pytest.mark.parametrize("missing", [5, None, "a", b"a", ["q"], [5], 1.0])
def test_columns_that_may_be_missing(named, missing):
    with pytest.raises(BadInputError, match="missing="):
        Explainer.initialize(named, missing=missing)


# -- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [ROWS[0], ROWS[:1]])
@pytest.mark.parametrize("hand_built", [True, False])
def test_the_instance_is_a_copy(unnamed, rows, hand_built):
    numpy_row = np.array(rows)
    explainer = Explainer.initialize(stump() if hand_built else unnamed, numpy_row)
    numpy_row[:] = 7
    assert explainer.instance.tolist() == ROWS[0]
    np.asarray(explainer.instance)[:] = 9
    with pytest.raises(BadInputError, match=r"does not change: change a copy, np.array\(row\)"):
        explainer.instance[:] = 9
    assert explainer.instance.tolist() == ROWS[0]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (10**400, "float64 can hold"),
        (b"1.5", "b'1.5': expected a number"),
        (np.bytes_(b"1"), "expected a number"),
        (1j, "expected a number"),
        (np.datetime64("2020-01-01"), "dates and times"),
        (np.datetime64("2020-01-01", "ns"), "dates and times"),
        (np.timedelta64(3, "D"), "dates and times"),
        (datetime.date(2020, 1, 1), "dates and times"),
        (datetime.timedelta(1), "dates and times"),
        (pd.Timestamp("2020-01-01"), "dates and times"),
        ([1], "expected a number"),
        (Decimal("sNaN"), "expected a number"),
    ],
)
def test_values_that_are_no_numbers(value, message):
    tree = stump(n=2)
    row = np.empty(2, dtype=object)
    row[:] = [0.5, 0.5]
    row[1] = value
    for rows in ([0.5, value], row):
        with pytest.raises(BadInputError, match=f"feature 'f2' is .*{message}"):
            Explainer.initialize(tree, rows)


def test_arrays_that_are_no_numbers():
    tree = stump(n=2)
    for kind in ("M8[ns]", "M8[D]", "m8[s]"):
        with pytest.raises(BadInputError, match="dates and times"):
            Explainer.initialize(tree, np.array([1, 2], dtype=kind))
    for rows in (np.array([b"1", b"2"]), [b"1", b"2"], np.array([1j, 2])):
        with pytest.raises(BadInputError, match=r"'f1' is .*expected a number"):
            Explainer.initialize(tree, rows)
    with pytest.raises(BadInputError, match="dates and times"):
        Explainer.initialize(tree, pd.DataFrame({"x": [1.0], "when": [pd.Timestamp("2020-01-01")]}))
    assert Explainer.initialize(tree, sparse.csr_matrix([[1.0, 0.0]])).instance.tolist() == [1.0, 0.0]
    with pytest.raises(BadInputError, match=r"no rows yet: pass rows.collect\(\)"):
        Explainer.initialize(tree, pl.DataFrame({"a": [1.0], "b": [2.0]}).lazy())


def test_missing_values_of_all_kinds():
    tree = stump(n=2)
    cases = {"None": [None, 1], "<NA>": [pd.NA, 1], "nan": [float("nan"), 1], "None ": np.ma.array([5, 1], mask=[1, 0])}
    for text, rows in cases.items():
        with pytest.raises(BadInputError, match="'f1' is missing"):
            Explainer.initialize(tree, rows)
        assert str(read(tree, rows, missing=True)) == f"[{text.strip()}, 1]"
    masked = np.ma.array([[5.0, 1.0], [3.0, 4.0]], mask=[[0, 1], [0, 0]])
    assert str(as_matrix(masked, "xy").tolist()) == "[[5.0, nan], [3.0, 4.0]]"
    assert str(as_matrix(list(masked), "xy").tolist()) == "[[5.0, nan], [3.0, 4.0]]"
    words = np.ma.array(np.array(["a", "b"], dtype=object), mask=[0, 1])
    assert as_matrix(words, "xy", numeric=False).tolist() == [["a", None]]
    fitted = DecisionTreeClassifier(random_state=0).fit([[np.nan, 1], [1, 1], [2, 0]], [0, 1, 1])
    assert Explainer.initialize(fitted, np.ma.array([1.0, 1.0], mask=[1, 0])).target_prediction == 0


# -- types -----------------------------------------------------------------------------------------------------

NAMES = ["A", "B", "C", "is_default"]


def kinds(types, names=NAMES):
    return [feature.kind.value for feature in parse_features_type(types, names)]


def test_default_means_all_other_columns():
    assert Learning.DEFAULT is Explainer.DEFAULT is DEFAULT
    assert kinds({"numerical": ["A"], "binary": DEFAULT}) == ["numerical", "binary", "binary", "binary"]
    assert kinds({"numerical": ["A"], "integer": "default"}) == ["numerical", "integer", "integer", "integer"]
    assert kinds({"numerical": DEFAULT, "binary": ["B"]}) == ["numerical", "binary", "numerical", "numerical"]
    assert kinds({"A": "integer", DEFAULT: "binary"}) == ["integer", "binary", "binary", "binary"]
    features = parse_features_type({"categorical": {DEFAULT: [2, 1]}, "binary": ["A"]}, NAMES)
    assert [(f.kind, f.values) for f in features[1:]] == [(Kind.CATEGORICAL, (1.0, 2.0))] * 3
    assert kinds({"binary": "is_default"}) == ["numerical"] * 3 + ["binary"]
    assert kinds({"binary": ["default"]}, ["default", "x"]) == ["binary", "numerical"]
    assert kinds({"binary": [np.int64(2)], "categorical": {np.int32(1): [0, 1]}})[:2] == ["categorical", "binary"]


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"numerical": DEFAULT, "binary": DEFAULT}, "DEFAULT for .*once"),
        ({"numerical": "default", "categorical": DEFAULT}, "DEFAULT for .*once"),
        ({"categorical": DEFAULT}, "has no values"),
        ({"binary": "Default"}, "'Default' names no column"),
        ({"binary": 5}, r"features_type\['binary'\]=5: expected a list of names"),
        ({"binary": b"A"}, "expected a list of names"),
        ({"binary": {"A": 1}}, "expected a list of names"),
        ({"binary": [b"A"]}, "names no column"),
        ({"binary": [5]}, "ids of the columns are 1 … 4"),
        ({"binary": [True]}, "names no column"),
        ({"binary": [["A"]]}, "names no column"),
        ({"categorical": 5}, r"features_type\['categorical'\]=5"),
        ({"categorical": [["A"]]}, "names no column"),
        ({"categorical": {"B": 5}}, "has values 5: expected a list"),
        ({"categorical": {"B": "12"}}, "has values '12': expected a list"),
        ({"categorical": {"B": b"12"}}, "expected a list"),
        ({"categorical": {"B": [b"1"]}}, "expected numbers or texts"),
        ({"categorical": {"B": [10**400]}}, "expected the numbers"),
        ({"categorical": {"{A,B,C}": "rgb"}}, "has values 'rgb': expected a list"),
        ({"categorical": {"{A,B,C}": ["r", "g", "r"]}}, r"\['r'\] twice"),
        ({"categorical": {"{A,B}": {"r", "g"}}}, "set of values"),
        ({"B": 5}, "expected 'numerical'"),
    ],
)
def test_types_that_are_none(types, message):
    with pytest.raises(TheoryError, match=message):
        parse_features_type(types, NAMES)


def test_default_and_a_column_of_that_name():
    with pytest.raises(TheoryError, match="is a column and the word"):
        parse_features_type({"binary": "default"}, ["default", "x"])


def test_values_as_the_model_reads_them():
    features = parse_features_type({"categorical": {"A": [0.1, 0.2, 0.3]}}, NAMES)
    assert cast_values(features, Reading.FLOAT64) == features
    read_values = cast_values(features, Reading.FLOAT32)
    assert read_values[0].values == tuple(float(np.float32(v)) for v in (0.1, 0.2, 0.3))
    assert read_values[1:] == features[1:]
    for values, message in (([0.1, 0.1 + 1e-12], "equal in float32"), ([1, 1e39], "beyond float32")):
        features = parse_features_type({"categorical": {"A": values}}, NAMES)
        with pytest.raises(TheoryError, match=message):
            cast_values(features, Reading.FLOAT32)


# -- limits, weights, rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [np.float32(1), np.float64(1), np.int64(1), np.uint8(1), 1, 1.5])
def test_time_limits_of_all_kinds(unnamed, limit):
    assert Deadline(limit).seconds == float(limit)
    assert Explainer.initialize(unnamed, ROWS[0]).minimal_sufficient_reason(time_limit=limit) is not None


@pytest.mark.parametrize("limit", [10**400, np.bool_(True), np.float32("nan"), np.int64(0), 1j, [1]])
def test_time_limits_that_are_none(limit):
    with pytest.raises(BadInputError, match="time_limit="):
        Deadline(limit)


def test_numbers_that_have_no_repr():
    huge = 10**5000
    with pytest.raises(BadInputError, match="<int>"):
        Deadline(huge)
    with pytest.raises(BadInputError, match="'f1' is <int>"):
        Explainer.initialize(stump(n=1), [huge])


def test_endless_time_limits():
    for limit in (float("inf"), 1e308, 10**300):
        assert Deadline(limit).seconds is None


@pytest.mark.parametrize("partition", [5, [5], "f1", ["f1", "f2"], [b"f1"], {"f1": 1}, [["f1"], None]])
def test_partitions(unnamed, partition):
    with pytest.raises(BadInputError, match="features_partition"):
        Explainer.initialize(unnamed, ROWS[0]).preferred_sufficient_reason(
            method=Explainer.INCLUSION_PREFERRED, features_partition=partition
        )


def test_partitions_of_any_lists(unnamed):
    explainer = Explainer.initialize(unnamed, ROWS[0])
    wanted = explainer.preferred_sufficient_reason(
        method=Explainer.INCLUSION_PREFERRED, features_partition=[["f1"], ["f2", "f3"]]
    )
    parts = (part for part in (("f1",), np.array(["f2", "f3"])))
    assert wanted == explainer.preferred_sufficient_reason(
        method=Explainer.INCLUSION_PREFERRED, features_partition=parts
    )


@pytest.mark.parametrize("method", [Explainer.WEIGHTS, Explainer.SHAPLEY, Explainer.FEATURE_IMPORTANCE])
@pytest.mark.parametrize("weights", [[10**400, 1, 1], ["a", 1, 1], [np.inf, 1, 1], 5, "abc"])
def test_weights(unnamed, method, weights):
    with pytest.raises(BadInputError, match="weights"):
        Explainer.initialize(unnamed, ROWS[0]).preferred_sufficient_reason(method=method, weights=weights)


def test_weights_that_overflow(unnamed):
    explainer = Explainer.initialize(unnamed, ROWS[0])
    with pytest.raises(BadInputError, match="weights"):
        explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=[1e308] * 3)
    with pytest.raises(BadInputError, match="smaller numbers"):
        explainer.preferred_sufficient_reason(method=Explainer.SHAPLEY, weights=[1.5e308, -1.5e308, 1])


def test_a_series_of_weights_is_read_by_name():
    node = Builder.DecisionNode(1, left=0, right=1)
    tree = Builder.DecisionTree(2, Builder.DecisionNode(2, left=node, right=1), feature_names=["a", "b"])
    explainer = Explainer.initialize(tree, [1, 1])
    for weights, wanted in (({"a": 1, "b": 5}, "a >= 0.5"), ({"a": 5, "b": 1}, "b >= 0.5")):
        series = pd.Series(weights)[["b", "a"]]
        reason = explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=series)
        assert explainer.to_features(reason) == (wanted,)


@pytest.mark.parametrize("conditions", [None, "f1 > 2", 5, b"f1 > 2", {"f1": 2}])
def test_rules_that_are_no_list(conditions):
    with pytest.raises(BadInputError, match=r"conditions=.*expected a list"):
        Explainer.initialize(stump()).rectify(conditions=conditions, label=1)


@pytest.mark.parametrize("item", [b"f1>", ("f1", ">", 10**400), ("f1", ">", "nan"), ("f1", ">", b"1"), None, True, 2.5])
def test_conditions_that_are_none(item):
    with pytest.raises(BadInputError, match="condition"):
        Explainer.initialize(stump()).rectify(conditions=[item], label=1)


def test_rules_of_any_iterable():
    rectified = Explainer.initialize(stump()).rectify(conditions=(item for item in ["f1 > 2.5"]), label=0)
    assert rectified.predict([[2, 0, 0], [3, 0, 0]]).tolist() == [1, 0]
    with pytest.raises(BadInputError, match=r"'f1 > 3', 'f1 < 2'.*contradict"):
        Explainer.initialize(stump()).rectify(conditions=iter(["f1 > 3", "f1 < 2"]), label=0)
