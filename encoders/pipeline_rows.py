"""The columns of a pipeline's input: the user's values, the numbers that stand for them, and what ``predict`` gets."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import Reading
from ..engine.errors import BadInputError
from .pipeline_plan import is_missing
from .rows import as_matrix, read_numbers

OTHER = "(any other value)"
MISSING = "(missing)"
Array = NDArray[Any]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers; those beyond `low` and `high` leave the numbers that the pipeline can compute with."""

    low: float = -np.inf
    high: float = np.inf

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
    """

    tokens: tuple[Any, ...]
    labels: tuple[Any, ...]
    codes: Mapping[Any, int]
    other: int | None
    blank: Any = ...

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
        if is_missing(value):
            if missing:
                return np.nan
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
    return ("nan",) if is_missing(value) else value


def typed(values: Sequence[Any]) -> Array:
    """Return values as an array of their own kind: bools, ints or floats if all are, else objects."""
    kinds = {type(value) for value in values}
    if kinds == {bool} or kinds <= {int, float}:
        array = np.array(values)
        if array.dtype != object:
            return array
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def as_input(arrays: Sequence[Array], names: tuple[str, ...] | None) -> Any:
    """Return columns in the form that the pipeline was fitted on: a data frame, or a matrix."""
    if names is None:
        if all(array.dtype != object for array in arrays):
            return np.column_stack([np.asarray(array, dtype=np.float64) for array in arrays])
        matrix = np.empty((len(arrays[0]), len(arrays)), dtype=object)
        for column, array in enumerate(arrays):
            matrix[:, column] = array
        return matrix
    import pandas as pd

    return pd.concat(
        [pd.Series(array, dtype=array.dtype, name=name) for array, name in zip(arrays, names, strict=True)], axis=1
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out the warnings of a pipeline that is asked about unusual values."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads and writes the rows of one pipeline.

    Attributes
    ----------
    names : tuple of str
        Names of the columns as the user sees them.
    fitted_names : tuple of str or None
        Names of the columns of the data frame that it was fitted on.
    columns : tuple of columns
        What each one holds.
    reading : Reading
        Precision of the numbers.
    missing : frozenset of int
        Columns that may be missing.
    """

    names: tuple[str, ...]
    fitted_names: tuple[str, ...] | None
    columns: tuple[SourceColumn, ...]
    reading: Reading
    missing: frozenset[int]

    def read(self, rows: Any) -> Numbers:
        """Return the user's rows as numbers and codes.

        Raises
        ------
        BadInputError
            For a wrong number of columns, and for values that the pipeline does not take.
        """
        given = as_matrix(rows, self.names, numeric=False, own=self.fitted_names)
        out = np.empty(given.shape, dtype=np.float64)
        numeric = [c for c, column in enumerate(self.columns) if isinstance(column, NumberColumn)]
        out[:, numeric] = self._numbers(given, numeric)
        for c, column in enumerate(self.columns):
            if isinstance(column, CodeColumn):
                optional, name = c in self.missing, self.names[c]
                out[:, c] = [column.code_of(v, name, row, optional) for row, v in enumerate(given[:, c].tolist())]
            elif isinstance(column, FreeColumn):
                out[:, c] = [_number_or_nan(value) for value in given[:, c].tolist()]
        return out

    def _numbers(self, given: Array, numeric: list[int]) -> Numbers:
        if not numeric:
            return np.empty((len(given), 0))
        values = given[:, numeric]
        if values.dtype == object:
            values = values.copy()
            values[np.frompyfunc(is_missing, 1, 1)(values).astype(bool)] = np.nan
        names = [self.names[c] for c in numeric]
        missing = frozenset(i for i, c in enumerate(numeric) if c in self.missing)
        remedy = "declare it with missing=True or missing=[names] if the pipeline takes it, or impute it"
        numbers = read_numbers(values, names, self.reading, missing, remedy)
        for i, c in enumerate(numeric):
            column = self.columns[c]
            assert isinstance(column, NumberColumn)
            beyond = np.nonzero((numbers[:, i] < column.low) | (numbers[:, i] > column.high))[0]
            if len(beyond):
                raise BadInputError(
                    f"feature {names[i]!r} is {float(numbers[beyond[0], i])!r} in row {beyond[0]}: expected a number "
                    f"from {column.low!r} to "
                    f"{column.high!r}, beyond which the pipeline's own numbers overflow"
                )
        return numbers

    def unread(self, row: Numbers) -> Array:
        """Return one row in the user's values."""
        values = [column.values(row[c : c + 1])[0] for c, column in enumerate(self.columns)]
        if all(isinstance(column, NumberColumn) for column in self.columns):
            return np.array(values, dtype=np.float64)
        out = np.empty(len(values), dtype=object)
        out[:] = [value.item() if isinstance(value, np.generic) else value for value in values]
        return out

    def table(self, matrix: Numbers) -> Any:
        """Return a matrix of numbers and codes as the pipeline's ``predict`` takes it."""
        return as_input([column.values(matrix[:, c]) for c, column in enumerate(self.columns)], self.fitted_names)


def _number_or_nan(value: Any) -> float:
    if isinstance(value, (int, float, np.number)) and np.isfinite(value):
        return float(value)
    return float("nan")
