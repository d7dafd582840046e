"""The cheapest input outside O, where every cell of every attribute has a cost.

Branch and bound over boxes as in ``search.search``. The cheapest cells of a box are its point; their costs bound what
the box can offer, and cells that would cost more than what is left are taken away. Budgets grow from small ones, since
a small budget leaves small boxes; the last one is the cost of the best input known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...kernels import F64, I32, I64, Num, inlined, inner_kernel, lean_kernel
from ..arrays.box import Box, box_at, copy_point, refresh_cells, set_range
from ..arrays.layout import CELLS, COUNT, INTERVAL, Layout
from ..search.branching import COARSE, SETTLED, hopeless, look, strong
from ..search.front import start
from ..search.merge import merge_rows
from ..search.moves import bar_cell, narrow_range, settle_cells
from ..search.search import (
    DEEPER,
    FOUND,
    NONE,
    UNKNOWN,
    box_holds,
    go,
    hopeless_box,
    is_bad,
    open_element,
    turn,
    unmet_clause,
)
from ..search.workspace import HI, LIMIT, LO, NODES, PATIENCE, TRAIL, Pad
from .narrow import Question, Run, open_within

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
    limit = np.zeros(1)
    first = [-1] if question.columns.together else range(len(question.columns.need))
    while price > 0:
        limit[0] = min(budget, price)
        improved = False
        for only in first:
            status = int(run(cheaper_point, question, box, only, costs, limit, best, pad))
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


@lean_kernel
def cost_of(costs: Costs, point: I32) -> float:
    """Return what a point costs."""
    total = 0.0
    for a in range(len(point)):
        total += costs.of[costs.at[a] + point[a]]
    return total


@lean_kernel
def find_any(q: Question, box: Box, pad: Pad) -> Num:
    """Look for any counterexample in the outer box (``pad.point``)."""
    for a in range(len(q.cells)):
        open_within(q, box, a)
    return box_holds(q.layout, q.sums, q.columns, box, q.cells, pad)


@inlined
def _cheapest(layout: Layout, cells: I32, costs: Costs, pad: Pad) -> float:
    """Make the point the cheapest one of the search's box; return its cost."""
    total = 0.0
    for a in range(len(cells)):
        at = costs.at[a]
        if layout.attribute[a, INTERVAL]:
            pad.point[a] = min(max(cells[a], pad.span[a, LO]), pad.span[a, HI])
        else:
            best = -1
            for c in range(layout.attribute[a, COUNT]):
                allowed = pad.barred[layout.attribute[a, CELLS] + c] == 0
                if allowed and (best < 0 or costs.of[at + c] < costs.of[at + best]):
                    best = c
            pad.point[a] = best
        total += costs.of[at + pad.point[a]]
    return total


@inlined
def _affordable(costs: Costs, a: Num, cell: Num, rest: float, lo: Num, hi: Num) -> tuple[Num, Num]:
    """Return the part of a range of cells that costs less than `rest` beyond one of its cells."""
    most = costs.of[costs.at[a] + cell] + rest
    while lo < cell and costs.of[costs.at[a] + lo] >= most:
        lo += 1
    while hi > cell and costs.of[costs.at[a] + hi] >= most:
        hi -= 1
    return lo, hi


@inner_kernel
def _afford_in_box(layout: Layout, box: Box, costs: Costs, cells: I32, rest: float) -> None:
    """Take away from a box the cells that cost `rest` or more beyond those of the instance."""
    for a in range(len(cells)):
        if layout.attribute[a, INTERVAL]:
            lo, hi = _affordable(costs, a, np.int64(cells[a]), rest, box.lo[a], box.hi[a])
            if lo != box.lo[a] or hi != box.hi[a]:
                set_range(layout, box, a, lo, hi)
            continue
        most = costs.of[costs.at[a] + cells[a]] + rest
        for c in range(layout.attribute[a, COUNT]):
            if c != cells[a] and costs.of[costs.at[a] + c] >= most:
                box.barred[layout.attribute[a, CELLS] + c] = 1
        refresh_cells(layout, box, a)


