"""The cheapest input outside O, where every cell of every attribute has a cost.

Branch and bound over boxes as in ``ensemble_search``. The cheapest cells of a box are its point; their costs bound what
the box can offer, and cells that would cost more than what is left are taken away. Budgets grow from small ones, since
a small budget leaves small boxes; the last one is the cost of the best input known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .ensemble_layout import Layout
from .ensemble_narrow import Question, Run, open_within
from .ensemble_pad import Pad, copy_trees
from .ensemble_search import (
    FOUND,
    NONE,
    UNKNOWN,
    _hopeless,
    _look,
    _open_element,
    _strong,
    box_holds,
    is_bad,
    unmet_clause,
)
from .ensemble_state import Box, box_at, refresh_cells, set_range
from .kernels import F64, I32, I64, Num, kernel

_FIRST = 16.0  # the first budget is this part of the best known cost
_ROUNDING = 1e-12  # a cost that is lower by less is no improvement


class Costs(NamedTuple):
    """What each cell costs: cell c of attribute a costs ``of[at[a] + c]``.

    The instance's cell costs nothing, no cell less; on an interval attribute costs do not fall away from it.
    """

    at: I64
    of: F64


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """A cheapest counterexample.

    Attributes
    ----------
    status : int
        ``FOUND``: none is cheaper; ``NONE``: there is no counterexample; ``UNKNOWN``: given up.
    point : ndarray of int32 or None
        The best one known.
    cost : float
        What it costs (infinite without one).
    lower : float
        No counterexample costs less.
    """

    status: int
    point: I32 | None
    cost: float
    lower: float


def nearest(question: Question, costs: Costs, pad: Pad, run: Run, start: I32 | None = None) -> Nearest:
    """Return the cheapest counterexample.

    Parameters
    ----------
    question : Question
        What is asked.
    costs : Costs
        What cells cost.
    pad : Pad
        Room; its flag and its limit of nodes are obeyed.
    run : callable
        ``run(kernel, *arguments)`` executes a kernel.
    start : ndarray of int32, optional
        A counterexample in the outer box; a near one saves time.
    """
    box = box_at(question.layout, question.columns, question.cells)
    if start is None:
        status = int(run(find_any, question, box, pad))
        if status != FOUND:
            return Nearest(status, None, np.inf, np.inf if status == NONE else 0.0)
        start = pad.point
    best = start.astype(np.int32)
    price = cost_of(costs, best)
    lower, budget = 0.0, max(price / _FIRST, _least_step(costs))
    trail = np.zeros((len(question.layout.owner) + len(costs.of) + 1, 3), np.int32)
    limit = np.zeros(1)
    first = [-1] if question.columns.together else range(len(question.columns.need))
    while price > 0:
        limit[0] = min(budget, price)
        improved = False
        for only in first:
            status = int(run(cheaper_point, question, box, only, costs, limit, best, trail, pad))
            improved = improved or limit[0] < min(budget, price)
            if status == UNKNOWN:
                return Nearest(UNKNOWN, best, cost_of(costs, best), lower)
        if improved or budget >= price:
            break
        lower, budget = budget, 2 * budget
    price = cost_of(costs, best)
    return Nearest(FOUND, best, price, price)


def _least_step(costs: Costs) -> float:
    """Return more than the least positive cost, so that the first budget has room for some change."""
    positive = costs.of[costs.of > 0]
    return 1.5 * float(positive.min()) if len(positive) else 0.0


@kernel
def cost_of(costs: Costs, point: I32) -> float:
    """Return what a point costs."""
    total = 0.0
    for a in range(len(point)):
        total += costs.of[costs.at[a] + point[a]]
    return total


@kernel
def find_any(q: Question, box: Box, pad: Pad) -> Num:
    """Look for any counterexample in the outer box (``pad.point``)."""
    for a in range(len(q.cells)):
        open_within(q, box, a)
    return box_holds(q.layout, q.sums, q.columns, box, q.cells, pad)


@kernel
def _decide(layout: Layout, box: Box, e: Num, side: Num, trail: I32, n: Num) -> Num:
    """Decide an element; the trail remembers what was allowed."""
    a = layout.owner[e]
    if layout.interval[a]:
        p = e - layout.base[a]
        trail[n, 0], trail[n, 1], trail[n, 2] = a, box.lo[a], box.hi[a]
        if side > 0:
            set_range(layout, box, a, p + 1, box.hi[a])
        else:
            set_range(layout, box, a, box.lo[a], p)
        return n + 1
    for c in range(layout.n_cells[a]):
        if box.barred[layout.cell_base[a] + c] == 0 and layout.truth[layout.row[e] + c] != (side > 0):
            box.barred[layout.cell_base[a] + c] = 1
            trail[n, 0], trail[n, 1] = a, c
            n += 1
    refresh_cells(layout, box, a)
    return n


@kernel
def _undo(layout: Layout, box: Box, trail: I32, n: Num, mark: Num) -> None:
    """Allow again what was taken away since the mark."""
    while n > mark:
        n -= 1
        a = trail[n, 0]
        if layout.interval[a]:
            set_range(layout, box, a, trail[n, 1], trail[n, 2])
            continue
        box.barred[layout.cell_base[a] + trail[n, 1]] = 0
        if n == mark or trail[n - 1, 0] != a:
            refresh_cells(layout, box, a)


@kernel
def _cheapest(layout: Layout, box: Box, cells: I32, costs: Costs, point: I32) -> float:
    """Make the point the cheapest one of the box; return its cost."""
    total = 0.0
    for a in range(len(cells)):
        at = costs.at[a]
        if layout.interval[a]:
            point[a] = min(max(cells[a], box.lo[a]), box.hi[a])
        else:
            best = -1
            for c in range(layout.n_cells[a]):
                if box.barred[layout.cell_base[a] + c] == 0 and (best < 0 or costs.of[at + c] < costs.of[at + best]):
                    best = c
            point[a] = best
        total += costs.of[at + point[a]]
    return total


@kernel
def _afford(layout: Layout, box: Box, costs: Costs, point: I32, rest: float, trail: I32, n: Num) -> Num:
    """Take away the cells that cost `rest` or more beyond the point's."""
    for a in range(len(point)):
        at = costs.at[a]
        most = costs.of[at + point[a]] + rest
        if layout.interval[a]:
            lo, hi = box.lo[a], box.hi[a]
            while lo < point[a] and costs.of[at + lo] >= most:
                lo += 1
            while hi > point[a] and costs.of[at + hi] >= most:
                hi -= 1
            if lo != box.lo[a] or hi != box.hi[a]:
                trail[n, 0], trail[n, 1], trail[n, 2] = a, box.lo[a], box.hi[a]
                n += 1
                set_range(layout, box, a, lo, hi)
            continue
        before = n
        for c in range(layout.n_cells[a]):
            if box.barred[layout.cell_base[a] + c] == 0 and c != point[a] and costs.of[at + c] >= most:
                box.barred[layout.cell_base[a] + c] = 1
                trail[n, 0], trail[n, 1] = a, c
                n += 1
        if n > before:
            refresh_cells(layout, box, a)
    return n


