"""The numbers of a dtype in their order: what a search between two of them goes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading

_BITS = {Reading.FLOAT16: "u2", Reading.FLOAT32: "u4", Reading.FLOAT64: "u8"}
_WHOLE = 2**53


class Grid:
    """Places of numbers: unsigned integers in the order of the numbers, neighbours next to each other.

    Parameters
    ----------
    readings : sequence of Reading
        What the numbers of each row are.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        kinds = np.array([reading.value for reading in readings])
        self._rows = [(reading, np.nonzero(kinds == reading.value)[0]) for reading in dict.fromkeys(readings)]

    def places(self, numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
        """Return the places of numbers, shape (rows,) or (rows, n)."""
        out = np.zeros(numbers.shape, np.uint64)
        for reading, rows in self._rows:
            out[rows] = _places(numbers[rows], reading)
        return out

    def numbers(self, places: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Return the numbers at places."""
        out = np.zeros(places.shape)
        for reading, rows in self._rows:
            out[rows] = _numbers(places[rows], reading)
        return out


def _places(numbers: NDArray[np.float64], reading: Reading) -> NDArray[np.uint64]:
    if reading is Reading.WHOLE:
        return (numbers.astype(np.int64) + _WHOLE).astype(np.uint64)
    bits = np.ascontiguousarray(numbers, dtype=reading.value).view(_BITS[reading])
    sign = _sign(bits.dtype)
    return np.where(bits & sign, ~bits, bits | sign).astype(np.uint64)


def _numbers(places: NDArray[np.uint64], reading: Reading) -> NDArray[np.float64]:
    if reading is Reading.WHOLE:
        return (places.astype(np.int64) - _WHOLE).astype(np.float64)
    ordered = places.astype(_BITS[reading])
    sign = _sign(ordered.dtype)
    numbers = np.where(ordered & sign, ordered & ~sign, ~ordered).astype(_BITS[reading]).view(reading.value)
    return np.asarray(numbers, np.float64)


def _sign(bits: np.dtype[Any]) -> Any:
    """Return the bit of the sign."""
    return bits.type(1) << bits.type(8 * bits.itemsize - 1)
