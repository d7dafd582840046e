"""Where a column of a pipeline passes a threshold: the last number of its source before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..columns.grid import Grid
from .probe import Probe
from .shadows import SELF

_ROWS = 4000  # rows in a question about borders, as far as that leaves 15 numbers for each, and no more than 255
_LOW = np.uint64(1)

Numbers = NDArray[np.float64]


class Query(NamedTuple):
    """A column that depends on a source, a threshold, where to look, and whether the column rises or falls there."""

    source: int
    column: int
    threshold: float
    low: float
    high: float
    rises: bool = True
    swapped: bool = False  # whether what is early for other columns is late for this one, see ``shadows``


class Asker:
    """Asks a pipeline on which side of their thresholds columns are.

    Parameters
    ----------
    probe : Probe
        The pipeline.
    queries : sequence of Query
        What is asked, all at once.
    stored : bool
        Whether to compare what the steps before the last one give, not rounded as the trees read it.
    """

    def __init__(self, probe: Probe, queries: Sequence[Query], *, stored: bool = False) -> None:
        self.probe, self.queries, self.stored = probe, queries, stored
        self.sources = np.array([q.source for q in queries], dtype=np.intp)
        self.columns = np.array([q.column for q in queries], dtype=np.intp)
        self.thresholds = np.array([q.threshold for q in queries], dtype=np.float64)
        self.rises = np.array([q.rises for q in queries], dtype=np.bool_)
        self.places = _places(self.sources)
        self.taps = bool((self.columns >= len(probe.plan.columns)).any())
        self.grid = Grid([probe.reading_of(q.source) for q in queries])

    def before(self, numbers: Numbers, shade: int = SELF) -> NDArray[np.bool_]:
        """Tell for each query which of some numbers, shape (queries, n), come before its threshold is passed."""
        width = numbers.shape[1]
        count = (int(self.places.max()) + 1) * width
        asked: dict[int, Any] = {}
        rows = self.places[:, None] * width + np.arange(width)
        for source in np.unique(self.sources):
            own = self.sources == source
            values = np.full(count, numbers[own][0, 0])
            values[rows[own].ravel()] = numbers[own].ravel()
            asked[int(source)] = values
        images = self.probe.images(asked, stored=self.stored, shade=shade, taps=self.taps)
        seen = images[rows, self.columns[:, None]].astype(np.float64)
        if self.probe.sparse_missing:
            seen[np.isnan(seen)] = 0.0  # it is left out
        before: NDArray[np.bool_] = (seen <= self.thresholds[:, None]) == self.rises[:, None]
        return before

    def borders(self, shade: int = SELF) -> Numbers:
        """Return for each query the last number before its threshold is passed.

        ``-inf`` answers that it is passed at `low` already, ``inf`` that it is not yet at `high`.
        """
        lows, highs = (np.array([q[end] for q in self.queries]) for end in (3, 4))
        if not len(self.queries):
            return lows
        first, last = self.before(np.stack([lows, highs], axis=1), shade).T
        probes = min(255, max(15, _ROWS // (int(self.places.max()) + 1)))
        found = _bisect(lambda numbers: self.before(numbers, shade), lows, highs, probes, self.grid)
        return np.where(~first, -np.inf, np.where(last, np.inf, found))


def borders(probe: Probe, queries: Sequence[Query], *, stored: bool = False) -> Numbers:
    """Return for each query the last number before its threshold is passed, see ``Asker``."""
    return Asker(probe, queries, stored=stored).borders()


def _places(sources: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rank of each query among those of its source."""
    places = np.zeros(len(sources), dtype=np.intp)
    counts: dict[int, int] = {}
    for i, source in enumerate(sources.tolist()):
        places[i] = counts.get(source, 0)
        counts[source] = counts.get(source, 0) + 1
    return places


def _bisect(
    before: Callable[[Numbers], NDArray[np.bool_]], lows: Numbers, highs: Numbers, count: int, grid: Grid
) -> Numbers:
    """Return the last numbers at which `before` holds, asking for `count` at once.

    It holds at `lows`, not at `highs`, and changes once between them.
    """
    low, high = grid.places(lows), grid.places(highs)
    steps = np.arange(1, count + 1, dtype=np.uint64)
    while (high - low > _LOW).any():
        gap = np.maximum(high - low, _LOW)
        stride = np.maximum(gap // np.uint64(count + 1), _LOW)
        probes = low[:, None] + np.minimum(stride[:, None] * steps, (gap - _LOW)[:, None])
        holds = before(grid.numbers(probes))
        held = np.where(holds.all(axis=1), count, holds.argmin(axis=1))
        index = np.arange(len(low))
        low, high = (
            np.where(held > 0, probes[index, np.maximum(held - 1, 0)], low),
            np.where(held < count, probes[index, np.minimum(held, count - 1)], high),
        )
    result: Numbers = grid.numbers(low) + 0.0  # no negative zero
    return result
