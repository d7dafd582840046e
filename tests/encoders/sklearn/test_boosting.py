"""scikit-learn's gradient boosting: sums and predictions equal to the library's, bit for bit."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
from suffice.encoders.registry import compile_model, detect_missing
from suffice.encoders.selfcheck import self_check
from suffice.engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, assert_same_numbers, compiled_with_space, tables

LABELS = st.sampled_from([(0, 1, 2), (1, 2, 3), ("no", "yes", "zz"), (2.0, -1.0, 7.0), (False, True, 2)])


def sums(model):
    """The library's own sums of rows."""
    if hasattr(model, "decision_function"):
        return model.decision_function
    return lambda rows: model._raw_predict(np.asarray(rows, np.float32 if hasattr(model, "init") else np.float64))


@budget(30)
@given(
    tables(),
    LABELS,
    st.sampled_from([None, "zero", DummyClassifier(), DummyClassifier(strategy="most_frequent")]),
    st.sampled_from([1, 4, 9]),
    st.sampled_from([1, 3, 6]),
    st.sampled_from([0.1, 0.7, 1.0]),
    st.booleans(),
)
def test_classifiers(case, labels, init, size, depth, rate, exponential):
    rng, X, _, y, _ = case
    X = np.nan_to_num(X)
    loss = "exponential" if exponential and y.max() == 1 else "log_loss"
    model = GradientBoostingClassifier(
        n_estimators=size, max_depth=depth, learning_rate=rate, init=init, loss=loss, random_state=0
    ).fit(X, np.array(labels)[y])
    compiled = assert_faithful(model, X, frozenset(), sums(model), model.predict, int(rng.integers(99)))
    assert compiled.classes == tuple(model.classes_.tolist())
    assert compiled.voting == "boosted"
    assert compiled.one_score == (y.max() == 1)


@budget(20)
@given(
    tables(),
    st.sampled_from([None, "zero", DummyRegressor(strategy="median")]),
    st.sampled_from(["squared_error", "absolute_error", "huber", "quantile"]),
    st.sampled_from([1, 5]),
)
def test_regressors(case, init, loss, size):
    rng, X, _, _, z = case
    X = np.nan_to_num(X)
    model = GradientBoostingRegressor(n_estimators=size, loss=loss, init=init, random_state=0).fit(X, z)
    compiled = assert_faithful(model, X, frozenset(), sums(model), model.predict, int(rng.integers(99)))
    assert compiled.regression


@budget(30)
@given(tables(), LABELS, st.sampled_from([1, 4, 9]), st.sampled_from([None, 2]), st.sampled_from([3, 255]))
def test_classifiers_on_histograms(case, labels, size, depth, bins):
    rng, X, holes, y, _ = case
    model = HistGradientBoostingClassifier(
        max_iter=size, max_depth=depth, max_bins=bins, min_samples_leaf=1, random_state=0
    ).fit(X, np.array(labels)[y])
    compiled = assert_faithful(model, X, holes, sums(model), model.predict, int(rng.integers(99)))
    assert compiled.classes == tuple(model.classes_.tolist())
    assert detect_missing(model, "auto", [X], None) == frozenset(np.nonzero(np.isnan(X).any(axis=0))[0].tolist())


@budget(25)
@given(
    tables(),
    st.sampled_from(["squared_error", "absolute_error", "poisson", "gamma", "quantile"]),
    st.sampled_from([1, 6]),
)
def test_regressors_on_histograms(case, loss, size):
    rng, X, holes, _, z = case
    extra = {"quantile": 0.3} if loss == "quantile" else {}
    model = HistGradientBoostingRegressor(max_iter=size, loss=loss, min_samples_leaf=1, random_state=0, **extra)
    model.fit(X, z + 0.5)
    compiled = assert_faithful(model, X, holes, sums(model), model.predict, int(rng.integers(99)))
    assert (compiled.transform is not None) == (loss in ("poisson", "gamma"))


