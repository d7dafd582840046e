"""Numbers within ranges: what is outside is no input, in every spelling and for every family."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, TheoryError, explain

ROW = {"age": 30.0, "fare": 5.0}


@pytest.fixture(scope="module")
def table():
    """Who is older than 15, paid more than 2, and is younger than 60; nobody beyond 90."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"age": rng.integers(0, 90, 500).astype(float), "fare": rng.integers(0, 10, 500).astype(float)})
    y = ((X["age"] > 15) & (X["fare"] > 2) & (X["age"] < 60)).astype(int)
    return X, y


@pytest.fixture(scope="module")
def tree(table):
    return DecisionTreeClassifier(random_state=0).fit(*table)


def said(explainer):
    found = explainer.contrastive_reason(n=Explainer.ALL)
    return [reason.features for reason in found], [tuple(map(float, reason.witness)) for reason in found]


SPELLINGS = (
    {"ranges": {"age": (18, 50), "fare": (3, None)}},
    {"ranges": {1: [18, 50], 2: (3.0, math.inf)}},
    {"features_type": {"numerical": {"age": (18, 50), "fare": (3, None)}}},
    {"features_type": {"age": {"numerical": (18, 50)}, "fare": {"numerical": (3, None)}}},
    {"features_type": {"fare": {"numerical": (3, None)}}, "ranges": {"age": (18, 50)}},
    {"features_type": {"age": {"numerical": (0, 99)}}, "ranges": {"age": (18, 50), "fare": (3, None)}},
)


@pytest.mark.parametrize("asked", SPELLINGS)
def test_spellings(tree, asked):
    """Within the ranges everything is decided alike."""
    explainer = Explainer.initialize(tree, pd.Series(ROW), **asked)
    assert explainer.sufficient_reason() == ()
    assert explainer.contrastive_reason() is None
    explainer.set_ranges({"age": (18, 70), "fare": (3, None)})
    features, witnesses = said(explainer)
    assert features == [("age > 59.5",)]
    assert all(18 <= age <= 70 and fare >= 3 for age, fare in witnesses)


def test_set_ranges_takes_the_place_of_ranges(tree):
    explainer = Explainer.initialize(tree, pd.Series(ROW), ranges={"age": (18, 50), "fare": (3, None)})
    explainer.set_ranges({})
    assert len(said(explainer)[0]) == 3
    explainer.set_features_type({"age": "integer"})
    explainer.set_ranges({"age": (18, 50)})
    assert said(explainer)[0] == [("fare <= 2.5",)]
    explainer.set_features_type({"fare": "integer"})
    assert said(explainer)[0] == [("fare <= 2",)], "ranges stay when types are declared anew"


def test_an_instance_outside(tree):
    explainer = Explainer.initialize(tree, pd.Series(ROW), ranges={"age": (18, 100), "fare": (None, 9.5)})
    for outside, message in (({"age": 17.5}, r"'age' is 17.5, outside its range \[18, 100\]"),
                             ({"fare": 9.75}, r"'fare' is 9.75, outside its range \(-inf, 9.5\]")):  # fmt: skip
        with pytest.raises(TheoryError, match=message):
            explainer.set_instance(pd.Series(ROW | outside))
    assert explainer.sufficient_reason() is not None, "the instance from before is still there"
    with pytest.raises(TheoryError, match="outside its range"):
        explainer.set_ranges({"age": (50, 60)})
    assert explainer.features[0].low == 18, "the ranges from before are still there"
    with pytest.raises(TheoryError, match="outside its range"):
        explain(tree, pd.DataFrame([ROW, ROW | {"age": 101.0}]), ranges={"age": (18, 100)})
    for row in (18.0, 100.0):
        explainer.set_instance(pd.Series(ROW | {"age": row}))


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"age": 18}, "expected a pair"),
        ({"age": (18,)}, "expected a pair"),
        ({"age": (18, 30, 40)}, "expected a pair"),
        ({"age": "18"}, "expected a pair"),
        ({"age": {18, 50}}, "expected a pair"),
        ({"age": (18, "50")}, "expected a pair"),
        ({"age": (math.nan, 50)}, "expected a pair"),
        ({"age": (True, 50)}, "expected a pair"),
        ({"age": (50, 18)}, "holds no number"),
        ({"age": (math.inf, math.inf)}, "holds no number"),
        ({"agee": (18, 50)}, "'agee' names no column"),
        ({"age": (1e300, 1e301)}, "float32 has no number"),
        ([("age", (18, 50))], "expected a mapping"),
        (pd.Series({"age": (18, 50)}), "expected a mapping"),
        ({"age": (18, 50), 1: (18, 50)}, "column 'age' twice"),
    ],
)
def test_misuse(tree, ranges, message):
    with pytest.raises(BadInputError, match=message):
        Explainer.initialize(tree, ranges=ranges)
    explainer = Explainer.initialize(tree, pd.Series(ROW))
    before = said(explainer)
    with pytest.raises(BadInputError, match=message):
        explainer.set_ranges(ranges)
    assert said(explainer) == before


