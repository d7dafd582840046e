"""Many greedy runs at once: boxes that the bounds alone still decide, widened attribute by attribute.

Each run begins with the same box and goes through the attributes in an order of its own. A side is tried at its end
first, then halfway. What counts is the best worth that each tree still reaches: where a try opens a test, the leaves
behind it are looked for, but only below nodes that can beat what the tree has already (what it has never falls in a
run, so what is passed over never matters again). A try that fails is noticed as soon as the bounds no longer decide,
and taken back. For interval attributes, where these bounds are exact (see ``search.alone``); the result is that of
``shrink_literals`` in the mode ``ALONE``, order by order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..budget import Deadline
from ..kernels import I8, I32, I64, Num, inlined, inner_kernel, lean_kernel
from .arrays.box import Box, bounds_decide
from .arrays.layout import BASE, COUNT, ELEMENT, HIGH, LEAF, LOW, PARENT, Layout
from .arrays.sums import Columns
from .question import EnsembleQuestion
from .search.search import NONE, UNKNOWN
from .search.workspace import LIMIT, NODES, Pad

DONE, SIZE, PARTIAL, CHANGED, REACHED, TRY, FIRST = range(7)  # of ``Greedy.told``
_LEAST = -(2**62)


class Greedy(NamedTuple):
    """What runs keep, and their room.

    Attributes
    ----------
    lo, hi : ndarray of int64, shape (n_attributes,)
        Ranges of the best box.
    tree : ndarray of int32, shape (n_nodes,)
        The tree of each node.
    peak : ndarray of int64, shape (n_nodes, n_columns)
        The greatest worth of the leaves below each node.
    reach : ndarray of int8, shape (n_nodes,)
        Whether a node was looked at because the box reaches it.
    worth, begin : ndarray of int64, shape (n_trees, n_columns)
        The best worth that each tree reaches, now and in the first box.
    reached, first, stack : ndarray of int32, shape (n_nodes,)
        The nodes that a try looked at, and those of the first box; nodes to be looked at.
    stamp, changed, old : ndarrays of int64, int32, int64, shapes (n_trees,), (n_trees,), (n_trees + 1, n_columns)
        The last try that changed a tree; the trees that a try changed, and what their worth was; in the last row the
        bounds before the try.
    told : ndarray of int64, shape (7,)
        Runs ``DONE``; ``SIZE`` of the best box (literals; -1: none); whether it is of a run that was cut short
        (``PARTIAL``); how many trees are ``CHANGED``, nodes ``REACHED`` by a try and at ``FIRST``; number of the
        ``TRY``.
    """

    lo: I64
    hi: I64
    tree: I32
    peak: I64
    reach: I8
    worth: I64
    begin: I64
    reached: I32
    first: I32
    stack: I32
    stamp: I64
    changed: I32
    old: I64
    told: I64


def greedy_boxes(question: EnsembleQuestion, orders: I32, deadline: Deadline) -> Greedy:
    """Run greedily from the question's box in each of the orders of attributes, and keep the shortest result.

    Parameters
    ----------
    question : EnsembleQuestion
        Its box must hold by the bounds alone; it stays as it is.
    orders : ndarray of int32, shape (n_runs, m)
        Attributes to widen, all of them intervals.
    deadline : Deadline
        If it expires, the best of the runs made by then is told.

    Returns
    -------
    Greedy
        The first of the shortest results.
    """
    layout, box = question.layout, question.box
    a, n, t, k = layout.n_attributes, len(layout.node), len(layout.root), len(box.bound)
    greedy = Greedy(
        np.zeros(a, np.int64), np.zeros(a, np.int64), np.empty(n, np.int32), np.full((n, k), _LEAST),
        np.zeros(n, np.int8), np.full((t, k), _LEAST), np.empty((t, k), np.int64), np.empty(n, np.int32),
        np.empty(n, np.int32), np.empty(n, np.int32), np.zeros(t, np.int64), np.empty(t, np.int32),
        np.empty((t + 1, k), np.int64), np.array([0, -1, 0, 0, 0, 0, 0]),
    )  # fmt: skip
    work = box._replace(lo=box.lo.copy(), hi=box.hi.copy(), side=box.side.copy(), bound=box.bound.copy())
    question.run(deadline, greedy_runs, layout, question.columns, work, box, orders, greedy, question.pad)
    return greedy


@inner_kernel
def _prepare(layout: Layout, columns: Columns, box: Box, greedy: Greedy) -> None:
    """Find the tree and the peak of each node, and what the first box reaches."""
    for t in range(len(layout.root)):
        greedy.tree[layout.root[t]] = t
    for node in range(len(layout.node)):  # parents come before their children
        if layout.node[node, PARENT] >= 0:
            greedy.tree[node] = greedy.tree[layout.node[node, PARENT]]
    for node in range(len(layout.node) - 1, -1, -1):
        parent = layout.node[node, PARENT]
        for k in range(len(box.bound)):
            if layout.node[node, ELEMENT] < 0:
                greedy.peak[node, k] = columns.worth[layout.node[node, LEAF], k]
            if parent >= 0:
                greedy.peak[parent, k] = max(greedy.peak[parent, k], greedy.peak[node, k])
    for t in range(len(layout.root)):
        _look(layout, box, layout.root[t], t, greedy)
        for k in range(len(box.bound)):
            greedy.begin[t, k] = greedy.worth[t, k]
    greedy.told[FIRST] = greedy.told[REACHED]
    for i in range(greedy.told[FIRST]):
        greedy.first[i] = greedy.reached[i]


@inner_kernel
def _look(layout: Layout, box: Box, top: Num, t: Num, greedy: Greedy) -> Num:
    """Look for better leaves from a node on down; tell whether the tree's worth grew."""
    n_columns = len(box.bound)
    grew = False
    greedy.stack[0] = top
    size = 1
    while size > 0:
        size -= 1
        node = greedy.stack[size]
        better = False
        for k in range(n_columns):
            better = better or greedy.peak[node, k] > greedy.worth[t, k]
        if not better:
            continue
        greedy.reach[node] = 1
        greedy.reached[greedy.told[REACHED]] = node
        greedy.told[REACHED] += 1
        e = layout.node[node, ELEMENT]
        if e < 0:
            grew = True
            _note(t, greedy)
            for k in range(n_columns):
                gain = greedy.peak[node, k] - greedy.worth[t, k]
                if gain > 0:
                    greedy.worth[t, k] += gain
                    box.bound[k] += gain
            continue
        low, high = layout.node[node, LOW], layout.node[node, HIGH]
        if box.side[e] == 0:  # the better one is looked at first
            swap = greedy.peak[low, 0] > greedy.peak[high, 0]
            greedy.stack[size] = high if swap else low
            greedy.stack[size + 1] = low if swap else high
            size += 2
        else:
            greedy.stack[size] = high if box.side[e] > 0 else low
            size += 1
    return grew


