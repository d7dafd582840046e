"""Decision trees: sufficient reasons (all kinds) are those of brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.strategies import budget, cases


@budget(100)
@given(cases(exclude=True))
def test_sufficient_reasons(case):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)


@budget(60)
@given(cases(exclude=True))
def test_minimal_sufficient_reasons(case):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())


@budget(60)
@given(cases(exclude=True))
def test_preferred_by_weights(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    weights = list(case.weights)

    def ask(n):
        return explainer.prefered_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=n)

    check_some(ask, reference.preferred(weights))


@budget(60)
@given(cases(exclude=True))
def test_preferred_by_a_partition(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    rng = np.random.default_rng(case.seed)
    names = [unit.name for unit in case.domain.units]
    part = rng.integers(0, 3, size=len(names))
    partition = [[name for name, at in zip(names, part, strict=True) if at == i] for i in range(3)]
    partition = [names for names in partition if names]

    def ask(n):
        method = Explainer.INCLUSION_PREFERRED
        return explainer.prefered_sufficient_reason(method=method, features_partition=partition, n=n)

    check_some(ask, reference.inclusion_preferred(partition))


@budget(60)
@given(cases(exclude=True))
def test_sufficient_reasons_over_features(case):
    explainer, reference = pair(case)
    check_some_names(
        lambda n: explainer.sufficient_reason(n=n, over="features"),
        reference.sufficient_features(),
    )


@budget(60)
@given(cases(exclude=True))
def test_cheapest_sufficient_reasons_over_features(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    every = reference.sufficient_features()
    fewest = {reason for reason in every if len(reason) == min(map(len, every))}
    check_some_names(lambda n: explainer.minimal_sufficient_reason(n=n, over="features"), fewest)
    if any(unit.columns[1:] for unit in case.domain.units):
        return
    cost = {reason: sum(case.weights[case.names.index(name)] for name in reason) for reason in every}
    best = {reason for reason in every if cost[reason] == min(cost.values())}

    def ask(n):
        weights = list(case.weights)
        return explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=n, over="features")

    check_some_names(ask, best)


@budget(60)
@given(cases(exclude=True))
def test_a_stream_has_them_all(case):
    explainer, reference = pair(case)
    found = [tuple(reason) for reason in explainer.sufficient_reasons()]
    assert len(set(found)) == len(found)
    assert set(found) == set(reference.sufficient)
