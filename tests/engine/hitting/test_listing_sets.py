"""Listings of minimal closed hitting sets, and cheapest hitting sets over units, against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from suffice.engine import _native
from suffice.engine._native import Clock, UnitProblem
from suffice.engine.budget import Deadline
from suffice.engine.hitting.listing import Listing

from tests.engine.hitting.cases import Case, count_by_listing, minimal_sets, random_case


def unlimited():
    clock = Clock()
    clock.begin(np.inf)
    return clock


@pytest.mark.parametrize("kind", ["apart", "chains", "forest"])
def test_listings_count_all_sets(kind):
    rng = np.random.default_rng(3)
    for _ in range(80):
        case = random_case(rng, kind)
        wanted = minimal_sets(case)
        m = len(case.edges.ids)
        group = rng.integers(0, 3, m).astype(np.int32)
        listed = count_by_listing(case.edges, group, 4, Deadline())
        assert listed.complete
        assert listed.total == len(wanted)
        assert listed.each.tolist() == [sum(i in s for s in wanted) for i in range(m)]
        has = [{int(group[i]) for i in s} for s in wanted]
        assert listed.grouped.tolist() == [sum(g in groups for groups in has) for g in range(4)]


def wide_edges(n, m, size):
    rng = np.random.default_rng(n)
    return Case.of([tuple(sorted(rng.choice(m, size, replace=False).tolist())) for _ in range(n)], [-1] * m).edges


@pytest.mark.parametrize(("n", "m"), [(10, 63), (10, 64), (10, 65), (63, 12), (64, 12), (65, 12), (130, 11)])
def test_sets_of_more_than_a_word(n, m):
    edges = wide_edges(n, m, 3 if m > 12 else 6)
    hitters = [set(edge.tolist()) for edge in edges]
    group = np.zeros(m, np.int32)
    listed = count_by_listing(edges, group, 1, Deadline())
    found = {frozenset()}
    for edge in hitters:  # Berge: one edge after the other
        grown = {s for s in found if s & edge} | {s | {i} for s in found if not s & edge for i in edge}
        found = {s for s in grown if not any(other < s for other in grown)}
    assert listed.complete
    assert listed.total == len(found)
    assert listed.each.tolist() == [sum(i in s for s in found) for i in range(m)]


def test_a_listing_goes_on_where_it_was():
    edges = wide_edges(20, 14, 4)
    group = (np.arange(14) % 3).astype(np.int32)
    whole = count_by_listing(edges, group, 3, Deadline())
    listing, before = Listing(edges, group, 3), None
    for limit in range(1, 10_000_000, 7):
        now = listing.go_on(Deadline(), limit)
        once = count_by_listing(edges, group, 3, Deadline(), limit) if limit % 5 == 0 else now
        assert (now.total, now.each.tolist(), now.complete) == (once.total, once.each.tolist(), once.complete)
        assert before is None or now.total >= before.total
        assert (now.each <= now.total).all()
        assert (now.grouped <= now.total).all()
        before = now
        if now.complete:
            break
    for field in ("total", "complete"):
        assert getattr(before, field) == getattr(whole, field)
    assert before.each.tolist() == whole.each.tolist()
    assert before.grouped.tolist() == whole.grouped.tolist()
    assert listing.go_on(Deadline()).total == whole.total


def test_time_that_is_up_stops_a_listing():
    edges = wide_edges(40, 30, 5)
    limit = Deadline(1e-9)
    listed = count_by_listing(edges, np.zeros(30, np.int32), 1, limit)
    assert not listed.complete
    assert limit.stop.value == "time_limit"


def test_nothing_to_hit_and_what_cannot_be_hit():
    nothing, empty = Case.of([], [-1, -1]).edges, Case.of([(0,), ()], [-1, -1]).edges
    group = np.zeros(2, np.int32)
    assert count_by_listing(nothing, group, 1, Deadline()).total == 1
    assert count_by_listing(empty, group, 1, Deadline()).total == 0
    assert count_by_listing(Case.of([], []).edges, group[:0], 0, Deadline()).total == 1
    assert not Listing.takes(Case.of([(0, 1)], [-1, -1], [(2, (0, 1))]).edges)


def cheapest(hitters, cost):
    sums = [
        sum(c for c, b in zip(cost, bits, strict=True) if b)
        for bits in product((0, 1), repeat=len(cost))
        if all(any(bits[i] for i in edge) for edge in hitters)
    ]
    return min(sums)


@pytest.mark.parametrize("most", [2, 7, 10**15])
def test_cheapest_units_are_proved(most):
    rng = np.random.default_rng(11)
    for _ in range(120):
        n_units = int(rng.integers(1, 10))
        hitters = [
            sorted(rng.choice(n_units, rng.integers(1, min(n_units, 4) + 1), replace=False).tolist())
            for _ in range(rng.integers(0, 12))
        ]
        cost = rng.integers(0, most, n_units)
        edges = Case.of(hitters, [-1] * n_units).edges
        problem = UnitProblem(edges.start, edges.member, cost)
        least = cheapest(hitters, cost.tolist())
        for limit in (1, 2, 3, 10**6):  # each goes on where the one before was
            problem.search(limit, unlimited())
            chosen = problem.chosen()
            assert all(chosen[edge].any() for edge in hitters)
            assert problem.upper == cost[chosen].sum()
            assert problem.lower <= least <= problem.upper
        assert problem.lower == problem.upper == least


def test_time_that_is_up_stops_the_search_for_units():
    edges = wide_edges(300, 60, 5)
    problem = UnitProblem(edges.start, edges.member, np.ones(60, np.int64))
    clock = Clock()
    clock.begin(1e-9)
    problem.search(10**9, clock)
    assert clock.timed_out
    assert 0 < problem.lower < problem.upper
    assert all(problem.chosen()[edge].any() for edge in edges)


def test_wrong_questions_are_refused():
    start, member, parent = np.array([0, 2]), np.array([0, 1], np.int32), np.full(2, -1, np.int32)
    group = np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="group"):
        _native.Listing(start, member, parent, group[:1], 1)
    with pytest.raises(ValueError, match="n_groups"):
        _native.Listing(start, member, parent, group, 0)
    with pytest.raises(ValueError, match="no element"):
        _native.Listing(start, member, parent[:1], group[:1], 1)
    with pytest.raises(ValueError, match="above itself"):
        _native.Listing(start, member, np.array([1, 0], np.int32), group, 1)
    with pytest.raises(ValueError, match="empty"):
        UnitProblem(np.array([0, 0, 2]), member, np.ones(2, np.int64))
    with pytest.raises(ValueError, match="cost"):
        UnitProblem(start, member, np.array([1, -1]))
    with pytest.raises(TypeError):
        UnitProblem(start, member.astype(np.int64), np.ones(2, np.int64))
