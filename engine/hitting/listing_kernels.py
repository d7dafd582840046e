"""Listing minimal closed hitting sets one by one, to count them (MMCS; Murakami and Uno 2014), as a compiled kernel.

Depth-first: take the open edge that the fewest candidates hit, and branch on these; what was tried is no candidate
below its later siblings, so every set is met once. A chosen element must stay critical: some edge that contains the
element itself is hit by no other chosen one. On a forest an element hits the edges of all that it implies.
"""

from __future__ import annotations

import numpy as np

from ..kernels import I32, I64, U64, Num, kernel


@kernel
def ones(x: Num) -> Num:
    """Return the number of ones in a word."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def lowest(x: Num) -> Num:
    """Return the place of the lowest one of a word that is not 0."""
    return ones((x & (~x + np.uint64(1))) - np.uint64(1))


@kernel
def _edge_to_branch_on(uncovered: U64, hitters: U64, candidates: U64) -> Num:
    """Return the open edge with the fewest candidates, or -1 if none is open."""
    best = np.int64(-1)
    fewest = np.int64(1) << np.int64(40)
    for w in range(len(uncovered)):
        word = uncovered[w]
        while word != np.uint64(0) and fewest > 0:
            place = lowest(word)
            word &= word - np.uint64(1)
            edge = w * 64 + place
            size = np.int64(0)
            for j in range(len(candidates)):
                size += ones(hitters[edge, j] & candidates[j])
            if size < fewest:
                fewest = size
                best = edge
    return best


@kernel
def _next_element(todo: U64) -> Num:
    """Take the lowest element out of a set of elements, or return -1."""
    for j in range(len(todo)):
        if todo[j] != np.uint64(0):
            place = lowest(todo[j])
            todo[j] &= todo[j] - np.uint64(1)
            return j * 64 + place
    return np.int64(-1)


@kernel
def _stays_critical(depth: int, v: int, cover: U64, own: U64, uncovered: U64, now: U64, then: U64) -> Num:
    """Fill the critical edges of the chosen elements after v is chosen too; 0 if one has none left, else 1."""
    found = False
    for w in range(len(uncovered)):
        then[depth, w] = uncovered[w] & own[v, w]
        found = found or then[depth, w] != np.uint64(0)
    if not found:
        return 0
    for i in range(depth):
        left = np.uint64(0)
        for w in range(len(uncovered)):
            then[i, w] = now[i, w] & ~cover[v, w]
            left |= then[i, w]
        if left == np.uint64(0):
            return 0
    return 1


@kernel
def _record(chosen: I64, total: Num, group: I32, each: I64, seen: I64, grouped: I64) -> None:
    """Add one set to the counts of its elements and of their groups."""
    for v in chosen:
        each[v] += 1
        g = group[v]
        if seen[g] != total:
            seen[g] = total
            grouped[g] += 1


@kernel
def list_and_count(
    cover: U64, own: U64, hitters: U64, n_edges: int, group: I32, n_groups: int, node_limit: int, flag: I32
) -> tuple[Num, I64, I64, Num]:
    """Count the minimal closed hitting sets by listing them; the numbers found, and 1 if the search ended by itself.

    ``cover[v]``, ``own[v]`` are the edges (as bits) that element v hits, and that contain it; ``hitters[k]`` the
    elements that hit edge k; at most `node_limit` search nodes are visited (0: no limit). Returned are the number of
    sets, of those with each element, and of those with an element of each group.
    """
    words, columns = cover.shape[1], hitters.shape[1]
    each, grouped = np.zeros(cover.shape[0], np.int64), np.zeros(n_groups, np.int64)
    seen = np.zeros(n_groups, np.int64)
    deepest = min(cover.shape[0], n_edges) + 2
    uncovered = np.zeros((deepest, words), np.uint64)
    critical = np.zeros((deepest, deepest, words), np.uint64)
    chosen = np.zeros(deepest, np.int64)
    candidates = np.zeros((deepest, columns), np.uint64)
    todo = np.zeros((deepest, columns), np.uint64)
    for k in range(n_edges):
        uncovered[0, k >> 6] |= np.uint64(1) << np.uint64(k & 63)
    candidates[0, :] = ~np.uint64(0)
    total, nodes = np.int64(0), np.int64(0)
    depth = 0
    fresh = True
    while depth >= 0:
        if fresh:
            fresh = False
            nodes += 1
            if flag[0] != 0 or (node_limit > 0 and nodes > node_limit):
                return total, each, grouped, 0
            edge = _edge_to_branch_on(uncovered[depth], hitters, candidates[depth])
            if edge < 0:
                total += 1
                _record(chosen[:depth], total, group, each, seen, grouped)
                depth -= 1
                continue
            todo[depth] = hitters[edge] & candidates[depth]
            candidates[depth] &= ~todo[depth]
        v = _next_element(todo[depth])
        if v < 0:
            depth -= 1
            continue
        fresh = _stays_critical(depth, v, cover, own, uncovered[depth], critical[depth], critical[depth + 1]) == 1
        if fresh:
            uncovered[depth + 1] = uncovered[depth] & ~cover[v]
            chosen[depth] = v
            candidates[depth + 1] = candidates[depth]
        candidates[depth, v >> 6] |= np.uint64(1) << np.uint64(v & 63)
        if fresh:
            depth += 1
    return total, each, grouped, 1
