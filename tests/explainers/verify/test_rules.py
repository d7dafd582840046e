"""Rules of a model: each holds for all inputs, is maximal, and the bounds of their number are right."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, Status, UnsupportedModelError
from suffice.explainers.verify.compare import compare
from suffice.explainers.verify.rules import rules

from tests.brute.amounts import examples
from tests.explainers.verify.cases import CLASSIFIERS, make

FEW = 4


def meets(explainer, rule, row):
    """Whether a row meets the literals of a rule."""
    truth = explainer.session.space.truth(row)
    return all(truth[abs(v) - 1] == (v > 0) for v in rule.literals)


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 10**6))
def test_rules_hold_for_all_inputs(seed):
    rng = np.random.default_rng(seed)
    missing = bool(rng.integers(3) == 0)
    families = [f for f in CLASSIFIERS if not missing or f in ("tree", "forest", "histogram", "xgboost")]
    case = make(str(rng.choice(families)), seed, missing=missing)
    explainer = Explainer.initialize(case.model, **case.options)
    rows = case.rows[rng.choice(len(case.rows), 40)]
    label = np.asarray(case.model.predict(rows))[0]
    found = rules(explainer, label, data=rows)
    said = np.asarray(case.model.predict(rows))
    own = np.nonzero(said == label)[0]
    assert found.n_rows == len(own)
    read = explainer.session.compiled.read(case.rows)
    for rule in found:
        inside = np.array([meets(explainer, rule, row) for row in read])
        assert (case.said[inside] == label).all(), rule
        assert inside.any() and rule.maximal
        mine = [i for i in own if meets(explainer, rule, explainer.session.compiled.read(rows[i : i + 1])[0])]
        assert mine == rule.rows.tolist()
    covered = set(itertools.chain(*(rule.rows.tolist() for rule in found)))
    assert set(found.uncovered.tolist()) == set(own.tolist()) - covered
    assert found.lower <= len(found)
    assert not len(found.uncovered) or "voting" in str(type(case.model)).lower() or explainer.session.compiled.slack


def boxes_of(said):
    """All boxes of a grid in which all is good, as sets of its cells."""
    shape = said.shape
    ranges = [[(a, b) for a in range(n) for b in range(a, n)] for n in shape]
    cells = np.arange(said.size).reshape(shape)
    for box in itertools.product(*ranges):
        part = tuple(slice(a, b + 1) for a, b in box)
        if said[part].all():
            yield frozenset(cells[part].ravel().tolist())


def fewest(wanted, boxes):
    """The least number of boxes that cover some cells."""
    useful = {box & wanted for box in boxes} - {frozenset()}
    useful = [box for box in useful if not any(box < other for other in useful)]
    for count in range(len(wanted) + 1):
        if any(frozenset().union(*chosen) >= wanted for chosen in itertools.combinations(useful, count)):
            return count
    raise AssertionError


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 10**6))
def test_the_number_of_rules_is_bounded(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, FEW, (50, 2)).astype(float)
    y = (X.sum(axis=1) + rng.integers(0, 2, 50) > FEW - 1).astype(int)
    model = RandomForestClassifier(3, max_depth=3, random_state=seed).fit(X, y)
    types = {"integer": {"f1": (0, FEW - 1), "f2": (0, FEW - 1)}}
    grid = np.array(list(itertools.product(range(FEW), repeat=2)), float)
    said = model.predict(grid).reshape(FEW, FEW) == 1
    wanted = {int(r[0] * FEW + r[1]) for r in X if said[int(r[0]), int(r[1])]}
    if not wanted:
        return
    found = rules(model, 1, data=X, features_type=types)
    least = fewest(frozenset(wanted), set(boxes_of(said)))
    assert found.lower <= least <= len(found)
    assert len(found.uncovered) == 0
    assert (found.status is Status.OPTIMAL) == (found.lower == len(found))
    one = rules(model, 1, data=X, features_type=types, k=1)
    cells = [int(r[0] * FEW + r[1]) for r in X]
    best = max(sum(c in box for c in cells) for box in boxes_of(said))
    assert one.n_covered <= best <= one.most


RNG = np.random.default_rng(2)
ROWS = RNG.normal(size=(250, 3))
Y = (ROWS[:, 0] + ROWS[:, 1] > 0).astype(int)
FOREST = RandomForestClassifier(9, max_depth=3, random_state=0).fit(ROWS, Y)


def test_the_rules_are_a_model_themselves():
    found = rules(FOREST, 1, data=ROWS)
    model = found.model
    said = np.asarray(model.predict(ROWS))
    own = FOREST.predict(ROWS) == 1
    assert (said[~own] == 0).all()  # what a rule says is true
    assert (said == 1).sum() == found.n_covered
    dense = np.array(list(itertools.product(np.linspace(-3, 3, 25), repeat=3)))
    assert (FOREST.predict(dense)[np.asarray(model.predict(dense)) == 1] == 1).all()
    told = compare(FOREST, model, data=ROWS, time_limit=5.0)
    assert (0, 1) not in told.transitions and (0, 1) not in told.row_transitions


def test_what_is_told():
    found = rules(FOREST, 1, data=ROWS, k=2)
    assert len(found) == 2 and len(found[0].rows) >= len(found[1].rows)
    assert "rules cover" in repr(found) and len(found.to_frame()) == 2
    assert str(found[0]) in found.to_html().replace("&lt;", "<").replace("&gt;", ">")
    assert found.most <= found.n_rows
    constant = DecisionTreeClassifier().fit(ROWS, np.ones(len(ROWS)))
    every = rules(constant, 1, data=ROWS)
    assert len(every) == 1 and str(every[0]) == "always" and every.status is Status.OPTIMAL
    assert set(every.model.predict(ROWS)) == {1}


def test_regressors_and_all_labels_but_one():
    model = GradientBoostingRegressor(n_estimators=6, max_depth=2, random_state=0).fit(ROWS, ROWS[:, 0] * 3)
    found = rules(model, ">= 1.5", data=ROWS)
    explainer = Explainer.initialize(model)
    assert found.n_rows == (model.predict(ROWS) >= 1.5).sum() == found.n_covered
    dense = np.array(list(itertools.product(np.linspace(-3, 3, 15), repeat=3)))
    for rule in found:
        inside = np.array([meets(explainer, rule, row) for row in explainer.session.compiled.read(dense)])
        assert (model.predict(dense[inside]) >= 1.5).all()
    three = RandomForestClassifier(5, max_depth=3, random_state=0).fit(ROWS, np.digitize(ROWS[:, 0], [-0.5, 0.5]))
    assert rules(three, "not 1", data=ROWS).n_rows == (three.predict(ROWS) != 1).sum()


def test_arguments():
    for options in ({"k": 0}, {"data": None}, {"time_limit": -1}):
        with pytest.raises(BadInputError):
            rules(FOREST, 1, **{"data": ROWS, **options})
    with pytest.raises(BadInputError):
        rules(FOREST, 7, data=ROWS)
    with pytest.raises(BadInputError, match="none of the"):
        rules(FOREST, 1, data=ROWS[FOREST.predict(ROWS) == 0])
    three = RandomForestClassifier(3, max_depth=2, random_state=0).fit(ROWS, np.digitize(ROWS[:, 0], [-0.9, 0, 0.9]))
    with pytest.raises(UnsupportedModelError, match="one label"):
        rules(three, [0, 1], data=ROWS)


def test_a_limit_is_kept():
    X = RNG.normal(size=(1500, 8))
    y = (np.sin(2 * X[:, :3]).sum(axis=1) > 0).astype(int)
    explainer = Explainer.initialize(RandomForestClassifier(40, max_depth=8, random_state=0, n_jobs=1).fit(X, y))
    began = time.perf_counter()
    found = rules(explainer, 1, data=X, time_limit=1.0)
    assert time.perf_counter() - began < 30.0
    assert found.lower <= len(found) and found.n_covered + len(found.uncovered) == found.n_rows
