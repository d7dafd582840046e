"""What a walk over reasons of an ensemble chooses: literals or features as items, and what they do to a box.

Literals are those of interval attributes (cuts): a kept one bounds its attribute at the cut; a freed one allows the
cells up to the first that violates it. Features are groups of attributes of any kind, kept or free as a whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...hitting.mmcs import DEPTH, EDGES, READ, Walk, end_edge, has_bit, put_item
from ...kernels import I8, I32, I64, Bools, Num, inner_kernel, kernel, lean_kernel
from ..arrays.box import Box, bounds_decide, copy_point, fix_attribute, refresh_cells, set_range
from ..arrays.layout import BASE, CELLS, COUNT, INTERVAL
from ..changes.narrow import Groups, Question, narrow_groups, narrow_literals, open_within
from ..search.search import NONE, box_holds
from ..search.workspace import Pad


class Items(NamedTuple):
    """The items of a walk.

    Attributes
    ----------
    unit : ndarray of int64, shape (n_items,)
        The attribute of each literal; the group of each feature.
    cut : ndarray of int64, shape (n_items,)
        The cut of each literal; -1 for features.
    item_of : ndarray of int32
        The item of each element (literals) or group (features), -1: none.
    groups : Groups
        The attributes of each unit.
    back : ndarray of int32
        Units in the order in which counterexamples are brought back to the instance.
    """

    unit: I64
    cut: I64
    item_of: I32
    groups: Groups
    back: I32


class Tools(NamedTuple):
    """Room for a walk.

    Attributes
    ----------
    box : Box
        The box of the current node.
    work : Box
        Any box.
    point, spare : ndarray of int32, shape (n_attributes,)
        Counterexamples.
    order, done, marked : ndarray of int32, int64, int8
        Orders of units.
    free, kept, guide, pool
        Room for shrinking (see ``search.widen``).
    """

    box: Box
    work: Box
    point: I32
    spare: I32
    order: I32
    done: I64
    marked: I8
    free: Bools
    kept: Bools
    guide: I32
    pool: I32


@inner_kernel
def is_below(q: Question, items: Items, v: Num) -> Num:
    """Tell whether a literal bounds its attribute from below."""
    return items.cut[v] < q.cells[items.unit[v]]


@inner_kernel
def far_cell(q: Question, items: Items, v: Num) -> Num:
    """Return the first cell that violates a literal."""
    return items.cut[v] if is_below(q, items, v) else items.cut[v] + 1


@inner_kernel
def same_side(q: Question, items: Items, v: Num, w: Num) -> Num:
    """Tell whether two items are literals on the same side of an attribute."""
    if items.cut[v] < 0 or items.unit[v] != items.unit[w]:
        return False
    return is_below(q, items, v) == is_below(q, items, w)


@inner_kernel
def keep_item(q: Question, items: Items, box: Box, v: Num) -> None:
    """Leave only the cells that an item allows."""
    unit = items.unit[v]
    if items.cut[v] < 0:
        for i in range(items.groups.at[unit], items.groups.at[unit + 1]):
            a = items.groups.members[i]
            fix_attribute(q.layout, box, a, q.cells[a])
    elif is_below(q, items, v):
        set_range(q.layout, box, unit, items.cut[v] + 1, box.hi[unit])
    else:
        set_range(q.layout, box, unit, box.lo[unit], items.cut[v])


@inner_kernel
def release_item(q: Question, items: Items, box: Box, v: Num) -> None:
    """Allow again what an item, the only one on its side, excluded."""
    unit = items.unit[v]
    if items.cut[v] < 0:
        open_group(q, items, box, unit)
    elif is_below(q, items, v):
        set_range(q.layout, box, unit, np.int64(q.outer.lo[unit]), box.hi[unit])
    else:
        set_range(q.layout, box, unit, box.lo[unit], np.int64(q.outer.hi[unit]))


@inner_kernel
def open_group(q: Question, items: Items, box: Box, unit: Num) -> None:
    """Allow all cells of a group that the outer box has."""
    for i in range(items.groups.at[unit], items.groups.at[unit + 1]):
        open_within(q, box, np.int64(items.groups.members[i]))


@inner_kernel
def ask(q: Question, box: Box, prefer: I32, pad: Pad) -> Num:
    """Answer whether some input in a box is outside O: NONE, FOUND (``pad.point``) or UNKNOWN."""
    if bounds_decide(q.columns, box):
        return NONE
    return box_holds(q.layout, q.sums, q.columns, box, prefer, pad)


@lean_kernel
def ask_without(q: Question, items: Items, box: Box, k: Num, pad: Pad) -> Num:
    """Answer whether some input that violates a kept item, but no other one, is outside O.

    For a feature of several attributes: whether one is that may violate it.
    """
    unit = items.unit[k]
    if items.cut[k] >= 0:
        lo, hi, c = box.lo[unit], box.hi[unit], far_cell(q, items, k)
        if c < q.outer.lo[unit] or c > q.outer.hi[unit]:
            return NONE
        set_range(q.layout, box, unit, c, c)
        answer = ask(q, box, q.cells, pad)
        set_range(q.layout, box, unit, lo, hi)
        return answer
    first, n = items.groups.at[unit], items.groups.at[unit + 1] - items.groups.at[unit]
    a = np.int64(items.groups.members[first])
    cell = np.int64(q.cells[a])
    if n == 1 and q.layout.attribute[a, INTERVAL]:
        answer = NONE
        if q.outer.lo[a] < cell:
            set_range(q.layout, box, a, np.int64(q.outer.lo[a]), cell - 1)
            answer = ask(q, box, q.cells, pad)
        if answer == NONE and q.outer.hi[a] > cell:
            set_range(q.layout, box, a, cell + 1, np.int64(q.outer.hi[a]))
            answer = ask(q, box, q.cells, pad)
    elif n == 1:
        begin, left = q.layout.attribute[a, CELLS], 0
        for c in range(q.layout.attribute[a, COUNT]):
            barred = 1 if c == cell or q.outer.barred[begin + c] != 0 else 0
            box.barred[begin + c] = barred
            left += 1 - barred
        refresh_cells(q.layout, box, a)
        answer = ask(q, box, q.cells, pad) if left > 0 else NONE
    else:
        open_group(q, items, box, unit)
        answer = ask(q, box, q.cells, pad)
    for i in range(first, first + n):
        fix_attribute(q.layout, box, items.groups.members[i], q.cells[items.groups.members[i]])
    return answer


@inner_kernel
def list_units(walk: Walk, items: Items, tools: Tools, skip: Num) -> None:
    """Write the units of items, but for one, into the order that narrowing and shrinking take: candidates first."""
    depth, n = walk.number[DEPTH], len(tools.order)
    for i in range(len(tools.marked)):
        tools.marked[i] = -1
    for v in range(len(items.unit)):
        mark = 1 if has_bit(walk.candidate, depth, v) else 0
        tools.marked[items.unit[v]] = max(mark, tools.marked[items.unit[v]])
    place = n
    for part in range(2):
        for i in range(len(items.back) - 1, -1, -1):
            unit = items.back[i]
            if unit != skip and tools.marked[unit] == part:
                place -= 1
                tools.order[place] = unit
    tools.done[0] = place


@inner_kernel
def narrow(q: Question, items: Items, tools: Tools, pad: Pad) -> Num:
    """Bring the point near, in the order that is written down."""
    if len(items.cut) > 0 and items.cut[0] < 0:
        return narrow_groups(q, tools.work, items.groups, tools.point, tools.order, tools.done, pad)
    return narrow_literals(q, tools.work, tools.point, tools.order, tools.done, pad)


@inner_kernel
def differs(q: Question, items: Items, unit: Num, point: I32) -> Num:
    """Tell whether a point differs from the instance on a unit."""
    for i in range(items.groups.at[unit], items.groups.at[unit + 1]):
        a = items.groups.members[i]
        if point[a] != q.cells[a]:
            return True
    return False


@inner_kernel
def add_point(walk: Walk, q: Question, items: Items, point: I32, pending: Num, exact: Num) -> None:
    """Make the items on which a counterexample differs an edge."""
    if len(items.cut) > 0 and items.cut[0] < 0:
        for unit in range(len(items.groups.at) - 1):
            if items.item_of[unit] >= 0 and differs(q, items, unit, point):
                put_item(walk, np.int64(items.item_of[unit]), True)
    else:
        for a in range(len(point)):
            cell, far = np.int64(q.cells[a]), np.int64(point[a])
            base = q.layout.attribute[a, BASE]
            last = far - 1 if far > cell else far
            for p in range(min(cell, far), max(cell, far)):
                v = np.int64(items.item_of[base + p])
                if v >= 0:
                    put_item(walk, v, p == last)
    if walk.edge_point.shape[1] > 0:
        row = walk.number[EDGES] - walk.number[READ]
        for a in range(len(point)):
            walk.edge_point[row, a] = point[a]
    end_edge(walk, pending, exact)


@kernel
def add_points(walk: Walk, q: Question, items: Items, points: I32) -> None:
    """Make counterexamples that are as near as they can be the first edges; they count as read."""
    for row in range(len(points)):
        add_point(walk, q, items, points[row], False, True)
        walk.number[READ] = walk.number[EDGES]


@lean_kernel
def learn(walk: Walk, q: Question, items: Items, tools: Tools, skip: Num, pending: Num, pad: Pad) -> Num:
    """Make the counterexample in ``pad.point`` an edge, brought near; UNKNOWN: a search was given up, none was added.

    The unit `skip` (-1: none) is not brought back. If it could have been, the smaller edge is added too.
    """
    copy_point(tools.point, pad.point)
    list_units(walk, items, tools, skip)
    answer = narrow(q, items, tools, pad)
    if answer != NONE:
        return answer
    if skip < 0:
        add_point(walk, q, items, tools.point, pending, True)
        return NONE
    copy_point(tools.spare, tools.point)
    tools.order[len(tools.order) - 1] = skip
    tools.done[0] = len(tools.order) - 1
    answer = narrow(q, items, tools, pad)
    if answer != NONE:
        return answer
    same = True
    for a in range(len(tools.point)):
        same = same and tools.point[a] == tools.spare[a]
    add_point(walk, q, items, tools.spare, pending, same)
    if not same:
        add_point(walk, q, items, tools.point, pending, True)
    return NONE
