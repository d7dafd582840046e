"""Forests: majoritary reasons (all kinds) are those of brute force."""

from __future__ import annotations

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.forest.test_sufficient import parts
from tests.explainers.given_reasons import some_sets

asked = {"kinds": ("hand", "classifier"), "exclude": True, "clauses": False}


@each_forest(20, **asked)
def test_majoritary_reasons(case):
    explainer, reference = pair(case)
    majority = reference.majority()
    check_some(lambda n: explainer.majoritary_reason(n=n), majority.sufficient)
    check_some(lambda n: explainer.minimal_majoritary_reason(n=n), majority.minimal_sufficient())
    found = explainer.majoritary_reason(n_iterations=1 + case.seed % 3, seed=case.seed % 1000)
    assert tuple(found) in majority.sufficient if majority.sufficient else found is None


@each_forest(12, **asked)
def test_preferred_majoritary_reasons(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    majority, weights, partition = reference.majority(), list(case.weights), parts(case)

    def ask(n):
        return explainer.preferred_majoritary_reason(method=Explainer.WEIGHTS, weights=weights, n=n)

    def ask_parts(n):
        method = Explainer.INCLUSION_PREFERRED
        return explainer.preferred_majoritary_reason(method=method, features_partition=partition, n=n)

    check_some(ask, majority.preferred(weights))
    check_some(ask_parts, majority.inclusion_preferred(partition))


@each_forest(12, **asked)
def test_majoritary_reasons_over_features(case):
    explainer, reference = pair(case)
    every = reference.majority().sufficient_features()
    fewest = {reason for reason in every if len(reason) == min(map(len, every))}
    check_some_names(lambda n: explainer.majoritary_reason(n=n, over="features"), every)
    check_some_names(lambda n: explainer.minimal_majoritary_reason(n=n, over="features"), fewest)


@each_forest(12, **asked)
def test_is_majoritary_reason(case):
    explainer, reference = pair(case)
    majority = reference.majority()
    for reason in some_sets(case, reference.universe, majority.sufficient, 5):
        if not any(map(reference.is_idle, reason)):
            assert bool(explainer.is_majoritary_reason(reason)) == majority.is_sufficient(reason), reason
    names = [unit.name for unit in reference.tested]
    every = [tuple(sorted(reason)) for reason in majority.sufficient_features()]
    for reason in some_sets(case, names, every, 4):
        found = explainer.is_majoritary_reason(reason, over="features")
        assert bool(found) == majority.is_sufficient_features(reason), reason


@each_forest(20, kinds=("hand", "classifier"), clauses=False)
def test_with_hard_votes_majoritary_reasons_are_implicants(case):
    from suffice import Explainer

    explainer, _ = pair(case)
    for reason in explainer.majoritary_reason(n=Explainer.ALL):
        assert explainer.is_majoritary_reason(reason, n_samples=50)
        assert case.tree.voting != "hard" or explainer.is_implicant(reason)
