"""Which leaf outside O a region reaches first."""

from __future__ import annotations

import numpy as np

from ..domain.region import Region
from ..kernels import I32, I64, Bools, Num, kernel
from ..models.trees import LeafTable


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
