"""Making the box of a search smaller, and taking that back: only what a move decides is touched."""

from __future__ import annotations

from ...kernels import Num, inlined, inner_kernel
from ...kernels.bits import lowest
from ..arrays.cells import gather_cells, side_of_set
from ..arrays.layout import BASE, CELLS, COUNT, INTERVAL, OWNER, Layout, true_in
from .workspace import BOUND, COLUMN, HI, HIGH_SIDE, LEFT, LEVEL, LO, LOW_SIDE, OF_ROW, TRAIL, Pad

_RANGE, _CELL, _SIDE = -1, -2, -3  # what a step of the trail takes back (else: a row's leaves)


@inlined
def _settle(pad: Pad, e: Num, lost: Num, n: Num) -> Num:
    """Take away the leaves on the side of an element that is lost; return the length of the trail."""
    for i in range(pad.at[e], pad.at[e + 1]):
        x = pad.item[i]
        r = pad.entry[x, OF_ROW]
        left = pad.row[r, LEFT]
        now = left & ~pad.entry[x, lost]
        if now != left:
            pad.trail[n, 0], pad.trail[n, 1] = r, left
            n += 1
            pad.row[r, LEFT] = now
            pad.total[pad.row[r, COLUMN], BOUND] += pad.value[r, lowest(now)] - pad.value[r, lowest(left)]
    return n


@inlined
def narrow_range(layout: Layout, pad: Pad, a: Num, lo: Num, hi: Num) -> None:
    """Allow only the cells lo … hi, a part of those that an interval attribute has."""
    first = layout.attribute[a, BASE]
    listed = first + pad.spent[LEVEL] * (len(layout.test) + 1)
    old_lo, old_hi = pad.span[a, LO], pad.span[a, HI]
    n = pad.spent[TRAIL]
    pad.trail[n, 0], pad.trail[n, 1], pad.trail[n, 2] = _RANGE, a, old_lo << 32 | old_hi
    n += 1
    pad.span[a, LO], pad.span[a, HI] = lo, hi
    for part in range(2):
        begin, end, lost = (old_lo, lo, LOW_SIDE) if part == 0 else (hi, old_hi, HIGH_SIDE)
        for e in range(listed + begin, listed + end):
            n = _settle(pad, e, lost, n)
    pad.spent[TRAIL] = n


@inlined
def bar_cell(layout: Layout, pad: Pad, a: Num, c: Num) -> None:
    """Take away one cell of a listed attribute (``settle_cells`` draws the consequences)."""
    n = pad.spent[TRAIL]
    pad.barred[layout.attribute[a, CELLS] + c] = 1
    pad.trail[n, 0], pad.trail[n, 1] = _CELL, layout.attribute[a, CELLS] + c
    pad.spent[TRAIL] = n + 1


@inner_kernel
def settle_cells(layout: Layout, pad: Pad, a: Num) -> None:
    """Decide the elements of a listed attribute whose cells were taken away."""
    gather_cells(layout, a, pad.barred, pad.room)
    listed = pad.spent[LEVEL] * (len(layout.test) + 1)
    n = pad.spent[TRAIL]
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        if pad.side[e] != 0:
            continue
        side = side_of_set(layout, a, e, pad.room)
        if side != 0:
            pad.side[e] = side
            pad.trail[n, 0], pad.trail[n, 1] = _SIDE, e
            n = _settle(pad, listed + e, LOW_SIDE if side > 0 else HIGH_SIDE, n + 1)
    pad.spent[TRAIL] = n


@inlined
def decide(layout: Layout, pad: Pad, e: Num, side: Num) -> None:
    """Decide an open element."""
    a = layout.test[e, OWNER]
    if layout.attribute[a, INTERVAL]:
        p = e - layout.attribute[a, BASE]
        narrow_range(layout, pad, a, p + 1 if side > 0 else pad.span[a, LO], pad.span[a, HI] if side > 0 else p)
    else:
        for c in range(layout.attribute[a, COUNT]):
            unlike = true_in(layout.test, layout.truth, e, c) != (side > 0)
            if unlike and pad.barred[layout.attribute[a, CELLS] + c] == 0:
                bar_cell(layout, pad, a, c)
        settle_cells(layout, pad, a)


@inlined
def undo(pad: Pad, mark: Num) -> None:
    """Take back all steps since the trail had this length."""
    n = pad.spent[TRAIL]
    while n > mark:
        n -= 1
        what, one = pad.trail[n, 0], pad.trail[n, 1]
        if what >= 0:
            now = pad.row[what, LEFT]
            pad.row[what, LEFT] = one
            change = pad.value[what, lowest(one)] - pad.value[what, lowest(now)]
            pad.total[pad.row[what, COLUMN], BOUND] += change
        elif what == _RANGE:
            pad.span[one, LO], pad.span[one, HI] = pad.trail[n, 2] >> 32, pad.trail[n, 2] & 0xFFFFFFFF
        elif what == _CELL:
            pad.barred[one] = 0
        else:
            pad.side[one] = 0
    pad.spent[TRAIL] = n
