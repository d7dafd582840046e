"""Branch and bound for hitting sets finds what trying all sets finds, with clauses that come in late."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from suffice.engine._native import Clock, HittingSearch

FOUND, NONE, UNKNOWN = HittingSearch.FOUND, HittingSearch.NONE, HittingSearch.UNKNOWN


def endless():
    clock = Clock()
    clock.begin(float("inf"))
    return clock


def random_rows(random, n, m):
    rows = random.random((m, n)) < random.uniform(0.1, 0.6)
    rows[np.arange(m), random.integers(0, n, m)] = True
    return rows


def least_cost(rows, prices):
    sets = np.array(list(product([False, True], repeat=rows.shape[1])))
    hit = (sets[:, None, :] & rows[None]).any(axis=2).all(axis=1)
    return int((sets[hit] @ prices).min())


def cheapest(rows, prices, nodes, start):
    """The least cost of sets that hit all rows, by raising the budget; rows after the first come when missed."""
    search = HittingSearch(prices)
    search.add(rows[:start])
    lower, best, added = 0, None, start
    search.restart(lower)
    while best is None or best > lower:
        code = search.step(nodes, endless())
        if code == NONE:
            lower = search.beyond if best is None else min(best, search.beyond)
            search.restart(lower)
        elif code == FOUND:
            chosen = search.chosen
            assert not (chosen & search.outside).any()
            missed = np.nonzero(~(rows & chosen).any(axis=1))[0]
            if len(missed):
                assert missed[0] >= start
                search.add(rows[missed[:1]])
                added += 1
                assert added <= start + len(rows)
            else:
                best = int(prices[chosen].sum())
                search.skip()
                search.tighten(best - 1)
        else:
            assert code == UNKNOWN
    return best


@pytest.mark.parametrize("kind", ["ones", "equal", "few", "many"])
def test_least_cost_is_that_of_all_sets(kind):
    random = np.random.default_rng(len(kind))
    for _ in range(60):
        n, m = int(random.integers(1, 11)), int(random.integers(1, 25))
        rows = random_rows(random, n, m)
        prices = {
            "ones": np.ones(n, np.int64),
            "equal": np.full(n, 7, np.int64),
            "few": random.integers(0, 3, n),
            "many": random.integers(0, 1000, n),
        }[kind].astype(np.int64)
        wanted = least_cost(rows, prices)
        for start in (0, m // 2, m):
            assert cheapest(rows, prices, int(random.integers(1, 50)), start) == wanted


def test_more_variables_than_a_word_has_bits():
    random = np.random.default_rng(3)
    for _ in range(10):
        few = random_rows(random, 9, 20)
        at = np.sort(random.choice(150, 9, replace=False))
        rows = np.zeros((20, 150), np.bool_)
        rows[:, at] = few
        prices = random.integers(1, 4, 150)
        assert cheapest(rows, prices, 100, 5) == least_cost(few, prices[at])


def test_every_set_is_found_once():
    random = np.random.default_rng(5)
    for _ in range(20):
        n = 7
        rows, prices = random_rows(random, n, 8), np.ones(n, np.int64)
        least = least_cost(rows, prices)
        search, found = HittingSearch(prices), []
        search.add(rows)
        search.restart(least)
        while search.step(1000, endless()) == FOUND:
            found.append(tuple(search.chosen.tolist()))
            search.skip()
        every = product([False, True], repeat=n)
        wanted = {s for s in every if sum(s) == least and (rows & np.array(s)).any(axis=1).all()}
        assert len(found) == len(set(found))
        assert set(found) == wanted


def test_a_clause_without_variables_cannot_be_hit():
    search = HittingSearch(np.ones(3, np.int64))
    search.add(np.zeros((1, 3), np.bool_))
    search.restart(3)
    assert search.step(100, endless()) == NONE
    assert search.beyond > 3


def test_very_long_clauses():
    n = 900
    rows = np.zeros((3, n), np.bool_)
    rows[0, :800], rows[1, 100:], rows[2, [0, 899]] = True, True, True
    assert cheapest(rows, np.ones(n, np.int64), 1000, 1) == 2


def test_it_goes_on_after_its_time_was_up():
    random = np.random.default_rng(11)
    rows, prices = random_rows(random, 40, 300), np.ones(40, np.int64)
    outcomes, nodes = [], []
    for hasty in (False, True):
        search = HittingSearch(prices)
        search.add(rows)
        search.restart(12)
        clock = endless()
        if hasty:
            clock.stop()
            assert search.step(10**9, clock) == UNKNOWN
            assert search.nodes == 0
        outcomes.append(search.step(10**9, endless()))
        nodes.append(search.nodes)
    assert nodes[0] == nodes[1] > 0
    assert outcomes[0] == outcomes[1] != UNKNOWN


def test_loops_look_at_the_clock_often():
    random = np.random.default_rng(12)
    search = HittingSearch(np.ones(60, np.int64))
    search.add(random_rows(random, 60, 400))
    search.restart(8)
    clock = endless()
    search.step(2000, clock)
    assert clock.looks >= search.nodes > 0


@pytest.mark.parametrize("kind", ["ones", "many", "zeros too"])
def test_local_search_nearly_always_finds_the_cheapest_sets(kind):
    random = np.random.default_rng(len(kind))
    found = 0
    for _ in range(100):
        n, m = int(random.integers(1, 11)), int(random.integers(1, 25))
        rows = random_rows(random, n, m)
        prices = {"ones": np.ones(n), "many": random.integers(1, 1000, n), "zeros too": random.integers(0, 3, n)}[kind]
        prices = prices.astype(np.int64)
        search = HittingSearch(prices)
        search.add(rows)
        least, chosen = least_cost(rows, prices), random.random(n) < 0.5
        before = chosen.copy()
        assert not search.guess(least - 1, chosen, 300, 5, endless())
        assert (chosen == before).all()
        if search.guess(least, chosen, 5000, 5, endless()):
            found += 1
            assert (rows & chosen).any(axis=1).all()
            assert prices[chosen].sum() <= least
        else:
            assert (chosen == before).all()
    assert found >= 95


def test_local_search_ends_in_time_and_where_nothing_hits_a_clause():
    search = HittingSearch(np.ones(3, np.int64))
    search.add(np.array([[True, True, False], [False, False, True]]))
    clock, chosen = endless(), np.zeros(3, np.bool_)
    clock.stop()
    assert not search.guess(2, chosen, 10**12, 0, clock)
    search.add(np.zeros((1, 3), np.bool_))
    assert not search.guess(3, chosen, 10**12, 0, endless())


def test_what_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="below 0"):
        HittingSearch(np.array([1, -1]))
    search = HittingSearch(np.ones(3, np.int64))
    with pytest.raises(ValueError, match="rows"):
        search.add(np.zeros((1, 4), np.bool_))
    with pytest.raises(ValueError, match="chosen"):
        search.guess(1, np.zeros(2, np.bool_), 1, 0, endless())
    with pytest.raises(TypeError):
        search.add(np.zeros((1, 3), np.int8))
    assert search.step(10, endless()) == NONE  # before it was begun
