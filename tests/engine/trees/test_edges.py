"""Edges against brute force: minimal and cheapest sets that hit them, what is in all of these, redundant edges."""

from __future__ import annotations

import numpy as np
import pytest
from suffice.engine._native import Clock
from suffice.engine.budget import Deadline
from suffice.engine.clock import run
from suffice.engine.hitting.edges import Edges
from suffice.engine.status import Stop

from tests.engine.hitting.cases import Case, minimal_sets, random_case

KINDS = ["apart", "chains", "forest", "joint"]


def closure(case, written):
    """Return the elements of a written set, and all that they imply."""
    m, joint = len(case.edges.ids), dict(case.edges.joint)
    named = {i for e in written for i in (joint[e] if e >= m else (e,))}
    return {i for i in range(m) if i in named or named & case.above[i]}


@pytest.mark.parametrize("kind", KINDS)
def test_minimal_sets_are_minimal(kind):
    rng = np.random.default_rng(5)
    for _ in range(150):
        case = random_case(rng, kind)
        wanted = minimal_sets(case)
        assert tuple(sorted(case.edges.minimal_elements().tolist())) in wanted
        marks = case.edges.minimal_set(rng.choice([0.0, 1.0, 5.0], len(case.edges.ids)))
        assert tuple(sorted(case.edges.written(marks).tolist())) in wanted
        within = np.isin(np.arange(len(case.edges.ids)), sorted(closure(case, wanted[-1])))
        assert case.edges.minimal_set(None, within).tolist() == within.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_necessary_elements_are_in_all_sets(kind):
    rng = np.random.default_rng(6)
    for _ in range(150):
        case = random_case(rng, kind)
        common = set.intersection(*(closure(case, written) for written in minimal_sets(case)))
        assert closure(case, case.edges.necessary().tolist()) == common


@pytest.mark.parametrize("kind", KINDS)
def test_reduced_edges_are_all_needed(kind):
    rng = np.random.default_rng(7)
    for _ in range(150):
        case = random_case(rng, kind)
        reduced = case.edges.reduced(Deadline())
        members = [reduced.ids[edge].tolist() for edge in reduced]
        assert [len(edge) for edge in members] == sorted(len(edge) for edge in members)
        assert sorted({i for edge in members for i in edge}) == reduced.ids.tolist()
        for k, edge in enumerate(members):
            dropped = {j for i in edge for j in (i, *case.above[i])}  # a set may be all but these, and misses this edge
            assert all(set(other) - dropped for n, other in enumerate(members) if n != k)
        if kind != "joint":  # the same sets hit the reduced edges
            parent = [-1 if p < 0 else int(p) for p in case.edges.parent]
            assert set(minimal_sets(Case.of(members, parent))) == set(minimal_sets(case))


def test_cheapest_sets_of_chains():
    rng = np.random.default_rng(8)
    for _ in range(200):
        case = random_case(rng, "chains")
        price = rng.integers(0, 5, len(case.edges.ids))
        cost = np.array([price[max([i, *case.above[i]], key=lambda j: -len(case.above[j]))] for i in range(len(price))])
        assert case.edges.chains
        elements, total = run(Deadline(), case.edges.core.cheapest, cost.astype(np.int64), 10_000)
        assert tuple(elements.tolist()) in minimal_sets(case)
        assert total == cost[elements].sum() == min(cost[list(s)].sum() for s in minimal_sets(case))


def test_what_cannot_be_hit():
    none = np.zeros(0, np.int32)
    edges = Edges.of(none, none, np.array([0, 0]), none, np.zeros(1, np.int32))
    assert edges.hopeless
    assert edges.minimal_elements() is None
    assert edges.minimal_set() is None
    with pytest.raises(ValueError, match="elements in each edge"):
        run(Deadline(), edges.core.cheapest, np.zeros(0, np.int64), 10)


def test_searches_for_cheapest_sets_end_with_their_limits():
    rng = np.random.default_rng(9)
    members = [sorted(rng.choice(80, 12, replace=False).tolist()) for _ in range(400)]
    edges = Case.of(members, [-1] * 80).edges
    assert run(Deadline(), edges.core.cheapest, np.ones(80, np.int64), 10) is None
    deadline = Deadline(0.05)
    assert run(deadline, edges.core.cheapest, np.ones(80, np.int64), 10**12) is None
    assert deadline.stop is Stop.TIME_LIMIT


@pytest.mark.parametrize("kind", KINDS)
def test_redundant_edges_look_at_the_clock_each(kind):
    rng = np.random.default_rng(10)
    for _ in range(20):
        case, clock = random_case(rng, kind), Clock()
        clock.begin(float("inf"))
        case.edges.core.reduced(clock)
        assert clock.looks == 1 + len(case.edges)
        clock.stop()
        assert case.edges.core.reduced(clock) is None
        late = Deadline()
        late.halt(Stop.INTERRUPT)
        assert case.edges.reduced(late) is None


def test_an_edge_that_nothing_hits_makes_all_others_redundant():
    members, start = np.array([0, 1], np.int32), np.array([0, 1, 1, 1, 2])
    none = np.full(2, -1, np.int32)
    edges = Edges.of(np.arange(2, dtype=np.int32), none, start, members, np.arange(4, dtype=np.int32))
    reduced = edges.reduced(Deadline())
    assert len(reduced) == 1 and reduced.hopeless and reduced.core.source.tolist() == [1]


def implies(one, other):
    """Whether each element of a set is above an element of the other one in its chain of 8, or is it."""
    return all(any(x // 8 == y // 8 and x <= y for y in other) for x in one)


def beats(sets, b, a):
    """Whether edge b makes edge a redundant; where each does so with the other, the first one stays."""
    return b != a and implies(sets[b], sets[a]) and (not implies(sets[a], sets[b]) or b < a)


def test_many_edges_in_chains_are_reduced_as_defined():
    rng = np.random.default_rng(11)
    for _ in range(5):
        n, parent = 120, np.where(np.arange(40) % 8 == 0, -1, np.arange(40) - 1).astype(np.int32)
        chosen = [np.sort(rng.choice(5, rng.integers(2, 5), replace=False)) for _ in range(n)]
        sets = [(8 * chains + rng.integers(0, 8, len(chains))).tolist() for chains in chosen]
        start = np.cumsum([0, *map(len, sets)])
        ids, source = np.arange(40, dtype=np.int32), np.arange(n, dtype=np.int32)
        edges = Edges.of(ids, parent, start, np.concatenate(sets).astype(np.int32), source)

        wanted = [k for k in range(n) if not any(beats(sets, b, k) for b in range(n))]
        assert 5 < len(wanted) < n
        assert edges.reduced(Deadline()).core.source.tolist() == sorted(wanted, key=lambda k: (len(sets[k]), k))
