"""Forests: an explainer that is asked again after changes answers like a new one."""

from __future__ import annotations

import dataclasses

import numpy as np

from tests.brute.cases import with_names
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.tree.test_modes import everything, expected


@each_forest(20, theory=True)
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


def rows_of(case, rng, how_many):
    """Random rows of the domain."""
    masks = case.reference(theory=True).masks
    return case.domain.rows(rng.choice(masks, size=how_many), rng)


@each_forest(20, theory=True, kinds=("hand", "classifier"))
def test_another_instance(case):
    explainer, _ = pair(case)
    everything(explainer)
    for row in rows_of(case, np.random.default_rng(case.seed), 2):
        explainer.set_instance(row)
        other = dataclasses.replace(case, x=tuple(row.tolist()))
        assert everything(explainer) == expected(other.reference())


@each_forest(15, exclude=True, kinds=("hand", "classifier"))
def test_many_rows_are_explained_like_one_row_after_the_other(case):
    import suffice

    rows = rows_of(case, np.random.default_rng(case.seed), 4)
    given_rows = with_names(case.fitted, rows, case.names)
    found = suffice.explain(case.model(), given_rows, excluded=case.excluded, **case.arguments())
    reasons = list(found.reasons())
    assert len(reasons) == len(rows)
    for row, reason in zip(rows, reasons, strict=True):
        every = dataclasses.replace(case, x=tuple(row.tolist())).reference().sufficient
        if every:
            assert tuple(reason) in every, f"found {reason}, expected one of {every}"
        else:
            assert reason is None