def test_ties():
    X, y = np.zeros((4, 1)), [0, 1, 0, 1]
    for model, label in ((GradientBoostingClassifier(n_estimators=2), 1), (HistGradientBoostingClassifier(), 0)):
        compiled = assert_faithful(model.fit(X, y), X, frozenset(), sums(model), model.predict)
        assert compiled.trees.scores_at(np.zeros(0, np.bool_)).tolist() == [0.0]
        assert compiled.predict(X).tolist() == [label] * 4


TREES = [DecisionTreeClassifier(max_depth=2), ExtraTreeClassifier(max_depth=3)]


@budget(30)
@given(tables(), LABELS, st.sampled_from(TREES), st.sampled_from([1, 5]), st.booleans())
def test_classifiers_that_start_from_a_tree(case, labels, start, size, exponential):
    rng, X, _, y, _ = case
    X = np.nan_to_num(X)
    loss = "exponential" if exponential and y.max() == 1 else "log_loss"
    model = GradientBoostingClassifier(n_estimators=size, max_depth=2, init=start, loss=loss, random_state=0)
    model.fit(X, np.array(labels)[y])
    assert_faithful(model, X, frozenset(), sums(model), model.predict, int(rng.integers(99)))


STARTS = [
    DecisionTreeRegressor(max_depth=3),
    ExtraTreeRegressor(max_depth=2),
    GradientBoostingRegressor(n_estimators=3),
    GradientBoostingRegressor(n_estimators=2, init=DecisionTreeRegressor(max_depth=1)),
    GradientBoostingRegressor(n_estimators=2, init="zero", loss="huber"),
]


@budget(20)
@given(tables(), st.sampled_from(STARTS), st.sampled_from(["squared_error", "absolute_error"]))
def test_regressors_that_start_from_trees(case, start, loss):
    rng, X, _, _, z = case
    X = np.nan_to_num(X)
    model = GradientBoostingRegressor(n_estimators=4, loss=loss, init=start, random_state=0).fit(X, z)
    assert_faithful(model, X, frozenset(), sums(model), model.predict, int(rng.integers(99)))


def test_other_starts_of_numbers_are_refused():
    X, z = np.eye(6), np.arange(6.0)
    for start in (RandomForestRegressor(2), HistGradientBoostingRegressor(), GradientBoostingRegressor(init=Ridge())):
        model = GradientBoostingRegressor(n_estimators=2, init=start).fit(X, z)
        with pytest.raises(UnsupportedModelError, match="a decision tree, or a GradientBoostingRegressor"):
            compile_model(model)


def test_random_starts_are_refused():
    X, y = np.eye(6), [0, 1, 0, 1, 0, 1]
    for start in (LogisticRegression(), DummyClassifier(strategy="stratified")):
        model = GradientBoostingClassifier(n_estimators=2, init=start).fit(X, y)
        with pytest.raises(UnsupportedModelError, match=r"expected init=None, 'zero', a DummyClassifier"):
            compile_model(model)


def test_wrong_models():
    X, y = np.eye(6), [0, 1, 0, 1, 0, 1]
    for kind in (GradientBoostingClassifier, HistGradientBoostingRegressor):
        with pytest.raises(NotFittedModelError, match=r"call fit\(X, y\)"):
            compile_model(kind())
    model = GradientBoostingClassifier(n_estimators=2).fit(X, y)
    with pytest.raises(BadInputError, match="takes none; impute them"):
        compile_model(model, missing=frozenset({1}))
    with pytest.raises(BadInputError, match="takes no missing values; impute it"):
        compile_model(model).read([[np.nan] * 6])
    with pytest.raises(BadInputError, match="expected 6 names"):
        compile_model(model, feature_names=["a"])


