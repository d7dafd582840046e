"""Regions: the inputs that satisfy a set of literals, as allowed cells of each attribute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..kernels import I32, I64, Bools, Num, kernel
from ..models.trees import LeafTable
from .space import Space


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Allowed cells: a range for each attribute, and a listing for those that cuts do not describe.

    Attributes
    ----------
    low, high : ndarray of int32, shape (n_attributes,)
        Range of allowed cells of interval attributes (empty if low > high).
    allowed : ndarray of bool
        Allowed cells of the other attributes, at ``base[a] + cell``.
    base : ndarray of int64, shape (n_attributes + 1,)
        Where each attribute's listing begins (empty for interval attributes).
    """

    low: I32
    high: I32
    allowed: Bools
    base: I64

    @property
    def empty(self) -> bool:
        """Whether no input is in it."""
        if (self.low > self.high).any():
            return True
        listed = np.nonzero(np.diff(self.base))[0]
        return any(not self.allowed[self.base[a] : self.base[a + 1]].any() for a in listed)


def region_of(space: Space, literals: I32) -> Region:
    """Return the region of signed literals."""
    n_cells = np.array([a.n_cells for a in space.attributes], dtype=np.int32)
    listed = np.where(space.interval, 0, n_cells) if len(n_cells) else n_cells
    base = np.concatenate([[0], np.cumsum(listed)]).astype(np.int64)
    low, high = np.zeros(len(n_cells), np.int32), (n_cells - 1).astype(np.int32)
    allowed = np.ones(int(base[-1]), dtype=np.bool_)
    cut = np.full(len(space.vocabulary), -1, dtype=np.int32)
    rising = np.zeros(len(space.vocabulary), dtype=np.bool_)
    for attribute in space.attributes:
        if attribute.interval:
            cut[attribute.variables] = attribute.cut
            rising[attribute.variables] = attribute.rising
    variable = np.abs(literals) - 1
    owner = space.attribute_of[variable]
    positive = literals > 0
    ranged = space.interval[owner] if len(owner) else np.zeros(0, np.bool_)
    above = positive == rising[variable]
    constant = ranged & (cut[variable] < 0)
    high[owner[constant & ~above]] = -1  # a constant condition with the wrong sign: nothing satisfies it
    cutting = ranged & ~constant
    up, down = cutting & above, cutting & ~above
    np.maximum.at(low, owner[up], cut[variable[up]] + 1)
    np.minimum.at(high, owner[down], cut[variable[down]])
    for v, a, is_true in zip(
        variable[~ranged].tolist(), owner[~ranged].tolist(), positive[~ranged].tolist(), strict=True
    ):
        attribute = space.attributes[a]
        row = attribute.truth[np.nonzero(attribute.variables == v)[0][0]]
        allowed[base[a] : base[a + 1]] &= row == is_true
    return Region(low, high, allowed, base)


@kernel
def _first_reached(
    start: I64, attribute: I32, low: I32, high: I32, first: I64, cells: I32, outcome: I32,
    good: Bools, region_low: I32, region_high: I32, allowed: Bools, base: I64,
) -> Num:  # fmt: skip
    """Return the first leaf with an outcome outside O that meets the region, or -1."""
    for leaf in range(len(outcome)):
        if good[outcome[leaf]]:
            continue
        meets = True
        for e in range(start[leaf], start[leaf + 1]):
            a = attribute[e]
            if low[e] >= 0:
                meets = low[e] <= region_high[a] and high[e] >= region_low[a]
            else:
                meets = False
                for i in range(first[e], first[e + 1]):
                    if allowed[base[a] + cells[i]]:
                        meets = True
                        break
            if not meets:
                break
        if meets:
            return leaf
    return -1


def reached_cells(region: Region, leaves: LeafTable, good: Bools, origin: I32) -> I32 | None:
    """Return cells of a leaf outside O within a region, nearest to the cells `origin`; None if no leaf meets it."""
    leaf = int(
        _first_reached(
            leaves.start, leaves.attribute, leaves.low, leaves.high, leaves.first, leaves.cells, leaves.outcome,
            good, region.low, region.high, region.allowed, region.base,
        )
    )  # fmt: skip
    if leaf < 0:
        return None
    low, high = region.low.copy(), region.high.copy()
    listed = {
        a: region.allowed[region.base[a] : region.base[a + 1]].copy()
        for a in np.nonzero(np.diff(region.base))[0].tolist()
    }
    for e in range(int(leaves.start[leaf]), int(leaves.start[leaf + 1])):
        a = int(leaves.attribute[e])
        if leaves.low[e] >= 0:
            low[a], high[a] = max(low[a], leaves.low[e]), min(high[a], leaves.high[e])
        else:
            inside = np.zeros(len(listed[a]), dtype=np.bool_)
            inside[leaves.cells[leaves.first[e] : leaves.first[e + 1]]] = True
            listed[a] &= inside
    cells = np.clip(origin, low, high).astype(np.int32)
    for a, fits in listed.items():
        cells[a] = origin[a] if fits[origin[a]] else int(np.nonzero(fits)[0][0])
    return cells
