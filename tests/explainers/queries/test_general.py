"""The most general reason is the sufficient reason with the largest box, as all boxes of small models say."""

from __future__ import annotations

import itertools
import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases

NEAR = 1e-9


def factors(reference):
    """The factors of the domain: the conditions of each, its cells, and its columns."""
    if not reference.theory:
        return [(1 << i, [0, 1 << i], (c.column,)) for i, c in enumerate(reference.domain.conditions)]
    return [(unit.mask, list(unit.cells), unit.columns) for unit in reference.tested]


def weight(reference, literals, masses, log):
    """What the box of some literals weighs, cell by cell."""
    kept, total = reference.mask(literals), 0.0
    for (mask, cells, _), mass in zip(factors(reference), masses, strict=True):
        inside = [m for cell, m in zip(cells, mass, strict=True) if not (cell ^ reference.x_mask) & mask & kept]
        total += math.log(math.fsum(inside)) if log else math.fsum(inside)
    return total


def compare(explainer, reference, found, masses, log=False):
    every = reference.sufficient
    if not every:
        assert found is None
        return
    best = max(weight(reference, reason, masses, log) for reason in every)
    assert tuple(found) in every
    assert (found.kind, found.status) == ("most general", "optimal")
    assert weight(reference, found, masses, log) == pytest.approx(best, rel=1e-8, abs=1e-8)
    assert found.proof.cost == pytest.approx(best, rel=1e-8, abs=1e-8)
    assert found.proof.upper == found.proof.cost


def shares(reference, rows):
    """The share of rows in each cell of each factor; the instance counts as one more."""
    masks = [reference.domain.truth_mask(row) for row in rows] + [reference.x_mask]
    return [
        [sum((one & mask) == cell for one in masks) / len(masks) + NEAR for cell in cells]
        for mask, cells, _ in factors(reference)
    ]


def check(case):
    explainer, reference = pair(case)
    ones = [[1.0] * len(cells) for _, cells, _ in factors(reference)]
    compare(explainer, reference, explainer.most_general_reason(), ones)
    parts = factors(reference)
    own = [[float(np.mean([case.weights[c] for c in columns]))] * len(cells) for _, cells, columns in parts]
    compare(explainer, reference, explainer.most_general_reason(weight=case.weights), own)
    rows = [case.x] * 2 + [tuple(row) for row in sample(reference)]
    found = explainer.most_general_reason(weight="coverage", data=np.array(rows))
    compare(explainer, reference, found, shares(reference, rows), log=True)
    if found is not None:
        truths = [reference.domain.truth_mask(row) for row in rows]
        kept = reference.mask(found)
        assert found.proof.coverage == pytest.approx(np.mean([not (t ^ reference.x_mask) & kept for t in truths]))


def sample(reference):
    """Some rows of the domain."""
    rng = np.random.default_rng(reference.n)
    units = reference.domain.units
    for _ in range(6):
        row = [0.0] * len(reference.domain.names)
        for unit in units:
            for column, value in zip(unit.columns, unit.values[rng.integers(len(unit.values))], strict=True):
                row[column] = value
        yield row


@budget(120)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(60, exclude=True)
def test_forests(case):
    check(case)


DATA = load_breast_cancer(as_frame=True)


@pytest.mark.parametrize("make", [DecisionTreeClassifier, partial(GradientBoostingClassifier, n_estimators=20)])
@pytest.mark.parametrize("weight", ["cells", "volume", "coverage"])
def test_larger_models_are_proved_and_told(make, weight):
    model = make(max_depth=3, random_state=0).fit(DATA.data, DATA.target)
    explainer = Explainer.initialize(model, DATA.data.iloc[3], background=DATA.data)
    found = explainer.most_general_reason(weight=weight, time_limit=20)
    assert explainer.is_sufficient_reason(found)
    assert found.status == "optimal"
    assert 0 < found.proof.coverage < 1
    assert found.sentence.startswith(f"holds for {found.features[0]} and ")
    assert found.sentence.endswith(" % of the rows; proved largest")
    assert "proved largest" in found._repr_html_()


