"""The front of a search: what a box leaves undecided of each tree (see ``search.workspace``)."""

from __future__ import annotations

from ...kernels import Num, inlined, inner_kernel
from ...kernels.bits import WIDTH
from ..arrays.box import Box
from ..arrays.layout import BASE, ELEMENT, HIGH, INTERVAL, LEAF, LOW, OWNER, Layout
from ..arrays.sums import Columns
from .workspace import (
    ABOVE,
    BOUND,
    COLUMN,
    DEEP,
    FIRST,
    HI,
    HIGH_SIDE,
    LEFT,
    LEVEL,
    LO,
    LOW_SIDE,
    NEED,
    OF_ELEMENT,
    OF_ROW,
    TRAIL,
    WIDEST,
    Pad,
)


@inner_kernel
def decided(layout: Layout, pad: Pad, e: Num) -> Num:
    """Return 1 if an element is true in all cells that the search allows, -1 if in none, else 0."""
    a = layout.test[e, OWNER]
    if layout.attribute[a, INTERVAL] == 0:
        return int(pad.side[e])
    p = e - layout.attribute[a, BASE]
    if p < pad.span[a, LO]:
        return 1
    return -1 if p >= pad.span[a, HI] else 0


@inlined
def _descend(layout: Layout, pad: Pad, node: Num) -> Num:
    """Return the first node from here on that the box does not decide."""
    e = layout.node[node, ELEMENT]
    while e >= 0:
        side = decided(layout, pad, e)
        if side == 0:
            break
        node = layout.node[node, HIGH] if side > 0 else layout.node[node, LOW]
        e = layout.node[node, ELEMENT]
    return int(node)


@inlined
def start(layout: Layout, columns: Columns, box: Box, only: Num, pad: Pad) -> Num:
    """Make the box of the search this one, with its front, for one column or (-1) all; False: there is no room."""
    for a in range(len(layout.attribute) - 1):
        pad.span[a, LO], pad.span[a, HI] = box.lo[a], box.hi[a]
    for c in range(len(box.barred)):
        pad.barred[c] = 1 if box.barred[c] != 0 else 0
    for e in range(len(box.side)):
        pad.side[e] = box.side[e]
    n_columns = 1 if only >= 0 else len(columns.need)
    for k in range(n_columns):
        pad.total[k, NEED] = columns.need[max(only, 0) + k]
    pad.spent[TRAIL], pad.spent[LEVEL] = 0, -1
    return deepen(layout, columns, box, only, pad)


@inner_kernel
def deepen(layout: Layout, columns: Columns, box: Box, only: Num, pad: Pad) -> Num:
    """Add a level: the front of the box as the search has it now; False: there is no room for it."""
    n_columns = 1 if only >= 0 else len(columns.need)
    n = pad.spent[LEVEL] + 1
    if n + 1 >= len(pad.level):
        return False
    rows, entries = 0, 0
    if n > 0:
        rows, entries = pad.level[n, 0], pad.level[n, 1]
    for k in range(n_columns):
        pad.level[n, 2 + k] = pad.total[k, BOUND]
        pad.total[k, BOUND] = columns.offset[max(only, 0) + k]
        for t in range(len(layout.root)):
            if rows + 1 >= len(pad.row) or entries + WIDTH > len(pad.entry):
                return False
            pad.row[rows, FIRST], pad.row[rows, COLUMN] = entries, k
            end = _add_tree(layout, columns, box, max(only, 0) + k, layout.root[t], rows, pad)
            if end > entries:
                rows, entries = rows + 1, end
    pad.row[rows, FIRST] = entries
    pad.level[n + 1, 0], pad.level[n + 1, 1] = rows, entries
    pad.spent[LEVEL] = n
    list_entries(layout, pad)
    return True


@inlined
def leave_level(pad: Pad) -> None:
    """Go back to the level below."""
    n = pad.spent[LEVEL]
    for k in range(len(pad.total)):
        pad.total[k, BOUND] = pad.level[n, 2 + k]
    pad.spent[LEVEL] = n - 1


