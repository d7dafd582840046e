"""The number that a person would write: in an interval, near to another number, with few digits."""

from __future__ import annotations

import math
from collections.abc import Callable

_SHARE = 0.05  # how far from the nearest number one with fewer digits may be, in parts of the numbers' size
_TINY = 1e-30  # what is nearer to 0 has no size
_PLACES = 18

Reads = Callable[[float], float]


def plainest(low: float, high: float, near: float, reads: Reads, *, exact: bool = False) -> float:
    """Return a number with few digits that is read as one of an interval.

    Parameters
    ----------
    low, high : float
        The ends of the interval, both inside.
    near : float
        The number that it takes the place of (NaN: none).
    reads : callable
        A number -> the number that the model reads for it.
    exact : bool
        Whether it has to be read as the nearest number of the interval itself.

    Notes
    -----
    The number of decimal places is the least one with which a number of the interval is at most 5 % from the nearest
    one; if none is, the nearest one is returned.
    """
    near = 0.0 if math.isnan(near) else near
    target = min(max(near, low), high)
    if exact:
        low = high = reads(target)
    size = max(abs(target), abs(near))
    allowed = _SHARE * size if size > _TINY else math.inf
    step = 1.0 if target > near else -1.0
    for places in range(_PLACES):
        rounded = float(f"{target:.{places}f}")
        for candidate in (rounded, float(f"{rounded + step * 10.0**-places:.{places}f}")):
            if abs(candidate - target) <= allowed and low <= reads(candidate) <= high:
                return candidate + 0.0  # no -0.0
    return target
