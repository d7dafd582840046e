"""Few sets that cover most rows: the maximum cover, proved by an integer program, within what time allows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...engine.arrays import I64, Bools
from ...engine.budget import Deadline
from ...engine.errors import MissingBackendError
from ...engine.forms import Linear
from ...solvers.registry import get

SOLVER = "cpsat"


class Cover(NamedTuple):
    """Sets that are chosen.

    Attributes
    ----------
    chosen : tuple of int
        The sets.
    n_covered : int
        How many rows they cover.
    most : int
        No more rows can be covered by as many sets: proved.
    """

    chosen: tuple[int, ...]
    n_covered: int
    most: int


def greedy_cover(covers: Bools, weights: I64, k: int) -> tuple[int, ...]:
    """Return up to k sets, always the one that covers most of what is left."""
    left, chosen = weights.copy(), list[int]()
    while len(chosen) < k and len(covers):
        gains = covers @ left
        best = int(gains.argmax())
        if gains[best] == 0:
            break
        chosen.append(best)
        left[covers[best]] = 0
    return tuple(chosen)


def largest_cover(covers: Bools, k: int, deadline: Deadline, known: tuple[int, ...] = ()) -> Cover:
    """Return at most k sets that cover as many columns as can be, or the best ones by the deadline.

    Parameters
    ----------
    covers : ndarray of bool, shape (n_sets, n_rows)
        What each set covers.
    k : int
        How many sets may be chosen.
    deadline : Deadline
        When the best known ones are returned, with the bound that is proved by then.
    known : tuple of int
        Sets to begin with, no more than k.
    """
    kept, rows, weights = reduced(covers)
    if not len(kept) or not k:
        return Cover((), 0, 0)

    def value(chosen: tuple[int, ...]) -> int:
        return int(covers[list(chosen)].any(axis=0).sum()) if chosen else 0

    most = _bound(rows, weights, k)
    greedy = tuple(int(kept[i]) for i in greedy_cover(rows, weights, k))
    best = max((greedy, tuple(known)), key=value)
    if value(best) < most and not deadline.expired():
        found, upper = _by_program(rows, weights, k, deadline, [i for i, s in enumerate(kept.tolist()) if s in best])
        best = max((best, tuple(int(kept[i]) for i in found)), key=value)
        most = max(value(best), min(most, upper))
    return Cover(tuple(sorted(best)), value(best), most)


def reduced(covers: Bools) -> tuple[I64, Bools, I64]:
    """Return the sets that are in no other one, the distinct columns over them, and how often each occurs."""
    sizes = covers.sum(axis=1)
    kept: list[int] = []
    for i in np.argsort(-sizes, kind="stable").tolist():
        if sizes[i] and not any(sizes[j] >= sizes[i] and (covers[i] <= covers[j]).all() for j in kept):
            kept.append(i)
    columns = covers[kept][:, covers[kept].any(axis=0)] if kept else np.zeros((0, 0), np.bool_)
    if not columns.size:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.bool_), np.zeros(0, np.int64)
    distinct, counts = np.unique(columns, axis=1, return_counts=True)
    return np.array(kept, np.int64), distinct, counts.astype(np.int64)


def _bound(rows: Bools, weights: I64, k: int) -> int:
    """Return how many rows k sets cover at most, without a search."""
    sizes = np.sort(rows @ weights)[::-1]
    return int(min(weights.sum(), sizes[:k].sum()))


def _by_program(rows: Bools, weights: I64, k: int, deadline: Deadline, known: list[int]) -> tuple[tuple[int, ...], int]:
    """Return the sets that a solver finds, and its bound."""
    n_sets, n_rows = rows.shape
    costs = np.concatenate([np.zeros(n_sets), -weights.astype(np.float64)])
    listed: list[tuple[dict[int, float], float, float]] = [(dict.fromkeys(range(n_sets), 1.0), -math.inf, float(k))]
    for j in range(n_rows):
        own = dict.fromkeys(np.nonzero(rows[:, j])[0].tolist(), 1.0)
        listed.append(({**own, n_sets + j: -1.0}, 0.0, math.inf))
    program = Linear.build(costs, listed, lower=0.0, upper=1.0, integer=True)
    hint = np.zeros(n_sets + n_rows)
    hint[known] = 1.0
    hint[n_sets:] = rows[known].any(axis=0) if known else 0.0
    try:
        found = get(SOLVER, "mip").solve(program, deadline, hint)
    except MissingBackendError:
        return (), int(weights.sum())
    chosen = () if found.values is None else tuple(np.nonzero(found.values[:n_sets] > 0.5)[0].tolist())
    upper = int(weights.sum()) if found.lower is None else math.floor(-found.lower + 1e-6)
    return chosen, upper
