"""What users ask about: words are read back as they were written, and regions are answered exactly."""

from __future__ import annotations

import copy
import itertools
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, SurrogateExplainer
from suffice.engine.reasons import Reason

from tests.brute.amounts import few
from tests.brute.compare import pair
from tests.brute.strategies import budget, cases

GRID = np.array(list(itertools.product(range(-1, 8), repeat=3)), dtype=float)
TYPES = {"integer": ["a", "b", "c"], "numerical": []}


def on_grid(kind, seed):
    """Fit a model of whole numbers, of which the grid has every value that its tests tell apart."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 7, size=(150, 3))
    y = (X[:, 0] + X[:, 1] > 6) ^ (X[:, 2] > 3)
    model = {"tree": DecisionTreeClassifier(max_depth=5, random_state=seed),
             "forest": RandomForestClassifier(5, max_depth=3, random_state=seed),
             "boosted": GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=seed)}[kind]  # fmt: skip
    return model.fit(pd.DataFrame(X, columns=list("abc")), y)


STATEMENT = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["<=", "<", ">", ">=", "=", "!=", "in", "not in", "<x<"]),
    st.integers(0, 6), st.integers(0, 6), st.sampled_from([0.0, 0.0, 0.25, 0.7]),
)  # fmt: skip


def told(statement):
    """Return a statement as a text, and what it says as a function of the columns."""
    name, sign, one, other, part = statement
    place = "abc".index(name)
    low, high = min(one, other), max(one, other) + 1
    if sign == "<x<":
        text = f"{low + part} < {name} <= {high + part}"
        return text, lambda X: (low + part < X[:, place]) & (X[:, place] <= high + part)
    if "in" in sign:
        return f"{name} {sign} {{{one}, {other}}}", lambda X: np.isin(X[:, place], (one, other)) == (sign == "in")
    number = one if sign in ("=", "!=") else one + part
    compare = {"<=": np.less_equal, "<": np.less, ">": np.greater, ">=": np.greater_equal, "=": np.equal,
               "!=": np.not_equal}[sign]  # fmt: skip
    return f"{name} {sign} {number}", lambda X: compare(X[:, place], number)


@pytest.mark.parametrize("kind", ["tree", "forest", "boosted"])
@settings(max_examples=few(25), deadline=None)
@given(
    seed=st.integers(0, 3), row=st.tuples(*[st.integers(0, 6)] * 3), said=st.lists(STATEMENT, min_size=1, max_size=3)
)
def test_regions_are_answered_exactly(kind, seed, row, said):
    model = on_grid(kind, seed)
    explainer = Explainer.initialize(model, pd.DataFrame([row], columns=list("abc")), TYPES)
    texts, tests = zip(*map(told, said), strict=True)
    inside = np.all([test(GRID) for test in tests], axis=0)
    outcome = model.predict(pd.DataFrame(GRID.astype(int), columns=list("abc"))) == explainer.target_prediction
    expected = bool(outcome[inside].all())
    check = explainer.is_implicant(list(texts))
    assert check.value is expected
    here = all(bool(test(np.array([row], float))[0]) for test in tests)
    held = explainer.is_reason(texts)
    assert held.value is (expected and here)
    for answer in (check, held):
        if answer.witness is not None:
            values = np.array([list(answer.witness)], dtype=float)
            assert all(bool(test(values)[0]) for test in tests), (texts, values)
            assert model.predict(answer.witness.row)[0] != explainer.target_prediction
    smallest = explainer.is_sufficient_reason(" and ".join(texts)).value
    assert not smallest or held.value


@budget(40)
@given(cases(theory=True))
def test_what_is_written_is_read_back(case):
    explainer, _ = pair(case)
    words = explainer.session.words
    rng = np.random.default_rng(case.seed)
    literals = explainer.binary_representation
    for _ in range(6):
        chosen = [v if rng.random() < 0.6 else -v for v in literals if rng.random() < 0.7]
        for group in words.by_column(chosen).values():
            texts = words.features(group)
            values = words.values(group)
            if words._statement(group) is None:
                continue
            (one,) = words.asking.reader.text(texts[0])
            assert one.values == values, texts


@budget(40)
@given(cases(theory=True))
def test_reasons_are_recognised_by_their_words(case):
    explainer, _ = pair(case)
    for reason in explainer.sufficient_reason(n=Explainer.ALL):
        if reason and all(words_are_statements(explainer, [literal]) for literal in reason):
            assert explainer.is_sufficient_reason(reason.features).value is True
            assert explainer.is_reason(" and ".join(reason.features)).value is True
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        assert explainer.is_contrastive_reason(reason.features).value is True, reason.features


def words_are_statements(explainer, literals):
    return explainer.session.words._statement(literals) is not None


def loans():
    rng = np.random.default_rng(0)
    n = 300
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 80, n),
            "colour of, car": rng.choice(["red", "deep blue", "a, b", "{x}", "in or out"], n),
            "job": rng.choice(["nurse", "cook", "pilot", "missing"], n),
        }
    )
    y = ((frame["age"] > 40) & (frame["job"] != "cook")) | frame["colour of, car"].isin(["red", "a, b"])
    bits = OneHotEncoder(handle_unknown="ignore")
    steps = make_column_transformer((OrdinalEncoder(), ["job"]), (bits, ["colour of, car"]), remainder="passthrough")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(steps, DecisionTreeClassifier(random_state=0)).fit(frame, y), frame


def test_names_and_values_of_all_kinds_are_read_back():
    model, frame = loans()
    for row in range(12):
        explainer = Explainer.initialize(model, frame.iloc[[row]])
        for reason in explainer.sufficient_reason(n=Explainer.ALL):
            assert explainer.is_sufficient_reason(reason.features).value is True
            assert explainer.is_sufficient_reason(" and ".join(reason.features)).value is True
        for reason in explainer.contrastive_reason(n=Explainer.ALL):
            assert explainer.is_contrastive_reason(reason.features).value is True
        own = explainer.binary_representation
        assert explainer.to_features(explainer.to_features(own)) == explainer.to_features(own)


@pytest.fixture
def stump():
    node = Builder.DecisionNode(1, operator=">", threshold=5, left=0, right=1)
    return Builder.DecisionTree(2, Builder.DecisionNode(2, operator=">", threshold=3, left=0, right=node),
                                feature_names=["age", "b"])  # fmt: skip


FORMS = [
    (1, 2), [1, 2], np.array([1, 2]), ["b > 3", "age > 5"], "b > 3 and age > 5", "3 < b and 5 < age", ("age > 5", 1),
    [("age", ">", 5), ("b", ">", 3)], [(1, ">", 5.0), (2, ">", 3)], [("age", ">", 5, True), ("b", "<=", 3, False)],
    [("age", "<=", 5, False), 1], ["age>5", "b>3"],
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=map(str, range(len(FORMS))))
@pytest.mark.parametrize("theory", ["auto", None])
def test_one_reason_in_many_forms(stump, form, theory):
    explainer = Explainer.initialize(stump, [9, 9], theory=theory)
    assert explainer.is_sufficient_reason(form).value is True
    assert explainer.is_reason(form).value is True
    assert explainer.is_implicant(form).value is True
    assert explainer.to_features(form) == ("age > 5", "b > 3")
    assert explainer.reason_contains_features(form, "b") is True
    assert Explainer.initialize(stump, [9, 9], theory=theory).is_contrastive_reason(form).value is False


def test_borders_that_the_model_lacks(stump):
    explainer = Explainer.initialize(stump, [9, 9])
    assert explainer.is_implicant("age > 6 and b > 4").value is True
    assert explainer.is_reason("age > 6 and b > 4").value is True
    smallest = explainer.is_sufficient_reason("age > 6 and b > 4")
    assert smallest.value is False and "age > 5 and b > 3" in smallest.why
    refuted = explainer.is_implicant("age > 6 and b > 2")
    assert refuted.value is False and refuted.witness[0] > 6 and 2 < refuted.witness[1] <= 3
    assert "not true at the instance" in explainer.is_reason("age > 10").why
    assert explainer.is_implicant("age < 4 and age > 8").value is True  # nothing satisfies it
    assert explainer.is_contrastive_reason("age <= 5").value is True
    assert explainer.is_contrastive_reason("age <= 4").value is False
    assert explainer.is_contrastive_reason(["age <= 5", "b <= 3"]).value is False


def test_without_the_theory_an_unknown_condition_changes_nothing(stump):
    explainer = Explainer.initialize(stump, [9, 9], theory=None)
    assert explainer.is_implicant(["age > 5", "b > 3", "b > 4"]).value is True
    assert explainer.is_implicant(["age > 6", "b > 3"]).value is False
    assert explainer.is_sufficient_reason(["age > 5", "b > 3", "b > 4"]).value is False


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("height > 3", "height"), ("age ~ 3", "a statement"), ("age", "a statement"),
        ([None], "signed integer"), ([2.5], "signed integer"), ([True], "signed integer"), (5, "reason=5"),
        ([("age", ">")], "feature, operator, value"),
        ([("age", "?", 3)], "operator"), ([("b", ">", "x")], "no number"),
        (["age > old"], "no number"), ([("age", ">", 3, "no")], "sign"), ([b"age > 3"], "signed integer"),
        ("age is old", "is missing"), ([(7, ">", 3)], "id from 1"), ("age > nan", "no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(stump, form, message):
    explainer = Explainer.initialize(stump, [9, 9])
    for ask in (explainer.is_implicant, explainer.is_sufficient_reason, explainer.to_features):
        with pytest.raises(BadInputError, match=message):
            ask(form)


def test_a_reason_knows_its_model(stump):
    explainer = Explainer.initialize(stump, [9, 9])
    reason = explainer.sufficient_reason()
    alike = Explainer.initialize(stump, [9, 9], theory=None)
    assert alike.is_sufficient_reason(reason).value is True
    node = Builder.DecisionNode(1, operator=">", threshold=6, left=0, right=1)
    other = Builder.DecisionTree(2, Builder.DecisionNode(2, operator=">", threshold=3, left=0, right=node),
                                 feature_names=["age", "b"])  # fmt: skip
    stranger = Explainer.initialize(other, [9, 9])
    for one in (reason, pickle.loads(pickle.dumps(reason)), copy.deepcopy(reason)):
        for ask in (stranger.is_reason, stranger.is_implicant, stranger.is_sufficient_reason, stranger.to_features,
                    stranger.is_contrastive_reason, lambda r: stranger.reason_contains_features(r, "b"),
                    lambda r: stranger.rectify(conditions=r, label=0)):  # fmt: skip
            with pytest.raises(BadInputError, match="of another model"):
                ask(one)
        assert explainer.is_sufficient_reason(one).value is True
        assert one.features == ("age > 5", "b > 3")
    assert stranger.is_implicant(reason.features).value is False, "its words are answered"
    assert stranger.is_implicant(tuple(reason)).value is True, "and so are plain literals"
    whole = explainer.sufficient_reason(over="features")
    with pytest.raises(BadInputError, match="of another model"):
        stranger.is_reason(whole, over="features")
    assert explainer.is_sufficient_reason(whole).value is True, "what it is made of is known"


def test_reasons_survive_being_pickled(stump):
    explainer = Explainer.initialize(stump, [9, 9])
    reason = pickle.loads(pickle.dumps(explainer.contrastive_reason()))
    again = pickle.loads(pickle.dumps(reason))
    assert (
        isinstance(again, Reason) and again.features == reason.features and list(again.witness) == list(reason.witness)
    )
    assert explainer.is_contrastive_reason(again).value is True


def test_rules_of_rectification_are_read_alike():
    model, frame = loans()
    for rule, inside in (
        ("30 < age <= 50", frame["age"].between(31, 50)),
        (["age > 41.5", "job in {cook, pilot}"], (frame["age"] > 41.5) & frame["job"].isin(["cook", "pilot"])),
        ([("job", "not in", ["cook", "nurse"])], ~frame["job"].isin(["cook", "nurse"])),
        ('"colour of, car" = "a, b"', frame["colour of, car"] == "a, b"),
        ('"colour of, car" not in {red, "{x}"} and job != "missing"',
         ~frame["colour of, car"].isin(["red", "{x}"]) & (frame["job"] != "missing")),
    ):  # fmt: skip
        for label in (False, True):
            explainer = Explainer.initialize(model, frame.iloc[[0]])
            explainer.rectify(conditions=[rule] if isinstance(rule, str) else rule, label=label)
            said = [explainer.predict(frame.iloc[[i]]) for i in range(60)]
            assert said == np.where(inside, label, model.predict(frame))[:60].tolist()


def test_relations_of_labels_where_words_hold():
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.integers(0, 9, size=(300, 2)), columns=["a", "b"])
    Y = np.column_stack([X["a"] > 4, X["a"] > 2]).astype(int)
    model = MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(X, Y)
    explainer = Explainer.initialize(model, X.iloc[[0]])
    labels = [label.name for label in explainer.answers.form.labels]
    assert explainer.implies(labels[1], labels[0]).value is False
    assert explainer.implies(labels[1], labels[0], given="a > 4.5").value is True
    assert explainer.implies(labels[1], labels[0], given=["a not in {3, 4}"]).value is True
    refuted = explainer.implies(labels[1], labels[0], given="3.2 < a <= 4.1")
    assert refuted.value is False and refuted.witness["a"] == 4
    explainer.set_instance(pd.DataFrame({"a": [8], "b": [0]}))
    reason = explainer.sufficient_reason(labels=[labels[0]])
    assert explainer.is_sufficient_reason(reason.features, labels=[labels[0]]).value is True
    assert explainer.is_implicant("a >= 7", labels=labels).value is True


def test_surrogates_are_asked_in_words():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.integers(0, 9, 400), "b": rng.normal(size=400)})
    why = SurrogateExplainer(lambda rows: (np.asarray(rows)[:, 0] > 4).astype(int), X, X[X["a"] > 6].iloc[[0]])
    for form in ("a > 4", ["a > 4"], [("a", ">", 4)], why.sufficient_reason(), ("a",)):
        assert why.confirm(form).value is None  # nothing refutes it
    assert why.confirm("a > 2").value is False
    assert why.is_implicant("a > 6").value is True
    with pytest.raises(BadInputError, match="a statement"):
        why.confirm("height")
