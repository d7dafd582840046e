"""Models that vote and stacks of models: every query against every row of small domains, and odd members."""

import itertools
import pickle
import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, ModelChangedError, NotFittedModelError, UnsupportedModelError, explain

from tests.brute.grid import Grid
from tests.brute.grid import compare as compare_cells
from tests.brute.strategies import budget
from tests.encoders.direct_cases import columns_of, labelled, types_of
from tests.encoders.meta.composed_cases import SMALL, table
from tests.encoders.test_direct_reasons import compare

SEEDS = st.integers(0, 10**6)
KINDS = st.lists(st.sampled_from([0, 1, 2]), min_size=2, max_size=3)
CLASSES = st.sampled_from([(0, 1), ("no", "yes"), (2, 5, 7), (False, True), (-4, 0, 3)])
WEIGHTS = st.sampled_from([None, (1, 2, 1), (0.5, 0.25, 1.5), (3, 0, 1)])
NAMES = st.lists(st.sampled_from([*SMALL]), min_size=3, max_size=3)


def named(rng, names):
    return [(f"{name}{i}", SMALL[name](int(rng.integers(1000)))) for i, name in enumerate(names)]


@budget(15)
@given(SEEDS, KINDS, CLASSES, NAMES, st.sampled_from(["soft", "hard"]), WEIGHTS)
def test_votes_of_any_members(seed, kinds, classes, names, voting, weights):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    X, score = table(columns, rng)
    model = VotingClassifier(named(rng, names), voting=voting, weights=weights).fit(X, labelled(score, classes))
    compare(model, columns, rng, types=types_of(columns))


@budget(20)
@given(SEEDS, KINDS, CLASSES, NAMES, st.sampled_from(["auto", "predict"]), st.booleans())
@pytest.mark.filterwarnings("ignore")
def test_stacks_of_any_members(seed, kinds, classes, names, method, ridge):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    X, score = table(columns, rng)
    final = RidgeClassifier() if ridge else LogisticRegression()
    model = StackingClassifier(named(rng, names[:2]), final, cv=2, stack_method=method)
    compare(model.fit(X, labelled(score, classes)), columns, rng, types=types_of(columns))


RNG = np.random.default_rng(2)
X = RNG.integers(0, 5, (120, 3)) * 0.1
Y = (X[:, 0] + X[:, 1] + RNG.normal(0, 0.15, 120) > 0.4).astype(int)
THREE = np.array(["low", "mid", "high"])[np.digitize(X[:, 0] + X[:, 1] + RNG.normal(0, 0.1, 120), [0.25, 0.5])]
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
FOREST = RandomForestClassifier(3, max_depth=2, random_state=0)
BOOSTED = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0)
HIST = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5)
XGB = xgb.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1)
LGB = lgb.LGBMClassifier(n_estimators=3, num_leaves=4, verbose=-1, n_jobs=1)
SCALED = make_pipeline(StandardScaler(), FOREST)


def votes(*members, **how):
    return VotingClassifier([(str(i), member) for i, member in enumerate(members)], **how)


def stack(*members, **how):
    return StackingClassifier([(str(i), member) for i, member in enumerate(members)], cv=2, **how)


MODELS = {
    "shares": votes(TREE, FOREST, voting="soft", weights=[2, 1]),
    "single trees": votes(TREE, DecisionTreeClassifier(max_depth=2), DecisionTreeClassifier(max_depth=1)),
    "weighted trees": votes(TREE, DecisionTreeClassifier(max_depth=2), FOREST, weights=[0.3, 0.2, 0.1]),
    "boosted, hard": votes(BOOSTED, XGB, LGB),
    "boosted, soft": votes(BOOSTED, XGB, LGB, voting="soft"),
    "single precision": votes(XGB, clone(XGB).set_params(max_depth=1), voting="soft"),
    "dropped": VotingClassifier([("a", TREE), ("b", "drop"), ("c", FOREST)], voting="soft", weights=[1, 5, 2]),
    "behind steps": make_pipeline(StandardScaler(), votes(TREE, BOOSTED, voting="soft")),
    "pipelines": votes(SCALED, make_pipeline(StandardScaler(), HIST)),
    "searched": GridSearchCV(votes(TREE, GridSearchCV(FOREST, {}, cv=2), voting="soft"), {}, cv=2),
    "of votes": votes(votes(TREE, FOREST, voting="soft"), votes(TREE, BOOSTED), stack(TREE, FOREST)),
    "of thresholds": votes(CalibratedClassifierCV(FOREST, ensemble=False, cv=2), BOOSTED, voting="soft"),
    "stack of shares": stack(TREE, FOREST),
    "stack of decisions": stack(BOOSTED, HIST, stack_method="decision_function"),
    "stack of boosted": stack(XGB, LGB, FOREST),
    "stack behind steps": make_pipeline(StandardScaler(), stack(TREE, BOOSTED)),
    "calibrated votes": CalibratedClassifierCV(votes(TREE, FOREST, voting="soft"), cv=2),
    "calibrated behind steps": make_pipeline(StandardScaler(), CalibratedClassifierCV(FOREST, cv=2)),
    "calibrated in a search": GridSearchCV(CalibratedClassifierCV(SCALED, cv=2), {}, cv=2),
}
BINARY = {
    "threshold over folds": FixedThresholdClassifier(CalibratedClassifierCV(FOREST, cv=2), threshold=0.35),
    "threshold over votes": FixedThresholdClassifier(votes(XGB, FOREST, voting="soft"), threshold=0.6, pos_label=0),
    "threshold in votes": votes(FixedThresholdClassifier(FOREST, threshold=0.3, pos_label=0), BOOSTED, TREE),
}