@kernel
def _branch(layout: Layout, small: Layout, inner: Box, pad: Pad, undecided: Num) -> tuple[Num, Num, Num]:
    """Return the element to branch on, the side to try first and how many sides there are to try."""
    if undecided > 0:
        return _strong(small, inner, pad)
    clause = unmet_clause(layout, pad.point)
    e = _open_element(layout, inner, clause) if clause >= 0 else -1
    return e, 1, 2 if e >= 0 else 0


@kernel
def cheaper_point(q: Question, box: Box, only: Num, costs: Costs, limit: F64, best: I32, trail: I32, pad: Pad) -> Num:
    """Find the cheapest counterexample below a limit, by one column or (-1) by all of them together.

    Parameters
    ----------
    box : Box
        Any box over the layout.
    limit : ndarray of float64, shape (1,)
        What it must cost less than; its cost, when one is found.
    best : ndarray of int32, shape (n_attributes,)
        Where it is written.
    trail : ndarray of int32, shape (n_elements + n_cells + 1, 3)
        Room.

    Returns
    -------
    int
        ``NONE``: nothing else is below the limit (as it is now); ``UNKNOWN``: given up.
    """
    layout = q.layout
    for a in range(len(q.cells)):
        open_within(q, box, a)
    _afford(layout, box, costs, q.cells, limit[0] * (1 - _ROUNDING), trail, 0)
    for k in range(len(box.bound)):
        if (only < 0 or k == only) and box.bound[k] < q.columns.need[k]:
            return NONE
    small, inner = copy_trees(layout, q.columns, box, only, pad)
    depth, n = 0, 0
    while True:
        pad.spent[0] += 1
        if pad.flag[0] != 0 or pad.spent[0] > pad.spent[1]:
            return UNKNOWN
        e, side, sides, mark = -1, 1, 0, n
        price = _cheapest(small, inner, q.cells, costs, pad.point)
        rest = limit[0] * (1 - _ROUNDING) - price
        if rest > 0 and not _hopeless(inner, pad):
            n = _afford(small, inner, costs, pad.point, rest, trail, n)
            if not _hopeless(inner, pad):
                undecided, bad = _look(small, inner, pad)
                if bad and is_bad(layout, q.sums, pad.point, pad):
                    limit[0], best[:] = price, pad.point
                else:
                    e, side, sides = _branch(layout, small, inner, pad, undecided)
        while sides == 0:
            _undo(small, inner, trail, n, mark)
            n = mark
            if depth == 0:
                return NONE
            depth -= 1
            e, side, sides = pad.frame[depth, 0], -pad.frame[depth, 1], pad.frame[depth, 3] - 1
            _undo(small, inner, trail, n, pad.frame[depth, 4])
            n = pad.frame[depth, 4]
            mark = pad.frame[depth, 2]
        pad.frame[depth, 0], pad.frame[depth, 1] = e, side
        pad.frame[depth, 2], pad.frame[depth, 3], pad.frame[depth, 4] = mark, sides, n
        depth += 1
        n = _decide(small, inner, e, side, trail, n)
