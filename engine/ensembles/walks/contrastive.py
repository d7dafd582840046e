"""A walk over all contrastive reasons of an ensemble: minimal sets of freed items that hit every sufficient reason.

Edges are sets of kept items that hold, shrunk. The chosen items span a box that holds; one more is tried on the cells
that it would allow. If nothing there is outside O the walk goes down. If something is, the set is a contrastive reason
unless one of the others can be kept; no larger set is one, so the item is no candidate any more.

This is quick where there are fewer sufficient reasons than contrastive ones; ``sufficient`` is where it is the other
way round. Each of them knows the reasons of both kinds when it ends.
"""

from __future__ import annotations

import numpy as np

from ...hitting.mmcs import (
    DEPTH,
    FOUND_SETS,
    FRESH,
    Walk,
    branch,
    critical,
    descend,
    end_edge,
    has_to_pause,
    look_ahead,
    missed_edge,
    next_item,
    put_item,
    record,
    try_again,
)
from ...kernels import Num, inner_kernel, lean_kernel
from ..arrays.box import Box, copy_point, fix_attribute, refresh_cells, set_range
from ..arrays.layout import BASE, CELLS, COUNT, INTERVAL
from ..changes.narrow import Question
from ..search.search import FOUND, NONE, UNKNOWN
from ..search.widen import ALONE, EXACT, shrink_groups, shrink_literals
from ..search.workspace import NODES, Pad
from .items import Items, Tools, ask, far_cell, is_below, list_units, open_group, same_side


@lean_kernel
def walk_contrastive(walk: Walk, q: Question, items: Items, tools: Tools, pad: Pad) -> Num:
    """Go on with a walk over contrastive reasons; arguments and result as in ``walk_sufficient``.

    ``tools.box`` is the span of the chosen items.
    """
    while True:
        if pad.flag[0] != 0:
            return UNKNOWN
        if has_to_pause(walk, pad.spent[NODES]):
            return FOUND
        depth = walk.number[DEPTH]
        if walk.number[FRESH] != 0:
            k = missed_edge(walk)
            if k >= 0:
                branch(walk, k)
            elif _learn_kept(walk, q, items, tools, pad) == UNKNOWN:
                return UNKNOWN
            continue
        v = next_item(walk)
        if v < 0:
            if depth == 0:
                return NONE
            walk.number[DEPTH] = depth - 1
            _fix(q, items, tools.box, walk.chosen[depth - 1])
        elif _try(walk, q, items, tools, v, pad) == UNKNOWN:
            try_again(walk, v)
            return UNKNOWN


@inner_kernel
def _fix(q: Question, items: Items, box: Box, v: Num) -> None:
    """Leave only the instance's cells of an item (and those on the other side of its attribute)."""
    unit = items.unit[v]
    if items.cut[v] >= 0:
        _bound(q, items, box, v, np.int64(q.cells[unit]))
        return
    for i in range(items.groups.at[unit], items.groups.at[unit + 1]):
        a = items.groups.members[i]
        fix_attribute(q.layout, box, a, q.cells[a])


@inner_kernel
def _bound(q: Question, items: Items, box: Box, v: Num, cell: Num) -> None:
    """Make a cell the last one that is allowed on the side of a literal."""
    unit = items.unit[v]
    if is_below(q, items, v):
        set_range(q.layout, box, unit, cell, box.hi[unit])
    else:
        set_range(q.layout, box, unit, box.lo[unit], cell)


@inner_kernel
def _free(q: Question, items: Items, box: Box, v: Num, short: Num) -> None:
    """Allow the cells up to the first that violates an item (`short`: the one before it is the last)."""
    if items.cut[v] < 0:
        if short:
            _fix(q, items, box, v)
        else:
            open_group(q, items, box, items.unit[v])
        return
    nearer = 1 if is_below(q, items, v) else -1
    _bound(q, items, box, v, far_cell(q, items, v) + (nearer if short else 0))


