"""Cheapest reasons of ensembles by hitting sets are those of brute force."""

from __future__ import annotations

from functools import partial

import numpy as np
from suffice.engine.budget import Deadline
from suffice.engine.ensembles.cheapest.cheapest import cheapest_items
from suffice.engine.status import Stop
from suffice.explainers.solving.sessions import open_hitting

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest


def found_and_wanted(case, prices_of, per_feature):
    """All cheapest reasons (as sets of names) that were found, how often, and those of brute force."""
    explainer, reference = pair(case)
    view = explainer.answers.view(per_feature, explainer.answers.wanted())
    names = [view.names(np.array([item], np.int32))[0] for item in range(view.n_items)]
    prices = prices_of(np.random.default_rng(case.seed), view)
    price = dict(zip(names, prices.tolist(), strict=True))
    every = set(reference.sufficient_features()) if per_feature else {frozenset(r) for r in reference.sufficient}
    cost = {reason: sum(price[name] for name in reason) for reason in every}
    wanted = {reason for reason in every if cost[reason] == min(cost.values())}
    deadline, found = Deadline(None), []
    for kept, total, lower, proved in cheapest_items(view, prices, partial(open_hitting, None), deadline):
        reason = frozenset(view.names(view.written(kept)))
        assert proved
        assert reason in every
        assert total == lower == cost[reason]
        found.append(reason)
    assert deadline.stop is Stop.NONE
    return found, wanted


def ones(random, view):
    return np.ones(view.n_items, np.int64)


def of_features(random, view):
    feature = [view.space.attributes[a].feature for a in view.owner] if hasattr(view, "owner") else view.features
    price = random.integers(0, 5, size=1000)
    return price[np.asarray(feature, np.int64)].astype(np.int64)


def of_items(random, view):
    return random.integers(0, 9, size=view.n_items).astype(np.int64)


def check(case, prices_of, per_feature):
    found, wanted = found_and_wanted(case, prices_of, per_feature)
    assert len(set(found)) == len(found)
    assert set(found) == wanted


@each_forest(40, exclude=True)
def test_fewest_literals(case):
    check(case, ones, False)


@each_forest(25, exclude=True)
def test_cheapest_literals(case):
    check(case, of_features, False)


@each_forest(25, exclude=True)
def test_cheapest_literals_whose_bounds_cost_differently(case):
    check(case, of_items, False)


@each_forest(25, exclude=True)
def test_cheapest_features(case):
    check(case, ones, True)
    check(case, of_items, True)
