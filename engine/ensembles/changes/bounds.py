"""How much the best few changes can bring: bounds with prices over the edges of an ensemble.

Some groups are chosen, some banned, and at most `left` more may change. Without prices every tree would choose its own
changes for nothing. With **prices** (one a tree and group, none negative) a tree pays for the groups of its edge, and
the prices of all trees for a group come back once it is chosen: whatever changes, the sum of the best paid edges plus
the `left` greatest group prices is at least what it brings. Any prices give a bound; subgradient steps find good ones
(their best bound is that of the linear relaxation).

One pass over the edges tells the bound of each group g as the next choice as well: with g chosen, edges with g have one
group less to pay for, and edges without it may have one group less.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...kernels import F64, I8, I32, I64, Num, lean_kernel
from .leaf_groups import Edges

FREE, CHOSEN, BANNED = 0, 1, 2


class Room(NamedTuple):
    """Prices and room for passes.

    Attributes
    ----------
    state, level : ndarray of int8 / int32, shape (n_groups,)
        Whether a group is free, chosen or banned, and at which depth it was banned.
    price : ndarray of float64, shape (n_slots,)
        The prices.
    total, gain, value : ndarray of float64, shapes (n_columns, n_groups) twice, (n_groups,)
        Sum of a group's prices; what a group brings as the next choice; its best edge in the tree at hand.
    stamp, touched : ndarray of int64 / int32, shape (n_groups,)
        Which values are of the tree at hand.
    extra : ndarray of int32
        Entries of the edge at hand.
    best : ndarray of int64, shape (n_columns * n_trees,)
        The best paid edge of each tree, -1 for none.
    move : ndarray of float64, shape (n_slots,)
        Direction of a step.
    top, bound : ndarray of float64, shapes (n_groups + 1,), (n_groups,)
        Greatest group prices; the least bound of each group as the next choice.
    clock : ndarray of int64, shape (1,)
        Number of trees passed.
    """

    state: I8
    level: I32
    price: F64
    total: F64
    gain: F64
    value: F64
    stamp: I64
    touched: I32
    extra: I32
    best: I64
    move: F64
    top: F64
    bound: F64
    clock: I64


def new_room(edges: Edges, n_groups: int) -> Room:
    """Return room for bounds over these edges."""
    n_columns, n_slots = len(edges.need), len(edges.slot_group)
    return Room(
        np.zeros(n_groups, np.int8), np.full(n_groups, -1, np.int32), np.zeros(n_slots),
        np.zeros((n_columns, n_groups)), np.zeros((n_columns, n_groups)), np.zeros(n_groups),
        np.full(n_groups, -1, np.int64), np.zeros(n_groups, np.int32), np.zeros(n_groups + 1, np.int32),
        np.full(n_columns * edges.n_trees, -1, np.int64), np.zeros(n_slots), np.zeros(n_groups + 1),
        np.zeros(n_groups), np.zeros(1, np.int64),
    )  # fmt: skip


@lean_kernel
def pass_edges(edges: Edges, k: Num, left: Num, room: Room) -> tuple[Num, Num]:
    """Pass over the trees of column k; write what each group brings as the next choice.

    Returns
    -------
    tuple of float
        What the trees bring with one choice less than are left, and their best paid edges with all of them.
    """
    for g in range(len(room.state)):
        room.gain[k, g] = 0.0
    base, paid = 0.0, 0.0
    for tree in range(k * edges.n_trees, (k + 1) * edges.n_trees):
        clock = room.clock[0]
        room.clock[0] += 1
        sure, best, chosen, n_touched = -np.inf, -np.inf, -1, 0
        for i in range(edges.tree_at[tree], edges.tree_at[tree + 1]):
            worth = edges.worth[i]
            if worth <= sure:
                break
            n, cost = _unpaid(edges, i, left, room)
            if n > left:
                continue
            if n < left:
                sure = max(sure, worth - cost)
            if worth - cost > best:
                best, chosen = worth - cost, i
            for x in range(n):
                entry = room.extra[x]
                g, value = edges.group[entry], worth - cost + room.price[edges.slot[entry]]
                if room.stamp[g] != clock:
                    room.stamp[g], room.value[g], room.touched[n_touched] = clock, value, g
                    n_touched += 1
                elif value > room.value[g]:
                    room.value[g] = value
        for x in range(n_touched):
            g = room.touched[x]
            if room.value[g] > sure:
                room.gain[k, g] += room.value[g] - sure
        base += sure
        paid += best
        room.best[tree] = chosen
    return base, paid


@lean_kernel
def _unpaid(edges: Edges, i: Num, left: Num, room: Room) -> tuple[Num, float]:
    """List the entries of an edge that are not chosen; return their number and price (too many: out of reach)."""
    n, cost = 0, 0.0
    for entry in range(edges.edge_at[i], edges.edge_at[i + 1]):
        state = room.state[edges.group[entry]]
        if state == CHOSEN:
            continue
        if state == BANNED or n == left:
            return left + 1, 0.0
        room.extra[n] = entry
        n += 1
        cost += room.price[edges.slot[entry]]
    for entry in range(edges.keep_at[i], edges.keep_at[i + 1]):
        if room.state[edges.keep[entry]] == CHOSEN:
            return left + 1, 0.0
    return n, cost


@lean_kernel
def greatest_totals(k: Num, left: Num, room: Room) -> float:
    """Return the sum of the `left` greatest prices of free groups in a column (they are left in ``room.top``)."""
    for i in range(left):
        room.top[i] = 0.0
    for g in range(len(room.state)):
        value = room.total[k, g]
        if value > room.top[left - 1] and room.state[g] == FREE:
            i = left - 1
            while i > 0 and room.top[i - 1] < value:
                room.top[i] = room.top[i - 1]
                i -= 1
            room.top[i] = value
    total = 0.0
    for i in range(left):
        total += room.top[i]
    return total


@lean_kernel
def next_choices(edges: Edges, first: Num, last: Num, left: Num, depth: Num, room: Room) -> Num:
    """Bound each free group as the next choice by all of the columns; ban those that cannot be one.

    Returns
    -------
    int
        How many groups are left: ``room.bound`` has the least slack of each above what the columns need.
    """
    for g in range(len(room.state)):
        room.bound[g] = np.inf
    dead = False
    for k in range(first, last):
        base, paid = pass_edges(edges, k, left, room)
        top = greatest_totals(k, left, room)
        dead = dead or paid + top < edges.need[k]
        for g in range(len(room.state)):
            others = top - max(room.top[left - 1], room.total[k, g])
            room.bound[g] = min(room.bound[g], base + room.gain[k, g] + others - edges.need[k])
    count = 0
    for g in range(len(room.state)):
        if room.state[g] != FREE:
            continue
        if dead or room.bound[g] < 0:
            room.state[g], room.level[g] = BANNED, depth
        else:
            count += 1
    return count


@lean_kernel
def step_prices(edges: Edges, k: Num, left: Num, pace: float, room: Room) -> float:
    """Move a column's prices so that its bound falls towards what is needed; return the bound before."""
    paid = 0.0
    for s in range(edges.slot_at[k], edges.slot_at[k + 1]):
        room.move[s] = 0.0
    for tree in range(k * edges.n_trees, (k + 1) * edges.n_trees):
        i = room.best[tree]
        if i < 0:
            continue
        paid += edges.worth[i]
        for entry in range(edges.edge_at[i], edges.edge_at[i + 1]):
            if room.state[edges.group[entry]] == FREE:
                room.move[edges.slot[entry]] += 1.0
                paid -= room.price[edges.slot[entry]]
    bound = paid + greatest_totals(k, left, room)
    least, norm = room.top[left - 1], 0.0
    for s in range(edges.slot_at[k], edges.slot_at[k + 1]):
        g = edges.slot_group[s]
        if room.state[g] == FREE and room.total[k, g] > 0 and room.total[k, g] >= least:
            room.move[s] -= 1.0
        if room.price[s] > 0 or room.move[s] > 0:
            norm += room.move[s] * room.move[s]
    step = pace * (bound - edges.need[k]) / max(norm, 1.0)
    for g in range(len(room.state)):
        room.total[k, g] = 0.0
    for s in range(edges.slot_at[k], edges.slot_at[k + 1]):
        room.price[s] = max(0.0, room.price[s] + step * room.move[s])
        room.total[k, edges.slot_group[s]] += room.price[s]
    return bound
