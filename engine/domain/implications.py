"""The implications among the literals of one attribute that cuts do not describe.

Such are one-hot groups, equalities and missing values.

At an instance in cell c each literal excludes a set of cells. Where these sets are laminar (nested or disjoint), the
closed sets of literals are the downward closed sets of a forest, and everything stays a hypergraph over that forest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import I32, Bools
from .attributes import Attribute


@dataclass(frozen=True, slots=True, eq=False)
class AttributeForest:
    """Implications among the literals of one attribute at one cell.

    Attributes
    ----------
    laminar : bool
        Whether the excluded sets are nested or disjoint, and joint implications are simple enough for the forest.
    own : ndarray of int32, shape (n_cells,)
        The weakest literal that excludes each cell (-1 for the instance's own), if laminar.
    up : ndarray of int32, shape (m,)
        The next stronger literal that implies each one (-1: none), if laminar.
    joint : tuple of (int, tuple of int)
        Literals that say no more than their children together, with these children, if laminar.
    """

    laminar: bool
    own: I32
    up: I32
    joint: tuple[tuple[int, tuple[int, ...]], ...]


def excluded_cells(attribute: Attribute, cell: int) -> Bools:
    """Return the cells that the literal of each condition excludes at a cell, shape (m, n_cells)."""
    truth = attribute.truth_table()
    excluded: Bools = truth != truth[:, cell : cell + 1]
    return excluded


def attribute_forest(attribute: Attribute, cell: int) -> AttributeForest:
    """Return the implications among an attribute's literals at a cell.

    The sets are placed from the largest to the smallest. They are laminar iff the cells of each have the same smallest
    set before it; that one is the next stronger literal.
    """
    excluded = excluded_cells(attribute, cell)
    own = np.full(excluded.shape[1], -1, dtype=np.int32)
    up = np.full(len(excluded), -1, dtype=np.int32)
    kept = _distinct(excluded)
    for i in reversed(kept):
        above = own[excluded[i]]
        if (above != above[0]).any():
            return AttributeForest(False, own, up, ())
        up[i] = above[0]
        own[excluded[i]] = i
    children: dict[int, list[int]] = {}
    for i in kept:
        children.setdefault(int(up[i]), []).append(i)
    weakest = set(own.tolist())
    joint = tuple((i, tuple(children[i])) for i in kept if i in children and i not in weakest)
    simple = all(j not in children for _, mine in joint for j in mine)
    return AttributeForest(simple, own, up, joint)


def _distinct(excluded: Bools) -> list[int]:
    """Return the first condition of each set that is not empty, smallest sets first."""
    seen: dict[bytes, int] = {}
    for i in np.nonzero(excluded.any(axis=1))[0].tolist():
        seen.setdefault(excluded[i].tobytes(), i)
    sizes = excluded.sum(axis=1)
    return sorted(seen.values(), key=lambda i: int(sizes[i]))
