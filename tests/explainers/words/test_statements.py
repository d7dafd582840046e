"""One statement a feature, in the fewest digits that mean the same border."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder, Explainer
from suffice.engine.domain.conditions import Condition, Operator, Reading
from suffice.engine.domain.theory import Feature, Kind
from suffice.engine.domain.vocabulary import Vocabulary
from suffice.explainers.words.statements import LIGHTGBM_ZERO, Statements
from suffice.explainers.words.values import Values

from tests.brute.amounts import few


def statement(kind, reading, *conditions, missing=False, values=(), labels=None, name="x"):
    """Say what conditions on one column allow together."""
    vocabulary = Vocabulary(tuple(conditions), (name,), reading, {} if labels is None else {0: labels})
    feature = Feature(name, kind, (0,), values)
    said = Statements(vocabulary, frozenset({0} if missing else ()))
    return said.say(feature, said.scale(feature).all_of(conditions))


def bound(operator, threshold, missing=False):
    return Condition(0, Operator.parse(operator), threshold, missing)


@pytest.mark.parametrize(
    ("operator", "threshold", "said"),
    [
        ("<=", 61.5000151992985, "x <= 61"), (">", 61.5000151992985, "x > 61"), ("<", 61.5, "x < 62"),
        (">=", 62.0, "x >= 62"), (">", LIGHTGBM_ZERO, "x > 0"), ("<=", -LIGHTGBM_ZERO, "x < 0"),
        ("<", 9.5, "x <= 9"), (">", 99.5, "x > 99"), ("<=", -0.5, "x < 0"), ("==", 3.0, "x = 3"),
        ("!=", 3.0, "x != 3"), (">", 1e15 + 0.5, "x > 1000000000000000"), ("<=", 2.0**60, "x < 1.1529215046068472e+18"),
    ],
)  # fmt: skip
def test_borders_of_integers_are_integers(operator, threshold, said):
    found = statement(Kind.INTEGER, Reading.FLOAT64, bound(operator, threshold))
    if abs(threshold) > 2**53:
        assert float(found.split()[-1]).is_integer()
    else:
        assert found == said


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([(">", 3.5), ("<=", 9.2)], "3 < x <= 9"),
        ([(">", 3.5), ("<=", 4.2)], "x = 4"),
        ([(">", 3.5), ("<=", 9.2), ("!=", 5.0), ("!=", 7.0)], "3 < x <= 9 but not in {5, 7}"),
        ([("<=", 9.2), ("!=", 5.0)], "x <= 9 but not 5"),
        ([("!=", 9.0), ("!=", 5.0)], "x not in {5, 9}"),
        ([("<=", 9.2), ("!=", 9.0)], "x <= 8"),
    ],
)
def test_bounds_and_exclusions_are_one_statement(conditions, said):
    assert statement(Kind.INTEGER, Reading.FLOAT64, *(bound(*one) for one in conditions)) == said


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([(">", 3.0, True), ("<=", 9.0, True)], "3 < x <= 9 or missing"),
        ([(">", 3.0, True), ("<=", 9.0, False)], "3 < x <= 9"),
        ([(">", np.inf, True)], "x is missing"),
        ([("<=", np.inf, False)], "x is not missing"),
        ([("<=", np.inf, False), ("<=", 3.0, True)], "x <= 3"),
        ([("!=", 3.0, True), ("!=", 5.0, True)], "x not in {3, 5} or missing"),
    ],
)
def test_missing_values_are_part_of_the_statement(conditions, said):
    found = statement(Kind.NUMERICAL, Reading.FLOAT64, *(bound(*one) for one in conditions), missing=True)
    assert found == said


def test_lightgbm_takes_tiny_numbers_for_zero():
    tiny = LIGHTGBM_ZERO
    assert statement(Kind.NUMERICAL, Reading.FLOAT64, bound(">", tiny)) == "x > 0"
    assert statement(Kind.NUMERICAL, Reading.FLOAT64, bound("<=", -tiny)) == "x < 0"
    assert statement(Kind.NUMERICAL, Reading.FLOAT64, bound(">", -tiny), bound("<=", tiny)) == "x = 0"
    between = statement(Kind.NUMERICAL, Reading.FLOAT64, bound(">", tiny), bound("<=", 0.25))
    assert between == "0 < x <= 0.25"


def test_a_border_within_these_numbers_is_told_as_it_is():
    vocabulary = Vocabulary((bound(">", LIGHTGBM_ZERO), bound(">", 0.0)), ("x",), Reading.FLOAT64)
    said, feature = Statements(vocabulary, frozenset()), Feature("x", Kind.NUMERICAL, (0,))
    scale = said.scale(feature)
    texts = [said.say(feature, scale.where(one)) for one in vocabulary.conditions]
    assert texts == ["x > 1.0000000180025095e-35", "x > 0"]


COLOURS = ("blue", "green", "red", "(any other value)")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ((0,), "x = blue"), ((0, 2), "x in {blue, red}"), ((0, 1, 2), "x in {blue, green, red}"),
        ((3,), "x not in {blue, green, red}"), ((2, 3), "x not in {blue, green}"), ((0, 2, 3), "x != green"),
    ],
)  # fmt: skip
def test_all_other_values_are_told_by_what_they_are_not(chosen, said):
    vocabulary = Vocabulary((), ("x",), Reading.FLOAT64, {0: COLOURS})
    feature = Feature("x", Kind.CATEGORICAL, (0,), (0.0, 1.0, 2.0, 3.0))
    found = Statements(vocabulary, frozenset()).say(feature, Values(chosen=tuple(i in chosen for i in range(4))))
    assert found == said


def test_of_many_categories_the_smaller_side_is_told():
    labels = tuple(f"c{i:02}" for i in range(50))
    vocabulary = Vocabulary((), ("x",), Reading.FLOAT64, {0: labels})
    feature = Feature("x", Kind.CATEGORICAL, (0,), tuple(map(float, range(50))))
    said = Statements(vocabulary, frozenset())
    few = tuple(i in (7, 11) for i in range(50))
    assert said.say(feature, Values(chosen=few)) == "x in {c07, c11}"
    assert said.say(feature, Values(chosen=tuple(not c for c in few))) == "x not in {c07, c11}"


def test_what_could_be_taken_for_something_else_is_quoted():
    labels = ("x y", "z, w", "{k}", " m", 'say "no"', "missing", "", 1, "1")
    vocabulary = Vocabulary((), ("a = b",), Reading.FLOAT64, {0: labels})
    feature = Feature("a = b", Kind.CATEGORICAL, (0,), tuple(map(float, range(9))))
    said = [
        Statements(vocabulary, frozenset()).say(feature, Values(chosen=tuple(i == k for i in range(9))))
        for k in range(9)
    ]
    values = ["x y", '"z, w"', '"{k}"', '" m"', '"say \\"no\\""', '"missing"', '""', "1", '"1"']
    assert said == [f'"a = b" = {value}' for value in values]


def bits(*options):
    """Say values of a group of three bits, where all of them may be 0."""
    columns = ("c_red", "c_blue", "c_green")
    feature = Feature("c_*", Kind.ONE_HOT, (0, 1, 2), ("red", "blue", "green"), optional=True)
    said = Statements(Vocabulary((), columns, Reading.FLOAT32), frozenset())
    return said.say(feature, Values(chosen=tuple(i in options for i in range(4))))


def test_groups_of_bits_are_told_by_their_value():
    nodes = Builder.DecisionNode(2, operator=Operator.GT, threshold=0.5, left=0, right=1)
    root = Builder.DecisionNode(1, operator=Operator.GT, threshold=0.5, left=nodes, right=1)
    tree = Builder.DecisionTree(3, root, feature_names=["c_red", "c_blue", "c_green"])
    types = {"categorical": {"c_*": ["red", "blue", "green"]}}
    explainer = Explainer.initialize(tree, [0, 0, 1], features_type=types)
    assert explainer.sufficient_reason().features == ("c = green",)
    explainer.set_instance([1, 0, 0])
    assert explainer.sufficient_reason().features == ("c = red",)
    assert explainer.to_features((-1, -2)) == ("c = green",)
    assert explainer.to_features((-1,)) == ("c != red",)


def test_no_bit_at_all_is_a_value_that_is_told_as_other_than_what():
    assert bits(0) == "c = red" and bits(0, 2) == "c in {red, green}"
    assert bits(3) == "c not in {red, blue, green}" and bits(3, 1) == "c not in {red, green}"


TESTS = st.tuples(st.sampled_from(["<=", "<", ">", ">=", "==", "!="]), st.floats(-40, 40, width=32))


@settings(max_examples=few(150), deadline=None)
@given(st.lists(TESTS, min_size=1, max_size=4), st.sampled_from(Reading))
def test_statements_of_integers_separate_the_same_integers(tests, reading):
    conditions = [bound(operator, threshold) for operator, threshold in tests]
    found = statement(Kind.INTEGER, reading, *conditions)
    integers = np.arange(-45.0, 46.0)
    wanted = np.all([condition.true_at(integers) for condition in conditions], axis=0)
    if found is None:
        assert wanted.all() or not wanted.any()
        return
    python = found.replace(" = ", " == ").replace("{", "(").replace("}", ",)")
    if " but not " in python:
        python = python.replace(" but not in", " and x not in").replace(" but not ", " and x != ")
    assert [bool(eval(python, {"x": value})) for value in integers] == wanted.tolist(), found
    assert "." not in found


def test_ordinal_codes_of_a_pipeline_are_told_as_categories():
    rng = np.random.default_rng(0)
    colours = rng.choice(list("pqrstu"), 300)
    frame = pd.DataFrame({"c": colours, "n": rng.normal(size=300)})
    for wanted, row, said in (("s", "s", "c = s"), ("rs", "r", "c in {r, s}"), ("prs", "q", None)):
        model = make_pipeline(
            make_column_transformer((OrdinalEncoder(), ["c"]), (StandardScaler(), ["n"])), DecisionTreeClassifier()
        ).fit(frame, np.isin(colours, list(wanted)))
        explainer = Explainer.initialize(model, pd.DataFrame({"c": [row], "n": [0.0]}))
        told = explainer.sufficient_reason().features
        assert len(told) == 1 and (said is None or told == (said,))


def test_unknown_categories_are_told_as_other_than_what():
    frame = pd.DataFrame({"c": ["red", "green", "blue"] * 20})
    steps = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["c"]))
    model = make_pipeline(steps, DecisionTreeClassifier()).fit(frame, frame["c"] == "red")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = Explainer.initialize(model, pd.DataFrame({"c": ["violet"]}))
        assert explainer.sufficient_reason().features == ("c != red",)
        assert not any("any other" in said for said in explainer.to_features(explainer.binary_representation))


def test_truth_values_are_said_to_be_true_or_false():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"flag": rng.random(100) < 0.5, "bit": rng.integers(0, 2, 100)})
    model = DecisionTreeClassifier(random_state=0).fit(frame, frame["flag"] & (frame["bit"] == 1))
    explainer = Explainer.initialize(model, frame.iloc[[0]], {"binary": ["bit"]}, background=frame)
    for flag, bit in ((True, 1), (False, 0)):
        explainer.set_instance(pd.DataFrame({"flag": [flag], "bit": [bit]}))
        assert set(explainer.to_features(explainer.binary_representation)) == {
            f"flag is {str(flag).lower()}", f"bit = {bit}"
        }  # fmt: skip
        for reason in explainer.sufficient_reason(n=None):
            assert explainer.is_sufficient_reason(reason.features).value is True
        assert explainer.is_implicant("flag is false").value is (not flag)
        assert explainer.is_implicant([("flag", "=", False)]).value is (not flag)


def test_borders_of_whole_columns_through_a_pipeline():
    rng = np.random.default_rng(0)
    for dtype in ("int64", "int32", "uint8", "Int64"):
        frame = pd.DataFrame({"gain": rng.integers(0, 120, 400), "x": rng.normal(size=400)}).astype({"gain": dtype})
        steps = make_column_transformer((StandardScaler(), ["gain", "x"]))
        labels = (frame["gain"] > 61).to_numpy(dtype=bool)
        model = make_pipeline(steps, DecisionTreeClassifier(random_state=0)).fit(frame, labels)
        for row, said in ((0, "gain <= 61"), (119, "gain > 61")):
            instance = pd.DataFrame({"gain": [row], "x": [0.0]}).astype({"gain": dtype})
            explainer = Explainer.initialize(model, instance, background=frame)
            (told,) = explainer.sufficient_reason().features
            border = int(told.split()[-1])
            assert told.split()[:2] == said.split()[:2] and 59 <= border <= 63
