"""Decision trees: necessary, relevant and counts are those of brute force."""

from __future__ import annotations

from hypothesis import given

from tests.brute.compare import pair
from tests.brute.strategies import budget, cases


@budget(60)
@given(cases(exclude=True))
def test_necessary_and_relevant_literals(case):
    explainer, reference = pair(case)
    assert tuple(explainer.necessary_literals() or ()) == reference.necessary()
    assert tuple(explainer.relevant_literals() or ()) == reference.relevant()


@budget(60)
@given(cases(exclude=True))
def test_necessary_and_relevant_features(case):
    explainer, reference = pair(case)
    assert set(explainer.necessary_features() or ()) == reference.necessary_features()
    assert set(explainer.relevant_features() or ()) == reference.relevant_features()


@budget(80)
@given(cases(exclude=True))
def test_counts(case):
    explainer, reference = pair(case)
    assert explainer.n_sufficient_reasons() == len(reference.sufficient)
    assert dict(explainer.n_sufficient_reasons_per_literal()) == reference.per_literal()
    found = explainer.n_sufficient_reasons_per_feature()
    assert {name: count for name, count in found.items() if count} == reference.per_feature()


@budget(60)
@given(cases(exclude=True))
def test_counts_over_features(case):
    explainer, reference = pair(case)
    every = reference.sufficient_features()
    assert explainer.n_sufficient_reasons(over="features") == len(every)
    found = explainer.n_sufficient_reasons_per_feature(over="features")
    expected = {name: sum(name in reason for reason in every) for name in reference.relevant_features()}
    assert {name: count for name, count in found.items() if count} == expected
