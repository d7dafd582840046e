"""Reasons of many rows in flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import I32, I64
from ...engine.status import Stop


@dataclass(frozen=True, slots=True, eq=False)
class BatchReasons:
    """Reasons of many rows in flat arrays.

    Attributes
    ----------
    outcome : ndarray of int32, shape (m,)
        Class index of each row that was reached in time.
    offsets : ndarray of int64, shape (m + 1,)
        Reason of row i: ``literals[offsets[i]:offsets[i + 1]]``; a single 0 says that there is none.
    literals : ndarray of int32
        Signed literals; or numbers of features, from 1.
    stop : Stop
        Why not all rows were reached, if so.
    names : tuple of str, optional
        The features, if reasons are made of them.
    """

    outcome: I32
    offsets: I64
    literals: I32
    stop: Stop
    names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def row(self, i: int) -> tuple[int, ...] | tuple[str, ...] | None:
        """Return the literals (or names of features) of row i, or None if there is no reason."""
        found: tuple[int, ...] = tuple(self.literals[self.offsets[i] : self.offsets[i + 1]].tolist())
        if found == (0,):
            return None
        return found if self.names is None else tuple(self.names[number - 1] for number in found)
