"""The numbers that a column can hold for all models at once, and which of them are looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading

_ROUNDS = 64  # precisions agree much sooner


class Lattice:
    """The numbers that all of some precisions have, between two ends.

    Parameters
    ----------
    readings : iterable of Reading
        The precisions.
    whole : bool
        Whether the numbers are whole.
    low, high : float
        The ends, both included.
    """

    def __init__(self, readings: Iterable[Reading], *, whole: bool, low: float, high: float) -> None:
        listed = set(readings) - {Reading.WHOLE}
        self._readings = [r for r in (Reading.FLOAT16, Reading.FLOAT32, Reading.FLOAT64) if r in listed][:1]
        self._reading = self._readings[0] if self._readings else Reading.FLOAT64
        self.whole = whole or Reading.WHOLE in set(readings)
        largest = self._reading.largest
        self.low, self.high = self.ceil(max(low, -largest)), self.floor(min(high, largest))

    def floor(self, number: float) -> float:
        """Return the greatest number up to this one."""
        for _ in range(_ROUNDS):
            found = self._reading.floor(float(math.floor(number)) if self.whole and math.isfinite(number) else number)
            if found == number:
                break
            number = found
        return number

    def ceil(self, number: float) -> float:
        """Return the least number from this one on."""
        for _ in range(_ROUNDS):
            found = float(math.ceil(number)) if self.whole and math.isfinite(number) else number
            if self._reading.floor(found) != found:
                found = self._reading.above(found)
            if found == number:
                break
            number = found
        return number

    def above(self, number: float) -> float:
        """Return the least greater number."""
        if self.whole:
            return self.ceil(math.floor(number) + 1.0)
        return self._reading.above(number)

    def below(self, number: float) -> float:
        """Return the greatest smaller number."""
        if self.whole:
            return self.floor(math.ceil(number) - 1.0)
        return self._reading.below(number)

    def has(self, number: float) -> bool:
        """Tell whether it is one of the numbers."""
        return self.low <= number <= self.high and self.floor(number) == number


@lru_cache(maxsize=1024)
def lattice_of(readings: frozenset[Reading], *, whole: bool, low: float, high: float) -> Lattice:
    """Return the numbers of precisions between two ends: the same object for the same ones."""
    return Lattice(readings, whole=whole, low=low, high=high)


class Steps(NamedTuple):
    """Values ``anchor + k * step`` for whole k, each as the column holds it."""

    step: Fraction
    anchor: Fraction

    def at_least(self, number: float, lattice: Lattice) -> float:
        """Return the first value from a number on."""
        k = math.ceil((Fraction(number) - self.anchor) / self.step) - 2
        while (found := self._value(k, lattice)) < number:
            k += 1
        return found

    def at_most(self, number: float, lattice: Lattice) -> float:
        """Return the last value up to a number."""
        k = math.floor((Fraction(number) - self.anchor) / self.step) + 2
        while (found := self._value(k, lattice)) > number:
            k -= 1
        return found

    def _value(self, k: int, lattice: Lattice) -> float:
        exact = float(self.anchor + k * self.step)
        low, high = lattice.floor(exact), lattice.ceil(exact)
        return low if exact - low <= high - exact else high


class Line(NamedTuple):
    """Where a number may go.

    Attributes
    ----------
    lattice : Lattice
        The numbers that there are.
    own : float
        The instance's number (NaN: it is missing).
    low, high : float
        Where a changed number lies.
    steps : Steps or None
        Which numbers are allowed.
    """

    lattice: Lattice
    own: float
    low: float
    high: float
    steps: Steps | None = None

    def allows(self, number: float) -> bool:
        """Tell whether a number, which is one of those that there are, may be gone to."""
        on_a_step = self.steps is None or self.steps.at_least(number, self.lattice) == number
        return self.low <= number <= self.high and on_a_step

    def nearest(self, low: float, high: float) -> float | None:
        """Return the allowed number of a stretch that is nearest to the instance's, itself excluded; None for none."""
        low, high = self.lattice.ceil(max(low, self.low)), self.lattice.floor(min(high, self.high))
        if low > high:
            return None
        own = 0.0 if math.isnan(self.own) else self.own
        if self.steps is None:
            return min(max(own, low), high)
        upward = self.steps.at_least(max(low, own), self.lattice) if own <= high else math.inf
        downward = self.steps.at_most(min(high, own), self.lattice) if own >= low else -math.inf
        inside = [value for value in (upward, downward) if low <= value <= high]
        return min(inside, key=lambda value: abs(value - own), default=None)

    def options(self, low: F64, high: F64) -> F64:
        """Return the instance's number, and of each stretch but its own the allowed number that is nearest to it.

        Parameters
        ----------
        low, high : ndarray of float64
            The first and the last number of each stretch.
        """
        own = self.own
        others = ~((low <= own) & (own <= high))
        if self.steps is not None:
            listed = (self.nearest(lo, hi) for lo, hi in zip(low[others].tolist(), high[others].tolist(), strict=True))
            return np.array([own, *(number for number in listed if number is not None)])
        low = np.maximum(low[others], self.lattice.ceil(max(self.low, self.lattice.low)))
        high = np.minimum(high[others], self.lattice.floor(min(self.high, self.lattice.high)))
        there = low <= high
        start = 0.0 if math.isnan(own) else own
        found: F64 = np.append(own, np.minimum(np.maximum(start, low), high)[there])
        return found
