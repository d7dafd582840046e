"""Forests: necessary, relevant and counts are those of brute force."""

from __future__ import annotations

import pytest
from suffice import Builder, Explainer

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest


@each_forest(15, exclude=True)
def test_necessary_and_relevant(case):
    explainer, reference = pair(case)
    assert tuple(explainer.necessary_literals() or ()) == reference.necessary()
    assert tuple(explainer.relevant_literals() or ()) == reference.relevant()
    assert set(explainer.necessary_features() or ()) == reference.necessary_features()
    assert set(explainer.relevant_features() or ()) == reference.relevant_features()


@each_forest(15, exclude=True)
def test_counts(case):
    explainer, reference = pair(case)
    assert explainer.n_sufficient_reasons() == len(reference.sufficient)
    assert dict(explainer.n_sufficient_reasons_per_literal()) == reference.per_literal()
    found = explainer.n_sufficient_reasons_per_feature()
    assert {name: count for name, count in found.items() if count} == reference.per_feature()


@each_forest(12, exclude=True)
def test_counts_over_features(case):
    explainer, reference = pair(case)
    every = reference.sufficient_features()
    assert explainer.n_sufficient_reasons(over="features") == len(every)
    found = explainer.n_sufficient_reasons_per_feature(over="features")
    expected = {name: sum(name in reason for reason in every) for name in reference.relevant_features()}
    assert {name: count for name, count in found.items() if count} == expected


@pytest.mark.parametrize("threshold", [-1, 0])
@pytest.mark.parametrize("operator", [Builder.LT, Builder.GE])
@pytest.mark.parametrize("kind", ["categorical", "numerical", "integer", "binary"])
def test_tests_that_all_values_pass_hide_no_necessary_literal(kind, operator, threshold):
    names = ["k", "x"]
    idle = Builder.DecisionNode(1, operator=operator, threshold=threshold, left=0, right=0)
    equal = Builder.DecisionNode(1, operator=Builder.EQ, threshold=1, left=0, right=1)
    third = Builder.DecisionNode(1, operator=Builder.EQ, threshold=0, left=0, right=0)
    number = Builder.DecisionNode(2, operator=Builder.GT, threshold=5, left=0, right=1)
    roots = (idle, equal, equal, number, number, third)
    trees = [Builder.DecisionTree(2, root, feature_names=names) for root in roots]
    forest = Builder.RandomForest(trees, n_classes=2, feature_names=names)
    types = {"k": [0, 1, 2] if kind == "categorical" else kind, "x": "numerical"}
    explainer = Explainer.initialize(forest, [1, 9], types)
    found = explainer.necessary_literals()
    assert (tuple(found), str(found.status)) == ((2, 3), "proved")
    assert tuple(explainer.relevant_literals()) == (2, 3)
