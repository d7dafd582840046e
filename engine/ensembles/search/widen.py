"""Widening a box as far as it holds: one sufficient reason, in passes over the attributes.

A box that holds is widened by a **slab**: the cells that one attribute would newly have, everything else as in the box.
The wider box holds iff the slab does, so nothing is proved twice. A side of an interval attribute is widened to the
farthest cell at once; a counterexample in cell c says that nothing from c on can be allowed, so the next try ends
before it. What was refused stays refused, because holds(S) is monotone: the box at the end is maximal.

Modes: ``QUICK`` drops what the bounds alone allow; ``EXACT`` searches; ``ALONE`` asks whether the bounds of the whole
box decide (what each tree on its own can still do: majoritary and tree-specific reasons), without slabs.
"""

from __future__ import annotations

import numpy as np

from ...kernels import F64, I32, I64, Bools, Num, inlined, inner_kernel, lean_kernel
from ..arrays.box import (
    Box,
    bounds_decide,
    fix_attribute,
    open_attribute,
    put_cells,
    put_range,
    refresh_cells,
    set_range,
    sweep,
)
from ..arrays.cells import fill_set, in_set, keep_alike
from ..arrays.layout import BASE, CELLS, COUNT, INTERVAL, Layout, true_in
from ..arrays.sums import Arithmetic, Columns
from .alone import alone_decides
from .search import FOUND, NONE, UNKNOWN, box_holds, clip, is_bad
from .workspace import LIMIT, NODES, Pad

_PULLS = 64  # cells that are tried to bring a counterexample nearer
ALONE, QUICK, EXACT = 0, 1, 2


@inner_kernel
def allows(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, mode: Num, guide: I32, pool: I32, pad: Pad
) -> Num:
    """Answer for the box (a slab); a counterexample is left in `guide` and in the pool."""
    if bounds_decide(columns, box):
        return NONE
    if mode == ALONE:
        return NONE if alone_decides(layout, columns, box, pad) else FOUND
    if mode == QUICK:
        return FOUND
    for i in range(len(pool)):
        if pool[i, 0] < 0:
            continue
        for a in range(len(guide)):
            guide[a] = pool[i, a]
            clip(layout, box, a, guide)
        if is_bad(layout, sums, guide, pad):
            for a in range(len(guide)):
                pool[i, a] = guide[a]
            return FOUND
    answer = box_holds(layout, sums, columns, box, guide, pad)
    if answer == FOUND:
        remember(guide, pool, pad.point)
    return answer


@inner_kernel
def remember(guide: I32, pool: I32, point: I32) -> None:
    """Keep a counterexample: it is the guide and the first one of the pool."""
    for a in range(len(guide)):
        guide[a] = point[a]
        for i in range(len(pool) - 1, 0, -1):
            pool[i, a] = pool[i - 1, a]
        pool[0, a] = guide[a]


@inner_kernel
def _pull(layout: Layout, sums: Arithmetic, a: Num, kept: Num, guide: I32, pad: Pad) -> Num:
    """Bring the counterexample's cell on one attribute as near to the kept bound as it stays one; return it."""
    far = guide[a]
    step = 1 if far > kept else -1
    tries = 0
    c = kept + step
    while c != far and tries < _PULLS:
        guide[a] = c
        if is_bad(layout, sums, guide, pad):
            return c
        tries += 1
        c += step
    guide[a] = far
    return far


