"""Columns with a few declared values, for models that are no step functions of a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.ranged import with_ranges
from ...engine.domain.theory import (
    Feature,
    Kind,
    cast_values,
    parse_features_type,
)
from ...engine.errors import BadInputError
from ..columns.checks import missing_remedy
from ..columns.readers import read_plain
from ..columns.seen_types import SeenTypes
from .additive import Term

_MOST = 4096  # values of one column
_BITS = (0.0, 1.0)
_SHOWN = 6


def declared_features(
    types: Mapping[str, Any] | None, names: tuple[str, ...], *, usual: Kind = Kind.NUMERICAL
) -> tuple[Feature, ...]:
    """Return what is declared of the columns; those that nothing is said of are of the kind `usual`.

    Raises
    ------
    TheoryError
        If the declaration contradicts itself or the columns.
    """
    if not types:
        features = tuple(Feature(name, usual, (c,)) for c, name in enumerate(names))
    else:
        features = cast_values(parse_features_type(types, names), Reading.FLOAT64)
    if isinstance(types, SeenTypes) and types.ranges:
        features = cast_values(with_ranges(features, types.ranges, names), Reading.FLOAT64)
    return features


def listed_features(
    features: tuple[Feature, ...], used: NDArray[np.bool_], types: Mapping[str, Any] | None
) -> tuple[Feature, ...]:
    """Return features with the values at which bounds are told in place of numbers of a range, see ``SeenTypes``.

    Parameters
    ----------
    features : tuple of Feature
        See ``declared_features``.
    used : ndarray of bool, shape (n_columns,)
        The columns of which what the model makes of a number never falls, or never rises.
    types : mapping or None
        What they come from; without numbers that were seen they stay as they are.
    """
    if not isinstance(types, SeenTypes):
        return features
    return tuple(_listed(f, types) if used[f.columns[0]] else f for f in features)


def _listed(feature: Feature, types: SeenTypes) -> Feature:
    """Return a number of a range as one with listed values: its ends, and what was seen between them."""
    whole = feature.kind is Kind.INTEGER
    if feature.counted or (feature.kind is not Kind.NUMERICAL and not whole):
        return feature
    values = types.numbers(feature.columns[0], feature.low, feature.high)
    if values is None:
        return feature
    if whole and feature.high - feature.low < _MOST:
        values = np.arange(feature.low, feature.high + 1)
    elif whole:
        values = values[values == np.floor(values)]
    return replace(feature, kind=Kind.CATEGORICAL, values=tuple(values.tolist()), low=-inf, high=inf, listed=True)


def listed_values(
    types: Mapping[str, Any] | None, used: NDArray[np.bool_], names: tuple[str, ...], who: str, *,
    usual: Kind = Kind.NUMERICAL,
) -> tuple[tuple[Feature, ...], list[F64]]:  # fmt: skip
    """Return what is declared of the columns, listed where rows show numbers, and the values that each one takes.

    The parameters are those of ``declared_features`` and ``column_values``.
    """
    features = listed_features(declared_features(types, names, usual=usual), used, types)
    return features, column_values(features, used, names, who, types)


def column_values(
    features: tuple[Feature, ...], used: NDArray[np.bool_], names: tuple[str, ...], who: str,
    types: Mapping[str, Any] | None,
) -> list[F64]:  # fmt: skip
    """Return the values that each column takes, ascending; none for a column that is not used.

    Parameters
    ----------
    features : tuple of Feature
        See ``declared_features``.
    used : ndarray of bool, shape (n_columns,)
        Whether the model looks at a column.
    names : tuple of str
        Names of the columns.
    who : str
        The model, in words.
    types : mapping or None
        What the features come from: where rows may show numbers, an error says so.

    Raises
    ------
    BadInputError
        If a used column has no finite list of values.
    """
    found: list[F64] = [np.zeros(0) for _ in names]
    endless: list[str] = []
    for feature in features:
        for column in feature.columns:
            if not used[column]:
                continue
            if feature.kind in (Kind.BINARY, Kind.ONE_HOT):
                found[column] = np.array(_BITS)
            elif feature.kind is Kind.CATEGORICAL and 0 < len(feature.values) <= _MOST:
                found[column] = np.unique(np.array(feature.values, dtype=np.float64))
            else:
                endless.append(names[column])
    if endless:
        shown = ", ".join(map(repr, endless[:_SHOWN])) + (
            f", … ({len(endless)} in all)" if len(endless) > _SHOWN else ""
        )
        by_rows = "background=rows, ranges={'age': (18, 100)} or " * isinstance(types, SeenTypes)
        raise BadInputError(
            f"{who} adds a multiple of each column, and {shown} may be any number: its decision has no finite form. "
            f"Say which numbers there are when the explainer is made: {by_rows}"
            "features_type={'binary': [names], 'categorical': {'age': range(18, 100)}} "
            f"(at most {_MOST} values a column)"
        )
    return found


def term_of(column: int, values: F64, adds: F64) -> Term:
    """Return the term of a column with listed values.

    Parameters
    ----------
    column : int
        The column.
    values : ndarray of float64, shape (n_values,)
        Ascending; empty for a column that adds nothing.
    adds : ndarray of float64, shape (n_values, n_scores)
        What each value adds.
    """
    tests = tuple(Condition(column, Operator.GE, between(low, high)) for low, high in pairwise(values.tolist()))
    return Term(tests, adds)


def between(low: float, high: float) -> float:
    """Return the number that separates two values: one half for bits, else the greater value."""
    return 0.5 if (low, high) == _BITS else high


def number_reader(names: tuple[str, ...], own: tuple[str, ...] | None) -> Any:
    """Return a function that reads rows of numbers without missing values, as float64."""
    return partial(read_plain, None, names, Reading.FLOAT64, frozenset(), missing_remedy(False), own, 0.0)
