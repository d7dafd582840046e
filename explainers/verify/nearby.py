"""The inputs nearest to given rows at which two models differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine._native import ChangeQuestion, Costs
from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.instance import situate
from ...engine.ensembles.changes.nearest import nearest
from ...engine.ensembles.views.view import everywhere
from ..nearness.distances import distances_from
from .difference import Differing, holds
from .given import Place
from .joint import Joint

_SHARE = 0.2  # of the time that is left, for each


class Nearby:
    """Brings points at which the models differ near to rows.

    Parameters
    ----------
    joint, differing, place
        What is compared.
    rows : ndarray of float64
        The given rows, as the joint columns are read.
    cells : ndarray of int32
        Their cells.
    """

    def __init__(self, joint: Joint, differing: Differing, place: Place, rows: F64, cells: I32) -> None:
        self._joint, self._d, self._place, self._rows, self._cells = joint, differing, place, rows, cells
        with np.errstate(invalid="ignore"):
            spread = np.nanstd(rows, axis=0) if len(rows) else np.ones(rows.shape[1])
        self._weights = np.where((spread > 0) & np.isfinite(spread), 1.0 / np.where(spread > 0, spread, 1.0), 1.0)

    def points(self, known: list[I32], deadline: Deadline) -> list[tuple[I32, int | None, float | None]]:
        """Return points with the row that each is near to, and how far: in parts of the columns' spreads, added up."""
        if not len(self._rows) or deadline.expired():
            return [(point, None, None) for point in known]
        found: list[tuple[I32, int | None, float | None]] = []
        for point in known:
            place = int(np.abs(self._cells - point).sum(axis=1).argmin())
            near, far = self._brought(point, place, deadline)
            found.append((near, place, far))
        found.sort(key=lambda one: one[2] or 0.0)
        return found

    def _brought(self, point: I32, place: int, deadline: Deadline) -> tuple[I32, float]:
        """Return the point nearest to a row, as far as it is found in time."""
        transition = self._d.at(point[None])[0]
        question = self._d.question(transition, away=self._d.doubtful)
        at, far = self._costs(place)
        costs = np.where(np.isfinite(far), far, 1e12)
        own = float(costs[at[:-1] + point].sum())
        if question is None or not question.bad(point) or len(self._place.boxes) != 1:
            return point, own
        question.move(question.sums, question.columns, self._cells[place])
        asked = ChangeQuestion(question.problem, question.cells, everywhere(question.layout))
        limit = deadline.share(_SHARE)

        def run(function: Any, *arguments: Any) -> int:
            return question.run(limit, function, *arguments)

        try:
            found = nearest(asked, Costs(at, costs), question.work, run, point)
        finally:
            deadline.end(limit)
        best = found.point
        if best is None or not holds(self._place.boxes[0], best, self._place.space.interval):
            return point, own
        return best, float(found.cost)

    def _costs(self, place: int) -> tuple[Any, F64]:
        situation = situate(self._place.space, self._rows[place])
        written = [(float(value), False) for value in self._rows[place]]
        return distances_from(self._place.space, situation, written, self._weights)
