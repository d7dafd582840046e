"""Room for a search, made once and used again.

A search looks at a **front**: of each tree what the box leaves undecided, down to 64 leaves; what lies deeper counts
with its best worth. A row of the front is one tree (or several merged ones) for one column: its leaves are the bits of
a word, best first, so that the best one left is the lowest bit. An entry of a row is a test with the leaves on its low
and on its high side; a decided test takes the leaves of the other side away. Where all rows are decided but for what
lies deeper, a second **level** takes over: a new front in the smaller box.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...kernels import F64, I8, I32, I64
from ...kernels.bits import WIDTH
from ..arrays.layout import ELEMENT, WORDS, Layout

_SETS = 3  # of cells, for each listed attribute
LO, HI = range(2)  # columns of ``Pad.span``
BOUND, NEED = range(2)  # of ``Pad.total``
LEFT, DEEP, FIRST, COLUMN, GAP = range(5)  # of ``Pad.row``
OF_ROW, OF_ELEMENT, ABOVE, LOW_SIDE, HIGH_SIDE = range(5)  # of ``Pad.entry``
NODES, LIMIT, TRAIL, LEVEL, STAMP, ADDRESS, PATIENCE, WIDEST = range(8)  # of ``Pad.spent``
_LEVELS = 24
_MERGED = 160  # rows that can be merged
_DEEPER = 6  # room for the rows of further levels, in fronts
_ROWS = 4096  # room for so many rows costs little


class Pad(NamedTuple):
    """Room for a search: see the module's text.

    Attributes
    ----------
    span : ndarray of int64, shape (n_attributes, 2)
        Range of the cells of interval attributes in the box of the search.
    barred : ndarray of int32
        For the other attributes: whether a cell is barred.
    side : ndarray of int8, shape (n_elements,)
        Of their elements: 1: true in all allowed cells; -1: in none; 0: open.
    point : ndarray of int32, shape (n_attributes,)
        A cell of each attribute within the box; the counterexample, once one is found.
    leaves : ndarray of int32, shape (n_trees,)
        Leaf rows that the point reaches.
    scores : ndarray of float64, shape (n_outputs,)
        The model's scores at the point.
    total : ndarray of int64, shape (n_columns, 2)
        ``BOUND``: the sum of the best worths left; ``NEED``: what it must reach.
    row : ndarray of int64, shape (n_rows + 1, 5)
        ``LEFT``: leaves that are left; ``DEEP``: those that stand for subtrees; ``FIRST``: first entry; ``COLUMN``;
        ``GAP``: how far the worths that are left reach apart, -1 if nothing is open.
    value : ndarray of int64, shape (n_rows, 128)
        Worth of each leaf, then its kind (see ``Columns.kind``).
    entry : ndarray of int64, shape (n_entries, 5)
        Row, element, entry above it with its side as sign (0: none), leaves on the low and on the high side.
    at, item : ndarray of int64, shapes (n_levels * (n_elements + 1),), (n_entries,)
        The entries of each element, level after level.
    trail : ndarray of int64, shape (m, 3)
        What to take back.
    frame : ndarray of int64, shape (2 * n_elements + n_levels + 2, 5)
        Open decisions: element, side, sides left, place in the trail, and room for one number more.
    level : ndarray of int64, shape (n_levels + 1, 2 + n_columns)
        First row and first entry of each level; the bounds of the level below it.
    work : ndarray of int64, shape (64, 5)
        Leaves of the tree at hand: node, entry above, worth, rank; or pairs of leaves that are merged.
    gain, merged : ndarray of int64, shapes (m, m), (n_rows, 4)
        What merging two of the first m rows brings; entries of the rows, whether they are left, whether they changed.
    cell : ndarray of int32, shape (m, 2)
        Two numbers for each cell of a listed attribute.
    reach : ndarray of int64, shape (m, 1 + n_columns)
        For the cells of listed attributes: leaves of a row; by how much the bounds fall (see ``search.filter``).
    room : ndarray of int64
        Room for sets of cells of listed attributes (see ``arrays.cells``), and as much again twice (see
        ``search.listed``).
    tried : ndarray of int64, shape (n_elements,)
        Stamp of the choice in which a test was last tried.
    flag : ndarray of int32, shape (1,)
        Set by a watcher: give up.
    spent : ndarray of int64, shape (8,)
        ``NODES`` of all searches so far, the ``LIMIT`` at which to give up, sizes of ``TRAIL`` and ``LEVEL``, a
        ``STAMP`` that grows with each choice, the ``ADDRESS`` of the search, the
        nodes after which rows are merged (``PATIENCE``), and the ``WIDEST`` row.
    """

    span: I64
    barred: I32
    side: I8
    point: I32
    leaves: I32
    scores: F64
    total: I64
    row: I64
    value: I64
    entry: I64
    at: I64
    item: I64
    trail: I64
    frame: I64
    level: I64
    work: I64
    gain: I64
    merged: I64
    cell: I32
    reach: I64
    room: I64
    tried: I64
    flag: I32
    spent: I64


def new_pad(layout: Layout, n_columns: int, n_outputs: int, *, patience: int = 250, widest: int = WIDTH) -> Pad:
    """Return room for searches over this layout, by `n_columns` columns at once.

    `patience` is the number of nodes after which a search merges rows, `widest` the number of leaves that a row has at
    most (up to 64): what the search finds does not depend on them.
    """
    n_elements, n_attributes, n_trees = len(layout.test), layout.n_attributes, len(layout.root)
    sizes = np.diff(np.append(layout.root, len(layout.node)))
    inner = np.add.reduceat(layout.node[:, ELEMENT] >= 0, layout.root) if n_trees else sizes
    deep = bool((inner >= widest).any())
    levels = _LEVELS if deep else 1
    front = max(1, n_trees * n_columns)
    fronts = min(levels, max(_DEEPER, _ROWS // front))
    rows = front * fronts
    entries = int(np.minimum(inner, WIDTH - 1).sum()) * n_columns * max(3, fronts) + WIDTH
    trail = rows * WIDTH + 3 * n_elements + layout.n_listed_cells + n_attributes + WIDTH
    most = min(rows, _MERGED)
    most_cells = int(layout.n_cells[~layout.interval].max(initial=0))

    def longs(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    return Pad(
        longs(n_attributes, 2), np.zeros(layout.n_listed_cells, np.int32), np.zeros(n_elements, np.int8),
        np.zeros(n_attributes, np.int32), np.zeros(n_trees, np.int32), np.zeros(n_outputs), longs(n_columns, 2),
        longs(rows + 1, 5), longs(rows, 2 * WIDTH), longs(entries, 5), longs(levels * (n_elements + 1)),
        longs(entries), longs(trail, 3), longs(2 * n_elements + levels + 2, 5),
        longs(levels + 1, 2 + n_columns), longs(WIDTH, 5), longs(most, most), longs(rows, 4),
        np.zeros((most_cells, 2), np.int32), longs(layout.n_listed_cells, 1 + n_columns),
        longs(_SETS * int(layout.attribute[-1, WORDS])), longs(n_elements), np.zeros(1, np.int32),
        np.array([0, 2**62, 0, 0, 0, 0, patience, widest], np.int64),
    )  # fmt: skip
