"""Branch and bound for an input outside O within a box.

Bounds are the sums of the best worths that the trees can still reach. A quick dive follows the widest tree's best leaf;
if it ends nowhere the search starts again and chooses tests by strong branching: of the first undecided tests of the
widest trees the one whose two sides lower the bound most (product of the two losses).
"""

from __future__ import annotations

from .ensemble_layout import Layout
from .ensemble_pad import Pad, copy_trees
from .ensemble_state import Box, refresh_cells, set_range, side_in_cell
from .ensemble_sums import Arithmetic, Columns, outside
from .kernels import I32, Num, inner_kernel, kernel

NONE, FOUND, UNKNOWN = 0, 1, 2
_WIDTH = 8  # tests that strong branching tries
_TRIAL = 1 << 30  # stamp of cells that a trial bars


@inner_kernel
def assign(layout: Layout, box: Box, e: Num, side: Num, stamp: Num) -> None:
    """Decide an element; cells that are listed one by one get a stamp when they are barred."""
    a = layout.owner[e]
    if layout.interval[a]:
        p = e - layout.base[a]
        if side > 0:
            set_range(layout, box, a, p + 1, box.hi[a])
        else:
            set_range(layout, box, a, box.lo[a], p)
        return
    begin = layout.cell_base[a]
    for c in range(layout.n_cells[a]):
        if box.barred[begin + c] == 0 and layout.truth[layout.row[e] + c] != (side > 0):
            box.barred[begin + c] = stamp
    refresh_cells(layout, box, a)


@inner_kernel
def retract(layout: Layout, box: Box, e: Num, lo: Num, hi: Num, stamp: Num) -> None:
    """Take a decision back: the range before it, and the stamp of its barred cells."""
    a = layout.owner[e]
    if layout.interval[a]:
        set_range(layout, box, a, lo, hi)
        return
    begin = layout.cell_base[a]
    for c in range(layout.n_cells[a]):
        if box.barred[begin + c] == stamp:
            box.barred[begin + c] = 0
    refresh_cells(layout, box, a)


@inner_kernel
def reach_leaves(layout: Layout, point: I32, leaves: I32) -> None:
    """Write the leaf row that each tree reaches at a point of cells."""
    for t in range(len(layout.root)):
        node = layout.root[t]
        while layout.element[node] >= 0:
            e = layout.element[node]
            a = layout.owner[e]
            node = layout.high[node] if side_in_cell(layout, a, e, point[a]) > 0 else layout.low[node]
        leaves[t] = layout.leaf[node]


@inner_kernel
def unmet_clause(layout: Layout, point: I32) -> Num:
    """Return the first clause that a point of cells breaks, or -1."""
    for c in range(len(layout.clause_at) - 1):
        met = False
        for i in range(layout.clause_at[c], layout.clause_at[c + 1]):
            e = layout.clause_element[i]
            if side_in_cell(layout, layout.owner[e], e, point[layout.owner[e]]) == layout.clause_side[i]:
                met = True
                break
        if not met:
            return c
    return -1


@kernel
def is_bad(layout: Layout, sums: Arithmetic, point: I32, pad: Pad) -> Num:
    """Tell whether the model's own arithmetic decides outside O at a point that meets all clauses."""
    if unmet_clause(layout, point) >= 0:
        return False
    reach_leaves(layout, point, pad.leaves)
    return outside(pad.leaves, sums, pad.scores)


@inner_kernel
def clip(layout: Layout, box: Box, a: Num, point: I32) -> None:
    """Move a point into the box, in one attribute."""
    if layout.interval[a]:
        point[a] = min(max(point[a], box.lo[a]), box.hi[a])
    elif box.barred[layout.cell_base[a] + point[a]] != 0:
        for c in range(layout.n_cells[a]):
            if box.barred[layout.cell_base[a] + c] == 0:
                point[a] = c
                break


