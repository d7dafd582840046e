"""Bagging of classifiers that are no trees: the mean of their probabilities, over all columns or some of them."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, UnsupportedModelError
from suffice.encoders.selfcheck import self_check

from tests.brute.grid import WIDTH, Grid, compare
from tests.encoders.boosting_cases import compiled_with_space, rows_of, user_rows

MEMBERS = [
    RandomForestClassifier(3, max_depth=2, random_state=0),
    ExtraTreesClassifier(3, max_depth=2, random_state=0),
    GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0),
    BaggingClassifier(DecisionTreeClassifier(max_depth=2), 2, random_state=0),
    AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=3, random_state=0),
]
COLUMNS = [{}, {"max_features": 2}, {"bootstrap_features": True}]
EACH = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)


def data(seed, n_classes):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (80, WIDTH)) * (0.1 if seed % 2 else 1.0)
    score = X @ rng.normal(size=WIDTH)
    return rng, X, np.array(["a", "b", "c"])[np.digitize(score, np.quantile(score, [0.3, 0.6][: n_classes - 1]))]


@EACH
@pytest.mark.parametrize("columns", COLUMNS, ids=str)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classes_at_all_borders(member, columns, n_classes):
    rng, X, y = data(len(columns) + n_classes, n_classes)
    model = BaggingClassifier(member, 3, random_state=1, **columns).fit(X, y)
    compiled, space = compiled_with_space(model)
    rows = np.concatenate([rows_of(compiled, space, X), user_rows(compiled, X, rng)])
    read = compiled.read(rows)
    assert self_check(compiled, space, read) > len(rows) // 2
    scores = compiled.trees.scores_of_rows(read, space.codes)
    sure = ~compiled.doubtful(scores)
    mine = np.array(compiled.classes)[compiled.outcomes(space, read)]
    assert (mine == model.predict(rows))[sure].all()
    assert sure.mean() > 0.9


@EACH
@pytest.mark.parametrize("columns", COLUMNS, ids=str)
def test_reasons(member, columns):
    rng, X, y = data(len(columns), 2)
    model = BaggingClassifier(member, 2, random_state=1, **columns).fit(X, y)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    shares = model.predict_proba(np.array(np.meshgrid(*grid.values, indexing="ij")).reshape(WIDTH, -1).T)
    if (np.abs(shares[:, 0] - shares[:, 1]) < 1e-12).any():  # rounding decides somewhere
        pytest.skip("a tie")
    cell = tuple(int(rng.integers(n)) for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    compare(explainer, grid, cell, grid.said == grid.said[cell])


def test_members_that_know_some_of_the_classes():
    _, X, y = data(0, 3)
    model = BaggingClassifier(RandomForestClassifier(2, max_depth=2), 2, random_state=0).fit(X, y)
    known = np.unique(y, return_inverse=True)[1]
    model.estimators_[0] = RandomForestClassifier(2, max_depth=2).fit(X[known != 1], known[known != 1])
    explainer = Explainer(model, X[0], background=X)
    assert explainer.target_prediction == model.predict(X[:1])[0]


def test_members_without_probabilities_vote():
    X = np.random.default_rng(0).integers(0, 3, (60, 3)).astype(float)
    model = BaggingClassifier(Perceptron(), 3, random_state=0).fit(X, X[:, 0] > X[:, 1])
    types = dict.fromkeys(("f1", "f2", "f3"), range(3))
    explainer = Explainer(model, X[0], types, background=X)
    assert explainer.target_prediction == model.predict(X[:1])[0]
    assert explainer.is_implicant(explainer.sufficient_reason())


def test_members_of_other_kinds():
    X = np.random.default_rng(1).integers(0, 3, (60, 3)).astype(float)
    holed = np.where(X == 2, np.nan, X)
    model = BaggingClassifier(HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5), 3, max_features=2)
    explainer = Explainer(model.fit(holed, X[:, 0] > 1), holed[0], background=holed)
    assert explainer.target_prediction == model.predict(holed[:1])[0]
    linear = BaggingClassifier(LogisticRegression(), 2, max_features=2, random_state=0).fit(X, X[:, 0] > X[:, 1])
    with pytest.raises(UnsupportedModelError, match=r"fit with max_features=1.0"):
        Explainer(linear, X[0], dict.fromkeys(("f1", "f2", "f3"), range(3)))


def test_frames_and_copies():
    _, X, y = data(1, 2)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = BaggingClassifier(MEMBERS[0], 3, random_state=0).fit(frame, y)
    explainer = Explainer(model, frame[:1], background=frame)
    assert explainer.target_prediction == model.predict(frame[:1])[0]
    assert explainer.session.compiled.vocabulary.names == ("a", "b", "c")
    assert pickle.loads(pickle.dumps(explainer)).target_prediction == explainer.target_prediction


def test_pipelines_as_members():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 3))
    model = BaggingClassifier(make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3)), 3, random_state=0)
    model.fit(X, X[:, 0] > X[:, 1])
    explainer = Explainer(model, X[0], background=X)
    assert explainer.is_implicant(explainer.sufficient_reason())
    change = explainer.minimal_contrastive_reason()
    assert model.predict([[float(v) for v in change.witness]])[0] != explainer.target_prediction


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "around", [lambda one: CalibratedClassifierCV(one, cv=2), lambda one: VotingClassifier([("a", one)], voting="soft")]
)
def test_weighted_votes_in_other_models(around, n_classes):
    rng, X, y = data(n_classes, n_classes)
    model = around(AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=4, random_state=0)).fit(X, y)
    bagged = around(BaggingClassifier(MEMBERS[0], 2, random_state=0)).fit(X, y)
    assert Explainer(bagged, X[0], background=X).target_prediction == bagged.predict(X[:1])[0]
    compiled, space = compiled_with_space(model)
    read = compiled.read(np.concatenate([rows_of(compiled, space, X), user_rows(compiled, X, rng)]))
    assert self_check(compiled, space, read) > len(read) // 2


def test_refusals():
    _, X, y = data(0, 2)
    with pytest.raises(UnsupportedModelError, match="is made of SVC, which is not taken: expected trees"):
        Explainer(BaggingClassifier(SVC(), 2).fit(X, y), X[0])
    with pytest.raises(UnsupportedModelError, match="is made of RandomForestRegressor: expected trees"):
        Explainer(BaggingRegressor(RandomForestRegressor(2), 2).fit(X, X[:, 0]), X[0])
    model = BaggingClassifier(MEMBERS[0], 2).fit(X, y)
    with pytest.raises(BadInputError, match="missing values"):
        Explainer(BaggingClassifier(MEMBERS[2], 2).fit(X, y), [np.nan, 0, 0])
    with pytest.raises(BadInputError, match="expected 3 names"):
        Explainer(model, feature_names=["a"])
