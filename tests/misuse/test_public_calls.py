"""Random calls of everything public, with usual and odd arguments: only our own errors, no crash, no hang.

Seeded and short; ``SUFFICE_EXAMPLES=5000`` makes so many calls of each subject.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, SurrogateExplainer

from tests.misuse.odd_values import CALLS, Faults, look_at, odd, random_call, told, watched

AGAIN = 25  # calls between which an explainer is made anew
LEFT_OUT = {"draw_label_graph", "draw_reason"}  # slow


def data():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=80), rng.integers(0, 2, 80), rng.integers(0, 5, 80)])
    return X, (X[:, 0] + X[:, 1] > 0.3).astype(int)


def made(family):
    X, y = data()
    several = np.column_stack([y, X[:, 2] > 2])
    if family == "surrogate":
        return SurrogateExplainer(lambda rows: (rows[:, 0] > 0).astype(int), X, X[0], minimum_held_out=5)
    model = {
        "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
        "clauses": DecisionTreeClassifier(max_depth=3, random_state=0),
        "forest": RandomForestClassifier(4, max_depth=3, random_state=0),
        "votes": RandomForestClassifier(4, max_depth=3, random_state=0),
        "boosted": GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0),
        "regressor": RandomForestRegressor(4, max_depth=3, random_state=0),
        "labels": DecisionTreeClassifier(max_depth=3, random_state=0),
    }[family]
    model.fit(X, several if family == "labels" else y)
    explainer = Explainer.initialize(
        model, X[0], theory=[(1, -1)] if family == "clauses" else "auto", voting="hard" if family == "votes" else "soft"
    )
    if family == "regressor":
        explainer.set_interval(explainer.target_prediction - 0.4, explainer.target_prediction + 0.4)
    return explainer


def usual_of(explainer, rng):
    """Return what makes usual values of arguments, by their names."""
    X, _ = data()
    here = getattr(explainer, "explainer", explainer)

    def literals():
        known = here.binary_representation
        return tuple(int(v) for v in rng.choice(known, rng.integers(min(4, len(known) + 1)), replace=False))

    def names():
        return list(rng.choice(["f1", "f2", "f3"], rng.integers(3), replace=False))

    def pick(*values):
        return lambda: values[rng.integers(len(values))]

    labels = list(getattr(here, "label_names", ("a",)))
    return {
        "time_limit": pick(0.2, 0.5, 1e-9), "n": pick(1, 2, None), "over": pick("literals", "features"),
        "reason": lambda: literals() if rng.random() < 0.7 else names(), "given": literals,
        "solver": pick(None, "rc2", "glucose4", "highs", "native"), "target": pick(0, 1, (0.0, 0.2), {labels[0]: 1}),
        "immutable": names, "monotone": pick({"f1": "increasing"}, None), "distance": pick("l1", None),
        "weights": pick([1, 2, 3], {"f1": 1, "f2": 2, "f3": 1}, None), "method": pick("minimal", "weights", "shapley"),
        "features_partition": pick([["f1"], ["f2", "f3"]]), "features_name": names, "excluded_features": names,
        "labels": pick(labels, labels[:1], None), "label": pick(labels[0], 0, 1), "other": pick(labels[-1], 0),
        "flip": pick(labels[:1], None), "others": pick("free", "kept"), "mode": pick("exact", "joined"),
        "instance": lambda: X[rng.integers(len(X))], "partial": pick({"f1": 1.0}, [None, 1, None]),
        "features_type": pick({"binary": ["f2"]}, {"integer": ["f3"]}, None), "prediction": pick(0, 1, None),
        "rows": lambda: X[:3], "conditions": lambda: list(literals()), "literal": pick(1, -1), "feature": pick(0, 1),
        "n_iterations": pick(1, 5), "seed": pick(0, 1), "theta": pick(0.0, 0.1), "lower": pick(0.0), "upper": pick(1.0),
        "weight": pick("cells", "volume", "coverage", [1, 2, 3]),
        "reference_instances": pick({0: X[:2], 1: X[2:5]}, None), "n_anchors": pick(0, 1, 2),
        "type_references": pick("normal", "one_side"), "check": pick(True, False),
        "names": pick(labels), "ranges": pick({"f1": (-9, 9)}, None), "interval": pick((0.0, 2.0), None),
        "avoid": pick(None, 0, 1),
        "score": pick(None, (0.1, None)), "margin": pick(0.0, 0.1),
        "steps": pick({"f1": 1}, None), "moves": pick(None, {}), "missing": pick(None, {"f1": 1.0}),
        "at_most": pick(1, 2, None), "together": pick((), [("f1", "f2")]),
        "rules": pick((), ["if f1 rises then f2 falls"], "f1 <= f2"),
        "cost": pick("l1", "l0", "l2"), "scale": pick(None, "mad"), "prices": pick(None, {"f1": 2.0}),
        "fixed": pick(0.0, {"f1": 1.0}), "within_data": pick(True, False), "support": pick(0, 2),
        "plausible": pick(()), "also": pick(()), "leaf_change": pick(0.0, 0.01), "slack": pick(None, {"f1": 0.5}),
        "radius": pick(0.5, 2, 0), "norm": pick("linf", "l1", "l0"),
        "delta": pick(0.9, 1), "distribution": pick("data", "uniform", "rows"), "kind": pick("ffa", "shapley"),
        "shap": pick(None, [0.1, 0.0, -1.0]),
        "differ": pick(1, 2), "rounded": pick(True, False),
    }  # fmt: skip


FAMILIES = ("tree", "clauses", "forest", "votes", "boosted", "regressor", "labels", "surrogate")


@pytest.mark.parametrize("family", FAMILIES)
def test_queries(family):
    rng, faults = np.random.default_rng(FAMILIES.index(family)), Faults()
    for number in range(CALLS):
        if number % AGAIN == 0:
            explainer = made(family)
            usual = usual_of(explainer, rng)
            queries = [n for n in dir(type(explainer)) if not n.startswith("_") and n not in LEFT_OUT]
            queries += [n for n in dir(getattr(explainer, "explainer", None)) if n.endswith(("reason", "literals"))]
            queries = sorted(
                n for n in set(queries) if n[0] != "_" and not isinstance(getattr(type(explainer), n, None), type)
            )
        name = queries[rng.integers(len(queries))]
        method: Any = None
        with watched(f"{family}.{name}", faults):
            method = getattr(explainer, name)
        if not callable(method):
            continue
        arguments, named = random_call(rng, method, usual)
        with watched(told(f"{family}.{name}", arguments, named), faults):
            look_at(method(*arguments, **named))
    assert not faults, str(faults)


def test_reasons_are_looked_at_in_every_way():
    rng, faults = np.random.default_rng(99), Faults()
    for family in FAMILIES:
        explainer = made(family)
        for _ in range(max(3, CALLS // 20)):
            items = [odd(rng) for _ in range(rng.integers(4))]
            for name in ("is_reason", "is_implicant", "is_sufficient_reason", "is_contrastive_reason", "to_features"):
                with watched(told(f"{family}.{name}", [items], {}), faults):
                    look_at(getattr(explainer, name)(items))
    assert not faults, str(faults)


def test_an_instance_of_every_kind():
    rng, faults = np.random.default_rng(5), Faults()
    for family in FAMILIES[:-1]:
        explainer = made(family)
        for _ in range(max(10, CALLS // 3)):
            row = [odd(rng) if rng.random() < 0.3 else float(rng.integers(3)) for _ in range(rng.integers(2, 5))]
            for given in (row, tuple(row), dict(zip(("f1", "f2", "f3"), row, strict=False)), pd.Series(row), [row]):
                for name in ("predict", "set_instance"):
                    with watched(told(f"{family}.{name}", [given], {}), faults):
                        look_at(getattr(explainer, name)(given))
                        repr(explainer.instance)
    assert not faults, str(faults)
