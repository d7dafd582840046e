"""Regions: the inputs that satisfy a set of literals, as allowed cells of each attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import I32, I64, Bools
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


def without(region: Region, hole: Region) -> Iterator[Region]:
    """Yield disjoint pieces of a region that cover it but for a part of it."""
    low, high, allowed = region.low.copy(), region.high.copy(), region.allowed.copy()
    listed = np.diff(region.base) > 0
    for a in range(len(low)):
        if listed[a]:
            mine = slice(int(region.base[a]), int(region.base[a + 1]))
            outside = allowed.copy()
            outside[mine] &= ~hole.allowed[mine]
            yield Region(low.copy(), high.copy(), outside, region.base)
            allowed[mine] &= hole.allowed[mine]
            continue
        for first, last in ((low[a], min(high[a], hole.low[a] - 1)), (max(low[a], hole.high[a] + 1), high[a])):
            if first <= last:
                piece_low, piece_high = low.copy(), high.copy()
                piece_low[a], piece_high[a] = first, last
                yield Region(piece_low, piece_high, allowed.copy(), region.base)
        low[a], high[a] = max(low[a], hole.low[a]), min(high[a], hole.high[a])
