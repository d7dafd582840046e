"""Forests of some dozens of literals against multiplying out what all rows of another class demand."""

from __future__ import annotations

from hypothesis import assume

from tests.brute.berge import RowsBerge
from tests.brute.compare import numbered_alike, plain
from tests.brute.forest_strategies import each_forest
from tests.brute.reference import by_size


@each_forest(8, large=True)
def test_larger_forests(case):
    from suffice import Explainer

    reference = case.reference()
    berge = RowsBerge(reference)
    closed = berge.sufficient()
    assume(closed is not None)
    sufficient = by_size(map(berge.written, closed))
    explainer = case.explainer()
    numbered_alike(case, explainer)
    assert tuple(explainer.sufficient_reason()) in sufficient
    assert len(explainer.minimal_sufficient_reason()) == len(sufficient[0])
    assert explainer.n_sufficient_reasons() == len(sufficient)
    assert dict(explainer.n_sufficient_reasons_per_literal()) == berge.per_literal(sufficient)
    assert plain(explainer.sufficient_reason(n=Explainer.ALL)) == sufficient
    contrastive = by_size(map(berge.written_contrastive, berge.contrastive))
    assert plain(explainer.contrastive_reason(n=Explainer.ALL)) == contrastive
    column = [condition.column for condition in case.domain.conditions]
    costs = [sum(case.weights[column[abs(literal) - 1]] for literal in reason) for reason in sufficient]
    best = tuple(reason for cost, reason in zip(costs, sufficient, strict=True) if cost == min(costs))
    weights = list(case.weights)
    found = explainer.preferred_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=Explainer.ALL)
    assert plain(found) == best


@each_forest(6, large=True)
def test_larger_forests_over_features(case):
    reference = case.reference()
    berge = RowsBerge(reference, features=True)
    closed = berge.sufficient()
    assume(closed is not None)
    expected = {reference.names(reason) for reason in closed}
    explainer = case.explainer()
    assert {frozenset(reason) for reason in explainer.sufficient_reason(n=None, over="features")} == expected
    one = explainer.minimal_sufficient_reason(over="features")
    assert len(one) == min(map(len, expected))
    changed = {reference.names(reason) for reason in berge.contrastive}
    assert {frozenset(reason) for reason in explainer.contrastive_reason(n=None, over="features")} == changed


@each_forest(6, large=True)
def test_targets_of_larger_forests(case):
    explainer, reference = case.explainer(), case.reference()
    for target in case.targets(reference.label):
        berge = RowsBerge(reference, target)
        expected = by_size(map(berge.written_contrastive, berge.contrastive))
        asked = case.asked(target)
        assert plain(explainer.contrastive_reason(n=None, **asked)) == expected
        one = explainer.minimal_contrastive_reason(**asked)
        assert one is None if not expected else len(one) == len(expected[0])
