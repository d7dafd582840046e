"""What each tree on its own can still reach in a box, exactly.

On interval attributes the bounds of ``Box.best`` are that already: two open tests on one path leave a cell between
them. On attributes that are listed cell by cell two open tests may exclude each other, so paths have to be followed,
with the sets of cells that they leave.
"""

from __future__ import annotations

from ...kernels import Num, inlined, inner_kernel, lean_kernel
from ...kernels.bits import WIDTH, lowest
from ..arrays.box import Box
from ..arrays.cells import gather_cells
from ..arrays.layout import (
    CELLS,
    COUNT,
    ELEMENT,
    HIGH,
    INTERVAL,
    LEAF,
    LOW,
    OWNER,
    PARENT,
    ROW,
    WORDS,
    Layout,
)
from ..arrays.sums import Columns
from .workspace import Pad

OPEN, PROVED, REFUSED = range(3)  # what is known of a cell: ``pad.cell[c, STATE]``
STATE = 0
_LEAST = -(2**62)


@lean_kernel
def alone_decides(layout: Layout, columns: Columns, box: Box, pad: Pad) -> Num:
    """Tell whether the sums of the trees' exact best worths show that no input in the box is bad.

    False if the pad's flag stopped it.
    """
    if layout.attribute[-1, CELLS] == 0:
        return False  # the bounds are exact already
    for a in range(len(layout.attribute) - 1):
        if not layout.attribute[a, INTERVAL]:
            gather_cells(layout, a, box.barred, pad.room)
    for k in range(len(box.bound)):
        total = box.bound[k]
        for t in range(len(layout.root)):
            if total < columns.need[k]:
                break
            if pad.flag[0] != 0:
                return False
            total += _walk(layout, columns, box, t, k, -1, pad) - box.best[layout.root[t], k]
        short = total < columns.need[k]
        if columns.together and short:
            return True
        if not columns.together and not short:
            return False
    return not columns.together


@lean_kernel
def prove_cells(layout: Layout, columns: Columns, box: Box, a: Num, pad: Pad) -> None:
    """Write for each cell of a listed attribute that the box bars: ``PROVED`` if nothing is bad with it alone.

    That is what the trees can reach, each on its own; cells of which it does not say so are ``OPEN``.
    """
    begin, n = layout.attribute[a, CELLS], layout.attribute[a, COUNT]
    _gather_others(layout, box, a, pad)
    for c in range(n):
        pad.cell[c, STATE] = OPEN if columns.together else PROVED
    for k in range(len(box.bound)):
        if not _best_of_cells(layout, columns, box, k, a, pad):
            for c in range(n):
                pad.cell[c, STATE] = OPEN
            break
        for c in range(n):
            short = pad.reach[begin + c, 1] < columns.need[k]
            if short == columns.together:
                pad.cell[c, STATE] = PROVED if short else OPEN


@inlined
def _gather_others(layout: Layout, box: Box, a: Num, pad: Pad) -> None:
    """Write the sets of cells that the box allows, but of one attribute those that it bars."""
    one = 1
    for b in range(len(layout.attribute) - 1):
        if not layout.attribute[b, INTERVAL]:
            gather_cells(layout, b, box.barred, pad.room)
    for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
        pad.room[w] = 0
    for c in range(layout.attribute[a, COUNT]):
        if box.barred[layout.attribute[a, CELLS] + c] != 0:
            pad.room[layout.attribute[a, WORDS] + (c >> 6)] |= one << (c & 63)


@inlined
def _best_of_cells(layout: Layout, columns: Columns, box: Box, k: Num, a: Num, pad: Pad) -> Num:
    """Write the sum of the trees' best worths for each cell that the box bars; False if the flag stopped it."""
    begin, end = layout.attribute[a, CELLS], layout.attribute[a + 1, CELLS]
    for c in range(begin, end):
        pad.reach[c, 1] = columns.offset[k]
    for t in range(len(layout.root)):
        if pad.flag[0] != 0:
            return False
        for c in range(begin, end):
            pad.reach[c, 0] = _LEAST
        _walk(layout, columns, box, t, k, a, pad)
        for c in range(begin, end):
            if box.barred[c] != 0:
                pad.reach[c, 1] += pad.reach[c, 0]
    return True


@inner_kernel
def _walk(layout: Layout, columns: Columns, box: Box, t: Num, k: Num, a: Num, pad: Pad) -> Num:
    """Return the greatest worth of the leaves of one tree that the sets of cells in ``pad.room`` and the box reach.

    With an attribute `a` the greatest worth of each cell of its set is written to ``pad.reach`` instead; the box says
    nothing of its tests then.
    """
    best, top, n, stack = _LEAST, 0, 0, pad.frame  # node, side of its parent, length of the trail before it and one
    stack[0, 0], stack[0, 1], stack[0, 2] = layout.root[t], 0, 0
    while top >= 0:
        node, side, mark = stack[top, 0], stack[top, 1], stack[top, 2]
        if mark > 0:  # it was entered
            while n >= mark:
                n -= 1
                pad.room[pad.trail[n, 0]] = pad.trail[n, 1]
            top -= 1
            continue
        stack[top, 2] = n + 1
        left = True
        if side != 0:
            n, left = _narrow(layout, layout.node[layout.node[node, PARENT], ELEMENT], side, n, pad)
        if not left or (a < 0 and box.best[node, k] <= best):
            continue
        e = layout.node[node, ELEMENT]
        if e < 0:
            best = columns.worth[layout.node[node, LEAF], k]  # more than before, where nothing is asked of cells
            if a >= 0:
                _raise_cells(layout, a, best, pad)
            continue
        free = a >= 0 and layout.test[e, OWNER] == a
        high, low = layout.node[node, HIGH], layout.node[node, LOW]
        for last in range(2):  # the better child comes last, so it is entered first
            up = (box.best[high, k] > box.best[low, k]) == (last != 0)
            if free or box.side[e] == 0 or (box.side[e] > 0) == up:
                top += 1
                stack[top, 0], stack[top, 1], stack[top, 2] = high if up else low, 1 if up else -1, 0
    return best


@inlined
def _narrow(layout: Layout, e: Num, side: Num, n: Num, pad: Pad) -> tuple[Num, Num]:
    """Leave only the cells on a side of an element; return the length of the trail, and whether one is left."""
    a = layout.test[e, OWNER]
    if layout.attribute[a, INTERVAL]:
        return n, True
    first, row, some = layout.attribute[a, WORDS], layout.test[e, ROW], 0
    for w in range(layout.attribute[a + 1, WORDS] - first):
        old = pad.room[first + w]
        now = old & (layout.truth[row + w] if side > 0 else ~layout.truth[row + w])
        some |= now
        if now != old:
            pad.trail[n, 0], pad.trail[n, 1] = first + w, old
            n += 1
            pad.room[first + w] = now
    return n, some != 0


@inlined
def _raise_cells(layout: Layout, a: Num, worth: Num, pad: Pad) -> None:
    """Make the worth of each cell in the set of an attribute at least this."""
    first, begin = layout.attribute[a, WORDS], layout.attribute[a, CELLS]
    for w in range(layout.attribute[a + 1, WORDS] - first):
        cells = pad.room[first + w]
        while cells != 0:
            c = begin + w * WIDTH + lowest(cells)
            pad.reach[c, 0] = max(pad.reach[c, 0], worth)
            cells &= cells - 1
