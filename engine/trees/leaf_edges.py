"""From the leaves of other classes to the sets that every reason must hit, in global elements.

A leaf with an outcome outside O is excluded by a closed set S iff S contains, for some attribute, the weakest
literal that excludes every cell of the leaf there. These elements form an **edge**. Dropping an edge's elements, with
every stronger literal, is what it takes to reach the leaf.
"""

from __future__ import annotations

import numpy as np

from ..kernels import I32, I64, Bools, Num, kernel


@kernel
def raw_edges_interval(
    cells: I32, base: I64, element: I32, per_feature: bool,
    start: I64, attribute: I32, low: I32, high: I32, outcome: I32, good: Bools,
) -> tuple[I64, I32, I32]:  # fmt: skip
    """Return the edges of all leaves with an outcome outside O, for interval attributes (one edge a leaf).

    ``element[a]`` is the feature of attribute a where reasons are made of features (``per_feature``).
    """
    n = len(outcome)
    edge_start = np.empty(n + 1, np.int64)
    source = np.empty(n, np.int32)
    member = np.empty(len(attribute), np.int32)
    count = 0
    size = 0
    edge_start[0] = 0
    for leaf in range(n):
        if good[outcome[leaf]]:
            continue
        for e in range(start[leaf], start[leaf + 1]):
            a = attribute[e]
            c = cells[a]
            if c < low[e]:
                item = base[a] + low[e] - 1
            elif c > high[e]:
                item = base[a] + high[e]
            else:
                continue
            member[size] = element[a] if per_feature else item
            size += 1
        source[count] = leaf
        count += 1
        edge_start[count] = size
    return edge_start[: count + 1], member[:size], source[:count]


@kernel
def raw_edges_general(
    cells: I32, base: I64, element: I32, per_feature: bool,
    start: I64, attribute: I32, low: I32, high: I32, first: I64, listed: I32, outcome: I32, good: Bools,
    cell_base: I64, own: I32, up: I32, limit: int,
) -> tuple[I64, I32, I32]:  # fmt: skip
    """Return the edges where some attributes are not intervals: one for each choice of a nearest cell.

    ``own[cell_base[a] + v]`` is the weakest element that excludes cell v (-1 for the instance's own cell), ``up`` the
    forest on global elements. Empty arrays with ``edge_start == [-1]`` say that there would be more than `limit` edges.
    """
    edge_start = [np.int64(0)]
    source = [np.int32(0)]
    member = [np.int32(0)]
    fixed = np.empty(len(attribute), np.int32)  # the elements that every edge of a leaf holds
    choice = np.empty(len(listed), np.int32)  # of each group of the others, an edge holds one
    choice_start = np.zeros(len(attribute) + 1, np.int64)
    for leaf in range(len(outcome)):
        if good[outcome[leaf]]:
            continue
        n_fixed = 0
        n_groups = 0
        for e in range(start[leaf], start[leaf + 1]):
            a = attribute[e]
            if low[e] >= 0:
                side = _excluding_cut(cells[a], low[e], high[e])
                if side >= 0:
                    fixed[n_fixed] = element[a] if per_feature else base[a] + side
                    n_fixed += 1
            elif not _is_listed(cells[a], listed, first[e], first[e + 1]):
                if per_feature:
                    fixed[n_fixed] = element[a]
                    n_fixed += 1
                else:
                    nearest = own[cell_base[a] :]
                    filled = choice_start[n_groups]
                    choice_start[n_groups + 1] = _nearest(listed, first[e], first[e + 1], nearest, up, choice, filled)
                    n_groups += 1
        digit = np.zeros(n_groups + 1, np.int64)
        more = True
        while more:
            for i in range(n_fixed):
                member.append(fixed[i])
            for g in range(n_groups):
                member.append(choice[choice_start[g] + digit[g]])
            edge_start.append(np.int64(len(member) - 1))
            source.append(np.int32(leaf))
            if len(edge_start) > limit:
                return np.full(1, -1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
            more = _next_choice(digit, choice_start, n_groups)
    return np.array(edge_start), np.array(member[1:]), np.array(source[1:])


@kernel
def _excluding_cut(cell: Num, low: Num, high: Num) -> Num:
    """Return the cut nearest to a range of cells that lies between it and a cell, -1 if the cell is in the range."""
    if cell < low:
        return low - 1
    return high if cell > high else -1


@kernel
def _is_listed(cell: Num, listed: I32, begin: Num, end: Num) -> bool:
    """Tell whether a cell is among those listed from `begin` to `end`."""
    inside = False
    for i in range(begin, end):
        inside = inside or listed[i] == cell
    return inside


@kernel
def _nearest(listed: I32, begin: Num, end: Num, own: I32, up: I32, choice: I32, filled: Num) -> Num:
    """Add the distinct weakest elements that exclude listed cells to the choices; return how far they are filled.

    An element is left out if a listed one is implied by the same drop or less (an ancestor, or met before).
    """
    mark = filled
    for i in range(begin, end):
        item = own[listed[i]]
        nearest = True
        for j in range(begin, end):
            other = own[listed[j]]
            walk = up[item]
            while walk >= 0 and nearest:
                nearest = walk != other
                walk = up[walk]
        for j in range(mark, filled):
            nearest = nearest and choice[j] != item
        if nearest:
            choice[filled] = item
            filled += 1
    return filled


@kernel
def _next_choice(digit: I64, choice_start: I64, n_groups: int) -> bool:
    """Count one up, the first group fastest; return False after the last choice."""
    for g in range(n_groups):
        digit[g] += 1
        if digit[g] < choice_start[g + 1] - choice_start[g]:
            return True
        digit[g] = 0
    return False
