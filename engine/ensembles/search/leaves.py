"""A search for spaces of listed attributes only: the leaves that are left, and one cell after another.

Each leaf has, for each attribute, the set of cells that lead to it. Of each tree the search keeps the leaves that meet
what is allowed, best first. One pass over them says for each cell how far the bound falls if its attribute has no
other: the first leaf that has the cell tells it. Cells that fall too far are taken away; then the attribute with the
fewest cells is decided, cell by cell, best first. An attribute that is decided has no test left, so the search is no
deeper than there are attributes. Columns of many categories need a tenth of the time that tests would take.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...kernels import I32, I64, Num, inner_kernel, lean_kernel
from ...kernels.bits import WIDTH, lowest
from ..arrays.box import Box
from ..arrays.layout import CELLS, COUNT, ELEMENT, HIGH, LEAF, LOW, OWNER, ROW, WORDS, Layout
from ..arrays.sums import Arithmetic, Columns
from .search import FOUND, NONE, UNKNOWN, hopeless_box, is_bad
from .workspace import LIMIT, NODES, Pad

_MOST = 1 << 22  # leaves of all depths
_STEPS = 1 << 22  # of sorting each tree's leaves, which each search does
_ATTRIBUTES, _WORDS = 10, 24  # with more, tests divide better


class Leaves(NamedTuple):
    """The leaves of an ensemble, tree by tree, and room for a search (empty: it is not for this space).

    Attributes
    ----------
    cells : ndarray of int64, shape (n_leaves, n_words)
        The cells of each attribute that lead to a leaf.
    row : ndarray of int32, shape (n_leaves,)
        Its row of worths.
    first : ndarray of int64, shape (n_trees + 1,)
        Where each tree's leaves begin.
    live : ndarray of int32, shape (n_depths, n_leaves)
        Leaves that are left, each tree's best first.
    at : ndarray of int64, shape (n_depths, n_trees + 1)
        Where each tree's begin.
    allowed, rest : ndarray of int64, shape (n_depths, n_words)
        Cells that are allowed; cells of the attribute to decide that were not tried yet.
    fall : ndarray of int64, shape (n_depths, n_cells)
        How far the bound falls with each cell alone (not above 0).
    chosen : ndarray of int64, shape (n_depths,)
        The attribute to decide.
    """

    cells: I64
    row: I32
    first: I64
    live: I32
    at: I64
    allowed: I64
    rest: I64
    fall: I64
    chosen: I64


def leaves_of(layout: Layout) -> Leaves:
    """Return the leaves of an ensemble if all its attributes are listed and there are not too many, else none."""
    n_attributes, n_words = layout.n_attributes, int(layout.attribute[-1, WORDS])
    n_trees, n_leaves = len(layout.root), int((layout.node[:, ELEMENT] < 0).sum())
    depths = n_attributes + 1
    sizes = np.diff(np.append(layout.root, len(layout.node))).astype(np.float64) / 2
    fits = n_attributes <= _ATTRIBUTES and n_words <= _WORDS and depths * n_leaves <= _MOST
    fits = fits and 0 < float((sizes**2).sum()) <= _STEPS
    if layout.interval.any() or not fits:
        n_words = n_trees = n_leaves = depths = 0
    found = Leaves(
        np.zeros((n_leaves, n_words), np.int64), np.zeros(n_leaves, np.int32), np.zeros(n_trees + 1, np.int64),
        np.zeros((depths, n_leaves), np.int32), np.zeros((depths, n_trees + 1), np.int64),
        np.zeros((depths, n_words), np.int64), np.zeros((depths, n_words), np.int64),
        np.zeros((depths, layout.n_listed_cells), np.int64), np.zeros(depths, np.int64),
    )  # fmt: skip
    if n_leaves:
        _list_leaves(layout, found, np.full((len(layout.node), n_words), -1, np.int64))
    return found


@lean_kernel
def _list_leaves(layout: Layout, leaves: Leaves, reach: I64) -> None:
    """Write the leaves; `reach`: for each node, all cells at first."""
    n, t = 0, 0
    for node in range(len(layout.node)):
        if t < len(layout.root) and layout.root[t] == node:
            leaves.first[t] = n
            t += 1
        e = layout.node[node, ELEMENT]
        if e < 0:
            leaves.row[n] = layout.node[node, LEAF]
            for w in range(reach.shape[1]):
                leaves.cells[n, w] = reach[node, w]
            n += 1
            continue
        a, high, low = layout.test[e, OWNER], layout.node[node, HIGH], layout.node[node, LOW]
        for w in range(reach.shape[1]):
            reach[high, w], reach[low, w] = reach[node, w], reach[node, w]
        for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
            true = layout.truth[layout.test[e, ROW] + w - layout.attribute[a, WORDS]]
            reach[high, w] &= true
            reach[low, w] &= ~true
    leaves.first[t] = n


@lean_kernel
def leaves_hold(
    layout: Layout, sums: Arithmetic, columns: Columns, leaves: Leaves, box: Box, pad: Pad
) -> Num:  # fmt: skip
    """Answer as ``box_holds`` does: NONE, FOUND (``pad.point``) or UNKNOWN."""
    if len(leaves.row) == 0:
        return UNKNOWN
    for k in range(len(box.bound)):
        if not hopeless_box(columns, box, k):
            answer = _search(layout, sums, columns, leaves, box, k, pad)
            if answer != NONE:
                return answer
    return NONE


@inner_kernel
def _search(
    layout: Layout, sums: Arithmetic, columns: Columns, leaves: Leaves, box: Box, k: Num, pad: Pad
) -> Num:  # fmt: skip
    _start(layout, columns, leaves, box, k)
    d, enter, one = 0, True, 1
    while d >= 0:
        if enter:
            pad.spent[NODES] += 1
            if pad.flag[0] != 0 or pad.spent[NODES] > pad.spent[LIMIT]:
                return UNKNOWN
            enter = False
            if not _filter(layout, columns, leaves, k, d):
                d -= 1
                continue
            _best_point(layout, leaves, d, pad)
            if is_bad(layout, sums, pad.point, pad):
                return FOUND
            if not _choose(layout, leaves, d):
                d -= 1
                continue
        a = leaves.chosen[d]
        c = _next_cell(layout, leaves, d, a)
        if c < 0:
            d -= 1
            continue
        first = layout.attribute[a, WORDS]
        for w in range(leaves.allowed.shape[1]):
            leaves.allowed[d + 1, w] = leaves.allowed[d, w]
        for w in range(first, layout.attribute[a + 1, WORDS]):
            leaves.allowed[d + 1, w] = 0
        leaves.allowed[d + 1, first + (c >> 6)] = one << (c & 63)
        leaves.rest[d, first + (c >> 6)] &= ~(one << (c & 63))
        _keep(layout, leaves, d, d + 1)
        d, enter = d + 1, True
    return NONE


@inner_kernel
def _start(layout: Layout, columns: Columns, leaves: Leaves, box: Box, k: Num) -> None:
    """Make the box the first one, with its leaves, each tree's best first."""
    one = 1
    for a in range(len(layout.attribute) - 1):
        first = layout.attribute[a, WORDS]
        for w in range(first, layout.attribute[a + 1, WORDS]):
            leaves.allowed[0, w] = 0
        for c in range(layout.attribute[a, COUNT]):
            if box.barred[layout.attribute[a, CELLS] + c] == 0:
                leaves.allowed[0, first + (c >> 6)] |= one << (c & 63)
    n = 0
    for t in range(len(leaves.first) - 1):
        leaves.at[0, t] = n
        for i in range(leaves.first[t], leaves.first[t + 1]):
            if not _meets(layout, leaves, i, 0):
                continue
            worth, j = columns.worth[leaves.row[i], k], n
            while j > leaves.at[0, t] and columns.worth[leaves.row[leaves.live[0, j - 1]], k] < worth:
                leaves.live[0, j] = leaves.live[0, j - 1]
                j -= 1
            leaves.live[0, j] = i
            n += 1
    leaves.at[0, len(leaves.first) - 1] = n


