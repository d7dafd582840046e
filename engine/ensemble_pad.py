"""The undecided part of the trees in a box, copied for a search.

The copy leaves out what the box decides: trees and subtrees whose worth is the same everywhere in the box become
constants. It is a ``Layout`` and a ``Box`` of its own, in room that is made once and used again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .ensemble_layout import Layout
from .ensemble_state import Box
from .ensemble_sums import Columns
from .kernels import F64, I8, I32, I64, Num, inner_kernel, kernel


class Pad(NamedTuple):
    """Room for a search.

    Attributes
    ----------
    root, element, low, high, parent : ndarray of int32
        The copied trees.
    at, nodes : ndarray of int64 / int32
        The copied nodes of each element.
    best, worst : ndarray of int64, shape (n_nodes, n_columns)
        Greatest and least worth of the copied nodes.
    lo, hi, barred, side, bound, need
        The copied box, and what the chosen columns must reach.
    point : ndarray of int32, shape (n_attributes,)
        A cell of each attribute within the box; the counterexample, once one is found.
    leaves : ndarray of int32, shape (n_trees,)
        Leaf rows that the point reaches.
    scores : ndarray of float64, shape (n_outputs,)
        The model's scores at the point.
    stack : ndarray of int32, shape (n_nodes + 1, 3)
        Work list of the copy.
    frame : ndarray of int32, shape (n_elements + 2, 6)
        Open decisions: element, side, range before, whether the other side is left, attribute.
    pick, gap : ndarray of int32 / int64, shape (n_trees,)
        Undecided node and gap of each live tree.
    flag : ndarray of int32, shape (1,)
        Set by a watcher: give up.
    spent : ndarray of int64, shape (2,)
        Nodes of all searches so far, and the number at which to give up.
    """

    root: I32
    element: I32
    low: I32
    high: I32
    parent: I32
    at: I64
    nodes: I32
    best: I64
    worst: I64
    lo: I32
    hi: I32
    barred: I32
    side: I8
    bound: I64
    need: I64
    point: I32
    leaves: I32
    scores: F64
    stack: I32
    frame: I32
    pick: I32
    gap: I64
    flag: I32
    spent: I64


def new_pad(layout: Layout, n_columns: int, n_outputs: int) -> Pad:
    """Return room for searches over this layout."""
    n, e, a, t = len(layout.element), len(layout.owner), len(layout.n_cells), len(layout.root)

    def ints(*shape: int) -> I32:
        return np.zeros(shape, np.int32)

    def longs(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    return Pad(
        ints(t), ints(n), ints(n), ints(n), ints(n), longs(e + 1), ints(n), longs(n, n_columns), longs(n, n_columns),
        ints(a), ints(a), ints(int(layout.cell_base[-1])), np.zeros(e, np.int8), longs(n_columns), longs(n_columns),
        ints(a), ints(t), np.zeros(n_outputs), ints(n + 1, 3), ints(e + 2, 6), ints(t), longs(t),
        ints(1), np.array([0, 2**62], np.int64),
    )  # fmt: skip


@kernel
def copy_trees(layout: Layout, columns: Columns, box: Box, only: Num, pad: Pad) -> tuple[Layout, Box]:
    """Copy what is undecided in the box, for one column or (-1) for all; return it with its own box."""
    n_columns = 1 if only >= 0 else len(columns.need)
    first = max(only, 0)
    for k in range(n_columns):
        pad.bound[k] = columns.offset[first + k]
        pad.need[k] = columns.need[first + k]
    size, live = 0, 0
    for t in range(len(layout.root)):
        begin = size
        size = _copy_tree(layout, columns, box, t, first, n_columns, begin, pad)
        for k in range(n_columns):
            pad.bound[k] += pad.best[begin, k]
        if pad.element[begin] < 0:
            size = begin
        else:
            pad.root[live] = begin
            live += 1
    _link(pad, size, len(layout.owner))
    pad.lo[:] = box.lo
    pad.hi[:] = box.hi
    pad.barred[:] = box.barred
    pad.side[:] = box.side
    smaller = Layout(
        pad.root[:live], pad.element[:size], pad.low[:size], pad.high[:size], pad.parent[:size], layout.leaf,
        pad.at, pad.nodes, layout.base, layout.owner, layout.interval, layout.n_cells, layout.cell_base, layout.row,
        layout.truth, layout.clause_at, layout.clause_element, layout.clause_side,
    )  # fmt: skip
    return smaller, Box(pad.lo, pad.hi, pad.barred, pad.side, pad.best, pad.bound[:n_columns])


@inner_kernel
def _copy_tree(
    layout: Layout, columns: Columns, box: Box, t: Num, first: Num, n_columns: Num, begin: Num, pad: Pad
) -> Num:
    """Copy one tree depth-first from node number `begin`; return the number after its last node."""
    size, top = begin, 0
    pad.stack[0, 0], pad.stack[0, 1], pad.stack[0, 2] = layout.root[t], -1, 0
    while top >= 0:
        node, parent, side = pad.stack[top, 0], pad.stack[top, 1], pad.stack[top, 2]
        top -= 1
        e = layout.element[node]
        while e >= 0 and box.side[e] != 0:
            node = layout.high[node] if box.side[e] > 0 else layout.low[node]
            e = layout.element[node]
        pad.element[size], pad.parent[size] = e, parent
        if parent >= 0:
            if side > 0:
                pad.high[parent] = size
            else:
                pad.low[parent] = size
        if e < 0:
            pad.low[size] = columns.kind[layout.leaf[node]] if len(columns.kind) else 0  # a leaf has no children
            for k in range(n_columns):
                pad.best[size, k] = box.best[node, first + k]
                pad.worst[size, k] = box.best[node, first + k]
        else:
            top += 1
            pad.stack[top, 0], pad.stack[top, 1], pad.stack[top, 2] = layout.high[node], size, 1
            top += 1
            pad.stack[top, 0], pad.stack[top, 1], pad.stack[top, 2] = layout.low[node], size, -1
        size += 1
    for i in range(size - 1, begin - 1, -1):
        if pad.element[i] >= 0:
            low, high = pad.low[i], pad.high[i]
            same = pad.element[low] < 0 and pad.element[high] < 0 and pad.low[low] == pad.low[high]
            for k in range(n_columns):
                pad.best[i, k] = max(pad.best[low, k], pad.best[high, k])
                pad.worst[i, k] = min(pad.worst[low, k], pad.worst[high, k])
                same = same and pad.best[i, k] == pad.worst[i, k]
            if same:
                pad.element[i], pad.low[i] = -1, pad.low[low]
    return size


@kernel
def _link(pad: Pad, size: Num, n_elements: Num) -> None:
    """List the copied nodes of each element."""
    pad.at[: n_elements + 1] = 0
    for i in range(size):
        if pad.element[i] >= 0:
            pad.at[pad.element[i] + 1] += 1
    for e in range(n_elements):
        pad.at[e + 1] += pad.at[e]
    for i in range(size - 1, -1, -1):  # fill from the ends: at[e + 1] sinks to where e begins
        e = pad.element[i]
        if e >= 0:
            pad.at[e + 1] -= 1
            pad.nodes[pad.at[e + 1]] = i
    for e in range(n_elements):
        pad.at[e] = pad.at[e + 1]
    pad.at[n_elements] = 0
    for i in range(size):
        if pad.element[i] >= 0:
            pad.at[n_elements] += 1
