"""Exact numbers of any size from their remainders modulo 2^64 and primes (Chinese remainder theorem)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..arrays import I64

_WORD = 64
_PRIME_BITS = 30  # that each prime decides at least


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test; these bases decide all numbers below 3.4e14."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13, 17):
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


_PRIMES: list[int] = []


def primes_for(bits: int) -> I64:
    """Return enough primes just below 2^31 for numbers of so many bits, beside 2^64."""
    needed = max(0, -((_WORD - bits) // _PRIME_BITS))
    candidate = (_PRIMES[-1] if _PRIMES else 2**31 + 1) - 2
    while len(_PRIMES) < needed:
        if _is_prime(candidate):
            _PRIMES.append(candidate)
        candidate -= 2
    return np.array(_PRIMES[:needed], dtype=np.int64)


def numbers_of(remainders: npt.NDArray[np.uint64], primes: I64) -> list[int]:
    """Return the least non-negative numbers with the given remainders.

    Parameters
    ----------
    remainders : ndarray of uint64, shape (1 + n_primes, n)
        Remainders of each number (a column) modulo 2^64, and modulo each prime.
    primes : ndarray of int64
        The primes.
    """
    moduli = [1 << _WORD, *primes.tolist()]
    if len(moduli) == 1:
        numbers: list[int] = remainders[0].tolist()
        return numbers
    product = math.prod(moduli)
    weights = [product // p * pow(product // p, -1, p) for p in moduli]
    return [sum(r * w for r, w in zip(column, weights, strict=True)) % product for column in remainders.T.tolist()]
