"""What libraries make of whole numbers before their trees read them, where rounding twice would differ from once.

float64 holds whole numbers up to 2^53, float32 up to 2^24. scikit-learn's trees and XGBoost turn matrices of whole
numbers into float32 at once, LightGBM does so although its trees read float64; frames go column by column, or through
the dtype that holds all columns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .row_kind import column_type
from .rows import column_places, default_names

_LONG = ("int64", "uint64")


def trees_of_sklearn(rows: Any) -> Any:
    """Return rows for scikit-learn's trees: float32 at once, but for lists and frames of whole numbers and floats."""
    if type(rows) is np.ndarray or not _is_frame(rows):
        return rows if isinstance(rows, (list, tuple)) else _single(rows)
    kinds = [column_type(dtype) for dtype in rows.dtypes]
    own = any(kind.nullable and kind.dtype for kind in kinds)  # then all columns are turned at once
    whole = (
        bool(kinds)
        and all(kind.whole for kind in kinds)
        and np.result_type(*(kind.dtype for kind in kinds)).kind in "iu"
    )
    return _single_columns(rows) if own or whole else rows


def xgboost(rows: Any) -> Any:
    """Return rows for XGBoost: float32 at once, in frames column by column."""
    return _single(rows) if type(rows) is np.ndarray or not _is_frame(rows) else _single_columns(rows)


def lightgbm(rows: Any) -> Any:
    """Return rows for LightGBM: matrices of other numbers than float32 and float64 become float32; frames do not."""
    if type(rows) is np.ndarray and rows.dtype.char in "df":
        return rows
    rows = _listed(rows)
    if not isinstance(rows, np.ndarray) or rows.dtype.kind not in "fiub" or rows.dtype in (np.float32, np.float64):
        return rows
    return rows.astype(np.float32)


def catboost(
    names: tuple[str, ...] | None, own: tuple[str, ...] | None, coded: tuple[int, ...], count: int
) -> Callable[[Any], Any]:
    """Return what CatBoost makes of rows: lists go number by number, else numbers become float32 at once.

    Parameters
    ----------
    names, own : tuple of str or None
        The model's columns as the user knows them, and the names that it was fitted with.
    coded : tuple of int
        Its columns of categories, which keep their values as they are in the frame (no whole number becomes a float).
    count : int
        Number of columns.
    """
    if not coded:
        return catboost_numbers
    return partial(catboost_mixed, names or own or default_names(count), own, frozenset(coded), count)


def catboost_numbers(rows: Any) -> Any:
    """Return rows for CatBoost's models without categories."""
    return rows if isinstance(rows, (list, tuple)) else xgboost(rows)


def catboost_mixed(
    known: tuple[str, ...], own: tuple[str, ...] | None, coded: frozenset[int], count: int, rows: Any
) -> Any:
    """Return rows for CatBoost's models with columns of categories, see ``catboost``."""
    if hasattr(rows, "columns") and hasattr(rows, "to_numpy"):
        places = column_places(rows.columns, known, own)
        return _with_values(rows, {places[c] for c in coded})
    if not isinstance(rows, np.ndarray) or rows.dtype.name not in _LONG or rows.shape[-1:] != (count,):
        return rows
    values = rows.astype(object)
    numbers = [c for c in range(count) if c not in coded]
    values[..., numbers] = rows[..., numbers].astype(np.float32)
    return values


def _with_values(frame: Any, coded: set[int]) -> Any:
    """Return a frame as one of pandas that holds objects: a value of one column does not change those of another."""
    import pandas as pd

    columns: dict[int, Any] = {}
    for place, label in enumerate(frame.columns):
        column = frame.iloc[:, place] if hasattr(frame, "iloc") else frame[label]
        if place not in coded and column_type(column.dtype).dtype in _LONG and not _has_gaps(column):
            column = column.to_numpy().astype(np.float32)
        columns[place] = pd.Series(list(column), dtype=object)
    made = pd.DataFrame(columns)
    made.columns = pd.Index(list(frame.columns), dtype=object)
    return made


def _has_gaps(column: Any) -> bool:
    return bool(column.isna().any()) if hasattr(column, "isna") else bool(column.null_count())


def _is_frame(rows: Any) -> bool:
    return hasattr(rows, "columns") and hasattr(rows, "iloc")


def _listed(rows: Any) -> Any:
    """Return lists of whole numbers as the array that libraries make of them; others as they are."""
    if not isinstance(rows, (list, tuple)):
        return rows
    try:
        made = np.asarray(rows)
    except (TypeError, ValueError, OverflowError):  # they are refused in words where they are read
        return rows
    return made if made.dtype.kind in "iu" else rows


def _single(rows: Any) -> Any:
    if type(rows) is np.ndarray and rows.dtype.char in "dfe":
        return rows
    rows = _listed(rows)
    long = isinstance(rows, np.ndarray) and (rows.dtype.name in _LONG or rows.dtype == np.longdouble)
    return rows.astype(np.float32) if long and rows.dtype != np.float64 else rows


def _single_columns(frame: Any) -> Any:
    """Return a frame of pandas with its long whole numbers as float32."""
    wanted = [place for place, dtype in enumerate(frame.dtypes) if column_type(dtype).dtype in _LONG]
    if not wanted:
        return frame
    out = frame.copy(deep=False)
    for place in wanted:
        column = frame.iloc[:, place]
        out.isetitem(place, column.astype("Float32") if column.isna().any() else column.astype(np.float32))
    return out
