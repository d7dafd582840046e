"""Regions of kept literals of an instance, made without a loop over attributes."""

from __future__ import annotations

import numpy as np

from ..arrays import Bools
from ..domain.instance import Situation
from ..domain.region import Region, region_of


class KeptRegions:
    """Makes the region of inputs that agree with an instance on some conditions.

    Parameters
    ----------
    situation : Situation
        The instance.
    """

    def __init__(self, situation: Situation) -> None:
        space = situation.space
        self._whole = region_of(space, np.zeros(0, np.int32))
        cut = np.full(len(situation.truth), -1, np.int32)
        rising = np.zeros(len(situation.truth), np.bool_)
        conditions, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, attribute in enumerate(space.attributes):
            if attribute.interval:
                cut[attribute.variables], rising[attribute.variables] = attribute.cut, attribute.rising
                continue
            # a kept condition bars the cells where its truth is another one
            own = situation.truth[attribute.variables]
            row, cell = np.nonzero(attribute.truth != own[:, None])
            conditions.append(attribute.variables[row].astype(np.int64))
            places.append(int(self._whole.base[number]) + cell)
        self._condition, self._place = np.concatenate(conditions), np.concatenate(places)
        above = situation.truth == rising
        self._owner = space.attribute_of
        self._cut = cut
        self._lower, self._upper = above & (cut >= 0), ~above & (cut >= 0)

    def of(self, kept: Bools) -> Region:
        """Return the region of the conditions that are kept, a bool vector over the vocabulary."""
        low, high, allowed = self._whole.low.copy(), self._whole.high.copy(), self._whole.allowed.copy()
        lower, upper = kept & self._lower, kept & self._upper
        np.maximum.at(low, self._owner[lower], self._cut[lower] + 1)
        np.minimum.at(high, self._owner[upper], self._cut[upper])
        allowed[self._place[kept[self._condition]]] = False
        return Region(low, high, allowed, self._whole.base)
