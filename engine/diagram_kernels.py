"""Decision diagrams on flat arrays, as compiled kernels.

Two kinds of node share one table of triples (variable, low, high); 0 and 1 are the terminals.

* **Monotone diagrams** of a function on closed sets. Variables are positions; those of one chain are contiguous, weakest
  literal first, and mean "the level of the chain is at least this one". Normal form: low differs from high; the low child of a
  chain's node does not test the chain again, the high child may, on a stronger level only, and then its low child differs.
* **Zero-suppressed diagrams** of families of sets; at most one literal of a chain occurs in a set (its written one).

The family of minimal closed sets of f: P(f) = P(f_0) ∪ ⋃_i v_i × (P(f_i) \\ P(f_{i-1})) over the levels v_i of the top
chain; plain difference suffices because f is monotone (a minimal model of f_i that satisfies f_{i-1} is minimal there).

Every function returns -1 when the node table is full or ``flag[0]`` is set.
"""

from __future__ import annotations

import numpy as np

from .kernels import F64, I32, I64, Bools, kernel

# state: [number of nodes, capacity, number of variables]
Tables = tuple[I32, I32, I32, I32, I32, I64, I32, I64, I32, I32, I32, I32, I32]


@kernel
def new_tables(capacity: int, n_variables: int, chain: I32, block_end: I32, joint: I32, flag: I32) -> Tables:
    """Return empty tables for at most `capacity` nodes.

    ``chain[v]`` is the chain of variable v; variables up to ``block_end[v]`` (exclusive) after v's chain are implied by the
    chain's weakest literal. ``joint[v] = k > 0``: variables v … v + k - 1 together mean the same as variable v - 1, which is
    written in their stead.
    """
    variable = np.empty(capacity, np.int32)
    low = np.empty(capacity, np.int32)
    high = np.empty(capacity, np.int32)
    following = np.empty(capacity, np.int32)
    heads = np.full(2 * capacity, -1, np.int32)
    cache_key = np.full(2 * capacity, -1, np.int64)
    cache_value = np.empty(2 * capacity, np.int32)
    minimal = np.full(capacity, -1, np.int32)
    state = np.array([2, capacity, n_variables], np.int64)
    variable[0] = n_variables
    variable[1] = n_variables
    low[:2] = 0
    high[:2] = 0
    return variable, low, high, following, heads, cache_key, cache_value, state, minimal, chain, block_end, flag, joint


@kernel
def _node(t: Tables, variable: int, low: int, high: int) -> int:
    """Return the number of a triple, a new one if it is new."""
    variables, lows, highs, following, heads, state, flag = t[0], t[1], t[2], t[3], t[4], t[7], t[11]
    key = (np.uint64(variable) * np.uint64(12582917) + np.uint64(low)) * np.uint64(4256249) + np.uint64(high)
    key = (key ^ (key >> np.uint64(15))) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64((key >> np.uint64(20)) & np.uint64(len(heads) - 1))
    found = heads[slot]
    while found >= 0:
        if variables[found] == variable and lows[found] == low and highs[found] == high:
            return np.int64(found)
        found = following[found]
    number = state[0]
    if number >= state[1] or flag[0] != 0:
        return np.int64(-1)
    state[0] = number + 1
    variables[number] = variable
    lows[number] = low
    highs[number] = high
    following[number] = heads[slot]
    heads[slot] = number
    return number


@kernel
def _monotone_node(t: Tables, variable: int, low: int, high: int) -> int:
    if low < 0 or high < 0:
        return np.int64(-1)
    if low == high:
        return np.int64(low)
    variables, lows, chain = t[0], t[1], t[9]
    if high > 1 and chain[variables[high]] == chain[variable] and lows[high] == low:
        return np.int64(high)
    return _node(t, variable, low, high)


@kernel
def _slot(t: Tables, operation: int, a: int, b: int) -> tuple[int, int]:
    """Return the slot of the cache for an operation, and its key."""
    key = (np.int64(operation) << 60) | (np.int64(a) << 30) | np.int64(b)
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed >> np.uint64(24)) & np.uint64(len(t[5]) - 1)), key


