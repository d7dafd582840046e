"""One row as the user gave it: its own values, kept apart from the numbers that the model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .row_kind import RowKind
from .rows import matched_values


class Given:
    """A row as it was given, in the order of the model's columns.

    Attributes
    ----------
    kind : RowKind
        How it was given.
    """

    __slots__ = ("_base", "_values", "kind")

    def __init__(self, kind: RowKind, base: Any) -> None:
        self.kind = kind
        self._base = base
        self._values: tuple[Any, ...] | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """The user's own values (of arrays and frames: scalars of their libraries)."""
        if self._values is None:
            self._values = self._taken()
        return self._values

    def _taken(self) -> tuple[Any, ...]:
        base, kind = self._base, self.kind
        if not hasattr(base, "columns"):
            return tuple(base)
        if kind.container == "pandas":
            return tuple(base.iat[0, place] for place in kind.places)
        return tuple(base[0, place] for place in kind.places)


def given_row(
    rows: Any, index: int, kind: RowKind, names: Sequence[str], own: Sequence[str] | None, read: NDArray[np.float64]
) -> Given:
    """Take a row out of what the user gave; later changes of it do not matter.

    Parameters
    ----------
    rows : array-like, data frame, series, mapping or sparse matrix
        One row or several.
    index : int
        Which one.
    kind, names, own
        Of the rows, as in ``kind_of``.
    read : ndarray of float64, shape (n_columns,)
        The row as the model reads it; it tells what an absent entry of a sparse row means.
    """
    if type(rows) is np.ndarray:
        return Given(kind, (rows[index] if rows.ndim == 2 else rows).flatten())
    if kind.container == "pandas":
        return Given(kind, rows.copy() if len(rows) == 1 else rows.iloc[[index]])
    if kind.container == "polars":
        return Given(kind, rows[index : index + 1])
    if kind.container == "sparse":
        return Given(kind, _dense(rows, index, read))
    taken = getattr(rows, "values", None)
    if getattr(rows, "row_kind", None) is kind and isinstance(taken, tuple):
        return Given(kind, taken)
    if isinstance(rows, (list, tuple)) and rows and _holds_rows(rows[0]):
        rows, index = rows[index], 0
    values = rows if isinstance(rows, np.ndarray) else matched_values(rows, names, own)
    if isinstance(values, np.ma.MaskedArray):
        mask, values = np.ma.getmaskarray(values), np.ma.getdata(values).astype(object)
        values[mask] = None
    if getattr(values, "ndim", 1) == 2:
        values = values[index]
    return Given(kind, np.array(values).ravel() if isinstance(values, np.ndarray) else tuple(values))


def in_order(rows: Any, kind: RowKind) -> Any:
    """Return the rows of a frame with the model's columns in the model's order; others are returned as they are."""
    if kind.container not in ("pandas", "polars"):
        return rows.reshape(1, -1) if getattr(rows, "ndim", 2) == 1 else rows
    places = list(kind.places)
    if places == list(range(len(rows.columns))):
        return rows
    return rows.iloc[:, places] if kind.container == "pandas" else rows[:, places]


def _holds_rows(value: Any) -> bool:
    return isinstance(value, (list, tuple, Mapping)) or getattr(value, "ndim", 0) > 0 or hasattr(value, "to_numpy")


def _dense(rows: Any, index: int, read: NDArray[np.float64]) -> NDArray[Any]:
    """Return the values of a sparse row; what it has no entry for is 0, or NaN where the model reads it as missing."""
    row = rows if rows.ndim == 1 else rows.tocsr()[[index]]
    values: NDArray[Any] = np.asarray(row.toarray()).ravel()
    if not np.isnan(read).any():
        return values
    stored = np.zeros(len(values), np.bool_)
    stored[row.tocoo().coords[-1]] = True
    gaps = ~stored & np.isnan(read)
    if gaps.any() and values.dtype.kind != "f":
        values = values.astype(object)  # whole numbers, and NaN
    values[gaps] = np.nan
    return values
