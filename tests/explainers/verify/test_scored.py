"""Bounds of probabilities and scores against those of all rows of small domains."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explainer, UnsupportedModelError
from suffice.verify import verify

from tests.brute import amounts
from tests.explainers.verify.cases import make, meets, some_conditions
from tests.explainers.verify.test_discriminates import scores_of


@pytest.mark.parametrize("family", ("forest", "boosted", "xgboost", "histogram", "voting"))
@pytest.mark.parametrize("seed", range(amounts.some(12)))
def test_brute(family, seed):
    case = make(family, seed)
    rng = np.random.default_rng(9000 + seed)
    explainer = Explainer(case.model, **case.options)
    probabilities = case.model.predict_proba(case.rows).astype(float)
    for _ in range(3):
        given, met = some_conditions(rng, case)
        k = int(rng.integers(probabilities.shape[1]))
        label, own = case.model.classes_[k], probabilities[:, k]
        bound = round(float(rng.choice(own)) + float(rng.choice([0.003, -0.003])), 6)
        sign = rng.choice([">=", "<"])
        broken = met & (own < bound if sign == ">=" else own >= bound)
        verdict = verify(explainer, given, f"P({label}) {sign} {bound!r}")
        assert verdict.value == (not broken.any()), verdict
        if verdict.value is False:
            row = verdict.rows[0]
            assert meets(given, row)
            said = case.model.predict_proba(np.array(row, float)[None])[0, k]
            assert said < bound if sign == ">=" else said >= bound


@pytest.mark.parametrize("seed", range(6))
def test_raw_scores(seed):
    case = make("xgboost", seed, classes=2)
    scores = scores_of(case)[:, 0].astype(float)
    for bound in (float(np.median(scores)), float(scores.min()), float(scores.max()) + 1):
        assert verify(case.model, None, f"score >= {bound!r}", **case.options).value == (scores.min() >= bound)


def test_what_is_not_known():
    case = make("tree", 0)
    with pytest.raises(UnsupportedModelError, match="a forest of one"):
        verify(case.model, None, "P(low) >= 0.5", **case.options)
    case = make("forest", 0)
    with pytest.raises(BadInputError, match="expected a label"):
        verify(case.model, None, "P >= 0.5", **case.options)
