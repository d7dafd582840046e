"""Forests: whether given literals are a contrastive reason."""

from __future__ import annotations

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.given_reasons import some_sets


@each_forest(12, exclude=True)
def test_is_contrastive_reason(case):
    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = case.asked(target)
        for reason in some_sets(case, reference.universe, reference.contrastive(target), 5):
            found = explainer.is_contrastive_reason(reason, **asked)
            assert bool(found) == reference.is_contrastive(reason, target), reason
