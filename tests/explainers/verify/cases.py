"""Small models of every family over domains that are looked at whole."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.tree import DecisionTreeClassifier

SEEN = np.array([-1.0, 0.0, 0.5, 2.25])
ENDS = np.array([-0.6, -0.5, 0.25, 1.375, 3.0])  # of conditions, and of models
_EDGES = np.concatenate([SEEN, ENDS])
NUMBERS = np.unique(np.concatenate([_EDGES, _EDGES - 1e-3, _EDGES + 1e-3, [-10.0, 10.0]]))  # some of every cell
CLASSIFIERS = ("tree", "forest", "boosted", "histogram", "xgboost", "voting")
REGRESSORS = ("forest-value", "histogram-value", "xgboost-value")


@dataclass
class Case:
    """A model, all rows of its domain, and what it says of them."""

    model: Any
    options: dict[str, Any]
    rows: np.ndarray
    said: np.ndarray
    values: tuple[np.ndarray, ...]


def make(family: str, seed: int, *, missing: bool = False, classes: int | None = None) -> Case:
    """A model of a family over four small columns: numbers, numbers, a bit, a category."""
    rng = np.random.default_rng(seed)
    values = [np.arange(5.0), SEEN, np.arange(2.0), np.arange(3.0)]
    if missing:
        values[1] = np.append(values[1], np.nan)
    X = np.column_stack([rng.choice(v, 60) for v in values])
    values[1] = np.append(NUMBERS, np.nan) if missing else NUMBERS
    n = int(rng.integers(2, 4)) if classes is None else classes
    score = np.nan_to_num(X, nan=1.0) @ rng.normal(size=4) + rng.normal(size=60)
    if family in REGRESSORS:
        y = score.round(1)
    else:
        labels = np.array(["low", "mid", "high"])[:n] if family != "xgboost" else np.arange(n)
        y = labels[np.digitize(score, np.quantile(score, np.arange(1, n) / n))]
    model = _unfitted(family, seed).fit(X, y)
    types = {"integer": {"f1": (0, 4)}, "binary": ["f3"], "categorical": {"f4": [0, 1, 2]}}
    rows = np.array(list(itertools.product(*values)))
    options = {"features_type": types, "background": X} if missing else {"features_type": types}
    return Case(model, options, rows, np.asarray(model.predict(rows)), tuple(values))


def _unfitted(family: str, seed: int) -> Any:
    few = {"random_state": seed, "max_depth": 3}
    if family.startswith("xgboost"):
        import xgboost

        kind = xgboost.XGBRegressor if family.endswith("value") else xgboost.XGBClassifier
        return kind(n_estimators=4, max_depth=3, random_state=seed, n_jobs=1)
    made = {
        "tree": lambda: DecisionTreeClassifier(**few),
        "forest": lambda: RandomForestClassifier(5, **few),
        "boosted": lambda: GradientBoostingClassifier(n_estimators=3, **few),
        "histogram": lambda: HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=4, **few),
        "voting": lambda: VotingClassifier(
            [("one", RandomForestClassifier(3, **few)), ("two", GradientBoostingClassifier(n_estimators=2, **few))],
            voting="soft",
        ),
        "forest-value": lambda: RandomForestRegressor(5, **few),
        "histogram-value": lambda: HistGradientBoostingRegressor(max_iter=4, min_samples_leaf=4, **few),
    }
    return made[family]()


def some_conditions(rng: np.random.Generator, case: Case) -> tuple[Any, np.ndarray]:
    """Conditions on some columns, and which rows meet them; they cut where no model does."""
    given: dict[str, Any] = {}
    met = np.ones(len(case.rows), np.bool_)
    for i, name in enumerate(("f1", "f2", "f3", "f4")):
        column = case.rows[:, i]
        kind = rng.integers(4)
        if kind == 0 and i < 2:
            low, high = sorted(rng.choice(ENDS, 2).tolist())
            given[name] = (low, high)
            met &= (column >= low) & (column <= high)
        elif kind == 1 and i != 1:
            own = rng.choice(case.values[i], size=rng.integers(1, len(case.values[i])), replace=False)
            given[name] = [float(v) for v in own]
            met &= np.isin(column, own)
        elif kind == 2 and i == 1 and np.isnan(case.values[1]).any():
            given[name] = None
            met &= np.isnan(column)
    return given, met


def meets(given: dict[str, Any], row: Any) -> bool:
    """Whether a told row meets conditions."""
    for name, wanted in given.items():
        value = row[name]
        if wanted is None:
            met = bool(np.isnan(value))
        elif isinstance(wanted, tuple):
            met = wanted[0] <= value <= wanted[1]
        else:
            met = value in wanted
        if not met:
            return False
    return True
