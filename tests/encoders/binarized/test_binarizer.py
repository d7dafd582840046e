"""Bits of numbers and categories, and models on them as models of the table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import BadInputError, Binarizer, Explainer, NotFittedModelError, UnsupportedModelError
from suffice.encoders.binarized.linear import round_weights
from suffice.encoders.binarized.models import BinarizedModel

from tests.brute.compare import check_some
from tests.brute.strategies import budget
from tests.brute.tables import TableReference, conditions_of

FRAME = pd.DataFrame({"age": [20, 30, 40, 50, 60, 70] * 5, "colour": ["red", "green", "blue"] * 10, "flat": [1.0] * 30})


def test_conditions_in_words():
    binarizer = Binarizer(n_thresholds=2).fit(FRAME)
    assert binarizer.conditions == ("age > 35", "age > 55", "colour = red", "colour = green", "colour = blue")
    bits = binarizer.transform(FRAME.iloc[[3]])[0]
    assert bits.tolist() == [1, 0, 1, 0, 0]
    assert binarizer.words(bits) == ("35 < age <= 55", "colour = red")
    assert binarizer.words([0, 0, 0, 0, 0]) == ("age <= 35", "colour not in {red, green, blue}")
    assert binarizer.words([1, 1, 0, 0, 1]) == ("age > 55", "colour = blue")


def test_trees_choose_thresholds_by_the_targets():
    y = (FRAME["age"] > 45).to_numpy()
    binarizer = Binarizer("trees", n_thresholds=1).fit(FRAME, y)
    assert binarizer.conditions[0] == "age > 45"
    both = Binarizer("trees", n_thresholds=2).fit(FRAME, np.column_stack([y, FRAME["age"] > 25]))
    assert both.conditions[:2] == ("age > 25", "age > 45")


@budget(40)
@given(st.lists(st.floats(-1e6, 1e6) | st.integers(-3, 3), min_size=2, max_size=30), st.integers(1, 6))
def test_every_threshold_tells_rows_apart(values, count):
    rows = np.array(values, dtype=float).reshape(-1, 1)
    binarizer = Binarizer(n_thresholds=count).fit(rows)
    bits = binarizer.transform(rows)
    assert bits.shape[1] == len(binarizer.conditions) <= count
    assert all(set(column) == {0.0, 1.0} for column in bits.T)
    thresholds = [bit.threshold for bit in binarizer.bits]
    assert thresholds == sorted(set(thresholds))


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"method": "trees", "n_thresholds": np.int64(3), "categorical": "age", "feature_names": ["a", "b", "c"]},
        {"categorical": ["age", 1], "feature_names": np.array(["age", "colour", "flat"])},
        {"categorical": 0},
        {"categorical": pd.Index(["age"])},
    ],
)
def test_clones_have_the_same_arguments_and_nothing_fitted(parameters):
    binarizer = Binarizer(**parameters)
    made = clone(binarizer)
    assert type(made) is Binarizer
    assert made is not binarizer
    assert repr(made.get_params()) == repr(binarizer.get_params())
    assert {name: made.get_params()[name] for name in parameters}.keys() == parameters.keys()
    assert (made.bits, made.names) == ((), ())
    assert not hasattr(made, "n_features_in_")


def test_clones_of_fitted_ones_choose_the_same_bits():
    binarizer = Binarizer("trees", 2, categorical=iter(["colour"])).fit(FRAME, FRAME["age"] > 45)
    again = clone(binarizer).fit(FRAME, FRAME["age"] > 45)
    assert again.conditions == binarizer.conditions
    assert repr(binarizer).startswith("Binarizer(method='trees', n_thresholds=2, categorical=")


def test_what_is_fitted_is_told_by_the_usual_names():
    binarizer = Binarizer()
    assert not any(hasattr(binarizer, name) for name in ("feature_names_in_", "n_features_in_", "classes_"))
    binarizer.fit(FRAME, np.array(["b", "a"] * 15))
    assert binarizer.feature_names_in_.tolist() == ["age", "colour", "flat"]
    assert binarizer.classes_.tolist() == ["a", "b"]
    assert binarizer.n_features_in_ == 3
    binarizer.fit(np.eye(4))  # neither names nor targets
    assert binarizer.n_features_in_ == 4
    assert not any(hasattr(binarizer, name) for name in ("feature_names_in_", "classes_"))
    named = Binarizer(feature_names=["a", "b"]).fit(np.eye(2), np.eye(2))
    assert named.feature_names_in_.tolist() == ["a", "b"]
    assert not hasattr(named, "classes_")
    mixed = Binarizer().fit(np.eye(2), np.array([1, "a"], dtype=object))  # labels without an order
    assert not hasattr(mixed, "classes_")
    several = Binarizer().fit(np.eye(2), [["a"], ["a", "b"]])  # rows of labels of several lengths
    assert not hasattr(several, "classes_")
    assert len(several.bits) == 2


def test_arguments_can_be_set():
    binarizer = Binarizer(n_thresholds=2).fit(FRAME)
    before = binarizer.conditions
    assert binarizer.set_params(n_thresholds=1, categorical=["flat"]) is binarizer
    assert (binarizer.n_thresholds, binarizer.conditions) == (1, before)
    assert binarizer.fit(FRAME).conditions[:2] == ("age > 40", "colour = red")
    binarizer.set_params(categorical=iter(["age"]))
    assert binarizer.fit(FRAME).conditions == binarizer.fit(FRAME).conditions
    assert binarizer.conditions[0] == "age = 20"
    with pytest.raises(BadInputError, match="has no thresholds"):
        binarizer.set_params(thresholds=3)
    with pytest.raises(BadInputError, match="n_thresholds=0"):
        binarizer.set_params(method="trees", n_thresholds=0)
    assert (binarizer.method, binarizer.n_thresholds) == ("quantiles", 1)


def test_a_fit_that_fails_leaves_what_was_fitted():
    binarizer = Binarizer(n_thresholds=2).fit(FRAME)
    before = binarizer.conditions
    with pytest.raises(BadInputError, match="finite numbers"):
        binarizer.fit(np.array([[np.nan], [1.0]]))
    assert binarizer.conditions == before
    assert binarizer.transform(FRAME).shape == (30, len(before))


def test_it_works_as_a_step_of_a_pipeline():
    y = (FRAME["age"] > 45).to_numpy()
    pipeline = make_pipeline(Binarizer("trees", 2), DecisionTreeClassifier()).fit(FRAME, y)
    assert (pipeline.predict(FRAME) == y).all()
    assert clone(pipeline).fit(FRAME, y).score(FRAME, y) == 1.0


MISUSE = [
    (lambda: Binarizer("magic"), "method='magic'"),
    (lambda: Binarizer(n_thresholds=0), "n_thresholds=0"),
    (lambda: Binarizer("trees").fit(FRAME), "pass them as well"),
    (lambda: Binarizer().transform(FRAME), "not fitted"),
    (lambda: Binarizer().fit(np.array([[np.nan], [1.0]])), "finite numbers"),
    (lambda: Binarizer(categorical=["weight"]).fit(FRAME), "weight"),
    (lambda: Binarizer().fit(FRAME).words([1, 0]), "expected 8 bits"),
    (lambda: Binarizer(n_thresholds=2).fit(FRAME).words([0, 1, 1, 0, 0]), "age > 55 and age <= 35"),
    (lambda: Binarizer(n_thresholds=2).fit(FRAME).words([0, 0, 1, 1, 0]), "one category"),
    (lambda: Binarizer().fit(FRAME[:0]), "empty"),
    (lambda: Binarizer().fit(pd.DataFrame({"a": ["x", None]})), "missing"),
    (lambda: BinarizedModel(Binarizer(), "forest"), "expected a DecisionTree"),
]


@pytest.mark.parametrize(("make", "said"), MISUSE)
def test_misuse(make, said):
    with pytest.raises((BadInputError, TypeError), match=said):
        make()


TREES = [DecisionTreeClassifier, DecisionTreeRegressor, RandomForestClassifier, RandomForestRegressor]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("kind", [*TREES, GradientBoostingClassifier, LogisticRegression, RidgeClassifier])
def test_models_that_are_not_ready_are_refused(kind, check):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 30)
    binarizer = Binarizer(n_thresholds=2)
    bits = binarizer.fit_transform(FRAME)

    def refused(error, said, *pair):
        with pytest.raises(error, match=said):
            Explainer.initialize(BinarizedModel(*pair), FRAME.iloc[0], check=check)

    refused(NotFittedModelError, f"{kind.__name__} is not fitted", binarizer, kind())
    refused(NotFittedModelError, "Binarizer of a BinarizedModel is not fitted", Binarizer(), kind().fit(bits, y))
    count = len(binarizer.bits)
    refused(BadInputError, rf"reads {count - 1} bits.*makes {count}", binarizer, kind().fit(bits[:, 1:], y))
    if kind in (*TREES, RidgeClassifier):
        refused(UnsupportedModelError, r"2 outputs|several labels", binarizer, kind().fit(bits, np.c_[y, 1 - y]))


@budget(12)
@given(
    st.integers(0, 10**6), st.sampled_from(["tree", "forest", "boosted", "linear", "rounded"]), st.sampled_from([2, 3])
)
def test_models_on_bits_are_models_of_the_table(seed, kind, n_classes):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"n": rng.integers(0, 5, 60), "c": rng.choice(["a", "b", "d"], 60), "m": rng.normal(size=60)})
    y = np.array(["p", "q", "r"])[(frame["n"] + (frame["c"] == "a") + rng.integers(0, 2, 60)).to_numpy() % n_classes]
    binarizer = Binarizer(n_thresholds=2)
    bits = binarizer.fit_transform(frame)
    options = {"n_estimators": 3, "max_depth": 3, "random_state": 0}
    makes = {
        "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
        "forest": RandomForestClassifier(**options),
        "boosted": GradientBoostingClassifier(**options),
    }
    inner = makes.get(kind, LogisticRegression()).fit(bits, y)
    if kind == "rounded":
        round_weights(inner)
    model = BinarizedModel(binarizer, inner)
    hard = kind == "forest" and seed % 2 == 0
    explainer = Explainer.initialize(model, background=frame, voting="hard" if hard else "soft")
    assert (explainer.session.compiled.slack > 0) == (kind == "linear")
    codes = explainer.session.compiled.read(frame)
    x = codes[0]
    explainer.set_instance(frame.iloc[0])
    thresholds = [sorted({c.threshold for c in explainer.vocabulary.conditions if c.feature == f}) for f in range(3)]
    columns = [
        ("n", (0,), [(v,) for t in thresholds[0] for v in (t, t + 1e-9)] or [(0.0,)]),
        ("c", (1,), [(0.0,), (1.0,), (2.0,)]),
        ("m", (2,), [(v,) for t in thresholds[2] for v in (t, t + 1e-9)] or [(0.0,)]),
    ]
    places = {label: i for i, label in enumerate(explainer.session.compiled.classes)}

    def predict(rows):
        return np.array([places[label] for label in explainer.session.compiled.predict(rows).tolist()])

    reference = TableReference(columns, conditions_of(explainer), predict, x)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())
    with pytest.raises(BadInputError, match="is 'zebra' in row 0: expected one of"):
        explainer.set_instance([1, "zebra", 0.0])
