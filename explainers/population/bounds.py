"""Measures of costs of which only bounds may be known: what is told holds for whatever the costs are within these."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...engine.arrays import F64


class Bounds(NamedTuple):
    """Between which numbers a measure lies, both included; NaN where there is nothing to measure.

    Attributes
    ----------
    low, high : float
        The ends.
    """

    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def told(self, form: str = ".3g") -> str:
        """Return the bounds in words."""
        if math.isnan(self.low):
            return "–"
        if self.known:
            return _number(self.low, form)
        return f"{_number(self.low, form)} to {_number(self.high, form)}"


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else ("∞" if value > 0 else "−∞")


NOTHING = Bounds(math.nan, math.nan)


def share_up_to(low: F64, high: F64, most: float) -> Bounds:
    """Return the share of rows whose cost is at most a number (infinite: that have a plan)."""
    if not len(low):
        return NOTHING
    if most == math.inf:
        return Bounds(float((high < math.inf).mean()), float((low < math.inf).mean()))
    return Bounds(float((high <= most).mean()), float((low <= most).mean()))


def share_above(low: F64, high: F64, most: float) -> Bounds:
    """Return the share of the others."""
    if not len(low):
        return NOTHING
    if most == math.inf:
        return Bounds(float((low == math.inf).mean()), float((high == math.inf).mean()))
    return Bounds(float((low > most).mean()), float((high > most).mean()))


def median(low: F64, high: F64) -> Bounds:
    """Return the least number that the costs of at least half of the rows do not exceed; without a plan: infinite."""
    if not len(low):
        return NOTHING
    middle = (len(low) - 1) // 2
    return Bounds(float(np.sort(low)[middle]), float(np.sort(high)[middle]))


def mean(low: F64, high: F64) -> Bounds:
    """Return the mean cost of the rows that have a plan.

    Where it is open whether a row has one, the mean is lowest if just those have one that lower it, and without an
    upper bound.
    """
    sure, open_ = high < math.inf, (high == math.inf) & (low < math.inf)
    if not sure.any() and not open_.any():
        return NOTHING
    total, count = float(low[sure].sum()), int(sure.sum())
    for value in np.sort(low[open_]).tolist():
        if count and value >= total / count:
            break
        total, count = total + value, count + 1
    lower = total / count
    return Bounds(lower, math.inf if open_.any() else max(lower, float(high[sure].mean())))


def difference(one: Bounds, other: Bounds) -> Bounds:
    """Return by how much a measure is greater than another one; without bounds where both may be infinite."""
    if math.isnan(one.low) or math.isnan(other.low):
        return NOTHING
    low = -math.inf if other.high == math.inf else one.low - other.high
    high = math.inf if one.high == math.inf else one.high - other.low
    if other.low == math.inf and one.high < math.inf:
        high = -math.inf
    if one.low == math.inf and other.high < math.inf:
        low = math.inf
    return Bounds(low, high)
