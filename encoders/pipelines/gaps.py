"""Numbers that a pipeline leaves out of a sparse matrix, where its last step takes what is left out for missing.

A ``ColumnTransformer`` decides when it is fitted whether it makes sparse matrices, from then on for all rows, one or
many. A transformed number that is exactly 0 then reaches the trees of XGBoost as a missing value: the numbers that
become 0 are one more cell of their column, and a test may be true there and nowhere near, or the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import UnsupportedModelError
from ..columns.grid import Grid
from .borders import Query, borders
from .functions import DOWN, FLAT, UP
from .patterns import windows_of
from .probe import Probe

_NEGATIVE = -5e-324  # the greatest number below 0
_SAMPLES = 16
_PROBES = 63

Columns = Sequence[tuple[int, int]]  # sources, and columns of the trees that depend on them
Zones = dict[tuple[int, int], tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class GapTest:
    """A test of numbers that is no comparison: true in some cells of its source, see ``Cells``.

    ``truth[-1]`` is that of a missing value, if there can be one.
    """

    source: int
    truth: NDArray[np.bool_]
    ranked: bool = True
    listed: bool = False


def left_out(probe: Probe, columns: Columns, low: Mapping[int, float], high: Mapping[int, float]) -> Zones:
    """Return the numbers that are left out: (source, column) -> the largest one below them, and the largest of them.

    They lie among those that become 0, side by side; others of these may be stored (what was stored before and became
    too small for a float).

    Raises
    ------
    UnsupportedModelError
        If they do not lie side by side.
    """
    if not probe.leaves_out():
        return {}
    columns = [(s, j) for s, j in columns if probe.plan.columns[j].trend != FLAT]
    queries = [query for s, j in columns for query in _around_zero(probe, s, j, low[s], high[s])]
    found = borders(probe, queries, stored=True).reshape(-1, 2)
    zones: Zones = {}
    for i, ((s, j), (below, last)) in enumerate(zip(columns, found.tolist(), strict=True)):
        reading = probe.reading_of(s)
        first = max(low[s], reading.above(below)) if np.isfinite(below) else low[s]
        end = min(high[s], last)
        if below == last or first > end:
            continue
        inside = np.unique([first, end, *reading.cast(np.linspace(first, end, _SAMPLES)).tolist()])
        if first <= 0.0 <= end:
            inside = np.append(inside, 0.0)
        gone = inside[probe.gone(s, j, inside)]
        if len(gone):  # else all zeros are stored
            lower, upper = (_last_gone(probe, s, j, float(gone[0]), edge) for edge in (first, end))
            zones[s, j] = (below if lower == first else reading.below(lower), last if upper == end else upper)
            _check(probe, s, j, inside, lower, upper)
            if probe.plan.columns[j].noisy:
                for window in windows_of(probe, queries[2 * i : 2 * i + 2], stored=True):
                    _check(probe, s, j, window[np.isfinite(window)], lower, upper)
    return zones


def _around_zero(probe: Probe, source: int, column: int, low: float, high: float) -> tuple[Query, Query]:
    """Return what asks for the last number before those that become 0, and for the last of these."""
    trend = probe.plan.columns[column].trend
    if trend not in (UP, DOWN):
        raise UnsupportedModelError(
            f"the steps before the last one make sparse matrices, and column {probe.plan.sources[source].name!r} falls "
            "and rises there: expected dense columns; fit with ColumnTransformer(sparse_threshold=0)"
        )
    first, last = (_NEGATIVE, 0.0) if trend == UP else (0.0, _NEGATIVE)
    return (Query(source, column, first, low, high, trend == UP), Query(source, column, last, low, high, trend == UP))


def _last_gone(probe: Probe, source: int, column: int, gone: float, edge: float) -> float:
    """Return the last number that is left out on the way from one that is to `edge`."""
    if probe.gone(source, column, np.array([edge]))[0]:
        return edge
    grid = Grid([probe.reading_of(source)])
    near, far = (int(grid.places(np.array([[x]]))[0, 0]) for x in (gone, edge))
    while abs(far - near) > 1:
        count = min(_PROBES, abs(far - near) - 1)
        away = [near + (far - near) * (i + 1) // (count + 1) for i in range(count)]
        out = probe.gone(source, column, grid.numbers(np.array([away], np.uint64))[0])
        kept = count if out.all() else int(out.argmin())
        near, far = away[kept - 1] if kept else near, away[kept] if kept < count else far
    return float(grid.numbers(np.array([[near]], np.uint64))[0, 0])


def _check(probe: Probe, source: int, column: int, numbers: NDArray[np.float64], lower: float, upper: float) -> None:
    """Raise if the numbers that are left out are not those between two of them."""
    if (probe.gone(source, column, numbers) != ((numbers >= lower) & (numbers <= upper))).any():
        raise UnsupportedModelError(
            f"the steps before the last one leave some zeros of column {probe.plan.sources[source].name!r} out of "
            "their sparse matrix and store others: expected dense columns; fit with "
            "ColumnTransformer(sparse_threshold=0)"
        )
