"""Rows of single values, put back into the container and the dtypes that the user has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .missing import is_missing
from .row_kind import RowKind, column_type
from .text_rows import text_container

Values = Sequence[tuple[Any, ...]]


def container_of(rows: Values, kind: RowKind) -> Any:
    """Return rows as a frame, an array or a sparse matrix of a kind.

    Lists become arrays; mappings and series become frames, of the dtypes that their values have where none is declared.
    A dtype that cannot hold a column's values gives way to one that can.
    """
    if kind.container in ("pandas", "mapping") or (kind.container == "series" and kind.form != "polars"):
        return _pandas(rows, kind)
    if kind.container in ("polars", "series"):
        return _polars(rows, kind)
    if kind.container == "sparse":
        return _sparse(rows, kind)
    if kind.container == "text":
        return text_container([row[0] for row in rows], kind)
    return _array(rows, kind.dtypes[0] if kind.dtypes else None)


def _array(rows: Values, dtype: Any) -> NDArray[Any]:
    numbers = (bool, int, float, np.number, np.bool_)
    if all(isinstance(value, numbers) for row in rows for value in row):
        free: NDArray[Any] = np.array(rows)
        if dtype is None or free.dtype == dtype:
            return free
        with np.errstate(all="ignore"):  # what was lost is found below
            array = free.astype(dtype) if free.dtype.kind != "O" else np.array(rows, dtype=dtype)
        return array if _same(array, rows) else free
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        array[i, :] = row
    if dtype is not None:
        try:
            return array.astype(dtype)
        except (TypeError, ValueError):
            return array
    return array


def _same(array: NDArray[Any], rows: Values) -> bool:
    """Tell whether an array holds the values themselves (nothing was rounded, cut off or lost)."""
    for mine, theirs in zip(array.tolist(), rows, strict=True):
        for one, value in zip(mine, theirs, strict=True):
            if one != value and not (is_missing(one) and is_missing(value)):
                return False
    return True


def _pandas(rows: Values, kind: RowKind) -> Any:
    import pandas as pd

    frame = pd.DataFrame(_block(rows, kind.dtypes), index=range(len(rows)))
    frame.columns = pd.Index(kind.labels) if _plain_labels(kind.labels) else pd.Index(kind.labels, dtype=object)
    return frame


def _block(rows: Values, dtypes: tuple[Any, ...]) -> Any:
    """Return the columns of a frame: one array where all have the same dtype of numbers, which is much quicker."""
    first = dtypes[0]
    if isinstance(first, np.dtype) and first.kind in "fiub" and all(dtype is first for dtype in dtypes):
        block: NDArray[Any] = np.array(rows)
        if block.dtype == first:  # numpy's own types keep to themselves
            return block
    return {c: _pandas_column([row[c] for row in rows], dtype) for c, dtype in enumerate(dtypes)}


def _plain_labels(labels: tuple[Any, ...]) -> bool:
    return len({type(label) for label in labels}) <= 1


def _pandas_column(values: list[Any], dtype: Any) -> Any:
    """Return a column of a dtype; of another one if that cannot hold the values."""
    import pandas as pd

    if dtype is None:
        return pd.Series(values) if not any(isinstance(v, str) for v in values) else pd.Series(values, dtype=object)
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        free: NDArray[Any] = np.array(values)  # numpy's own types keep to themselves
        if free.dtype == dtype:
            return free
    if isinstance(dtype, pd.CategoricalDtype):
        known = set(dtype.categories)
        unseen = [v for v in dict.fromkeys(values) if not is_missing(v) and v not in known]
        if unseen:
            dtype = pd.CategoricalDtype([*dtype.categories, *unseen], dtype.ordered)
        return pd.Series(pd.Categorical(values, dtype=dtype))
    try:
        made = pd.Series(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        return pd.Series(values)
    return made if _holds(made.tolist(), values) else pd.Series(values)


def _holds(made: list[Any], values: list[Any]) -> bool:
    """Tell whether a column holds the values that went into it."""
    for one, value in zip(made, values, strict=True):
        if is_missing(one) or is_missing(value):
            if is_missing(one) != is_missing(value):
                return False
        elif one != value:
            return False
    return True


def _polars(rows: Values, kind: RowKind) -> Any:
    import polars as pl

    columns = []
    for c, dtype in enumerate(kind.dtypes):
        values = [row[c].item() if isinstance(row[c], np.generic) else row[c] for row in rows]
        if dtype is not None and not dtype.is_float():  # only these have a NaN
            values = [None if is_missing(value) else value for value in values]
        columns.append(_polars_column(str(kind.labels[c]), values, dtype))
    return pl.DataFrame(columns)


def _polars_column(name: str, values: list[Any], dtype: Any) -> Any:
    """Return a series in a dtype, in that of its values, or (of values of several kinds) of objects."""
    import polars as pl

    for tried in (dtype, None):
        try:
            return pl.Series(name, values, dtype=tried)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            continue
    return pl.Series(name, values, dtype=pl.Object)


def _sparse(rows: Values, kind: RowKind) -> Any:
    """Return a sparse matrix that leaves out only what the model reads for an absent entry."""
    from scipy import sparse

    dtype = np.dtype(kind.dtypes[0])
    free = np.array(rows, dtype=dtype if dtype.kind == "f" else object)
    gaps = np.asarray(free != free, dtype=np.bool_)  # noqa: PLR0124  # what is NaN
    unread = math.isnan(kind.absent)
    if gaps.any() and not unread:
        dtype = np.result_type(dtype, np.float16)
    stored = ~gaps if unread else np.asarray(free != 0, dtype=np.bool_)
    dense = (np.where(gaps, 0, free) if unread else free).astype(dtype)
    places = np.nonzero(stored)
    made = sparse.coo_array if kind.form.endswith("array") else sparse.coo_matrix
    narrow = tuple(place.astype(np.int32) for place in places)  # some libraries take no others
    matrix = made((dense[places], narrow), shape=dense.shape)
    return matrix.asformat(kind.form[:3])


def in_dtype(value: Any, dtype: Any, old: Any) -> Any:
    """Return a value as a column of a dtype holds it; without a dtype, of the type of the value that was there.

    What the dtype cannot hold is returned as it is.
    """
    if is_missing(value) or isinstance(value, str):
        return value
    if dtype is None:
        return _like(value, old)
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return _of_numpy(value, dtype)
    return _of_extension(value, dtype)


def _of_extension(value: Any, dtype: Any) -> Any:
    """Return a value as a column of pandas or polars gives it back."""
    told = column_type(dtype)
    if told.kind == "bool" and value in (0, 1):
        return bool(value)
    if told.kind == "integer" and float(value).is_integer():
        return int(value)
    if told.kind == "float" and told.dtype:
        return float(np.dtype(told.dtype).type(value))
    return value.item() if isinstance(value, np.generic) and told.kind != "date" else value


def _of_numpy(value: Any, dtype: np.dtype[Any]) -> Any:
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            made = dtype.type(value)
        return made if math.isfinite(made) or not math.isfinite(value) else value
    whole = isinstance(value, (bool, int, np.integer, np.bool_)) or float(value).is_integer()
    low, high = column_type(dtype).limits
    return dtype.type(int(value)) if whole and low <= value <= high else value


def _like(value: Any, old: Any) -> Any:
    """Return a number of the type of another one, if it can be."""
    if isinstance(value, (bool, int, float, np.number, np.bool_)) and not is_missing(value):
        if isinstance(old, (bool, np.bool_)) and value in (0, 1):
            return type(old)(value)
        if isinstance(old, (int, np.integer)) and not isinstance(old, bool) and float(value).is_integer():
            return type(old)(int(value))
        if isinstance(old, np.floating) and float(type(old)(value)) == float(value):
            return type(old)(value)
        return value.item() if isinstance(value, np.generic) else value
    return value
