"""Decision trees: changes that are limited, and the nearest change, are those of brute force, as for forests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.forest_reference import LimitedReference, distance, limited
from tests.brute.strategies import budget, cases
from tests.explainers.forest.test_distance import asked_for, by_column, limits


def limited_pair(case):
    explainer, _ = pair(case)
    asked = {"theory": case.theory, "clauses": case.clauses, "excluded": case.excluded}
    return explainer, LimitedReference(case.domain, case.x, **asked)


@budget(60)
@given(cases(exclude=True, theory=True))
def test_limited_contrastive_reasons(case):
    explainer, reference = limited_pair(case)
    immutable, monotone = limits(case, np.random.default_rng(case.seed))
    asked = asked_for(immutable, monotone)
    cost = limited(distance(case.declared), immutable, monotone)
    for target in (None, *case.targets(reference.label)):
        every = reference.contrastive_within(cost, target)
        fewest = tuple(reason for reason in every if len(reason) == len(every[0]))
        label = case.asked(target)
        check_some(lambda n, label=label: explainer.contrastive_reason(n=n, **label, **asked), every)
        check_some(lambda n, label=label: explainer.minimal_contrastive_reason(n=n, **label, **asked), fewest)
        for reason in explainer.contrastive_reason(n=None, **label, **asked):
            case.check_row(reason.witness, (), target=target)
            assert reference.cost_of(reason.witness, cost) is not None
        names = reference.contrastive_features_within(cost, target)
        check_some_names(
            lambda n, label=label: explainer.contrastive_reason(n=n, over="features", **label, **asked), names
        )


@budget(30)
@given(cases(exclude=True, theory=True))
def test_with_a_solver(case):
    explainer, reference = limited_pair(case)
    immutable, monotone = limits(case, np.random.default_rng(case.seed))
    cost = limited(distance(case.declared), immutable, monotone)
    asked = asked_for(immutable, monotone) | {"solver": "minisat22"}
    check_some(lambda n: explainer.contrastive_reason(n=n, **asked), reference.contrastive_within(cost))


@budget(30)
@given(cases(exclude=True, theory=False))
def test_immutable_with_the_theory_off(case):
    explainer, reference = limited_pair(case)
    names = [unit.name for unit in case.domain.units]
    still = [name for name in names if np.random.default_rng(case.seed).integers(3) == 0]
    apart = {i for unit in case.domain.units if unit.name in still for i in unit.numbers}
    every = tuple(r for r in reference.contrastive() if not apart & set(map(abs, r)))
    check_some(lambda n: explainer.contrastive_reason(n=n, immutable=still), every)


@budget(60)
@given(cases(exclude=True, theory=True))
def test_the_nearest_change(case):
    explainer, reference = limited_pair(case)
    rng = np.random.default_rng(case.seed)
    immutable, monotone = limits(case, rng)
    weights = {unit.name: float(rng.integers(0, 4)) for unit in case.domain.units} if rng.integers(2) else None
    asked = asked_for(immutable, monotone) | ({"weights": by_column(case, weights)} if weights else {})
    cost = limited(distance(case.declared, weights), [*immutable, *case.excluded], monotone)
    for target in (None, *case.targets(reference.label)):
        label = case.asked(target)
        least = reference.least_cost(cost, target)
        for over in ("literals", "features"):
            found = explainer.minimal_contrastive_reason(distance="l1", over=over, **label, **asked)
            assert (found is None) == (least is None), f"found {found}, expected a cost of {least}"
            if least is None or not math.isfinite(least):
                continue
            assert found.status == "optimal"
            assert found.proof.cost == pytest.approx(least, rel=1e-9, abs=1e-300)
            assert reference.cost_of(found.witness, cost) == pytest.approx(least, rel=1e-9, abs=1e-300)
            if over == "literals":
                kept = reference.literals(reference.game.everything & ~reference.game.completed(reference.mask(found)))
            else:
                kept = [unit.name for unit in case.domain.units if unit.name not in found]
            case.check_row(found.witness, kept, target=target)


@pytest.mark.parametrize("clauses", ["auto", [(1, 2), (-1, 3)]])
def test_a_tree_answers_like_the_forest_of_it(clauses):
    rng = np.random.default_rng(3)
    X = rng.integers(0, 6, (300, 4)).astype(float)
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 8).astype(int)
    forest = RandomForestClassifier(1, bootstrap=False, max_features=None, max_depth=5, random_state=0).fit(X, y)
    from suffice import Explainer

    for row in X[:15]:
        explainers = [Explainer.initialize(model) for model in (forest, forest.estimators_[0])]
        shared = [e.vocabulary.conditions[:3] for e in explainers]
        assert shared[0] == shared[1]
        costs, sizes = [], []
        for model in (forest, forest.estimators_[0]):
            try:
                explainer = Explainer.initialize(model, row, theory=clauses)
            except ValueError:
                break  # the row breaks a clause
            for more in ({}, {"immutable": ["f1"]}, {"monotone": {"f2": "increasing", "f3": "decreasing"}}):
                near = explainer.minimal_contrastive_reason(distance="l1", **more)
                few = explainer.minimal_contrastive_reason(**more)
                costs.append(None if near is None else near.proof.cost)
                sizes.append(None if few is None else len(few))
        assert costs[:3] == costs[3:] or len(costs) == 0
        assert sizes[:3] == sizes[3:] or len(sizes) == 0


MISUSE = [
    ({"immutable": ["f9"]}, "'f9' is unknown"),
    ({"immutable": 1.5}, "names of features"),
    ({"monotone": ["f1"]}, "expected a mapping"),
    ({"monotone": {"f9": "up"}}, "'f9' is unknown"),
    ({"monotone": {"f1": "sideways"}}, "expected 'increasing' or 'decreasing'"),
    ({"monotone": {"f1": ["up"]}}, "expected 'increasing' or 'decreasing'"),
    ({"monotone": {"f3": "up"}}, "a category has no order"),
    ({"distance": "l2"}, "distance='l2': expected one of"),
    ({"distance": ["l1"]}, "expected one of"),
    ({"weights": [1, 1, 1]}, "weights are for distance='l1'"),
    ({"distance": "l1", "weights": [1]}, "expected 3 numbers"),
    ({"distance": "l1", "weights": {"f1": -1, "f2": 0, "f3": 0}}, "non-negative"),
    ({"distance": "l1", "n": 2}, "expected n=1"),
]


@pytest.mark.parametrize(("asked", "message"), MISUSE)
def test_misuse_is_told_like_for_forests(asked, message):
    from suffice import BadInputError, Explainer

    X = np.random.default_rng(0).integers(0, 3, (60, 3)).astype(float)
    y = (X.sum(axis=1) > 3).astype(int)
    told = set()
    for model in (DecisionTreeClassifier(), RandomForestClassifier(3, random_state=0)):
        explainer = Explainer.initialize(model.fit(X, y), X[0], features_type={"f3": [0, 1, 2]})
        with pytest.raises(BadInputError, match=message) as caught:
            explainer.minimal_contrastive_reason(**asked)
        told.add(str(caught.value))
        if not {"distance", "weights"} & set(asked):
            with pytest.raises(BadInputError, match=message):
                explainer.contrastive_reason(**asked)
    assert len(told) == 1


@pytest.mark.parametrize("asked", [{"distance": "l1"}, {"monotone": {"f1": "increasing"}}])
def test_what_needs_the_theory(asked):
    from suffice import BadInputError, Explainer

    X = np.random.default_rng(0).normal(size=(60, 2))
    for model in (DecisionTreeClassifier(), RandomForestClassifier(3, random_state=0)):
        explainer = Explainer.initialize(model.fit(X, X[:, 0] > 0), X[0], theory=None)
        with pytest.raises(BadInputError, match="needs the theory"):
            explainer.minimal_contrastive_reason(**asked)
