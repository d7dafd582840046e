"""Questions to a finished diagram of a family of sets, as compiled kernels: counts, least costs, first sets.

Nodes are as in ``Family``: children before parents, the root last.
"""

from __future__ import annotations

import numpy as np

from ..kernels import F64, I32, I64, Bools, Num, kernel


@kernel
def compact(root: Num, variable: I32, low: I32, high: I32) -> tuple[I32, I32, I32]:
    """Return the nodes below a root only, children before parents; the root comes last."""
    wanted = np.zeros(len(variable), np.bool_)
    wanted[root] = True
    wanted[0] = True
    wanted[1] = True
    for i in range(root, 1, -1):
        if wanted[i]:
            wanted[low[i]] = True
            wanted[high[i]] = True
    number = np.empty(len(variable), np.int32)
    size = 0
    for i in range(max(root, 1) + 1):
        number[i] = size
        if wanted[i]:
            size += 1
    new_variable = np.empty(size, np.int32)
    new_low = np.zeros(size, np.int32)
    new_high = np.zeros(size, np.int32)
    for i in range(max(root, 1) + 1):
        if wanted[i]:
            new_variable[number[i]] = variable[i]
            if i > 1:
                new_low[number[i]] = number[low[i]]
                new_high[number[i]] = number[high[i]]
    return new_variable, new_low, new_high


@kernel
def count_float(low: I32, high: I32) -> Num:
    """Return the number of sets below the last node in floating point (to learn its magnitude)."""
    count = np.zeros(len(low), np.float64)
    count[1] = 1.0
    for i in range(2, len(low)):
        count[i] = count[low[i]] + count[high[i]]
    return count[len(low) - 1]


@kernel
def count_modulo(variable: I32, low: I32, high: I32, prime: Num, n_variables: Num) -> tuple[Num, I64]:
    """Return the number of sets below the last node, and of those with each variable, modulo a prime below 2^31."""
    n = len(low)
    below = np.zeros(n, np.int64)
    below[1] = 1
    for i in range(2, n):
        below[i] = (below[low[i]] + below[high[i]]) % prime
    above = np.zeros(n, np.int64)
    above[n - 1] = 1
    each = np.zeros(n_variables, np.int64)
    for i in range(n - 1, 1, -1):
        each[variable[i]] = (each[variable[i]] + above[i] * below[high[i]]) % prime
        above[low[i]] = (above[low[i]] + above[i]) % prime
        above[high[i]] = (above[high[i]] + above[i]) % prime
    return below[n - 1], each


@kernel
def count_groups_modulo(variable: I32, low: I32, high: I32, prime: Num, group: I32, n_groups: Num) -> I64:
    """Return the number of sets with a variable of each group, modulo a prime below 2^31."""
    n = len(low)
    out = np.zeros(n_groups, np.int64)
    free = np.zeros(n, np.int64)
    total = np.zeros(n, np.int64)
    total[1] = 1
    for i in range(2, n):
        total[i] = (total[low[i]] + total[high[i]]) % prime
    for g in range(n_groups):
        free[1] = 1
        for i in range(2, n):
            free[i] = free[low[i]] if group[variable[i]] == g else (free[low[i]] + free[high[i]]) % prime
        out[g] = (total[n - 1] - free[n - 1]) % prime
    return out


@kernel
def least_costs(variable: I32, low: I32, high: I32, cost: F64) -> F64:
    """Return the least cost of a set below each node (inf for the empty family)."""
    least = np.full(len(low), np.inf, np.float64)
    least[1] = 0.0
    for i in range(2, len(low)):
        least[i] = min(least[low[i]], least[high[i]] + cost[variable[i]])
    return least


@kernel
def first_sets(variable: I32, low: I32, high: I32, n: Num, width: Num, keep: Bools) -> tuple[I64, I32]:
    """Return the first n sets below the last node in depth-first order; only edges to nodes in `keep` are followed."""
    stack = np.empty(2 * width + 4, np.int64)
    depth_of = np.empty(2 * width + 4, np.int64)
    path = np.empty(width + 1, np.int32)
    starts = [np.int64(0)]
    out = [np.int32(0)]
    top = 0
    stack[0] = (len(low) - 1) * 2
    depth_of[0] = 0
    while top >= 0 and len(starts) <= n:
        code = stack[top]
        depth = depth_of[top]
        top -= 1
        node = code >> 1
        if code & 1:  # arrived over a high edge: the variable is in code's parent, stored just before
            path[depth - 1] = np.int32(stack[top])
            top -= 1
        if node == 0 or not keep[node]:
            continue
        if node == 1:
            for i in range(depth):
                out.append(path[i])
            starts.append(np.int64(len(out) - 1))
            continue
        top += 1
        stack[top] = low[node] * 2
        depth_of[top] = depth
        top += 1
        stack[top] = variable[node]
        depth_of[top] = 0
        top += 1
        stack[top] = high[node] * 2 + 1
        depth_of[top] = depth + 1
    return np.array(starts), np.array(out[1:])
