"""Pairs that begin at given rows, against all pairs of rows of small domains."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explainer
from suffice.verify import discriminates

from tests.brute import amounts
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, some_conditions
from tests.explainers.verify.test_discriminates import COLUMNS, groups


@pytest.mark.parametrize("family", (*CLASSIFIERS, *REGRESSORS))
@pytest.mark.parametrize("seed", range(amounts.some(6)))
def test_pairs_begin_at_given_rows_where_they_can(family, seed):
    case = make(family, seed)
    rng = np.random.default_rng(seed)
    given, met = some_conditions(rng, case) if rng.integers(2) else ({}, np.ones(len(case.rows), bool))
    apart = tuple(rng.choice(COLUMNS, rng.integers(1, 3), replace=False))
    of = {i: group for group in groups(case, apart) for i in group}
    near = rng.choice(len(case.rows), 5)
    affected = [i for i in near if met[i] and any(met[j] and case.said[i] != case.said[j] for j in of[i])]
    verdict = discriminates(
        Explainer(case.model, **case.options), list(apart), allowed=given, near=case.rows[near], k=2
    )
    any_pair = any(met[i] and met[j] and case.said[i] != case.said[j] for i in of for j in of[i])
    assert verdict.value == (not any_pair)
    if not affected:
        assert verdict.value or "none of the 5 given rows" in verdict.why
        return
    assert 1 <= len(verdict.witnesses) <= min(2, len(affected))
    for witness in verdict.witnesses:
        assert witness.distance == 0 and near[witness.near] in affected
        row, other = witness.rows
        assert np.array_equal(np.asarray(row, float), case.rows[near[witness.near]], equal_nan=True)
        assert case.model.predict(np.array([row, other], float)).tolist() == list(witness.outcomes)
        assert witness.outcomes[0] != witness.outcomes[1]
        assert all(name in apart or row[name] == other[name] for name in COLUMNS)


def test_margins_of_given_rows_are_of_numbers():
    case = make("forest", 0)
    with pytest.raises(BadInputError, match="near"):
        discriminates(case.model, "f1", near=case.rows[:2], margin=0.1)
