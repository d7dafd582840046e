"""Forests: the checks of given reasons, and their witnesses."""

from __future__ import annotations

from tests.brute.forest_strategies import each_forest
from tests.explainers.given_reasons import check_implicants, check_sufficient, check_sufficient_features


@each_forest(12, exclude=True)
def test_implicants_and_their_witnesses(case):
    check_implicants(case)


@each_forest(12, exclude=True)
def test_is_sufficient_reason(case):
    check_sufficient(case)


@each_forest(12, exclude=True)
def test_is_sufficient_reason_over_features(case):
    check_sufficient_features(case)
