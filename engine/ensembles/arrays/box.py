"""The best that each tree can still reach within a box of cells, kept up to date as the box changes.

``best[i, k]`` is the greatest worth (column k) of the leaves that node i still reaches; ``bound[k]`` adds up the roots.
A changed range touches only the nodes whose test it decides or opens, and their ancestors as far as they change.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...kernels import I8, I32, I64, Num, inlined, inner_kernel, lean_kernel
from .cells import gather_cells, side_of_set
from .layout import BASE, CELLS, COUNT, ELEMENT, HIGH, INTERVAL, LEAF, LOW, PARENT, WORDS, Layout, true_in
from .sums import Columns


class Box(NamedTuple):
    """Allowed cells and what follows from them.

    Attributes
    ----------
    lo, hi : ndarray of int64, shape (n_attributes,)
        Range of the cells of interval attributes.
    barred : ndarray of int32
        For the other attributes: how often each cell is barred (0: allowed), at ``CELLS + cell``.
    side : ndarray of int8, shape (n_elements,)
        1: true in all allowed cells; -1: in none; 0: open.
    best : ndarray of int64, shape (n_nodes, n_columns)
        See the module's text.
    bound : ndarray of int64, shape (n_columns,)
        See the module's text.
    room : ndarray of int64
        Room for sets of cells of listed attributes (see ``arrays.cells``).
    """

    lo: I64
    hi: I64
    barred: I32
    side: I8
    best: I64
    bound: I64
    room: I64


def box_at(layout: Layout, columns: Columns, cells: I32) -> Box:
    """Return the box of one cell a attribute."""
    box = Box(
        cells.astype(np.int64), cells.astype(np.int64), np.zeros(layout.n_listed_cells, np.int32),
        np.zeros(len(layout.test), np.int8), np.zeros((len(layout.node), len(columns.need)), np.int64),
        np.zeros(len(columns.need), np.int64), np.zeros(int(layout.attribute[-1, WORDS]), np.int64),
    )  # fmt: skip
    place(layout, columns, box, cells.astype(np.int32))
    return box


@lean_kernel
def place(layout: Layout, columns: Columns, box: Box, cells: I32) -> None:
    """Make the box the one of these cells, from nothing."""
    for a in range(len(layout.attribute) - 1):
        box.lo[a], box.hi[a] = cells[a], cells[a]
        if not layout.attribute[a, INTERVAL]:
            for c in range(layout.attribute[a, COUNT]):
                box.barred[layout.attribute[a, CELLS] + c] = 0 if c == cells[a] else 1
        for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
            box.side[e] = side_in_cell(layout, a, e, cells[a])
    n_columns = len(box.bound)
    for node in range(len(layout.node) - 1, -1, -1):
        e = layout.node[node, ELEMENT]
        for k in range(n_columns):
            if e < 0:
                box.best[node, k] = columns.worth[layout.node[node, LEAF], k]
            elif box.side[e] > 0:
                box.best[node, k] = box.best[layout.node[node, HIGH], k]
            else:
                box.best[node, k] = box.best[layout.node[node, LOW], k]
    for k in range(n_columns):
        total = columns.offset[k]
        for t in range(len(layout.root)):
            total += box.best[layout.root[t], k]
        box.bound[k] = total


@inner_kernel
def side_in_cell(layout: Layout, a: Num, e: Num, cell: Num) -> Num:
    """Return 1 if an element is true in a cell of its attribute, else -1."""
    if layout.attribute[a, INTERVAL]:
        return 1 if cell > e - layout.attribute[a, BASE] else -1
    return 1 if true_in(layout.test, layout.truth, e, cell) else -1


@inner_kernel
def touch(layout: Layout, box: Box, e: Num) -> None:
    """Bring the nodes that test an element, and their ancestors, up to date."""
    n_columns = len(box.bound)
    for i in range(layout.at[e], layout.at[e + 1]):
        node = layout.nodes[i]
        while True:
            side = box.side[layout.node[node, ELEMENT]]
            low, high, parent = layout.node[node, LOW], layout.node[node, HIGH], layout.node[node, PARENT]
            changed = False
            for k in range(n_columns):
                if side > 0:
                    value = box.best[high, k]
                elif side < 0:
                    value = box.best[low, k]
                else:
                    value = max(box.best[low, k], box.best[high, k])
                old = box.best[node, k]
                if value != old:
                    changed = True
                    box.best[node, k] = value
                    if parent < 0:
                        box.bound[k] += value - old
            if not changed or parent < 0:
                break
            node = parent


@inner_kernel
def set_range(layout: Layout, box: Box, a: Num, lo: Num, hi: Num) -> None:
    """Allow the cells lo … hi of an interval attribute."""
    base = layout.attribute[a, BASE]
    old_lo, old_hi = box.lo[a], box.hi[a]
    box.lo[a], box.hi[a] = lo, hi
    for part in range(2):
        begin = min(lo, old_lo) if part == 0 else min(hi, old_hi)
        end = max(lo, old_lo) if part == 0 else max(hi, old_hi)
        for p in range(begin, end):
            side = 1 if p < lo else (-1 if p >= hi else 0)
            if box.side[base + p] != side:
                box.side[base + p] = side
                touch(layout, box, base + p)


@inner_kernel
def refresh_cells(layout: Layout, box: Box, a: Num) -> None:
    """Bring an attribute that cuts do not describe up to date after its barred cells changed."""
    gather_cells(layout, a, box.barred, box.room)
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        side = side_of_set(layout, a, e, box.room)
        if box.side[e] != side:
            box.side[e] = side
            touch(layout, box, e)


# -- many changes at once: sides first, then all nodes in one sweep


@inner_kernel
def put_range(layout: Layout, box: Box, a: Num, lo: Num, hi: Num) -> None:
    """Allow the cells lo … hi of an interval attribute; ``sweep`` brings the nodes up to date."""
    box.lo[a], box.hi[a] = lo, hi
    for p in range(layout.attribute[a, COUNT] - 1):
        box.side[layout.attribute[a, BASE] + p] = 1 if p < lo else (-1 if p >= hi else 0)


@inner_kernel
def put_cells(layout: Layout, box: Box, a: Num) -> None:
    """Take note of the barred cells of a listed attribute; ``sweep`` brings the nodes up to date."""
    gather_cells(layout, a, box.barred, box.room)
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        box.side[e] = side_of_set(layout, a, e, box.room)


@inner_kernel
def sweep(layout: Layout, box: Box) -> None:
    """Bring all nodes up to date, children before parents."""
    n_columns = len(box.bound)
    for node in range(len(layout.node) - 1, -1, -1):
        e = layout.node[node, ELEMENT]
        if e < 0:
            continue
        side = box.side[e]
        low, high = layout.node[node, LOW], layout.node[node, HIGH]
        for k in range(n_columns):
            if side > 0:
                value = box.best[high, k]
            elif side < 0:
                value = box.best[low, k]
            else:
                value = max(box.best[low, k], box.best[high, k])
            if layout.node[node, PARENT] < 0:
                box.bound[k] += value - box.best[node, k]
            box.best[node, k] = value


@lean_kernel
def open_attribute(layout: Layout, box: Box, a: Num) -> None:
    """Allow all cells of an attribute."""
    if layout.attribute[a, INTERVAL]:
        set_range(layout, box, a, 0, layout.attribute[a, COUNT] - 1)
        return
    for c in range(layout.attribute[a, COUNT]):
        box.barred[layout.attribute[a, CELLS] + c] = 0
    refresh_cells(layout, box, a)


@lean_kernel
def fix_attribute(layout: Layout, box: Box, a: Num, cell: Num) -> None:
    """Allow one cell of an attribute only."""
    if layout.attribute[a, INTERVAL]:
        set_range(layout, box, a, np.int64(cell), np.int64(cell))
        return
    for c in range(layout.attribute[a, COUNT]):
        box.barred[layout.attribute[a, CELLS] + c] = 0 if c == cell else 1
    refresh_cells(layout, box, a)


@lean_kernel
def bounds_decide(columns: Columns, box: Box) -> Num:
    """Tell whether the bounds alone show that no input in the box is bad."""
    for k in range(len(box.bound)):
        short = box.bound[k] < columns.need[k]
        if columns.together and short:
            return True
        if not columns.together and not short:
            return False
    return not columns.together


@inlined
def copy_point(target: Any, source: Any) -> None:
    """Write one point (or set of Booleans) over another."""
    for a in range(len(target)):
        target[a] = source[a]
