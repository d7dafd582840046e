"""What columns are declared to be, together with the numbers that rows show: for models that weigh numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import BadInputError, SufficeError
from .missing import is_missing
from .rows import as_matrix

FEW = 64  # numbers of the background at which bounds of a column are told
MOST = 4096  # numbers of one column


@dataclass(frozen=True, eq=False)
class SeenTypes(Mapping[str, Any]):
    """A declaration of the user's, and the numbers that are seen in each column.

    Attributes
    ----------
    said : mapping
        The user's own declaration, which it is where a mapping is wanted.
    ranges : mapping
        Ranges that the user gives beside it.
    base : tuple of ndarray of float64
        For each column, ascending: its ends in the background and some numbers between them.
    own : tuple of ndarray of float64
        For each column: numbers of the rows that are explained.
    """

    said: Mapping[str, Any]
    ranges: Mapping[Any, Any] = field(default_factory=dict)
    base: tuple[F64, ...] = ()
    own: tuple[F64, ...] = ()

    def __getitem__(self, key: str) -> Any:
        return self.said[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.said)

    def __len__(self) -> int:
        return len(self.said)

    def numbers(self, column: int, low: float, high: float) -> F64 | None:
        """Return the numbers at which bounds of a column are told, ascending; None if its ends are not known.

        Parameters
        ----------
        column : int
            The column.
        low, high : float
            The range that is declared, infinite at an open end, which the background closes.
        """
        base = self.base[column] if self.base else np.zeros(0)
        ends = [end for end in (low, high) if math.isfinite(end)]
        if len(ends) < 2 and not len(base):
            return None
        own = self.own[column] if self.own else np.zeros(0)
        known: F64 = np.unique(np.concatenate([ends, base, own])) + 0.0
        return known[(known >= low) & (known <= high)]

    def beside(self, rows: F64, names: Sequence[str]) -> SeenTypes:
        """Return the same with the numbers of these rows in place of those of others.

        Raises
        ------
        BadInputError
            If they have too many in a column.
        """
        own = tuple(np.unique(column[np.isfinite(column)]) for column in rows.T)
        for name, column in zip(names, own, strict=True):
            if len(column) > MOST:
                raise BadInputError(
                    f"the rows have {len(column)} different numbers in column {name!r}: expected at most {MOST} at a "
                    "time, since the model weighs them; give fewer rows"
                )
        return SeenTypes(self.said, self.ranges, self.base, own)


def seen_types(
    said: Mapping[str, Any] | None, ranges: Mapping[Any, Any] | None, background: Any, names: Sequence[str],
    own: Sequence[str] | None,
) -> SeenTypes:  # fmt: skip
    """Return a declaration with what a background shows of the columns."""
    base: tuple[F64, ...] = ()
    if background is not None:
        found = numbers_in(background, names, own)
        base = tuple(_some(column) for column in found.T) if len(found) > 1 else ()
    return SeenTypes({} if said is None else said, {} if ranges is None else ranges, base)


def numbers_in(rows: Any, names: Sequence[str], own: Sequence[str] | None) -> F64:
    """Return the numbers of rows, NaN for what is none (rows that cannot be read have none)."""
    try:
        matrix = as_matrix(rows, names, numeric=False, own=own, absent=0.0)
    except SufficeError:  # reading them says what is wrong
        return np.zeros((0, len(names)))
    if matrix.dtype.kind in "fiub":
        return matrix.astype(np.float64)
    return np.array([[_number(value) for value in row] for row in matrix.tolist()], np.float64).reshape(matrix.shape)


def _number(value: Any) -> float:
    plain = isinstance(value, (int, float, np.number, np.bool_)) and not is_missing(value)
    try:
        return float(value) if plain else math.nan
    except OverflowError:
        return math.nan


def _some(column: F64) -> F64:
    """Return at most `FEW` of the numbers of a column, its ends among them."""
    known: F64 = np.unique(column[np.isfinite(column)])
    if len(known) <= FEW:
        return known
    return known[np.unique(np.rint(np.linspace(0, len(known) - 1, FEW)).astype(np.intp))]
