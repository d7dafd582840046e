"""What each leaf of an ensemble contradicts at an instance, tree by tree.

Guaranteed form
---------------
Cells of all attributes are numbered in one row: cell c of attribute a is ``cell_base(space)[a] + c``. A leaf that the
domain reaches is shut out by keeping literals exactly if, on one of the attributes where its box leaves out the
instance's cell, all cells of the box are shut out. ``LeafBlocks`` lists for each unwanted leaf these attributes as
entries: a number of a cell (the box's nearest to the instance: on an interval attribute it is shut out last), or, for
an attribute that cuts do not describe, ``-1 - s`` where span s lists the cells of the box.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...engine import _native
from ...engine._native import CellTable, LeafBlocks
from ...engine.arrays import I32, I64, Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.clock import run
from ...engine.domain.space import Space
from ...engine.models.ensembles import EnsembleArrays


def cell_base(space: Space) -> I64:
    """Return the number of the first cell of each attribute in the row of all cells, and how many there are."""
    return np.cumsum([0, *(attribute.n_cells for attribute in space.attributes)], dtype=np.int64)


def cell_table(space: Space) -> CellTable:
    """Return the attributes of a space as the core reads them."""
    n = len(space.vocabulary)
    cut, rising = np.full(n, -1, np.int32), np.zeros(n, np.bool_)
    truth_at = np.full(n, -1, np.int64)
    tables: list[Bools] = [np.zeros(0, np.bool_)]
    length = 0
    for attribute in space.attributes:
        if attribute.interval:
            cut[attribute.variables] = attribute.cut
            rising[attribute.variables] = attribute.rising
        else:
            truth_at[attribute.variables] = length + attribute.n_cells * np.arange(len(attribute.variables))
            tables.append(attribute.truth.ravel().astype(np.bool_))
            length += attribute.truth.size
    truth = np.concatenate(tables)
    return CellTable(space.attribute_of, space.interval, cell_base(space), cut, rising, truth_at, truth)


def leaf_votes(trees: EnsembleArrays) -> I32:
    """Return the class that each row of leaf values votes for: the first greatest value."""
    votes: I32 = trees.values.argmax(axis=1).astype(np.int32)
    return votes


def leaf_blocks(
    trees: EnsembleArrays, table: CellTable, cells: I32, wanted: Bools, deadline: Deadline | None = None
) -> LeafBlocks:
    """Return what shuts out each unwanted leaf.

    Parameters
    ----------
    cells : ndarray of int32
        Cell of each attribute at the instance.
    wanted : ndarray of bool, shape (n_leaves,)
        For each row of leaf values whether it may be reached.
    deadline : Deadline, optional
        When to give up.

    Returns
    -------
    LeafBlocks
        Arrays of int64. ``tree``: first unwanted leaf of each tree, and an end. ``start``: first entry of each unwanted
        leaf, and an end (a tree whose leaf at the instance is unwanted has that leaf only, without entries).
        ``entry``: the entries. ``span``, ``cell``: first cell of each span, and an end; cells of the spans.

    Raises
    ------
    OutOfTimeError
        If time was up before.
    """
    limit = Deadline.of(deadline)
    arrays = trees.root, trees.literal, trees.left, trees.right, trees.leaf
    found = run(limit, _native.leaf_blocks, *arrays, table, cells, wanted)
    if limit.expired():
        raise OutOfTimeError
    return found


def spans_of(blocks: LeafBlocks) -> list[tuple[int, ...]]:
    """Return the cells of each span."""
    flat = blocks.cell.tolist()
    return [tuple(flat[a:b]) for a, b in pairwise(blocks.span.tolist())]
