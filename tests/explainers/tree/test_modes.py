"""Decision trees: an explainer that is asked again after changes answers like a new one."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given

from tests.brute.compare import pair, plain
from tests.brute.strategies import budget, cases


def everything(explainer):
    """A few answers of all kinds."""
    from suffice import Explainer

    return (
        plain(explainer.sufficient_reason(n=Explainer.ALL)),
        plain(explainer.minimal_sufficient_reason(n=Explainer.ALL)),
        plain(explainer.contrastive_reason(n=Explainer.ALL)),
        explainer.n_sufficient_reasons(),
        dict(explainer.n_sufficient_reasons_per_literal()),
    )


def expected(reference):
    """The same by brute force."""
    return (
        reference.sufficient,
        reference.minimal_sufficient(),
        reference.contrastive(),
        len(reference.sufficient),
        reference.per_literal(),
    )


@budget(60)
@given(cases(theory=True))
def test_theory_and_excluded_features_switch_on_and_off(case):
    explainer, reference = pair(case)
    assert everything(explainer) == expected(reference)
    explainer.deactivate_theory()
    assert everything(explainer) == expected(case.reference(theory=False))
    excluded = [case.domain.units[case.seed % len(case.domain.units)].name]
    explainer.set_excluded_features(excluded)
    assert everything(explainer) == expected(case.reference(theory=False, excluded=excluded))
    explainer.activate_theory()
    assert everything(explainer) == expected(case.reference(excluded=excluded))
    explainer.unset_excluded_features()
    assert everything(explainer) == expected(reference)


@budget(60)
@given(cases(theory=True))
def test_another_instance(case):
    explainer, _ = pair(case)
    everything(explainer)
    rng = np.random.default_rng(case.seed)
    masks = case.domain.cells()
    for clause in case.clauses:
        masks = masks[np.any([((masks >> (abs(c) - 1)) & 1) == (c > 0) for c in clause], axis=0)]
    for row in case.domain.rows(rng.choice(masks, size=2), rng):
        explainer.set_instance(row)
        other = dataclasses.replace(case, x=tuple(row.tolist()))
        assert everything(explainer) == expected(other.reference())
