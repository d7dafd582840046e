"""Forests: sufficient reasons (all kinds) are those of brute force."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.forest_strategies import each_forest


@each_forest(20, exclude=True)
def test_sufficient_reasons(case):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())


@each_forest(12, exclude=True)
def test_preferred_sufficient_reasons(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    weights = list(case.weights)

    def ask(n):
        return explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=n)

    check_some(ask, reference.preferred(weights))
    partition = parts(case)

    def ask_parts(n):
        method = Explainer.INCLUSION_PREFERRED
        return explainer.preferred_sufficient_reason(method=method, features_partition=partition, n=n)

    check_some(ask_parts, reference.inclusion_preferred(partition))


def parts(case):
    """A random partition of the features, the best part first."""
    rng = np.random.default_rng(case.seed)
    names = [unit.name for unit in case.domain.units]
    part = rng.integers(0, 3, size=len(names))
    partition = [[name for name, at in zip(names, part, strict=True) if at == i] for i in range(3)]
    return [names for names in partition if names]


@each_forest(12, exclude=True)
def test_sufficient_reasons_over_features(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    every = reference.sufficient_features()
    check_some_names(lambda n: explainer.sufficient_reason(n=n, over="features"), every)
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


@each_forest(12, exclude=True)
def test_a_stream_has_them_all(case):
    explainer, reference = pair(case)
    found = [tuple(reason) for reason in explainer.sufficient_reasons()]
    assert len(set(found)) == len(found)
    assert set(found) == set(reference.sufficient)


@pytest.mark.parametrize("over", ["literals", "features"])
def test_a_forest_that_tests_nothing_needs_no_reason(over):
    from suffice import Builder, Explainer

    trees = [Builder.DecisionTree(2, Builder.LeafNode(label)) for label in (1, 0, 1)]
    explainer = Explainer.initialize(Builder.RandomForest(trees, n_classes=2), [1.0, 2.0])
    for ask in (explainer.sufficient_reason, explainer.minimal_sufficient_reason):
        assert tuple(ask(over=over)) == ()
        assert [tuple(reason) for reason in ask(n=Explainer.ALL, over=over)] == [()]
    assert explainer.contrastive_reason(over=over) is None
    assert explainer.minimal_contrastive_reason(over=over, distance="l1") is None
    assert explainer.n_sufficient_reasons(over=over) == 1
