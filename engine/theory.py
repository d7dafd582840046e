"""Theory: what is known about the features, before any model is asked."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .errors import TheoryError


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
        group; or by name, ``{"age": "integer", "colour": [0, 1, 2]}``. Columns that are not named are numerical.
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
    declared = list(_by_kind(types, names) if by_kind else _by_name(types, names))
    owner: dict[int, str] = {}
    for feature in declared:
        for column in feature.columns:
            if column in owner:
                raise TheoryError(
                    f"column {names[column]!r} is declared twice: by {owner[column]!r} and {feature.name!r}"
                )
            owner[column] = feature.name
    rest = [Feature(name, Kind.NUMERICAL, (c,)) for c, name in enumerate(names) if c not in owner]
    return tuple(sorted(declared + rest, key=lambda feature: feature.columns[0]))


def _by_kind(types: Mapping[str, Any], names: Sequence[str]) -> Iterable[Feature]:
    for kind in (Kind.NUMERICAL, Kind.INTEGER, Kind.BINARY):
        wanted = types.get(kind.value, ())
        if wanted is None or wanted is DEFAULT or str(wanted).lower().endswith("default"):
            continue  # what is not named is numerical anyway
        if isinstance(wanted, str):
            wanted = [wanted]
        for pattern in wanted:
            for column in _match(pattern, names):
                yield Feature(names[column], kind, (column,))
    groups = types.get("categorical", {})
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, Mapping):
        groups = dict.fromkeys(groups)
    for pattern, values in groups.items():
        yield _categorical(pattern, values, names)


def _by_name(types: Mapping[str, Any], names: Sequence[str]) -> Iterable[Feature]:
    for pattern, kind in types.items():
        if isinstance(kind, (list, tuple, set, frozenset, range)):
            yield _categorical(pattern, tuple(kind), names)
        elif str(getattr(kind, "value", kind)) in ("numerical", "integer", "binary"):
            for column in _match(pattern, names):
                yield Feature(names[column], Kind(str(getattr(kind, "value", kind))), (column,))
        else:
            raise TheoryError(
                f"features_type[{pattern!r}]={kind!r}: expected 'numerical', 'integer', 'binary' or a list of values"
            )


def _categorical(pattern: str, values: Any, names: Sequence[str]) -> Feature:
    columns = _match(pattern, names)
    listed = None if values is None else tuple(values)
    if len(columns) == 1 and pattern in names:
        return _native(pattern, columns[0], listed)
    if listed is None:
        listed = tuple(names[column] for column in columns)
    if len(listed) != len(columns):
        raise TheoryError(
            f"one-hot group {pattern!r} has {len(columns)} columns {[names[c] for c in columns]} but {len(listed)} "
            f"values {list(listed)}: expected one value a column"
        )
    return Feature(pattern, Kind.ONE_HOT, columns, listed)


def _native(name: str, column: int, values: tuple[Any, ...] | None) -> Feature:
    if not values:
        raise TheoryError(f"categorical feature {name!r} has no values: list them, such as {{{name!r}: [0, 1, 2]}}")
    try:
        numbers = tuple(sorted({float(value) for value in values}))
    except (TypeError, ValueError):
        raise TheoryError(
            f"categorical feature {name!r} has values {list(values)!r}: expected the numbers that the model reads"
        ) from None
    if any(not math.isfinite(number) for number in numbers):
        raise TheoryError(f"categorical feature {name!r} has values {list(values)!r}: expected finite numbers")
    return Feature(name, Kind.CATEGORICAL, (column,), numbers)


def _match(pattern: Any, names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns that a name, a 1-based id, a pattern ``A*`` or a set ``{A,B}`` means."""
    if isinstance(pattern, int) and not isinstance(pattern, bool) and 1 <= pattern <= len(names):
        return (pattern - 1,)
    if pattern in names:
        return (list(names).index(pattern),)
    text = str(pattern)
    if text.startswith("{") and text.endswith("}"):
        return tuple(column for part in text[1:-1].split(",") for column in _match(part.strip(), names))
    found = tuple(c for c, name in enumerate(names) if fnmatch.fnmatchcase(name, text)) if "*" in text else ()
    if not found:
        shown = ", ".join(map(repr, list(names)[:12]))
        raise TheoryError(f"{pattern!r} names no column: the columns are {shown}{', …' if len(names) > 12 else ''}")
    return found
