"""Decision trees of some dozens of leaves against multiplying out."""

from __future__ import annotations

from hypothesis import assume, given

from tests.brute.berge import Berge
from tests.brute.compare import numbered_alike, plain
from tests.brute.reference import by_size
from tests.brute.strategies import budget, scikit_learn


@budget(40)
@given(scikit_learn(large=True))
def test_larger_trees(case):
    from suffice import Explainer

    berge = Berge(case.domain, case.x, theory=case.theory)
    closed = berge.sufficient()
    assume(closed is not None)
    sufficient = by_size(map(berge.written, closed))
    explainer = case.explainer()
    numbered_alike(case, explainer)
    assert explainer.n_sufficient_reasons() == len(sufficient)
    assert dict(explainer.n_sufficient_reasons_per_literal()) == berge.per_literal(sufficient)
    assert plain(explainer.sufficient_reason(n=Explainer.ALL)) == sufficient
    fewest = tuple(reason for reason in sufficient if len(reason) == len(sufficient[0]))
    assert plain(explainer.minimal_sufficient_reason(n=Explainer.ALL)) == fewest
    assert tuple(explainer.minimal_sufficient_reason()) in fewest
    assert tuple(explainer.sufficient_reason()) in sufficient
    contrastive = by_size(map(berge.written_contrastive, berge.contrastive))
    assert plain(explainer.contrastive_reason(n=Explainer.ALL)) == contrastive
    column = [condition.column for condition in case.domain.conditions]
    costs = [sum(case.weights[column[abs(literal) - 1]] for literal in reason) for reason in sufficient]
    best = tuple(reason for cost, reason in zip(costs, sufficient, strict=True) if cost == min(costs))
    weights = list(case.weights)
    found = explainer.prefered_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=Explainer.ALL)
    assert plain(found) == best
