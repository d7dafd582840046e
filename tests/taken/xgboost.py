"""XGBoost's models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from suffice import Output

from tests.taken.case import Case, Refused
from tests.taken.known import BOTH, NUMBERS, ROWS, Y

xgboost = pytest.importorskip("xgboost")

SMALL: dict[str, Any] = {"n_estimators": 4, "max_depth": 2, "n_jobs": 1}
VECTORS: dict[str, Any] = {"multi_strategy": "multi_output_tree", "tree_method": "hist"}
TWO = (Y == "yes").astype(int)
HOLES = np.where(ROWS == 3.0, np.nan, ROWS)
FILLED = np.where(ROWS == 3.0, -999.0, ROWS)


def classifier(y=TWO, rows=ROWS, **more):
    """Return what makes a small classifier."""
    return lambda: (xgboost.XGBClassifier(**{**SMALL, **more}).fit(rows, y), rows)


def regressor(**more):
    """Return what makes a small regressor."""
    return lambda: (xgboost.XGBRegressor(**{**SMALL, **more}).fit(ROWS, NUMBERS), ROWS)


def output_of(**more):
    """Return what makes one output of a regressor of two."""
    targets = np.column_stack([NUMBERS, ROWS[:, 2]])
    return lambda: (Output(xgboost.XGBRegressor(**{**SMALL, **more}).fit(ROWS, targets), "y2"), ROWS)


def booster():
    """Return a small Booster and rows."""
    return xgboost.XGBClassifier(**SMALL).fit(ROWS, TWO).get_booster(), ROWS


CASES = [
    Case(
        "xgboost", "XGBClassifier, XGBRFClassifier, two classes", classifier(rows=HOLES),
        arguments=(("missing", True),), note="missing values and categories too",
    ),
    Case("xgboost", "the same, several classes", classifier(np.digitize(ROWS[:, 0] + ROWS[:, 1], [4, 7]))),
    Case("xgboost", "XGBRegressor, XGBRFRegressor, XGBRanker", regressor(objective="count:poisson")),
    Case("xgboost", "Booster and its files (json, ubj)", booster),
    Case("xgboost", "booster=\"dart\" with dropout", classifier(booster="dart", rate_drop=0.5)),
    Case(
        "xgboost", "missing=-999, missing=0", classifier(rows=FILLED, missing=-999),
        note="this number goes where missing values go, its neighbours do not",
    ),
    Case(
        "xgboost", "sparse rows", classifier(rows=csr_matrix(ROWS)), arguments=(("missing", True),),
        note="entries left out are missing",
    ),
    Case("xgboost", "several targets, several quantiles", output_of(), note="one: suffice.Output(model, \"y2\")"),
    Case("xgboost", "the same, multi_strategy=\"multi_output_tree\"", output_of(**VECTORS)),
    Case("xgboost", "several labels at once", classifier(BOTH)),
]  # fmt: skip

REFUSED = [
    Refused(
        "xgboost", "booster=\"gblinear\"", classifier(booster="gblinear"), match="expected trees",
        why="it is no model of trees",
    ),
    Refused(
        "xgboost", "two classes by objective=\"multi:softprob\"",
        classifier(objective="multi:softprob", num_class=2), match="predict gives a matrix",
        why="its predict gives no class",
    ),
    Refused(
        "xgboost", "several targets, as a whole",
        lambda: (xgboost.XGBRegressor(**SMALL).fit(ROWS, ROWS[:, :2]), ROWS), match="suffice.Output",
        why="a question is about one number: suffice.Output(model, \"y1\")",
    ),
]  # fmt: skip
