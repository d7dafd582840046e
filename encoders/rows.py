"""Reading the user's rows: arrays, lists, data frames (pandas, polars), series, dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import Reading
from ..engine.errors import BadInputError


def as_matrix(rows: Any, names: Sequence[str], *, numeric: bool = True) -> NDArray[Any]:
    """Return rows as a matrix with the model's columns.

    Parameters
    ----------
    rows : array-like, data frame, series or mapping
        One row or several. Columns of frames and keys of mappings are matched by name when all names are there.
    names : sequence of str
        The model's columns.
    numeric : bool
        Whether to convert to float64 (else objects are returned as they are).

    Raises
    ------
    BadInputError
        If the number of columns is wrong or a value is no number.
    """
    values = _by_name(rows, names)
    try:
        # objects, unless they come in an array: a list of texts and numbers would become texts
        kind = np.float64 if numeric else getattr(values, "dtype", object)
        matrix = np.asarray(values, dtype=kind)
    except (TypeError, ValueError):
        raise BadInputError(_no_number(values, names)) from None
    if matrix.ndim == 1:
        matrix = matrix.reshape(1, -1)
    if matrix.ndim != 2:
        raise BadInputError(f"rows have {matrix.ndim} dimensions: expected one row or a matrix of rows")
    if matrix.shape[1] != len(names):
        raise BadInputError(
            f"a row has {matrix.shape[1]} values: expected {len(names)}, one for each feature "
            f"({', '.join(map(str, list(names)[:6]))}{', …' if len(names) > 6 else ''})"
        )
    return matrix


def _by_name(rows: Any, names: Sequence[str]) -> Any:
    """Bring frames, series and mappings into the order of the model's columns."""
    columns = getattr(rows, "columns", None)
    if columns is not None:
        known = [str(c) for c in columns]
        if set(names) <= set(known):
            rows = rows[[columns[known.index(name)] for name in names]]
        return rows.to_numpy()
    if isinstance(rows, Mapping):
        absent = [name for name in names if name not in rows]
        if absent:
            raise BadInputError(f"the row has no value for {absent}: expected a value for each of {list(names)}")
        return [rows[name] for name in names]
    if hasattr(rows, "to_numpy"):
        index = [str(i) for i in getattr(rows, "index", ())]
        if set(names) <= set(index):
            return rows.to_numpy()[[index.index(name) for name in names]]
        return rows.to_numpy()
    return rows


def _no_number(values: Any, names: Sequence[str]) -> str:
    if isinstance(values, (list, tuple)):
        lengths = {len(row) for row in values if isinstance(row, (list, tuple, np.ndarray))}
        if len(lengths) > 1:
            return f"rows have {sorted(lengths)} values: expected {len(names)} in each"
    try:
        matrix = np.asarray(values, dtype=object)
    except ValueError:
        return "rows of different lengths: expected a matrix"
    for position, value in enumerate(matrix.ravel().tolist()):
        try:
            float(value)
        except (TypeError, ValueError):
            name = names[position % len(names)] if names else position
            return f"feature {name!r} is {value!r}: expected a number"
    return "rows of different lengths: expected a matrix"


def read_numbers(
    rows: Any, names: Sequence[str], reading: Reading, missing: frozenset[int], remedy: str
) -> NDArray[np.float64]:
    """Return rows as float64 in the precision that the model reads.

    Raises
    ------
    BadInputError
        For infinite values, values beyond the precision, and NaN in a column that takes none (`remedy` says what to
        do).
    """
    matrix = reading.cast(as_matrix(rows, names))
    bad = np.argwhere(np.isnan(matrix))
    for row, column in bad:
        if int(column) not in missing:
            raise BadInputError(f"feature {names[column]!r} is missing (NaN) in row {row}: {remedy}")
    if np.isinf(matrix).any():
        row, column = np.argwhere(np.isinf(matrix))[0]
        raise BadInputError(
            f"feature {names[column]!r} is infinite in row {row} (in {reading.value}, as the model reads it): "
            "expected finite numbers"
        )
    return matrix
