"""Sets of any size as the bits of Python's integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from .kernels import Bools


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the bits of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(elements: Iterable[int]) -> int:
    """Return the bit mask of some positions."""
    out = 0
    for element in elements:
        out |= 1 << element
    return out


def mask_of_bools(chosen: Bools) -> int:
    """Return the bit mask of the positions that are true."""
    return int.from_bytes(np.packbits(chosen, bitorder="little").tobytes(), "little")


def masks_of_rows(table: Bools) -> list[int]:
    """Return the bit mask of each row of a table."""
    packed = np.packbits(table, axis=1, bitorder="little")
    return [int.from_bytes(line.tobytes(), "little") for line in packed]


def bools_of(mask: int, n: int) -> Bools:
    """Return the first n bits of a mask."""
    raw = np.frombuffer(mask.to_bytes((max(n, mask.bit_length()) + 7) // 8, "little"), np.uint8)
    return np.unpackbits(raw, count=n, bitorder="little").view(np.bool_)
