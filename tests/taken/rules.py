"""Models of imodels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.taken.case import BAND, Case, Refused

RNG = np.random.default_rng(7)
ROWS = RNG.normal(size=(60, 3)).round(1)
SCORE = ROWS[:, 0] + np.abs(ROWS[:, 1])
TWO = np.where(SCORE > 0.8, "yes", "no")


def fitted(name: str, y: Any, **how: Any) -> Callable[[], tuple[Any, Any]]:
    """What makes a model."""

    def make() -> tuple[Any, Any]:
        import imodels

        return getattr(imodels, name)(**how).fit(ROWS, y), ROWS

    return make


CASES = [
    Case(
        "imodels", "FIGSClassifier", fitted("FIGSClassifier", TWO, max_rules=4), BAND,
        note="of one or two trees bit for bit",
    ),
    Case("imodels", "FIGSRegressor", fitted("FIGSRegressor", SCORE, max_rules=4), BAND, note="as before"),
    Case(
        "imodels", "GreedyRuleListClassifier, OneRClassifier", fitted("GreedyRuleListClassifier", TWO, max_depth=3)
    ),
    Case(
        "imodels", "GreedyTreeClassifier", fitted("GreedyTreeClassifier", TWO, max_depth=3),
        note="a tree of scikit-learn",
    ),
    Case("imodels", "BoostedRulesClassifier", fitted("BoostedRulesClassifier", TWO), note="AdaBoost of scikit-learn"),
]  # fmt: skip
REFUSED = [
    Refused(
        "imodels", "RuleFit, SkopeRules, BayesianRuleList", fitted("RuleFitRegressor", SCORE, max_rules=3), "as texts",
        "rules are texts that another library evaluates",
    ),
]  # fmt: skip
