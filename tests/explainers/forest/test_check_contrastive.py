"""Forests: whether given literals are a contrastive reason."""

from __future__ import annotations

from tests.brute.compare import pair
from tests.brute.domain import Declared
from tests.brute.forest_cases import ForestCase
from tests.brute.forest_strategies import each_forest
from tests.brute.forests import Forest, Values
from tests.brute.trees import Condition, Split
from tests.explainers.given_reasons import some_sets


@each_forest(12, exclude=True)
def test_is_contrastive_reason(case):
    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = case.asked(target)
        for reason in some_sets(case, reference.universe, reference.contrastive(target), 5):
            found = explainer.is_contrastive_reason(reason, **asked)
            assert bool(found) == reference.is_contrastive(reason, target), reason


def test_literals_that_fall_with_two_together():
    """Where f1 is missing it is no longer at most 1.5 either, which follows from neither of the two that matter."""
    zero, beyond, one = (Condition(0, op, at, True) for op, at in (("==", 0.0), (">", 1.5), ("==", 1.0)))
    no, low, yes = Values((0.9, 0.1)), Values((0.6, 0.4)), Values((0.1, 0.9))
    beside = Split(beyond, Split(Condition(0, "<=", 1.0, False), no, low), low)
    forest = Forest((Split(zero, no, Split(one, no, yes)), beside), "soft")
    case = ForestCase(forest, ("f1",), (0, 1), (1.25,), Declared(missing=frozenset({0})))
    explainer, reference = pair(case)
    reasons = list(explainer.contrastive_reasons())
    assert {tuple(reason) for reason in reasons} == set(reference.contrastive())
    assert max(map(len, reasons)) == 2
    checks = [explainer.is_contrastive_reason(reason) for reason in reasons]
    assert all(checks)
    assert {check.certificate().check()[0] for check in checks} == {"accepted"}
