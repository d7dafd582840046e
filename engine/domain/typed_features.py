"""Numbers whose column holds whole numbers or truth values only: what the dtypes of the user's rows declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .column_names import matching as columns_named
from .column_type import ColumnType
from .theory import Feature, Kind, is_default
from .vocabulary import Vocabulary

Types = tuple[tuple[int, ColumnType], ...]  # columns of whole numbers and truth values, with their types


def whole_columns(columns: Iterable[ColumnType]) -> Types:
    """Return the columns that hold whole numbers or truth values only."""
    return tuple((c, told) for c, told in enumerate(columns) if told.kind in ("integer", "bool"))


def said_numerical(types: Mapping[Any, Any] | None, names: Sequence[str]) -> frozenset[int]:
    """Return the columns that are declared to be numerical, which dtypes do not overrule."""
    if not types:
        return frozenset()
    kinds = {"numerical", "integer", "binary", "categorical"}
    if all(key in kinds for key in types):
        wanted = types.get("numerical")
        if wanted is None:
            return frozenset()
        if is_default(wanted, names):
            return frozenset(range(len(names)))
        listed = [wanted] if isinstance(wanted, str) else list(wanted)
    else:
        if any(is_default(key, names) and not isinstance(key, str) for key in types):
            return frozenset(range(len(names)))
        listed = [key for key, kind in types.items() if _is_numerical(kind)]
    return frozenset(column for pattern in listed for column in columns_named(pattern, names))


def _is_numerical(kind: Any) -> bool:
    return "numerical" in kind if isinstance(kind, Mapping) else getattr(kind, "value", kind) == "numerical"


def typed(
    features: tuple[Feature, ...], types: Types, vocabulary: Vocabulary, declared: frozenset[int] = frozenset()
) -> tuple[Feature, ...]:
    """Return features that are integer or binary where dtypes say so.

    Parameters
    ----------
    features : tuple of Feature
        As the model and the user declare them; numbers that nothing else is said of follow their dtype.
    types : tuple
        See ``whole_columns``.
    vocabulary : Vocabulary
        The conditions: a dtype's ends bound a feature only where the model tests beyond them.
    declared : frozenset of int
        Columns that stay as they are.
    """
    known = {column: told for column, told in types if column not in declared and column not in vocabulary.labels}
    if not known:
        return features
    out = list(features)
    for i, feature in enumerate(features):
        told = known.get(feature.columns[0])
        if told is None or feature.kind not in (Kind.NUMERICAL, Kind.INTEGER):
            continue
        if told.kind == "bool":
            if feature.kind is Kind.NUMERICAL and not feature.bounded:
                out[i] = replace(feature, kind=Kind.BINARY, truth=True)
            continue
        out[i] = replace(_within(feature, told, vocabulary), kind=Kind.INTEGER)
    return tuple(out)


def _within(feature: Feature, told: ColumnType, vocabulary: Vocabulary) -> Feature:
    """Return a feature within the ends of its dtype, where the model tests beyond them."""
    low, high = told.limits
    column = feature.columns[0]
    tested = [condition.threshold for condition in vocabulary.conditions if condition.feature == column]
    low = max(low, feature.low) if min(tested, default=low) <= low else feature.low
    high = min(high, feature.high) if max(tested, default=high) >= high else feature.high
    return replace(feature, low=low, high=high)