@inner_kernel
def list_entries(layout: Layout, pad: Pad) -> None:
    """List the entries of each element of the uppermost level."""
    n, n_elements = pad.spent[LEVEL], len(layout.test)
    begin = n * (n_elements + 1)  # of this level in ``at``
    first, last = 0 if n == 0 else pad.level[n, 1], pad.level[n + 1, 1]
    for e in range(n_elements + 1):
        pad.at[begin + e] = 0
    for i in range(first, last):
        pad.at[begin + pad.entry[i, OF_ELEMENT] + 1] += 1
    pad.at[begin] = first
    for e in range(begin, begin + n_elements):
        pad.at[e + 1] += pad.at[e]
    for i in range(last - 1, first - 1, -1):  # fill from the ends: at[e + 1] sinks to where e begins
        e = begin + pad.entry[i, OF_ELEMENT] + 1
        pad.at[e] -= 1
        pad.item[pad.at[e]] = i
    for e in range(begin, begin + n_elements):
        pad.at[e] = pad.at[e + 1]
    pad.at[begin + n_elements] = last


@inlined
def _add_tree(layout: Layout, columns: Columns, box: Box, k: Num, root: Num, r: Num, pad: Pad) -> Num:
    """Write one tree's undecided part as row r; return the number after its last entry (a constant has none)."""
    work, entry = pad.work, pad.entry
    first = pad.row[r, FIRST]
    end, size, before = first, 1, 0
    work[0, 0], work[0, 1] = _descend(layout, pad, root), 0
    while size > before and size < pad.spent[WIDEST]:  # a pass opens each leaf once: shallow ones first
        before = size
        for i in range(before):
            node, above = work[i, 0], work[i, 1]
            e = layout.node[node, ELEMENT]
            if e < 0 or size == pad.spent[WIDEST]:
                continue
            entry[end, OF_ROW], entry[end, OF_ELEMENT], entry[end, ABOVE] = r, e, above
            entry[end, LOW_SIDE], entry[end, HIGH_SIDE] = 0, 0
            end += 1
            work[i, 0], work[i, 1] = _descend(layout, pad, layout.node[node, LOW]), -end
            work[size, 0], work[size, 1] = _descend(layout, pad, layout.node[node, HIGH]), end
            size += 1
    constant = _rank_leaves(layout, columns, box, k, size, pad)
    if constant:
        pad.total[pad.row[r, COLUMN], BOUND] += work[0, 2]
        return first
    _write_leaves(layout, columns, size, r, pad)
    return end


@inlined
def _rank_leaves(layout: Layout, columns: Columns, box: Box, k: Num, size: Num, pad: Pad) -> Num:
    """Write the leaves' worths and sort them, best first; tell whether they are all the same (and none is deep)."""
    work = pad.work
    same = True
    kind = -1
    for i in range(size):
        node = work[i, 0]
        work[i, 2] = box.best[node, k]
        same = same and layout.node[node, ELEMENT] < 0 and work[i, 2] == work[0, 2]
        if same and len(columns.kind) > 0:
            mine = columns.kind[layout.node[node, LEAF]]
            same = kind < 0 or kind == mine
            kind = mine
        j = i
        while j > 0 and work[work[j - 1, 3], 2] < work[i, 2]:
            work[j, 3] = work[j - 1, 3]
            j -= 1
        work[j, 3] = i
    return same


@inlined
def _write_leaves(layout: Layout, columns: Columns, size: Num, r: Num, pad: Pad) -> None:
    """Write the sorted leaves of the tree at hand as row r, and the sides of its entries."""
    work, entry, value = pad.work, pad.entry, pad.value
    deep, one = 0, 1
    for rank in range(size):
        i = work[rank, 3]
        bit = one << rank
        node = work[i, 0]
        value[r, rank], value[r, WIDTH + rank] = work[i, 2], 0
        if layout.node[node, ELEMENT] >= 0:
            deep |= bit
        elif len(columns.kind) > 0:
            value[r, WIDTH + rank] = columns.kind[layout.node[node, LEAF]]
        above = work[i, 1]
        while above != 0:
            if above > 0:
                entry[above - 1, HIGH_SIDE] |= bit
            else:
                entry[-above - 1, LOW_SIDE] |= bit
            above = entry[abs(above) - 1, ABOVE]
    pad.row[r, LEFT] = -1 if size == WIDTH else (one << size) - 1
    pad.row[r, DEEP] = deep
    pad.total[pad.row[r, COLUMN], BOUND] += value[r, 0]
