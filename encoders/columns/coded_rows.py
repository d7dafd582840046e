"""Rows with categories: the user's values ↔ numbers and codes ↔ what the model's own ``predict`` gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError
from ...engine.quiet import quietly
from .coded_columns import Array, CodeColumn, FreeColumn, NumberColumn, Numbers, SourceColumn
from .dtypes import (
    ABSENT,
    SPARSE,
    USUAL,
    Dtypes,
    OtherDtypesError,
    as_dtype,
    bare,
    is_nullable,
    limits_of,
    reading_of,
    spoken,
)
from .missing import is_missing
from .rows import as_matrix, default_names, read_numbers


def as_input(arrays: Sequence[Array], names: tuple[str, ...] | None, dtypes: Dtypes = ()) -> Any:
    """Return columns in the form that the pipeline was fitted on: a data frame, or a matrix.

    Columns of different dtypes come in a data frame (only there they can), and those of a sparse matrix in one.
    """
    if dtypes and dtypes[0].startswith((SPARSE, ABSENT)):
        return _sparse_input(arrays, dtypes[0])
    if dtypes:
        arrays = [as_dtype(array, dtype) for array, dtype in zip(arrays, dtypes, strict=True)]
        if names is None and (len({array.dtype for array in arrays}) > 1 or is_nullable(dtypes[0])):
            names = default_names(len(arrays))
    if names is None:
        if all(array.dtype != object for array in arrays):
            common = arrays[0].dtype if dtypes else np.float64
            return np.column_stack([np.asarray(array, dtype=common) for array in arrays])
        matrix = np.empty((len(arrays[0]), len(arrays)), dtype=object)
        for column, array in enumerate(arrays):
            matrix[:, column] = array
        return matrix
    import pandas as pd

    return pd.concat(
        [pd.Series(array, dtype=array.dtype, name=name) for array, name in zip(arrays, names, strict=True)], axis=1
    )


def _sparse_input(arrays: Sequence[Array], dtype: str) -> Any:
    """Return columns as a sparse matrix that stores its zeros; without the missing values if they are left out."""
    from scipy import sparse

    dense = np.column_stack([np.asarray(array, np.float64) for array in arrays])
    kept = ~np.isnan(dense) if dtype.startswith(ABSENT) else np.ones(dense.shape, np.bool_)
    rows, columns = np.nonzero(kept)
    data = as_dtype(dense[kept], bare(dtype))
    return sparse.coo_matrix((data, (rows, columns)), dense.shape).tocsr()


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out the warnings of a pipeline that is asked about unusual values."""
    with quietly(), np.errstate(all="ignore"):
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
    dtypes : tuple of str
        What the steps calculate in, see ``columns.dtypes``; empty if they do not.
    dtypes_of : callable or None
        User rows -> their dtypes, ``None`` if they declare none.
    covers : callable
        Tells whether the steps calculate with other dtypes as with `dtypes`.
    absent : float or None
        What is read for the entries that a sparse matrix leaves out, see ``as_matrix``.
    seen : callable or None
        What a library makes of the rows beforehand, see ``as_libraries``.
    """

    names: tuple[str, ...]
    fitted_names: tuple[str, ...] | None
    columns: tuple[SourceColumn, ...]
    reading: Reading
    missing: frozenset[int]
    dtypes: Dtypes = ()
    dtypes_of: Callable[[Any], Dtypes | None] | None = None
    covers: Callable[[Dtypes], bool] = bool
    absent: float | None = None
    seen: Callable[[Any], Any] | None = None

    def read(self, rows: Any) -> Numbers:
        """Return the user's rows as numbers and codes.

        Raises
        ------
        BadInputError
            For a wrong number of columns, and for values that the pipeline does not take.
        OtherDtypesError
            For rows in other dtypes than those that the steps were asked about.
        """
        if self.seen is not None:
            rows = self.seen(rows)
        given = as_matrix(rows, self.names, numeric=False, own=self.fitted_names, absent=self.absent)
        self._check_dtypes(rows)
        out = np.empty(given.shape, dtype=np.float64)
        numeric = [c for c, column in enumerate(self.columns) if isinstance(column, NumberColumn)]
        out[:, numeric] = self._numbers(given, numeric)
        for c, column in enumerate(self.columns):
            if isinstance(column, CodeColumn):
                optional, name = c in self.missing, self.names[c]
                values = given[:, c].tolist() if given.dtype.kind not in "mM" else list(given[:, c])
                out[:, c] = [column.code_of(v, name, row, optional) for row, v in enumerate(values)]
            elif isinstance(column, FreeColumn):
                out[:, c] = [_number_or_nan(value) for value in given[:, c].tolist()]
        return out

    def _check_dtypes(self, rows: Any) -> None:
        told = self.dtypes_of(rows) if self.dtypes and self.dtypes_of is not None else None
        if told is not None and not self.covers(told):
            c = next(c for c, (a, b) in enumerate(zip(told, self.dtypes, strict=True)) if a != b)
            raise OtherDtypesError(
                f"column {self.names[c]!r} is {spoken(told[c])}, and the explainer was made for "
                f"{spoken(self.dtypes[c])}: the pipeline calculates in the dtype of its rows; make an explainer "
                "from such rows (background=… or instance=…), or convert them"
            )

    def _in_dtype(self, numbers: Numbers, c: int) -> Numbers:
        """Return the numbers of a column as its dtype holds them."""
        reading = reading_of(self.dtypes[c])
        held = reading.cast(numbers)
        wrong = (
            np.nonzero((held != numbers) & ~np.isnan(numbers))[0] if reading is Reading.WHOLE else np.zeros(0, np.intp)
        )
        if len(wrong):
            raise BadInputError(
                f"feature {self.names[c]!r} is {float(numbers[wrong[0]])!r} in row {wrong[0]}: expected a whole "
                f"number, since the column is {self.dtypes[c]}"
            )
        return held

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
            if self.dtypes:
                numbers[:, i] = self._in_dtype(numbers[:, i], c)
            beyond = np.nonzero((numbers[:, i] < column.low) | (numbers[:, i] > column.high))[0]
            if len(beyond):
                raise BadInputError(
                    f"feature {names[i]!r} is {float(numbers[beyond[0], i])!r} in row {beyond[0]}: expected a number "
                    f"from {column.low!r} to "
                    f"{column.high!r}, beyond which the pipeline's own numbers overflow"
                )
        return numbers

    def to_user_row(self, row: Numbers) -> Array:
        """Return one row in the user's values."""
        values = [
            column.tokens[int(row[c])]
            if isinstance(column, CodeColumn) and row[c] == row[c]
            else column.values(row[c : c + 1])[0]
            for c, column in enumerate(self.columns)
        ]
        common = {bare(dtype) for dtype in self.dtypes} or {USUAL}
        if all(isinstance(column, NumberColumn) for column in self.columns) and len(common) == 1:
            dtype = next(iter(common))
            return np.array(values, dtype=USUAL if is_nullable(dtype) or np.isnan(row).any() else dtype)
        out = np.empty(len(values), dtype=object)
        out[:] = [value.item() if isinstance(value, np.generic) else value for value in values]
        return out

    def table(self, matrix: Numbers) -> Any:
        """Return a matrix of numbers and codes as the pipeline's ``predict`` takes it.

        Numbers beyond the dtype of their column, or beyond those that the steps take, become the last one, which lies
        in the same cell.
        """
        arrays = [column.values(matrix[:, c]) for c, column in enumerate(self.columns)]
        for c, column in enumerate(self.columns):
            if isinstance(column, NumberColumn) and column.is_bounded:
                arrays[c] = np.clip(arrays[c], column.low, column.high)
        for c, dtype in enumerate(self.dtypes):
            if dtype and isinstance(self.columns[c], NumberColumn):
                arrays[c] = np.clip(arrays[c], *limits_of(dtype))
        return as_input(arrays, self.fitted_names, self.dtypes)


def _number_or_nan(value: Any) -> float:
    if isinstance(value, (int, float, np.number)) and np.isfinite(value):
        return float(value)
    return float("nan")
