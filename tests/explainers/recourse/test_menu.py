"""Several plans that differ; what is plausible by data; plans that further models bear; all against brute force."""

import itertools
import math

import numpy as np
import pytest
import suffice
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, Status

from tests.brute.strategies import budget

GRID = np.array(list(itertools.product(range(4), repeat=3)), dtype=float)
WHOLE = {"integer": ["a", "b", "c"]}


def drawn(seed, n_classes=2):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 4, (50, 3)).astype(float)
    labels = np.digitize(rows @ rng.normal(size=3) + rng.normal(0, 0.7, 50), [0.0] if n_classes == 2 else [-1.0, 1.0])
    labels[: 2 * n_classes] = [*range(n_classes), *range(n_classes)]  # folds need two of each
    return rng, rows, labels


def forest(rows, labels, seed, n=5):
    return RandomForestClassifier(n, max_depth=4, random_state=seed).fit(rows, labels)


def explainer_of(model, row):
    return Explainer(model, row, WHOLE, feature_names=["a", "b", "c"])


def best_of(row, good):
    """The least sum of changes of the good rows of the grid, and all that have it."""
    costs = np.abs(GRID - row).sum(axis=1)
    costs[~good] = math.inf
    return costs


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_plans_that_differ(seed):
    rng, rows, labels = drawn(seed)
    model, row = forest(rows, labels, seed), rows[0]
    good = model.predict(GRID) != model.predict(row[None])[0]
    differ = int(rng.integers(1, 3))
    found = explainer_of(model, row).recourse(ranges=dict.fromkeys("abc", (0, 3)), n=4, differ=differ)
    costs = best_of(row, good)
    for plan in found:
        assert plan.cost == costs.min()
        assert plan.status is Status.OPTIMAL
        moved = row != GRID
        levers = moved[(np.asarray(plan.row) == GRID).all(axis=1)][0]
        costs[(moved & levers).sum(axis=1) > max(0, levers.sum() - differ)] = math.inf
    assert len(found) == 4 or costs.min() == math.inf


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_plans_that_several_models_bear(seed):
    rng, rows, labels = drawn(seed, 3)
    models = [forest(rows, labels, seed), forest(rows, labels, seed + 1)]
    models.append(DecisionTreeClassifier(max_depth=4, random_state=0).fit(rows[:30], labels[:30]))
    row = rows[0]
    now = models[0].predict(row[None])[0]
    target = None if rng.random() < 0.5 else int(rng.integers(3))
    good = np.ones(len(GRID), np.bool_)
    for model in models:
        said = model.predict(GRID)
        good &= said != now if target is None else said == target
    found = explainer_of(models[0], row).recourse(also=models[1:], ranges=dict.fromkeys("abc", (0, 3)), target=target)
    least = best_of(row, good).min()
    assert found.cost == least
    assert found.status is (Status.INFEASIBLE if least == math.inf else Status.OPTIMAL)


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_plausible_plans(seed):
    rng, rows, labels = drawn(seed)
    model, row = forest(rows, labels, seed), rows[0]
    good = model.predict(GRID) != model.predict(row[None])[0]
    asked = {}
    if rng.random() < 0.7:
        watch = IsolationForest(n_estimators=10, max_samples=20, contamination=0.3, random_state=seed % 97).fit(rows)
        asked["plausible"] = watch
        good &= watch.predict(GRID) == 1
    if rng.random() < 0.5:
        least = int(rng.integers(1, 12))
        asked |= {"support": least, "data": rows}
        leaves, known = model.apply(GRID), model.apply(rows)
        good &= ((leaves[:, None, :] == known[None]).sum(axis=1) >= least).all(axis=1)
    if rng.random() < 0.5:
        some = rows[:10]
        asked |= {"within_data": True, "data": some} if "support" not in asked else {"within_data": True}
        box = asked["data"]
        inside = (box.min(axis=0) <= GRID) & (box.max(axis=0) >= GRID)
        good &= (inside | (row == GRID)).all(axis=1)
    found = explainer_of(model, row).recourse(ranges=dict.fromkeys("abc", (0, 3)), **asked)
    least = best_of(row, good).min()
    assert found.cost == least
    assert found.status is (Status.INFEASIBLE if least == math.inf else Status.OPTIMAL)