@lean_kernel
def _try(walk: Walk, q: Question, items: Items, tools: Tools, v: Num, pad: Pad) -> Num:
    """Go down with an item, or write down a contrastive reason; UNKNOWN: a search was given up."""
    unit, box, literal = items.unit[v], tools.box, items.cut[v] >= 0
    look_ahead(walk, v)
    for i in range(walk.number[DEPTH]):
        if same_side(q, items, walk.chosen[i], v):  # what violates v violates it too: it is not critical
            return NONE
    lo, hi = box.lo[unit if literal else 0], box.hi[unit if literal else 0]
    copy_point(tools.point, q.cells)
    if literal:
        for a in range(len(tools.point)):
            tools.point[a] = box.lo[a] if box.lo[a] != q.cells[a] else box.hi[a]
        cell, far = np.int64(q.cells[unit]), far_cell(q, items, v)
        tools.point[unit] = far
        set_range(q.layout, box, unit, min(far, cell + 1), max(far, cell - 1))
    else:
        open_group(q, items, box, unit)
    answer, kept = ask(q, box, tools.point, pad), FOUND
    if answer == FOUND:
        copy_point(tools.point, pad.point)
        kept = _could_keep(walk, q, items, tools, v, pad)
    if literal:
        set_range(q.layout, box, unit, lo, hi)
    else:
        _fix(q, items, box, v)
    if answer == NONE:
        _free(q, items, box, v, False)
        descend(walk)
    elif kept == NONE:
        row = walk.number[FOUND_SETS]
        record(walk, walk.number[DEPTH] + 1)
        if walk.set_point.shape[1] > 0:
            for a in range(len(tools.point)):
                walk.set_point[row, a] = tools.point[a]
    return UNKNOWN if UNKNOWN in (answer, kept) else NONE


@lean_kernel
def _could_keep(walk: Walk, q: Question, items: Items, tools: Tools, v: Num, pad: Pad) -> Num:
    """Answer whether a counterexample with item v violates fewer of the chosen items: FOUND, NONE or UNKNOWN.

    The box is the span of the others with any cells of v's attribute, where v is a literal.
    """
    box, depth, unit, answer = tools.box, walk.number[DEPTH], items.unit[v], NONE
    if items.cut[v] >= 0:
        cell, far = np.int64(q.cells[unit]), far_cell(q, items, v)
        near = far + 1 if far < cell else far - 1
        if near != cell:
            set_range(q.layout, box, unit, min(near, cell + 1), max(near, cell - 1))
            answer = ask(q, box, q.cells, pad)
        set_range(q.layout, box, unit, far, far)
    for i in range(depth - 1, -1, -1):
        k = walk.chosen[i]
        if answer != NONE:
            return answer
        if items.unit[k] == unit:
            return FOUND  # the other side of the attribute
        if not critical(walk, k, depth + 1):
            _free(q, items, box, k, True)
            answer = ask(q, box, q.cells, pad)
            _free(q, items, box, k, False)
    return answer


@inner_kernel
def _copy_box(q: Question, box: Box, work: Box) -> None:
    """Make one box the same as another."""
    for a in range(len(q.cells)):
        if q.layout.attribute[a, INTERVAL]:
            set_range(q.layout, work, a, box.lo[a], box.hi[a])
            continue
        begin = q.layout.attribute[a, CELLS]
        for c in range(q.layout.attribute[a, COUNT]):
            work.barred[begin + c] = box.barred[begin + c]
        refresh_cells(q.layout, work, a)


@lean_kernel
def _learn_kept(walk: Walk, q: Question, items: Items, tools: Tools, pad: Pad) -> Num:
    """Make what the span leaves of the kept items, shrunk, an edge; UNKNOWN: a search was given up."""
    work, literals = tools.work, len(items.cut) > 0 and items.cut[0] >= 0
    _copy_box(q, tools.box, work)
    for unit in range(len(tools.free)):
        tools.free[unit] = literals
    for i in range(walk.number[DEPTH]):
        tools.free[items.unit[walk.chosen[i]]] = True
    list_units(walk, items, tools, -1)
    first = tools.done[0]
    for mode in (ALONE, EXACT):
        tools.done[0] = first
        if literals:
            answer = shrink_literals(
                q.layout, q.sums, q.columns, work, q.cells, tools.kept, tools.order, tools.done, mode, tools.guide,
                tools.pool, pad,
            )  # fmt: skip
        else:
            answer = shrink_groups(
                q.layout, q.sums, q.columns, work, q.cells, tools.free, items.groups.at, items.groups.members,
                tools.order, tools.done, mode, tools.guide, tools.pool, pad,
            )  # fmt: skip
        if answer == UNKNOWN:
            return UNKNOWN
    if literals:
        _add_kept_literals(walk, q, items, work)
    else:
        for unit in range(len(tools.free)):
            if items.item_of[unit] >= 0 and not tools.free[unit]:
                put_item(walk, np.int64(items.item_of[unit]), True)
    end_edge(walk, False, True)
    return NONE


@inner_kernel
def _add_kept_literals(walk: Walk, q: Question, items: Items, work: Box) -> None:
    """Put the literals that a box keeps into the edge that is being added."""
    for a in range(len(q.cells)):
        base, cell = q.layout.attribute[a, BASE], np.int64(q.cells[a])
        for p in range(q.layout.attribute[a, COUNT] - 1):
            v = np.int64(items.item_of[base + p])
            if v >= 0 and (p < work.lo[a] or p >= work.hi[a]):
                put_item(walk, v, p + 1 == work.lo[a] if p < cell else p == work.hi[a])
