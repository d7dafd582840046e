"""Plans in stages, against every row of a small domain and every order in which it can be reached."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import BadInputError, Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted


def splits(levers):
    """All ways to part features in stages, one after another."""
    if not levers:
        yield []
        return
    for size in range(1, len(levers) + 1):
        for first in itertools.combinations(levers, size):
            for rest in splits([f for f in levers if f not in first]):
                yield [first, *rest]


def fewest_stages(old, new, asked, data, walk):
    """In how few stages a row can be reached (infinite: in none)."""
    levers = [f for f in brute.FEATURES if old[f] != new[f]]
    best = math.inf
    for stages in splits(levers):
        if len(stages) >= best or any(len(stage) > walk.get("at_most", 9) for stage in stages):
            continue
        at = {f: t for t, stage in enumerate(stages) for f in stage}
        if any(i in at and j in at and at[i] >= at[j] for i, j in walk.get("before", ())):
            continue
        now, fits = dict(old), True
        for stage in stages:
            after = {**now, **{f: new[f] for f in stage}}
            alone = brute.cost_of(old, {**old, **{f: new[f] for f in stage}}, asked, data)
            fits = fits and alone <= walk.get("budget", math.inf) and brute.is_allowed(old, after, asked)
            now = after
        best = len(stages) if fits else best
    return best


@pytest.mark.parametrize("kind", ["tree", "forest"])
@budget(25)
@given(seed=st.integers(0, 10**6))
def test_the_cheapest_plan_in_stages(kind, seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted(kind, rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    for question in (said, asked):
        question["steps"] = {"a": 1.0, "b": 1.0}
        question["ranges"] = {"a": (0.0, 3.0), "b": (0.0, 3.0), "n": (0.0, 3.0)}
    walk = {}
    if rng.random() < 0.7:
        walk["at_most"] = int(rng.integers(1, 3))
    if rng.random() < 0.4:
        walk["budget"] = float(rng.choice([0.5, 1.0, 2.0, 3.0]))
    if rng.random() < 0.5:
        pairs = [("a", "b"), ("b", "n"), ("f", "a"), ("h*", "k"), ("b", "a")]
        walk["before"] = [pairs[i] for i in rng.permutation(5)[: rng.integers(1, 4)]]
    now, old = model.predict(row[None])[0], brute.features(row)
    rows = brute.all_rows(row, asked["steps"], ())
    rows = rows[(model.predict(rows) != now) & (rows[:, :3] >= 0).all(axis=1) & (rows[:, :3] <= 3).all(axis=1)]
    best, few = math.inf, math.inf
    costs = np.array([brute.cost_of(old, brute.features(one), asked, data) for one in rows])
    for place in np.argsort(costs, kind="stable"):
        if costs[place] > best * (1 + 1e-9):
            break
        new = brute.features(rows[place])
        if not brute.is_allowed(old, new, asked):
            continue
        if (stages := fewest_stages(old, new, asked, data, walk)) < math.inf:
            best, few = float(costs[place]), min(few, stages)
    found = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES).recourse(data=data, **said).stages(**walk)
    if math.isinf(best):
        assert found.status is Status.INFEASIBLE
        assert found.plan is None
        assert len(found) == 0
        return
    assert found.status is Status.OPTIMAL
    assert found.cost == pytest.approx(best, rel=1e-9, abs=1e-12)
    before = old
    for stage in found:
        after = brute.features(np.asarray(stage.row, dtype=float))
        assert brute.is_allowed(old, after, asked)
        assert {f for f in brute.FEATURES if after[f] != before[f]} == {step.feature for step in stage.steps}
        assert len(stage.steps) <= walk.get("at_most", 9)
        assert stage.cost <= walk.get("budget", math.inf) * (1 + 1e-9)
        before = after
    assert before == brute.features(np.asarray(found.plan.row, dtype=float))
    assert len(found) >= few
    assert len(found) == fewest_stages(old, before, asked, data, walk)
    assert len(found.to_frame()) == len(found.plan.steps)


def test_stages_in_words():
    rng = np.random.default_rng(7)
    data = brute.drawn_rows(rng, 80)
    model = fitted("forest", rng, data)
    row = data[0]
    found = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES).recourse(data=data)
    walked = found.stages(at_most=1)
    assert walked.status is Status.OPTIMAL
    assert len(walked) == len(walked.plan.steps)
    assert "stage" in repr(walked)
    assert "stage" in walked._repr_html_()
    none = found.stages(budget=0)
    assert none.status is Status.INFEASIBLE
    assert "no plan" in repr(none)
    assert len(found.without().stages()) == 1
    for wrong in ({"at_most": 0}, {"budget": -1}, {"budget": "x"}, {"before": [("a",)]}, {"before": [("a", "a")]}):
        with pytest.raises(BadInputError):
            found.stages(**wrong)
