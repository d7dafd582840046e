"""Forests: majoritary reasons (all kinds) are those of brute force."""

from __future__ import annotations

import pytest

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


def majorities(reference):
    """Yield what may be asked for: how many trees are to be forced."""
    n = reference.majority().n_trees
    return sorted({n // 2 + 1, (n + n // 2 + 1) // 2, n})


@each_forest(20, **asked)
def test_k_majoritary_reasons(case):
    explainer, reference = pair(case)
    for k in majorities(reference):
        majority = reference.majority(k)
        check_some(lambda n, k=k: explainer.majoritary_reason(n=n, k=k), majority.sufficient)
        check_some(lambda n, k=k: explainer.minimal_majoritary_reason(n=n, k=k), majority.minimal_sufficient())


@each_forest(12, **asked)
def test_k_majoritary_reasons_by_weight_and_over_features(case):
    explainer, reference = pair(case)
    weights = list(case.weights)
    for k in majorities(reference):
        majority = reference.majority(k)
        check_some(
            lambda n, k=k: explainer.preferred_majoritary_reason(method="weights", weights=weights, n=n, k=k),
            majority.preferred(weights),
        )
        every = majority.sufficient_features()
        fewest = {reason for reason in every if len(reason) == min(map(len, every))}
        check_some_names(lambda n, k=k: explainer.majoritary_reason(n=n, over="features", k=k), every)
        check_some_names(lambda n, k=k: explainer.minimal_majoritary_reason(n=n, over="features", k=k), fewest)


@each_forest(12, **asked)
def test_is_k_majoritary_reason(case):
    explainer, reference = pair(case)
    for k in majorities(reference):
        majority = reference.majority(k)
        for reason in some_sets(case, reference.universe, majority.sufficient, 4):
            if not any(map(reference.is_idle, reason)):
                assert bool(explainer.is_majoritary_reason(reason, k=k)) == majority.is_sufficient(reason), (k, reason)


def stumps():
    """Return a forest of five trees, of which four vote for class 1 at (1, 1, 1, 0)."""
    from suffice import Builder

    trees = [Builder.DecisionTree(4, Builder.DecisionNode(f, left=0, right=1)) for f in (1, 1, 2, 3, 4)]
    return Builder.RandomForest(trees, n_classes=2, voting="hard")


def test_more_trees_take_more_conditions():
    from suffice import Explainer

    explainer = Explainer.initialize(stumps(), (1, 1, 1, 0))
    assert explainer.minimal_majoritary_reason() == explainer.minimal_majoritary_reason(k=3)
    assert len(explainer.minimal_majoritary_reason(k=3)) == 2
    found = explainer.minimal_majoritary_reason(k=4)
    assert len(found) == 3
    assert found.proof.kind == "minimal 4-majoritary"
    assert explainer.minimal_majoritary_reason(k=5) is None
    told = explainer.is_majoritary_reason(found, k=3)
    assert not told
    assert "it forces 3 of the trees, but still does" in told.why
    assert [len(reason) for reason in explainer.batch([(1, 1, 1, 0)] * 2, "majoritary_reason", k=4)] == [3, 3]


@pytest.mark.parametrize("k", [0, 2, 6, -1, 3.0, "3", True])
def test_k_is_between_a_majority_and_all_trees(k):
    from suffice import BadInputError, Explainer

    explainer = Explainer.initialize(stumps(), (1, 1, 1, 0))
    for ask in (explainer.majoritary_reason, explainer.minimal_majoritary_reason):
        with pytest.raises(BadInputError, match=r"from 3 .* to 5"):
            ask(k=k)
    with pytest.raises(BadInputError, match=r"from 3 .* to 5"):
        explainer.is_majoritary_reason([1], k=k)
