"""Forests: the checks of given reasons, and their witnesses."""

from __future__ import annotations

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.tree.test_checks import some_sets


@each_forest(12, exclude=True)
def test_implicants_and_their_witnesses(case):
    explainer, reference = pair(case)
    for reason in some_sets(case, reference.universe, reference.sufficient, 5):
        for check in (explainer.is_implicant, explainer.is_reason):
            found = check(reason)
            assert bool(found) == reference.holds(reason), reason
            if not found and case.theory:
                case.check_row(found.witness, reason)
            elif not found:
                assert found.witness is None


@each_forest(12, exclude=True)
def test_is_sufficient_reason(case):
    explainer, reference = pair(case)
    for reason in some_sets(case, reference.universe, reference.sufficient, 5):
        if any(map(reference.is_idle, reason)):
            continue
        found = explainer.is_sufficient_reason(reason)
        assert bool(found) == reference.is_sufficient(reason), reason
        if case.theory and not reference.holds(reason) and not case.excluded:
            case.check_row(found.witness, reason)


@each_forest(12, exclude=True)
def test_is_sufficient_reason_over_features(case):
    explainer, reference = pair(case)
    names = [unit.name for unit in reference.tested]
    every = [tuple(sorted(reason)) for reason in reference.sufficient_features()]
    for reason in some_sets(case, names, every, 4):
        found = explainer.is_sufficient_reason(reason, over="features")
        assert bool(found) == reference.is_sufficient_features(reason), reason
        if case.theory and not reference.features.holds(reference.names_mask(reason)) and not case.excluded:
            case.check_row(found.witness, reason)
