"""A minimal hitting set of edges over a forest of elements, as compiled kernels."""

from __future__ import annotations

import numpy as np

from ..kernels import F64, I32, I64, Bools, kernel
from ..kernels.sort import stable_order


@kernel
def deletion_order(start: I64, member: I32, parent: I32, cost: F64) -> I32:
    """Return the elements in the order of deletion: dear and rarely needed trees first, stronger before weaker.

    The value of an element is the sum over its edges of 2^-size; a tree of the forest is worth its elements' sum
    divided by its root's cost.
    """
    m = len(parent)
    total = _tree_values(start, member, parent)
    n_roots = 0
    for i in range(m):
        if parent[i] < 0:
            n_roots += 1
    roots = np.empty(n_roots, np.int32)
    key = np.empty(n_roots, np.float64)
    n_roots = 0
    for i in range(m):
        if parent[i] < 0:
            roots[n_roots] = i
            key[n_roots] = total[i] / max(cost[i], 1e-300)
            n_roots += 1
    return _walk_trees(roots, stable_order(key), parent)


@kernel
def _tree_values(start: I64, member: I32, parent: I32) -> F64:
    """Return at each root the sum of the values of its tree's elements."""
    m = len(parent)
    value = np.zeros(m, np.float64)
    for k in range(len(start) - 1):
        weight = 1.0
        for _ in range(min(60, start[k + 1] - start[k])):
            weight *= 0.5
        for i in range(start[k], start[k + 1]):
            value[member[i]] += weight
    root = np.full(m, -1, np.int32)
    total = np.zeros(m, np.float64)
    for i in range(m):
        walk = i
        while root[walk] < 0 and parent[walk] >= 0:
            walk = parent[walk]
        top = root[walk] if root[walk] >= 0 else walk
        root[walk] = top
        walk = i
        while root[walk] < 0:
            root[walk] = top
            walk = parent[walk]
        total[top] += value[i]
    return total


@kernel
def _walk_trees(roots: I32, places: I32, parent: I32) -> I32:
    """Return the elements tree by tree, the trees in the order of `places`, parents before children."""
    m = len(parent)
    child = np.full(m, -1, np.int32)  # first child, then the next sibling
    sibling = np.full(m, -1, np.int32)
    for i in range(m):
        if parent[i] >= 0:
            sibling[i] = child[parent[i]]
            child[parent[i]] = i
    order = np.empty(m, np.int32)
    stack = np.empty(m + 1, np.int32)
    filled = 0
    for place in places:
        stack[0] = roots[place]
        depth = 0
        while depth >= 0:
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
