"""Plans that hold in a box around them, against every row of a small domain and of every box."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from suffice import BadInputError, Builder, Explainer, Status

from tests.brute.strategies import budget

NAMES = ["a", "b", "c"]


def drawn(seed, n_classes):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 5, (60, 3)).astype(float)
    score = rows @ rng.normal(size=3) + rng.normal(0, 0.5, 60)
    return rng, rows, np.digitize(score, np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1]))


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_boxes_of_whole_numbers(seed):
    rng, rows, labels = drawn(seed, 3)
    model = RandomForestClassifier(5, max_depth=4, random_state=seed % 1009).fit(rows, labels)
    row = rows[0]
    target = None if rng.random() < 0.5 else int(rng.integers(3))
    radius = [int(r) for r in rng.integers(0, 3, 3)]
    grid = np.array(list(itertools.product(range(-3, 8), repeat=3)), dtype=float)
    said = model.predict(grid).reshape(11, 11, 11)
    good = said != model.predict(row[None])[0] if target is None else said == target
    costs = np.abs(grid - row).sum(axis=1).reshape(11, 11, 11)
    best = math.inf
    for cell in itertools.product(range(3, 8), repeat=3):  # the middle of the grid: boxes do not leave it
        box = tuple(slice(c - r, c + r + 1) for c, r in zip(cell, radius, strict=True))
        if good[box].all():
            best = min(best, costs[cell])
    found = Explainer(model, row, {"integer": NAMES}, feature_names=NAMES).recourse(
        target=target, slack=dict(zip(NAMES, radius, strict=True)), ranges=dict.fromkeys(NAMES, (0, 4))
    )
    assert found.cost == best
    assert found.status is (Status.INFEASIBLE if best == math.inf else Status.OPTIMAL)


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_boxes_of_numbers(seed):
    _, rows, labels = drawn(seed, 2)
    model = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=seed % 1009).fit(rows[:, :1], labels)
    row = rows[0, :1]
    want = 1 - model.predict(row[None])[0]
    radius = 0.3
    borders = np.arange(0, 4.5, 0.5)
    near = sorted(
        {float(v) for b in borders for s in (-radius, 0.0, radius) for v in (b + s - 1e-6, b + s, b + s + 1e-6)}
    )
    near = sorted({*near, *row})
    best = math.inf
    inside = np.array(sorted({*near, *(b + 1e-9 for b in borders)}))
    for plan in itertools.product(near):
        box = [np.unique([*inside[np.abs(inside - v) <= radius], v - radius + 1e-7, v + radius - 1e-7]) for v in plan]
        if (model.predict(np.array(list(itertools.product(*box)))) == want).all():
            best = min(best, float(np.abs(np.array(plan) - row).sum()))
    found = Explainer(model, row, feature_names=NAMES[:1]).recourse(slack={"a": radius})
    assert found.cost == best or found.cost == pytest.approx(best, abs=1e-5)
    if found:
        plan = np.asarray(found[0].row, dtype=float)
        rng = np.random.default_rng(0)
        assert (model.predict(plan + rng.uniform(-radius, radius, (200, 1))) == want).all()


def test_no_number_lies_between_some_borders():
    """Of whole numbers none lies above 3 and up to 3.5: what the model says of such ones is borne by any plan."""

    def above(threshold, right, left):
        return Builder.DecisionNode(1, operator=Builder.GT, threshold=threshold, left=left, right=right)

    tree = Builder.DecisionTree(1, above(4.5, 0, above(3.0, above(3.5, 1, 0), 1)))
    for slack, cost in ((1.0, 2.0), (1.5, 2.0), (2.0, 3.0)):
        found = Explainer.initialize(tree, (5.0,), {"integer": ["f1"]}).recourse(slack={"f1": slack})
        assert found.cost == cost


def test_what_has_no_slack():
    _, rows, labels = drawn(1, 2)
    model = RandomForestClassifier(3, random_state=0).fit(rows, labels)
    explainer = Explainer(model, rows[0], {"a": [0, 1, 2, 3, 4]}, feature_names=NAMES)
    for wrong in ({"a": 1}, {"b": -1}, {"b": "x"}, 3):
        with pytest.raises(BadInputError):
            explainer.recourse(slack=wrong)
