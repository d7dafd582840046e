"""Labels whose trees decide on their own: the leaves that are bad by themselves, of all trees together.

A single tree, or a formula that holds (each clause is a tree, and one false clause is enough), is left for another
class as soon as one tree reaches a bad leaf. The bad leaves of all such labels are then like those of one tree: what
each of them takes to be excluded are the edges of which sufficient reasons are the minimal hitting sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..arrays import I64, Bools
from ..domain.space import Space
from ..models.ensembles import EnsembleArrays
from ..models.trees import LeafTable, TreeArrays, leaf_table
from .joint import Part, is_exact, own_question


def lone_leaves(part: Part) -> Bools | None:
    """Return which rows of values are bad on their own, where one of them is enough and nothing else is; else None."""
    model, trees = part.model, part.trees
    if model.slack:
        return None
    if trees.n_trees == 1:
        rows = np.zeros(trees.n_leaves, np.bool_)
        for row in trees.leaf[trees.leaf >= 0].tolist():
            one = np.zeros(1, np.int32)
            single = EnsembleArrays(
                one, one, one, one, np.array([row], np.int32), trees.values, trees.base, trees.divisor, trees.single
            )
            rows[row] = not part.good[_replaced(part, single)]
        return rows
    if not is_exact(part):
        return None
    columns = own_question(part)[1]
    if len(columns.need) != 1:
        return None
    worth, need = columns.worth[:, 0], int(columns.need[0] - columns.offset[0])
    enough = worth >= need
    return enough if need > 0 and (worth[~enough] == 0).all() else None


def _replaced(part: Part, trees: EnsembleArrays) -> int:
    """Return the class of a leaf alone."""
    return replace(part.model, trees=trees).outcome_at(np.zeros(0, np.bool_))


def bad_leaves(parts: Sequence[Part], space: Space) -> LeafTable | None:
    """Return the leaves of all trees with outcome 0 (in O) or 1 (bad); None where trees decide together."""
    alone = [lone_leaves(part) for part in parts]
    tables = []
    for part, bad in zip(parts, alone, strict=True):
        if bad is None:
            return None
        for tree in _each_tree(part.trees, bad):
            tables.append(leaf_table(tree, space))
    return _together(tables)


def _each_tree(trees: EnsembleArrays, bad: Bools) -> list[TreeArrays]:
    bounds = [*trees.root.tolist(), len(trees.literal)]
    out = []
    for first, end in pairwise(bounds):
        leaf = trees.leaf[first:end]
        outcome = np.where(leaf >= 0, bad[np.maximum(leaf, 0)].astype(np.int32), -1).astype(np.int32)
        left, right = trees.left[first:end] - first, trees.right[first:end] - first
        out.append(TreeArrays(trees.literal[first:end], left.astype(np.int32), right.astype(np.int32), outcome))
    return out


def _together(tables: Sequence[LeafTable]) -> LeafTable:
    def stacked(pieces: list[I64], base: list[int]) -> I64:
        ends = [piece[1:] + shift for piece, shift in zip(pieces, base, strict=True)]
        return np.concatenate([np.zeros(1, np.int64), *ends])

    entries = np.cumsum([0, *(len(t.attribute) for t in tables)])[:-1].tolist()
    cells = np.cumsum([0, *(len(t.cells) for t in tables)])[:-1].tolist()
    start, first = stacked([t.start for t in tables], entries), stacked([t.first for t in tables], cells)
    attribute, low, high, listed, outcome, leaf = (
        np.concatenate([getattr(t, name) for t in tables]).astype(np.int32)
        for name in ("attribute", "low", "high", "cells", "outcome", "leaf")
    )
    return LeafTable(start, attribute, low, high, first, listed, outcome, leaf)
