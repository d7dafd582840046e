"""Branch and bound for an input outside O within a box.

Bounds are the sums of the best worths that the rows of a front can still reach. A quick dive follows the widest row's
best leaf; if it ends nowhere the search starts again and chooses tests by strong branching; if that takes more than a
few nodes it starts once more with merged rows, whose bounds are better.
"""

from __future__ import annotations

import numpy as np

from ...kernels import I32, Num, inlined, inner_kernel, kernel, lean_kernel
from ...kernels.address import address_of, call_at
from ..arrays.box import Box, side_in_cell
from ..arrays.layout import CELLS, COUNT, ELEMENT, HIGH, INTERVAL, LEAF, LOW, OWNER, Layout
from ..arrays.sums import Arithmetic, Columns, outside
from .branching import COARSE, SETTLED, dive, hopeless, look, strong
from .filter import filter_cells
from .front import decided, deepen, leave_level, start
from .merge import merge_rows
from .moves import decide, undo
from .workspace import ADDRESS, HI, LIMIT, LO, NODES, PATIENCE, TRAIL, Pad

NONE, FOUND, UNKNOWN = 0, 1, 2
_DIVE, _PLAIN, _MERGED = range(3)
DEEPER = -1  # in the place of an element: the frame of a level


@inlined
def reach_leaves(layout: Layout, point: I32, leaves: I32) -> None:
    """Write the leaf row that each tree reaches at a point of cells."""
    for t in range(len(layout.root)):
        node = layout.root[t]
        e = layout.node[node, ELEMENT]
        while e >= 0:
            a = layout.test[e, OWNER]
            node = layout.node[node, HIGH] if side_in_cell(layout, a, e, point[a]) > 0 else layout.node[node, LOW]
            e = layout.node[node, ELEMENT]
        leaves[t] = layout.node[node, LEAF]


@kernel
def reach_rows(layout: Layout, point: I32) -> I32:
    """Return the leaf row that each tree reaches at a point of cells."""
    leaves = np.empty(len(layout.root), np.int32)
    reach_leaves(layout, point, leaves)
    return leaves


@inlined
def unmet_clause(layout: Layout, point: I32) -> Num:
    """Return the first clause that a point of cells breaks, or -1."""
    for c in range(len(layout.clause_at) - 1):
        met = False
        for i in range(layout.clause_at[c], layout.clause_at[c + 1]):
            e = layout.clause[i, 0]
            a = layout.test[e, OWNER]
            if side_in_cell(layout, a, e, point[a]) == layout.clause[i, 1]:
                met = True
                break
        if not met:
            return c
    return -1


@lean_kernel
def is_bad(layout: Layout, sums: Arithmetic, point: I32, pad: Pad) -> Num:
    """Tell whether the model's own arithmetic decides outside O at a point that meets all clauses."""
    if unmet_clause(layout, point) >= 0:
        return False
    reach_leaves(layout, point, pad.leaves)
    return outside(pad.leaves, sums, pad.scores)


@inner_kernel
def clip(layout: Layout, box: Box, a: Num, point: I32) -> None:
    """Move a point into a box, in one attribute."""
    if layout.attribute[a, INTERVAL]:
        lo, hi = box.lo[a], box.hi[a]
        point[a] = lo if point[a] < lo else (hi if point[a] > hi else point[a])
    elif box.barred[layout.attribute[a, CELLS] + point[a]] != 0:
        for c in range(layout.attribute[a, COUNT]):
            if box.barred[layout.attribute[a, CELLS] + c] == 0:
                point[a] = c
                break


@inlined
def nearest_point(layout: Layout, prefer: I32, pad: Pad) -> None:
    """Make the point the one of the search's box that is nearest to another one, attribute by attribute."""
    for a in range(len(prefer)):
        pad.point[a] = prefer[a]
        if layout.attribute[a, INTERVAL]:
            lo, hi = pad.span[a, LO], pad.span[a, HI]
            pad.point[a] = lo if prefer[a] < lo else (hi if prefer[a] > hi else prefer[a])
        elif pad.barred[layout.attribute[a, CELLS] + prefer[a]] != 0:
            for c in range(layout.attribute[a, COUNT]):
                if pad.barred[layout.attribute[a, CELLS] + c] == 0:
                    pad.point[a] = c
                    break


@inlined
def open_element(layout: Layout, pad: Pad, clause: Num) -> Num:
    """Return an undecided element of a clause, or -1."""
    for i in range(layout.clause_at[clause], layout.clause_at[clause + 1]):
        if decided(layout, pad, layout.clause[i, 0]) == 0:
            return layout.clause[i, 0]
    return -1