@inner_kernel
def _hopeless(box: Box, pad: Pad) -> Num:
    for k in range(len(box.bound)):  # noqa: SIM110  # compiled code has no generators
        if box.bound[k] < pad.need[k]:
            return True
    return False


@inner_kernel
def _look(layout: Layout, box: Box, pad: Pad) -> tuple[Num, Num]:
    """Find each live tree's first undecided node and its gap to the point.

    Return their number, and whether the point is bad in whole numbers.
    """
    n_columns = len(box.bound)
    undecided = 0
    for k in range(n_columns):
        pad.worst[0, k] = box.bound[k]  # what the point reaches (row 0 is no longer needed)
    for i in range(len(layout.root)):
        node = layout.root[i]
        e = layout.element[node]
        while e >= 0 and box.side[e] != 0:
            node = layout.high[node] if box.side[e] > 0 else layout.low[node]
            e = layout.element[node]
        pad.pick[i], pad.gap[i] = -1, -1
        if e < 0:
            continue
        first = node
        while e >= 0:
            a = layout.owner[e]
            node = layout.high[node] if side_in_cell(layout, a, e, pad.point[a]) > 0 else layout.low[node]
            e = layout.element[node]
        gap = 0
        for k in range(n_columns):
            less = box.best[first, k] - box.best[node, k]
            pad.worst[0, k] -= less
            gap += less
        pad.pick[i], pad.gap[i] = first, gap
        undecided += 1
    bad = True
    for k in range(n_columns):
        bad = bad and pad.worst[0, k] >= pad.need[k]
    return undecided, bad


@inner_kernel
def _widest(pad: Pad, n_trees: Num) -> Num:
    """Return the live tree with the greatest gap, and forget its gap; -1 if none is left."""
    chosen = -1
    for i in range(n_trees):
        if pad.gap[i] >= 0 and (chosen < 0 or pad.gap[i] > pad.gap[chosen]):
            chosen = i
    if chosen >= 0:
        pad.gap[chosen] = -1
    return chosen


@inner_kernel
def _slack(box: Box, pad: Pad) -> float:
    """Return how far the tightest column is above what it needs (negative: hopeless)."""
    least = 1e300
    for k in range(len(box.bound)):
        least = min(least, float(box.bound[k] - pad.need[k]))
    return least


@inner_kernel
def _strong(layout: Layout, box: Box, pad: Pad) -> tuple[Num, Num, Num]:
    """Return the test to branch on, the side to try first, and how many sides there are to try."""
    now = _slack(box, pad)
    chosen, side, top_score = -1, 1, -1.0
    for _ in range(_WIDTH):
        tree = _widest(pad, len(layout.root))
        if tree < 0:
            break
        e = layout.element[pad.pick[tree]]
        a = layout.owner[e]
        lo, hi = box.lo[a], box.hi[a]
        assign(layout, box, e, 1, _TRIAL)
        up = _slack(box, pad)
        retract(layout, box, e, lo, hi, _TRIAL)
        assign(layout, box, e, -1, _TRIAL)
        down = _slack(box, pad)
        retract(layout, box, e, lo, hi, _TRIAL)
        if up < 0 and down < 0:
            return e, 1, 0
        if up < 0:
            return e, -1, 1
        if down < 0:
            return e, 1, 1
        score = (now - up + 1.0) * (now - down + 1.0)
        if score > top_score:
            chosen, side, top_score = e, 1 if up >= down else -1, score
    return chosen, side, 2


@inner_kernel
def _dive(layout: Layout, box: Box, pad: Pad) -> tuple[Num, Num]:
    """Return the first undecided test of the widest tree, and the side with the better leaf."""
    node = pad.pick[_widest(pad, len(layout.root))]
    low, high = layout.low[node], layout.high[node]
    lead = 0
    for k in range(len(box.bound)):
        lead += box.best[high, k] - box.best[low, k]
    e = layout.element[node]
    if lead == 0:
        a = layout.owner[e]
        return e, side_in_cell(layout, a, e, pad.point[a])
    return e, 1 if lead > 0 else -1


