"""Widening a listed attribute: as many cells at once as may go, and what one counterexample says of all cells.

With the literals kept so far and the cells that are refused it is known which cells the literals would leave that are
dropped one after another as long as no refused cell comes back. What they leave is proved in one search. A
counterexample refuses its own cell, and each other cell with which it stays one; then the next proposal is made. A
search that gets long is given up for one over half as many cells. At the end the attribute has the very cells that
asking cell by cell would have left: no accepted cell is bad, no refused one is not.
"""

from __future__ import annotations

import numpy as np

from ...kernels import I32, I64, Bools, Num, inlined, inner_kernel, lean_kernel
from ..arrays.box import Box, refresh_cells
from ..arrays.cells import in_set
from ..arrays.layout import BASE, CELLS, COUNT, ROW, WORDS, Layout, true_in
from ..arrays.sums import Arithmetic, Columns
from .alone import OPEN, REFUSED, STATE, prove_cells
from .leaves import Leaves, leaves_hold
from .search import FOUND, NONE, UNKNOWN, box_holds, clip, is_bad
from .widen import EXACT, remember
from .workspace import LIMIT, NODES, Pad

_LONG = 1000  # nodes of a search over many cells: then over half of them
_NOW = 1  # column of ``pad.cell``: what was barred before a search


@inner_kernel
def _widen(
    layout: Layout, sums: Arithmetic, columns: Columns, leaves: Leaves, box: Box, a: Num, cell: Num, kept: Bools,
    exact: Num, guide: I32, pool: I32, pad: Pad,
) -> Num:  # fmt: skip
    """Allow all cells of a listed attribute that can be, in their order; return UNKNOWN if it stopped early.

    Not `exact`: those of which the trees' bounds say so, each with one cell of the attribute alone.
    """
    _begin(layout, sums, columns, box, a, exact, guide, pool, pad)
    n = layout.attribute[a, COUNT]
    most = n
    while pad.flag[0] == 0:
        new = _propose(layout, box, a, cell, kept, most, pad)
        if new < 0:
            return NONE
        answer = NONE if new == 0 else _ask(layout, sums, columns, leaves, box, a, guide, most == 1, pad)
        if answer == NONE:
            _accept(layout, box, a, cell, kept, pad)
            most = min(n, 2 * most)
        elif answer == FOUND:
            remember(guide, pool, pad.point)
            _refuse(layout, sums, box, a, guide, pad)
        elif most == 1 or pad.spent[NODES] > pad.spent[LIMIT]:
            return UNKNOWN
        else:
            most = max(1, min(most, new) // 2)
    return UNKNOWN


@inlined
def _begin(
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, a: Num, exact: Num, guide: I32, pool: I32, pad: Pad
) -> None:
    """Write what is known of the cells without a search."""
    prove_cells(layout, columns, box, a, pad)
    for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
        pad.room[_refused(box) + w] = 0
    if not exact:
        for c in range(layout.attribute[a, COUNT]):
            if pad.cell[c, STATE] == OPEN:
                _refuse_cell(layout, box, a, c, pad)
        return
    for i in range(len(pool)):
        if pool[i, 0] >= 0:
            for b in range(len(guide)):
                guide[b] = pool[i, b]
                clip(layout, box, b, guide)
            _refuse(layout, sums, box, a, guide, pad)


@lean_kernel
def shrink_listed(
    layout: Layout, sums: Arithmetic, columns: Columns, leaves: Leaves, box: Box, cells: I32, kept: Bools, order: I32,
    done: I64, mode: Num, guide: I32, pool: I32, pad: Pad,
) -> Num:  # fmt: skip
    """Do what ``shrink_literals`` does, where all attributes are listed (``QUICK`` or ``EXACT``)."""
    while done[0] < len(order):
        a = np.int64(order[done[0]])
        cell, exact = np.int64(cells[a]), mode == EXACT
        if _widen(layout, sums, columns, leaves, box, a, cell, kept, exact, guide, pool, pad) == UNKNOWN:
            return UNKNOWN
        done[0] += 1
    return NONE


# Sets of cells in ``pad.room``: at hand first, then those that are refused, then those that are proposed.


@inlined
def _refused(box: Box) -> Num:
    return len(box.room)


@inlined
def _proposed(box: Box) -> Num:
    return 2 * len(box.room)


@inner_kernel
def _refuse_cell(layout: Layout, box: Box, a: Num, c: Num, pad: Pad) -> None:
    pad.cell[c, STATE] = REFUSED
    one = 1
    pad.room[_refused(box) + layout.attribute[a, WORDS] + (c >> 6)] |= one << (c & 63)


@inner_kernel
def _refuse(layout: Layout, sums: Arithmetic, box: Box, a: Num, guide: I32, pad: Pad) -> None:
    """Refuse each cell with which a point of the box is bad."""
    own: Num = guide[a]
    for c in range(layout.attribute[a, COUNT]):
        if pad.cell[c, STATE] == OPEN and box.barred[layout.attribute[a, CELLS] + c] != 0:
            guide[a] = c
            if is_bad(layout, sums, guide, pad):
                _refuse_cell(layout, box, a, c, pad)
                own = c
    guide[a] = own


@inlined
def _meets(layout: Layout, e: Num, flip: Num, at: Num, w: Num, room: I64) -> Num:
    """Return the cells in word w of a set that the literal of an element excludes (`flip`: see ``_flip``)."""
    return room[at + w] & ~(layout.truth[layout.test[e, ROW] + w] ^ flip)


@inlined
def _flip(layout: Layout, e: Num, cell: Num) -> Num:
    """Return what makes the element's truth that of its literal in a cell."""
    return 0 if true_in(layout.test, layout.truth, e, cell) else -1


@inner_kernel
def _leave(layout: Layout, box: Box, a: Num, cell: Num, kept: Bools, t: Num, pad: Pad) -> Num:
    """Write the cells that are left without literals that exclude proposed cells or t; tell if none is refused."""
    first, words = layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS] - layout.attribute[a, WORDS]
    proposed, one = _proposed(box) + first, 1
    for w in range(words):
        pad.room[first + w] = -1
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        if not kept[e]:
            continue
        flip = _flip(layout, e, cell)
        excluded = ~(layout.truth[layout.test[e, ROW] + (t >> 6)] ^ flip) & (one << (t & 63))
        for w in range(words):
            excluded |= _meets(layout, e, flip, proposed, w, pad.room)
        if excluded == 0:
            for w in range(words):
                pad.room[first + w] &= layout.truth[layout.test[e, ROW] + w] ^ flip
    bad = 0
    for w in range(words):
        bad |= pad.room[first + w] & pad.room[_refused(box) + first + w]
    return bad == 0


