"""What models test of each column: their conditions as arrays, and the stretches of numbers that they tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.domain.conditions import Operator, cut_of
from ...engine.domain.vocabulary import Vocabulary
from .numbers import Lattice
from .remembered import Remembered


class OnColumn(NamedTuple):
    """The conditions of a model on one column.

    Attributes
    ----------
    numbers : ndarray of int64
        Which ones they are.
    thresholds : ndarray of float64
        The threshold of each.
    strict : ndarray of bool
        Whether the threshold itself lies above its border.
    upward : ndarray of bool
        Whether it is true above it.
    by_order : bool
        Whether all of them are true on one side of a bound.
    starts : frozenset of float
        The least number of each stretch that they tell apart.
    """

    numbers: I64
    thresholds: F64
    strict: Bools
    upward: Bools
    by_order: bool
    starts: frozenset[float]


class Stretches(NamedTuple):
    """Stretches of numbers, ascending, of which nothing tells the numbers apart.

    Attributes
    ----------
    low, high : ndarray of float64
        The first and the last number of each.
    """

    low: F64
    high: F64

    def cut(self, lattice: Lattice, starts: Iterable[float]) -> Stretches:
        """Return the same, with stretches that begin at some more numbers."""
        known = set(self.low.tolist())
        new = sorted({lattice.ceil(s) for s in starts if lattice.low < s <= lattice.high} - known)
        if not new:
            return self
        low = np.array(new)
        place = np.searchsorted(self.low, low)
        ends = np.insert(self.high, place, 0.0)
        for at, start in zip((place + np.arange(len(new))).tolist(), new, strict=True):
            ends[at], ends[at - 1] = ends[at - 1], lattice.below(start)  # what begins here takes the end of what is cut
        return Stretches(np.insert(self.low, place, low), ends)


_tests: Remembered[dict[int, OnColumn]] = Remembered(32)
_stretches: Remembered[Stretches] = Remembered(512)


def columns_tested(vocabulary: Vocabulary) -> Mapping[int, OnColumn]:
    """Return what a model tests, by column."""
    return _tests.of((vocabulary,), None, lambda: _tested(vocabulary))


def _tested(vocabulary: Vocabulary) -> dict[int, OnColumn]:
    listed: dict[int, list[int]] = {}
    for v, condition in enumerate(vocabulary.conditions):
        listed.setdefault(condition.feature, []).append(v)
    found = {}
    for column, numbers in listed.items():
        own = [vocabulary.conditions[v] for v in numbers]
        reading = vocabulary.reading_of(column)
        found[column] = OnColumn(
            np.array(numbers, np.int64), np.array([c.threshold for c in own], np.float64),
            np.array([c.operator in (Operator.LT, Operator.GE) for c in own], np.bool_),
            np.array([c.operator.upward for c in own], np.bool_), all(c.operator.by_order for c in own),
            frozenset(reading.above(border) for c in own for border in cut_of(c, reading)),
        )  # fmt: skip
    return found


def stretches_of(vocabularies: tuple[Vocabulary, ...], column: int, lattice: Lattice) -> Stretches:
    """Return the stretches of a column that models tell apart, as a lattice has them."""

    def make() -> Stretches:
        tested = (columns_tested(one).get(column) for one in vocabularies)
        starts = sorted(set().union(*(one.starts for one in tested if one is not None)))
        return Stretches(np.array([lattice.low]), np.array([lattice.high])).cut(lattice, starts)

    return _stretches.of((*vocabularies, lattice), column, make)
