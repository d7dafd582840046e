"""Delta that is exactly a chance: a set with this chance reaches it, and with a hair more it does not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from suffice import BadInputError

from tests.brute.chances import Chance
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases
from tests.explainers.queries.test_chances import asked

HAIR = Fraction(1, 10**30)


def check(case):
    explainer, reference = pair(case)
    how, weights = asked(case, reference)
    over = ("literals", "features")[case.seed % 2]
    chance = Chance(reference, weights, over == "features")
    known = sorted({p for s in chance.closed_sets() if (p := chance.of(s)) is not None and 0 < p < 1})
    if not known:
        return
    edge = known[int(np.random.default_rng(case.seed).integers(len(known)))]
    mask = reference.mask if over == "literals" else reference.names_mask
    for delta in (edge, edge + HAIR, edge - HAIR, Fraction(1)):
        least = explainer.minimal_probable_reason(delta=delta, over=over, **how)
        found = explainer.probable_reason(delta=delta, over=over, **how)
        fewest = chance.fewest(delta)
        assert (least is None) == (found is None) == (fewest is None)
        if found is None:
            continue
        assert (least.status, len(least)) == ("optimal", fewest), (delta, how)
        kept = chance.game.close(mask(found))
        assert chance.reaches(kept, delta), (delta, how)
        assert not any(chance.reaches(less, delta) for less in chance.below(kept))


@budget(40)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(30, exclude=True)
def test_forests(case):
    check(case)


@pytest.mark.parametrize("delta", [0, 0.0, -0.1, 1.0000001, float("nan"), "1", None, True])
def test_what_is_no_delta(delta):
    from tests.explainers.batch.cases import data, made

    explainer = made("tree", data()[0][0])
    with pytest.raises(BadInputError, match="delta"):
        explainer.probable_reason(delta=delta, distribution="uniform")