def test_what_is_stopped_is_a_reason_with_bounds():
    model = RandomForestClassifier(60, random_state=0).fit(DATA.data, DATA.target)
    explainer = Explainer.initialize(model, DATA.data.iloc[3])
    found = explainer.most_general_reason(time_limit=0.3)
    assert found.status == "best_so_far"
    assert found.stop == "time_limit"
    assert explainer.is_reason(found)
    assert found.proof.cost <= found.proof.upper
    assert "no box more than" in found.sentence


def test_regressors_and_batches():
    model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0).fit(DATA.data, DATA.target)
    explainer = Explainer.initialize(model, DATA.data.iloc[3])
    explainer.set_interval(-1.0, 0.5)
    assert explainer.is_sufficient_reason(explainer.most_general_reason())
    tree = Explainer.initialize(DecisionTreeClassifier(random_state=0).fit(DATA.data, DATA.target))
    answers = tree.batch(DATA.data[:5], "most_general_reason", n_jobs=1)
    for row, found in zip(DATA.data[:5].to_numpy(), answers, strict=True):
        tree.set_instance(row)
        assert tuple(found) == tuple(tree.most_general_reason())


def test_what_cannot_be_weighed_is_refused():
    tree = DecisionTreeClassifier(random_state=0).fit(DATA.data, DATA.target)
    explainer = Explainer.initialize(tree, DATA.data.iloc[3])
    with pytest.raises(BadInputError, match="expected 'cells', 'volume', 'coverage'"):
        explainer.most_general_reason(weight="size")
    with pytest.raises(BadInputError, match="counts rows: expected data="):
        explainer.most_general_reason(weight="coverage")
    with pytest.raises(BadInputError, match="has no ends: expected data="):
        explainer.most_general_reason(weight="volume")
    with pytest.raises(BadInputError, match="data has no rows"):
        explainer.most_general_reason(data=DATA.data[:0])
    explainer.deactivate_theory()
    with pytest.raises(BadInputError, match="the theory is off"):
        explainer.most_general_reason(weight="volume", data=DATA.data)
    assert explainer.most_general_reason().status == "optimal"


def test_a_missing_value_is_one_more_value_of_a_bit():
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1], [np.nan, 0], [np.nan, 1]])
    tree = DecisionTreeClassifier(random_state=0).fit(X, [0, 0, 1, 1, 1, 1])
    explainer = Explainer.initialize(tree, X[2], {"binary": ["f1", "f2"]}, missing=["f1"])
    found = explainer.most_general_reason(weight="volume", data=X)
    assert explainer.to_features(found) == ("f1 = 1 or missing",)
    assert found.proof.cost == pytest.approx(math.log(2 / 3))


def test_a_missing_category_is_one_value_more():
    """It counts as one, whether it has a cell of its own or shares one: by all boxes of all reasons."""
    values = (0.0, 1.0, 2.0, 3.0, np.nan), (0.0, 1.0, np.nan)
    rows = np.array(list(itertools.product(*values)))
    types = {"categorical": {"f1": values[0][:-1]}, "binary": ["f2"]}
    compared = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        model = DecisionTreeClassifier(max_leaf_nodes=5, random_state=seed)
        model.fit(np.repeat(rows, 3, axis=0), rng.integers(0, 2, size=3 * len(rows)))
        x = rows[rng.integers(len(rows))]
        explainer = Explainer.initialize(model, x, types, missing=["f1", "f2"])
        found = explainer.most_general_reason(weight="volume")
        conditions = explainer.vocabulary.conditions

        def share(reason, conditions=conditions):
            kept = np.ones(len(rows), dtype=bool)
            for literal in reason:
                condition = conditions[abs(literal) - 1]
                kept &= condition.true_at(rows[:, condition.feature]) == (literal > 0)
            return kept.mean()

        every = [share(reason) for reason in explainer.sufficient_reason(n=None)]
        assert share(found) == pytest.approx(max(every))
        compared += len(set(every)) > 1
    assert compared > 9
