"""Theory: what is known about the features, before any model is asked."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from .conditions import Reading
from .errors import TheoryError, shown


class _Default:
    """Stands for "all features that are not named otherwise"."""

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT = _Default()


class Kind(str, Enum):
    """What values a feature takes."""

    NUMERICAL = "numerical"
    INTEGER = "integer"
    BINARY = "binary"
    CATEGORICAL = "categorical"
    ONE_HOT = "one-hot"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature in the user's sense.

    Attributes
    ----------
    name : str
        Its name; a one-hot group bears the pattern it was declared with.
    kind : Kind
        What values it takes.
    columns : tuple of int
        Columns of the model's input (several only for a one-hot group).
    values : tuple
        Numbers of a categorical column; for a one-hot group the value that each column stands for.
    optional : bool
        One-hot group: whether all columns may be 0.
    """

    name: str
    kind: Kind
    columns: tuple[int, ...]
    values: tuple[Any, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Theory:
    """The features, clauses over literals of the model that always hold, and columns that may be missing."""

    features: tuple[Feature, ...]
    clauses: tuple[tuple[int, ...], ...] = ()
    missing: frozenset[int] = frozenset()


def numerical_features(names: Sequence[str]) -> tuple[Feature, ...]:
    """Return one numerical feature for each column."""
    return tuple(Feature(name, Kind.NUMERICAL, (column,)) for column, name in enumerate(names))


def parse_features_type(types: Mapping[str, Any] | None, names: Sequence[str]) -> tuple[Feature, ...]:
    """Read feature types.

    Parameters
    ----------
    types : mapping or None
        Either by kind, ``{"numerical": [names] or DEFAULT, "integer": […], "binary": […], "categorical":
        {"A*": values, "{S0,S1}": values, "colour": values}}``, where a pattern with several columns is a one-hot
        group; or by name, ``{"age": "integer", "colour": [0, 1, 2]}``. DEFAULT (or the text "default") in place of a
        list of names means all columns that are not named otherwise; without it they are numerical.
    names : sequence of str
        Names of the columns.

    Raises
    ------
    TheoryError
        If a name or pattern matches no column, a column is declared twice, or values do not fit.
    """
    if types is None:
        return numerical_features(names)
    if not isinstance(types, Mapping):
        raise TheoryError(f"features_type={types!r}: expected a mapping such as {{'numerical': ['age'], 'binary': []}}")
    kinds = {"numerical", "integer", "binary", "categorical"}
    by_kind = all(key in kinds for key in types)
    if not by_kind and any(key in kinds and key not in names for key in types):
        odd = [key for key in types if key not in kinds]
        raise TheoryError(f"features_type has unknown kinds {odd}: expected {sorted(kinds)}")
    others: list[tuple[Kind, Any]] = []
    declared = list((_by_kind if by_kind else _by_name)(types, names, others))
    owner: dict[int, str] = {}
    for feature in declared:
        for column in feature.columns:
            if column in owner:
                raise TheoryError(
                    f"column {names[column]!r} is declared twice: by {owner[column]!r} and {feature.name!r}"
                )
            owner[column] = feature.name
    kind, values = _usual(others)
    rest = [Feature(name, kind, (c,), values) for c, name in enumerate(names) if c not in owner]
    return tuple(sorted(declared + rest, key=lambda feature: feature.columns[0]))


def _by_kind(types: Mapping[Any, Any], names: Sequence[str], others: list[tuple[Kind, Any]]) -> Iterator[Feature]:
    """Yield the named features; append to `others` what is said of the columns that are not named."""
    for kind in (Kind.NUMERICAL, Kind.INTEGER, Kind.BINARY):
        wanted = types.get(kind.value)
        if _is_default(wanted, names):
            others.append((kind, None))
            continue
        for pattern in _listed(wanted, f"features_type[{kind.value!r}]"):
            for column in _match(pattern, names):
                yield Feature(names[column], kind, (column,))
    groups = types.get("categorical")
    if _is_default(groups, names):
        others.append((Kind.CATEGORICAL, None))
        groups = None
    if not isinstance(groups, Mapping):
        listed = _listed(groups, "features_type['categorical']")
        pairs: Iterable[tuple[Any, Any]] = [(pattern, None) for pattern in listed]
    else:
        pairs = groups.items()
    for pattern, values in pairs:
        if pattern is DEFAULT:
            others.append((Kind.CATEGORICAL, values))
        else:
            yield _categorical(pattern, values, names)


def _by_name(types: Mapping[Any, Any], names: Sequence[str], others: list[tuple[Kind, Any]]) -> Iterator[Feature]:
    """Do the same as ``_by_kind`` for types that are given by the names of features."""
    for pattern, kind in types.items():
        said = str(getattr(kind, "value", kind))
        if isinstance(kind, (list, tuple, set, frozenset, range, np.ndarray)):
            if pattern is DEFAULT:
                others.append((Kind.CATEGORICAL, kind))
            else:
                yield _categorical(pattern, kind, names)
        elif said in ("numerical", "integer", "binary"):
            if pattern is DEFAULT:
                others.append((Kind(said), None))
                continue
            for column in _match(pattern, names):
                yield Feature(names[column], Kind(said), (column,))
        else:
            raise TheoryError(
                f"features_type[{pattern!r}]={shown(kind)}: expected 'numerical', 'integer', 'binary' or a list of "
                "values"
            )


def _usual(others: list[tuple[Kind, Any]]) -> tuple[Kind, tuple[Any, ...]]:
    """Return the kind and the values of the columns that are not named."""
    if len(others) > 1:
        raise TheoryError(
            f"features_type has DEFAULT for {[kind.value for kind, _ in others]}: expected it once, for the columns "
            "that are not named"
        )
    kind, values = others[0] if others else (Kind.NUMERICAL, None)
    return kind, _native("DEFAULT", 0, _values("DEFAULT", values)).values if kind is Kind.CATEGORICAL else ()


def _is_default(value: Any, names: Sequence[str]) -> bool:
    if isinstance(value, str) and value == "default" and value in names:
        raise TheoryError("'default' is a column and the word for all other columns: write ['default'] or DEFAULT")
    return value is DEFAULT or (isinstance(value, str) and value == "default")


def _listed(wanted: Any, where: str) -> list[Any]:
    """Return names that were given as one text or several; none for None."""
    if wanted is None:
        return []
    if isinstance(wanted, str):
        return [wanted]
    if isinstance(wanted, (bytes, Mapping)) or not isinstance(wanted, Iterable):
        raise TheoryError(f"{where}={shown(wanted)}: expected a list of names, such as ['age'], or DEFAULT")
    return list(wanted)


def _values(pattern: Any, values: Any) -> tuple[Any, ...] | None:
    """Return listed values; None if there are none."""
    if values is None:
        return None
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TheoryError(f"categorical feature {pattern!r} has values {shown(values)}: expected a list of values")
    listed = tuple(values.tolist() if isinstance(values, np.ndarray) and values.ndim == 1 else values)
    if any(isinstance(value, (bytes, bytearray)) for value in listed):
        raise TheoryError(f"categorical feature {pattern!r} has values {shown(listed)}: expected numbers or texts")
    return listed


def _categorical(pattern: Any, values: Any, names: Sequence[str]) -> Feature:
    columns = _match(pattern, names)
    listed = _values(pattern, values)
    if len(columns) == 1 and (pattern in names or not isinstance(pattern, str)):
        return _native(names[columns[0]], columns[0], listed)
    if listed is None:
        listed = tuple(names[column] for column in columns)
    if len(listed) != len(columns):
        raise TheoryError(
            f"one-hot group {pattern!r} has {len(columns)} columns {[names[c] for c in columns]} but {len(listed)} "
            f"values {list(listed)}: expected one value a column"
        )
    if isinstance(values, Set):
        raise TheoryError(
            f"one-hot group {pattern!r} has a set of values: expected a list, in the order of its columns"
        )
    double = [value for i, value in enumerate(listed) if any(_equal(value, other) for other in listed[:i])]
    if double:
        raise TheoryError(f"one-hot group {pattern!r} has {shown(double)} twice: expected one value a column")
    return Feature(pattern, Kind.ONE_HOT, columns, listed)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False


def _native(name: str, column: int, values: tuple[Any, ...] | None) -> Feature:
    if not values:
        raise TheoryError(f"categorical feature {name!r} has no values: list them, such as {{{name!r}: [0, 1, 2]}}")
    try:
        numbers = tuple(sorted({float(value) for value in values}))
    except (TypeError, ValueError, OverflowError):
        raise TheoryError(
            f"categorical feature {name!r} has values {shown(list(values))}: expected the numbers that the model reads"
        ) from None
    if any(not math.isfinite(number) for number in numbers):
        raise TheoryError(f"categorical feature {name!r} has values {list(values)!r}: expected finite numbers")
    return Feature(name, Kind.CATEGORICAL, (column,), numbers)


def cast_values(
    features: Sequence[Feature], reading: Reading, own: Mapping[int, Reading] | None = None
) -> tuple[Feature, ...]:
    """Return features with the values of categorical columns as the model reads them (`own`: single columns).

    Raises
    ------
    TheoryError
        If two values of a feature become equal, or one is beyond the precision.
    """
    return tuple(
        _cast(feature, (own or {}).get(feature.columns[0], reading)) if feature.kind is Kind.CATEGORICAL else feature
        for feature in features
    )


def _cast(feature: Feature, reading: Reading) -> Feature:
    given = np.array(feature.values, dtype=np.float64)
    read = reading.cast(given)
    if not np.isfinite(read).all():
        beyond = given[~np.isfinite(read)].tolist()
        raise TheoryError(f"categorical feature {feature.name!r} has values {beyond} beyond {reading.value}")
    if len(set(read.tolist())) < len(given):
        raise TheoryError(
            f"categorical feature {feature.name!r} has values {list(feature.values)}, of which some are equal in "
            f"{reading.value}, as the model reads them: expected values that it can tell apart"
        )
    return replace(feature, values=tuple(read.tolist()))


def _match(pattern: Any, names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns that a name, a 1-based id, a pattern ``A*`` or a set ``{A,B}`` means."""
    if isinstance(pattern, (int, np.integer)) and not isinstance(pattern, bool):
        if 1 <= pattern <= len(names):
            return (int(pattern) - 1,)
        raise TheoryError(f"{pattern!r} names no column: the ids of the columns are 1 … {len(names)}")
    if not isinstance(pattern, str):
        raise TheoryError(f"{shown(pattern)} names no column: expected a name, a pattern such as 'A*', or an id from 1")
    if pattern in names:
        return (list(names).index(pattern),)
    if pattern.startswith("{") and pattern.endswith("}"):
        return tuple(column for part in pattern[1:-1].split(",") for column in _match(part.strip(), names))
    found = tuple(c for c, name in enumerate(names) if fnmatch.fnmatchcase(name, pattern)) if "*" in pattern else ()
    if not found:
        some = ", ".join(map(repr, list(names)[:12]))
        raise TheoryError(f"{pattern!r} names no column: the columns are {some}{', …' if len(names) > 12 else ''}")
    return found