@inner_kernel
def _afford(layout: Layout, costs: Costs, rest: float, pad: Pad) -> None:
    """Take away the cells that cost `rest` or more beyond the point's."""
    for a in range(len(pad.point)):
        cell = np.int64(pad.point[a])
        if layout.attribute[a, INTERVAL]:
            lo, hi = _affordable(costs, a, cell, rest, pad.span[a, LO], pad.span[a, HI])
            if lo != pad.span[a, LO] or hi != pad.span[a, HI]:
                narrow_range(layout, pad, a, lo, hi)
            continue
        most = costs.of[costs.at[a] + cell] + rest
        before = pad.spent[TRAIL]
        for c in range(layout.attribute[a, COUNT]):
            allowed = pad.barred[layout.attribute[a, CELLS] + c] == 0
            if allowed and c != cell and costs.of[costs.at[a] + c] >= most:
                bar_cell(layout, pad, a, c)
        if pad.spent[TRAIL] > before:
            settle_cells(layout, pad, a)


@inlined
def _choose(q: Question, costs: Costs, limit: F64, best: I32, pad: Pad) -> tuple[Num, Num, Num]:
    """Look at the cheapest point and take away what is too dear; return what to branch on (as ``choose`` does)."""
    price = _cheapest(q.layout, q.cells, costs, pad)
    rest = limit[0] * (1 - _ROUNDING) - price
    if rest <= 0 or hopeless(pad):
        return -1, 1, 0
    _afford(q.layout, costs, rest, pad)
    if hopeless(pad):
        return -1, 1, 0
    state = look(pad)
    if is_bad(q.layout, q.sums, pad.point, pad):
        limit[0] = price
        copy_point(best, pad.point)
        return -1, 1, 0
    if state == COARSE:
        return DEEPER, 1, 1
    if state == SETTLED:
        clause = unmet_clause(q.layout, pad.point)
        e = open_element(q.layout, pad, clause) if clause >= 0 else -1
        return e, 1, 2 if e >= 0 else 0
    return strong(q.layout, pad)


@lean_kernel
def cheaper_point(q: Question, box: Box, only: Num, costs: Costs, limit: F64, best: I32, pad: Pad) -> Num:
    """Find the cheapest counterexample below a limit, by one column or (-1) by all of them together.

    Parameters
    ----------
    box : Box
        Any box over the layout.
    limit : ndarray of float64, shape (1,)
        What it must cost less than; its cost, when one is found.
    best : ndarray of int32, shape (n_attributes,)
        Where it is written.

    Returns
    -------
    int
        ``NONE``: nothing else is below the limit (as it is now); ``UNKNOWN``: given up.
    """
    layout = q.layout
    for a in range(len(q.cells)):
        open_within(q, box, a)
    _afford_in_box(layout, box, costs, q.cells, limit[0] * (1 - _ROUNDING))
    if hopeless_box(q.columns, box, only):
        return NONE
    depth, merged, patience = 0, False, pad.spent[NODES] + pad.spent[PATIENCE]
    if not start(layout, q.columns, box, only, pad):
        return UNKNOWN
    while True:
        pad.spent[NODES] += 1
        if pad.flag[0] != 0 or pad.spent[NODES] > pad.spent[LIMIT]:
            return UNKNOWN
        if not merged and pad.spent[NODES] > patience:
            depth, merged = 0, True
            if not start(layout, q.columns, box, only, pad):
                return UNKNOWN
            merge_rows(layout, len(q.columns.kind) > 0, pad)
        e, side, sides = _choose(q, costs, limit, best, pad)
        while sides == 0:
            if depth == 0:
                return NONE
            depth -= 1
            e, side, sides = turn(pad, depth)
        if not go(layout, q.columns, box, only, depth, e, side, sides, pad):
            return UNKNOWN
        depth += 1
