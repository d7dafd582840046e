"""Asking a pipeline itself: which values it takes, what it makes of them, and where it changes its mind.

Columns depend on one source each, so one call asks about all sources at once: row r holds the r-th question of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.errors import UnsupportedModelError
from ...engine.setup_limit import setup_step
from ..columns.coded_columns import typed
from ..columns.coded_rows import as_input, quiet
from ..columns.dtypes import Dtypes, limits_of, reading_of
from ..columns.grid import Grid
from .plan import Plan, is_passthrough

Images = NDArray[np.floating[Any]]
_ROWS = 4000  # rows in a question about borders, as far as that leaves 15 numbers for each, and no more than 255
_CELLS = 4_000_000  # numbers in one answer of the pipeline
_ENDS = (1e300, 1e200, 1e100, 1e50, 3e38, 1e30, 1e20, 1e10, 1e5, 1.0)
_LOW = np.uint64(1)


@dataclass(slots=True)
class Probe:
    """Asks a fitted pipeline.

    Attributes
    ----------
    pipeline : Pipeline
        Fitted.
    plan : Plan
        Its columns.
    fillers : list
        A value that the pipeline takes, for each source.
    precision : Reading
        Precision in which the trees read their columns.
    sparse_missing : bool
        Whether the last step takes the zeros that a sparse matrix leaves out for missing values.
    dtypes : tuple of str
        The dtypes in which it is asked, see ``columns.dtypes``.
    as_seen : callable or None
        What the last step's library makes of the matrix that it gets, before its trees read it.
    """

    pipeline: Any
    plan: Plan
    fillers: list[Any]
    precision: Reading = Reading.FLOAT32
    sparse_missing: bool = False
    dtypes: Dtypes = ()
    as_seen: Callable[[Any], Any] | None = None

    def _input(self, asked: dict[int, Sequence[Any]], count: int) -> Any:
        """Return `count` rows: the asked values of some sources (the last one repeated), and fillers of the others."""
        arrays = []
        for source, filler in enumerate(self.fillers):
            values = asked.get(source)
            if values is None or not len(values):
                arrays.append(typed([filler] * count))
            elif isinstance(values, np.ndarray):
                arrays.append(np.concatenate([values, np.repeat(values[-1:], count - len(values))]))
            else:
                # the filler tells the kind of the column
                arrays.append(typed([filler, *values, *[values[-1]] * (count - len(values))])[1:])
        return as_input(arrays, self.plan.fitted_names, self.dtypes)

    def reading_of(self, source: int) -> Reading:
        """Return the numbers that a source holds."""
        return reading_of(self.dtypes[source]) if self.dtypes else Reading.FLOAT64

    def images(self, asked: dict[int, Sequence[Any]], *, stored: bool = False) -> Images:
        """Return the columns that reach the tree, as it reads them, shape (rows, columns of the tree).

        `stored` leaves out the last rounding: as the steps before it give them.
        """
        count = max((len(values) for values in asked.values()), default=1)
        table = self._input(asked, count)
        step = max(1, _CELLS // max(1, len(self.plan.columns)))
        return np.concatenate([self._transform(table[i : i + step], stored) for i in range(0, count, step)])

    def _transform(self, table: Any, stored: bool) -> Images:
        table = self._made(table)
        with quiet():
            if stored:
                return np.asarray(self._dense(table))
            if self.as_seen is not None:
                table = self.as_seen(table)
            return np.asarray(self._dense(table)).astype(self.precision.value)

    def _made(self, table: Any) -> Any:
        """Return what the steps before the last one make of rows."""
        with quiet():
            for _, step in self.pipeline.steps[:-1]:
                if not is_passthrough(step):
                    table = step.transform(table)
        return table

    def _dense(self, table: Any) -> Any:
        """Return a sparse matrix as the last step reads it; others as they are."""
        if not hasattr(table, "toarray"):
            return table
        if not self.sparse_missing:
            return table.toarray()
        entries = table.tocoo()
        dense = np.full(table.shape, np.nan)
        dense[entries.row, entries.col] = entries.data
        return dense

    def leaves_out(self) -> bool:
        """Tell whether the last step gets sparse matrices, and takes what they leave out for missing."""
        return self.sparse_missing and hasattr(self._made(self._input({}, 1)), "toarray")

    def gone(self, source: int, column: int, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which numbers of a source are left out of a column of the sparse matrix."""
        if not len(numbers):
            return np.zeros(0, np.bool_)
        asked: dict[int, Sequence[Any]] = {source: numbers}  # type: ignore[dict-item]  # an array is a sequence here
        gone: NDArray[np.bool_] = np.isnan(self.images(asked, stored=True)[:, column])
        return gone

    def takes(self, questions: Sequence[tuple[int, Any]], *, predict: bool = True) -> list[bool]:
        """Tell for each (source, value) whether the pipeline takes a row with it.

        Parameters
        ----------
        questions : sequence of (int, value)
            Sources and values.
        predict : bool
            Whether to ask ``predict`` (else the steps before the tree).
        """
        setup_step()
        if not questions:
            return []
        asked: dict[int, list[Any]] = {source: [] for source, _ in questions}
        for row, (source, value) in enumerate(questions):
            values = asked[source]
            values.extend([self.fillers[source]] * (row - len(values)) + [value])
        for source, values in asked.items():
            values.extend([self.fillers[source]] * (len(questions) - len(values)))
        try:
            if predict:
                with quiet():
                    self.pipeline.predict(self._input(dict(asked), len(questions)))
            else:
                self.images(dict(asked))
        except Exception:  # whatever a step raises, it does not take one of these rows
            if len(questions) == 1:
                return [False]
            half = len(questions) // 2
            return self.takes(questions[:half], predict=predict) + self.takes(questions[half:], predict=predict)
        return [True] * len(questions)

    def check_fillers(self) -> None:
        """Raise UnsupportedModelError if the pipeline refuses a row of ordinary values."""
        with quiet():
            try:
                self.pipeline.predict(self._input({}, 1))
            except Exception as error:
                raise UnsupportedModelError(
                    f"the pipeline does not take the row {self.fillers!r} of zeros and categories that it knows: "
                    f"{error}"
                ) from error

    def ends(self, sources: Sequence[int]) -> tuple[dict[int, float], dict[int, float]]:
        """Return a low and a high number of each source that the steps before the tree take."""
        open_ = [(source, sign) for source in sources for sign in (-1.0, 1.0)]
        found: dict[tuple[int, float], float] = {}
        for end in _ENDS:
            ends = [self._end(source, sign * end) for source, sign in open_]
            taken = self.takes(
                [(source, number) for (source, _), number in zip(open_, ends, strict=True)], predict=False
            )
            found.update({key: number for key, number, fits in zip(open_, ends, taken, strict=True) if fits})
            open_ = [key for key, fits in zip(open_, taken, strict=True) if not fits]
            if not open_:
                break
        return {s: found.get((s, -1.0), 0.0) for s in sources}, {s: found.get((s, 1.0), 0.0) for s in sources}

    def _end(self, source: int, number: float) -> float:
        """Return the number nearest to one that the dtype of a source holds."""
        if not self.dtypes:
            return number
        low, high = limits_of(self.dtypes[source])
        return min(max(number, low), high)

    def borders(
        self,
        queries: Sequence[tuple[int, int, float]],
        low: dict[int, float],
        high: dict[int, float],
        *,
        stored: bool = False,
    ) -> NDArray[np.float64]:
        """Return for each (source, column, threshold) the largest number whose image is at most the threshold.

        Parameters
        ----------
        queries : sequence of (int, int, float)
            Sources, columns of the tree that depend on them without ever falling, and thresholds.
        low, high : mapping from source to float
            Where to look. ``-inf`` answers that even `low` has a greater image, ``inf`` that `high` has none.
        stored : bool
            Whether to compare what the steps before the last one give, not rounded as the trees read it.
        """
        sources = np.array([q[0] for q in queries], dtype=np.intp)
        columns = np.array([q[1] for q in queries], dtype=np.intp)
        thresholds = np.array([q[2] for q in queries], dtype=np.float64)
        places = _places(sources)

        def at_most(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
            width = numbers.shape[1]
            count = (int(places.max()) + 1) * width
            asked: dict[int, Sequence[Any]] = {}
            rows = places[:, None] * width + np.arange(width)
            for source in np.unique(sources):
                values = np.zeros(count)
                own = sources == source
                values[rows[own].ravel()] = numbers[own].ravel()
                asked[int(source)] = values  # type: ignore[assignment]  # an array is a sequence here
            images = self.images(asked, stored=stored)[rows, columns[:, None]].astype(np.float64)
            if self.sparse_missing:
                images[np.isnan(images)] = 0.0  # it is left out
            below: NDArray[np.bool_] = images <= thresholds[:, None]
            return below

        lows = np.array([low[q[0]] for q in queries])
        highs = np.array([high[q[0]] for q in queries])
        if not len(queries):
            return lows
        first, last = at_most(np.stack([lows, highs], axis=1)).T
        probes = min(255, max(15, _ROWS // (int(places.max()) + 1)))
        grid = Grid([self.reading_of(q[0]) for q in queries])
        return np.where(~first, -np.inf, np.where(last, np.inf, _bisect(at_most, lows, highs, probes, grid)))


def _places(sources: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rank of each query among those of its source."""
    places = np.zeros(len(sources), dtype=np.intp)
    counts: dict[int, int] = {}
    for i, source in enumerate(sources.tolist()):
        places[i] = counts.get(source, 0)
        counts[source] = counts.get(source, 0) + 1
    return places


def _bisect(
    at_most: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    count: int,
    grid: Grid,
) -> NDArray[np.float64]:
    """Return the last numbers at which `at_most` holds, asking for `count` at once.

    It holds at `lows`, not at `highs`, and changes once between them.
    """
    low, high = grid.places(lows), grid.places(highs)
    steps = np.arange(1, count + 1, dtype=np.uint64)
    while (high - low > _LOW).any():
        gap = np.maximum(high - low, _LOW)
        stride = np.maximum(gap // np.uint64(count + 1), _LOW)
        probes = low[:, None] + np.minimum(stride[:, None] * steps, (gap - _LOW)[:, None])
        holds = at_most(grid.numbers(probes))
        held = np.where(holds.all(axis=1), count, holds.argmin(axis=1))
        index = np.arange(len(low))
        low, high = (
            np.where(held > 0, probes[index, np.maximum(held - 1, 0)], low),
            np.where(held < count, probes[index, np.minimum(held, count - 1)], high),
        )
    result: NDArray[np.float64] = grid.numbers(low) + 0.0  # no negative zero
    return result
