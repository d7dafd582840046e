"""The optimum against an integer program of CP-SAT, on models that are too large to look at every row."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor
from suffice import Explainer, Status
from suffice.solvers.registry import get

from tests.brute import plan_program
from tests.brute.amounts import some

pytest.importorskip("ortools")


def fitted(rng, n_trees, depth):
    data = rng.normal(size=(300, 8)).round(1)
    labels = data @ rng.normal(size=8) + np.abs(data[:, 0]) * 2 + rng.normal(0, 0.3, 300)
    model = GradientBoostingRegressor(
        n_estimators=n_trees, max_depth=depth, learning_rate=0.5, init="zero", random_state=int(rng.integers(99))
    )
    return plan_program.dyadic(model.fit(data, labels)), data


@pytest.mark.parametrize("seed", range(some(12)))
def test_the_same_optimum(seed):
    rng = np.random.default_rng(seed)
    model, data = fitted(rng, int(rng.integers(20, 61)), int(rng.integers(2, 5)))
    row = data[rng.integers(300)]
    free = sorted(rng.choice(8, 4, replace=False).tolist())
    goal = float(np.round(np.quantile(model.predict(data), rng.choice([0.6, 0.8, 0.95])), 2))
    prices = rng.integers(1, 5, 8)
    names = [f"f{i}" for i in range(8)]
    linear, means = plan_program.program(model, row, free, goal, prices)
    other = get("cpsat", "mip").solve(linear)
    found = Explainer(model, row, feature_names=names).recourse(
        target=(goal, None), immutable=[names[f] for f in range(8) if f not in free],
        prices=dict(zip(names, prices.tolist(), strict=True)),
    )  # fmt: skip
    if other.status is Status.INFEASIBLE:
        assert found.status is Status.INFEASIBLE
        return
    assert other.status is Status.OPTIMAL
    assert found.status is Status.OPTIMAL
    assert found.cost == pytest.approx(other.cost / plan_program.COST, rel=1e-6, abs=1e-6)
    told = row.copy()
    for chosen, (f, value) in zip(other.values, means, strict=False):
        if chosen > 0.5:
            told[f] = value
    assert model.predict(told[None])[0] >= goal  # the program is about the same model
