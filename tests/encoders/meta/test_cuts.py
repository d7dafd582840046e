"""A threshold or a calibrator moves the cut between two classes: to the float at which its own ``predict`` turns."""

import itertools
import pickle
import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, TunedThresholdClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, ModelChangedError, NotFittedModelError, UnsupportedModelError, explain
from suffice.encoders.meta.cuts import cut_of
from suffice.encoders.meta.scores import Range

from tests.brute.grid import Grid, compare

RNG = np.random.default_rng(3)
X = RNG.integers(0, 5, (120, 3)) * 0.1
WHOLE = np.rint(X * 10)
NOISY = X[:, 0] + X[:, 1] + RNG.normal(0, 0.15, 120) > 0.4
Y = NOISY.astype(int)
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
FOREST = RandomForestClassifier(4, max_depth=3, random_state=0)
TREES = {
    "tree": TREE,
    "forest": FOREST,
    "boosted": GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0, learning_rate=0.5),
    "hist": HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=5, learning_rate=0.5),
    "ada": AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=4, random_state=0),
    "xgboost": xgb.XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1),
    "lightgbm": lgb.LGBMClassifier(n_estimators=4, num_leaves=5, learning_rate=0.5, verbose=-1, n_jobs=1),
    "steps": make_pipeline(StandardScaler(), TREE),
    "search": GridSearchCV(make_pipeline(KBinsDiscretizer(4, encode="ordinal"), FOREST), {}, cv=2),
}
SUMS = {
    "logistic": LogisticRegression(),
    "modified": SGDClassifier(loss="modified_huber", random_state=0),
    "ridge": RidgeClassifier(),
    "perceptron": Perceptron(),
    "scaled": make_pipeline(StandardScaler(), LogisticRegression()),
}
WRAPPERS = {
    "fixed": lambda m: FixedThresholdClassifier(m, threshold=0.6),
    "first class": lambda m: FixedThresholdClassifier(m, threshold=0.3, pos_label=0),
    "tuned": lambda m: TunedThresholdClassifierCV(m, cv=2),
    "sigmoid": lambda m: CalibratedClassifierCV(m, ensemble=False, cv=2),
    "isotonic": lambda m: CalibratedClassifierCV(m, ensemble=False, cv=2, method="isotonic"),
    "behind steps": lambda m: make_pipeline(StandardScaler(), FixedThresholdClassifier(m, threshold=0.4)),
    "in each other": lambda m: FixedThresholdClassifier(
        CalibratedClassifierCV(m, ensemble=False, cv=2), threshold=0.55
    ),
    "first class of calibrated": lambda m: FixedThresholdClassifier(
        CalibratedClassifierCV(m, ensemble=False, cv=2), threshold=0.4, pos_label=0
    ),
    "calibrated first class": lambda m: CalibratedClassifierCV(
        FixedThresholdClassifier(m, threshold=0.3, pos_label=0), ensemble=False, cv=2
    ),
    "both classes": lambda m: FixedThresholdClassifier(
        GridSearchCV(FixedThresholdClassifier(m, pos_label=0), {"threshold": [0.3]}, cv=2), threshold=0.4, pos_label=1
    ),
    "searched": lambda m: GridSearchCV(FixedThresholdClassifier(m), {"threshold": [0.3, 0.6]}, cv=2),
}
FEW = ("first class", "sigmoid", "isotonic")
EACH = (*FEW, "first class of calibrated", "both classes")  # of the others it is enough to see them over some models
PAIRS = [(name, how) for name in TREES for how in WRAPPERS if how in EACH or name in ("forest", "search", "xgboost")]


def fitted(model, rows=X, y=Y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(model).fit(rows, y)


def said_by_form(explainer, rows):
    compiled = explainer.session.compiled
    return [compiled.classes[k] for k in compiled.outcomes(explainer.session.space, compiled.read(rows))]


@pytest.mark.parametrize(("name", "how"), PAIRS)
def test_forms_say_what_predict_says(name, how):
    model = fitted(WRAPPERS[how](TREES[name]))
    explainer = Explainer(model, X[0], background=X)
    assert explainer.get_model() is model
    rows = np.concatenate([X, RNG.uniform(0, 0.5, (400, 3))])
    assert said_by_form(explainer, rows) == model.predict(rows).tolist()
    assert explainer.is_implicant(explainer.sufficient_reason())
    change = explainer.minimal_contrastive_reason()
    assert not change or model.predict([list(change.witness)])[0] != explainer.target_prediction


@pytest.mark.parametrize("how", ["fixed", *FEW, "behind steps"])
@pytest.mark.parametrize("name", SUMS)
def test_linear_forms_say_what_predict_says(name, how):
    model = fitted(WRAPPERS[how](SUMS[name]), WHOLE)
    explainer = Explainer(model, WHOLE[0], {f"f{i}": range(5) for i in (1, 2, 3)})
    rows = np.array(list(itertools.product(range(5), repeat=3)), float)
    compiled = explainer.session.compiled
    sure = ~compiled.doubtful(compiled.trees.scores_of_rows(rows, explainer.session.space.codes))
    assert sure.sum() > 100
    assert said_by_form(explainer, rows[sure]) == model.predict(rows[sure]).tolist()
    assert explainer.is_implicant(explainer.sufficient_reason())


@pytest.mark.parametrize("name", ["tree", "forest", "boosted", "xgboost"])
@pytest.mark.parametrize("how", ["fixed", *FEW, "in each other", "first class of calibrated"])
def test_reasons_are_those_of_all_cells(name, how):
    model = fitted(WRAPPERS[how](TREES[name]))
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    for value in np.unique(grid.said):
        cell = tuple(int(i) for i in np.argwhere(grid.said == value)[0])
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == value)


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [-1, 1], [2.0, -1.0], ["b", "a"]])
def test_labels_of_any_kind(labels):
    y = np.array(labels)[Y]
    for label in labels:
        model = FixedThresholdClassifier(FOREST, threshold=0.35, pos_label=label).fit(X, y)
        explainer = Explainer(model, X[1], background=X)
        assert said_by_form(explainer, X) == model.predict(X).tolist()
        assert explainer.target_prediction == model.predict(X[1:2])[0]


