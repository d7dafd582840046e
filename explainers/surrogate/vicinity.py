"""The vicinity of an instance: rows of a table that are near to it, or random changes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.binarized.binarizer import Binarizer
from ...engine.arrays import F64
from ...engine.errors import BadInputError, shown
from .splits import row_keys

METRICS = ("hamming", "scaled")
SOURCES = ("rows", "perturbed", "both")
FEWEST = 10  # different rows: with fewer there is nothing to learn
_BLOCK = 500  # rows that are told apart at a time
Table = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Vicinity:
    """Rows near an instance.

    Attributes
    ----------
    rows : ndarray, shape (m, n_columns)
        Values, without the instance itself.
    distances : ndarray of float64, shape (m,)
        How far they are from the instance, ascending (``"both"``: first the rows of the table, then the others).
    radius : float
        How far they may be.
    source : str
        Where they come from: ``"rows"`` of the table, ``"perturbed"``, or ``"both"``.
    n_asked : int
        How many of them, the first ones, may be held out (``"both"``: the rows of the table, else all).
    """

    rows: Table
    distances: F64
    radius: float
    source: str
    n_asked: int


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """A table and an instance, and what lies between them.

    Attributes
    ----------
    table : ndarray, shape (m, n_columns)
        Values.
    x : ndarray, shape (n_columns,)
        The instance.
    binarizer : Binarizer
        Tells which columns are categories, and makes bits.
    metric : {"hamming", "scaled"}
        In how many bits (columns, where no bits are made) rows differ; or the Euclidean distance of numbers in units of
        their standard deviation, a changed category counting 1.
    on_bits : bool
        Whether the Hamming distance counts bits.
    """

    table: Table
    x: Table
    binarizer: Binarizer
    metric: str
    on_bits: bool

    def distances(self, rows: Table) -> F64:
        """Return how far rows are from the instance."""
        codes = self.binarizer.encode(rows)
        here = self.binarizer.encode(self.x.reshape(1, -1))
        if self.metric == "hamming":
            if self.on_bits:
                codes, here = self.binarizer.transform_codes(codes), self.binarizer.transform_codes(here)
            count: F64 = (codes != here).sum(axis=1).astype(np.float64)
            return count
        gaps = np.abs(codes - here)
        scale = self.binarizer.encode(self.table).std(axis=0)
        scale[scale == 0] = 1.0
        for column in self.binarizer.categories:
            gaps[:, column] = gaps[:, column] != 0
            scale[column] = 1.0
        length: F64 = np.sqrt(((gaps / scale) ** 2).sum(axis=1))
        return length

    def near(self, radius: float | None, most: int) -> Vicinity:
        """Return the rows of the table within a radius (``None``: the nearest different ones, `most` of them).

        Copies of a row, and what is as far as the last one, come with it.
        """
        order, near = self._order()
        if radius is None:
            radius = self._radius_of(most, order, near, most_if_fewer=True) or 0.0
        inside = near <= radius
        kept = order[inside]
        return Vicinity(self.table[kept], near[inside], radius, "rows", len(kept))

    def _order(self) -> tuple[NDArray[np.intp], F64]:
        """Return the rows of the table, without the instance, from the nearest one on, and their distances."""
        distances = self.distances(self.table)
        order = np.argsort(distances, kind="stable")
        known = (self.table == self.x).all(axis=1)
        order = order[~known[order]] if known.any() else order
        return order, distances[order]

    def radius_of(self, count: int) -> float | None:
        """Return the radius that has so many different rows of the table beside the instance; None if none has."""
        return self._radius_of(count, *self._order(), most_if_fewer=False)

    def _radius_of(self, count: int, order: NDArray[np.intp], near: F64, *, most_if_fewer: bool) -> float | None:
        seen: set[bytes] = set()
        for start in range(0, len(order), _BLOCK):
            for place, key in enumerate(row_keys(self.codes(self.table[order[start : start + _BLOCK]])), start):
                seen.add(key)
                if len(seen) == count:
                    return float(near[place])
        return float(near[-1]) if most_if_fewer and len(near) else None

    def codes(self, rows: Table) -> F64:
        """Return rows as numbers."""
        return self.binarizer.encode(rows)

    def perturbed(self, radius: float | None, count: int, seed: int) -> Vicinity:
        """Return random rows: the instance, with some columns taken from random rows of the table, each on its own.

        How many columns are taken is drawn anew for each row, so that all distances occur.

        Raises
        ------
        BadInputError
            If fewer than 10 are to be made.
        """
        if count < FEWEST:
            raise BadInputError(f"n_samples={count}: expected {FEWEST} at least")
        rng = np.random.default_rng(seed)
        n_columns = self.table.shape[1]
        found: list[Table] = []
        total = 0
        for _ in range(20):  # a narrow radius refuses many
            share = rng.random((count, 1)) * (1.0 if radius is None else 0.7 ** len(found))
            change = rng.random((count, n_columns)) < share
            change[np.arange(count), rng.integers(n_columns, size=count)] = True
            drawn = rng.integers(len(self.table), size=(count, n_columns))
            rows = np.where(change, self.table[drawn, np.arange(n_columns)], self.x)
            far = self.distances(rows)
            kept = rows[(far <= (np.inf if radius is None else radius)) & ~(rows == self.x).all(axis=1)]
            found.append(kept)
            total += len(kept)
            if total >= count:
                break
        rows = np.concatenate(found)[:count]
        distances = self.distances(rows)
        order = np.argsort(distances, kind="stable")
        reach = (float(distances.max()) if len(rows) else 0.0) if radius is None else radius
        return Vicinity(rows[order], distances[order], reach, "perturbed", len(rows))

    def both(self, radius: float | None, most: int, count: int, seed: int) -> Vicinity:
        """Return rows of the table, see ``near``, and random rows within their radius, see ``perturbed``."""
        near = self.near(radius, most)
        more = self.perturbed(near.radius, count, seed)
        rows, distances = np.concatenate([near.rows, more.rows]), np.concatenate([near.distances, more.distances])
        return Vicinity(rows, distances, near.radius, "both", len(near.rows))

    @property
    def reach(self) -> float:
        """The distance of the farthest row of the table."""
        return float(self.distances(self.table).max())


def checked_radius(radius: Any) -> float | None:
    """Return a radius, or say why it is none."""
    if radius is None:
        return None
    if isinstance(radius, bool) or not isinstance(radius, (int, float, np.number)) or not radius >= 0:
        raise BadInputError(f"radius={shown(radius)}: expected a number from 0, or None for the nearest rows")
    return float(radius)


def checked_word(word: Any, known: tuple[str, ...], name: str) -> str:
    """Return one of some words, or say which there are."""
    if not isinstance(word, str) or word not in known:
        raise BadInputError(f"{name}={shown(word)}: expected one of {', '.join(map(repr, known))}")
    return word
