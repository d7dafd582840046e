"""Missing values: rows that lack some, features that may be withheld, at their price."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from suffice import Explainer, Status

from tests.brute.strategies import budget

NAMES = ["a", "b", "c"]
VALUES = [0.0, 1.0, 2.0, 3.0, math.nan]


@budget(8)
@given(seed=st.integers(0, 10**6))
def test_missing_values(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 4, (60, 3)).astype(float)
    labels = (np.nan_to_num(rows) @ rng.normal(size=3) + rng.normal(0, 0.5, 60) > 0).astype(int)
    labels[:2] = 0, 1
    rows[rng.random(rows.shape) < 0.2] = math.nan
    model = HistGradientBoostingClassifier(max_iter=5, max_depth=3, min_samples_leaf=3).fit(rows, labels)
    row = rows[int(rng.integers(60))]
    prices = {"a": 0.4, "b": (0.7, 0.2)}
    grid = np.array(list(itertools.product(VALUES, repeat=3)))
    good = model.predict(grid) != model.predict(row[None])[0]

    def cost(new):
        total = 0.0
        for name, old, value in zip(NAMES, row, new, strict=True):
            if value == old or (math.isnan(value) and math.isnan(old)):
                continue
            if math.isnan(value):
                total += {"a": 0.4, "b": 0.7, "c": math.inf}[name]
            elif math.isnan(old):
                total += {"a": 1.0, "b": 0.2, "c": 1.0}[name]
            else:
                total += abs(value - old)
        return total

    least = min((cost(one) for one in grid[good]), default=math.inf)
    found = Explainer(model, row, {"integer": NAMES}, feature_names=NAMES, missing=True).recourse(
        missing=prices, ranges=dict.fromkeys(NAMES, (0, 3))
    )
    if math.isinf(least):
        assert found.status is Status.INFEASIBLE
    else:
        assert found.cost == pytest.approx(least)
        assert model.predict(np.asarray(found[0].row, dtype=float)[None])[0] != model.predict(row[None])[0]
