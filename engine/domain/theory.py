"""Theory: what is known about the features, before any model is asked."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from ..errors import TheoryError, shown
from ..given import items_in, real
from .column_names import matching
from .conditions import Reading
from .ranges import ends_of, read_ends, whole_ends


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
    reference : object
        One-hot group: what all columns 0 stand for; ``None`` if that has no name.
    low, high : float
        Least and greatest value of a number or integer, as the user gave them.
    truth : bool
        Whether the column of a binary feature holds truth values.
    counted : bool
        Whether it is an integer that says how often a text contains the words that it is named by.
    listed : bool
        Of a categorical feature: whether it is a number of which `values` are those at which bounds are told, its ends
        among them.
    """

    name: str
    kind: Kind
    columns: tuple[int, ...]
    values: tuple[Any, ...] = ()
    optional: bool = False
    reference: Any = None
    low: float = -math.inf
    high: float = math.inf
    truth: bool = False
    counted: bool = False
    listed: bool = False

    @property
    def bounded(self) -> bool:
        """Whether a range was declared."""
        return self.low > -math.inf or self.high < math.inf

    @property
    def anything(self) -> bool:
        """Whether every number is one of its values."""
        return self.kind is Kind.NUMERICAL and not self.bounded

    @property
    def none_of_these(self) -> str:
        """What a one-hot group is called where all of its columns are 0."""
        return "(none of these)" if self.reference is None else str(self.reference)


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
        ``{"integer": {"age": (18, 100)}}`` and ``{"age": {"integer": (18, 100)}}`` bound a number.
        ``{"A*": {"values": [...], "reference": "name"}}`` is a one-hot group whose columns may all be 0, which then
        stands for the reference.
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
        raise TheoryError(f"features_type={shown(types)}: expected a mapping such as {{'binary': ['smoker']}}")
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
        if is_default(wanted, names):
            others.append((kind, None))
            continue
        if isinstance(wanted, Mapping) and kind is not Kind.BINARY:
            for pattern, ends in wanted.items():
                yield from _numbers(pattern, kind, ends, names)
            continue
        for pattern in _listed(wanted, f"features_type[{kind.value!r}]"):
            yield from _numbers(pattern, kind, None, names)
    groups = types.get("categorical")
    if is_default(groups, names):
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
        elif isinstance(kind, Mapping) and _is_group(kind):
            yield _categorical(pattern, kind, names)
        elif isinstance(kind, Mapping) and len(kind) == 1 and set(kind) <= {"numerical", "integer"}:
            own, ends = next(iter(kind.items()))
            yield from _numbers(pattern, Kind(own), ends, names)
        elif said in ("numerical", "integer", "binary"):
            if pattern is DEFAULT:
                others.append((Kind(said), None))
                continue
            yield from _numbers(pattern, Kind(said), None, names)
        else:
            raise TheoryError(
                f"features_type[{shown(pattern)}]={shown(kind)}: expected 'numerical', 'integer', 'binary', a list of "
                "values, or a range such as {'integer': (0, 120)}"
            )


def _numbers(pattern: Any, kind: Kind, ends: Any, names: Sequence[str]) -> Iterator[Feature]:
    """Yield a feature for each column that a pattern means, within a range."""
    low, high = (-math.inf, math.inf) if ends is None else ends_of(pattern, ends)
    for column in matching(pattern, names):
        yield bounded(Feature(names[column], kind, (column,)), low, high)


def _usual(others: list[tuple[Kind, Any]]) -> tuple[Kind, tuple[Any, ...]]:
    """Return the kind and the values of the columns that are not named."""
    if len(others) > 1:
        raise TheoryError(
            f"features_type has DEFAULT for {[kind.value for kind, _ in others]}: expected it once, for the columns "
            "that are not named"
        )
    kind, values = others[0] if others else (Kind.NUMERICAL, None)
    return kind, _native("DEFAULT", 0, _values("DEFAULT", values)).values if kind is Kind.CATEGORICAL else ()


def is_default(value: Any, names: Sequence[str]) -> bool:
    """Tell whether a value stands for all other columns; raise `TheoryError` where a column is called so as well."""
    if isinstance(value, str) and value == "default" and value in names:
        raise TheoryError("'default' is a column and the word for all other columns: write ['default'] or DEFAULT")
    return value is DEFAULT or (isinstance(value, str) and value == "default")


def _listed(wanted: Any, where: str) -> list[Any]:
    """Return names that were given as one text or several; none for None."""
    if wanted is None:
        return []
    if isinstance(wanted, str):
        return [wanted]
    if (listed := items_in(wanted)) is None:
        raise TheoryError(f"{where}={shown(wanted)}: expected a list of names, such as ['age'], or DEFAULT")
    return listed