def frame_of(rng, rows, holes):
    import pandas as pd

    words = pd.Categorical(rng.choice(["red", "blue", "green", "grey", "none"], rows))
    frame = pd.DataFrame(
        {"size": rng.normal(size=rows), "colour": words, "kind": pd.Categorical(rng.integers(3, 9, rows))}
    )
    y = frame["colour"].isin(["red", "grey"]).to_numpy() ^ frame["kind"].isin([3, 5, 8]).to_numpy()
    if holes:
        frame.loc[::7, "colour"] = None
        frame.loc[::5, "size"] = np.nan
    return frame, y.astype(int)


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("numbers", [False, True])
def test_categories_of_data_frames(holes, numbers):
    import pandas as pd

    rng = np.random.default_rng(holes)
    frame, y = frame_of(rng, 300, holes)
    missing = frozenset({0, 1}) if holes else frozenset()
    kind = HistGradientBoostingRegressor if numbers else HistGradientBoostingClassifier
    model = kind(max_iter=8, categorical_features="from_dtype", min_samples_leaf=2).fit(frame, y)
    compiled, space = compiled_with_space(model, missing)
    assert compiled.vocabulary.labels == {1: ("blue", "green", "grey", "none", "red"), 2: (3, 4, 5, 6, 7, 8)}
    rows = compiled.read(frame)
    own = model.predict(frame)
    if numbers:
        assert_same_numbers(compiled.values(space, rows), own)
    else:
        assert_same_numbers(compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.decision_function(frame))
    assert compiled.predict(rows).tolist() == own.tolist()
    assert self_check(compiled, space, rows) > len(rows)
    unseen = frame.assign(colour=pd.Categorical(["pink"] * len(frame)))
    if holes:
        assert np.isnan(compiled.read(unseen)[:, 1]).all()
        assert compiled.predict(compiled.read(unseen)).tolist() == model.predict(unseen).tolist()
    else:
        with pytest.raises(ValueError, match="'colour' is 'pink' in row 0, which the model takes for a missing value"):
            compiled.read(unseen)
    assert 1 in detect_missing(model, "auto", [unseen], None)


@pytest.mark.parametrize("holes", [False, True])
def test_categories_that_are_numbers(holes):
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.normal(size=300), rng.integers(0, 40, 300) * 7.0 - 3, rng.integers(0, 3, 300)])
    y = np.isin(X[:, 1] % 4, [1, 2]) ^ (X[:, 0] > 1)
    if holes:
        X[::6, 1] = np.nan
    model = HistGradientBoostingClassifier(max_iter=8, categorical_features=[1, 2], min_samples_leaf=1).fit(X, y)
    compiled, space = compiled_with_space(model, frozenset({1}) if holes else frozenset())
    rows = compiled.read(X)
    assert_same_numbers(compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.decision_function(X))
    assert self_check(compiled, space, rows) > len(rows)
    assert_same_numbers(compiled.to_user_row(rows[1]).astype(float), X[1])
    if holes:  # numbers that were not seen, negative or broken ones among them, are missing values
        for value in (-1.0, 2.5, 900.0):
            unseen = np.column_stack([X[:, 0], np.full(300, value), X[:, 2]])
            assert detect_missing(model, "auto", [unseen], None) == {1}
            scores = compiled.trees.scores_of_rows(compiled.read(unseen), space.codes)[:, 0]
            assert_same_numbers(scores, model.decision_function(unseen))


def test_best_rounds_and_names():
    import pandas as pd

    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    y = (frame["a"] + rng.normal(size=200) > 0).map({True: "up", False: "down"})
    for model in (
        GradientBoostingClassifier(n_estimators=50, n_iter_no_change=2, learning_rate=1.0, random_state=0),
        HistGradientBoostingClassifier(max_iter=50, early_stopping=True, n_iter_no_change=2, random_state=0),
    ):
        compiled, space = compiled_with_space(model.fit(frame, y))
        assert compiled.trees.n_trees == model.n_estimators_ if hasattr(model, "n_estimators_") else model.n_iter_
        assert compiled.vocabulary.names == tuple("abc")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert self_check(compiled, space, compiled.read(frame[list("cba")])) > 200
        assert compiled.predict(compiled.read(frame)).tolist() == model.predict(frame).tolist()
