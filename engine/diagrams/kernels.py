r"""Decision diagrams on flat arrays, as compiled kernels.

Two kinds of node share one table of triples (variable, low, high); 0 and 1 are the terminals.

* **Monotone diagrams** of a function on closed sets. Variables are positions; those of one chain are contiguous,
  weakest literal first, and mean "the level of the chain is at least this one". Normal form: low differs from high; the
  low child of a chain's node does not test the chain again, the high child may, on a stronger level only, and then its
  low child differs.
* **Zero-suppressed diagrams** of families of sets; at most one literal of a chain occurs in a set (its written one).

The family of minimal closed sets of f: P(f) = P(f_0) ∪ ⋃_i v_i × (P(f_i) \ P(f_{i-1})) over the levels v_i of the top
chain; plain difference suffices because f is monotone (a minimal model of f_i that satisfies f_{i-1} is minimal there).

Every function returns -1 when the node table is full or ``flag[0]`` is set.
"""

from __future__ import annotations

import numpy as np

from ..kernels import I32, I64, Num, kernel

# state: [number of nodes, capacity, number of variables]
Tables = tuple[I32, I32, I32, I32, I32, I64, I32, I64, I32, I32, I32, I32, I32]


@kernel
def new_tables(capacity: Num, n_variables: Num, chain: I32, block_end: I32, joint: I32, flag: I32) -> Tables:
    """Return empty tables for at most `capacity` nodes.

    ``chain[v]`` is the chain of variable v; variables up to ``block_end[v]`` (exclusive) after v's chain are implied
    by the chain's weakest literal. ``joint[v] = k > 0``: variables v … v + k - 1 together mean the same as variable
    v - 1, which is written in their stead.
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
def _node(t: Tables, variable: Num, low: Num, high: Num) -> Num:
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
def monotone_node(t: Tables, variable: Num, low: Num, high: Num) -> Num:
    """Return the node of a monotone diagram in normal form."""
    if low < 0 or high < 0:
        return np.int64(-1)
    if low == high:
        return np.int64(low)
    variables, lows, chain = t[0], t[1], t[9]
    if high > 1 and chain[variables[high]] == chain[variable] and lows[high] == low:
        return np.int64(high)
    return _node(t, variable, low, high)


@kernel
def _slot(t: Tables, operation: Num, a: Num, b: Num) -> tuple[Num, Num]:
    """Return the slot of the cache for an operation, and its key."""
    key = (np.int64(operation) << 60) | (np.int64(a) << 30) | np.int64(b)
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed >> np.uint64(24)) & np.uint64(len(t[5]) - 1)), key


@kernel
def conjoin(t: Tables, f: Num, g: Num) -> Num:
    """Return the diagram of "f and g".

    It goes depth-first with an explicit stack: compiled recursion cannot be kept on disk.
    """
    variables, lows, highs, chain = t[0], t[1], t[2], t[9]
    size = t[7][2] + 4
    left = np.empty(size, np.int64)
    right = np.empty(size, np.int64)
    stage = np.zeros(size, np.int8)
    low_result = np.empty(size, np.int64)
    left[0], right[0] = f, g
    depth = 0
    value = np.int64(-1)
    while depth >= 0:
        a, b = left[depth], right[depth]
        if stage[depth] == 0:
            if a == 0 or b == 0:
                value = np.int64(0)
                depth -= 1
                continue
            if a == 1 or a == b:  # noqa: PLR1714 – compiled code
                value = b
                depth -= 1
                continue
            if b == 1:
                value = a
                depth -= 1
                continue
            if variables[a] > variables[b] or (variables[a] == variables[b] and a > b):
                a, b = b, a
                left[depth], right[depth] = a, b
            slot, key = _slot(t, 1, a, b)
            if t[5][slot] == key:
                value = np.int64(t[6][slot])
                depth -= 1
                continue
            stage[depth] = 1
            same = variables[a] == variables[b] or chain[variables[a]] == chain[variables[b]]
            left[depth + 1] = lows[a]
            right[depth + 1] = lows[b] if same else b
            depth += 1
            stage[depth] = 0
        elif stage[depth] == 1:
            low_result[depth] = value
            stage[depth] = 2
            left[depth + 1] = highs[a]
            right[depth + 1] = highs[b] if variables[a] == variables[b] else b
            depth += 1
            stage[depth] = 0
        else:
            value = monotone_node(t, np.int64(variables[a]), low_result[depth], value)
            if value < 0:
                return np.int64(-1)
            slot, key = _slot(t, 1, a, b)
            t[5][slot] = key
            t[6][slot] = value
            depth -= 1
    return value


@kernel
def _family_node(t: Tables, variable: Num, low: Num, high: Num) -> Num:
    """Return the node of a family: it is zero-suppressed."""
    if low < 0 or high < 0:
        return np.int64(-1)
    if high == 0:
        return np.int64(low)
    return _node(t, variable, low, high)


@kernel
def _without(t: Tables, f: Num, g: Num) -> Num:
    """Return the family of the sets of f that are not in g."""
    variables, lows, highs = t[0], t[1], t[2]
    size = t[7][2] + 4
    left = np.empty(size, np.int64)
    right = np.empty(size, np.int64)
    stage = np.zeros(size, np.int8)
    low_result = np.empty(size, np.int64)
    left[0], right[0] = f, g
    depth = 0
    value = np.int64(-1)
    while depth >= 0:
        a, b = left[depth], right[depth]
        if stage[depth] == 0:
            while b > 1 and variables[b] < variables[a]:
                b = np.int64(lows[b])
            right[depth] = b
            if a == 0 or a == b:  # noqa: PLR1714 – compiled code
                value = np.int64(0)
                depth -= 1
                continue
            if b == 0:
                value = a
                depth -= 1
                continue
            if a == 1:  # b is the terminal 1 here, or was walked down to a terminal
                value = np.int64(1 - b)
                depth -= 1
                continue
            slot, key = _slot(t, 2, a, b)
            if t[5][slot] == key:
                value = np.int64(t[6][slot])
                depth -= 1
                continue
            stage[depth] = 1
            left[depth + 1] = lows[a]
            right[depth + 1] = lows[b] if variables[a] == variables[b] else b
            depth += 1
            stage[depth] = 0
        elif stage[depth] == 1:
            low_result[depth] = value
            if variables[a] == variables[b]:
                stage[depth] = 2
                left[depth + 1] = highs[a]
                right[depth + 1] = highs[b]
                depth += 1
                stage[depth] = 0
            else:
                stage[depth] = 2
                value = np.int64(highs[a])
        else:
            value = _family_node(t, np.int64(variables[a]), low_result[depth], value)
            if value < 0:
                return np.int64(-1)
            slot, key = _slot(t, 2, a, b)
            t[5][slot] = key
            t[6][slot] = value
            depth -= 1
    return value


@kernel
def _cofactors(t: Tables, f: Num) -> tuple[I32, I32]:
    """Return the levels of f's top chain that f tests, and the functions at level none, first, second and so on."""
    variables, lows, highs, chain, block_end = t[0], t[1], t[2], t[9], t[10]
    top = variables[f]
    levels = 1
    walk = np.int64(f)
    while highs[walk] > 1 and chain[variables[highs[walk]]] == chain[top]:
        walk = np.int64(highs[walk])
        levels += 1
    places = np.empty(levels, np.int32)
    cofactor = np.empty(levels + 2, np.int32)
    cofactor[0] = lows[f]
    walk = np.int64(f)
    for i in range(levels):
        places[i] = variables[walk]
        walk = np.int64(highs[walk])
        cofactor[i + 1] = lows[walk] if i + 1 < levels else walk
    below = np.int64(cofactor[0])
    while below > 1 and variables[below] < block_end[top]:
        below = np.int64(highs[below])
    cofactor[levels + 1] = below  # the strongest set without the chain: all that its weakest literal implies
    return places, cofactor