def _values(pattern: Any, values: Any) -> tuple[Any, ...] | None:
    """Return listed values; None if there are none."""
    if values is None:
        return None
    if (items := items_in(values)) is None:
        raise TheoryError(f"categorical feature {shown(pattern)} has values {shown(values)}: expected a list of values")
    listed = tuple(values.tolist() if isinstance(values, np.ndarray) and values.ndim == 1 else items)
    if any(isinstance(value, (bytes, bytearray)) for value in listed):
        raise TheoryError(f"categorical feature {shown(pattern)} has values {shown(listed)}: expected numbers or texts")
    return listed


def _is_group(said: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping says the values and the reference of a one-hot group."""
    return "reference" in said and set(said) <= {"values", "reference"}


def _categorical(pattern: Any, values: Any, names: Sequence[str]) -> Feature:
    if isinstance(values, Mapping) and _is_group(values):
        group = _group(pattern, values.get("values"), names)
        if any(_equal(values["reference"], value) for value in group.values):
            raise TheoryError(
                f"one-hot group {shown(pattern)} has the reference {shown(values['reference'])}, which a column stands "
                "for: expected the value that no column stands for, or None"
            )
        return replace(group, optional=True, reference=values["reference"])
    columns = matching(pattern, names)
    if len(columns) == 1 and (pattern in names or not isinstance(pattern, str)):
        return _native(names[columns[0]], columns[0], _values(pattern, values))
    return _group(pattern, values, names)


def _group(pattern: Any, values: Any, names: Sequence[str]) -> Feature:
    columns, listed = matching(pattern, names), _values(pattern, values)
    if listed is None:
        listed = tuple(names[column] for column in columns)
    if len(listed) != len(columns):
        raise TheoryError(
            f"one-hot group {shown(pattern)} has {len(columns)} columns {[names[c] for c in columns]} but "
            f"{len(listed)} values {list(listed)}: expected one value a column"
        )
    if isinstance(values, Set):
        raise TheoryError(
            f"one-hot group {shown(pattern)} has a set of values: expected a list, in the order of its columns"
        )
    double = [value for i, value in enumerate(listed) if any(_equal(value, other) for other in listed[:i])]
    if double:
        raise TheoryError(f"one-hot group {shown(pattern)} has {shown(double)} twice: expected one value a column")
    return Feature(pattern if isinstance(pattern, str) else names[columns[0]], Kind.ONE_HOT, columns, listed)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False


def _native(name: str, column: int, values: tuple[Any, ...] | None) -> Feature:
    if not values:
        raise TheoryError(f"categorical feature {name!r} has no values: list them, such as {{{name!r}: [0, 1, 2]}}")
    try:
        numbers = tuple(sorted({real(value) for value in values}))
    except (TypeError, ValueError, OverflowError):
        raise TheoryError(
            f"categorical feature {name!r} has values {shown(list(values))}: expected the numbers that the model reads"
        ) from None
    if any(not math.isfinite(number) for number in numbers):
        raise TheoryError(f"categorical feature {name!r} has values {list(values)!r}: expected finite numbers")
    return Feature(name, Kind.CATEGORICAL, (column,), numbers)


def bounded(feature: Feature, low: float, high: float) -> Feature:
    """Return a number within a range, and within its own; raises TheoryError for features that are no numbers."""
    if feature.listed or (low == -math.inf and high == math.inf):  # its values are within the range already
        return feature
    if feature.kind not in (Kind.NUMERICAL, Kind.INTEGER):
        raise TheoryError(
            f"feature {feature.name!r} has a range and is {feature.kind.value}: ranges are for numbers and integers; "
            "list the values of a category in features_type"
        )
    low, high = max(low, feature.low), min(high, feature.high)
    if low > high:
        raise TheoryError(
            f"feature {feature.name!r} has no number in its range: the model takes those from {feature.low:g} to "
            f"{feature.high:g}"
        )
    ends = whole_ends(low, high) if feature.kind is Kind.INTEGER else (low, high)
    if ends[0] > ends[1]:
        raise TheoryError(f"feature {feature.name!r} has no integer in its range [{low:g}, {high:g}]")
    return replace(feature, low=ends[0], high=ends[1])


def cast_values(
    features: Sequence[Feature], reading: Reading, own: Mapping[int, Reading] | None = None
) -> tuple[Feature, ...]:
    """Return features with the values of categorical columns as the model reads them (`own`: single columns).

    Raises
    ------
    TheoryError
        If two values of a feature become equal, or one is beyond the precision; so for all numbers of a range.
    """
    made = []
    for feature in features:
        read = (own or {}).get(feature.columns[0], reading)
        if feature.bounded and operator.gt(*read_ends(feature.low, feature.high, read)):
            raise TheoryError(
                f"feature {feature.name!r} has the range [{feature.low:g}, {feature.high:g}], in which {read.value} "
                "has no number"
            )
        made.append(_cast(feature, read) if feature.kind is Kind.CATEGORICAL else feature)
    return tuple(made)


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
