"""Which sums a prediction comes from: searches over the floating-point numbers themselves, not over their values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..arrays import F64, Bools

Transform = Callable[[F64], F64]
_PROBES = 255  # numbers that are tried at once


def first_float(holds: Callable[[F64], Bools], single: bool) -> float:
    """Return the least finite number from which on a test holds; ``inf`` if it holds for none.

    Parameters
    ----------
    holds : callable
        Numbers -> where it holds. Once it holds, it holds for all greater numbers.
    single : bool
        Whether to search among float32 numbers (else float64).
    """
    largest = float(np.finfo(np.float32 if single else np.float64).max)
    low, high = _rank(-largest, single), _rank(largest, single)
    ends = holds(np.array([-largest, largest]))
    if ends[0] or not ends[1]:
        return -largest if ends[0] else float("inf")
    while high - low > 1:  # it does not hold at low, it holds at high
        step = max(1, (high - low) // (_PROBES + 1))
        ranks = list(range(low + step, high, step))[:_PROBES]
        held = np.nonzero(holds(np.array([_number(rank, single) for rank in ranks])))[0]
        if len(held):
            high = ranks[held[0]]
            low = ranks[held[0] - 1] if held[0] else low
        else:
            low = ranks[-1]
    return _number(high, single)


def margins_between(transform: Transform, lower: float, upper: float, single: bool) -> tuple[float, float]:
    """Return the least and the greatest sum that a non-decreasing function sends into ``[lower, upper]``.

    The ends are infinite where all smaller (greater) numbers are sent there as well; ``(inf, -inf)`` if none are.
    """
    largest = float(np.finfo(np.float32 if single else np.float64).max)
    low = first_float(lambda sums: transform(sums) >= lower, single)
    beyond = first_float(lambda sums: transform(sums) > upper, single)
    high = float("inf") if beyond == float("inf") else _before(beyond, single)
    if low > high or low == float("inf"):
        return float("inf"), float("-inf")
    return (float("-inf") if low == -largest else low), high


def _before(number: float, single: bool) -> float:
    return float(np.nextafter(np.float32(number), np.float32(-np.inf)) if single else np.nextafter(number, -np.inf))


def _rank(number: float, single: bool) -> int:
    """Return the place of a number among all floating-point numbers in their order; zeros share the place 0."""
    bits: NDArray[np.generic] = np.array([abs(number)], np.float32 if single else np.float64)
    place = int(bits.view(np.uint32 if single else np.uint64)[0])
    return -place if number < 0 else place


def _number(rank: int, single: bool) -> float:
    """Return the number at a place."""
    bits = np.array([abs(rank)], np.uint32 if single else np.uint64)
    number = float(bits.view(np.float32 if single else np.float64)[0])
    return -number if rank < 0 else number
