"""AdaBoostClassifier of trees: sums of votes and classes equal to scikit-learn's, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from suffice import BadInputError, Explainer, NotFittedModelError, UnsupportedModelError
from suffice.encoders.registry import compile_model

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, tables

LABELS = st.sampled_from([(0, 1, 2), ("no", "yes", "zz"), (2.0, -1.0, 7.0), (False, True, 2), (-3, 0, 5)])


def votes(model):
    """The library's sums, of the second class alone where there are two."""
    if len(model.classes_) == 2:
        return lambda rows: model.decision_function(np.asarray(rows, np.float32)) / 2
    return lambda rows: model.decision_function(np.asarray(rows, np.float32))


@budget(40)
@given(
    tables(), LABELS, st.sampled_from([DecisionTreeClassifier, ExtraTreeClassifier]), st.sampled_from([1, 4, 15]),
    st.sampled_from([1, 2, 4]), st.sampled_from([0.1, 0.5, 1.0, 2.0]),
)  # fmt: skip
def test_sums_and_classes(case, labels, kind, size, depth, rate):
    rng, X, _, y, _ = case
    X = np.nan_to_num(X)
    model = AdaBoostClassifier(
        kind(max_depth=depth), n_estimators=size, learning_rate=rate, random_state=int(rng.integers(99))
    )
    try:
        model.fit(X, np.array(labels)[y])
    except ValueError:  # worse than chance
        return
    compiled = assert_faithful(model, X, frozenset(), votes(model), model.predict, int(rng.integers(99)))
    assert compiled.classes == tuple(model.classes_.tolist())
    assert compiled.one_score == (len(model.classes_) == 2)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_reasons(seed, n_classes):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, WIDTH)) * (0.1 if seed % 2 else 1.0)
    y = np.digitize(X.sum(axis=1) + rng.random(60), np.quantile(X.sum(axis=1), [0.3, 0.6][: n_classes - 1]))
    model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1 + seed % 2), n_estimators=5, random_state=0).fit(X, y)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    for _ in range(2):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == grid.said[cell])


def test_equal_votes():
    """A tie of two classes goes to the first, as does one of several."""
    X = np.array([[0.0], [1.0]])
    trees = [DecisionTreeClassifier(max_depth=1).fit(X, y) for y in ([0, 1], [1, 0])]
    for classes in (2, 3):
        model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=2).fit(
            np.arange(3.0)[:, None], [0, 1, 2 % classes]
        )
        model.estimators_, model.estimator_weights_ = trees, np.array([0.7, 0.7])
        explainer = Explainer(model, [1.0])
        assert explainer.target_prediction == model.predict([[1.0]])[0] == 0
        assert len(explainer.sufficient_reason()) == 0


def test_one_class():
    model = AdaBoostClassifier(n_estimators=3).fit(np.eye(3), ["a", "a", "a"])
    explainer = Explainer(model, [0, 0, 1])
    assert explainer.target_prediction == "a"
    assert explainer.contrastive_reason() is None or len(explainer.contrastive_reason()) == 0


def test_in_a_pipeline():
    X = np.random.default_rng(0).normal(size=(80, 3))
    model = make_pipeline(StandardScaler(), AdaBoostClassifier(n_estimators=5)).fit(X, X[:, 0] > X[:, 1])
    explainer = Explainer(model, X[0], background=X)
    change = explainer.minimal_contrastive_reason()
    assert explainer.predict(change.witness) != explainer.target_prediction


@pytest.mark.parametrize("member", [LogisticRegression(), RandomForestClassifier(2)])
def test_other_members_are_refused(member):
    model = AdaBoostClassifier(member, n_estimators=2).fit([[0], [1], [2], [3]] * 5, [0, 0, 1, 1] * 5)
    with pytest.raises(UnsupportedModelError, match=f"is made of {type(member).__name__}: expected DecisionTree"):
        compile_model(model)


def test_misuse():
    X, y = np.eye(4), [0, 1, 0, 1]
    with pytest.raises(NotFittedModelError, match=r"call fit\(X, y\)"):
        compile_model(AdaBoostClassifier())
    model = AdaBoostClassifier(n_estimators=2).fit(X, y)
    with pytest.raises(BadInputError, match="takes none; impute them"):
        compile_model(model, missing=frozenset({1}))
    with pytest.raises(BadInputError, match="takes no missing values"):
        compile_model(model).read([[np.nan] * 4])
    model.algorithm = "SAMME.R"  # as older versions pickled it
    with pytest.raises(UnsupportedModelError, match=r"SAMME.R.*algorithm='SAMME'"):
        compile_model(model)
    model.algorithm = "deprecated"
    compile_model(model)
    model.estimator_weights_ = np.array([np.nan, 1.0])
    with pytest.raises(UnsupportedModelError, match="estimator_weights_"):
        compile_model(model)
