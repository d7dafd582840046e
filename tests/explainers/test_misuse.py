"""Misuse gives an error that names the value, what was expected and what to do; it never becomes a wrong answer."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pandas
import pytest
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import (
    BadInputError,
    Builder,
    CapabilityError,
    Explainer,
    MissingBackendError,
    NoInstanceError,
    NotFittedModelError,
    SufficeError,
    TheoryError,
    UnsupportedModelError,
    explain,
)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return DecisionTreeClassifier(random_state=0).fit(X, y), X


@pytest.fixture
def explainer(iris):
    tree, X = iris
    return Explainer.initialize(tree, X[60])


QUERIES = [
    "sufficient_reason",
    "minimal_sufficient_reason",
    "contrastive_reason",
    "minimal_contrastive_reason",
    "necessary_literals",
    "relevant_literals",
    "necessary_features",
    "relevant_features",
    "n_sufficient_reasons",
    "n_sufficient_reasons_per_literal",
    "n_sufficient_reasons_per_attribute",
    "n_sufficient_reasons_per_feature",
    "direct_reason",
]


@pytest.mark.parametrize("query", QUERIES)
def test_no_instance(iris, query):
    with pytest.raises(NoInstanceError, match="set_instance"):
        getattr(Explainer.initialize(iris[0]), query)()


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "3"])
@pytest.mark.parametrize("query", QUERIES[:4])
def test_numbers_of_reasons(explainer, query, n):
    with pytest.raises(BadInputError, match="expected a number from 1"):
        getattr(explainer, query)(n=n)


@pytest.mark.parametrize("limit", [0, -1, float("nan"), "1", True])
@pytest.mark.parametrize("query", QUERIES[:-1])
def test_time_limits(explainer, query, limit):
    with pytest.raises(BadInputError, match="time_limit"):
        getattr(explainer, query)(time_limit=limit)


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ([1, 2, 3], "a row has 3 values: expected 4"),
        ([1, 2, 3, 4, 5], "a row has 5 values"),
        ([1, 2, 3, "tall"], "'tall'"),
        ([1, 2, 3, None], "NaN|missing|None"),
        ([1, 2, 3, np.nan], "missing=True"),
        ([1, 2, 3, np.inf], "infinite"),
        ([1, 2, 3, 1e39], "infinite"),
        ([[1, 2, 3, 4], [1, 2, 3, 4]], "2 rows"),
        (np.zeros((1, 2, 2)), "3 dimensions"),
        ([[1, 2], [1, 2, 3]], "different lengths|rows"),
        ({"f1": 1.0}, "no value for"),
    ],
)
def test_instances(explainer, instance, message):
    before = explainer.sufficient_reason()
    with pytest.raises(BadInputError, match=message):
        explainer.set_instance(instance)
    assert explainer.sufficient_reason() == before


def test_missing_values_where_the_model_takes_none():
    tree = Builder.DecisionTree(1, Builder.DecisionNode(1, left=0, right=1))
    with pytest.raises(BadInputError, match="missing"):
        Explainer.initialize(tree, [np.nan])
    X, y = load_iris(return_X_y=True)
    strict = DecisionTreeClassifier(random_state=0, monotonic_cst=[0, 0, 0, 1]).fit(X[:100], y[:100])
    with pytest.raises(BadInputError, match="takes no"):
        Explainer.initialize(strict, [np.nan, 1, 1, 1])
    with pytest.raises(BadInputError, match="takes none"):
        Explainer.initialize(strict, missing=True)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (DecisionTreeClassifier(), NotFittedModelError, "fit"),
        (DecisionTreeClassifier, UnsupportedModelError, "is a class"),
        (KNeighborsClassifier(1).fit([[0], [1]], [0, 1]), UnsupportedModelError, "SurrogateExplainer"),
        ("tree", BadInputError, "'tree' cannot be read"),
        (None, UnsupportedModelError, "the model is None"),
    ],
)
def test_models(model, error, message):
    with pytest.raises(error, match=message):
        Explainer.initialize(model)
    with pytest.raises(error, match=message):
        explain(model, [[0.0]])


def test_feature_names(explainer, iris):
    with pytest.raises(BadInputError, match="'f9' is unknown"):
        explainer.set_excluded_features(["f9"])
    with pytest.raises(BadInputError, match="f9"):
        explainer.reason_contains_features((1,), "f9")
    with pytest.raises(BadInputError, match="expected 4"):
        Explainer.initialize(iris[0], feature_names=["a", "b"])
    with pytest.raises(BadInputError, match="distinct"):
        Explainer.initialize(iris[0], feature_names=["a", "a", "b", "c"])
    with pytest.raises(BadInputError, match="no columns"):
        Explainer.initialize(iris[0], missing=["f9"])
    with pytest.raises(BadInputError, match="missing="):
        Explainer.initialize(iris[0], missing="f9")


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"numerical": ["f9"]}, "'f9' names no column"),
        ({"binary": ["f1"], "integer": ["f1"]}, "declared twice"),
        ({"binary": ["f1"]}, "declared binary"),
        ({"integer": ["f3"]}, "declared integer"),
        ({"categorical": {"f1": [1, 2]}}, "not one of its values"),
        ({"categorical": {"f1": []}}, "no values"),
        ({"categorical": {"f1": ["red"]}}, "expected the numbers"),
        ({"categorical": {"f*": (1, 2)}}, "expected one value a column"),
        ({"categorical": {"f*": (1, 2, 3, 4)}}, "exactly one 1"),
        ({"ordinal": ["f1"], "binary": []}, "unknown kinds"),
        ({"f1": "colour"}, "expected 'numerical'"),
        ("binary", "expected a mapping"),
    ],
)
def test_theories(explainer, iris, types, message):
    before = explainer.sufficient_reason(n=Explainer.ALL)
    with pytest.raises(TheoryError, match=message):
        explainer.set_features_type(types)
    assert explainer.sufficient_reason(n=Explainer.ALL) == before
    with pytest.raises(TheoryError, match=message):
        Explainer.initialize(iris[0], iris[1][60], features_type=types)


def test_clauses(iris):
    tree, X = iris
    literal = Explainer.initialize(tree, X[60]).binary_representation[0]
    with pytest.raises(TheoryError, match="outside the theory"):
        Explainer.initialize(tree, X[60], theory=[(-literal,)])
    with pytest.raises(TheoryError, match="contradict"):
        Explainer.initialize(tree, theory=[(literal,), (-literal,)])
    with pytest.raises(BadInputError, match="literal 99"):
        Explainer.initialize(tree, theory=[(99,)])
    with pytest.raises(BadInputError, match="expected a sequence"):
        Explainer.initialize(tree, theory=[1])
    with pytest.raises(BadInputError, match="theory="):
        Explainer.initialize(tree, theory="off")


def test_solvers(explainer):
    with pytest.raises(MissingBackendError, match="glucose4"):
        explainer.sufficient_reason(n=2, solver="glucos4")
    with pytest.raises(CapabilityError, match="assumptions"):
        explainer.sufficient_reason(n=2, solver="kissat404")
    with pytest.raises(MissingBackendError, match="rc2"):
        explainer.minimal_sufficient_reason(solver="rc3")
    with pytest.raises(MissingBackendError, match="pysdd"):
        explainer.n_sufficient_reasons(solver="pysd")
    middle = Builder.DecisionNode(2, left="c", right="b")
    low = Builder.DecisionNode(1, threshold=1, left="a", right=middle)
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, threshold=2, left=low, right="b"))
    with pytest.raises(CapabilityError, match="theory off"):  # f1 >= 2 implies f1 >= 1
        Explainer.initialize(tree, (3, 1)).n_sufficient_reasons(solver="zdd")


def test_other_arguments(explainer):
    with pytest.raises(BadInputError, match="over="):
        explainer.sufficient_reason(over="rows")
    with pytest.raises(BadInputError, match="class 7 is unknown"):
        explainer.contrastive_reason(target=7)
    with pytest.raises(BadInputError, match="what the model predicts"):
        explainer.contrastive_reason(target=explainer.target_prediction)
    with pytest.raises(BadInputError, match="literal 99"):
        explainer.is_sufficient_reason((99,))
    with pytest.raises(BadInputError, match="signed integer"):
        explainer.to_features((1.5,))
    with pytest.raises(BadInputError, match="method="):
        explainer.preferred_sufficient_reason(method="best")
    with pytest.raises(BadInputError, match="weights=None"):
        explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS)
    with pytest.raises(BadInputError, match="expected 4 numbers"):
        explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=[1, 2])
    with pytest.raises(BadInputError, match="non-negative"):
        explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=[1, 2, 3, -1])
    with pytest.raises(BadInputError, match="in two parts"):
        explainer.preferred_sufficient_reason(
            method=Explainer.INCLUSION_PREFERRED, features_partition=[["f1"], ["f1", "f2", "f3", "f4"]]
        )
    with pytest.raises(BadInputError, match="leaves out"):
        explainer.preferred_sufficient_reason(method=Explainer.INCLUSION_PREFERRED, features_partition=[["f1"]])


def test_a_frame_in_another_order_is_read_by_name():
    data = load_iris(as_frame=True)
    tree = DecisionTreeClassifier(random_state=0).fit(data.data, data.target)
    shuffled = data.data[data.data.columns[::-1]]
    assert list(explain(tree, shuffled).reasons()) == list(explain(tree, data.data).reasons())
    with pytest.raises(BadInputError, match="are absent"):
        explain(tree, data.data.iloc[:, :3])
    assert isinstance(explain(tree, data.data[:3]).to_frame(), pandas.DataFrame)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "id_feature=0"),
        ((1.5,), "id_feature=1.5"),
    ],
)
def test_nodes(arguments, message):
    with pytest.raises(BadInputError, match=message):
        Builder.DecisionNode(*arguments, left=0, right=1)


def test_hand_built_trees():
    with pytest.raises(BadInputError, match="operator='almost'"):
        Builder.DecisionNode(1, operator="almost", left=0, right=1)
    with pytest.raises(BadInputError, match="threshold='x'"):
        Builder.DecisionNode(1, threshold="x", left=0, right=1)
    with pytest.raises(BadInputError, match="tests feature 3"):
        Builder.DecisionTree(2, Builder.DecisionNode(3, left=0, right=1), feature_names=["a", "b"])
    node = Builder.DecisionNode(1, left=0, right=1)
    node.right = node
    with pytest.raises(BadInputError, match="below itself"):
        Builder.DecisionTree(1, node)
    twice = Builder.DecisionNode(1, left=0, right=Builder.DecisionNode(1, threshold=2, left=0, right=1))
    with pytest.raises(BadInputError, match="two conditions"):
        Explainer.initialize(Builder.DecisionTree(1, twice, force_features_equal_to_binaries=True))
    with pytest.raises(BadInputError, match="feature_names"):
        Builder.DecisionTree(2, 0, feature_names=["a"])


def test_excluded_features_stay_excluded_when_types_change():
    split = Builder.DecisionNode(3, left=Builder.DecisionNode(4, left=0, right=1), right=1)
    tree = Builder.DecisionTree(4, split, feature_names=["A1", "A2", "B", "C"])
    explainer = Explainer.initialize(tree, [1, 0, 0, 0])
    explainer.set_excluded_features(["B"])
    explainer.set_features_type({"categorical": {"A*": ["p", "q"]}})
    assert [r.features for r in explainer.contrastive_reason(n=Explainer.ALL)] == [("C >= 0.5",)]


def test_reasons_keep_their_words_and_witnesses():
    left, right = Builder.DecisionNode(2, left=0, right=1), Builder.DecisionNode(3, left=0, right=1)
    tree = Builder.DecisionTree(3, Builder.DecisionNode(1, left=left, right=right))
    explainer = Explainer.initialize(tree, [0, 1, 0])
    reason, changes = explainer.minimal_sufficient_reason(), explainer.contrastive_reason(n=Explainer.ALL)
    said, seen = reason.features, [tree.predict(r.witness)[0] for r in changes]
    explainer.rectify(conditions=["f1 < 0.5", "f2 < 0.5"], label=1)
    assert reason.features == said
    assert [tree.predict(r.witness)[0] for r in changes] == seen == [0] * len(changes)
    again = pickle.loads(pickle.dumps(changes[0]))
    assert again == changes[0]
    assert again.features == changes[0].features
    assert again.witness.tolist() == changes[0].witness.tolist()
    with pytest.raises(TypeError, match="rectified model cannot be pickled"):
        pickle.dumps(explainer)


def test_generic_contrastive_reasons_say_what_must_change():
    low = Builder.DecisionNode(2, threshold=3, left=0, right=1)
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, threshold=5, left=0, right=low))
    for options in ({}, {"solver": "glucose4"}):
        reason = Explainer.initialize(tree, [6, 4]).contrastive_reason(**options)
        assert reason.features == ("f1 < 5",)
        assert tree.predict(reason.witness)[0] == 0
    clauses = Explainer.initialize(tree, [6, 4], theory=[(1, 2)])
    assert clauses.contrastive_reason().features == ("f1 < 5",)
    assert tree.predict(clauses.contrastive_reason().witness)[0] == 0


def test_no_answer_in_time_is_not_none():
    low = Builder.DecisionNode(2, left=0, right=1)
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=low))
    found = Explainer.initialize(tree, [1, 1]).contrastive_reason(solver="glucose4", time_limit=1e-9)
    assert found is not None
    assert not found
    assert str(found.stop) == "time_limit"


def test_weights_are_added_exactly():
    rng = np.random.default_rng(0)
    X = rng.random((60, 6))
    tree = DecisionTreeClassifier(random_state=1).fit(X, rng.integers(0, 2, 60))
    explainer = Explainer.initialize(tree)
    weights = [1e-14, 3e-14, 2e-14, 5e-14, 4e-14, 6e-14]
    for row in X[:15]:
        explainer.set_instance(row)
        own = explainer.preferred_sufficient_reason(method="weights", weights=weights)
        other = explainer.preferred_sufficient_reason(method="weights", weights=weights, solver="rc2")
        assert own.proof.cost == other.proof.cost > 0


def test_another_thread_asks_about_the_instance_or_sets_its_own(explainer, iris):
    mine, found = explainer.sufficient_reason(), []

    def ask():
        found.append(explainer.sufficient_reason())
        explainer.set_instance(iris[1][-1])
        found.append(explainer.sufficient_reason())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found[0] == mine == explainer.sufficient_reason()
    explainer.set_instance(iris[1][-1])
    assert found[1] == explainer.sufficient_reason() != mine


def test_a_lazy_enumeration_ends_with_its_instance(explainer, iris):
    stream = explainer.sufficient_reasons()
    assert next(stream)
    explainer.set_instance(iris[1][0])
    with pytest.raises(SufficeError, match="changed"):
        next(stream)
