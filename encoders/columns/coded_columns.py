"""The columns of rows with categories: numbers, codes of what users write, and what no step reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError
from .missing import is_missing

OTHER = "(any other value)"
MISSING = "(missing)"
Array = NDArray[Any]
Numbers = NDArray[np.float64]


_DATES = ("Timestamp", "datetime", "date", "datetime64")

Void = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers; those beyond `low` and `high` leave the numbers that the pipeline can compute with.

    It is `partial` if that is because a function has no value there.
    """

    low: float = -np.inf
    high: float = np.inf
    partial: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest number."""
        return self.low, self.high

    @property
    def is_bounded(self) -> bool:
        """Whether there are numbers beyond."""
        return self.low > -np.inf or self.high < np.inf

    def values(self, numbers: Numbers) -> Array:
        """Return what the pipeline gets for the numbers in the matrix."""
        return numbers


@dataclass(frozen=True, slots=True)
class FreeColumn:
    """A column that no step reads: text in it is not kept."""

    def values(self, numbers: Numbers) -> Array:
        """Return what the pipeline gets for the numbers in the matrix."""
        if not np.isnan(numbers).any():
            return numbers
        kept = numbers.astype(object)
        kept[np.isnan(numbers)] = None
        return kept


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """A column of categories.

    Attributes
    ----------
    tokens : tuple
        What the pipeline gets for each code.
    labels : tuple
        What each code is called.
    codes : mapping
        Key of a value -> code, see ``key_of``.
    other : int or None
        Code of all values that are not listed, if the pipeline takes them.
    blank : object
        What the pipeline gets for a missing value that has no code; ``...`` if it takes none.
    void : callable or None
        Tells which values beside None and NaN the model itself takes for missing.
    """

    tokens: tuple[Any, ...]
    labels: tuple[Any, ...]
    codes: Mapping[Any, int]
    other: int | None
    blank: Any = ...
    void: Void | None = None

    def values(self, numbers: Numbers) -> Array:
        """Return what the pipeline gets for the codes in the matrix."""
        empty = np.isnan(numbers)
        tokens = self.tokens
        if empty.any():
            tokens = (*tokens, self.blank)
            numbers = np.where(empty, len(tokens) - 1, numbers)
        return typed(tokens)[numbers.astype(np.intp)]

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value, NaN for a missing one."""
        try:
            code = self.codes.get(key_of(value))
        except TypeError:
            raise BadInputError(f"feature {name!r} is {value!r} in row {row}: expected one value") from None
        if code is not None:
            return code
        void = self.void is not None and self.void(value)
        if void or is_missing(value):
            if missing:
                return np.nan
            if void:
                raise BadInputError(
                    f"feature {name!r} is {value!r} in row {row}, which the model takes for a missing value: declare "
                    "it with missing=True or missing=[names]"
                )
            what = "declare it with missing=True or missing=[names]" if self.blank is not ... else "impute it"
            raise BadInputError(f"feature {name!r} is missing ({value!r}) in row {row}: {what}")
        if self.other is not None:
            return self.other
        known = [label for label in self.labels if label not in (OTHER, MISSING)]
        shown = ", ".join(map(repr, known[:12])) + (f", … ({len(known)} in all)" if len(known) > 12 else "")
        raise BadInputError(f"feature {name!r} is {value!r} in row {row}: expected one of {shown}")


SourceColumn = NumberColumn | CodeColumn | FreeColumn


def key_of(value: Any) -> Any:
    """Return what tells categories apart: the value itself, or a mark for NaN and None."""
    if value is None:
        return ("none",)
    if is_missing(value):
        return ("nan",)
    return value if type(value).__name__ not in _DATES else _moment(value)


def _moment(value: Any) -> Any:
    """Return the same for dates of all libraries that are the same moment: its nanoseconds."""
    if getattr(value, "tzinfo", None) is not None:
        return value
    moment = np.datetime64(value)
    if np.isnat(moment):
        return ("nan",)
    fine = np.datetime_data(moment.dtype)[0] == "ns"
    return ("date", int(moment.astype(np.int64)) if fine else int(moment.astype("M8[us]").astype(np.int64)) * 1000)


def _dates(values: Sequence[Any]) -> Array | None:
    """Return moments, of which some may be missing, as an array of their own kind; None if they are not all such."""
    plain = [None if is_missing(value) else value for value in values]
    if any(value is not None and type(value).__name__ not in _DATES for value in plain):
        return None
    if any(getattr(value, "tzinfo", None) is not None for value in plain):
        return None
    return np.array([np.datetime64("NaT") if value is None else np.datetime64(value) for value in plain], "M8[ns]")


def typed(values: Sequence[Any]) -> Array:
    """Return values as an array of their own kind: bools, ints or floats if all are, else objects."""
    kinds = {type(value) for value in values}
    if any(kind.__name__ in ("Timestamp", "datetime", "datetime64") for kind in kinds):
        made = _dates(values)
        if made is not None:
            return made
    if kinds == {bool} or kinds <= {int, float}:
        array = np.array(values)
        if array.dtype != object:
            return array
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
