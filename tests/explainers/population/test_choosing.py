"""Common actions against every set of candidates, each applied to each row by hand."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import Explainer, Recourse, Status, audit_recourse

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted

N_ROWS = 8
ALONE = ("immutable", "monotone", "ranges", "moves")  # what is about one feature


def drawn_candidates(rng):
    """Actions of up to three changes, some of which no row may make."""
    found = []
    for _ in range(int(rng.integers(1, 9))):
        action = {}
        for f in rng.permutation(brute.FEATURES)[: rng.integers(1, 4)].tolist():
            if f in brute.NUMBERS:
                kind = str(rng.choice(["at least", "at most", "by"]))
                value = float(
                    rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 1.5] if kind == "by" else [0.5, 1.0, 1.25, 2.0, 3.0])
                )
                action[f] = (kind, value)
            else:
                action[f] = {"f": int(rng.integers(2)), "k": int(rng.integers(3)), "h*": str(rng.choice(list("pqr")))}[
                    f
                ]
        found.append(action)
    return found


def reached(row, f, change, asked):
    """The value that a feature gets by a change; None where none is allowed."""
    old = brute.features(row)
    if f not in brute.NUMBERS:
        goal = change
        values = [goal]
        upward = None
    else:
        kind, size = change
        # amounts are added exactly; a number that is told is read as it is held
        goal = Fraction(old[f]) + Fraction(size) if kind == "by" else float(np.float32(size))
        upward = size > 0 if kind == "by" else kind == "at least"
        if (old[f] >= goal) if upward else (old[f] <= goal):
            return old[f]
        bounds = [*asked.get("bounds", ()), float(goal)]
        known = brute.values_of(row, asked.get("steps", {}), bounds)[brute.FEATURES.index(f)]
        if f == "n" and f not in asked.get("steps", {}):
            known = [*known, float(math.ceil(goal) if upward else math.floor(goal))]
        values = sorted((v for v in known if (v >= goal if upward else v <= goal)), reverse=not upward)
    alone = {name: asked[name] for name in ALONE if name in asked}
    return next((v for v in values if brute.is_allowed(old, {**old, f: v}, alone)), None)


def served_at(row, action, asked, wanted, data):
    """The least cost at which some changes of an action serve a row; infinite where they do not."""
    old, best = brute.features(row), math.inf
    goals = {f: reached(row, f, change, asked) for f, change in action.items()}
    goals = {f: v for f, v in goals.items() if v is not None}
    for size in range(1, len(goals) + 1):
        for names in itertools.combinations(goals, size):
            new = {**old, **{f: goals[f] for f in names}}
            if new == old or not brute.is_allowed(old, new, asked):
                continue
            told = np.array([*(new[f] for f in brute.FEATURES[:5]), *(float(new["h*"] == v) for v in "pqr")])
            if wanted(told[None])[0]:
                best = min(best, brute.cost_of(old, new, asked, data))
    return best


@pytest.mark.parametrize("kind", ["tree", "forest", "boosted"])
@budget(10)
@given(seed=st.integers(0, 10**6))
def test_the_most_rows(kind, seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted(kind, rng, data)
    rows = brute.drawn_rows(rng, N_ROWS)
    said, asked = drawn_question(rng, rows[0])
    target = rng.choice(model.classes_)
    wanted = lambda told: model.predict(told) == target  # noqa: E731  # said once
    candidates = drawn_candidates(rng)
    most = math.inf if rng.random() < 0.5 else float(rng.choice([0.5, 1.0, 2.0, 4.0]))
    explainer = Explainer(model, None, brute.TYPES, feature_names=brute.NAMES)
    audit = audit_recourse(explainer, rows, target=target, data=data, budget=most, **said)
    refused = np.nonzero(~wanted(rows))[0]
    assert np.nonzero(audit.refused)[0].tolist() == refused.tolist()
    k = int(rng.integers(1, 4))
    found = audit.common_actions(k, candidates=candidates)
    listed = [
        {c.feature: c.value if c.kind == "to" else (c.kind, c.value) for c in a.changes} for a in found.candidates
    ]
    costs = np.array([[served_at(rows[i], action, asked, wanted, data) for i in refused] for action in listed])
    costs = costs.reshape(len(listed), len(refused))
    serves = costs <= min(most, 1e300) * (1 + 1e-9)
    assert list(found.serves) == serves.sum(axis=1).tolist()
    for step in found.curve:
        best = max(
            int(serves[list(c)].any(axis=0).sum())
            for c in itertools.combinations(range(len(listed)), min(step.k, len(listed)))
        )
        assert (step.served, step.most) == (best, best)
    places = [found.candidates.index(action) for action in found]
    assert len(found.plans) == found.served
    for i, (number, plan) in found.plans.items():
        j = refused.tolist().index(i)
        assert plan.cost == pytest.approx(costs[places, j].min(), rel=1e-6, abs=1e-9)
        assert costs[places[number], j] == pytest.approx(plan.cost, rel=1e-6, abs=1e-9)
        assert wanted(np.asarray(plan.row, dtype=float)[None])[0]
        assert plan.cost >= audit.lower[i] * (1 - 1e-9)
    assert found.status is Status.OPTIMAL


@budget(8)
@given(seed=st.integers(0, 10**6))
def test_drawn_candidates_serve_as_they_say(seed):
    """The candidates that plans give: each plan of as many changes as are allowed serves its own row."""
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted("boosted", rng, data)
    rows = brute.drawn_rows(rng, N_ROWS)
    said, asked = drawn_question(rng, rows[0])
    target = rng.choice(model.classes_)
    wanted = lambda told: model.predict(told) == target  # noqa: E731  # said once
    audit = audit_recourse(
        model, rows, target=target, data=data, features_type=brute.TYPES, feature_names=brute.NAMES, **said
    )
    found = audit.common_actions(len(rows), each=50, n_candidates=2000)
    refused = np.nonzero(audit.refused)[0]
    able = [i for i in refused if isinstance(audit[i], Recourse) and audit[i] and len(audit[i][0].steps) <= 2]
    assert found.served >= len(able)
    listed = [
        {c.feature: c.value if c.kind == "to" else (c.kind, c.value) for c in a.changes} for a in found.candidates
    ]
    told = [sum(served_at(rows[i], action, asked, wanted, data) < math.inf for i in refused) for action in listed]
    assert list(found.serves) == told
