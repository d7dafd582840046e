"""Which leaf outside O a region reaches first."""

from __future__ import annotations

import numpy as np

from ..arrays import I32, Bools
from ..domain.region import Region
from ..models.trees import LeafTable


def reached_cells(region: Region, leaves: LeafTable, good: Bools, origin: I32) -> I32 | None:
    """Return cells of a leaf outside O within a region, nearest to the cells `origin`; None if no leaf meets it."""
    leaf = leaves.core.first_reached(good, region.low, region.high, region.allowed, region.base)
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
