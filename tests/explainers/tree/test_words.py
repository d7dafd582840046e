"""Decision trees: what is said in words is true of the same values as the literals."""

from __future__ import annotations

from hypothesis import given

from tests.brute.compare import pair
from tests.brute.strategies import budget, cases
from tests.brute.words import about, is_true


def same_values(case, words, literals):
    """Assert that words and literals (signed, of any truth) allow the same values of each feature."""
    words = [(about(word, case.domain), word) for word in words]
    for unit in case.domain.units:
        mine = [literal for literal in literals if abs(literal) in unit.numbers]
        said = [word for one, word in words if one is unit]
        for cell, values in unit.cells.items():
            expected = all((cell >> (abs(literal) - 1) & 1) == (literal > 0) for literal in mine)
            for value in values:
                found = all(is_true(word, unit, value, case.domain) for word in said)
                assert found == expected, f"{said} at {value}: {mine} is {expected}"


@budget(80)
@given(cases(theory=True))
def test_reasons_in_words(case):
    from suffice import Explainer

    explainer, _ = pair(case)
    for reason in explainer.sufficient_reason(n=Explainer.ALL):
        same_values(case, explainer.to_features(reason), reason)
        same_values(case, reason.features, reason)
        same_values(case, explainer.to_features(reason, without_intervals=True), reason)
        same_values(case, explainer.to_features(reason, eliminate_redundant_features=False), reason)
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        same_values(case, reason.features, [-literal for literal in reason])
    for literal in explainer.binary_representation:
        same_values(case, explainer.to_features((literal,)), (literal,))
        same_values(case, explainer.to_features((-literal,)), (-literal,))
