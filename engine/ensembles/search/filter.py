"""Cells of listed attributes that no counterexample in the box of a search can have.

With one cell of an attribute chosen each row of the front has left what the tests on that attribute leave there. If
the best of it, over all rows, does not reach what is needed, the cell is taken away. One pass over the entries says so
for all cells of all columns, about as dear as trying one test of each row; a column of fifty categories has too many
subsets for tests, one after another, to find this out.
"""

from __future__ import annotations

from ...kernels import Num, inner_kernel
from ...kernels.bits import WIDTH, lowest
from ..arrays.cells import gather_cells
from ..arrays.layout import CELLS, COUNT, INTERVAL, OWNER, ROW, WORDS, Layout
from .branching import hopeless
from .moves import bar_cell, settle_cells
from .workspace import BOUND, COLUMN, FIRST, HIGH_SIDE, LEFT, LEVEL, LOW_SIDE, NEED, OF_ELEMENT, Pad

_FEW = 6  # cells of attributes that tests alone sort out
_NEVER = 2**61
LOST = 0  # column of ``Pad.reach``: leaves of the row at hand; then one for each column of worths


@inner_kernel
def _many(layout: Layout, a: Num) -> Num:
    """Tell whether an attribute is listed and has more than a few cells."""
    return layout.attribute[a, INTERVAL] == 0 and layout.attribute[a, COUNT] > _FEW


@inner_kernel
def _lose(layout: Layout, pad: Pad, r: Num, left: Num) -> Num:
    """Write for each allowed cell the leaves of a row that the tests on its attribute take away; tell if there are."""
    some = False
    for c in range(len(pad.reach)):
        pad.reach[c, LOST] = 0
    for x in range(pad.row[r, FIRST], pad.row[r + 1, FIRST]):
        low, high = left & pad.entry[x, LOW_SIDE], left & pad.entry[x, HIGH_SIDE]
        if low == 0 or high == 0:
            continue
        e = pad.entry[x, OF_ELEMENT]
        a = layout.test[e, OWNER]
        if not _many(layout, a):
            continue
        some, first, begin = True, layout.attribute[a, WORDS], layout.attribute[a, CELLS]
        for w in range(layout.attribute[a + 1, WORDS] - first):
            true = layout.truth[layout.test[e, ROW] + w]
            for part in range(2):
                cells = pad.room[first + w] & (true if part == 0 else ~true)
                gone = low if part == 0 else high
                while cells != 0:
                    pad.reach[begin + w * WIDTH + lowest(cells), LOST] |= gone
                    cells &= cells - 1
    return some


@inner_kernel
def _reach(layout: Layout, pad: Pad) -> None:
    """Write for each allowed cell by how much the bounds fall when its attribute has no other."""
    n = pad.spent[LEVEL]
    for c in range(len(pad.reach)):
        for k in range(len(pad.total)):
            pad.reach[c, 1 + k] = 0
    for a in range(len(layout.attribute) - 1):
        if _many(layout, a):
            gather_cells(layout, a, pad.barred, pad.room)
    for r in range(pad.level[n, 0], pad.level[n + 1, 0]):
        left = pad.row[r, LEFT]
        if left & (left - 1) == 0 or not _lose(layout, pad, r, left):
            continue
        k, best, one = pad.row[r, COLUMN], lowest(left), 1
        for c in range(len(pad.reach)):
            lost = pad.reach[c, LOST]
            if lost & (one << best) != 0:
                now = left & ~lost
                pad.reach[c, 1 + k] += pad.value[r, lowest(now)] - pad.value[r, best] if now != 0 else -_NEVER


@inner_kernel
def _take_away(layout: Layout, pad: Pad, a: Num) -> Num:
    """Take away the cells of an attribute that do not reach what is needed; return how many, -1 if none is left."""
    begin, fell, rest = layout.attribute[a, CELLS], 0, 0
    for c in range(layout.attribute[a, COUNT]):
        if pad.barred[begin + c] != 0:
            continue
        possible = True
        for k in range(len(pad.total)):
            possible = possible and pad.total[k, BOUND] + pad.reach[begin + c, 1 + k] >= pad.total[k, NEED]
        if possible:
            rest += 1
        else:
            bar_cell(layout, pad, a, c)
            fell += 1
    return fell if rest > 0 else -1


@inner_kernel
def filter_cells(layout: Layout, pad: Pad) -> Num:
    """Take away the cells with which some column cannot reach what it needs; tell whether nothing is left."""
    fell = 1
    while fell > 0:
        fell = 0
        _reach(layout, pad)
        for a in range(len(layout.attribute) - 1):
            gone = _take_away(layout, pad, a) if _many(layout, a) else 0
            if gone < 0:
                return True
            fell += gone
        if fell == 0:
            break
        for a in range(len(layout.attribute) - 1):
            if _many(layout, a):
                settle_cells(layout, pad, a)
        if hopeless(pad):
            return True
    return False
