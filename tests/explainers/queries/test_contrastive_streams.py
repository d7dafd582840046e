"""Streams of contrastive reasons are all of brute force's, each once, for trees, forests and boosted trees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.ensemble import GradientBoostingClassifier
from suffice import BadInputError, Explainer, Status, SufficeError

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases


def check_stream(stream, expected):
    found = list(stream)
    assert len(found) == len(expected)
    assert {frozenset(reason) for reason in found} == {frozenset(reason) for reason in expected}
    assert stream.status is Status.COMPLETE


def check(explainer, reference, case, asked):
    for target in (None, *case.targets(reference.label)):
        how = {} if target is None else asked(target)
        check_stream(explainer.contrastive_reasons(**how), reference.contrastive(target))
        check_stream(explainer.contrastive_reasons(over="features", **how), reference.contrastive_features(target))
        check_stream(explainer.contrastive_reasons(solver="glucose4", **how), reference.contrastive(target))


@budget(60)
@given(cases(exclude=True))
def test_trees(case):
    explainer, reference = pair(case)
    check(explainer, reference, case, lambda target: {"target": case.classes[target]})


@each_forest(15, exclude=True)
def test_forests(case):
    explainer, reference = pair(case)
    check(explainer, reference, case, case.asked)


@pytest.fixture(scope="module")
def boosted():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, (120, 4)).astype(float)
    model = GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=0)
    return Explainer.initialize(model.fit(X, X[:, 0] * X[:, 1] > X[:, 2] + 2 * X[:, 3]), X[0]), X


def test_boosted_trees_and_what_is_allowed(boosted):
    explainer, _ = boosted
    for how in (
        {},
        {"over": "features"},
        {"immutable": ["f1"]},
        {"monotone": {"f2": "increasing"}},
        {"immutable": ["f3"], "monotone": {"f1": "decreasing"}, "over": "features"},
    ):
        every = explainer.contrastive_reason(n=Explainer.ALL, **how)
        assert every.complete
        check_stream(explainer.contrastive_reasons(**how), every)


def test_streams_give_some_and_go_on(boosted):
    explainer, _ = boosted
    every = explainer.contrastive_reason(n=Explainer.ALL)
    assert len(every) > 2
    stream = explainer.contrastive_reasons()
    first = stream.take(2)
    assert first.status is Status.PROVED
    rest = stream.take(None)
    assert sorted(map(tuple, [*first, *rest])) == sorted(map(tuple, every))
    assert all(explainer.predict(reason.witness) != explainer.target_prediction for reason in first)


def test_errors_are_told_at_the_call(boosted):
    explainer, X = boosted
    for how in ({"target": explainer.target_prediction}, {"immutable": ["no"]}, {"monotone": 3}, {"over": "x"}):
        with pytest.raises(BadInputError):
            explainer.contrastive_reasons(**how)
    stream = explainer.contrastive_reasons()
    next(stream)
    explainer.set_instance(X[1])
    with pytest.raises(SufficeError, match="changed"):
        next(stream)
    explainer.set_instance(X[0])
