"""Ranges of numbers: the least and the greatest value that a feature takes, both included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import TheoryError, shown
from ..given import real
from .conditions import Reading


def ends_of(name: Any, ends: Any) -> tuple[float, float]:
    """Return the ends of a range as floats; ``None`` is an open end.

    Parameters
    ----------
    name : object
        The feature, for messages.
    ends : pair of numbers or None
        ``(18, 100)``, ``(0, None)``, ``(-inf, 5.5)``; both ends belong to the range.

    Raises
    ------
    TheoryError
        If it is no such pair, or the first end is greater than the second.
    """
    wanted = f"range {shown(ends)} of {name!r}: expected a pair such as (18, 100), None for an open end"
    if isinstance(ends, (str, bytes, Mapping, set, frozenset)):
        raise TheoryError(wanted)
    try:
        low, high = ends
    except Exception:  # no two ends, or an object of a user whose iteration fails
        raise TheoryError(wanted) from None
    least = -math.inf if low is None else _number(low, wanted)
    most = math.inf if high is None else _number(high, wanted)
    if not least <= most or least == math.inf or most == -math.inf:
        raise TheoryError(f"range {shown(ends)} of {name!r} holds no number: expected lower <= upper")
    return least, most


def _number(end: Any, wanted: str) -> float:
    if isinstance(end, (bool, np.bool_, str, bytes, np.timedelta64, np.datetime64)):
        raise TheoryError(wanted)
    try:
        number = real(end)
    except Exception:  # no number, or an object of a user
        raise TheoryError(wanted) from None
    if math.isnan(number):
        raise TheoryError(wanted)
    return number


def whole_ends(low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest integer of a range."""
    return (
        float(math.ceil(low)) if math.isfinite(low) else low,
        float(math.floor(high)) if math.isfinite(high) else high,
    )


def read_ends(low: float, high: float, reading: Reading) -> tuple[float, float]:
    """Return the least and the greatest number of a precision that a value of a range is read as."""
    if reading is Reading.WHOLE:
        low, high = whole_ends(low, high)
    ends = reading.cast(np.array([low, high]))
    return max(float(ends[0]), -reading.largest), min(float(ends[1]), reading.largest)
