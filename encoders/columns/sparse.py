"""Sparse matrices of scipy as rows: what a library reads for the entries that they leave out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError


def is_sparse(rows: Any) -> bool:
    """Tell whether rows are a sparse matrix (or array)."""
    return hasattr(rows, "toarray")


def filled(rows: Any, absent: float | None) -> NDArray[Any]:
    """Return a sparse matrix as a dense one, with a number in place of what it leaves out.

    Zeros that it stores stay zeros.

    Parameters
    ----------
    rows : sparse matrix or array of scipy, shape (m, n) or (n,)
        Any format.
    absent : float, optional
        The number (NaN: a missing value); ``None`` for a model that takes no sparse rows.

    Raises
    ------
    BadInputError
        If it is none, the model takes none, or it stores a place twice.
    """
    if not hasattr(rows, "tocoo") or absent is None:
        raise BadInputError(
            f"rows are a sparse {type(rows).__name__}, which the model's own predict does not take: expected a dense "
            "matrix or a data frame"
        )
    rows = _once(rows)
    if absent == 0.0:
        return np.atleast_2d(rows.toarray())
    entries = rows.tocoo()
    shape = entries.shape if len(entries.shape) == 2 else (1, entries.shape[0])
    dense = np.full(shape, absent, np.result_type(entries.dtype, np.float16))
    *first, columns = entries.coords if hasattr(entries, "coords") else (entries.row, entries.col)
    dense[first[0] if first else 0, columns] = entries.data
    return dense


def columns_left_out(rows: Any, absent: float | None) -> set[int]:
    """Return the columns of a sparse matrix that are missing in some row: NaN, or left out where that means missing."""
    entries = _once(rows).tocoo()
    columns = entries.coords[-1] if hasattr(entries, "coords") else entries.col
    found = set(np.unique(columns[np.isnan(entries.data)]).tolist()) if entries.dtype.kind == "f" else set()
    if absent is not None and np.isnan(absent):
        count, width = entries.shape if len(entries.shape) == 2 else (1, entries.shape[0])
        found |= set(np.nonzero(np.bincount(columns, minlength=width) < count)[0].tolist())
    return found


def _once(rows: Any) -> Any:
    """Return a matrix that stores each place once; scattered entries (coo) of one place are added, as libraries do."""
    if getattr(rows, "has_canonical_format", True):
        return rows
    once = rows.copy()
    once.sum_duplicates()
    if once.nnz != rows.nnz and rows.format != "coo":
        raise BadInputError(
            "a sparse row stores the same place twice, which libraries read differently: call .sum_duplicates()"
        )
    return once
