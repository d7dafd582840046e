"""Models of several labels against brute force: every query, both modes, both ways, with and without the theory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice import Builder, Explainer

from tests.brute.amounts import few
from tests.brute.labels import any_change
from tests.explainers.multilabel.cases import (
    compare_changes,
    compare_relations,
    compare_sufficient,
    hand_built,
    some_labels,
)

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("generic", [False, True])
@settings(max_examples=few(25), deadline=None)
@given(seed=seeds)
def test_sufficient_reasons(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    assert explainer.target_prediction == explainer.predict(case.x)
    compare_sufficient(explainer, case, some_labels(rng, case.n_labels))


@pytest.mark.parametrize("generic", [False, True])
@settings(max_examples=few(25), deadline=None)
@given(seed=seeds)
def test_changes(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    compare_changes(case.explainer(generic), case, rng)


@settings(max_examples=few(15), deadline=None)
@given(seed=seeds, generic=st.booleans())
def test_conditions_as_free_booleans(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    explainer.deactivate_theory()
    compare_sufficient(explainer, case, some_labels(rng, case.n_labels), theory=False)
    compare_changes(explainer, case, rng, theory=False)
    compare_relations(explainer, case, rng, theory=False)


@settings(max_examples=few(15), deadline=None)
@given(seed=seeds, generic=st.booleans())
def test_excluded_features(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    excluded = [str(rng.choice(case.names))]
    explainer.set_excluded_features(excluded)
    compare_changes(explainer, case, rng, excluded=excluded)
    explainer.unset_excluded_features()
    compare_sufficient(explainer, case, some_labels(rng, case.n_labels))


@settings(max_examples=few(30), deadline=None)
@given(seed=seeds)
def test_relations(seed):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    compare_relations(case.explainer(), case, rng)


@settings(max_examples=few(20), deadline=None)
@given(seed=seeds, generic=st.booleans())
def test_clauses_of_the_user(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    universe = case.reference(any_change([], [])).universe
    clauses = []
    for _ in range(int(rng.integers(1, 3)) if universe else 0):
        held = int(rng.choice(universe))  # the instance has to meet the clause
        rest = [int(v) * int(rng.choice([-1, 1])) for v in rng.integers(1, case.domain.n + 1, size=2)]
        clauses.append((held, *rest))
    case.arguments = {"theory": clauses}
    explainer = case.explainer(generic)
    compare_sufficient(explainer, case, some_labels(rng, case.n_labels), clauses=clauses)
    compare_changes(explainer, case, rng, clauses=clauses)
    compare_relations(explainer, case, rng, clauses=clauses)


def test_changes_that_contradict_each_other():
    """A number in the middle: one label wants it above 2, the other one at most 1."""
    rise = Builder.DecisionTree(1, Builder.DecisionNode(1, operator=Builder.GT, threshold=2, left=0, right=1))
    fall = Builder.DecisionTree(1, Builder.DecisionNode(1, operator=Builder.LE, threshold=1, left=0, right=1))
    explainer = Explainer.initialize(Builder.MultiLabel([rise, fall], ["rise", "fall"]), [1.5])
    assert explainer.target_prediction == (0, 0)
    for mode in ("exact", "joined"):
        assert explainer.contrastive_reason(target=(1, 1), mode=mode) is None
        assert explainer.contrastive_reason(target=(1, 1), n=None, mode=mode) == ()
        assert len(explainer.contrastive_reason(target=(1, 0), n=None, mode=mode)) == 1
    assert explainer.exclusive("rise", "fall")
