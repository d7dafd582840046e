"""Weighted sums of numbers, for certificates: in numbers that a checker adds up exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import BadInputError
from ...engine.plans.parts import Axis, Weighed

_LARGEST = 2**49  # sums of so many units are exact


def exact_sums(sums: Weighed, axes: Sequence[Axis]) -> tuple[list[F64], float]:
    """Return the number of each option of each axis, and what their sum is at most.

    Two numbers in order are told by their places among all options of both.

    Raises
    ------
    BadInputError
        If some number needs more digits.
    """
    listed = {a: axes[a].values[:, 0].tolist() for a in sums.weights}
    weights, most, numbers = sums.weights, sums.most, {v: Fraction(v) for v in _known(listed.values())}
    if most == 0 and sorted(weights.values()) == [-1, 1]:
        numbers = {v: Fraction(place) for place, v in enumerate(sorted(numbers))}
    scale = math.lcm(most.denominator, *(weight.denominator for weight in weights.values()))
    exact = {a: [numbers[v] * weights[a] * scale for v in _known([own])] for a, own in listed.items()}
    total = sum((max(map(abs, own), default=Fraction(0)) for own in exact.values()), abs(most * scale)) + 1
    unit = max((number.denominator for own in exact.values() for number in own), default=1)
    if 2 * total * unit >= _LARGEST:
        raise BadInputError(f"{sums.says!r} is about numbers of more digits than are certified: give it larger steps")
    of = [np.zeros(len(axis)) for axis in axes]
    for a, own in listed.items():  # a sum with a missing number is not compared: it is small
        of[a][:] = [float(-math.ceil(total)) if math.isnan(v) else float(numbers[v] * weights[a] * scale) for v in own]
    return of, float(most * scale)


def _known(listed: Iterable[Sequence[float]]) -> list[float]:
    """Return the numbers of lists that are not missing."""
    return [v for own in listed for v in own if not math.isnan(v)]
