"""Decision trees: other solvers give the same answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.strategies import budget, cases

SAT = ("minisat22", "glucose4", "cadical153", "cadical195")


@budget(20)
@given(cases(exclude=True), st.sampled_from(SAT))
def test_enumeration_by_sat(case, solver):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.sufficient_reason(n=n, solver=solver), reference.sufficient)
    check_some_names(
        lambda n: explainer.sufficient_reason(n=n, solver=solver, over="features"), reference.sufficient_features()
    )
    check_some(lambda n: explainer.contrastive_reason(n=n, solver=solver), reference.contrastive())
    for target in case.targets(reference.label):
        label = case.classes[target]

        def ask(n, label=label):
            return explainer.contrastive_reason(n=n, solver=solver, target=label)

        check_some(ask, reference.contrastive(target))


@pytest.mark.parametrize("solver", ["rc2"])
@budget(20)
@given(case=cases(exclude=True))
def test_cheapest_by_hitting_sets(solver, case):
    from suffice import Explainer

    explainer, reference = pair(case)
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n, solver=solver), reference.minimal_sufficient())

    def ask(n):
        weights = list(case.weights)
        return explainer.prefered_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=n, solver=solver)

    check_some(ask, reference.preferred(case.weights))
