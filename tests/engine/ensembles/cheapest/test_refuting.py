"""Counterexamples that are found leave no set of items that is cheaper than a cheapest reason."""

from functools import partial

import numpy as np
import pytest
from suffice.engine import _native
from suffice.engine.budget import Deadline
from suffice.engine.clock import run
from suffice.engine.ensembles.answers import NONE
from suffice.engine.ensembles.cheapest.cheapest import cheapest_items
from suffice.engine.ensembles.cheapest.refuting import counterexamples_below
from suffice.explainers.solving.sessions import open_hitting

from tests.brute.forest_strategies import seeded_forests

FOREVER = Deadline.of(None)


def broken(view, point):
    """The items on which a counterexample differs from the instance."""
    cells = view.question.cells
    if hasattr(view, "features"):
        return np.isin(np.arange(view.n_items), view.item_of[point != cells])
    there = np.zeros(len(view.situation.truth), bool)
    for a, attribute in enumerate(view.space.attributes):
        there[attribute.variables] = attribute.truth_table()[:, point[a]]
    return (there != view.situation.truth)[np.abs(view.space.element_literal) - 1]


def cheaper(rows, prices, cost):
    """Whether some items that cost less hit all rows."""
    search = _native.HittingSearch(prices)
    search.add(np.ascontiguousarray(rows))
    search.restart(cost - 1)
    return run(FOREVER, search.step, 1 << 40) != NONE


@pytest.mark.parametrize("per_feature", [False, True], ids=["literals", "features"])
def test_no_cheaper_set_excludes_all(per_feature):
    told = 0
    for seed, case in seeded_forests(0):
        explainer = case.explainer()
        view = explainer.answers.view(per_feature, explainer.answers.wanted())
        prices = np.ones(view.n_items, np.int64) + (np.arange(view.n_items) % 3 if per_feature and seed % 2 else 0)
        found = next(cheapest_items(view, prices, partial(open_hitting, None), FOREVER), None)
        if found is not None:
            points = counterexamples_below(view, prices, found[1], FOREVER)
            rows = np.array([broken(view, point) for point in points], bool).reshape(len(points), view.n_items)
            assert all(view.answer(np.zeros(view.n_items, bool) | ~row, FOREVER) != NONE for row in rows & view.full)
            told += len(points)
            if per_feature or view.space.all_interval:
                assert found[1] == 0 or not cheaper(rows & view.full, prices, found[1])
            else:
                assert not points or view.space.interval.all()
        if seed == 80:
            break
    assert told > 50
