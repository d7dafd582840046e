"""Recourse against every row of a small domain, for all options and their combinations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget

RULES = (  # a rule in words, the same as a function, numbers that it names
    ("if n rises then a rises", lambda o, n: not n["n"] > o["n"] or n["a"] > o["a"], ()),
    ("k = 1 or b falls", lambda o, n: n["k"] == 1 or n["b"] < o["b"], ()),
    ("if f changes and h* changes then n changes",
     lambda o, n: not (n["f"] != o["f"] and n["h*"] != o["h*"]) or n["n"] != o["n"], ()),
    ("a <= 1.25", lambda o, n: n["a"] <= 1.25, (1.25,)),
    ("not b > 2 or h* = q", lambda o, n: not n["b"] > 2 or n["h*"] == "q", (2.0,)),
    ("if h* = p then f stays and k stays",
     lambda o, n: n["h*"] != "p" or (n["f"] == o["f"] and n["k"] == o["k"]), ()),
)  # fmt: skip


def some(rng, items, share=0.3):
    return [item for item in items if rng.random() < share]


def drawn_question(rng, row):
    """A question, as the library takes it and as brute force does."""
    asked = {}
    coin = lambda share: rng.random() < share  # noqa: E731  # said once
    if coin(0.4):
        asked["immutable"] = some(rng, brute.FEATURES)
    if coin(0.4):
        ways = {f: str(rng.choice(["increasing", "decreasing"])) for f in some(rng, ("a", "b", "n", "f"))}
        asked["monotone"] = ways
    if coin(0.3):
        asked["ranges"] = {f: [(0.5, 2.0), (None, 1.5), (1.0, None)][rng.integers(3)] for f in some(rng, brute.NUMBERS)}
    if coin(0.4):
        asked["steps"] = {f: [0.5, 1.0, (1.0, 0.25), (2.0, 0.0)][rng.integers(4)] for f in some(rng, ("a", "b"))}
        if coin(0.5):
            asked["steps"]["n"] = [2.0, (2.0, 1.0)][rng.integers(2)]
    if coin(0.3):
        asked["moves"] = {f: kept for f, kept in (("k", [0, 2]), ("h*", ["q"])) if coin(0.5)}
    if coin(0.3):
        asked["at_most"] = int(rng.integers(0, 4))
    if coin(0.2):
        asked["together"] = [[("a", "n"), ("b", "f", "k"), ("h*", "n")][rng.integers(3)]]
    asked["cost"] = str(rng.choice(["l1", "l1", "l0", "l2", "percentile"]))
    if coin(0.3):
        asked["scale"] = str(rng.choice(["mad", "std"]))
    if coin(0.5):
        every = {"a": 3.0, "b": (2.0, 0.5), "n": 1.5, "f": 0.25, "k": {1: 4.0, (0, 2): 0.5}, "h*": {"p": 2.0}}
        asked["prices"] = {f: every[f] for f in some(rng, brute.FEATURES, 0.5)}
    if coin(0.4):
        asked["fixed"] = 0.75 if coin(0.5) else dict.fromkeys(some(rng, brute.FEATURES), 1.25)
    rules = some(rng, RULES, 0.15)
    said = {**asked, "rules": [text for text, _, _ in rules]}
    asked["checks"] = [check for _, check, _ in rules]
    asked["bounds"] = [bound for _, _, bounds in rules for bound in bounds]
    asked["bounds"] += [end for ends in asked.get("ranges", {}).values() for end in ends if end is not None]
    return said, asked


def labels_of(rng, rows, n_classes):
    weights = rng.normal(size=rows.shape[1])
    score = rows @ weights + rng.normal(0, 1, len(rows))
    return np.digitize(score, np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1]))


def fitted(kind, rng, rows):
    seed = int(rng.integers(1000))
    if kind == "tree":
        return DecisionTreeClassifier(max_depth=5, random_state=seed).fit(rows, labels_of(rng, rows, 3))
    if kind == "forest":
        return RandomForestClassifier(5, max_depth=4, random_state=seed).fit(rows, labels_of(rng, rows, 3))
    if kind == "boosted":
        return GradientBoostingClassifier(n_estimators=4, max_depth=3, random_state=seed).fit(
            rows, labels_of(rng, rows, 2)
        )
    return RandomForestRegressor(4, max_depth=4, random_state=seed).fit(rows, rows @ rng.normal(size=rows.shape[1]))


def check(found, least, row, asked, data, wanted):
    """Compare a result with the least cost by brute force, and its row with the question."""
    if math.isinf(least):
        assert found.status is Status.INFEASIBLE
        assert found.lower == math.inf
        assert not found
        return
    (plan,) = found
    assert plan.cost == pytest.approx(least, rel=1e-9, abs=1e-12)
    assert found.status is Status.OPTIMAL
    told = np.asarray(plan.row, dtype=float)
    old, new = brute.features(row), brute.features(told)
    assert wanted(told[None])[0]
    assert brute.is_allowed(old, new, asked)
    assert brute.cost_of(old, new, asked, data) == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert {step.feature for step in plan.steps} == {f for f in brute.FEATURES if old[f] != new[f]}


@pytest.mark.parametrize("kind", ["tree", "forest", "boosted", "value"])
@budget(12)
@given(seed=st.integers(0, 10**6))
def test_the_cheapest_plan(kind, seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted(kind, rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    now = model.predict(row[None])[0]
    if kind == "value":
        span = np.quantile(model.predict(data), [0.1, 0.5, 0.9])
        said["target"] = [(span[2], None), (None, span[0]), (span[0], span[1])][rng.integers(3)]
        low, high = said["target"]
        wanted = lambda rows: (  # noqa: E731  # as said
            (model.predict(rows) >= (-np.inf if low is None else low))
            & (model.predict(rows) <= (np.inf if high is None else high))
        )
    elif rng.random() < 0.5:
        said["target"] = rng.choice(model.classes_)
        wanted = lambda rows: model.predict(rows) == said["target"]  # noqa: E731  # as said
    else:
        wanted = lambda rows: model.predict(rows) != now  # noqa: E731  # as said
    explainer = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES)
    least = brute.cheapest(row, asked, wanted, data)
    check(explainer.recourse(data=data, **said), least, row, asked, data, wanted)


@budget(12)
@given(seed=st.integers(0, 10**6))
def test_two_numbers_in_order(seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted("boosted", rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    rule, check_of = [
        ("a <= b", lambda _, n: n["a"] <= n["b"]),
        ("a >= n", lambda _, n: n["a"] >= n["n"]),
    ][rng.integers(2)]
    asked = {"checks": [check_of], "bounds": [0.0, 3.0, row[1], row[2]], "fixed": float(rng.choice([0.0, 0.4]))}
    now = model.predict(row[None])[0]
    least = brute.cheapest(row, asked, lambda rows: model.predict(rows) != now, data)
    found = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES).recourse(rules=[rule], fixed=asked["fixed"])
    assert found.cost == pytest.approx(least, rel=1e-6, abs=1e-6)


def test_numbers_that_a_model_lists_go_by_steps():
    rows = np.array([[a, b] for a in range(6) for b in range(4)], dtype=float)
    model = LogisticRegression().fit(rows, rows @ [1.0, 1.0] > 4)
    explainer = Explainer.initialize(model, [1.0, 1.0], {"integer": {"f1": (0, 5), "f2": (0, 3)}}, background=rows)
    for asked in ({"f1": 2.0}, {"f1": (3.0, 0.0)}, {"f1": 2.0, "f2": (2.0, 0.0)}):
        steps = [asked.get(name, 1.0) for name in ("f1", "f2")]
        allowed = model.predict(rows)
        for column, step in enumerate(steps):
            size, anchor = step if isinstance(step, tuple) else (step, 1.0)
            allowed = allowed & ((np.mod(rows[:, column] - anchor, size) == 0) | (rows[:, column] == 1.0))
        best = np.abs(rows[allowed] - 1.0).sum(axis=1).min()
        plan = explainer.recourse(steps=asked)
        nearest = explainer.recourse(steps=asked, data=rows).nearest_row()
        assert plan.cost == nearest.cost == best
