"""Asking a pipeline itself: which values it takes, what it makes of them, and where it changes its mind.

Columns depend on one source each, so one call asks about all sources at once: row r holds the r-th question of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
from .plan import Plan
from .shadows import SELF, Shadows

Images = NDArray[np.floating[Any]]
_PROBES = 63
_CELLS = 4_000_000  # numbers in one answer of the pipeline
_ENDS = (1e300, 1e200, 1e100, 1e50, 3e38, 1e30, 1e20, 1e10, 1e5, 1.0)


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
    _shadows: Shadows = field(init=False)

    def __post_init__(self) -> None:
        self._shadows = Shadows(self.pipeline, self.plan)

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

    def images(
        self, asked: dict[int, Sequence[Any]], *, stored: bool = False, shade: int = SELF, taps: bool = False,
        filled: bool = False,
    ) -> Images:  # fmt: skip
        """Return the columns that reach the tree, as it reads them, shape (rows, columns of the tree).

        Parameters
        ----------
        asked : mapping from source to values
            The rows.
        stored : bool
            Whether to leave out the last rounding: as the steps before the last one give them.
        shade : int
            The pipeline itself, or a copy, see ``shadows``.
        taps : bool
            Whether to append what the taps of the plan see, a column each.
        filled : bool
            Whether what a sparse matrix leaves out is 0, also where the last step takes it for missing.
        """
        count = max((len(values) for values in asked.values()), default=1)
        table = self._input(asked, count)
        step = max(1, _CELLS // max(1, len(self.plan.columns)))
        return np.concatenate(
            [self._transform(table[i : i + step], stored, shade, taps, filled) for i in range(0, count, step)]
        )

    def _transform(self, table: Any, stored: bool, shade: int, taps: bool, filled: bool) -> Images:
        with quiet():
            table, seen = self._shadows.transform(table, shade, taps=taps)
            if not stored and self.as_seen is not None:
                table = self.as_seen(table)
            made = np.asarray(table.toarray() if filled and hasattr(table, "toarray") else self._dense(table))
            made = made if stored else made.astype(self.precision.value)
        return np.column_stack([made, *seen]) if seen else made

    def _made(self, table: Any) -> Any:
        """Return what the steps before the last one make of rows."""
        with quiet():
            return self._shadows.transform(table)[0]

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
        partial = [s for s in sources if self.plan.sources[s].partial]
        sources = [s for s in sources if s not in partial]
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
        found |= {(source, sign): self._last_made(source, sign) for source in partial for sign in (-1.0, 1.0)}
        sources = [*sources, *partial]
        return {s: found.get((s, -1.0), 0.0) for s in sources}, {s: found.get((s, 1.0), 0.0) for s in sources}

    def made(self, source: int, numbers: NDArray[np.float64]) -> int:
        """Return of how many numbers of a source the steps make finite ones, before the first that is not so."""
        own = [j for j, column in enumerate(self.plan.columns) if column.source == source]
        asked: dict[int, Sequence[Any]] = {source: numbers}  # type: ignore[dict-item]  # an array is a sequence here
        if not len(numbers):
            return 0
        try:
            images = self.images(asked, filled=True)[:, own]
        except Exception:  # whatever a step raises, it does not take one of these rows
            half = len(numbers) // 2
            if not half:
                return 0
            first = self.made(source, numbers[:half])
            return first if first < half else half + self.made(source, numbers[half:])
        good = np.isfinite(images).all(axis=1)
        return len(numbers) if good.all() else int(good.argmin())

    def _last_made(self, source: int, sign: float) -> float:
        """Return the last number of a source, from its filler on to one side, of which the steps make numbers."""
        taken = float(self.fillers[source])
        ends = np.array([self._end(source, sign * end) for end in reversed(_ENDS)])
        ends = ends[ends * sign > taken * sign]
        count = self.made(source, ends)
        if count == len(ends):
            return float(ends[-1]) if count else taken
        grid = Grid([self.reading_of(source)])
        edges = (float(ends[count - 1]) if count else taken, float(ends[count]))
        near, far = (int(grid.places(np.array([[x]]))[0, 0]) for x in edges)
        while abs(far - near) > 1:
            count = min(_PROBES, abs(far - near) - 1)
            away = [near + (far - near) * (i + 1) // (count + 1) for i in range(count)]
            kept = self.made(source, grid.numbers(np.array([away], np.uint64))[0])
            near, far = away[kept - 1] if kept else near, away[kept] if kept < count else far
        return float(grid.numbers(np.array([[near]], np.uint64))[0, 0])

    def _end(self, source: int, number: float) -> float:
        """Return the number nearest to one that the dtype of a source holds."""
        if not self.dtypes:
            return number
        low, high = limits_of(self.dtypes[source])
        return min(max(number, low), high)