@inner_kernel
def _meets(layout: Layout, leaves: Leaves, i: Num, d: Num) -> Num:
    """Tell whether a leaf has an allowed cell of each attribute."""
    for a in range(len(layout.attribute) - 1):
        some = 0
        for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
            some |= leaves.cells[i, w] & leaves.allowed[d, w]
        if some == 0:
            return False
    return True


@inner_kernel
def _keep(layout: Layout, leaves: Leaves, d: Num, to: Num) -> None:
    """Write the leaves of one depth that meet what another one allows (both may be the same)."""
    n, begin = 0, 0
    for t in range(len(leaves.first) - 1):
        end = leaves.at[d, t + 1]
        leaves.at[to, t] = n
        for j in range(begin, end):
            i = leaves.live[d, j]
            if _meets(layout, leaves, i, to):
                leaves.live[to, n] = i
                n += 1
        begin = end
    leaves.at[to, len(leaves.first) - 1] = n


@inner_kernel
def _filter(layout: Layout, columns: Columns, leaves: Leaves, k: Num, d: Num) -> Num:
    """Take away the cells that do not reach what is needed; tell whether each attribute has one left."""
    one = 1
    while True:
        bound = _fall(layout, columns, leaves, k, d)
        if bound < columns.need[k]:
            return False
        fell = False
        for a in range(len(layout.attribute) - 1):
            first, begin, some = layout.attribute[a, WORDS], layout.attribute[a, CELLS], 0
            for w in range(first, layout.attribute[a + 1, WORDS]):
                cells = leaves.allowed[d, w]
                while cells != 0:
                    c = lowest(cells)
                    cells &= cells - 1
                    if bound + leaves.fall[d, begin + (w - first) * WIDTH + c] < columns.need[k]:
                        leaves.allowed[d, w] &= ~(one << c)
                        fell = True
                some |= leaves.allowed[d, w]
            if some == 0:
                return False
        if not fell:
            return True
        _keep(layout, leaves, d, d)


