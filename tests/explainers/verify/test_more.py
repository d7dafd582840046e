"""Ranges, reachable labels, given rows, several and nearest witnesses, against all rows of small domains."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explainer, verify

from tests.brute import amounts
from tests.explainers.verify.cases import REGRESSORS, make, meets, some_conditions
from tests.explainers.verify.test_discriminates import COLUMNS, groups, scores_of

SEEDS = range(amounts.some(10))
FEW = ("tree", "forest", "xgboost", "voting")


@pytest.mark.parametrize("family", (*REGRESSORS, "xgboost", "boosted"))
@pytest.mark.parametrize("seed", SEEDS)
def test_ranges(family, seed):
    case = make(family, seed, classes=2)
    rng = np.random.default_rng(5000 + seed)
    explainer = Explainer(case.model, **case.options)
    numbers = case.said.astype(float) if family in REGRESSORS else scores_of(case)[:, 0].astype(float)
    for _ in range(3):
        given, met = some_conditions(rng, case)
        found = verify.range(explainer, given)
        assert found.exact
        if not met.any():
            assert (found.low, found.high) == (np.inf, -np.inf)
            continue
        assert (found.low, found.high) == (numbers[met].min(), numbers[met].max())
        assert meets(given, found.least.rows[0])
        if family in REGRESSORS:
            assert found.greatest.outcome == found.high


@pytest.mark.parametrize("seed", SEEDS)
def test_the_range_of_a_probability(seed):
    case = make("forest", seed, classes=3)
    found = verify.range(case.model, label="mid", **case.options)
    column = case.model.predict_proba(case.rows)[:, list(case.model.classes_).index("mid")]
    assert (found.low, found.high) == (column.min(), column.max())
    with pytest.raises(BadInputError, match="say which one"):
        verify.range(case.model, **case.options)


@pytest.mark.parametrize("family", FEW)
@pytest.mark.parametrize("seed", SEEDS)
def test_reachable(family, seed):
    case = make(family, seed)
    rng = np.random.default_rng(6000 + seed)
    explainer = Explainer(case.model, **case.options)
    given, met = some_conditions(rng, case)
    for label, verdict in verify.reachable(explainer, given).items():
        assert verdict.value == bool((case.said[met] == label).any())
        if verdict:
            assert verdict.witness.outcome == label
            assert meets(given, verdict.rows[0])


@pytest.mark.parametrize("family", (*FEW, "forest-value"))
@pytest.mark.parametrize("seed", SEEDS)
def test_given_rows(family, seed):
    case = make(family, seed)
    rng = np.random.default_rng(7000 + seed)
    explainer = Explainer(case.model, **case.options)
    apart = tuple(rng.choice(COLUMNS, size=rng.integers(1, 3), replace=False).tolist())
    places = rng.choice(len(case.rows), 12, replace=False)
    of = {i: group for group in groups(case, apart) for i in group}
    found = verify.affected(explainer, apart, case.rows[places])
    expected = [any(case.said[j] != case.said[i] for j in of[i]) for i in places]
    assert list(found.values) == expected
    for i, witness in zip(places, found.witnesses, strict=True):
        if witness is not None:
            own, other = (np.array(row, float) for row in witness.rows)
            assert (own == case.rows[i]).all()
            assert {COLUMNS[c] for c in np.nonzero(own != other)[0]} <= set(apart)
            assert case.model.predict(np.stack([own, other])).tolist() == list(witness.outcomes)


def distance(row, others, spread):
    gaps = np.abs(others - row) / spread
    gaps[:, 3] = others[:, 3] != row[3]
    return gaps.sum(axis=1)


@pytest.mark.parametrize("family", ("tree", "forest", "xgboost"))
@pytest.mark.parametrize("seed", SEEDS)
def test_nearest(family, seed):
    case = make(family, seed, classes=2)
    rng = np.random.default_rng(8000 + seed)
    explainer = Explainer(case.model, **case.options)
    label = case.said[0]
    near = case.rows[rng.choice(np.nonzero(case.said == label)[0], 3)]
    given, met = some_conditions(rng, case)
    verdict = verify.verify(explainer, given, label if isinstance(label, str) else int(label), near=near)
    bad = case.rows[met & (case.said != label)]
    assert verdict.value == (len(bad) == 0)
    if verdict.value:
        return
    with np.errstate(invalid="ignore"):
        low, high = near.min(axis=0), near.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    best = min(distance(row, bad, spread).min() for row in near)
    witness = verdict.witness
    assert "; the nearest" in verdict.why
    assert witness.distance <= best * 1.001 + 1e-6  # rows, and their spread, are read as float32
    own = distance(near[witness.near], np.array(witness.rows[0], float)[None], spread)[0]
    assert own == pytest.approx(witness.distance, rel=1e-3, abs=1e-6)
    assert meets(given, witness.rows[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_several(seed):
    case = make("forest", seed)
    explainer = Explainer(case.model, **case.options)
    verdict = verify.verify(explainer, None, "low", k=4)
    leaves = {tuple(case.model.apply(np.array(row, float)[None])[0]) for row in verdict.rows}
    bad = case.rows[case.said != "low"]
    assert len(leaves) == len(verdict.witnesses) == min(4, len({tuple(one) for one in case.model.apply(bad)}))
    assert all(witness.outcome != "low" for witness in verdict.witnesses)