@inlined
def _note(t: Num, greedy: Greedy) -> None:
    """Remember what a tree's worth was before this try."""
    if greedy.stamp[t] != greedy.told[TRY]:
        greedy.stamp[t] = greedy.told[TRY]
        at = greedy.told[CHANGED]
        greedy.changed[at] = t
        for k in range(greedy.worth.shape[1]):
            greedy.old[at, k] = greedy.worth[t, k]
        greedy.told[CHANGED] = at + 1


@inner_kernel
def _take_back(box: Box, greedy: Greedy) -> None:
    n_columns = len(box.bound)
    for i in range(greedy.told[REACHED]):
        greedy.reach[greedy.reached[i]] = 0
    for i in range(greedy.told[CHANGED]):
        for k in range(n_columns):
            greedy.worth[greedy.changed[i], k] = greedy.old[i, k]
    for k in range(n_columns):
        box.bound[k] = greedy.old[len(greedy.changed), k]


@inner_kernel
def _widened(layout: Layout, columns: Columns, box: Box, a: Num, lo: Num, hi: Num, greedy: Greedy) -> Num:
    """Widen an interval attribute if the bounds still decide then; tell whether they do."""
    base, old_lo, old_hi = layout.attribute[a, BASE], box.lo[a], box.hi[a]
    greedy.told[CHANGED] = greedy.told[REACHED] = 0
    greedy.told[TRY] += 1
    for k in range(len(box.bound)):
        greedy.old[len(greedy.changed), k] = box.bound[k]
    for part in range(2):
        for p in range(lo if part == 0 else old_hi, old_lo if part == 0 else hi):
            box.side[base + p] = 0
            grew = False
            for i in range(layout.at[base + p], layout.at[base + p + 1]):
                node = layout.nodes[i]
                if greedy.reach[node] == 0:
                    continue
                below = layout.node[node, LOW] if part == 0 else layout.node[node, HIGH]
                if greedy.reach[below] == 0 and _look(layout, box, below, greedy.tree[node], greedy):
                    grew = True
            if not grew or bounds_decide(columns, box):
                continue
            _take_back(box, greedy)
            for q in range(lo, old_lo):
                box.side[base + q] = 1
            for q in range(old_hi, hi):
                box.side[base + q] = -1
            return False
    box.lo[a], box.hi[a] = lo, hi
    return True