@inner_kernel
def _widen_side(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, a: Num, up: Num, mode: Num, guide: I32, pool: I32,
    pad: Pad,
) -> Num:  # fmt: skip
    """Move one bound of an interval attribute outwards as far as the box holds; return UNKNOWN if it stopped early."""
    lo, hi = box.lo[a], box.hi[a]
    kept: Num = hi if up else lo
    end = layout.attribute[a, COUNT] - 1 if up else 0
    step = 1 if up else -1
    tries = 0
    while kept != end:
        if pad.flag[0] != 0:
            set_range(layout, box, a, lo if up else kept, kept if up else hi)
            return UNKNOWN
        goal = end
        if tries >= (2 if mode == EXACT else 1):  # halves from here on
            goal = kept + step * ((abs(end - kept) + 1) // 2)
        if mode == ALONE:
            set_range(layout, box, a, lo if up else goal, goal if up else hi)
        else:
            set_range(layout, box, a, min(kept + step, goal), max(kept + step, goal))
        answer = allows(layout, sums, columns, box, mode, guide, pool, pad)
        if answer == NONE:
            kept = goal
            continue
        if answer == UNKNOWN:
            set_range(layout, box, a, lo if up else kept, kept if up else hi)
            return UNKNOWN
        tries += 1
        end = (_pull(layout, sums, a, kept, guide, pad) if mode == EXACT else goal) - step
    set_range(layout, box, a, lo if up else kept, kept if up else hi)
    return NONE


@lean_kernel
def _widen_listed(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, a: Num, cell: Num, kept: Bools, mode: Num,
    guide: I32, pool: I32, pad: Pad,
) -> Num:  # fmt: skip
    """Allow more cells of a listed attribute: drop the literals that exclude one cell after another."""
    begin, n, first, end = (
        layout.attribute[a, CELLS], layout.attribute[a, COUNT], layout.attribute[a, BASE], layout.attribute[a + 1, BASE]
    )  # fmt: skip
    for target in range(n):
        if pad.flag[0] != 0 or pad.spent[NODES] > pad.spent[LIMIT]:
            return UNKNOWN
        if box.barred[begin + target] == 0:
            continue
        pad.spent[NODES] += 1  # bounds of the whole box take as long, and nobody watches the first nodes
        fill_set(layout, a, pad.room, -1)
        for e in range(first, end):
            if kept[e] and not _excludes(layout, e, target, cell):
                keep_alike(layout, a, e, cell, pad.room)
        for c in range(n):
            new = 0 if in_set(layout, a, c, pad.room) else 1
            pad.cell[c, 0], pad.cell[c, 1] = box.barred[begin + c], new
            box.barred[begin + c] = 1 if mode != ALONE and pad.cell[c, 0] == 0 else new
        refresh_cells(layout, box, a)
        answer = allows(layout, sums, columns, box, mode, guide, pool, pad)
        for c in range(n):
            box.barred[begin + c] = pad.cell[c, 1 if answer == NONE else 0]
        refresh_cells(layout, box, a)
        if answer == UNKNOWN:
            return UNKNOWN
        if answer == NONE:
            for e in range(first, end):
                kept[e] = kept[e] and not _excludes(layout, e, target, cell)
    return NONE


@inlined
def _excludes(layout: Layout, e: Num, c: Num, cell: Num) -> Num:
    """Tell whether an element of a listed attribute tells a cell from another one."""
    return true_in(layout.test, layout.truth, e, c) != true_in(layout.test, layout.truth, e, cell)


@lean_kernel
def shrink_literals(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, cells: I32, kept: Bools, order: I32, done: I64,
    mode: Num, guide: I32, pool: I32, pad: Pad,
) -> Num:  # fmt: skip
    """Widen a box that holds until no literal can be dropped; attributes in the given order.

    Parameters
    ----------
    box : Box
        Holds at first; at the end a maximal box that holds.
    cells : ndarray of int32
        The instance.
    kept : ndarray of bool, shape (n_elements,)
        For attributes that cuts do not describe: the literals that are kept.
    order : ndarray of int32
        Attributes to widen.
    done : ndarray of int64, shape (1,)
        How many of them are finished (a search that was given up goes on from there).
    guide, pool : ndarray of int32, shapes (n_attributes,), (m, n_attributes)
        Room for counterexamples; rows of the pool that begin with -1 are empty.

    Returns
    -------
    int
        ``NONE`` if the box is maximal, ``UNKNOWN`` if a search was given up.
    """
    while done[0] < len(order):
        a = np.int64(order[done[0]])
        if layout.attribute[a, INTERVAL]:
            for up in (True, False):
                if _widen_side(layout, sums, columns, box, a, up, mode, guide, pool, pad) == UNKNOWN:
                    return UNKNOWN
        elif _widen_listed(layout, sums, columns, box, a, np.int64(cells[a]), kept, mode, guide, pool, pad) == UNKNOWN:
            return UNKNOWN
        done[0] += 1
    return NONE


@inner_kernel
def _open_slabs(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, a: Num, cell: Num, mode: Num, guide: I32, pool: I32,
    pad: Pad,
) -> Num:  # fmt: skip
    """Free a fixed attribute if what it newly allows holds; it is left free only then."""
    if mode == ALONE:
        open_attribute(layout, box, a)
        return allows(layout, sums, columns, box, mode, guide, pool, pad)
    if not layout.attribute[a, INTERVAL]:
        begin = layout.attribute[a, CELLS]
        for c in range(layout.attribute[a, COUNT]):
            box.barred[begin + c] = 1 if c == cell else 0
        if layout.attribute[a, COUNT] > 1:
            refresh_cells(layout, box, a)
            answer = allows(layout, sums, columns, box, mode, guide, pool, pad)
            if answer != NONE:
                return answer
    else:
        for up in (True, False):
            lo, hi = (cell + 1, layout.attribute[a, COUNT] - 1) if up else (0, cell - 1)
            if lo <= hi:
                set_range(layout, box, a, lo, hi)
                answer = allows(layout, sums, columns, box, mode, guide, pool, pad)
                if answer != NONE:
                    return answer
    open_attribute(layout, box, a)
    return NONE


@lean_kernel
def shrink_groups(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, cells: I32, free: Bools, group_at: I64,
    members: I32, order: I32, done: I64, mode: Num, guide: I32, pool: I32, pad: Pad,
) -> Num:  # fmt: skip
    """Free whole groups of attributes (features) one after another, while the box holds.

    Parameters
    ----------
    free : ndarray of bool, shape (n_groups,)
        Groups that are free; at the end no more can be.
    group_at, members : ndarray of int64 / int32
        Attributes of group g: ``members[group_at[g]:group_at[g + 1]]``.
    order, done, guide, pool
        As in ``shrink_literals``, for groups.
    """
    while done[0] < len(order):
        if pad.flag[0] != 0:
            return UNKNOWN
        g = np.int64(order[done[0]])
        if not free[g]:
            answer = NONE
            for i in range(group_at[g], group_at[g + 1]):
                a = np.int64(members[i])
                answer = _open_slabs(layout, sums, columns, box, a, np.int64(cells[a]), mode, guide, pool, pad)
                if answer != NONE:
                    break
            if answer == NONE:
                free[g] = True
            else:
                for i in range(group_at[g], group_at[g + 1]):
                    fix_attribute(layout, box, members[i], cells[members[i]])
                if answer == UNKNOWN:
                    return UNKNOWN
        done[0] += 1
    return NONE


@lean_kernel
def loss_of_groups(
    layout: Layout, columns: Columns, box: Box, cells: I32, group_at: I64, members: I32, before: I64, out: F64, pad: Pad
) -> Num:
    """Write for each group how much nearer its freedom alone brings the bounds to being bad (0: not at all).

    `before` are the bounds now; ``UNKNOWN`` is returned if the pad's flag stopped it.
    """
    for g in range(len(out)):
        if pad.flag[0] != 0:
            return UNKNOWN
        for i in range(group_at[g], group_at[g + 1]):
            open_attribute(layout, box, members[i])
        worst = 0.0
        for k in range(len(before)):
            room = max(float(columns.need[k] - before[k]), 1.0)
            worst = max(worst, float(box.bound[k] - before[k]) / room)
        out[g] = worst
        for i in range(group_at[g], group_at[g + 1]):
            fix_attribute(layout, box, members[i], cells[members[i]])
    return NONE


@inlined
def _give_range(layout: Layout, box: Box, a: Num, lo: Num, hi: Num, late: Num) -> None:
    if late:
        put_range(layout, box, a, lo, hi)
    elif box.lo[a] != lo or box.hi[a] != hi:
        set_range(layout, box, a, lo, hi)


@inlined
def _give_cells(layout: Layout, box: Box, a: Num, late: Num) -> None:
    if late:
        put_cells(layout, box, a)
    else:
        refresh_cells(layout, box, a)


@lean_kernel
def set_box(layout: Layout, box: Box, cells: I32, kept: Bools, late: Num) -> None:
    """Make the box what a closed set of elements leaves; `late`: all nodes in one sweep at the end."""
    for a in range(len(layout.attribute) - 1):
        if layout.attribute[a, INTERVAL]:
            lo, hi = 0, layout.attribute[a, COUNT] - 1
            for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
                if kept[e]:
                    p = e - layout.attribute[a, BASE]
                    if p < cells[a]:
                        lo = max(lo, p + 1)
                    else:
                        hi = min(hi, p)
            _give_range(layout, box, a, lo, hi, late)
            continue
        begin = layout.attribute[a, CELLS]
        fill_set(layout, a, box.room, -1)
        for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
            if kept[e]:
                keep_alike(layout, a, e, np.int64(cells[a]), box.room)
        for c in range(layout.attribute[a, COUNT]):
            box.barred[begin + c] = 0 if in_set(layout, a, c, box.room) else 1
        _give_cells(layout, box, a, late)
    if late:
        sweep(layout, box)


@lean_kernel
def kept_in_box(layout: Layout, box: Box, cells: I32, kept: Bools) -> None:
    """Write the closed set of elements that a box stands for (literals that all of its cells satisfy)."""
    for a in range(len(layout.attribute) - 1):
        for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
            kept[e] = box.side[e] != 0


@lean_kernel
def set_region(layout: Layout, box: Box, low: I32, high: I32, allowed: Bools, late: Num) -> None:
    """Make the box a region: a range for each interval attribute, allowed cells for the others (not empty).

    `late`: all nodes are brought up to date in one sweep at the end.
    """
    for a in range(len(layout.attribute) - 1):
        if layout.attribute[a, INTERVAL]:
            _give_range(layout, box, a, np.int64(low[a]), np.int64(high[a]), late)
            continue
        for c in range(layout.attribute[a, CELLS], layout.attribute[a + 1, CELLS]):
            box.barred[c] = 0 if allowed[c] else 1
        _give_cells(layout, box, a, late)
    if late:
        sweep(layout, box)