@kernel
def _block_cofactor(t: Tables, f: Num, left_out: Num) -> Num:
    """Return f where all literals of the joint block that it begins with hold, but `left_out`."""
    variables, lows, highs, joint = t[0], t[1], t[2], t[12]
    end = variables[f] + joint[variables[f]]
    walk = np.int64(f)
    while walk > 1 and variables[walk] < end:
        walk = np.int64(lows[walk] if variables[walk] == left_out else highs[walk])
    return walk


@kernel
def _combine(t: Tables, f: Num) -> Num:
    """Return P(f), where P of all its cofactors is known."""
    variables, minimal, joint = t[0], t[8], t[12]
    places, cofactor = _cofactors(t, f)
    levels = len(places)
    result = np.int64(minimal[cofactor[0]])
    for i in range(levels - 1, -1, -1):
        weaker = minimal[cofactor[i]] if i > 0 else minimal[cofactor[levels + 1]]
        gained = _without(t, np.int64(minimal[cofactor[i + 1]]), np.int64(weaker))
        result = _family_node(t, np.int64(places[i]), result, gained)
        if result < 0:
            return np.int64(-1)
    top = np.int64(variables[f])
    if joint[top] == 0:
        return result
    end = top + joint[top]
    gained = np.int64(minimal[_block_cofactor(t, f, np.int64(-1))])
    for left_out in range(top, end):
        gained = _without(t, gained, np.int64(minimal[_block_cofactor(t, f, left_out)]))
        if gained < 0:
            return np.int64(-1)
    spelled = gained
    for v in range(end - 1, top - 1, -1):
        spelled = _family_node(t, v, np.int64(0), spelled)
    if spelled < 0:
        return np.int64(-1)
    rest = _without(t, result, spelled)
    return _family_node(t, top - 1, rest, gained)


@kernel
def minimal_family(t: Tables, root: Num) -> Num:
    """Return the zero-suppressed diagram of the minimal closed sets of a function, each by its written literals."""
    variables, minimal, joint = t[0], t[8], t[12]
    minimal[0] = 0
    minimal[1] = 1
    stack = np.empty(t[7][2] + 4, np.int64)
    stack[0] = root
    depth = 0
    while depth >= 0:
        f = stack[depth]
        if minimal[f] >= 0:
            depth -= 1
            continue
        missing = np.int64(-1)
        _, cofactor = _cofactors(t, f)
        for i in range(len(cofactor)):
            if minimal[cofactor[i]] < 0:
                missing = np.int64(cofactor[i])
                break
        top = variables[f]
        if missing < 0 and joint[top] > 0:
            for left_out in range(top - 1, top + joint[top]):
                part = _block_cofactor(t, f, np.int64(left_out))
                if minimal[part] < 0:
                    missing = part
                    break
        if missing >= 0:
            depth += 1
            stack[depth] = missing
            continue
        result = _combine(t, f)
        if result < 0:
            return np.int64(-1)
        minimal[f] = result
        depth -= 1
    return np.int64(minimal[root])


@kernel
def build_family(
    start: I64, member: I32, capacity: Num, n_variables: Num, chain: I32, block_end: I32, joint: I32, flag: I32
) -> tuple[Num, I32, I32, I32]:
    """Return the family of minimal closed hitting sets of edges over variables (positions, ascending in each edge).

    Returns
    -------
    root : Num
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
            f = monotone_node(t, member[i], f, np.int64(1))
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
        root = minimal_family(t, root)
    used = t[7][0]
    return root, t[0][:used].copy(), t[1][:used].copy(), t[2][:used].copy()