@inner_kernel
def _widen(layout: Layout, columns: Columns, box: Box, a: Num, up: Num, greedy: Greedy) -> None:
    """Move one bound of an attribute outwards as far as the bounds decide."""
    end = layout.attribute[a, COUNT] - 1 if up else 0
    step, failed = (1 if up else -1), False
    while (box.hi[a] if up else box.lo[a]) != end:
        kept = box.hi[a] if up else box.lo[a]
        goal = kept + step * ((abs(end - kept) + 1) // 2) if failed else end
        if not _widened(layout, columns, box, a, box.lo[a] if up else goal, goal if up else box.hi[a], greedy):
            failed = True
            end = goal - step


@inner_kernel
def _begin(box: Box, start: Box, greedy: Greedy) -> None:
    """Begin a run with the first box."""
    for a in range(len(box.lo)):
        box.lo[a], box.hi[a] = start.lo[a], start.hi[a]
    for e in range(len(box.side)):
        box.side[e] = start.side[e]
    for node in range(len(greedy.reach)):
        greedy.reach[node] = 0
    for i in range(greedy.told[FIRST]):
        greedy.reach[greedy.first[i]] = 1
    for k in range(len(box.bound)):
        box.bound[k] = start.bound[k]
        for t in range(len(greedy.worth)):
            greedy.worth[t, k] = greedy.begin[t, k]


@inner_kernel
def _keep(layout: Layout, box: Box, greedy: Greedy, partial: Num) -> None:
    """Take note of a box if it is the shortest one so far."""
    size: Num = 0
    for a in range(len(box.lo)):
        size += (1 if box.lo[a] > 0 else 0) + (1 if box.hi[a] < layout.attribute[a, COUNT] - 1 else 0)
    if 0 <= greedy.told[SIZE] <= size:
        return
    greedy.told[SIZE], greedy.told[PARTIAL] = size, partial
    for a in range(len(box.lo)):
        greedy.lo[a], greedy.hi[a] = box.lo[a], box.hi[a]


@lean_kernel
def greedy_runs(layout: Layout, columns: Columns, box: Box, start: Box, orders: I32, greedy: Greedy, pad: Pad) -> Num:
    """Make the runs that are left; ``UNKNOWN`` if it has to stop before."""
    if greedy.told[FIRST] == 0:
        _prepare(layout, columns, box, greedy)
    while greedy.told[DONE] < len(orders):
        run = greedy.told[DONE]
        if run > 0 and pad.spent[NODES] >= pad.spent[LIMIT]:
            return UNKNOWN
        _begin(box, start, greedy)
        for j in range(orders.shape[1]):
            if pad.flag[0] != 0:
                if greedy.told[SIZE] < 0:
                    _keep(layout, box, greedy, 1)
                return UNKNOWN
            for up in (True, False):
                _widen(layout, columns, box, np.int64(orders[run, j]), up, greedy)
        _keep(layout, box, greedy, 0)
        greedy.told[DONE] = run + 1
        pad.spent[NODES] += 2  # about: a run looks at a part of the nodes, some of them often
    return NONE
