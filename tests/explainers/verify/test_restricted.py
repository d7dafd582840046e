"""Reasons within a distance, and how far reasons reach, are those of all cells of small models."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, verify

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.game import Game
from tests.brute.strategies import budget, cases


def far(unit, value, own, declared, norm):
    """How far a value of a feature is from the instance's."""
    if norm == "l0":
        return 1.0
    column = unit.columns[0]
    numbers = not (len(unit.columns) > 1 or column in declared.binary or column in dict(declared.category))
    if math.isnan(value[0]) or math.isnan(own[0]):
        return math.inf if math.isnan(value[0]) != math.isnan(own[0]) or numbers else 1.0
    return abs(value[0] - own[0]) if numbers else 1.0


def distances(reference, case, norm):
    """The distance of each cell tuple of the domain."""
    total = np.zeros(len(reference.masks))
    for unit in reference.tested:
        own = tuple(case.x[c] for c in unit.columns)
        cost = {
            mask: 0.0 if mask == reference.x_mask & unit.mask else
            min(far(unit, value, own, case.declared, norm) for value in values)
            for mask, values in unit.cells.items()
        }  # fmt: skip
        each = np.array([cost[int(one)] for one in reference.masks & unit.mask])
        total = np.maximum(total, each) if norm == "linf" else total + each
    return total


def check(case):
    explainer, reference = pair(case)
    if not case.theory or getattr(explainer.session.compiled, "regression", False) or not np.isfinite(case.x).all():
        return
    if max(map(abs, case.x), default=0.0) > 1e6 or any(abs(c.threshold) > 1e6 for c in reference.domain.conditions):
        return
    rng = np.random.default_rng(case.seed)
    for norm in ("linf", "l1", "l0"):
        away = distances(reference, case, norm)
        bad = reference.is_bad()
        chosen = [v for v in reference.universe if rng.random() < 0.4]
        kept = reference.mask(chosen)
        agree = ((reference.masks ^ reference.x_mask) & kept) == 0
        nearest = float(away[agree & bad].min(initial=math.inf))
        found = verify.reach(explainer, chosen, norm)
        assert found.lower == pytest.approx(nearest, rel=1e-5, abs=1e-5)
        assert found.upper == pytest.approx(nearest, rel=1e-5, abs=1e-5)
        levels = np.unique(away[np.isfinite(away)])
        radius = float(rng.choice(levels)) * 1.01 + 1e-4
        if ((np.abs(levels - radius)) < 1e-5).any():
            continue
        reason = verify.restricted_reason(explainer, radius, norm)
        near = bad & (away <= radius)
        cells = [
            (unit.mask, [~(cell ^ reference.x_mask) & unit.mask for cell in unit.cells]) for unit in reference.tested
        ]
        disagree = ~(reference.masks[near] ^ reference.x_mask) & ((1 << reference.n) - 1)
        game = Game(reference.n, cells, np.unique(disagree), 0)
        assert reason.status == "proved"
        assert game.close(reference.mask(reason)) in {game.close(one) for one in game.sufficient}


@budget(50)
@given(cases())
def test_trees(case):
    check(case)


@each_forest(30)
def test_forests(case):
    check(case)


def test_an_example():
    data = load_iris(as_frame=True)
    model = DecisionTreeClassifier(random_state=0).fit(data.data, data.target)
    explainer = Explainer.initialize(model, data.data.iloc[60])
    reason = verify.restricted_reason(explainer, 1.0)
    assert reason.features == ("0.8 < petal width (cm) <= 1.65",)
    assert reason.proof.note == "holds within linf distance 1"
    assert verify.reach(explainer, reason).lower == pytest.approx(1.45, rel=1e-6)
    assert verify.reach(explainer, explainer.sufficient_reason()).lower == math.inf
    with pytest.raises(BadInputError, match="distance=-1"):
        verify.restricted_reason(explainer, -1)
    with pytest.raises(BadInputError, match="expected one of 'linf'"):
        verify.reach(explainer, reason, "l2")
    with pytest.raises(BadInputError, match="is not true at the instance"):
        verify.reach(explainer, [-reason[0]])