def agreed(model, rows):
    """Compare the form with ``predict`` wherever it claims something; return the share of such rows."""
    explainer = Explainer(model, rows[0], background=rows)
    compiled = explainer.session.compiled
    read = compiled.read(rows)
    sure = ~compiled.doubtful(compiled.trees.scores_of_rows(read, explainer.session.space.codes))
    said = np.array(compiled.classes, dtype=object)[compiled.outcomes(explainer.session.space, read)]
    assert (said[sure] == model.predict(rows)[sure]).all()
    return sure.mean()


@pytest.mark.parametrize(("name", "y"), [*itertools.product(MODELS, "23"), *itertools.product(BINARY, "2")])
@pytest.mark.filterwarnings("ignore")
def test_forms_say_what_predict_says(name, y):
    made = (MODELS | BINARY)[name]
    if y == "3" and name == "stack of decisions":
        pytest.skip("as with two classes")
    model = clone(made).fit(X, Y if y == "2" else THREE)
    rows = np.concatenate([X, RNG.uniform(0, 0.5, (300, 3))])
    assert agreed(model, rows) > 0.9
    explainer = Explainer(model, X[4], background=X)
    assert explainer.get_model() is model
    assert explainer.is_implicant(explainer.sufficient_reason())
    change = explainer.minimal_contrastive_reason()
    assert not change or model.predict([list(change.witness)])[0] != explainer.target_prediction


@pytest.mark.parametrize("name", ["shares", "stack of shares"])
@pytest.mark.filterwarnings("ignore")
def test_reasons_are_those_of_all_cells(name):
    model = clone(MODELS[name]).fit(X, Y)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    explainer.sufficient_reason()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert {grid.as_ranges(explainer, r) for r in reasons} == set(
        grid.maximal_boxes(cell, grid.said == grid.said[cell])
    )


def test_votes_of_single_trees_are_exact():
    model = clone(MODELS["single trees"]).fit(X, THREE)
    explainer = Explainer(model, background=X)
    assert explainer.session.compiled.slack == 0.0
    grid = Grid(explainer, model)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    compare_cells(explainer, grid, cell, grid.said == grid.said[cell])


def test_frames_many_rows_and_pickles():
    frame = pd.DataFrame({"a": X[:, 0], "b": np.rint(X[:, 1] * 10).astype(int), "c": RNG.choice(["u", "v"], 120)})
    before = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["c"]))
    for made in (
        make_pipeline(before, votes(FOREST, BOOSTED, voting="soft")),
        votes(make_pipeline(before, FOREST), make_pipeline(before, BOOSTED)),
        CalibratedClassifierCV(make_pipeline(before, FOREST), cv=2),
    ):
        model = made.fit(frame, Y)
        told = explain(model, frame[["c", "b", "a"]][:12], time_limit=20)
        assert [r.prediction for r in told] == model.predict(frame[:12]).tolist()
        explainer = Explainer(model, frame.iloc[0], background=frame)
        assert explainer.session.compiled.vocabulary.names == ("a", "b", "c")
        assert pickle.loads(pickle.dumps(explainer)).sufficient_reason() == explainer.sufficient_reason()


def test_a_changed_vote_is_noticed():
    model = clone(MODELS["shares"]).fit(X, Y)
    explainer = Explainer(model, X[0])
    model.set_params(weights=[1, 9])
    with pytest.raises(ModelChangedError):
        explainer.sufficient_reason()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (votes(TREE, KNeighborsClassifier()), "KNeighborsClassifier of sklearn is not taken"),
        (votes(TREE, FOREST, weights=[1, -1]), "at least 0"),
        (votes(stack(TREE, FOREST), TREE, voting="soft"), "StackingClassifier is a member whose predict_proba"),
        (stack(TREE, FOREST, passthrough=True), "passthrough=True"),
        (stack(TREE, FOREST, final_estimator=TREE), "ends with a DecisionTreeClassifier: expected a linear"),
    ],
)
def test_what_is_refused(model, message):
    with pytest.raises(NotFittedModelError, match="is not fitted"):
        Explainer(clone(model))
    with pytest.raises(UnsupportedModelError, match=message):
        Explainer(clone(model).fit(X, Y))
