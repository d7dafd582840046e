"""Forests whose classes tie up to rounding: what the model's own sums decide is what counts."""

from __future__ import annotations

from tests.brute.compare import check_some, pair
from tests.brute.forest_strategies import each_forest


@each_forest(40, kinds=["ties"])
def test_sums_that_differ_by_rounding(case):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())
    check_some(lambda n: explainer.minimal_contrastive_reason(n=n), reference.minimal_contrastive())
    assert explainer.n_sufficient_reasons() == len(reference.sufficient)
    for reason in ((), *reference.sufficient, *reference.contrastive()):
        assert bool(explainer.is_implicant(reason)) == reference.holds(reason)