@inner_kernel
def _fall(layout: Layout, columns: Columns, leaves: Leaves, k: Num, d: Num) -> Num:
    """Write for each allowed cell how far the bound falls with it alone; return the bound."""
    for c in range(leaves.fall.shape[1]):
        leaves.fall[d, c] = 0
    bound = columns.offset[k]
    for t in range(len(leaves.first) - 1):
        begin, end = leaves.at[d, t], leaves.at[d, t + 1]
        best = columns.worth[leaves.row[leaves.live[d, begin]], k]
        bound += best
        if end == begin + 1:
            continue
        for a in range(len(layout.attribute) - 1):
            first, place = layout.attribute[a, WORDS], layout.attribute[a, CELLS]
            for w in range(first, layout.attribute[a + 1, WORDS]):
                missing, j = leaves.allowed[d, w] & ~leaves.cells[leaves.live[d, begin], w], begin + 1
                while missing != 0:  # some leaf that is left has each allowed cell
                    i = leaves.live[d, j]
                    new = missing & leaves.cells[i, w]
                    missing &= ~new
                    loss = columns.worth[leaves.row[i], k] - best
                    while new != 0:
                        leaves.fall[d, place + (w - first) * WIDTH + lowest(new)] += loss
                        new &= new - 1
                    j += 1
    return bound


@inner_kernel
def _best_point(layout: Layout, leaves: Leaves, d: Num, pad: Pad) -> None:
    """Make the point the allowed cells with which the bound falls least."""
    for a in range(len(layout.attribute) - 1):
        best = -1
        for c in range(layout.attribute[a, COUNT]):
            if (leaves.allowed[d, layout.attribute[a, WORDS] + (c >> 6)] >> (c & 63)) & 1 != 0:
                place = layout.attribute[a, CELLS]
                if best < 0 or leaves.fall[d, place + c] > leaves.fall[d, place + best]:
                    best = c
        pad.point[a] = best


@inner_kernel
def _choose(layout: Layout, leaves: Leaves, d: Num) -> Num:
    """Choose the attribute to decide: it has the fewest cells; False: each has one only."""
    least, chosen = -1, -1
    for a in range(len(layout.attribute) - 1):
        n = 0
        for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
            cells = leaves.allowed[d, w]
            while cells != 0:
                n += 1
                cells &= cells - 1
        if n > 1 and (chosen < 0 or n < least):
            least, chosen = n, a
    leaves.chosen[d] = chosen
    if chosen < 0:
        return False
    for w in range(layout.attribute[chosen, WORDS], layout.attribute[chosen + 1, WORDS]):
        leaves.rest[d, w] = leaves.allowed[d, w]
    return True


@inner_kernel
def _next_cell(layout: Layout, leaves: Leaves, d: Num, a: Num) -> Num:
    """Return the best cell that was not tried yet, or -1."""
    first, place, best = layout.attribute[a, WORDS], layout.attribute[a, CELLS], -1
    for w in range(first, layout.attribute[a + 1, WORDS]):
        cells = leaves.rest[d, w]
        while cells != 0:
            c = (w - first) * WIDTH + lowest(cells)
            cells &= cells - 1
            if best < 0 or leaves.fall[d, place + c] > leaves.fall[d, place + best]:
                best = c
    return best
