"""Decision trees: vocabulary, prediction, binary representation, direct reason."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given

from tests.brute.compare import conditions, pair
from tests.brute.strategies import budget, cases


@budget(60)
@given(cases())
def test_conditions_are_numbered_depth_first(case):
    explainer = case.explainer()
    assert conditions(explainer) == [(c.column, c.operator, c.threshold) for c in case.domain.conditions]


@budget(60)
@given(cases())
def test_binary_representation_and_prediction(case):
    explainer, reference = pair(case)
    assert tuple(explainer.binary_representation) == reference.universe
    own = case.classes[reference.label]
    assert explainer.target_prediction == own
    assert explainer.predict(case.x) == own
    rows = case.domain.rows(case.domain.cells()[:20], np.random.default_rng(case.seed))
    for row, label in zip(rows, case.labels(rows), strict=True):
        assert explainer.predict(row) == case.classes[label]


@budget(60)
@given(cases(exclude=True))
def test_direct_reason(case):
    explainer, reference = pair(case)
    assume(not any(map(reference.is_idle, reference.universe)))
    found, expected = explainer.direct_reason(), reference.direct()
    assert found is None if expected is None else found == expected
