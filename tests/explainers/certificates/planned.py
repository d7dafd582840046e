"""Certificates of plans with all that can be wanted of them, each by its seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from suffice import Explainer

from tests.explainers.recourse.wishes import KINDS, NAMES, WHOLE, Wish
from tests.explainers.verify.cases import make

FAMILIES = ("forest", "histogram", "xgboost", "boosted")


def bearing(seed: int) -> Any:
    """Return a plan that holds in a box around it."""
    rng = np.random.default_rng([seed, 2])
    kinds = [kind for kind in ("score", "also", "plausible", "support", "order") if rng.random() < 0.15]
    wish = Wish(seed, ["one score", *kinds] if rng.random() < 0.4 else kinds)
    whole = rng.random() < 0.6
    slack = {name: float(rng.choice([0.0, 1.0, 2.0] if whole else [0.0, 0.3, 0.9])) for name in NAMES}
    explainer = Explainer(wish.model, wish.row, WHOLE if whole else None, feature_names=list(NAMES))
    return explainer.recourse(**wish.asked, slack=slack)


def plans(seed: int) -> Iterator[Any]:
    """Answers of ``recourse`` about the case of a seed."""
    rng = np.random.default_rng([seed, 1])
    if seed % 4 == 3:
        yield bearing(seed)
        return
    if seed % 3:
        kinds = [kind for kind in KINDS if rng.random() < 0.2] + ["one score"] * (seed % 5 == 0)
        wish = Wish(seed, sorted(kinds, key="one score".__ne__))
        yield Explainer(wish.model, wish.row, WHOLE, feature_names=list(NAMES)).recourse(**wish.asked)
        return
    family = str(rng.choice(FAMILIES))
    case = make(family, seed, missing=family in FAMILIES[1:3] and bool(rng.integers(2)))
    explainer = Explainer.initialize(case.model, case.rows[rng.integers(len(case.rows))], **case.options)
    asked: dict[str, Any] = {"target": rng.choice(case.model.classes_)} if rng.random() < 0.7 else {}
    other = make(family, seed + 1, classes=len(case.model.classes_))
    for name, value in (
        ("margin", 0.07), ("score", (0.1, None)), ("leaf_change", 0.02), ("also", [other.model]),
        ("rules", ["f1 <= f2"]), ("linear", [({"f1": 2, "f2": 0.3}, (None, 5.1))]), ("at_most", 1),
    ):  # fmt: skip
        if rng.random() < 0.3 and (name != "score" or "target" in asked):
            asked[name] = value
    if "linear" in asked:
        asked |= {"steps": {"f2": 0.25}, "ranges": {"f2": (-1, 2)}}
    yield explainer.recourse(**asked)
