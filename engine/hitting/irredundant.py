"""The edges that no others make redundant, as compiled kernels."""

from __future__ import annotations

import numpy as np

from ..kernels import I32, I64, Num, kernel
from ..kernels.sort import stable_order


@kernel
def forest_spans(parent: I32) -> tuple[I32, I32, I32]:
    """Return entry and exit numbers of a walk of the forest, and the root of each element."""
    m = len(parent)
    root = np.empty(m, np.int32)
    depth = np.zeros(m, np.float64)
    size = np.ones(m, np.int32)
    for i in range(m):
        walk = i
        while parent[walk] >= 0:
            walk = parent[walk]
            depth[i] += 1
            size[walk] += 1
        root[i] = walk
    order = stable_order(depth)
    enter = np.zeros(m, np.int32)
    used = np.ones(m, np.int32)  # places already given out below each element
    following = 0
    for place in range(m):
        i = order[place]
        if parent[i] < 0:
            enter[i] = following
            following += size[i]
        else:
            enter[i] = enter[parent[i]] + used[parent[i]]
            used[parent[i]] += size[i]
    leave = enter + size
    return enter, leave.astype(np.int32), root


@kernel
def minimal_edges(start: I64, member: I32, enter: I32, leave: I32, root: I32) -> I32:
    """Return the edges that no other edge makes redundant, by size, then by position.

    Edge B makes edge A redundant if each element of B implies, or is, an element of A: who hits B hits A.
    """
    n = len(start) - 1
    sizes = np.empty(n, np.float64)
    signature = np.zeros(n, np.uint64)
    for k in range(n):
        sizes[k] = start[k + 1] - start[k]
        for i in range(start[k], start[k + 1]):
            signature[k] |= np.uint64(1) << np.uint64(root[member[i]] & 63)
    order = stable_order(sizes)
    kept = np.empty(n, np.int32)
    count = 0
    group = 0  # first kept edge of the current size
    for place in range(n):
        a = order[place]
        if count and sizes[kept[count - 1]] < sizes[a]:
            group = count
        redundant = False
        for q in range(count):
            b = kept[q]
            if not (signature[b] & ~signature[a]) and _implies(start, member, enter, leave, b, a):
                redundant = True
                break
        if redundant:
            continue
        # an edge of the same size met earlier may be made redundant by this one
        write = group
        for q in range(group, count):
            b = kept[q]
            if signature[a] & ~signature[b] or not _implies(start, member, enter, leave, a, b):
                kept[write] = b
                write += 1
        kept[write] = a
        count = write + 1
    return kept[:count]


@kernel
def _implies(start: I64, member: I32, enter: I32, leave: I32, b: Num, a: Num) -> bool:
    """Tell whether each element of edge b implies, or is, an element of edge a."""
    for i in range(start[b], start[b + 1]):
        found = False
        x = member[i]
        for j in range(start[a], start[a + 1]):
            y = member[j]
            if enter[x] <= enter[y] and enter[y] < leave[x]:
                found = True
                break
        if not found:
            return False
    return True


@kernel
def reduced(start: I64, member: I32, parent: I32, source: I32) -> tuple[I32, I32, I64, I32, I32]:
    """Return the non-redundant edges over the elements that they use.

    Returns
    -------
    used : ndarray of int32
        Old numbers of the elements that are left.
    parent, start, member, source : ndarray
        As in ``Edges``, for the new numbers; a parent that is gone gives way to its own parent.
    """
    enter, leave, root = forest_spans(parent)
    kept = minimal_edges(start, member, enter, leave, root)
    local = np.full(len(parent), -1, np.int32)
    size = np.int64(0)
    for k in kept:
        for i in range(start[k], start[k + 1]):
            local[member[i]] = 0
        size += start[k + 1] - start[k]
    m = 0
    used = np.empty(len(parent), np.int32)
    for e in range(len(parent)):
        if local[e] == 0:
            local[e] = m
            used[m] = e
            m += 1
    new_parent = np.full(m, -1, np.int32)
    for i in range(m):
        walk = parent[used[i]]
        while walk >= 0 and local[walk] < 0:
            walk = parent[walk]
        if walk >= 0:
            new_parent[i] = local[walk]
    new_start = np.zeros(len(kept) + 1, np.int64)
    new_member = np.empty(size, np.int32)
    new_source = np.empty(len(kept), np.int32)
    filled = 0
    for place in range(len(kept)):
        k = kept[place]
        for i in range(start[k], start[k + 1]):
            new_member[filled] = local[member[i]]
            filled += 1
        new_start[place + 1] = filled
        new_source[place] = source[k]
    return used[:m], new_parent, new_start, new_member, new_source
