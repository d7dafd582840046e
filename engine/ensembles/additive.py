"""Ensembles whose trees test one attribute each: the fewest attributes that decide are a prefix of the sorted losses.

What a cell of an attribute adds to a column (see ``sums``) does not depend on the other attributes. So the worst case
of a set of free attributes is the sum of their own worst cases, and a column stays good iff the losses of what is free
add up to less than the margin. Fewest are kept where the greatest losses are kept: sorting tells, O(n log n). A change
likewise takes the greatest gains first. Several columns (classes, the two sides of an interval) are a covering problem:
each tells a lower bound, and if the set of the greatest one does for the others as well it is proved.

Everything is in whole numbers, with a proved bound of all rounding: what lies within it is left to the model's own
arithmetic, and where that does not tell either, to the general search.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..arrays import I32, I64, Bools
from ..domain.space import Space
from ..models.ensembles import EnsembleArrays
from .sums import Columns

_MOST = 1 << 22  # leaves of all cells of all trees
_FIRST = 16  # trees, by which most models are told


class Apart(NamedTuple):
    """An ensemble whose trees test one attribute each.

    Attributes
    ----------
    leaf : ndarray of int32, shape (n_most_cells, n_trees)
        The leaf that each tree reaches in each cell of its attribute (beyond its cells: in the last one).
    attribute : ndarray of int64, shape (n_trees,)
        The attribute of each tree; for a tree of one leaf any one.
    n_attributes : int
        Number of attributes.
    """

    leaf: I32
    attribute: I64
    n_attributes: int


class Adds(NamedTuple):
    """What cells add to the columns of a question.

    Attributes
    ----------
    worth : ndarray of int64, shape (n_most_cells, n_attributes, n_columns)
        What each cell adds (beyond an attribute's cells: what the last one adds).
    most : ndarray of int64, shape (n_attributes, n_columns)
        The greatest of them.
    """

    worth: I64
    most: I64


def apart(trees: EnsembleArrays, space: Space) -> Apart | None:
    """Return the leaves by the cells of single attributes; None if a tree tests several of them."""
    n_attributes = len(space.attributes)
    cells = max((attribute.n_cells for attribute in space.attributes), default=1)
    if n_attributes == 0 or cells * trees.n_trees > _MOST:
        return None
    few = min(_FIRST, trees.n_trees)
    found = None if _attributes_of(trees, space, few) is None else _attributes_of(trees, space, trees.n_trees)
    if found is None:
        return None
    truth = np.zeros((cells, len(space.vocabulary)), np.bool_)
    for one in space.attributes:
        table = one.truth_table().T
        truth[: len(table), one.variables] = table
        truth[len(table) :, one.variables] = table[-1]
    leaf = np.stack([trees.leaves_at(row) for row in truth])
    return Apart(leaf, found, n_attributes)


def _attributes_of(trees: EnsembleArrays, space: Space, n: int) -> I64 | None:
    """Return the attribute of each of the first n trees (0 for one of a single leaf); None if one has several."""
    end = int(trees.root[n]) if n < trees.n_trees else len(trees.literal)
    inner = np.nonzero(trees.literal[:end])[0]
    tree = np.searchsorted(trees.root, inner, side="right") - 1
    tested = space.attribute_of[np.abs(trees.literal[inner]) - 1].astype(np.int64)
    found = np.zeros(n, np.int64)
    found[tree] = tested
    return found if bool((found[tree] == tested).all()) else None


def adds_of(trees: Apart, columns: Columns) -> Adds:
    """Return what cells add to the columns of a question."""
    order = np.argsort(trees.attribute, kind="stable")
    owners, first = np.unique(trees.attribute[order], return_index=True)
    worth = np.zeros((len(trees.leaf), trees.n_attributes, len(columns.need)), np.int64)
    worth[:, owners] = np.add.reduceat(columns.worth[trees.leaf[:, order]], first, axis=1)
    return Adds(worth, worth.max(axis=0))


def sure(columns: Columns) -> I64:
    """Return what the columns must reach so that the model's own sums are outside O, rounding or not."""
    return 1 - columns.need if len(columns.kind) else columns.need


class Margins(NamedTuple):
    """An instance among the columns of a question.

    Attributes
    ----------
    loss : ndarray of int64, shape (n_items, n_columns)
        How much nearer to what it needs a column comes at most where an item is free.
    room : ndarray of int64, shape (n_columns,)
        What losses may add up to at most so that a column is good for certain.
    doubt : ndarray of int64, shape (n_columns,)
        What they may add up to at most so that it is not bad for certain.
    """

    loss: I64
    room: I64
    doubt: I64


def margins_of(adds: Adds, columns: Columns, cells: I32, most: I64, item_of: I64, n_items: int) -> Margins:
    """Return the margins of an instance.

    Parameters
    ----------
    cells : ndarray of int32
        The instance.
    most : ndarray of int64, shape (n_attributes, n_columns)
        The greatest that the cells add which an attribute may have.
    item_of : ndarray of int64, shape (n_attributes,)
        The item (a feature, a literal) that each attribute belongs to; -1 for none, which stays as it is.
    """
    own = adds.worth[cells, np.arange(len(cells))]
    loss = np.zeros((n_items, len(columns.need)), np.int64)
    moves = item_of >= 0
    np.add.at(loss, item_of[moves], (most - own)[moves])
    base = columns.offset + own.sum(axis=0)
    return Margins(loss, columns.need - 1 - base, sure(columns) - 1 - base)


class Kept(NamedTuple):
    """The fewest items that decide.

    Attributes
    ----------
    lower : int
        No fewer do.
    sets : list of ndarray of bool
        Sets of so many items, one of which may do; the first surely does if `proved`.
    proved : bool
        See `sets`.
    """

    lower: int
    sets: list[Bools]
    proved: bool


def fewest_kept(margins: Margins, banned: Bools) -> Kept | None:
    """Return the fewest items to keep so that no column is bad; None if an item that is never kept decides.

    Parameters
    ----------
    margins : Margins
        The instance.
    banned : ndarray of bool, shape (n_items,)
        Items that are never kept.
    """
    loss, spent = margins.loss[~banned], margins.loss[banned].sum(axis=0)
    room, doubt = margins.room - spent, margins.doubt - spent
    if (doubt < 0).any():
        return None
    order = np.argsort(loss, axis=0, kind="stable")
    total = np.take_along_axis(loss, order, axis=0).cumsum(axis=0)
    freed = (total <= doubt).sum(axis=0)  # the losses are not negative, so that sums rise
    least = int(freed.min(initial=len(loss)))
    places = np.nonzero(~banned)[0]
    sets: list[Bools] = []
    proved = False
    for k in np.nonzero(freed == least)[0].tolist() if len(freed) else [-1]:
        free = order[:least, k] if k >= 0 else np.arange(len(loss))
        kept = np.zeros(len(banned), np.bool_)
        kept[np.delete(places, free)] = True
        fits = bool((loss[free].sum(axis=0) <= room).all())
        sets.insert(0 if fits else len(sets), kept)
        proved = proved or fits
    return Kept(len(loss) - least, sets, proved)


class Changed(NamedTuple):
    """The fewest items whose change leads out of O.

    Attributes
    ----------
    lower : int
        No fewer do.
    sets : list of (column, ndarray of int64)
        Sets of so many items, one of which may do, with the column that it makes bad.
    """

    lower: int
    sets: list[tuple[int, I64]]


def fewest_changed(margins: Margins) -> Changed | None:
    """Return the fewest items to change so that a column may be bad; None if none can."""
    order = np.argsort(-margins.loss, axis=0, kind="stable")
    total = np.take_along_axis(margins.loss, order, axis=0).cumsum(axis=0)
    reached = total > margins.room
    there = reached.any(axis=0)
    if not there.any():
        return None
    counts = np.where(there, reached.argmax(axis=0) + 1, len(total) + 1)
    least = int(counts.min())
    return Changed(least, [(k, order[:least, k]) for k in np.nonzero(counts == least)[0].tolist()])


def best_cells(adds: Adds, column: int, allowed: Bools) -> I32:
    """Return for each attribute the allowed cell that adds most to a column, shape (n_attributes,)."""
    worth = np.where(allowed, adds.worth[:, :, column], np.iinfo(np.int64).min)
    best: I32 = worth.argmax(axis=0).astype(np.int32)
    return best
