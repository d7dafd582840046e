"""Decision trees: the checks of given reasons, and their witnesses."""

from __future__ import annotations

from hypothesis import given

from tests.brute.cases import Case
from tests.brute.compare import pair
from tests.brute.domain import Declared
from tests.brute.strategies import budget, cases
from tests.brute.trees import Condition, Leaf, Split
from tests.explainers.given_reasons import check_implicants, check_sufficient, check_sufficient_features, some_sets


@budget(60)
@given(cases(exclude=True))
def test_implicants_and_their_witnesses(case):
    check_implicants(case)


@budget(60)
@given(cases(exclude=True))
def test_is_sufficient_reason(case):
    check_sufficient(case)


@budget(60)
@given(cases(exclude=True))
def test_is_sufficient_reason_over_features(case):
    check_sufficient_features(case)


@budget(80)
@given(cases(exclude=True))
def test_is_contrastive_reason(case):
    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = {} if target is None else {"target": case.classes[target]}
        for reason in some_sets(case, reference.universe, reference.contrastive(target), 5):
            found = explainer.is_contrastive_reason(reason, **asked)
            assert bool(found) == reference.is_contrastive(reason, target), reason


def test_literals_that_fall_with_two_together():
    """Where f1 is missing it is no longer at most 1.5 either, which follows from neither of the two that matter."""
    zero, beyond, one = (Condition(0, op, at, True) for op, at in (("==", 0.0), (">", 1.5), ("==", 1.0)))
    rest = Split(Condition(0, "<=", 1.0, False), Split(beyond, Leaf(0), Leaf(0)), Leaf(0))
    tree = Split(zero, rest, Split(one, Leaf(0), Leaf(1)))
    explainer, reference = pair(Case(tree, ("f1",), (0, 1), (1.25,), Declared(missing=frozenset({0}))))
    reasons = list(explainer.contrastive_reasons())
    assert {tuple(reason) for reason in reasons} == set(reference.contrastive())
    assert max(map(len, reasons)) == 2
    assert all(explainer.is_contrastive_reason(reason) for reason in reasons)
