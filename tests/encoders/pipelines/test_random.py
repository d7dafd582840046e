"""Random pipelines, compared with their own ``predict`` row by row."""

import numpy as np
import pytest
from suffice.engine.domain.conditions import Operator, cut_of

from tests.brute.amounts import some
from tests.encoders.pipelines.cases import assert_same, frame, labels, random_pipeline


@pytest.mark.parametrize("seed", range(some(28)))
def test_random_pipelines_predict_alike(seed):
    rng = np.random.default_rng(seed)
    holes = [str(name) for name in rng.choice(["age", "income", "colour", "size"], rng.integers(0, 3), replace=False)]
    data = frame(rng, holes=holes)
    pipeline = random_pipeline(rng, data, labels(rng, data))
    fresh = frame(rng, 200, holes=holes)
    missing = frozenset(list(data).index(name) for name in holes)
    compiled = assert_same(pipeline, fresh, missing, seed)
    assert compiled.vocabulary.names == tuple(data)


@pytest.mark.parametrize("seed", range(8))
def test_borders_are_exact(seed):
    rng = np.random.default_rng(1000 + seed)
    data = frame(rng)
    pipeline = random_pipeline(rng, data, labels(rng, data))
    compiled = assert_same(pipeline)
    own = pipeline[:-1].transform
    thresholds = pipeline[-1].tree_.threshold[pipeline[-1].tree_.children_left != -1]
    for condition in compiled.vocabulary.conditions:
        if condition.feature in compiled.vocabulary.labels:
            continue
        assert condition.operator in (Operator.GT, Operator.GE)
        reading = compiled.vocabulary.reading
        (border,) = cut_of(condition, reading)
        rows = data.iloc[[0, 0]].copy()
        rows[compiled.vocabulary.names[condition.feature]] = [border, reading.above(border)]
        made = own(rows)
        low, high = np.asarray(made.toarray() if hasattr(made, "toarray") else made).astype(np.float32).astype(float)
        crossed = (low[:, None] <= thresholds) & (high[:, None] > thresholds)
        assert crossed.any()
