"""A density tree: where rows lie, as a mixture of products, one for each leaf of a tree that is fitted to them.

Ram, Gray: Density estimation trees (KDD 2011) split to lower the error of a piecewise constant density; here a leaf is
a product of its rows' own masses of cells, and splits raise the likelihood of the rows by more than they cost in
parameters (Schwarz's criterion), so that features of which rows say nothing together are left independent.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..arrays import F64, I32, Bools
from ..budget import Deadline
from ..domain.space import Space
from .masses import Distribution, Product, counted

_MOST_LEAVES = 16
_MOST_SPLITS = 16  # of one attribute that are tried
_FEWEST_ROWS = 20  # in a leaf


def density_tree(space: Space, rows: F64, cells: I32, deadline: Deadline) -> Distribution:
    """Fit a density tree to rows (as the model reads them) and their cells.

    Raises
    ------
    OutOfTimeError
        If time was up before it was grown.

    Notes
    -----
    Leaves are split best first, at most 16 of them of at least 20 rows each. A split takes time linear in rows and
    cells for each place that is tried: of each attribute 16 at most. The same rows give the same tree.
    """
    leaves = [np.arange(len(rows))]
    found = [_best_split(space, cells, leaves[0], deadline)]
    while len(leaves) < _MOST_LEAVES:
        best = max(range(len(leaves)), key=lambda i: found[i][0])
        gain, inside = found[best]
        if gain <= 0.0 or inside is None:
            break
        own = leaves.pop(best)
        found.pop(best)
        for part in (own[inside], own[~inside]):
            leaves.append(part)
            found.append(_best_split(space, cells, part, deadline))
    ordered = sorted(leaves, key=lambda leaf: (-len(leaf), int(leaf.min(initial=0))))
    return Distribution(
        "tree",
        tuple(Product(counted(space, rows[leaf], cells[leaf]), Fraction(len(leaf), len(rows))) for leaf in ordered),
    )


def _best_split(space: Space, cells: I32, leaf: np.ndarray, deadline: Deadline) -> tuple[float, Bools | None]:
    """Return by how much the best split of a leaf raises the likelihood beyond its cost, and the rows on one side."""
    own = cells[leaf]
    best: tuple[float, Bools | None] = (0.0, None)
    if len(leaf) < 2 * _FEWEST_ROWS:
        return best
    counts = _flat_counts(space, own)
    before = _likelihood(counts, len(leaf))
    spread = [len(np.unique(column)) - 1 for column in own.T]
    more = max(1, sum(spread))
    for a in deadline.while_time(range(len(space.attributes))):
        for inside in _splits(own[:, a], interval=bool(space.interval[a])):
            n = int(inside.sum())
            if min(n, len(leaf) - n) < _FEWEST_ROWS:
                continue
            mine = _flat_counts(space, own[inside])
            rest = counts - mine
            gain = _likelihood(mine, n) + _likelihood(rest, len(leaf) - n) - before
            gain += n * math.log(n / len(leaf)) + (len(leaf) - n) * math.log(1 - n / len(leaf))
            gain -= 0.5 * (more - spread[a]) * math.log(len(leaf))  # the masses of all other features once more
            if gain > best[0]:
                best = gain, inside
    return best


def _splits(column: I32, *, interval: bool) -> list[Bools]:
    """Return the ways to split rows by one attribute: at quantiles of its cells, or one cell and the others."""
    values, counts = np.unique(column, return_counts=True)
    if len(values) < 2:
        return []
    if interval:
        steps = np.linspace(0, 1, _MOST_SPLITS + 2)[1:-1]
        at = np.unique(np.searchsorted(np.cumsum(counts), steps * counts.sum()))
        return [column <= values[i] for i in at.tolist() if i + 1 < len(values)]
    common = np.argsort(-counts, kind="stable")[:_MOST_SPLITS]
    return [column == values[i] for i in common.tolist()]


def _flat_counts(space: Space, cells: I32) -> np.ndarray:
    """Return how many rows have each cell, those of all attributes side by side."""
    sizes = np.array([attribute.n_cells for attribute in space.attributes])
    base = np.concatenate([[0], np.cumsum(sizes)])
    return np.bincount((cells + base[:-1]).ravel(), minlength=int(base[-1]))


def _likelihood(counts: np.ndarray, n: int) -> float:
    """Return the logarithm of the likelihood of rows under the product of their own masses."""
    some = counts[counts > 0]
    return float((some * np.log(some / n)).sum())
