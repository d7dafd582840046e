"""Ranges of numbers that users declare beside the types of columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import TheoryError, shown
from .column_names import matching
from .ranges import ends_of
from .theory import Feature, bounded

_ENDLESS = (-math.inf, math.inf)  # a range of all numbers


def with_ranges(
    features: Sequence[Feature], ranges: Any, names: Sequence[str], own: Sequence[Feature] = ()
) -> tuple[Feature, ...]:
    """Return features with ranges ``{name: (least, greatest)}``, which take the place of those that were declared.

    Parameters
    ----------
    features : sequence of Feature
        As they were declared.
    ranges : mapping
        From names of columns to pairs.
    names : sequence of str
        The columns.
    own : sequence of Feature
        What the model itself takes: no range goes beyond.

    Raises
    ------
    TheoryError
        If a name is unknown, or no number's; if a range is none, or holds no value of the feature.
    """
    if not isinstance(ranges, Mapping):
        raise TheoryError(f"ranges={shown(ranges)}: expected a mapping such as {{'age': (18, 100)}}")
    ends: dict[int, tuple[float, float]] = {}
    for name, pair in ranges.items():
        for column in matching(name, names):
            if column in ends:
                raise TheoryError(f"ranges has column {names[column]!r} twice: expected one range a column")
            ends[column] = ends_of(name, pair)
    limits = {f.columns: (f.low, f.high) for f in own}
    named = [next((c for c in f.columns if c in ends), None) for f in features]
    return tuple(
        f if c is None else bounded(_within(f, *limits.get(f.columns, _ENDLESS)), *ends[c])
        for f, c in zip(features, named, strict=True)
    )


def _within(feature: Feature, low: float, high: float) -> Feature:
    return feature if feature.listed else replace(feature, low=low, high=high)