def test_a_row_of_the_score_at_the_threshold_is_positive():
    leaves = np.unique(fitted(TREE).predict_proba(X)[:, 1])
    for share in leaves:
        for threshold in (share, np.nextafter(share, 0), np.nextafter(share, 1)):
            model = FixedThresholdClassifier(FrozenEstimator(fitted(TREE)), threshold=threshold).fit(X, Y)
            assert said_by_form(Explainer(model, X[0]), X) == model.predict(X).tolist()


def test_a_cut_that_no_score_reaches():
    for threshold, said in ((2.0, 0), (-1.0, 1)):
        model = FixedThresholdClassifier(FOREST, threshold=threshold).fit(X, Y)
        explainer = Explainer(model, X[0], background=X)
        assert explainer.target_prediction == said
        assert explainer.sufficient_reason() == ()
        assert not explainer.contrastive_reason()


def test_calibrators_that_turn_the_classes():
    model = CalibratedClassifierCV(FrozenEstimator(fitted(FOREST)), ensemble=False).fit(X, 1 - Y)
    assert (model.predict(X) != fitted(FOREST).predict(X)).mean() > 0.5
    explainer = Explainer(model, X[0], background=X)
    assert said_by_form(explainer, X) == model.predict(X).tolist()
    grid = Grid(explainer, model)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    compare(explainer, grid, cell, grid.said == grid.said[cell])


def test_the_decision_function_may_be_asked():
    for base in (TREES["boosted"], TREES["hist"], TREES["ada"]):
        model = FixedThresholdClassifier(base, threshold=0.2, response_method="decision_function").fit(X, Y)
        assert said_by_form(Explainer(model, X[0]), X) == model.predict(X).tolist()


def test_a_wrapper_over_a_fitted_model_needs_no_fit_of_its_own():
    model = FixedThresholdClassifier(fitted(FOREST), threshold=0.3)
    assert said_by_form(Explainer(model, X[0]), X) == model.predict(X).tolist()


def test_frames_missing_values_and_many_rows():
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": RNG.choice(["u", "v"], 120)})
    before = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["c"]))
    model = FixedThresholdClassifier(make_pipeline(before, FOREST), threshold=0.3).fit(frame, Y)
    explainer = Explainer(model, frame.iloc[0], background=frame)
    assert explainer.session.compiled.vocabulary.names == ("a", "b", "c")
    told = explain(model, frame[["c", "a", "b"]][:20], time_limit=20)
    assert [r.prediction for r in told] == model.predict(frame[:20]).tolist()
    assert pickle.loads(pickle.dumps(explainer)).sufficient_reason() == explainer.sufficient_reason()
    rows = X.copy()
    rows[::4, 1] = np.nan
    model = FixedThresholdClassifier(TREE, threshold=0.4).fit(rows, Y)
    explainer = Explainer(model, rows[0], background=rows)
    assert said_by_form(explainer, rows) == model.predict(rows).tolist()


def test_a_changed_wrapper_is_noticed():
    for change in (lambda m: m.set_params(threshold=0.9), lambda m: m.fit(X, 1 - Y)):
        model = FixedThresholdClassifier(FOREST, threshold=0.3).fit(X, Y)
        explainer = Explainer(model, X[0])
        change(model)
        with pytest.raises(ModelChangedError):
            explainer.sufficient_reason()


@pytest.mark.parametrize(
    ("model", "y", "message"),
    [
        (FixedThresholdClassifier(FOREST, pos_label="z"), Y, "the predict of .* itself raises an error"),
        (FixedThresholdClassifier(lgb.LGBMClassifier(boosting_type="rf", bagging_freq=1, bagging_fraction=0.5,
                                                     n_estimators=3, verbose=-1)), Y, "or averages its trees"),
    ],
)  # fmt: skip
def test_what_is_refused(model, y, message):
    with pytest.raises(UnsupportedModelError, match=message):
        Explainer(fitted(model, y=y))
    with pytest.raises(NotFittedModelError, match="is not fitted"):
        Explainer(clone(model))


def test_members_that_are_not_taken_are_named():
    with pytest.raises(UnsupportedModelError, match="KNeighborsClassifier of sklearn is not taken"):
        Explainer(FixedThresholdClassifier(KNeighborsClassifier()).fit(X, Y))


def test_what_turns_back_is_refused():
    class Turning:
        classes_ = np.array([0, 1])

        def predict(self, scores):
            return (np.abs(scores[:, 0] - 0.5) < 0.1).astype(int)

    with pytest.raises(UnsupportedModelError, match="goes up and down"):
        cut_of(Turning(), Range(0.0, 1.0), False)


def test_going_to_and_fro_at_any_small_distance_is_found():
    class Trembling:
        classes_ = np.array([0, 1])

        def predict(self, scores):
            beyond = scores[:, 0] - 1e-10
            return ((beyond >= 0) ^ ((beyond > 3e-14) & (beyond < 6e-14))).astype(int)

    classes, cut, slack = cut_of(Trembling(), Range(-1.0, 1.0), False)
    assert classes == (0, 1)
    assert 2e-14 < slack < 1e-12
    assert 0 <= cut - 1e-10 < 1e-13
