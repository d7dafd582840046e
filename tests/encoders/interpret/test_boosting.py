"""Explainable boosting machines: sums and predictions equal to interpret's, bit for bit; reasons by brute force."""

import itertools
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from suffice import Explainer, explain
from suffice.encoders.interpret.nominal import text_of
from suffice.encoders.registry import compile_model
from suffice.engine.errors import BadInputError, ModelChangedError, NotFittedModelError, UnsupportedModelError

from tests.brute.cells import check_reasons
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, compiled_with_space, tables

glassbox = pytest.importorskip("interpret.glassbox")
pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = {
    "max_rounds": 15, "outer_bags": 1, "n_jobs": 1, "min_samples_leaf": 1, "max_bins": 8, "max_interaction_bins": 4,
    "learning_rate": 0.3,
}  # fmt: skip
LABELS = st.sampled_from([(0, 1, 2), (-1, 2, 7), ("no", "yes", "zz"), (0.5, 1.5, 2.0)])


def classifier(X, y, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return glassbox.ExplainableBoostingClassifier(**SMALL | how).fit(X, y)


def regressor(X, y, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return glassbox.ExplainableBoostingRegressor(**SMALL | how).fit(X, y)


def sums(model, rows):
    return np.asarray(model._predict_score(rows), np.float64)


@budget(16)
@given(tables(), LABELS, st.integers(0, 2), st.sampled_from([3, 8, 40]))
def test_classifiers_add_up_as_the_library_does(table, labels, pairs, bins):
    _, X, missing, y, _ = table
    model = classifier(X, np.array(labels)[y], interactions=pairs if y.max() < 2 else 0, max_bins=bins)
    assert_faithful(model, X, missing, lambda rows: sums(model, rows), model.predict)


@budget(12)
@given(tables(), st.integers(0, 2), st.sampled_from(["rmse", "gamma_deviance", "poisson_deviance"]))
def test_regressors_predict_the_same_numbers(table, pairs, objective):
    _, X, missing, _, numbers = table
    model = regressor(X, numbers + 0.5, interactions=pairs, objective=objective)
    assert_faithful(model, X, missing, lambda rows: sums(model, rows), model.predict)


def frame(rng, n=80):
    rows = pd.DataFrame({
        "age": rng.integers(18, 24, n), "job": rng.choice(["cook", "clerk", "a b"], n),
        "zone": rng.integers(1, 4, n), "rate": rng.choice([0.5, 1.0, 2.25], n), "flag": rng.random(n) < 0.5,
    })  # fmt: skip
    rows["job"] = rows["job"].where(rng.random(n) > 0.15, None)
    rows.loc[rng.random(n) < 0.2, "age"] = np.nan
    return rows, np.where(rows["age"].fillna(30) + 3 * (rows["job"] == "cook") + rows["zone"] > 24, "high", "low")


KINDS = ["continuous", "nominal", "nominal", "nominal", "nominal"]


@pytest.mark.parametrize("seed", range(4))
def test_categories_are_told_apart_by_their_text(seed):
    rng = np.random.default_rng(seed)
    rows, y = frame(rng)
    model = classifier(rows, y, feature_types=KINDS, interactions=2)
    compiled, space = compiled_with_space(model, frozenset([0, 1]))
    assert [len(compiled.vocabulary.labels[c]) for c in (1, 2, 3, 4)] == [4, 4, 4, 3]
    other, _ = frame(rng, 300)
    other["job"] = other["job"].where(rng.random(300) > 0.2, "never seen")
    other["zone"] = np.where(rng.random(300) < 0.2, 99, other["zone"])
    as_objects = other.astype(object).where(other.notna(), None)
    for given_rows in (other, other[other.columns[::-1]], as_objects, as_objects.to_numpy()):
        said = [compiled.classes[i] for i in compiled.outcomes(space, compiled.read(given_rows)).tolist()]
        wanted = given_rows if not isinstance(given_rows, pd.DataFrame) else given_rows[rows.columns]
        assert said == model.predict(wanted).tolist()


@pytest.mark.parametrize("value", [1, np.int8(3), 1.0, -0.0, 2.5, 1e16, 1e-7, np.float32(0.1), "1.0", " a", ""])
def test_texts_of_values_are_those_of_the_library(value):
    X = np.empty((8, 2), object)
    X[:, 0] = [value, "zz"] * 4
    X[:, 1] = np.arange(8.0)
    model = classifier(X, [0, 1] * 4, feature_types=["nominal", "continuous"], interactions=0)
    assert text_of(value) in model.bins_[0][0]


@pytest.mark.parametrize("kind", [bool, np.bool_, object, "boolean", "category"])
def test_truth_values_are_zero_and_one_where_there_is_nothing_else(kind):
    rows = pd.DataFrame({"flag": pd.Series([True, False] * 10).astype(kind), "x": np.arange(20.0)})
    model = classifier(rows, [0, 1] * 10, feature_types=["nominal", "continuous"], interactions=0)
    compiled = compile_model(model)
    assert compiled.read(rows)[:2, 0].tolist() == [1.0, 0.0]
    assert [text_of(v) for v in (True, False, np.bool_(True))] == ["1", "0", "1"]
    assert list(model.bins_[0][0]) == ["0", "1"]


def test_a_truth_value_among_texts_is_refused():
    rows = pd.DataFrame({"flag": ["True", "False", "maybe", "maybe"] * 5, "x": np.arange(20.0)})
    compiled = compile_model(classifier(rows, [0, 1, 1, 0] * 5, interactions=0))
    with pytest.raises(BadInputError, match="truth value among texts"):
        compiled.read([[True, 1.0]])


def compare(model, rows, missing, x):
    """All kinds of reasons against the model's own predictions for every combination of cells."""
    explainer = Explainer.initialize(model, x, missing=missing)
    check_reasons(explainer, x)
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        assert model.predict(pd.DataFrame([reason.witness.row.iloc[0]]))[0] != explainer.target_prediction


@pytest.mark.parametrize("seed", range(8))
def test_reasons_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    rows, y = frame(rng, 40)
    rows = rows[["age", "job", "zone"]]
    y = y if seed % 2 else np.where(rows["zone"] > 2, "mid", y)
    model = classifier(
        rows, y, feature_types=KINDS[:3], max_bins=5, interactions=1 if seed % 4 == 1 else 0, max_rounds=6
    )
    compare(model, rows, ["age", "job"] if seed % 3 else ["job"], rows.dropna().iloc[:1])


def test_a_missing_value_and_an_unknown_category_have_their_own_words():
    rng = np.random.default_rng(0)
    job = rng.choice(["cook", "clerk"], 200)
    job[:60] = None
    rows = pd.DataFrame({"job": pd.Series(job).where(np.arange(200) >= 60, None), "age": rng.integers(0, 4, 200)})
    model = classifier(rows, np.where(rows["job"].isna(), "no", "yes"), interactions=0)
    explainer = Explainer.initialize(model, rows.iloc[0], background=rows)
    assert explainer.target_prediction == "no"
    assert explainer.sufficient_reason().features == ("job is missing",)
    explainer.set_instance(pd.DataFrame({"job": ["pilot"], "age": [1]}))
    assert "clerk" not in str(explainer.contrastive_reason().witness["job"]) or explainer.target_prediction == "no"


def test_one_class_has_no_reason_to_ask_for():
    X = np.arange(20.0).reshape(10, 2)
    model = classifier(X, ["only"] * 10)
    explainer = Explainer.initialize(model, X[0])
    assert explainer.target_prediction == "only"
    assert tuple(explainer.sufficient_reason()) == ()
    assert explainer.contrastive_reason() is None


def test_rows_come_in_many_containers():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 5, (60, 3)).astype(float)
    model = classifier(X, X[:, 0] + X[:, 1] > 4, interactions=1)
    wanted = model.predict(X).tolist()
    frame_of = pd.DataFrame(X, columns=["a", "b", "c"])
    for rows in (X, X.astype(np.float32), X.astype(int), X.tolist(), frame_of, sparse.csr_array(X)):
        told = explain(model, rows)
        assert [one.prediction for one in told] == wanted


def test_an_explainer_survives_pickling_and_notices_a_second_fit():
    rng = np.random.default_rng(2)
    X = rng.integers(0, 5, (60, 2)).astype(float)
    model = classifier(X, X[:, 0] > 2)
    explainer = Explainer.initialize(model, X[0])
    again = pickle.loads(pickle.dumps(explainer))
    assert tuple(again.sufficient_reason()) == tuple(explainer.sufficient_reason())
    model.fit(X, X[:, 1] > 2)
    with pytest.raises(ModelChangedError, match="fitted again"):
        explainer.sufficient_reason()


def test_interactions_of_three_columns():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, (120, 3)).astype(float)
    model = classifier(X, X.sum(axis=1) % 2 > 0, interactions=[(0, 1, 2), (0, 1)])
    assert (0, 1, 2) in model.term_features_
    compiled, space = compiled_with_space(model)
    grid = np.array(list(itertools.product([-1.0, 0.0, 1.0, 2.0, 9.0], repeat=3)))
    assert compiled.trees.scores_of_rows(grid, space.codes)[:, 0].tolist() == sums(model, grid).tolist()


def test_what_is_not_taken_is_refused_in_words():
    X = np.arange(40.0).reshape(20, 2)
    y = X[:, 0] > 15
    with pytest.raises(NotFittedModelError, match="call fit"):
        compile_model(glassbox.ExplainableBoostingClassifier())
    model = classifier(X, y)
    model.term_scores_[0][2] = np.nan
    with pytest.raises(UnsupportedModelError, match="score of nan"):
        compile_model(model)
    with pytest.raises(BadInputError, match="3 values"):
        compile_model(classifier(X, y)).read([[1.0, 2.0, 3.0]])
    with pytest.raises(BadInputError, match="missing"):
        compile_model(classifier(X, y)).read([[np.nan, 2.0]])
