"""Forests: vocabulary, prediction, binary representation, direct reason."""

from __future__ import annotations

import numpy as np
from hypothesis import assume

from tests.brute.compare import numbered_alike, pair
from tests.brute.forest_strategies import each_forest


@each_forest(20)
def test_binary_representation_and_prediction(case):
    explainer, reference = pair(case)
    assert tuple(explainer.binary_representation) == reference.universe
    rows = case.domain.rows(case.domain.cells()[:20], np.random.default_rng(case.seed))
    if case.regression:
        assert explainer.target_prediction == case.predictions(np.array([case.x]))[0]
        for row, value in zip(rows, case.predictions(rows), strict=True):
            assert explainer.predict(row) == value
        return
    assert explainer.target_prediction == case.classes[reference.label]
    assert explainer.predict(case.x) == case.classes[reference.label]
    for row, label in zip(rows, case.labels(rows), strict=True):
        assert explainer.predict(row) == case.classes[label]


@each_forest(20, kinds=["hand"])
def test_a_hand_built_forest_predicts_itself(case):
    model = case.model()
    assert tuple(model.classes) == case.classes
    rows = case.domain.rows(case.domain.cells(), np.random.default_rng(case.seed))
    assert model.predict(rows).tolist() == case.labels(rows)


@each_forest(20, exclude=True)
def test_direct_reason(case):
    explainer, reference = pair(case)
    assume(not any(map(reference.is_idle, reference.universe)))
    found, expected = explainer.direct_reason(), reference.direct()
    assert found is None if expected is None else found == expected


@each_forest(20)
def test_the_self_check_passes_on_background_rows(case):
    from suffice import Explainer

    rows = case.domain.rows(case.domain.cells()[:200], np.random.default_rng(case.seed))
    explainer = Explainer.initialize(case.model(), background=rows, **case.arguments())
    numbered_alike(case, explainer)