@kernel
def conjoin(t: Tables, f: int, g: int) -> int:
    """Return the diagram of "f and g"."""
    if f == 0 or g == 0:
        return np.int64(0)
    if f == 1 or f == g:
        return np.int64(g)
    if g == 1:
        return np.int64(f)
    variables, lows, highs, chain = t[0], t[1], t[2], t[9]
    if variables[f] > variables[g] or (variables[f] == variables[g] and f > g):
        f, g = g, f
    slot, key = _slot(t, 1, f, g)
    if t[5][slot] == key:
        return np.int64(t[6][slot])
    v, w = variables[f], variables[g]
    if v == w:
        low = conjoin(t, lows[f], lows[g])
        high = conjoin(t, highs[f], highs[g]) if low >= 0 else np.int64(-1)
    else:
        low = conjoin(t, lows[f], lows[g] if chain[v] == chain[w] else g)
        high = conjoin(t, highs[f], g) if low >= 0 else np.int64(-1)
    result = _monotone_node(t, v, low, high)
    if result >= 0:
        t[5][slot] = key
        t[6][slot] = result
    return result


@kernel
def _family_node(t: Tables, variable: int, low: int, high: int) -> int:
    if low < 0 or high < 0:
        return np.int64(-1)
    if high == 0:
        return np.int64(low)
    return _node(t, variable, low, high)


@kernel
def _without(t: Tables, a: int, b: int) -> int:
    """Return the family of the sets of a that are not in b."""
    if a == 0 or a == b:
        return np.int64(0)
    if b == 0:
        return np.int64(a)
    variables, lows, highs = t[0], t[1], t[2]
    if a == 1:
        while b > 1:
            b = lows[b]
        return np.int64(1 - b)
    v, w = variables[a], variables[b]
    if v > w:
        return _without(t, a, lows[b])
    slot, key = _slot(t, 2, a, b)
    if t[5][slot] == key:
        return np.int64(t[6][slot])
    if v < w:
        result = _family_node(t, v, _without(t, lows[a], b), highs[a])
    else:
        low = _without(t, lows[a], lows[b])
        high = _without(t, highs[a], highs[b]) if low >= 0 else np.int64(-1)
        result = _family_node(t, v, low, high)
    if result >= 0:
        t[5][slot] = key
        t[6][slot] = result
    return result


@kernel
def minimal_family(t: Tables, f: int, plain: bool) -> int:
    """Return the zero-suppressed diagram of the minimal closed sets of f, each by its written literals.

    With `plain` the joint literal of the block that f begins with is not used.
    """
    if f <= 1:
        return np.int64(f)
    variables, lows, highs, minimal, chain, block_end, joint = t[0], t[1], t[2], t[8], t[9], t[10], t[12]
    top = variables[f]
    if not plain:
        if minimal[f] >= 0:
            return np.int64(minimal[f])
        if joint[top] > 0:
            result = minimal_family(t, f, True)
            if result < 0:
                return np.int64(-1)
            end = top + joint[top]
            gained = np.int64(0)
            for left_out in range(top - 1, end):  # first the whole block, then the block without each of its literals
                walk = np.int64(f)
                while walk > 1 and variables[walk] < end:
                    walk = lows[walk] if variables[walk] == left_out else highs[walk]
                part = minimal_family(t, walk, False)
                if part < 0:
                    return np.int64(-1)
                gained = part if left_out < top else _without(t, gained, part)
                if gained < 0:
                    return np.int64(-1)
            if gained > 0:
                spelled = gained
                for v in range(end - 1, top - 1, -1):
                    spelled = _family_node(t, v, np.int64(0), spelled)
                    if spelled < 0:
                        return np.int64(-1)
                rest = _without(t, result, spelled)
                result = _family_node(t, np.int64(top - 1), rest, gained)
            if result >= 0:
                minimal[f] = result
            return result
    levels = 1
    walk = np.int64(f)
    while highs[walk] > 1 and chain[variables[highs[walk]]] == chain[top]:
        walk = np.int64(highs[walk])
        levels += 1
    places = np.empty(levels, np.int32)
    cofactor = np.empty(levels + 1, np.int32)
    cofactor[0] = lows[f]
    walk = np.int64(f)
    for i in range(levels):
        places[i] = variables[walk]
        walk = np.int64(highs[walk])
        cofactor[i + 1] = lows[walk] if i + 1 < levels else walk
    result = minimal_family(t, np.int64(cofactor[0]), False)
    below = np.int64(cofactor[0])
    while below > 1 and variables[below] < block_end[top]:
        below = np.int64(highs[below])
    cofactor[0] = below  # the strongest set without the chain: all that its weakest literal implies
    for i in range(levels - 1, -1, -1):
        if result < 0:
            return np.int64(-1)
        stronger = minimal_family(t, np.int64(cofactor[i + 1]), False)
        if stronger < 0:
            return np.int64(-1)
        weaker = minimal_family(t, np.int64(cofactor[i]), False)
        if weaker < 0:
            return np.int64(-1)
        gained = _without(t, stronger, weaker)
        if gained < 0:
            return np.int64(-1)
        result = _family_node(t, np.int64(places[i]), result, gained)
    if result >= 0 and not plain:
        minimal[f] = result
    return result


