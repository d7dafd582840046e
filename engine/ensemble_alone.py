"""What each tree on its own can still reach in a box, exactly.

On interval attributes the bounds of ``Box.best`` are that already: two open tests on one path leave a cell between
them. On attributes that are listed cell by cell two open tests may exclude each other, so paths have to be followed.
"""

from __future__ import annotations

import numpy as np

from .ensemble_layout import Layout
from .ensemble_state import Box
from .ensemble_sums import Columns
from .kernels import I32, I64, Num, kernel


@kernel
def alone_decides(layout: Layout, columns: Columns, box: Box) -> Num:
    """Tell whether the sums of the trees' exact best worths show that no input in the box is bad."""
    if layout.cell_base[-1] == 0:
        return False  # the bounds are exact already
    n_columns = len(box.bound)
    total = columns.offset.copy()
    barred = box.barred.copy()
    best = np.empty(n_columns, np.int64)
    stack = np.empty((len(layout.element) + 1, 3), np.int32)
    for t in range(len(layout.root)):
        _best_of_tree(layout, columns, box, t, barred, best, stack)
        for k in range(n_columns):
            total[k] += best[k]
    for k in range(n_columns):
        short = total[k] < columns.need[k]
        if columns.together and short:
            return True
        if not columns.together and not short:
            return False
    return not columns.together


@kernel
def _bar(layout: Layout, e: Num, side: Num, barred: I32, step: Num) -> Num:
    """Bar the cells of a listed attribute on which an element has the other side; tell whether one is left."""
    a = layout.owner[e]
    left = False
    for c in range(layout.n_cells[a]):
        place = layout.cell_base[a] + c
        if layout.truth[layout.row[e] + c] != (side > 0):
            barred[place] += step
        left = left or barred[place] == 0
    return left


@kernel
def _best_of_tree(layout: Layout, columns: Columns, box: Box, t: Num, barred: I32, best: I64, stack: I32) -> None:
    """Write the greatest worths of the leaves of one tree that the box reaches."""
    first = True
    top = 0
    stack[0, 0], stack[0, 1], stack[0, 2] = layout.root[t], 0, 0  # node, side of its parent, whether it was entered
    while top >= 0:
        node, side, entered = stack[top, 0], stack[top, 1], stack[top, 2]
        parent = layout.parent[node]
        listed = side != 0 and not layout.interval[layout.owner[layout.element[parent]]]
        if entered:
            if listed:
                _bar(layout, layout.element[parent], side, barred, -1)
            top -= 1
            continue
        stack[top, 2] = 1
        if listed and not _bar(layout, layout.element[parent], side, barred, 1):
            continue
        e = layout.element[node]
        if e < 0:
            for k in range(len(best)):
                worth = columns.worth[layout.leaf[node], k]
                best[k] = worth if first else max(best[k], worth)
            first = False
            continue
        for to in (1, -1):
            if box.side[e] == 0 or box.side[e] == to:
                top += 1
                stack[top, 0], stack[top, 1], stack[top, 2] = layout.high[node] if to > 0 else layout.low[node], to, 0
