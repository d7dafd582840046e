"""Pipelines that end with a linear model or naive Bayes, against every row of the domain."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from suffice import BadInputError, Explainer, UnsupportedModelError

from tests.brute.compare import check_some
from tests.brute.strategies import budget
from tests.brute.tables import TableReference, conditions_of

TYPES = {"n": [0.0, 1.0, 2.5, 4.0], "b": "binary"}
VALUES = {"n": [0.0, 1.0, 2.5, 4.0], "c": ["red", "green", "blue"], "b": [0.0, 1.0]}


def every_row(values):
    return pd.DataFrame(list(itertools.product(*values.values())), columns=list(values))


def check_against_rows(explainer, rows, labels):
    """Every reason holds on all rows, and loses that with each of its literals; changes do change."""
    truths = np.array([explainer.session.space.truth(row) for row in explainer.session.compiled.read(rows)])
    own = explainer.session.here.truth
    same = labels == explainer.target_prediction

    def forces(literals):
        agree = np.all([truths[:, abs(v) - 1] == (v > 0) for v in literals], axis=0) if literals else slice(None)
        return bool(same[agree].all())

    sufficient = explainer.sufficient_reason(n=None)
    assert sufficient.complete
    for reason in sufficient:
        assert forces(tuple(reason))
        for v in reason:
            weaker = [w for w in own_literals(own) if w != v and (w in reason or implied(truths, reason, v, w))]
            assert not forces(tuple(weaker))
    changes = explainer.contrastive_reason(n=None)
    assert bool(changes) == (not same.all())
    for change in changes:
        frame = pd.DataFrame([change.witness], columns=list(rows.columns)).astype(rows.dtypes.to_dict())
        assert explainer.session.compiled.source.predict(frame)[0] != explainer.target_prediction


def compare_with_definition(explainer, rows):
    """All reasons and changes are those that the definitions give, by every row of the domain."""
    codes = explainer.session.compiled.read(rows)
    columns = [(name, (c,), [(v,) for v in np.unique(codes[:, c])]) for c, name in enumerate(rows.columns)]
    places = {label: i for i, label in enumerate(explainer.session.compiled.classes)}

    def predict(matrix):
        return np.array([places[label] for label in explainer.session.compiled.predict(matrix).tolist()])

    x = explainer.session.compiled.read(pd.DataFrame([explainer.instance], columns=list(rows.columns)))[0]
    reference = TableReference(columns, conditions_of(explainer), predict, x)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())


def own_literals(truth):
    return [i if value else -i for i, value in enumerate(truth.tolist(), 1)]


def implied(truths, reason, v, w):
    """Whether literal w follows from v on the rows."""
    having = truths[truths[:, abs(v) - 1] == (v > 0)]
    return w != v and bool((having[:, abs(w) - 1] == (w > 0)).all())


def data(seed, missing=False):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.choice(values, 80) for name, values in VALUES.items()})
    score = frame["n"] + 2.0 * (frame["c"] == "red") - 1.5 * frame["b"] + rng.normal(0, 0.7, 80)
    if missing:
        frame.loc[rng.random(80) < 0.2, "n"] = np.nan
        frame.loc[rng.random(80) < 0.2, "c"] = np.nan
    return frame, score.to_numpy(), rng


def apart(model, rows):
    """Whether no row's scores are so near to a tie that rounding decides: such a row is proved of nothing."""
    ask = model.decision_function if hasattr(model, "decision_function") else model.predict_log_proba
    scores = np.asarray(ask(rows))
    scores = np.sort(scores, axis=1) if scores.ndim == 2 else np.stack([-scores, scores], axis=1)
    return bool((abs(scores[:, -1] - scores[:, -2]) > 1e-9).all())


FINALS = (LogisticRegression, RidgeClassifier, lambda: Perceptron(random_state=0))
SCALERS = (StandardScaler, MinMaxScaler, RobustScaler)


@budget(8)
@given(st.integers(0, 10**6), st.sampled_from(FINALS), st.sampled_from(SCALERS), st.sampled_from([2, 3]))
def test_scalers_and_one_hot_before_a_linear_model(seed, final, scaler, n_classes):
    frame, score, rng = data(seed)
    y = np.array(["low", "mid", "high"])[
        np.digitize(score, np.quantile(score, [0.5] if n_classes == 2 else [0.3, 0.7]))
    ]
    steps = make_column_transformer((scaler(), ["n"]), (OneHotEncoder(), ["c"]), remainder="passthrough")
    model = make_pipeline(steps, final()).fit(frame, y)
    rows = every_row(VALUES)
    assume(apart(model, rows))
    explainer = Explainer.initialize(model, rows.iloc[int(rng.integers(len(rows)))], TYPES, background=frame)
    compare_with_definition(explainer, rows)


