"""A cheapest hitting set of edges over units by branch and bound, as compiled kernels.

Lower bound: a greedy packing of disjoint open edges, each at its cheapest unit. Branching: the open edge with the
fewest units left; the i-th branch takes its i-th unit and forbids the earlier ones.
"""

from __future__ import annotations

import numpy as np

from ..kernels import I32, I64, U64, Bools, Num, kernel
from ..kernels.sort import stable_order


@kernel
def cheapest_units(start: I64, member: I32, n_units: int, cost: I64, node_limit: int) -> tuple[Bools, Num, Num]:
    """Return a hitting set of least cost by branch and bound.

    Parameters
    ----------
    start, member : ndarray
        Edges over units 0 … n_units - 1, none empty.
    cost : ndarray of int64
        Non-negative cost of each unit.
    node_limit : int
        Number of search nodes allowed.

    Returns
    -------
    chosen : ndarray of bool
        The best hitting set found.
    upper, lower : int
        Its cost, and a proved lower bound; equal if it is proved optimal.
    """
    covers, everything = _edge_words(start, member, n_units)
    best, upper = _greedy_units(start, member, n_units, cost)
    levels = n_units + 2
    open_edges = np.zeros((levels, len(everything)), np.uint64)
    open_edges[0] = everything
    forbidden = np.zeros(n_units, np.int32)  # level at which a unit was forbidden, plus one
    taken = np.zeros(n_units, np.int32)
    chosen = np.full(levels, -1, np.int32)
    edge_of = np.zeros(levels, np.int32)  # the edge that each level branches on, and where to go on in it
    following = np.zeros(levels, np.int64)
    spent = np.zeros(levels, np.int64)
    root_lower = -1
    nodes: Num = 0
    level = 0
    enter = True
    while level >= 0:
        if enter:
            nodes += 1
            bound, edge = _bound(open_edges[level], start, member, cost, forbidden, taken, nodes)
            if level == 0:
                root_lower = bound
            if edge == -1 and spent[level] < upper:
                upper = spent[level]
                best[:] = False
                for d in range(level):
                    best[chosen[d]] = True
            if edge < 0 or spent[level] + bound >= upper:
                enter = False
                level -= 1
                continue
            if nodes > node_limit:
                return best, upper, min(upper, root_lower)
            edge_of[level] = edge
            following[level] = start[edge]
        enter = _next_branch(
            level, start, member, cost, covers, forbidden, chosen, edge_of, following, spent, open_edges
        )
        level += 1 if enter else -1
    return best, upper, upper


@kernel
def _edge_words(start: I64, member: I32, n_units: int) -> tuple[U64, U64]:
    """Return the edges that each unit hits, and all edges, as words of bits."""
    n = len(start) - 1
    words = (n + 63) // 64
    covers = np.zeros((n_units, words), np.uint64)
    everything = np.zeros(words, np.uint64)
    for k in range(n):
        bit = np.uint64(1) << np.uint64(k & 63)
        everything[k >> 6] |= bit
        for i in range(start[k], start[k + 1]):
            covers[member[i], k >> 6] |= bit
    return covers, everything


@kernel
def _next_branch(
    level: int, start: I64, member: I32, cost: I64, covers: U64,
    forbidden: I32, chosen: I32, edge_of: I32, following: I64, spent: I64, open_edges: U64,
) -> bool:  # fmt: skip
    """Forbid the unit of the level's branch that ended and prepare the level below for its next one.

    Returns False, with what the level forbade allowed again, if there is no further branch.
    """
    if chosen[level] >= 0:
        forbidden[chosen[level]] = level + 1
        chosen[level] = -1
    end = start[edge_of[level] + 1]
    while following[level] < end:
        unit = member[following[level]]
        following[level] += 1
        if forbidden[unit] == 0:
            chosen[level] = unit
            spent[level + 1] = spent[level] + cost[unit]
            for w in range(open_edges.shape[1]):
                open_edges[level + 1, w] = open_edges[level, w] & ~covers[unit, w]
            return True
    for u in range(len(forbidden)):
        if forbidden[u] == level + 1:
            forbidden[u] = 0
    return False


@kernel
def _greedy_units(start: I64, member: I32, n_units: int, cost: I64) -> tuple[Bools, Num]:
    """Take the unit with most open edges per cost until all are hit, then drop the needless ones."""
    n = len(start) - 1
    chosen = np.zeros(n_units, np.bool_)
    hit = np.zeros(n, np.int32)
    gain = np.zeros(n_units, np.float64)
    while True:
        gain[:] = 0.0
        left = False
        for k in range(n):
            if hit[k] == 0:
                left = True
                for i in range(start[k], start[k + 1]):
                    gain[member[i]] += 1.0 / (cost[member[i]] + 1e-9)
        if not left:
            break
        unit = 0
        for u in range(n_units):
            if gain[u] > gain[unit]:
                unit = u
        chosen[unit] = True
        _add_hits(start, member, unit, 1, hit)
    for unit in stable_order((-cost).astype(np.float64)):
        if chosen[unit] and not _is_needed(start, member, unit, hit):
            chosen[unit] = False
            _add_hits(start, member, unit, -1, hit)
    spent = 0
    for u in range(n_units):
        if chosen[u]:
            spent += cost[u]
    return chosen, spent


@kernel
def _add_hits(start: I64, member: I32, unit: Num, step: int, hit: I32) -> None:
    """Add a number to the hits of each edge that holds the unit."""
    for k in range(len(hit)):
        for i in range(start[k], start[k + 1]):
            if member[i] == unit:
                hit[k] += step


@kernel
def _is_needed(start: I64, member: I32, unit: Num, hit: I32) -> bool:
    """Tell whether the unit alone hits some edge."""
    for k in range(len(hit)):
        if hit[k] == 1:
            for i in range(start[k], start[k + 1]):
                if member[i] == unit:
                    return True
    return False


@kernel
def _bound(
    open_edges: U64, start: I64, member: I32, cost: I64, forbidden: I32, taken: I32, stamp: Num
) -> tuple[Num, Num]:
    """Return a lower bound for the open edges and the edge to branch on (-1: none open, -2: one cannot be hit)."""
    bound = 0
    edge = -1
    for size_limit in (2, 4, 1 << 30):  # small edges first: they pack best
        packed, edge = _pack(open_edges, start, member, cost, forbidden, taken, stamp, size_limit)
        if edge < 0:
            return 0, edge
        bound += packed
    return bound, edge


@kernel
def _pack(
    open_edges: U64, start: I64, member: I32, cost: I64, forbidden: I32, taken: I32, stamp: Num, size_limit: int
) -> tuple[Num, Num]:
    """Take disjoint open edges up to a size; return their cost, and the open edge with the fewest units left."""
    bound: Num = 0
    smallest = 1 << 30
    edge = -1
    for w in range(len(open_edges)):
        word = open_edges[w]
        if word == 0:
            continue
        for bit in range(64):
            if not (word >> np.uint64(bit)) & np.uint64(1):
                continue
            k = w * 64 + bit
            size = 0
            cheapest = np.int64(1) << 62
            disjoint = True
            for i in range(start[k], start[k + 1]):
                unit = member[i]
                if forbidden[unit] == 0:
                    size += 1
                    cheapest = min(cheapest, cost[unit])
                    if taken[unit] == stamp:
                        disjoint = False
            if size == 0:
                return 0, -2
            if size < smallest:
                smallest = size
                edge = k
            if disjoint and size <= size_limit:
                bound += cheapest
                for i in range(start[k], start[k + 1]):
                    if forbidden[member[i]] == 0:
                        taken[member[i]] = stamp
    return bound, edge
