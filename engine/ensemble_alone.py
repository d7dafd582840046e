"""What each tree on its own can still reach in a box, exactly.

On interval attributes the bounds of ``Box.best`` are that already: two open tests on one path leave a cell between
them. On attributes that are listed cell by cell two open tests may exclude each other, so paths have to be followed.
"""

from __future__ import annotations

from .ensemble_layout import CELLS, COUNT, ELEMENT, HIGH, INTERVAL, LEAF, LOW, OWNER, PARENT, Layout, true_in
from .ensemble_pad import Pad
from .ensemble_state import Box
from .ensemble_sums import Columns
from .kernels import Num, inlined, inner_kernel, lean_kernel


@lean_kernel
def alone_decides(layout: Layout, columns: Columns, box: Box, pad: Pad) -> Num:
    """Tell whether the sums of the trees' exact best worths show that no input in the box is bad."""
    if layout.attribute[-1, CELLS] == 0:
        return False  # the bounds are exact already
    for c in range(len(box.barred)):
        pad.barred[c] = box.barred[c]
    for k in range(len(box.bound)):
        total = columns.offset[k]
        for t in range(len(layout.root)):
            total += _best_of_tree(layout, columns, box, t, k, pad)
        short = total < columns.need[k]
        if columns.together and short:
            return True
        if not columns.together and not short:
            return False
    return not columns.together


@inlined
def _bar(layout: Layout, e: Num, side: Num, pad: Pad, step: Num) -> Num:
    """Bar the cells of a listed attribute on which an element has the other side; tell whether one is left."""
    a = layout.test[e, OWNER]
    left = False
    for c in range(layout.attribute[a, COUNT]):
        place = layout.attribute[a, CELLS] + c
        if true_in(layout.test, layout.truth, e, c) != (side > 0):
            pad.barred[place] += step
        left = left or pad.barred[place] == 0
    return left


@inner_kernel
def _best_of_tree(layout: Layout, columns: Columns, box: Box, t: Num, k: Num, pad: Pad) -> Num:
    """Return the greatest worth of the leaves of one tree that the box reaches."""
    best, top, stack = -(2**62), 0, pad.frame  # node, side of its parent, whether it was entered
    stack[0, 0], stack[0, 1], stack[0, 2] = layout.root[t], 0, 0
    while top >= 0:
        node, side = stack[top, 0], stack[top, 1]
        parent = layout.node[node, PARENT]
        listed = side != 0 and not layout.attribute[layout.test[layout.node[parent, ELEMENT], OWNER], INTERVAL]
        entered = stack[top, 2] != 0
        left = True
        if listed:
            left = _bar(layout, layout.node[parent, ELEMENT], side, pad, -1 if entered else 1)
        if entered:
            top -= 1
            continue
        stack[top, 2] = 1
        e = layout.node[node, ELEMENT]
        if e < 0 and left:
            best = max(best, columns.worth[layout.node[node, LEAF], k])
        for to in (1, -1):
            if e >= 0 and left and (box.side[e] == 0 or box.side[e] == to):
                top += 1
                stack[top, 0] = layout.node[node, HIGH] if to > 0 else layout.node[node, LOW]
                stack[top, 1], stack[top, 2] = to, 0
    return best