@inner_kernel
def _propose(layout: Layout, box: Box, a: Num, cell: Num, kept: Bools, most: Num, pad: Pad) -> Num:
    """Write the cells to allow; return how many of them are to be proved (-1: there are none to allow).

    More than `most` only if one literal cannot be dropped with fewer.
    """
    first, begin = layout.attribute[a, WORDS], layout.attribute[a, CELLS]
    words, proposed, new, one = layout.attribute[a + 1, WORDS] - first, _proposed(box) + first, -1, 1
    for w in range(words):
        pad.room[proposed + w] = 0
    for c in range(layout.attribute[a, COUNT]):
        if box.barred[begin + c] == 0:
            pad.room[proposed + (c >> 6)] |= one << (c & 63)
    for t in range(layout.attribute[a, COUNT]):
        there = (pad.room[proposed + (t >> 6)] >> (t & 63)) & 1 != 0
        if there or pad.cell[t, STATE] == REFUSED or not _leave(layout, box, a, cell, kept, t, pad):
            continue
        now = 0
        for c in range(layout.attribute[a, COUNT]):
            if pad.cell[c, STATE] == OPEN and box.barred[begin + c] != 0 and in_set(layout, a, c, pad.room):
                now += 1
        if new >= 0 and now > most:
            break
        new = now
        for w in range(words):
            pad.room[proposed + w] = pad.room[first + w]
    return new


@inner_kernel
def _ask(
    layout: Layout, sums: Arithmetic, columns: Columns, leaves: Leaves, box: Box, a: Num, guide: I32, alone: Num,
    pad: Pad,
) -> Num:  # fmt: skip
    """Search the proposed cells that are not proved, everything else as in the box; a long time only if `alone`."""
    begin, n = layout.attribute[a, CELLS], layout.attribute[a, COUNT]
    proposed, limit = _proposed(box) + layout.attribute[a, WORDS], pad.spent[LIMIT]
    for c in range(n):
        old = box.barred[begin + c]
        pad.cell[c, _NOW] = old
        new = (pad.room[proposed + (c >> 6)] >> (c & 63)) & 1 != 0
        box.barred[begin + c] = 0 if new and old != 0 and pad.cell[c, STATE] == OPEN else 1
    refresh_cells(layout, box, a)
    pad.spent[LIMIT] = min(limit, pad.spent[NODES] + _LONG)
    answer = leaves_hold(layout, sums, columns, leaves, box, pad)
    pad.spent[LIMIT] = limit
    if alone and answer == UNKNOWN and pad.flag[0] == 0 and pad.spent[NODES] <= limit:
        answer = box_holds(layout, sums, columns, box, guide, pad)  # tests may do better
    for c in range(n):
        box.barred[begin + c] = pad.cell[c, _NOW]
    if answer != NONE:
        refresh_cells(layout, box, a)
    return answer


@inner_kernel
def _accept(layout: Layout, box: Box, a: Num, cell: Num, kept: Bools, pad: Pad) -> None:
    """Allow the proposed cells, without the literals that exclude any of them."""
    first, begin = layout.attribute[a, WORDS], layout.attribute[a, CELLS]
    words, proposed = layout.attribute[a + 1, WORDS] - first, _proposed(box) + first
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        if kept[e]:
            flip, excluded = _flip(layout, e, cell), 0
            for w in range(words):
                excluded |= _meets(layout, e, flip, proposed, w, pad.room)
            kept[e] = excluded == 0
    for c in range(layout.attribute[a, COUNT]):
        new = (pad.room[proposed + (c >> 6)] >> (c & 63)) & 1 != 0
        box.barred[begin + c] = 0 if new else 1
    refresh_cells(layout, box, a)
