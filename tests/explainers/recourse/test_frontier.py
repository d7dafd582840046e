"""Efficient plans, against every row of a small domain."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
)
from suffice import BadInputError, Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted

NAMES = ["a", "b", "c"]
GRID = np.array(list(itertools.product(range(5), repeat=3)), dtype=float)


def efficient(pairs):
    """Of pairs (cost, worse the less), those that no other one is as good as in both."""
    best = []
    for cost, value in sorted(pairs, key=lambda pair: (round(pair[0], 9), -pair[1])):
        if not best or value > best[-1][1] + 1e-12:
            best.append((cost, value))
    return best


def drawn(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 5, (70, 3)).astype(float)
    return rng, rows, rows @ rng.normal(size=3) + rng.normal(0, 0.5, 70)


def same(found, expected):
    assert found.status is Status.COMPLETE
    assert [plan.cost for plan in found] == pytest.approx([cost for cost, _ in expected], rel=1e-9, abs=1e-12)
    assert all(plan.status is Status.OPTIMAL for plan in found)


@budget(20)
@given(seed=st.integers(0, 10**6))
def test_by_features_changed(seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted("forest", rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    now = model.predict(row[None])[0]
    found = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES).recourse(data=data, **said).frontier()
    most = asked.get("at_most", len(brute.FEATURES))
    costs = []
    for k in range(most + 1):
        cost = brute.cheapest(row, {**asked, "at_most": k}, lambda rows: model.predict(rows) != now, data)
        if cost < math.inf:
            costs.append((cost, -k))
    same(found, efficient(costs))
    assert list(found.values) == [-k for _, k in efficient(costs)]
    assert len(found.to_frame()) == len(found)


@budget(20)
@given(seed=st.integers(0, 10**6))
def test_by_lead(seed):
    _, rows, score = drawn(seed)
    model = GradientBoostingRegressor(n_estimators=3, max_depth=2, random_state=seed % 1009).fit(rows, score)
    row = rows[0]
    need = float(np.quantile(score, 0.6))
    said = model.predict(GRID)
    pairs = [(float(np.abs(x - row).sum()), s - need) for x, s in zip(GRID, said, strict=True) if s >= need]
    found = Explainer(model, row, {"integer": NAMES}, feature_names=NAMES).recourse(
        target=(need, None), ranges=dict.fromkeys(NAMES, (0, 4))
    )
    whole = found.frontier("lead", step=1e-6)
    same(whole, efficient([(cost, round(value, 7)) for cost, value in pairs]))
    told = [value for _, value in efficient(pairs)]
    assert list(whole.values) == pytest.approx(told, abs=1e-6)


@budget(6)
@given(seed=st.integers(0, 10**6))
def test_leads_of_shares_to_their_last_digit(seed):
    """Sums of shares are whole numbers of more digits than floats have."""
    _, rows, score = drawn(seed)
    forest = RandomForestClassifier(3, max_depth=2, random_state=seed % 1009).fit(rows, score > np.median(score))
    said, row = forest.predict_proba(GRID)[:, 1] - forest.predict_proba(GRID)[:, 0], rows[0]
    pairs = [(float(np.abs(x - row).sum()), s) for x, s in zip(GRID, said, strict=True) if s > 1e-9]
    found = Explainer(forest, row, {"integer": NAMES}, feature_names=NAMES).recourse(
        target=True, ranges=dict.fromkeys(NAMES, (0, 4))
    )
    told = [value for _, value in efficient([(cost, round(value, 9)) for cost, value in pairs])]
    same(found.frontier("lead", step=1e-9), efficient([(cost, round(value, 9)) for cost, value in pairs]))
    every = found.frontier("lead")  # leads that differ by rounding alone count
    assert every.status is Status.COMPLETE
    assert set(np.round(told, 6)) <= set(np.round(every.values, 6))
    assert len(found.frontier("lead", step=1e300)) == min(1, len(told))


@budget(12)
@given(seed=st.integers(0, 10**6))
def test_by_what_is_usual(seed):
    _, rows, score = drawn(seed)
    model = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=seed % 1009).fit(
        rows, score > np.median(score)
    )
    usual = IsolationForest(n_estimators=5, max_samples=32, random_state=seed % 1009).fit(rows)
    row = rows[0]
    good = (model.predict(GRID) != model.predict(row[None])[0]) & (usual.predict(GRID) == 1)
    pairs = [
        (float(np.abs(x - row).sum()), float(s))
        for x, s, fits in zip(GRID, usual.score_samples(GRID), good, strict=True)
        if fits
    ]
    found = Explainer(model, row, {"integer": NAMES}, feature_names=NAMES).recourse(
        plausible=usual, ranges=dict.fromkeys(NAMES, (0, 4))
    )
    same(found.frontier("plausible", step=1e-9), efficient([(c, round(s, 9)) for c, s in pairs]))


@budget(6)
@given(seed=st.integers(0, 10**6))
def test_by_slack(seed):
    _, rows, score = drawn(seed)
    model = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=seed % 1009).fit(
        rows, score > np.median(score)
    )
    row = rows[0]
    grid = np.array(list(itertools.product(range(-4, 9), repeat=3)), dtype=float)
    good = (model.predict(grid) != model.predict(row[None])[0]).reshape(13, 13, 13)
    costs = np.abs(grid - row).sum(axis=1).reshape(13, 13, 13)
    pairs = []
    for times in range(5):
        holds = [
            (float(costs[cell]), times)
            for cell in itertools.product(range(4, 9), repeat=3)
            if good[cell[0] - times : cell[0] + times + 1, cell[1] - times : cell[1] + times + 1, cell[2]].all()
        ]
        pairs += [min(holds)] if holds else []
    found = Explainer(model, row, {"integer": NAMES}, feature_names=NAMES).recourse(
        slack={"a": 1, "b": 1}, ranges=dict.fromkeys(NAMES, (0, 4))
    )
    wide = found.frontier("slack", step=1)
    expected = efficient(pairs)
    assert wide.status is Status.COMPLETE
    assert [plan.cost for plan in wide] == pytest.approx([cost for cost, _ in expected])
    assert [min(value, 4) for value in wide.values] == [value for _, value in expected]


def test_what_has_no_second_way():
    _, rows, score = drawn(3)
    model = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0).fit(rows, score > np.median(score))
    found = Explainer(model, rows[0], feature_names=NAMES).recourse()
    for wrong in ({"by": "x"}, {"by": 3}, {"by": "slack"}, {"by": "plausible"}, {"step": 0, "by": "lead"}, {"most": 0}):
        with pytest.raises(BadInputError):
            found.frontier(**wrong)
    some = found.frontier("lead", most=2)
    assert len(some) <= 2
    assert "efficient plan" in repr(some)
    assert "efficient plan" in some._repr_html_()


def test_time_that_is_up():
    _, rows, score = drawn(3)
    model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(rows, score > np.median(score))
    found = Explainer(model, rows[0], feature_names=NAMES).recourse(data=rows)
    some = found.frontier("lead", time_limit=1e-9)
    assert some.status is Status.BEST_SO_FAR
    assert len(some) <= 1
    walked = found.stages(at_most=1, time_limit=1e-9)
    assert walked.plan is None or walked.cost >= found.cost * (1 - 1e-9)


def test_the_only_class_leads_by_any_number():
    _, rows, _ = drawn(3)
    model = RandomForestClassifier(3, random_state=0).fit(rows, np.zeros(len(rows)))
    found = Explainer(model, rows[0], feature_names=NAMES).recourse(target=0).frontier("lead")
    assert (found.status, found.values) == (Status.COMPLETE, (math.inf,))
