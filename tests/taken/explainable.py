"""interpret's models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.taken.case import Case, Refused

RNG = np.random.default_rng(5)
ROWS = pd.DataFrame({
    "age": RNG.integers(18, 40, 80).astype(float), "job": RNG.choice(["cook", "clerk"], 80),
    "rate": RNG.random(80).round(2),
})  # fmt: skip
ROWS.loc[70:, "age"] = np.nan
SCORE = ROWS["age"].fillna(0) + 5 * (ROWS["job"] == "cook")
TWO, THREE = np.where(SCORE > 28, "yes", "no"), np.digitize(SCORE, [25, 33])
SMALL: dict[str, Any] = {"outer_bags": 1, "max_rounds": 12, "n_jobs": 1, "max_bins": 8, "max_interaction_bins": 4}


def fitted(name: str, y: Any, **how: Any) -> Callable[[], tuple[Any, Any]]:
    """What makes a model."""

    def make() -> tuple[Any, Any]:
        from interpret import glassbox

        return getattr(glassbox, name)(**SMALL | how).fit(ROWS, y), ROWS

    return make


CASES = [
    Case(
        "interpret", "ExplainableBoostingClassifier, two classes",
        fitted("ExplainableBoostingClassifier", TWO, interactions=0),
        note="missing values and unknown categories have bins of their own",
    ),
    Case("interpret", "the same, several classes", fitted("ExplainableBoostingClassifier", THREE, interactions=0)),
    Case("interpret", "the same, with interactions", fitted("ExplainableBoostingClassifier", TWO, interactions=2)),
    Case(
        "interpret", "ExplainableBoostingRegressor", fitted("ExplainableBoostingRegressor", SCORE, interactions=1),
        note="links identity and log",
    ),
]  # fmt: skip


def with_a_link() -> tuple[Any, Any]:
    model = fitted("ExplainableBoostingRegressor", SCORE, interactions=0)()[0]
    model.link_ = "vlogit"
    return model, ROWS


REFUSED = [
    Refused(
        "interpret", "regressors with other links", with_a_link, match="link", why="their predictions are not known"
    ),
]
