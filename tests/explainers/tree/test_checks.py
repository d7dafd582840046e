"""Decision trees: the checks of given reasons, and their witnesses."""

from __future__ import annotations

from hypothesis import given

from tests.brute.compare import pair
from tests.brute.strategies import budget, cases
from tests.explainers.given_reasons import check_implicants, check_sufficient, check_sufficient_features, some_sets


@budget(60)
@given(cases(exclude=True))
def test_implicants_and_their_witnesses(case):
    check_implicants(case)


@budget(60)
@given(cases(exclude=True))
def test_is_sufficient_reason(case):
    check_sufficient(case)


@budget(60)
@given(cases(exclude=True))
def test_is_sufficient_reason_over_features(case):
    check_sufficient_features(case)


@budget(80)
@given(cases(exclude=True))
def test_is_contrastive_reason(case):
    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = {} if target is None else {"target": case.classes[target]}
        for reason in some_sets(case, reference.universe, reference.contrastive(target), 5):
            found = explainer.is_contrastive_reason(reason, **asked)
            assert bool(found) == reference.is_contrastive(reason, target), reason
