"""The largest ball around a row in which the outcome stays, and an input outside O that is as near as can be.

**Maximum norm.** A ball is a box of cells. Radii grow by doubling while the box holds, then the gap between the last
one that holds and the nearest input outside O that is known is halved; each input that is found closes it further.
**L1 and L0** are sums over the features: branch and bound on the cost (``native/ensembles/nearest.hpp``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...engine._native import ChangeQuestion, Costs, Outer, narrow_literals
from ...engine.arrays import F64, I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import NONE, UNKNOWN
from ...engine.ensembles.changes.nearest import nearest
from ...engine.ensembles.layout import Layout
from ...engine.ensembles.question import EnsembleQuestion

NORMS = ("linf", "l1", "l0")
_SUMS = 1e-12  # parts of a sum of distances that rounding may lose; searches leave as much


class Cells(NamedTuple):
    """How far cells are, see ``distances``; and where inputs are looked for."""

    at: I64
    far: F64
    allowed: Bools  # finite distances, of features that may change

    def of(self, a: int) -> slice:
        """Return where the cells of an attribute lie."""
        return slice(int(self.at[a]), int(self.at[a + 1]))

    def of_point(self, point: I32) -> F64:
        """Return how far each attribute of a point is."""
        far: F64 = self.far[self.at[:-1] + point]
        return far


class Ball(NamedTuple):
    """What is known of the largest ball.

    Attributes
    ----------
    lower : float
        All inputs nearer than this have the outcome.
    point : ndarray of int32 or None
        An input outside O; None: none is known.
    upper : float
        How far its cells are (infinite without one).
    """

    lower: float
    point: I32 | None
    upper: float


class RadiusSearch:
    """Looks for the nearest input outside O.

    Parameters
    ----------
    ask : callable
        Returns the question about the instance; what is in doubt counts as outside O, or for ``ask(True)`` as inside.
    slack : bool
        Whether anything may be in doubt.
    cells : Cells
        Distances.
    norm : str
        One of ``NORMS``.
    """

    def __init__(self, ask: Callable[[bool], EnsembleQuestion], slack: bool, cells: Cells, norm: str) -> None:
        self._ask, self._slack, self._cells, self._norm = ask, slack, cells, norm

    def ball(self, deadline: Deadline, most: float = np.inf) -> Ball:
        """Return what is known of the largest ball once the search ends.

        Parameters
        ----------
        deadline : Deadline
            When to stop.
        most : float
            Whether all inputs up to this distance have the outcome is all that is asked.
        """
        question = self._ask(False)
        found = self._search(question, deadline, most)
        if found.point is not None and self._slack:
            sure = self._ask(True)  # its sums are outside O whatever rounding does
            if not sure.bad(found.point):
                other = self._search(sure, deadline, most)
                found = Ball(found.lower, other.point, other.upper)
            question = sure
        return self._fewer(question, found, deadline)

    def within(self, away: bool, deadline: Deadline, most: float) -> Ball:
        """Return a ball beyond a distance, or an input up to it: whether there is one is all that is asked.

        Doubt counts as outside O throughout, or (`away`) as inside.
        """
        question, cells = self._ask(away), self._cells
        code = _answer(question, cells, most, deadline)
        if code == NONE:
            return Ball(float(np.nextafter(most, np.inf)), None, np.inf)
        if code == UNKNOWN:
            return Ball(0.0, None, np.inf)
        found = self._nearer(question, question.point, most, deadline)
        if self._norm == "linf" or found.upper <= most:
            return found
        return self._cheapest(question, deadline, most, found.point)

    def _fewer(self, question: EnsembleQuestion, found: Ball, deadline: Deadline) -> Ball:
        """Return the ball with a point that changes no feature for nothing."""
        if found.point is None or self._norm != "linf":  # sums leave nothing out that could stay
            return found
        nearer = self._nearer(question, found.point, found.upper, deadline)
        return Ball(found.lower, nearer.point, min(found.upper, nearer.upper))

    def _nearer(self, question: EnsembleQuestion, point: I32, most: float, deadline: Deadline) -> Ball:
        """Return an input that changes no more than it has to of another one, and how far it is."""
        cells = self._cells
        outer = box_of(question.layout, cells, cells.allowed & (cells.far <= most))
        asked = ChangeQuestion(question.problem, question.cells, outer)
        nearer = point.copy()
        order = np.argsort(-cells.of_point(nearer), kind="stable").astype(np.int32)
        question.run(deadline, narrow_literals, asked, question.box, nearer, order, question.work)
        far = cells.of_point(nearer)
        return Ball(0.0, nearer, float(far.max(initial=0.0) if self._norm == "linf" else far.sum()))

    def _search(self, question: EnsembleQuestion, deadline: Deadline, most: float) -> Ball:
        if self._norm == "linf":
            return _Boxes(question, self._cells, deadline).widest(most)
        return self._cheapest(question, deadline, most)

    def _cheapest(self, question: EnsembleQuestion, deadline: Deadline, most: float, start: I32 | None = None) -> Ball:
        """Return the ball of a distance that is a sum; `start`: an input that is known."""
        cells = self._cells
        outer = box_of(question.layout, cells, cells.allowed & (cells.far <= most))
        asked = ChangeQuestion(question.problem, question.cells, outer)
        costs = np.where(np.isfinite(cells.far), cells.far, 0.0)  # those are barred

        def run(function: Any, *arguments: Any) -> int:
            return question.run(deadline, function, *arguments)

        found = nearest(asked, Costs(cells.at, costs), question.work, run, start)
        if found.status == NONE:
            return Ball(float(np.nextafter(most, np.inf)) if np.isfinite(most) else np.inf, None, np.inf)
        lower = max(0.0, float(found.lower) * (1 - 2 * _SUMS))
        if found.point is None:
            return Ball(lower, None, np.inf)
        return Ball(lower, found.point, float(found.cost))


class _Boxes:
    """Widens a box of cells by their greatest distance."""

    def __init__(self, question: EnsembleQuestion, cells: Cells, deadline: Deadline) -> None:
        self._question, self._cells, self._deadline = question, cells, deadline
        self._levels = np.unique(cells.far[cells.allowed & np.isfinite(cells.far)])
        self._interval = question.layout.interval

    def widest(self, most: float) -> Ball:
        """Return the largest ball, by halving."""
        levels = self._levels
        end = int(np.searchsorted(levels, most, side="right")) if np.isfinite(most) else len(levels)
        clean, point, bad = -1, None, end  # boxes up to a level `clean` hold, those up to `bad` do not
        step = 1
        while bad - clean > 1:
            middle = self._next(clean, bad, point is not None, step)
            step += 1
            answer = self._ask(float(levels[middle]))
            if answer == UNKNOWN:
                break
            if answer == NONE:
                clean = middle
                continue
            point = self._question.point.copy()
            bad = int(np.searchsorted(levels, float(self._cells.of_point(point).max(initial=0.0))))
        if point is None:
            if bad - clean > 1:  # time was up
                return Ball(float(levels[clean + 1]), None, np.inf)
            beyond = np.inf if end == len(levels) else float(levels[end])
            return Ball(beyond, None, np.inf)
        return Ball(float(levels[min(clean + 1, bad)]), point, float(levels[bad]))

    def _next(self, clean: int, bad: int, known: bool, step: int) -> int:
        """Return the next level to try: twice as far as the last one, the middle between the known ones later."""
        levels = self._levels
        if known:
            near = float(levels[clean]) if clean >= 0 else 0.0
            middle = int(np.searchsorted(levels, (near + float(levels[bad])) / 2))
            return min(max(middle, clean + 1), bad - 1)
        if clean < 0:
            positive = int(np.searchsorted(levels, 0.0, side="right"))
            return min(max(positive, 0), bad - 1)
        double = int(np.searchsorted(levels, 2.0 * float(levels[clean]), side="right"))
        return int(min(max(double, clean + 2 ** min(step, 30)), bad - 1))

    def _ask(self, radius: float) -> int:
        return _answer(self._question, self._cells, radius, self._deadline)


def _answer(question: EnsembleQuestion, cells: Cells, radius: float, deadline: Deadline) -> int:
    """Return whether an input whose cells are no further than a radius, each of them, is outside O."""
    outer = box_of(question.layout, cells, cells.allowed & (cells.far <= radius))
    question.set_ranges(outer.lo, outer.hi, outer.barred == 0)
    return question.answer(deadline)


def box_of(layout: Layout, cells: Cells, within: Bools) -> Outer:
    """Return the box of some cells; those of attributes that cuts describe lie side by side."""
    sizes = np.diff(cells.at)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(int(cells.at[-1])) - cells.at[owner]
    last = sizes - 1
    lo, hi = last.copy(), np.zeros(len(sizes), np.int64)
    np.minimum.at(lo, owner[within], place[within])
    np.maximum.at(hi, owner[within], place[within])
    listed = ~layout.interval[owner] if len(owner) else np.zeros(0, np.bool_)
    barred = (~within[listed]).astype(np.int32)
    lo, hi = np.where(layout.interval, lo, 0), np.where(layout.interval, hi, last)
    return Outer(lo.astype(np.int32), hi.astype(np.int32), barred)