@kernel
def build_family(
    start: I64, member: I32, capacity: int, n_variables: int, chain: I32, block_end: I32, joint: I32, flag: I32
) -> tuple[int, I32, I32, I32]:
    """Return the family of minimal closed hitting sets of edges over variables (positions, ascending in each edge).

    Returns
    -------
    root : int
        Its diagram, or -1 if `capacity` nodes did not suffice or ``flag[0]`` was set.
    variable, low, high : ndarray of int32
        The node table.
    """
    t = new_tables(capacity, n_variables, chain, block_end, joint, flag)
    n = len(start) - 1
    ready = np.empty(64, np.int64)  # conjunctions of 2^rank edges wait here to be joined with their neighbours
    rank = np.empty(64, np.int64)
    depth = 0
    root = np.int64(1)
    for k in range(n):
        f = np.int64(0)
        for i in range(start[k + 1] - 1, start[k] - 1, -1):
            f = _monotone_node(t, member[i], f, np.int64(1))
        ready[depth] = f
        rank[depth] = 0
        depth += 1
        while depth > 1 and (rank[depth - 1] == rank[depth - 2] or k == n - 1):
            joined = conjoin(t, ready[depth - 2], ready[depth - 1]) if ready[depth - 1] >= 0 else np.int64(-1)
            if joined < 0:
                return np.int64(-1), t[0], t[1], t[2]
            depth -= 1
            ready[depth - 1] = joined
            rank[depth - 1] += 1
    if n:
        root = ready[0]
    if root >= 0:
        root = minimal_family(t, root, False)
    used = t[7][0]
    return root, t[0][:used].copy(), t[1][:used].copy(), t[2][:used].copy()


@kernel
def compact(root: int, variable: I32, low: I32, high: I32) -> tuple[I32, I32, I32]:
    """Return the nodes below a root only, children before parents; the root comes last."""
    wanted = np.zeros(len(variable), np.bool_)
    wanted[root] = True
    wanted[0] = True
    wanted[1] = True
    for i in range(root, 1, -1):
        if wanted[i]:
            wanted[low[i]] = True
            wanted[high[i]] = True
    number = np.cumsum(wanted) - 1
    size = number[root] + 1 if root > 1 else 2
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
def count_float(low: I32, high: I32) -> float:
    """Return the number of sets below the last node in floating point (to learn its magnitude)."""
    count = np.zeros(len(low), np.float64)
    count[1] = 1.0
    for i in range(2, len(low)):
        count[i] = count[low[i]] + count[high[i]]
    return count[len(low) - 1]


@kernel
def count_modulo(variable: I32, low: I32, high: I32, prime: int, n_variables: int) -> tuple[int, I64]:
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
def count_groups_modulo(variable: I32, low: I32, high: I32, prime: int, group: I32, n_groups: int) -> I64:
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
def first_sets(variable: I32, low: I32, high: I32, n: int, width: int, keep: Bools) -> tuple[I64, I32]:
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