@budget(10)
@given(seed=st.integers(0, 10**6))
def test_models_of_models_and_of_labels(seed):
    rng, rows, labels = drawn(seed)
    row = rows[0]
    made = CalibratedClassifierCV(DecisionTreeClassifier(max_depth=3, random_state=seed % 91), cv=2).fit(rows, labels)
    good = made.predict(GRID) != made.predict(row[None])[0]
    found = explainer_of(made, row).recourse(ranges=dict.fromkeys("abc", (0, 3)))
    least = best_of(row, good).min()
    assert found.cost >= least  # where rounding decides, nothing is claimed
    assert found.cost == least or found.status is not Status.BEST_SO_FAR
    if found:
        assert good[(np.asarray(found[0].row) == GRID).all(axis=1)][0]
    both = np.column_stack([labels, rng.permutation(labels)])
    several = RandomForestClassifier(4, max_depth=4, random_state=seed % 89).fit(rows, both)
    wanted = rng.integers(0, 2, 2)
    good = (several.predict(GRID) == wanted).all(axis=1)
    found = explainer_of(several, row).recourse(target=wanted.tolist(), ranges=dict.fromkeys("abc", (0, 3)))
    assert found.cost == best_of(row, good).min()


@budget(16)
@given(seed=st.integers(0, 10**6))
def test_margins_and_scores(seed):
    rng, rows, labels = drawn(seed, 3)
    model, row = forest(rows, labels, seed), rows[0]
    target = int(rng.integers(3))
    shares = model.predict_proba(GRID)
    others = np.delete(shares, target, axis=1).max(axis=1)
    margin = float(rng.choice([0.05, 0.2, 0.413]))
    good = shares[:, target] - others >= margin
    asked = {"target": target, "ranges": dict.fromkeys("abc", (0, 3))}
    assert explainer_of(model, row).recourse(margin=margin, **asked).cost == best_of(row, good).min()
    good = (shares[:, target] >= 0.513) & (model.predict(GRID) == target)
    assert explainer_of(model, row).recourse(score=(0.513, None), **asked).cost == best_of(row, good).min()
    good = shares[:, target] - others >= 2 * 0.05
    assert explainer_of(model, row).recourse(leaf_change=0.05, **asked).cost == best_of(row, good).min()


def test_the_short_way_and_what_is_wrong():
    _, rows, labels = drawn(3)
    model = forest(rows, labels, 3)
    found = suffice.recourse(model, rows[0], data=rows, scale="mad", feature_names=["a", "b", "c"])
    assert found.status is Status.OPTIMAL
    assert "optimal" in repr(found)
    assert list(found.to_frame()["feature"]) == [step.feature for step in found[0].steps]
    assert "<div" in found._repr_html_()
    again = suffice.recourse(explainer_of(model, rows[0]), rows[1])
    assert again.status is Status.OPTIMAL
    for wrong in ({"cost": "l3"}, {"scale": "mad"}, {"rules": ["a flies"]}, {"steps": {"a": -1}}, {"at_most": -1},
                  {"support": 2}, {"within_data": True}, {"plausible": model}, {"also": [3]}, {"margin": -1},
                  {"prices": {"a": -1}}, {"moves": {"a": [1]}}, {"target": 7}, {"differ": 0}):  # fmt: skip
        with pytest.raises((BadInputError, suffice.UnsupportedModelError)):
            explainer_of(model, rows[0]).recourse(**wrong)


@budget(10)
@given(seed=st.integers(0, 10**6))
def test_the_fewest_constraints_to_leave_out(seed):
    _, rows, labels = drawn(seed)
    model, row = forest(rows, labels, seed), rows[0]
    good = model.predict(GRID) != model.predict(row[None])[0]
    limits = {
        "immutable: a": GRID[:, 0] == row[0],
        "ranges: b": (GRID[:, 1] == row[1]) | (GRID[:, 1] <= 1),
        "at_most: 1": (row != GRID).sum(axis=1) <= 1,
        "rule: c rises or b falls": (GRID[:, 2] > row[2]) | (GRID[:, 1] < row[1]),
    }
    found = explainer_of(model, row).recourse(
        immutable=["a"], ranges={"b": (0, 1), "a": (0, 3), "c": (0, 3)}, at_most=1, rules=["c rises or b falls"]
    )

    def least(without):
        kept = [ok for name, ok in limits.items() if name not in without]
        return best_of(row, good & np.all(kept, axis=0) if kept else good).min()

    assert found.cost == least(())
    saved = {name: found.cost - least((name,)) for name in limits if least((name,)) < found.cost}
    assert {name: value for name, value in found.binding().items() if name in limits} == saved
    names = found.relaxed()
    if names is None:
        assert all(least(c) >= found.cost for n in range(4) for c in itertools.combinations(limits, n))
    else:
        assert found.without(*names).cost < found.cost
        fewer = itertools.combinations(limits, len(names) - 1)
        assert not any(least(c) < found.cost for c in fewer)


def test_an_empty_group_is_refused():
    _, rows, labels = drawn(0)
    with pytest.raises(BadInputError, match="a group is empty"):
        explainer_of(forest(rows, labels, 0), rows[0]).recourse(together=[("a", "b"), ()])
