"""Rows in containers that are read as others are: tables of arrow, frames of further libraries, records."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, shown

_OWN = ("pandas", "polars", "numpy", "scipy", "builtins", "suffice")


def as_known(rows: Any) -> Any:
    """Return rows in a container that is read here: others become data frames of pandas, records become mappings.

    Parameters
    ----------
    rows : object
        A Table or RecordBatch of pyarrow, a frame of narwhals, modin, cudf, DuckDB, Ibis or of any library that hands
        its columns over to arrow; a structured array; an instance of a dataclass or of a model of pydantic; a list of
        such. Others are returned as they are.

    Raises
    ------
    BadInputError
        If they are a frame that has to be computed first.
    """
    kind = type(rows)
    library = kind.__module__.partition(".")[0]
    if isinstance(rows, (np.ndarray, np.void)) and rows.dtype.names:
        return _records(rows)
    if library == "polars" and kind.__name__ == "LazyFrame":
        raise BadInputError("rows are a LazyFrame of polars, which has no rows yet: pass rows.collect()")
    if library == "narwhals":
        return _narwhals(rows)
    if dataclasses.is_dataclass(rows) and not isinstance(rows, type):
        return {field.name: getattr(rows, field.name) for field in dataclasses.fields(rows)}
    if callable(getattr(kind, "model_dump", None)):
        return rows.model_dump()
    if library in _OWN:
        return rows
    return _frame(rows, library)


def known_rows(rows: Any) -> Any:
    """Return rows, one or a list of them, in containers that are read here."""
    if not isinstance(rows, (list, tuple)):
        return as_known(rows)
    return [as_known(row) for row in rows] if rows and _is_record(rows[0]) else rows


def _is_record(row: Any) -> bool:
    """Tell whether a row is a record that becomes a mapping."""
    if isinstance(row, (list, tuple, str, int, float)) or row is None:
        return False
    kind = type(row)
    plain = dataclasses.is_dataclass(kind) or callable(getattr(kind, "model_dump", None))
    return plain or (isinstance(row, np.void) and bool(row.dtype.names))


def _records(rows: Any) -> Any:
    names = rows.dtype.names
    if rows.ndim == 0:
        return dict(zip(names, rows.item(), strict=True))
    import pandas as pd

    return pd.DataFrame({name: rows[name] for name in names})


def _narwhals(rows: Any) -> Any:
    if type(rows).__name__ == "LazyFrame":
        raise BadInputError("rows are a LazyFrame of narwhals, which has no rows yet: pass rows.collect()")
    return as_known(rows.to_native())


def _frame(rows: Any, library: str) -> Any:
    """Return a frame of another library as one of pandas; what is no frame as it is."""
    if not hasattr(rows, "columns") and not hasattr(rows, "__arrow_c_stream__"):
        return rows
    ways = ("to_pandas", "_to_pandas", "df") if library != "modin" else ("_to_pandas",)
    way = next((getattr(rows, name) for name in ways if callable(getattr(rows, name, None))), None)
    if way is None and not hasattr(rows, "__arrow_c_stream__"):
        return rows
    try:
        if way is None:
            way = import_module("pyarrow").table(rows).to_pandas  # which has no types
        return way()
    except Exception as error:  # whatever the library raises
        raise BadInputError(
            f"rows are a {type(rows).__name__} of {library}, which gives no data frame ({shown(str(error), 80)}): pass "
            "a data frame of pandas or polars, or a matrix"
        ) from error
