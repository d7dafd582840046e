"""How CatBoost numbers categories: by the low 32 bits of CityHash64 (version 1) of their text.

A model holds these numbers only. A text that has a given number is found by running the hash of texts of 16 bytes
backwards; the upper 32 bits, which CatBoost drops, are free, so that one of visible characters is soon among them.
"""

from __future__ import annotations

import functools
import struct

import numpy as np
from numpy.typing import NDArray

_ALL = (1 << 64) - 1
_K0, _K1, _K2, _K3 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F, 0xC949D7C7509E6557
_MIX = 0x9DDFEA08EB382D69
_UNMIX = pow(_MIX, -1, 1 << 64)
_STEP = 0x4906BA494954CB65  # of the numbers under which tables of target statistics keep categories
_UNSTEP = pow(_STEP, -2, 1 << 64)
_TAIL = b" (made)."  # the last 8 bytes of texts that are made
_TRIES = 1 << 14


def category_number(text: str | bytes) -> int:
    """Return the number of a category, from 0 to 2^32 - 1."""
    return city_hash(text if isinstance(text, bytes) else text.encode()) & 0xFFFFFFFF


def table_key(number: int) -> int:
    """Return the key under which tables of target statistics of one column keep a category."""
    signed = number - (1 << 32) if number >> 31 else number
    return _STEP * _STEP * signed & _ALL


def number_of_key(key: int) -> int:
    """Return the number of the category with a key; -1 if there is none."""
    number = key * _UNSTEP & 0xFFFFFFFF
    return number if table_key(number) == key else -1


@functools.lru_cache(maxsize=4096)
def city_hash(data: bytes) -> int:
    """Return CityHash64 (version 1) of some bytes."""
    count = len(data)
    if count <= 16:
        return _up_to_16(data, count)
    if count <= 32:
        return _up_to_32(data, count)
    return _up_to_64(data, count) if count <= 64 else _long(data, count)


def text_of(number: int) -> str:
    """Return a text of 16 visible characters that has a number."""
    (tail,) = struct.unpack("<Q", _TAIL)
    turned = _turned((tail + 16) & _ALL, 16)
    block = 0
    while True:
        upper = np.arange(block * _TRIES, (block + 1) * _TRIES, dtype=np.uint64)
        heads = _heads((upper << np.uint64(32)) | np.uint64(number), tail, turned)
        letters = heads.view(np.uint8).reshape(-1, 8)
        fitting = np.nonzero(((letters >= 33) & (letters <= 126)).all(axis=1))[0]
        if len(fitting):
            return str(letters[fitting[0]].tobytes() + _TAIL, "ascii")
        block += 1


def _heads(hashes: NDArray[np.uint64], tail: int, turned: int) -> NDArray[np.uint64]:
    """Return the first 8 bytes of texts with these hashes, as little-endian numbers."""
    with np.errstate(over="ignore"):
        unmix, last = np.uint64(_UNMIX), np.uint64(turned)
        mixed = (hashes ^ np.uint64(tail)) * unmix
        mixed = (mixed ^ (mixed >> np.uint64(47))) * unmix
        mixed = mixed ^ last
        mixed = (mixed ^ (mixed >> np.uint64(47))) * unmix
        found: NDArray[np.uint64] = (mixed ^ last).astype("<u8")
    return found


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _half(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _turned(value: int, by: int) -> int:
    return (value >> by | value << (64 - by)) & _ALL


def _shifted(value: int) -> int:
    return value ^ value >> 47


def _mixed(one: int, other: int) -> int:
    first = _shifted((one ^ other) * _MIX & _ALL)
    return _shifted((other ^ first) * _MIX & _ALL) * _MIX & _ALL


def _up_to_16(data: bytes, count: int) -> int:
    if count > 8:
        last = _word(data, count - 8)
        return _mixed(_word(data, 0), _turned((last + count) & _ALL, count)) ^ last
    if count >= 4:
        return _mixed(count + (_half(data, 0) << 3) & _ALL, _half(data, count - 4))
    if count:
        low = data[0] + (data[count >> 1] << 8)
        high = count + (data[count - 1] << 2)
        return _shifted((low * _K2 & _ALL) ^ (high * _K3 & _ALL)) * _K2 & _ALL
    return _K2


def _up_to_32(data: bytes, count: int) -> int:
    a, b = _word(data, 0) * _K1 & _ALL, _word(data, 8)
    c, d = _word(data, count - 8) * _K2 & _ALL, _word(data, count - 16) * _K0 & _ALL
    one = _turned((a - b) & _ALL, 43) + _turned(c, 30) + d & _ALL
    return _mixed(one, a + _turned(b ^ _K3, 20) - c + count & _ALL)


def _part_of_64(a: int, z: int, second: int, third: int) -> tuple[int, int]:
    b, c = _turned((a + z) & _ALL, 52), _turned(a, 37)
    a = (a + second) & _ALL
    c = (c + _turned(a, 7)) & _ALL
    a = (a + third) & _ALL
    return (a + z) & _ALL, (b + _turned(a, 31) + c) & _ALL


def _up_to_64(data: bytes, count: int) -> int:
    start = _word(data, 0) + (count + _word(data, count - 16)) * _K0 & _ALL
    v, vs = _part_of_64(start, _word(data, 24), _word(data, 8), _word(data, 16))
    start = _word(data, 16) + _word(data, count - 32) & _ALL
    w, ws = _part_of_64(start, _word(data, count - 8), _word(data, count - 24), _word(data, count - 16))
    r = _shifted((v + ws) * _K2 + (w + vs) * _K0 & _ALL)
    return _shifted(r * _K0 + vs & _ALL) * _K2 & _ALL


def _weak(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_word(data, at + 8 * i) for i in range(4))
    a = (a + w) & _ALL
    b = _turned((b + a + z) & _ALL, 21)
    c = a
    a = (a + x + y) & _ALL
    b = (b + _turned(a, 44)) & _ALL
    return (a + z) & _ALL, (b + c) & _ALL


def _long(data: bytes, count: int) -> int:
    x, y, z = _word(data, 0), _word(data, count - 16) ^ _K1, _word(data, count - 56) ^ _K0
    v = _weak(data, count - 64, count, y)
    w = _weak(data, count - 32, count * _K1 & _ALL, _K0)
    z = (z + _shifted(v[1]) * _K1) & _ALL
    x = _turned((z + x) & _ALL, 39) * _K1 & _ALL
    y = _turned(y, 33) * _K1 & _ALL
    for at in range(0, (count - 1) & ~63, 64):
        x = _turned((x + y + v[0] + _word(data, at + 16)) & _ALL, 37) * _K1 & _ALL
        y = _turned((y + v[1] + _word(data, at + 48)) & _ALL, 42) * _K1 & _ALL
        x ^= w[1]
        y ^= v[0]
        z = _turned(z ^ w[0], 33)
        v = _weak(data, at, v[1] * _K1 & _ALL, (x + w[0]) & _ALL)
        w = _weak(data, at + 32, (z + w[1]) & _ALL, y)
        z, x = x, z
    one = (_mixed(v[0], w[0]) + _shifted(y) * _K1 + z) & _ALL
    return _mixed(one, (_mixed(v[1], w[1]) + x) & _ALL)
