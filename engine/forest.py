"""The implications among the literals of one attribute that cuts do not describe.

Such are one-hot groups, equalities and missing values.

At an instance in cell c each literal excludes a set of cells. Where these sets are laminar (nested or disjoint), the
closed sets of literals are the downward closed sets of a forest, and everything stays a hypergraph over that forest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .attributes import Attribute
from .kernels import I32, Bools


@dataclass(frozen=True, slots=True, eq=False)
class AttributeForest:
    """Implications among the literals of one attribute at one cell.

    Attributes
    ----------
    excluded : ndarray of bool, shape (m, n_cells)
        Cells that the literal of each condition excludes.
    representative : ndarray of int32, shape (m,)
        The first condition whose literal says the same (-1: it excludes nothing).
    laminar : bool
        Whether the excluded sets are nested or disjoint, and joint implications are simple enough for the forest.
    own : ndarray of int32, shape (n_cells,)
        The weakest literal that excludes each cell (-1 for the instance's own), if laminar.
    up : ndarray of int32, shape (m,)
        The next stronger literal that implies each one (-1: none), if laminar.
    joint : tuple of (int, tuple of int)
        Literals that say no more than their children together, with these children.
    """

    excluded: Bools
    representative: I32
    laminar: bool
    own: I32
    up: I32
    joint: tuple[tuple[int, tuple[int, ...]], ...]


def attribute_forest(attribute: Attribute, cell: int) -> AttributeForest:
    """Return the implications among an attribute's literals at a cell."""
    truth = attribute.truth_table()
    excluded = truth != truth[:, cell : cell + 1]
    m, n_cells = excluded.shape
    representative = np.full(m, -1, dtype=np.int32)
    seen: dict[bytes, int] = {}
    for i in range(m):
        if excluded[i].any():
            representative[i] = seen.setdefault(excluded[i].tobytes(), i)
    kept = [i for i in range(m) if representative[i] == i]
    sizes = excluded.sum(axis=1)
    kept.sort(key=lambda i: int(sizes[i]))
    own = np.full(n_cells, -1, dtype=np.int32)
    up = np.full(m, -1, dtype=np.int32)
    laminar = True
    for place, i in enumerate(kept):
        for j in kept[place + 1 :]:
            overlap = int((excluded[i] & excluded[j]).sum())
            if overlap == sizes[i]:
                up[i] = j
                break
        laminar = laminar and all(
            int((excluded[i] & excluded[j]).sum()) in (0, int(sizes[i])) for j in kept[place + 1 :]
        )
        fresh = excluded[i] & (own < 0)
        own[fresh] = i
    joint = []
    for i in kept:
        children = tuple(j for j in kept if up[j] == i)
        if children and not (own == i).any():
            joint.append((i, children))
            simple = not any(j in up for j in children)
            laminar = laminar and simple
    return AttributeForest(excluded, representative, laminar, own, up, tuple(joint))
