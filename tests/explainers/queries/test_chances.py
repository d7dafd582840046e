"""Chances of reasons: those of all rows of cells added up, for trees and forests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given

from tests.brute.chances import Chance, product_weights, row_weights, some_rows
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases

KINDS = ("data", "uniform", "rows")
DELTAS = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(19, 20), Fraction(1))


def asked(case, reference, seed=0):
    """A distribution, what is passed for it, and the mass of each row of cells."""
    kind = KINDS[(case.seed + seed) % 3]
    rows = some_rows(reference, (1, 3, 8, 20)[(case.seed // 3) % 4], case.seed)
    if kind == "rows":
        return {"distribution": kind, "data": rows}, row_weights(reference, rows)
    if kind == "uniform":
        return {"distribution": kind}, product_weights(reference, None)
    return {"distribution": kind, "data": rows}, product_weights(reference, rows)


def some_kept(case, universe, n=4):
    """Some subsets of a universe."""
    rng = np.random.default_rng(case.seed)
    yield ()
    yield tuple(universe)
    for _ in range(n):
        yield tuple(item for item in universe if rng.random() < rng.random())


def check_precision(case):
    explainer, reference = pair(case)
    how, weights = asked(case, reference)
    for over in ("literals", "features"):
        chance = Chance(reference, weights, over == "features")
        universe = reference.universe if over == "literals" else [unit.name for unit in reference.tested]
        for reason in some_kept(case, universe):
            kept = reference.mask(reason) if over == "literals" else reference.names_mask(reason)
            found, wanted = explainer.precision(reason, over=over, **how), chance.of(kept)
            if chance.game.holds(kept):
                assert (found.value, found.defined) == (1, True)
            elif wanted is None:
                assert (found.lower, found.upper, found.defined) == (0, 1, False)
            else:
                assert found.value == wanted, (reason, over, how)
            assert found.distribution == how["distribution"]


def check_probable(case):
    explainer, reference = pair(case)
    how, weights = asked(case, reference)
    delta = DELTAS[case.seed % 5]
    for over in ("literals", "features"):
        chance = Chance(reference, weights, over == "features")
        fewest = chance.fewest(delta)
        found = explainer.probable_reason(delta=delta, over=over, **how)
        least = explainer.minimal_probable_reason(delta=delta, over=over, **how)
        assert (found is None) == (fewest is None) == (least is None)
        if found is None:
            continue
        mask = reference.mask if over == "literals" else reference.names_mask
        kept = chance.game.close(mask(found))
        assert found.status == "proved"
        assert chance.reaches(kept, delta)
        assert not any(chance.reaches(less, delta) for less in chance.below(kept)), (found, over, how)
        assert (least.status, len(least)) == ("optimal", fewest)
        assert chance.reaches(chance.game.close(mask(least)), delta)
        told = chance.of(kept)
        if told is not None and not chance.game.holds(kept):
            assert found.precision.lower <= told <= found.precision.upper


@budget(24)
@given(cases(exclude=True))
def test_precision_of_trees(case):
    check_precision(case)


@budget(20)
@given(cases(exclude=True))
def test_probable_reasons_of_trees(case):
    check_probable(case)


@each_forest(24, exclude=True)
def test_precision_of_forests(case):
    check_precision(case)


@each_forest(16, exclude=True)
def test_probable_reasons_of_forests(case):
    check_probable(case)


@each_forest(12)
def test_sufficient_reasons_hold_always(case):
    explainer, reference = pair(case)
    how, _ = asked(case, reference)
    for reason in explainer.sufficient_reason(n=3):
        assert explainer.precision(reason, **how).value == 1


@each_forest(16, exclude=True, clauses=False, kinds=("hand", "classifier"))
def test_probable_majorities(case):
    explainer, reference = pair(case)
    how, weights = asked(case, reference, 1)
    votes = reference.majority()._votes == reference.label
    bad = 2 * votes.sum(axis=1) <= votes.shape[1]
    here = int(np.flatnonzero(reference.masks == reference.x_mask)[0])
    delta = DELTAS[case.seed % 5]
    chance = Chance(reference, weights, bad=bad)
    found = explainer.probable_majoritary_reason(delta=delta, **how)
    if bad[here] or chance.fewest(delta) is None:
        assert found is None
        return
    kept = chance.game.close(reference.mask(found))
    assert chance.reaches(kept, delta)
    assert not any(chance.reaches(less, delta) for less in chance.below(kept))
