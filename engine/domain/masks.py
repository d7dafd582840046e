"""Sets of any size as the bits of Python's integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import numpy as np

from ..arrays import Bools


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
    width = packed.shape[1]
    if width <= 8:  # a word each: quick for many short rows
        words = np.zeros((len(packed), 8), np.uint8)
        words[:, :width] = packed
        return cast("list[int]", words.view("<u8")[:, 0].tolist())
    raw = packed.tobytes()
    return [int.from_bytes(raw[i : i + width], "little") for i in range(0, len(raw), width)]


def rows_of_masks(masks: Sequence[int], n: int) -> Bools:
    """Return the first n bits of each mask, one row each (none of them may have more)."""
    width = (n + 7) // 8
    raw = np.frombuffer(b"".join([mask.to_bytes(width, "little") for mask in masks]), np.uint8)
    return np.unpackbits(raw.reshape(len(masks), width), axis=1, count=n, bitorder="little").view(np.bool_)


def bools_of(mask: int, n: int) -> Bools:
    """Return the first n bits of a mask."""
    raw = np.frombuffer(mask.to_bytes((max(n, mask.bit_length()) + 7) // 8, "little"), np.uint8)
    return np.unpackbits(raw, count=n, bitorder="little").view(np.bool_)
