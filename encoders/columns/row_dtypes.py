"""What tells the dtypes of rows in which a pipeline calculates, without the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .dtypes import ABSENT, SPARSE, USUAL, Dtypes, alike, leaves_out, told_dtype
from .row_kind import RowKind, kind_of
from .sparse import is_sparse


class TypedColumn(NamedTuple):
    """What matters of the dtype of a column.

    Attributes
    ----------
    name : str
        Its name.
    coded : bool
        Whether it holds categories.
    read : bool
        Whether a step reads it.
    matters : bool
        Whether steps may calculate in its dtype.
    """

    name: str
    coded: bool
    read: bool
    matters: bool

    @property
    def usual(self) -> str:
        """Its dtype in rows of which nothing is known."""
        return "" if self.coded or not self.read else USUAL


def dtypes_in(columns: Sequence[TypedColumn], kind: RowKind, *, absent_is_missing: bool = False) -> Dtypes:
    """Return the dtypes of the columns in rows that were given so.

    Raises
    ------
    BadInputError
        If columns of a frame are sparse.
    """
    if kind.container == "sparse":
        return ((ABSENT if absent_is_missing else SPARSE) + told_dtype(kind.dtypes[0], False, ""),) * len(columns)
    return tuple(
        told_dtype(dtype, column.coded, column.name) if column.read and column.matters else column.usual
        for column, dtype in zip(columns, kind.dtypes, strict=True)
    )


@dataclass(frozen=True, slots=True, eq=False)
class RowDtypes:
    """Rows -> their dtypes; ``None`` if they declare none (lists, mappings, arrays of objects).

    Attributes
    ----------
    columns : tuple of TypedColumn
        The columns.
    fitted : tuple of str or None
        Names that the pipeline was fitted with.
    absent_is_missing : bool
        Whether the last step takes what sparse rows leave out for missing.
    calculates : bool
        Whether it matters in which dtypes rows come; else only that of sparse rows that leave out missing values does.
    """

    columns: tuple[TypedColumn, ...]
    fitted: tuple[str, ...] | None
    absent_is_missing: bool
    calculates: bool = True
    _of_arrays: dict[Any, Dtypes] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, rows: Any) -> Dtypes | None:
        """Return the dtypes of rows."""
        if not self.calculates:
            found = self._told(rows) if is_sparse(rows) else ()
            return found if leaves_out(found) else ()  # steps that take no NaN may take sparse rows without an entry
        return self._told(rows)

    def _told(self, rows: Any) -> Dtypes | None:
        plain = type(rows) is np.ndarray
        if plain and rows.dtype in self._of_arrays:
            return self._of_arrays[rows.dtype]
        kind = kind_of(rows, tuple(column.name for column in self.columns), self.fitted)
        if not kind.typed:
            return None
        found = dtypes_in(self.columns, kind, absent_is_missing=self.absent_is_missing)
        if plain:
            self._of_arrays[rows.dtype] = found
        return found


def covered(exact: bool, own: Dtypes, told: Dtypes) -> bool:
    """Tell whether a form for the dtypes `own` holds for rows of the dtypes `told`; `exact`: only for the same."""
    return own == told or (not exact and alike(own, told))


def dtypes_of_all(readers: tuple[Callable[[Any], Dtypes | None], ...], rows: Any) -> Dtypes | None:
    """Return the dtypes in which any of several models calculates; ``None`` if rows do not declare them to one."""
    told = [reader(rows) for reader in readers]
    if any(dtypes is None for dtypes in told):
        return None
    widest = max((dtypes for dtypes in told if dtypes), key=len, default=())
    return tuple(next((d[i] for d in told if d and d[i]), "") for i in range(len(widest)))
