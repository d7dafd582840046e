"""Several labels: changes that are limited, and the nearest change, are those of brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice import BadInputError

from tests.brute.amounts import few
from tests.brute.forest_reference import distance, limited
from tests.brute.labels import any_change, reached
from tests.explainers.multilabel.cases import hand_built, plain, some_labels

seeds = st.integers(0, 2**32 - 1)


def questions(case, explainer, rng):
    """What may be bad, and how it is asked for."""
    own = case.reference(any_change([], [])).own
    labels = some_labels(rng, len(own))
    yield any_change(own, labels), {"labels": labels}
    flipped = [i for i in labels if len(explainer.answers.form.labels[i].classes) == 2]
    if flipped:
        yield reached({i: 1 - own[i] for i in flipped}), {"flip": flipped}


def limits(case, rng):
    names = list(case.names)
    still = [name for name in names if rng.integers(4) == 0]
    ways = ("increasing", "decreasing")
    monotone = {name: ways[rng.integers(2)] for name in names if name not in still and rng.integers(3) == 0}
    return still, monotone


@pytest.mark.parametrize("generic", [False, True])
@settings(max_examples=few(25), deadline=None)
@given(seed=seeds)
def test_changes_within_limits(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    still, monotone = limits(case, rng)
    cost = limited(distance(case.declared), still, monotone)
    asked = {"immutable": still, "monotone": monotone}
    for bad, how in questions(case, explainer, rng):
        reference = case.reference(bad)
        every = reference.contrastive_within(cost)
        assert plain(explainer.contrastive_reason(n=None, **how, **asked)) == every
        one = explainer.contrastive_reason(**how, **asked)
        assert (tuple(one) in every) if every else one is None
        assert sorted(map(tuple, explainer.contrastive_reasons(**how, **asked))) == sorted(every)
        fewest = tuple(reason for reason in every if len(reason) == len(every[0]))
        assert plain(explainer.minimal_contrastive_reason(n=None, **how, **asked)) == fewest
        features = {frozenset(r) for r in explainer.contrastive_reason(n=None, over="features", **how, **asked)}
        assert features == reference.contrastive_features_within(cost)


@settings(max_examples=few(40), deadline=None)
@given(seed=seeds, generic=st.booleans())
def test_the_nearest_change(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    still, monotone = limits(case, rng)
    cost = limited(distance(case.declared), still, monotone)
    for bad, how in questions(case, explainer, rng):
        reference = case.reference(bad)
        least = reference.least_cost(cost)
        try:
            found = explainer.minimal_contrastive_reason(distance="l1", immutable=still, monotone=monotone, **how)
        except BadInputError as error:
            assert "leave the distance out" in str(error)
            continue
        assert (found is None) == (least is None)
        if found is not None:
            assert found.proof.cost == pytest.approx(least)
            assert reference.cost_of(found.witness, cost) == pytest.approx(least)


def test_misuse():
    case = hand_built(np.random.default_rng(1))
    explainer = case.explainer()
    for query in ("contrastive_reason", "contrastive_reasons", "minimal_contrastive_reason"):
        with pytest.raises(BadInputError, match="'f99' is unknown"):
            getattr(explainer, query)(immutable=["f99"])
        with pytest.raises(BadInputError, match="expected 'increasing' or 'decreasing'"):
            getattr(explainer, query)(monotone={"f1": "sideways"})
    for query in ("contrastive_reason", "contrastive_reasons"):
        with pytest.raises(BadInputError, match="monotone is for mode='exact'"):
            getattr(explainer, query)(monotone={"f1": "up"}, mode="joined")
