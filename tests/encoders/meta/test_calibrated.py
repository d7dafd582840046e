"""Calibrated classifiers: every query against every row of small domains, and gates against ``predict_proba``."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from suffice import Explainer, MissingQueryError, NotFittedModelError, UnsupportedModelError, explain

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import compiled_with_space, rows_of
from tests.encoders.direct_cases import columns_of, labelled, types_of
from tests.encoders.meta.composed_cases import SMALL, TREES, calibrated, table
from tests.encoders.test_direct_reasons import compare

SEEDS = st.integers(0, 10**6)
KINDS = st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3)
CLASSES = st.sampled_from([(0, 1), ("no", "yes"), (2, 5, 7), (False, True), (-4, 0, 3)])


@budget(40)
@given(SEEDS, KINDS, CLASSES, st.sampled_from(list(SMALL)), st.sampled_from(["sigmoid", "isotonic"]), st.booleans())
def test_every_query_against_every_row(seed, kinds, classes, kind, method, ensemble):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    model = calibrated(kind, rng, columns, classes, method=method, ensemble=ensemble)
    compare(model, columns, rng, types=types_of(columns))


def contained(model, X):
    """Assert that the ends' intervals hold what ``predict_proba`` gets, and are narrow; return how wide they are."""
    compiled, space = compiled_with_space(model)
    rows = rows_of(compiled, space, X)
    scores = compiled.trees.scores_of_rows(rows, space.codes)
    low, high = compiled.circuit.intervals(scores, scores, compiled.circuit.ends)
    told = model.predict_proba(rows)
    assert (low <= told).all()
    assert (told <= high).all()
    sure = ~compiled.doubtful(scores)
    said = np.array(compiled.classes, dtype=object)[compiled.outcomes(space, rows)]
    assert (said[sure] == model.predict(rows)[sure]).all()
    return float((high - low).max())


@pytest.mark.parametrize("classes", [(0, 1), ("a", "b", "c")])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("kind", [kind for kind in SMALL if kind in TREES])
def test_the_intervals_hold_the_probabilities(kind, method, classes):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(150, 4)).round(2)
    y = labelled(X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(0, 0.3, 150), classes)
    model = CalibratedClassifierCV(SMALL[kind](1), method=method, cv=4)
    if method == "temperature" and len(classes) > 2 and kind in ("boosted", "hist"):
        with pytest.raises(UnsupportedModelError, match="takes for probabilities"):
            compiled_with_space(model.fit(X, y))
        return
    model.fit(X, y)
    rows = np.concatenate([X, rng.normal(size=(2000, 4)).round(1), np.float32(X) + np.float32(1e-7)])
    assert contained(model, rows) < 1e-11


def rows_and_classes(rng, classes, n=150):
    X = rng.normal(size=(n, 4)).round(2)
    return X, labelled(X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(0, 0.3, n), classes)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("classes", [(0, 1), (0, 1, 2)])
@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_members_of_other_libraries(library, classes, method):
    rng = np.random.default_rng(6)
    X, y = rows_and_classes(rng, classes)
    if library == "xgboost":
        member = pytest.importorskip("xgboost").XGBClassifier(n_estimators=4, max_depth=2)
    else:
        member = pytest.importorskip("lightgbm").LGBMClassifier(n_estimators=4, min_child_samples=5, verbose=-1)
    model = CalibratedClassifierCV(member, method=method, cv=3).fit(X, y)
    rows = np.concatenate([X, rng.normal(size=(1000, 4)).round(1)])
    assert contained(model, rows) < (1e-2 if library == "xgboost" else 1e-11)
    explainer = Explainer.initialize(model, X[3])
    reason = explainer.sufficient_reason()
    assert explainer.is_sufficient_reason(reason)
    change = explainer.contrastive_reason()
    assert model.predict([change.witness]) != model.predict(X[3:4])


@pytest.mark.parametrize("ensemble", [True, False])
def test_missing_values(ensemble):
    rng = np.random.default_rng(7)
    X, y = rows_and_classes(rng, ("no", "yes"))
    X[rng.random(X.shape) < 0.2] = np.nan
    model = CalibratedClassifierCV(SMALL["hist"](0), cv=3, ensemble=ensemble).fit(X, y)
    explainer = Explainer.initialize(model, X[0], missing=True)
    for row in X[:8]:
        explainer.set_instance(row)
        reason = explainer.sufficient_reason()
        assert explainer.is_sufficient_reason(reason)
        witness = explainer.contrastive_reason().witness
        assert model.predict([witness])[0] != explainer.target_prediction


@pytest.mark.parametrize("final", ["forest", "boosted", "tree"])
def test_pipelines_inside(final):
    rng = np.random.default_rng(8)
    X, y = rows_and_classes(rng, (0, 1))
    X[:, 3] = X[:, 3].round()
    model = CalibratedClassifierCV(make_pipeline(StandardScaler(), SMALL[final](0)), cv=3).fit(X, y)
    explainer = Explainer.initialize(model, X[0], background=X)
    for row in X[:5]:
        explainer.set_instance(row)
        reason = explainer.sufficient_reason()
        assert explainer.is_sufficient_reason(reason)
        witness = explainer.minimal_contrastive_reason().witness
        assert model.predict([witness])[0] != explainer.target_prediction


def test_a_fold_that_saw_fewer_classes():
    rng = np.random.default_rng(9)
    columns = columns_of([1, 2])
    X, score = table(columns, rng, 60)
    y = labelled(score, ("a", "b", "c"))
    folds = [(np.nonzero(y != "a")[0], np.nonzero(y == "a")[0]), (np.arange(40), np.arange(40, 60))]
    model = CalibratedClassifierCV(SMALL["tree"](0), cv=folds, method="sigmoid").fit(X, y)
    assert len(model.calibrated_classifiers_[0].estimator.classes_) == 2
    compare(model, columns, rng, types=types_of(columns))


@budget(10)
@given(SEEDS, CLASSES, st.sampled_from(["tree", "boosted"]), st.sampled_from(["soft", "hard"]))
def test_votes_of_calibrated_members(seed, classes, kind, voting):
    rng = np.random.default_rng(seed)
    columns = columns_of([1, 2])
    X, score = table(columns, rng)
    member = CalibratedClassifierCV(SMALL[kind](1), cv=2)
    model = VotingClassifier([("a", member), ("b", SMALL["forest"](2))], voting=voting)
    compare(model.fit(X, labelled(score, classes)), columns, rng, types=types_of(columns))


def test_several_rows_at_once_and_copies():
    rng = np.random.default_rng(10)
    X, y = rows_and_classes(rng, ("no", "yes"))
    model = CalibratedClassifierCV(SMALL["forest"](0), cv=3).fit(X, y)
    explainer = Explainer.initialize(model, X[0])
    again = pickle.loads(pickle.dumps(explainer))
    assert tuple(again.sufficient_reason()) == tuple(explainer.sufficient_reason())
    found = explain(model, X[:5])
    for row, one in zip(X[:5], found, strict=True):
        explainer.set_instance(row)
        assert one.prediction == model.predict(row[None])[0]
    with pytest.raises(MissingQueryError, match="no formula"):
        explainer.to_cnf()
    with pytest.raises(NotFittedModelError):
        Explainer.initialize(CalibratedClassifierCV(SMALL["forest"](0)))
