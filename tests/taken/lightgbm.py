"""LightGBM's models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from suffice import Output

from tests.taken.case import BAND, Case, Refused
from tests.taken.known import NUMBERS, ROWS, THREE, Y

lightgbm = pytest.importorskip("lightgbm")

SMALL: dict[str, Any] = {"n_estimators": 4, "num_leaves": 4, "min_child_samples": 3, "verbose": -1, "n_jobs": 1}
HOLES = np.where(ROWS == 3.0, np.nan, ROWS)


def squares(truth, margins):
    """Return gradients and second derivatives of half the squared error."""
    return margins - truth, np.ones_like(margins)


def several(truth, margins):
    """Return the same for a sum a class."""
    return margins - np.eye(margins.shape[1])[truth.astype(int)], np.ones_like(margins)


def classifier(y=Y, rows=ROWS, **more):
    """Return what makes a small classifier."""
    return lambda: (lightgbm.LGBMClassifier(**{**SMALL, **more}).fit(rows, y), rows)


def regressor(**more):
    """Return what makes a small regressor."""
    return lambda: (lightgbm.LGBMRegressor(**{**SMALL, **more}).fit(ROWS, NUMBERS), ROWS)


def booster():
    """Return a small Booster and rows."""
    return lightgbm.LGBMClassifier(**SMALL).fit(ROWS, Y).booster_, ROWS


def one_margin():
    """Return one sum of a model with a custom objective, and rows."""
    model = lightgbm.LGBMClassifier(**SMALL, objective=several).fit(ROWS, THREE)
    return Output(model, "y2"), ROWS


CASES = [
    Case("lightgbm", "LGBMClassifier, two classes", classifier(rows=HOLES),
        arguments=(("missing", True),), note="missing values and categories too"),
    Case("lightgbm", "the same, several classes", classifier(THREE)),
    Case("lightgbm", "LGBMRegressor, LGBMRanker; all objectives of numbers", regressor(objective="poisson")),
    Case("lightgbm", "Booster and its model texts", booster),
    Case(
        "lightgbm", "one class against the rest, objective=\"multiclassova\"",
        classifier(THREE, objective="multiclassova"), BAND,
        note="probabilities that rounding makes equal are left open",
    ),
    Case("lightgbm", "two classes by an objective of numbers", classifier(objective="cross_entropy")),
    Case(
        "lightgbm", "custom objectives", classifier(objective=squares),
        note="predict gives the margin, a number, and this is explained",
    ),
    Case(
        "lightgbm", "custom objectives of several classes", one_margin, note="one margin: suffice.Output(model, \"y2\")"
    ),
]  # fmt: skip

REFUSED = [
    Refused(
        "lightgbm", "linear_tree=True", regressor(linear_tree=True), match="linear_tree=False",
        why="leaves are linear in numbers, so that no finite set of cases decides",
    ),
    Refused(
        "lightgbm", "pred_early_stop=True", classifier(pred_early_stop=True), match="pred_early_stop",
        why="which trees count depends on the row",
    ),
]  # fmt: skip