@budget(8)
@given(st.integers(0, 10**6), st.sampled_from(["bernoulli", "categorical", "multinomial"]))
def test_naive_bayes_at_the_end(seed, kind):
    frame, score, rng = data(seed)
    y = np.digitize(score, np.quantile(score, [0.3, 0.7]))
    if kind == "categorical":
        model = make_pipeline(OrdinalEncoder(), CategoricalNB())
        types = None
    else:
        last = BernoulliNB(binarize=0.4) if kind == "bernoulli" else MultinomialNB()
        steps = make_column_transformer((MinMaxScaler(), ["n", "b"]), (OneHotEncoder(), ["c"]))
        model = make_pipeline(steps, last)
        types = TYPES
    model.fit(frame, y)
    rows = every_row(VALUES)
    assume(apart(model, rows))
    explainer = Explainer.initialize(model, rows.iloc[int(rng.integers(len(rows)))], types, background=frame)
    compare_with_definition(explainer, rows)


def test_sums_in_single_precision_are_not_proved_beyond_it():
    rows = pd.DataFrame(list(itertools.product([0.0, 1.0], repeat=2)), columns=["a", "b"])
    model = make_pipeline(OneHotEncoder(dtype=np.float32), LogisticRegression()).fit(rows, [0, 0, 0, 1])
    weights = np.array([[0.1, 0.2, 0.2, -0.3]], np.float32)
    model[-1].coef_, model[-1].intercept_ = weights, np.array([0.0])
    assert model[-1].coef_.dtype == model[0].transform(rows).dtype == np.float32
    explainer = Explainer.initialize(model, rows.iloc[2], check=False)
    assert 1e-7 < explainer.session.compiled.slack < 1e-5


@budget(6)
@given(st.integers(0, 10**6))
def test_imputers_and_missing_values(seed):
    frame, score, rng = data(seed, missing=True)
    steps = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["n"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["c"]),
        remainder="passthrough",
    )
    model = make_pipeline(steps, LogisticRegression()).fit(frame, score > np.median(score))
    rows = every_row({"n": [*VALUES["n"], np.nan], "c": [*VALUES["c"], np.nan], "b": VALUES["b"]})
    explainer = Explainer.initialize(model, rows.iloc[int(rng.integers(len(rows)))], TYPES, missing=["n", "c"])
    check_against_rows(explainer, rows, model.predict(rows))


def test_columns_with_lists_of_several_lengths():
    X = np.random.default_rng(0).integers(0, 4, (60, 2)).astype(float)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, X @ [1, 2] > 4)
    explainer = Explainer.initialize(model, X[0], {"categorical": {"f1": range(4), "f2": range(7)}})
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())


def test_what_is_refused_is_named():
    frame, score, _ = data(0)
    y = score > 1
    steps = make_column_transformer((StandardScaler(), ["n"]), (OneHotEncoder(), ["c"]), remainder="passthrough")
    model = make_pipeline(steps, LogisticRegression()).fit(frame, y)
    with pytest.raises(BadInputError, match="'n', 'b' may be any number"):
        Explainer.initialize(model, frame.iloc[0])
    with pytest.raises(BadInputError, match="'n' may be any number"):
        Explainer.initialize(model, frame.iloc[0], {"b": "binary"})
    with pytest.raises(BadInputError, match="expected one of"):
        Explainer.initialize(model, [1.0, "pink", 0.0], TYPES)
    with pytest.raises(UnsupportedModelError, match="GaussianNB"):
        Explainer.initialize(make_pipeline(StandardScaler(), GaussianNB()).fit(frame[["n"]], y), [1.0])
    explainer = Explainer.initialize(model, frame.iloc[0], TYPES)
    explainer.set_features_type(
        {"n": [0.0, 1.0], "b": "binary"} if frame.iloc[0]["n"] < 2 else {"n": [2.5, 4.0], "b": "binary"}
    )
    assert explainer.sufficient_reason() is not None


@pytest.mark.parametrize(("weight", "number", "exact"), [(-1 / 3, 3, False), (-0.25, 4, True)])
def test_products_that_a_library_does_not_round_behind_steps(weight, number, exact):
    model = make_pipeline(FunctionTransformer(None), LogisticRegression()).fit(np.eye(3)[[0, 0, 1, 1]], [0, 1, 0, 1])
    model[-1].coef_, model[-1].intercept_ = np.array([[weight, 1.0, 0.0]]), np.zeros(1)
    explainer = Explainer(model, [0, 1, 0], {"categorical": {"f1": [0, number], "f2": [0, 1], "f3": [0, 1]}})
    assert (explainer.session.compiled.slack == 0.0) == exact


@pytest.mark.parametrize("types", [{"c": [0.0, 5.0]}, {"categorical": {"c": [0.0, 5.0]}, "integer": {"n": (0, 4)}}])
def test_ranges_beside_listed_values_are_told_at_the_numbers_of_the_background(types):
    rng = np.random.default_rng(3)
    whole, quarters = rng.integers(0, 5, 60).astype(float), rng.integers(0, 9, 60) / 4
    rows = pd.DataFrame({"c": rng.choice([0.0, 5.0], 60), "n": whole, "w": quarters})
    labels = (rows["c"] / 5 + rows["n"] - rows["w"] > 1).astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
    explainer = Explainer.initialize(model, rows[:1], types, background=rows, ranges={"w": (0.0, 2.0)})
    every = every_row({"c": [0.0, 5.0], "n": np.arange(5.0), "w": np.unique(rows["w"])})
    check_against_rows(explainer, every, model.predict(every))
