"""Decision trees: many rows at once are explained like one row after the other."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given

from tests.brute.cases import with_names
from tests.brute.strategies import budget, cases


@budget(60)
@given(cases(exclude=True))
def test_rows(case):
    import suffice

    rng = np.random.default_rng(case.seed)
    masks = case.reference(theory=True).masks
    rows = case.domain.rows(rng.choice(masks, size=5), rng)
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