@inlined
def choose(layout: Layout, sums: Arithmetic, prefer: I32, mode: Num, depth: Num, pad: Pad) -> tuple[Num, Num, Num]:
    """Return an element to branch on, the side to try first and how many sides there are to try.

    No sides: nothing is to be found here; minus one: ``pad.point`` is bad. The element ``-1``: a finer front is needed.
    """
    if hopeless(pad) or (mode != _DIVE and len(pad.reach) > 0 and filter_cells(layout, pad)):
        return -1, 1, 0
    state = look(pad)
    if depth == 0 or state == SETTLED:
        nearest_point(layout, prefer, pad)
        if is_bad(layout, sums, pad.point, pad):
            return -1, 1, -1
    if state == COARSE:
        return DEEPER, 1, 1
    if state == SETTLED:
        clause = unmet_clause(layout, pad.point)
        e = open_element(layout, pad, clause) if clause >= 0 else -1
        return e, 1, 2 if e >= 0 else 0
    if mode == _DIVE:
        e, side = dive(pad)
        return e, side, 2
    return strong(layout, pad)


@inner_kernel
def _search(layout: Layout, sums: Arithmetic, columns: Columns, box: Box, only: Num, prefer: I32, pad: Pad) -> Num:
    """Do what ``search`` tells."""
    depth, mode, begin, patience = 0, _DIVE, True, np.int64(0)
    while True:
        pad.spent[NODES] += 1
        if mode == _PLAIN and pad.spent[NODES] > patience:
            mode, depth, begin = _MERGED, 0, True
        given_up = pad.flag[0] != 0 or pad.spent[NODES] > pad.spent[LIMIT]
        if given_up or (begin and not _begin(layout, columns, box, only, mode, pad)):
            return UNKNOWN
        begin = False
        e, side, sides = choose(layout, sums, prefer, mode, depth, pad)
        if sides < 0:
            return FOUND
        if sides == 0 and mode == _DIVE and depth > 0:  # it ended nowhere: start again
            mode, depth, begin, patience = _PLAIN, 0, True, pad.spent[NODES] + pad.spent[PATIENCE]
            continue
        while sides == 0:
            if depth == 0:
                return NONE
            depth -= 1
            e, side, sides = turn(pad, depth)
        if not go(layout, columns, box, only, depth, e, side, sides, pad):
            return UNKNOWN
        depth += 1


@inlined
def _begin(layout: Layout, columns: Columns, box: Box, only: Num, mode: Num, pad: Pad) -> Num:
    """Make the first front; False: there is no room for it."""
    if not start(layout, columns, box, only, pad):
        return False
    if mode == _MERGED:
        merge_rows(layout, len(columns.kind) > 0, pad)
    return True


@inlined
def turn(pad: Pad, depth: Num) -> tuple[Num, Num, Num]:
    """Take back the decision at a depth; return its element, the other side, and how many sides are left."""
    undo(pad, pad.frame[depth, 3])
    if pad.frame[depth, 0] == DEEPER:
        leave_level(pad)
    return pad.frame[depth, 0], -pad.frame[depth, 1], pad.frame[depth, 2] - 1


@inlined
def go(layout: Layout, columns: Columns, box: Box, only: Num, depth: Num, e: Num, side: Num, sides: Num,
       pad: Pad) -> Num:  # fmt: skip
    """Decide an element, or make a finer front (False: there is no room for it); remember how to take that back."""
    pad.frame[depth, 0], pad.frame[depth, 1] = e, side
    pad.frame[depth, 2], pad.frame[depth, 3] = sides, pad.spent[TRAIL]
    if e == DEEPER:
        return deepen(layout, columns, box, only, pad)
    decide(layout, pad, e, side)
    return True


@inner_kernel
def search(layout: Layout, sums: Arithmetic, columns: Columns, box: Box, only: Num, prefer: I32, pad: Pad) -> Num:
    """Look for an input outside O in the box, by one column or (-1) by all of them together.

    Returns
    -------
    int
        ``NONE`` (proved), ``FOUND`` (``pad.point`` is one, confirmed by the model's own arithmetic) or ``UNKNOWN``.
    """
    return call_at(pad.spent[ADDRESS], (layout, sums, columns, box, only, prefer, pad))


def make_ready(layout: Layout, sums: Arithmetic, columns: Columns, box: Box, prefer: I32, pad: Pad) -> None:
    """Make searches with arguments of these types possible."""
    pad.spent[ADDRESS] = address_of(_search, layout, sums, columns, box, 0, prefer, pad)


@lean_kernel
def box_holds(layout: Layout, sums: Arithmetic, columns: Columns, box: Box, prefer: I32, pad: Pad) -> Num:
    """Answer whether some input in the box is outside O: NONE, FOUND (``pad.point``) or UNKNOWN."""
    unknown = False
    for k in range(1 if columns.together else len(box.bound)):
        only = -1 if columns.together else k
        if hopeless_box(columns, box, only):
            continue
        answer = search(layout, sums, columns, box, only, prefer, pad)
        if answer == FOUND:
            return FOUND
        unknown = unknown or answer == UNKNOWN
    return UNKNOWN if unknown else NONE


@inner_kernel
def hopeless_box(columns: Columns, box: Box, only: Num) -> Num:
    """Tell whether a column (-1: one of all of them) cannot reach what it needs in a box."""
    for k in range(len(box.bound)):  # noqa: SIM110  # compiled code has no generators
        if (only < 0 or k == only) and box.bound[k] < columns.need[k]:
            return True
    return False
