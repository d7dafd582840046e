"""Bounds of the fewest literals by single trees: never above the fewest, and their sets are sufficient."""

from __future__ import annotations

import numpy as np
from suffice.engine.budget import Deadline
from suffice.explainers.forest.alone import bounds_of_single_trees, trees_per_condition

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest


def check(case):
    explainer, reference = pair(case)
    view = explainer.answers.view(False, explainer.answers.wanted())
    lower, kept = bounds_of_single_trees(explainer.session.compiled.trees, view, Deadline(None))
    assert lower <= min((len(reason) for reason in reference.sufficient), default=0)
    if kept is not None:
        names = set(view.names(view.written(kept)))
        assert any(set(reason) <= names for reason in reference.sufficient)
    return lower


@each_forest(60, theory=False, clauses=False)
def test_bounds_are_those_of_brute_force(case):
    check(case)


@each_forest(20, theory=True)
def test_no_bounds_with_a_theory_or_clauses(case):
    assert check(case) == 0 or not case.theory


def test_conditions_are_counted_once_a_tree():
    from suffice import Builder, Explainer

    x, y = (Builder.DecisionNode(f, operator=Builder.GT, threshold=0.5, left=0, right=1) for f in (1, 2))
    both = Builder.DecisionNode(1, operator=Builder.GT, threshold=0.5, left=y, right=1)
    trees = [Builder.DecisionTree(2, root) for root in (x, both, x)]
    explainer = Explainer.initialize(Builder.RandomForest(trees, n_classes=2), instance=[1, 1], theory=None)
    assert np.array_equal(trees_per_condition(explainer.session.compiled.trees, 2), [3, 1])
