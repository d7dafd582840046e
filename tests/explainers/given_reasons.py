"""The checks of given reasons against brute force, for trees and forests alike."""

from __future__ import annotations

import numpy as np

from tests.brute.compare import pair


def some_sets(case, universe, reasons, how_many):
    """Random subsets of the universe, the reasons, and sets near them."""
    rng = np.random.default_rng(case.seed)
    found = [(), tuple(universe), *list(reasons)[:4]]
    for _ in range(how_many):
        found.append(tuple(item for item in universe if rng.random() < rng.random()))
    for reason in list(reasons)[:3]:
        for item in reason:
            found.append(tuple(other for other in reason if other != item))
        outside = [item for item in universe if item not in reason]
        if outside:
            found.append((*reason, outside[rng.integers(len(outside))]))
    return found


def check_implicants(case):
    explainer, reference = pair(case)
    for reason in some_sets(case, reference.universe, reference.sufficient, 5):
        for check in (explainer.is_implicant, explainer.is_reason):
            found = check(reason)
            assert bool(found) == reference.holds(reason), reason
            if not found and case.theory:
                case.check_row(found.witness, reason)
            elif not found:
                assert found.witness is None


def check_sufficient(case):
    explainer, reference = pair(case)
    for reason in some_sets(case, reference.universe, reference.sufficient, 5):
        if any(map(reference.is_idle, reason)):
            continue
        found = explainer.is_sufficient_reason(reason)
        assert bool(found) == reference.is_sufficient(reason), reason
        if case.theory and not reference.holds(reason) and not case.excluded:
            case.check_row(found.witness, reason)


def check_sufficient_features(case):
    explainer, reference = pair(case)
    names = [unit.name for unit in reference.tested]
    every = [tuple(sorted(reason)) for reason in reference.sufficient_features()]
    for reason in some_sets(case, names, every, 4):
        found = explainer.is_sufficient_reason(reason, over="features")
        assert bool(found) == reference.is_sufficient_features(reason), reason
        if case.theory and not reference.features.holds(reference.names_mask(reason)) and not case.excluded:
            case.check_row(found.witness, reason)
