"""Boxes of a given reason, and around another row, are those of all boxes of small models."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Builder, Explainer, UndecidedError

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases
from tests.explainers.queries.test_general import factors, sample, shares, weight
from tests.explainers.words.test_how_far import tie


def inside(reference, literals):
    """The cells of each factor that some literals leave."""
    kept = reference.mask(literals)
    return [
        {cell for cell in cells if not (cell ^ reference.x_mask) & mask & kept} for mask, cells, _ in factors(reference)
    ]


def around(reference, literals):
    """The sufficient reasons whose boxes hold the box of some literals."""
    inner = inside(reference, literals)
    return [
        one
        for one in reference.sufficient
        if all(mine >= its for mine, its in zip(inside(reference, one), inner, strict=True))
    ]


def on_features(reference, names):
    """The sufficient reasons over literals that leave all features but some free."""
    free = [
        i
        for i, (mask, _, _) in enumerate(factors(reference))
        if not any(reference.mask([v]) & mask for v in reference.universe if reference_name(reference, v) in names)
    ]
    everything = [set(cells) for _, cells, _ in factors(reference)]
    return [one for one in reference.sufficient if all(inside(reference, one)[i] == everything[i] for i in free)]


def reference_name(reference, literal):
    """The feature that a literal speaks of."""
    bit = 1 << (abs(literal) - 1)
    return next(unit.name for unit in reference.tested if unit.mask & bit)


def best(reference, reasons, masses, log=False):
    return max(weight(reference, one, masses, log) for one in reasons)


def check(case):
    explainer, reference = pair(case)
    ones = [[1.0] * len(cells) for _, cells, _ in factors(reference)]
    rows = [case.x] * 2 + [tuple(row) for row in sample(reference)]
    masses = shares(reference, rows)
    data = np.array(rows)
    if reference.theory:  # each factor is a feature
        for reason in list(explainer.sufficient_reason(n=4, over="features")):
            every = on_features(reference, set(reason))
            found = explainer.most_general_reason(reason=reason)
            assert tuple(found) in every
            assert found.status == "optimal"
            assert found.proof.cost == pytest.approx(best(reference, every, ones))
            assert tuple(explainer.most_general_reason(reason=list(reason))) in every
            told = explainer.most_general_reason(reason=reason, weight="coverage", data=data)
            assert told.proof.cost == pytest.approx(best(reference, every, masses, log=True), rel=1e-8, abs=1e-8)
    direct = explainer.direct_reason() or ()
    given_ones = [*list(explainer.sufficient_reason(n=3)), *([direct] if direct else [])]
    for reason in given_ones:
        every = around(reference, reason)
        found = explainer.most_general_reason(reason=reason)
        assert tuple(found) in every
        assert found.status == "optimal"
        assert found.proof.cost == found.proof.upper == pytest.approx(best(reference, every, ones))
        told = explainer.most_general_reason(reason=reason, weight="coverage", data=data)
        most = best(reference, every, masses, log=True)
        assert tuple(told) in every
        assert told.proof.cost <= most + 1e-8 <= told.proof.upper + 2e-8
        assert told.status != "optimal" or told.proof.cost == pytest.approx(most, rel=1e-8, abs=1e-8)
        if reason is not direct:  # no side of a sufficient reason can move
            assert tuple(found) == tuple(told) == tuple(reason)
            assert told.status == "optimal"


@budget(80)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(50, exclude=True)
def test_forests(case):
    check(case)


@each_forest(30, kinds=("hand", "classifier"), clauses=False)
def test_around_another_row_it_is_what_is_told_of_that_row(case):
    explainer, reference = pair(case)
    for row in sample(reference):
        found = explainer.most_general_reason(row=row)
        explainer_there, _ = pair(case)
        explainer_there.set_instance(row)
        there = explainer_there.most_general_reason()
        assert tuple(found) == tuple(there)
        assert found.proof.cost == there.proof.cost
    assert explainer.most_general_reason() is not None  # its own instance is still in its place


CREDIT = load_breast_cancer(as_frame=True)


def test_a_changed_row_stays_in_its_class():
    model = RandomForestClassifier(8, max_depth=3, random_state=0).fit(CREDIT.data, CREDIT.target)
    explainer = Explainer.initialize(model, CREDIT.data.iloc[0], background=CREDIT.data)
    changed = explainer.minimal_contrastive_reason().witness
    box = explainer.most_general_reason(row=changed, time_limit=20)
    assert explainer.is_implicant(box, prediction=1 - int(explainer.target_prediction))
    assert not explainer.is_implicant(box)
    assert explainer.most_general_reason(row=changed, reason=box, time_limit=20) == box


def test_what_is_no_reason_is_refused():
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=Builder.DecisionNode(2, left=0, right=1)))
    explainer = Explainer.initialize(tree, (1, 1))
    with pytest.raises(BadInputError, match=r"reason=\('f1',\) does not force the decision"):
        explainer.most_general_reason(reason=("f1",))
    with pytest.raises(BadInputError, match="does not force the decision"):
        explainer.most_general_reason(reason=(1,))
    with pytest.raises(BadInputError, match="expected a reason of the instance"):
        explainer.most_general_reason(reason=(-1,))
    with pytest.raises(BadInputError, match="expected a reason of the instance"):
        explainer.most_general_reason(reason="f1 > 3")
    with pytest.raises(BadInputError):
        explainer.most_general_reason(reason=("f3",))
    assert explainer.most_general_reason(reason=("f1", "f2")) == (1, 2)
    assert explainer.most_general_reason(reason=(1, 2), row=(1, 1)) == (1, 2)


def test_a_wide_model_returns_a_box_that_no_side_can_leave_in_time():
    model = RandomForestClassifier(60, random_state=0).fit(CREDIT.data, CREDIT.target)
    explainer = Explainer.initialize(model, CREDIT.data.iloc[3])
    reason = explainer.sufficient_reason(over="features")
    found = explainer.most_general_reason(reason=reason, time_limit=0.3)
    assert explainer.is_reason(found)
    assert found.proof.cost <= found.proof.upper
    assert set(map(explainer.get_feature_names_from_literal, found)) <= set(reason)
    assert math.isfinite(found.proof.cost)
    assert all(a < b for a, b in pairwise(map(abs, found)))


def test_a_reason_grows_from_itself_though_another_box_is_larger():
    high = Builder.DecisionNode(2, operator=Builder.LT, threshold=5, left=0, right=1)  # f1 from 4: f2 below 5
    low = Builder.DecisionNode(1, operator=Builder.LT, threshold=4, left=high, right=1)
    root = Builder.DecisionNode(1, operator=Builder.LT, threshold=5, left=0, right=low)
    for threshold in (6, 7, 8, 9):  # more cells of f2, without effect
        root = Builder.DecisionNode(2, operator=Builder.LT, threshold=threshold, left=root, right=root)
    explainer = Explainer.initialize(Builder.DecisionTree(2, root), (3, 3))
    small = next(one for one in explainer.sufficient_reason(n=None) if len(one) == 2)
    large = explainer.most_general_reason(reason=("f1", "f2"))
    assert large.features == ("f1 < 4",)
    assert explainer.most_general_reason(reason=small) == small
    weak = [v for v in explainer.binary_representation if explainer.to_features((v,)) != ("f1 < 4",)]
    assert explainer.most_general_reason(reason=weak) == small
    assert explainer.most_general_reason(reason=weak, weight=[1, 100]).status == "optimal"


def test_what_rounding_decides_is_not_called_no_reason():
    explainer = Explainer.initialize(tie((-0.1, -0.2, -0.1)), [0, 0, 0], features_type={"binary": ["f1", "f2", "f3"]})
    assert explainer.is_reason([-3]).value is None
    with pytest.raises(UndecidedError, match="rounding decides"):
        explainer.most_general_reason(reason=[-3])
    with pytest.raises(UndecidedError, match="rounding decides"):
        explainer.most_general_reason(reason=["f3"])
    assert explainer.most_general_reason(reason=[-1, -2, -3]) is not None