@inner_kernel
def _open_element(layout: Layout, box: Box, clause: Num) -> Num:
    """Return an undecided element of a clause, or -1."""
    for i in range(layout.clause_at[clause], layout.clause_at[clause + 1]):
        if box.side[layout.clause_element[i]] == 0:
            return layout.clause_element[i]
    return -1


@inner_kernel
def search(  # noqa: PLR0912  # one loop with an explicit stack: kernels do not recurse
    layout: Layout, sums: Arithmetic, columns: Columns, box: Box, only: Num, prefer: I32, pad: Pad
) -> Num:
    """Look for an input outside O in the box, by one column or (-1) by all of them together.

    Returns
    -------
    int
        ``NONE`` (proved), ``FOUND`` (``pad.point`` is one, confirmed by the model's own arithmetic) or ``UNKNOWN``.
    """
    small, inner = copy_trees(layout, columns, box, only, pad)
    for a in range(len(layout.n_cells)):
        pad.point[a] = prefer[a]
        clip(layout, inner, a, pad.point)
    depth, diving, entering = 0, True, True
    while True:
        if entering:
            pad.spent[0] += 1
            if pad.flag[0] != 0 or pad.spent[0] > pad.spent[1]:
                return UNKNOWN
            e, side, sides = -1, 1, 0
            if not _hopeless(inner, pad):
                undecided, bad = _look(small, inner, pad)
                if bad and is_bad(layout, sums, pad.point, pad):
                    return FOUND
                if undecided == 0:
                    clause = unmet_clause(layout, pad.point)
                    if clause >= 0:
                        e = _open_element(layout, inner, clause)
                        sides = 2 if e >= 0 else 0
                elif diving:
                    e, side = _dive(small, inner, pad)
                    sides = 2
                else:
                    e, side, sides = _strong(small, inner, pad)
            if sides > 0:
                _push(small, inner, pad, depth, e, side, sides)
                depth += 1
                continue
            if diving and depth > 0:  # the dive ended nowhere: start again with strong branching
                diving = False
                while depth > 0:
                    depth -= 1
                    _pop(small, inner, pad, depth)
                continue
            diving = False
        entering = True
        turned = False
        while depth > 0 and not turned:
            depth -= 1
            _pop(small, inner, pad, depth)
            if pad.frame[depth, 4] == 2:
                _push(small, inner, pad, depth, pad.frame[depth, 0], -pad.frame[depth, 1], 1)
                depth += 1
                turned = True
        if not turned:
            return NONE


@inner_kernel
def _push(layout: Layout, box: Box, pad: Pad, depth: Num, e: Num, side: Num, sides: Num) -> None:
    a = layout.owner[e]
    pad.frame[depth, 0], pad.frame[depth, 1] = e, side
    pad.frame[depth, 2], pad.frame[depth, 3], pad.frame[depth, 4] = box.lo[a], box.hi[a], sides
    assign(layout, box, e, side, depth + 2)
    clip(layout, box, a, pad.point)


@inner_kernel
def _pop(layout: Layout, box: Box, pad: Pad, depth: Num) -> None:
    retract(layout, box, pad.frame[depth, 0], pad.frame[depth, 2], pad.frame[depth, 3], depth + 2)


@kernel
def box_holds(layout: Layout, sums: Arithmetic, columns: Columns, box: Box, prefer: I32, pad: Pad) -> Num:
    """Answer whether some input in the box is outside O: NONE, FOUND (``pad.point``) or UNKNOWN."""
    if columns.together:
        for k in range(len(box.bound)):
            if box.bound[k] < columns.need[k]:
                return NONE
        return search(layout, sums, columns, box, -1, prefer, pad)
    unknown = False
    for k in range(len(box.bound)):
        if box.bound[k] >= columns.need[k]:
            answer = search(layout, sums, columns, box, k, prefer, pad)
            if answer == FOUND:
                return FOUND
            unknown = unknown or answer == UNKNOWN
    return UNKNOWN if unknown else NONE
