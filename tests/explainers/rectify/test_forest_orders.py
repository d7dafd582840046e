"""Rectified forests equal the old ones outside the conditions, and give the label inside: by exhaustion."""

from __future__ import annotations

import numpy as np
from hypothesis import assume

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest


@each_forest(12, kinds=("hand", "classifier"), clauses=False, theory=True)
def test_rectified_forests(case):
    from suffice import Explainer

    assume(case.domain.n)
    explainer, reference = pair(case)
    rng = np.random.default_rng(case.seed)
    rows = case.domain.rows(reference.masks, rng)
    expected = [case.classes[label] for label in reference.labels]
    label = case.classes[rng.integers(len(case.classes))]
    inside = rng.choice(reference.masks)
    size = int(rng.integers(1, min(3, case.domain.n) + 1))
    chosen = sorted(rng.choice(case.domain.n, size=size, replace=False).tolist())
    literals = tuple((i + 1) if inside >> i & 1 else -(i + 1) for i in chosen)
    rectified = explainer.rectify(conditions=literals, label=label)
    agree = sum(1 << i for i in chosen)
    expected = [
        label if not (mask ^ inside) & agree else old for mask, old in zip(reference.masks, expected, strict=True)
    ]
    assert list(rectified.predict(rows)) == expected
    explainer.set_instance(rows[0])
    assert explainer.target_prediction == expected[0]
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())
    again = Explainer.initialize(rectified, rows[0])
    assert again.target_prediction == expected[0]
