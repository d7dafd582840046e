"""Hitting sets of edges over a forest of elements, as compiled kernels: one minimal, one cheapest."""

from __future__ import annotations

import numpy as np

from .kernels import F64, I32, I64, U64, Bools, Num, kernel
from .ordering import stable_order


@kernel
def deletion_order(start: I64, member: I32, parent: I32, cost: F64) -> I32:
    """Return the elements in the order of deletion: dear and rarely needed trees first, stronger before weaker.

    The value of an element is the sum over its edges of 2^-size; a tree of the forest is worth its elements' sum
    divided by its root's cost.
    """
    m = len(parent)
    value = np.zeros(m, np.float64)
    for k in range(len(start) - 1):
        weight = 1.0
        for _ in range(min(60, start[k + 1] - start[k])):
            weight *= 0.5
        for i in range(start[k], start[k + 1]):
            value[member[i]] += weight
    root = np.full(m, -1, np.int32)
    child = np.full(m, -1, np.int32)  # first child, then the next sibling
    sibling = np.full(m, -1, np.int32)
    n_roots = 0
    for i in range(m):
        walk = i
        while root[walk] < 0 and parent[walk] >= 0:
            walk = parent[walk]
        top = root[walk] if root[walk] >= 0 else walk
        if parent[walk] < 0 and root[walk] < 0:
            n_roots += 1
        root[walk] = top
        walk = i
        while root[walk] < 0:
            root[walk] = top
            walk = parent[walk]
        if parent[i] >= 0:
            sibling[i] = child[parent[i]]
            child[parent[i]] = i
    total = np.zeros(m, np.float64)
    for i in range(m):
        total[root[i]] += value[i]
    roots = np.empty(n_roots, np.int32)
    key = np.empty(n_roots, np.float64)
    n_roots = 0
    for i in range(m):
        if parent[i] < 0:
            roots[n_roots] = i
            key[n_roots] = total[i] / max(cost[i], 1e-300)
            n_roots += 1
    order = np.empty(m, np.int32)
    stack = np.empty(m + 1, np.int32)
    filled = 0
    for place in stable_order(key):
        stack[0] = roots[place]
        depth = 0
        while depth >= 0:  # parents before children
            item = stack[depth]
            depth -= 1
            order[filled] = item
            filled += 1
            below = child[item]
            while below >= 0:
                depth += 1
                stack[depth] = below
                below = sibling[below]
    return order


@kernel
def shrink(start: I64, member: I32, parent: I32, order: I32, kept: Bools) -> bool:
    """Delete elements from a closed hitting set (in place) until it is minimal.

    `order` names stronger elements before weaker ones. Returns False, with `kept` unchanged, if `kept` misses an edge.
    """
    n = len(start) - 1
    m = len(parent)
    hits = np.zeros(n, np.int32)
    degree = np.zeros(m + 1, np.int64)
    for i in range(len(member)):
        degree[member[i] + 1] += 1
    for i in range(m):
        degree[i + 1] += degree[i]
    where = np.empty(len(member), np.int32)
    fill = degree.copy()
    for k in range(n):
        for i in range(start[k], start[k + 1]):
            item = member[i]
            where[fill[item]] = k
            fill[item] += 1
            if kept[item]:
                hits[k] += 1
        if hits[k] == 0:
            return False
    for place in range(len(order)):
        item = order[place]
        if not kept[item] or (parent[item] >= 0 and kept[parent[item]]):
            continue  # an implied element stays as long as what implies it
        needed = False
        for i in range(degree[item], degree[item + 1]):
            if hits[where[i]] == 1:
                needed = True
                break
        if not needed:
            kept[item] = False
            for i in range(degree[item], degree[item + 1]):
                hits[where[i]] -= 1
    return True


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

    Notes
    -----
    Lower bound: a greedy packing of disjoint open edges, each at its cheapest unit. Branching: the open edge with the
    fewest units left; the i-th branch takes its i-th unit and forbids the earlier ones.
    """
    n = len(start) - 1
    words = (n + 63) // 64
    covers = np.zeros((n_units, words), np.uint64)
    for k in range(n):
        for i in range(start[k], start[k + 1]):
            covers[member[i], k >> 6] |= np.uint64(1) << np.uint64(k & 63)
    best = _greedy_units(start, member, n_units, cost)
    upper = 0
    for u in range(n_units):
        if best[u]:
            upper += cost[u]
    depth_limit = n_units + 2
    open_edges = np.zeros((depth_limit, words), np.uint64)
    for k in range(n):
        open_edges[0, k >> 6] |= np.uint64(1) << np.uint64(k & 63)
    forbidden = np.zeros(n_units, np.int32)  # level at which a unit was forbidden, plus one
    chosen = np.full(depth_limit, -1, np.int32)
    branch_edge = np.zeros(depth_limit, np.int32)
    branch_next = np.zeros(depth_limit, np.int64)
    spent = np.zeros(depth_limit, np.int64)
    taken = np.zeros(n_units, np.int32)
    root_lower = -1
    level = 0
    nodes: Num = 0
    enter = True
    while level >= 0:
        if enter:
            nodes += 1
            bound, edge = _bound(open_edges[level], start, member, cost, forbidden, taken, nodes)
            if level == 0:
                root_lower = bound
            if edge == -1:  # all edges are hit
                if spent[level] < upper:
                    upper = spent[level]
                    best[:] = False
                    for d in range(level):
                        best[chosen[d]] = True
                enter = False
                level -= 1
                continue
            if edge == -2 or spent[level] + bound >= upper:
                enter = False
                level -= 1
                continue
            if nodes > node_limit:
                return best, upper, min(upper, root_lower)
            branch_edge[level] = edge
            branch_next[level] = start[edge]
            enter = False
            continue
        # back at this level: forbid the unit of the branch that ended, go to the next one
        if chosen[level] >= 0:
            forbidden[chosen[level]] = level + 1
            chosen[level] = -1
        advanced = False
        edge = branch_edge[level]
        while branch_next[level] < start[edge + 1]:
            unit = member[branch_next[level]]
            branch_next[level] += 1
            if forbidden[unit] == 0:
                chosen[level] = unit
                spent[level + 1] = spent[level] + cost[unit]
                for w in range(words):
                    open_edges[level + 1, w] = open_edges[level, w] & ~covers[unit, w]
                advanced = True
                break
        if advanced:
            level += 1
            enter = True
            continue
        for u in range(n_units):
            if forbidden[u] == level + 1:
                forbidden[u] = 0
        level -= 1
    return best, upper, upper


@kernel
def _greedy_units(start: I64, member: I32, n_units: int, cost: I64) -> Bools:
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
        for k in range(n):
            for i in range(start[k], start[k + 1]):
                if member[i] == unit:
                    hit[k] += 1
    for unit in stable_order(-1.0 * cost):
        if chosen[unit]:
            needed = False
            for k in range(n):
                if hit[k] == 1:
                    for i in range(start[k], start[k + 1]):
                        if member[i] == unit:
                            needed = True
            if not needed:
                chosen[unit] = False
                for k in range(n):
                    for i in range(start[k], start[k + 1]):
                        if member[i] == unit:
                            hit[k] -= 1
    return chosen


@kernel
def _bound(
    open_edges: U64, start: I64, member: I32, cost: I64, forbidden: I32, taken: I32, stamp: int
) -> tuple[Num, Num]:
    """Return a lower bound for the open edges, and the open edge to branch on (-1: none open, -2: one cannot be hit)."""
    bound = 0
    smallest = 1 << 30
    edge = -1
    for size_limit in (2, 4, 1 << 30):  # small edges first: they pack best
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