@pytest.mark.parametrize("kind", ["binary", [30, 31]])
def test_ranges_are_for_numbers(tree, kind):
    with pytest.raises(TheoryError, match="ranges are for numbers"):
        Explainer.initialize(tree, features_type={"age": kind}, ranges={"age": (18, 50)})


def test_a_pair_in_types_by_name_lists_two_values(tree):
    with pytest.raises(TheoryError, match=r"not one of its values \[18, 100\].*ranges={'age': \(…, …\)}"):
        Explainer.initialize(tree, pd.Series(ROW), features_type={"age": (18, 100)})


def test_no_integer_in_a_range(tree):
    with pytest.raises(TheoryError, match="no integer in its range"):
        Explainer.initialize(tree, features_type={"age": {"integer": (18.2, 18.8)}})


def test_without_the_theory(tree):
    with pytest.raises(BadInputError, match="ranges need the theory"):
        Explainer.initialize(tree, theory=None, ranges={"age": (18, 50)})
    explainer = Explainer.initialize(tree, pd.Series(ROW), ranges={"age": (18, 50), "fare": (3, None)})
    explainer.deactivate_theory()
    assert len(explainer.contrastive_reason(n=Explainer.ALL)) == 3
    explainer.activate_theory()
    assert explainer.contrastive_reason() is None


def test_ends_that_float32_rounds():
    """A witness at the end of a range is not beyond it, though the model reads it so."""
    X = np.array([[0.1], [0.2], [0.7], [0.8]])
    model = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    border = float(model.tree_.threshold[0])
    high = float(np.nextafter(np.float32(border), np.float32(1))) - 1e-9
    assert border < high < float(np.float32(high)), "it is read as a greater number"
    explainer = Explainer.initialize(model, X[0], ranges={"f1": (0.1, high)})
    witness = float(explainer.contrastive_reason().witness[0])
    assert 0.1 <= witness <= high
    assert model.predict([[witness]])[0] == 1


def test_plain_numbers_stay_inside():
    """A number of few digits that the model reads like the end of a range may be beyond it."""
    X = np.array([[0.0], [0.1], [1.0], [1.1]])
    model = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    for high in np.random.default_rng(0).uniform(0.5, 0.6, 50):
        model.tree_.threshold[0] = high - 1e-7
        explainer = Explainer.initialize(model, X[0], ranges={"f1": (0, float(high))})
        assert float(explainer.contrastive_reason().witness[0]) <= high


def test_missing_values_stay_possible():
    X = np.array([[1.0], [2.0], [3.0], [np.nan]] * 5)
    model = DecisionTreeClassifier().fit(X, [0, 0, 0, 1] * 5)
    explainer = Explainer.initialize(model, [2.0], missing=True, ranges={"f1": (1, 2)})
    assert math.isnan(float(explainer.contrastive_reason().witness[0]))
    assert Explainer.initialize(model, [2.0], ranges={"f1": (1, 2)}).contrastive_reason() is None
    Explainer.initialize(model, [np.nan], missing=True, ranges={"f1": (1, 2)})


def test_units_of_a_pipeline(table):
    X, y = table
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(X, y)
    explainer = Explainer.initialize(model, X[(X["age"] == 30) & (X["fare"] > 3)].iloc[0], ranges={"age": (18, 70)})
    reasons = explainer.contrastive_reason(n=Explainer.ALL)
    assert len(reasons) == 2, "not by being younger than 16"
    assert all(18 <= float(reason.witness[0]) <= 70 for reason in reasons)


@pytest.mark.parametrize("make", [RandomForestClassifier, RandomForestRegressor])
def test_forests(table, make):
    X, y = table
    model = make(5, random_state=0).fit(X, y)
    explainer = Explainer.initialize(model, pd.Series(ROW), ranges={"age": (18, 50), "fare": (3, 8)})
    if make is RandomForestRegressor:
        assert tuple(explainer.extremum_range()) == (1.0, 1.0)
        explainer.set_interval(1, 1)
    assert explainer.sufficient_reason() == ()
    assert explainer.minimal_contrastive_reason() is None


def test_many_rows(table, tree):
    X, _ = table
    inside = X[(X["age"] >= 18) & (X["age"] <= 50)]
    explained = explain(tree, inside, ranges={"age": (18, 50)})
    assert len(explained) == len(inside)
    for one in list(explained)[:20]:
        assert all("age" not in text for text in one.sufficient.features)
        assert all(18 <= float(reason.witness[0]) <= 50 for reason in one.contrastive)
