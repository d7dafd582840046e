"""Models of several labels answer the same with a named backend, in lists and in streams; brute force agrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice import BadInputError, MissingBackendError, Status

from tests.brute.amounts import few
from tests.brute.labels import any_change
from tests.explainers.multilabel.cases import hand_built, plain, some_labels

SAT = "glucose4"
seeds = st.integers(0, 2**32 - 1)


def by_size(stream):
    found = [tuple(reason) for reason in stream]
    assert stream.status is Status.COMPLETE
    return tuple(sorted(found, key=lambda reason: (len(reason), tuple(map(abs, reason)))))


def names(found):
    assert len(found) == len({frozenset(reason) for reason in found})
    return {frozenset(reason) for reason in found}


@pytest.mark.parametrize("generic", [False, True])
@settings(max_examples=few(15), deadline=None)
@given(seed=seeds)
def test_a_sat_backend_keeps_the_map(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    labels = some_labels(rng, case.n_labels)
    own = case.reference(any_change([], [])).own
    reference = case.reference(any_change(own, labels))
    for how in ({"labels": labels, "solver": SAT}, {"labels": labels}):
        assert by_size(explainer.sufficient_reasons(**how)) == reference.sufficient
        assert by_size(explainer.contrastive_reasons(**how)) == reference.contrastive()
        whole = {**how, "over": "features"}
        assert names(list(explainer.sufficient_reasons(**whole))) == reference.sufficient_features()
        assert names(list(explainer.contrastive_reasons(**whole))) == reference.contrastive_features()
        assert names(explainer.contrastive_reason(n=None, **whole)) == reference.contrastive_features()
        assert plain(explainer.sufficient_reason(n=None, **how)) == reference.sufficient
        assert plain(explainer.contrastive_reason(n=None, **how)) == reference.contrastive()
        assert plain(explainer.minimal_contrastive_reason(n=None, **how)) == reference.minimal_contrastive()
        one = explainer.contrastive_reason(**how)
        assert (tuple(one) in reference.contrastive()) if reference.contrastive() else one is None


def test_what_no_solver_does():
    explainer = hand_built(np.random.default_rng(0)).explainer()
    for query in ("sufficient_reason", "sufficient_reasons", "contrastive_reason", "contrastive_reasons"):
        with pytest.raises(BadInputError, match="solver='glucose4' is for mode='exact'"):
            getattr(explainer, query)(mode="joined", solver=SAT)
        with pytest.raises(MissingBackendError, match="no_such_solver"):
            getattr(explainer, query)(solver="no_such_solver")
