"""Small models of every family, their queries with the arguments that these need, and answers as plain values."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Check, Explainer, Reason, Reasons
from suffice.engine.reasons import ReasonStream
from suffice.explainers.runs.shapes import as_json

FAMILIES = ("tree", "forest", "boosted", "regressor", "labels")
LIMIT = 120.0  # seconds; never reached

NEEDED = {
    "preferred_sufficient_reason": {"method": "weights", "weights": [3.0, 1.0, 2.0, 1.0]},
    "prefered_sufficient_reason": {"method": "minimal"},
    "preferred_majoritary_reason": {"method": "minimal"},
    "prefered_majoritary_reason": {"method": "minimal"},
    "is_reason": {"reason": ["f1", "f3"], "over": "features"},
    "is_sufficient_reason": {"reason": ["f1", "f2", "f3", "f4"], "over": "features"},
    "is_contrastive_reason": {"reason": ["f1", "f2"], "over": "features"},
    "is_majoritary_reason": {"reason": ["f1", "f2", "f3"], "over": "features"},
    "is_tree_specific_reason": {"reason": ["f1", "f2", "f3"], "over": "features"},
    "precision": {"reason": ["f1"], "over": "features", "distribution": "uniform"},
    "probable_reason": {"distribution": "uniform"},
    "minimal_probable_reason": {"distribution": "uniform", "over": "features"},
    "probable_majoritary_reason": {"distribution": "uniform"},
    "group_reason": {"rows": [[0.1, 0.2, 0.3, 1.0], [0.2, 0.1, 0.4, 2.0]]},
    "restricted_reason": {"radius": 0.5},
    "minimal_restricted_reason": {"radius": 0.5, "norm": "l1", "over": "features"},
    "restricted_contrastive_reason": {"radius": 1.5},
    "minimal_restricted_contrastive_reason": {"radius": 2.5, "norm": "l1"},
    "reach": {"reason": ["f1"], "over": "features"},
    "is_implicant": {"reason": ["f1 > 0"]},
    "is_implicant_BT": {"reason": ["f1 > 0"]},
}


def data():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(120, 3)).round(2), rng.integers(0, 3, 120)])
    return X, (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)


@cache
def model_of(family):
    X, y = data()
    if family == "tree":
        return DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    if family == "forest":
        return RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, y)
    if family == "boosted":
        return GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0).fit(X, y)
    if family == "regressor":
        return RandomForestRegressor(3, max_depth=3, random_state=0).fit(X, y + X[:, 0])
    return DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, np.column_stack([y, X[:, 1] > 0]))


def made(family, instance=None, **more):
    explainer = Explainer.initialize(model_of(family), instance, **more)
    if family == "regressor":
        explainer.set_interval(0.2, np.inf)  # some rows are outside
    return explainer


def asked(explainer, row, query, **options):
    """Ask about one row as a loop over rows would; what is raised is the answer."""
    try:
        explainer.set_instance(row)
        found = getattr(explainer, query)(**options)
        return found.take(None) if isinstance(found, ReasonStream) else found
    except Exception as error:
        return error


def told(value):
    """Return an answer as plain values that can be compared."""
    if isinstance(value, Reason):
        witness = None if value.witness is None else np.asarray(value.witness).tolist()
        parts = {name: sorted(map(str, part)) for name, part in getattr(value, "by_label", {}).items()}
        return tuple(value), str(value.status), value.features, value.own_values, witness, parts
    if isinstance(value, Reasons):  # streams come in any order
        return sorted((told(one) for one in value), key=repr), str(value.status)
    if isinstance(value, Check):
        return value.value, value.why, None if value.witness is None else np.asarray(value.witness).tolist()
    if isinstance(value, Exception):
        return type(value).__name__, str(value)
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    return as_json(value)
