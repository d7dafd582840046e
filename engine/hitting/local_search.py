"""Good hitting sets by local search, as compiled kernels.

While there is a hitting set cheaper than the best reason, the reason is not proved cheapest, and any such set is as
good a proposal as the cheapest one. Local search finds one in less time than a solver needs for the cheapest; the
solver is asked only when the search finds none.

The search (row weighting, Gao, Weise and Li 2015): drop the variable whose loss weighs least per price, add one of a
clause that is not hit; what is not hit gets heavier.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels import F64, I32, I64, Bools, Num, kernel


class Edges(NamedTuple):
    """Clauses of positive literals, in growing room.

    Attributes
    ----------
    at, member : ndarray of int64 / int32
        Clause k: ``member[at[k]:at[k + 1]]``.
    of_at, of : ndarray of int64 / int32
        The clauses of variable v: ``of[of_at[v]:of_at[v + 1]]``.
    """

    at: I64
    member: I32
    of_at: I64
    of: I32


def edges_of(rows: list[Bools], n: int) -> Edges:
    """Return clauses (bool vectors over the variables) in flat form."""
    table = np.array(rows, np.bool_).reshape(len(rows), n)
    _, member = np.nonzero(table)
    at = np.concatenate([[0], np.cumsum(table.sum(axis=1))]).astype(np.int64)
    _, of = np.nonzero(table.T)
    of_at = np.concatenate([[0], np.cumsum(table.sum(axis=0))]).astype(np.int64)
    return Edges(at, member.astype(np.int32), of_at, of.astype(np.int32))


@kernel
def _switch(edges: Edges, v: Num, value: Num, chosen: Bools, hits: I32, weight: F64, score: F64) -> None:
    """Choose a variable or not; `score` is what changes in weight if a variable is switched."""
    chosen[v] = value
    score[v] = -score[v]
    for i in range(edges.of_at[v], edges.of_at[v + 1]):
        k = edges.of[i]
        hits[k] += 1 if value else -1
        if (value and hits[k] > 2) or (not value and hits[k] > 1):
            continue
        for j in range(edges.at[k], edges.at[k + 1]):
            u = edges.member[j]
            if u == v:
                continue
            if value and hits[k] == 1:
                score[u] -= weight[k]  # it is hit: others gain nothing
            elif value and chosen[u]:
                score[u] += weight[k]  # the one that hit it is no longer alone
            elif not value and hits[k] == 0:
                score[u] += weight[k]
            elif not value and chosen[u]:
                score[u] -= weight[k]


@kernel
def _cheapest_loss(price: I64, chosen: Bools, score: F64, stamp: I64, skip: Num) -> Num:
    """Return the chosen variable that is missed least for its price (of equals the one that rests longest)."""
    best = -1
    for v in range(len(price)):
        if chosen[v] and price[v] > 0 and v != skip:
            if best < 0:
                best = v
                continue
            lead = score[v] * price[best] - score[best] * price[v]
            if lead > 0 or (lead == 0 and stamp[v] < stamp[best]):
                best = v
    return best


@kernel
def _entering(edges: Edges, k: Num, price: I64, score: F64, stamp: I64, step: Num) -> Num:
    """Return the variable of a clause that gains most for its price, if possible none that has just been dropped."""
    best = edges.member[edges.at[k]]
    fresh = False
    for j in range(edges.at[k], edges.at[k + 1]):
        u = edges.member[j]
        if stamp[u] != step and (not fresh or score[u] * price[best] > score[best] * price[u]):
            best, fresh = u, True
    return best


@kernel
def _grow_heavier(edges: Edges, opened: I32, n_open: Num, weight: F64, score: F64) -> None:
    """Make the clauses that are not hit weigh more."""
    for i in range(n_open):
        k = opened[i]
        weight[k] += 1.0
        for j in range(edges.at[k], edges.at[k + 1]):
            score[edges.member[j]] += 1.0


@kernel
def guess(edges: Edges, price: I64, target: int, chosen: Bools, steps: int, seed: int) -> bool:
    """Look for a hitting set that costs at most `target`, from `chosen`, which it replaces; tell if it did."""
    n, m = len(price), len(edges.at) - 1
    np.random.seed(seed)  # noqa: NPY002 - compiled code has no other
    hits, weight, score, stamp = np.zeros(m, np.int32), np.ones(m), np.zeros(n), np.full(n, -1, np.int64)
    open_at, opened = np.full(m, -1, np.int32), np.empty(m, np.int32)  # clauses that are not hit, and where
    start = chosen.copy()
    chosen[:] = False
    n_open = 0
    for k in range(m):
        open_at[k], opened[k] = k, k
        n_open += 1
    for v in range(n):
        score[v] = edges.of_at[v + 1] - edges.of_at[v]
    cost, last = 0, -1
    for v in range(n):
        if start[v] or price[v] == 0:
            _switch(edges, v, True, chosen, hits, weight, score)
            n_open = _renew(edges, v, hits, open_at, opened, n_open)
            cost += price[v]
    for step in range(steps):
        while cost > target:
            v = _cheapest_loss(price, chosen, score, stamp, last)
            if v < 0:
                return False
            _switch(edges, v, False, chosen, hits, weight, score)
            n_open = _renew(edges, v, hits, open_at, opened, n_open)
            cost -= price[v]
            stamp[v] = step
        if n_open == 0:
            return True
        k = opened[np.random.randint(n_open)]  # noqa: NPY002
        last = _entering(edges, k, price, score, stamp, step)
        _switch(edges, last, True, chosen, hits, weight, score)
        n_open = _renew(edges, last, hits, open_at, opened, n_open)
        cost += price[last]
        stamp[last] = step
        _grow_heavier(edges, opened, n_open, weight, score)
    return False


@kernel
def _renew(edges: Edges, v: Num, hits: I32, open_at: I32, opened: I32, n_open: Num) -> Num:
    """Bring the list of clauses that are not hit up to date after a variable was switched; return its length."""
    for i in range(edges.of_at[v], edges.of_at[v + 1]):
        k = edges.of[i]
        if hits[k] == 0 and open_at[k] < 0:
            open_at[k], opened[n_open] = n_open, k
            n_open += 1
        elif hits[k] > 0 and open_at[k] >= 0:
            n_open -= 1
            moved = opened[n_open]
            opened[open_at[k]], open_at[moved] = moved, open_at[k]
            open_at[k] = -1
    return n_open
