"""The inputs with an outcome that is sought that are nearest to given rows: a distance in the spread of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...engine import _native
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.attributes import Attribute
from ...engine.domain.instance import Situation, situate
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.errors import BadInputError, TheoryError
from .hunt import Hunt
from .sought import Sought
from .subject import Subject


class Near(NamedTuple):
    """An input near a given row.

    Attributes
    ----------
    point : ndarray of int32
        A cell for each attribute.
    row : int
        The row.
    distance : float
        The sum over the features of how far it is, in units of the feature's spread over the rows (categories: 1).
    """

    point: I32
    row: int
    distance: float


class NearRows:
    """Looks for the inputs that are nearest to given rows.

    Parameters
    ----------
    subject : Subject
        The model.
    hunt : Hunt
        Where it is looked for.
    data : rows
        The given rows; those outside the domain are left out.
    """

    def __init__(self, subject: Subject, hunt: Hunt, data: Any) -> None:
        self.subject, self.hunt = subject, hunt
        self.given = plain_rows(data)
        self.read: F64 = subject.session.compiled.read(self.given)
        if len(self.read) == 0:
            raise BadInputError("near has no rows: expected at least one")
        self.situations = dict(self._placed())
        self._ends: dict[int, F64] = {}  # of the cells of a feature's numbers
        self.complete = True  # whether all rows were looked at to the end
        with np.errstate(invalid="ignore"):
            low, high = np.nanmin(self.read, axis=0), np.nanmax(self.read, axis=0)
        self._spread = np.where(high > low, high - low, 1.0)

    def _placed(self) -> Iterator[tuple[int, Situation]]:
        for number, row in enumerate(self.read):
            try:
                yield number, situate(self.hunt.place.space, row)
            except TheoryError:
                continue

    def find(self, sought: Sought, k: int, deadline: Deadline) -> list[Near]:
        """Return the k nearest inputs that are known, each near another row, nearest first."""
        known: list[Near] = []
        for base, number in sorted(self._bases()):
            if deadline.expired():
                self.complete = False
                break
            most = known[k - 1].distance if len(known) >= k else np.inf
            if base >= most:
                break
            one = self._nearest(sought, number, most, deadline)
            if one is not None:
                known = sorted([*known, one], key=lambda near: near.distance)[:k]
        return known

    def _bases(self) -> Iterator[tuple[float, int]]:
        """Yield for each row how far it is from the nearest box, and its number."""
        for number, situation in self.situations.items():
            costs = self._costs(situation)
            yield min(_cost(costs, _entered(box, costs)) for box in self.hunt.place.boxes), number

    def _costs(self, situation: Situation) -> list[F64]:
        attributes = self.hunt.place.space.attributes
        return [self._cells(a, situation, own) for a, own in zip(attributes, situation.cells.tolist(), strict=True)]

    def _cells(self, attribute: Attribute, situation: Situation, own: int) -> F64:
        """Return how far a row is from each cell of an attribute."""
        apart: F64 = (np.arange(attribute.n_cells) != own).astype(float)
        if attribute.ranges is None:
            return apart
        column = self.subject.features[attribute.feature].columns[0]
        value = float(situation.row[column])
        if np.isnan(value):
            return apart
        key = attribute.feature
        if key not in self._ends:
            parts = [attribute.ranges(cell) for cell in range(attribute.n_cells)]
            most = max(map(len, parts))
            self._ends[key] = np.array([[*one, *[(np.inf, np.inf)] * (most - len(one))] for one in parts])
        low, high = self._ends[key][:, :, 0], self._ends[key][:, :, 1]
        away = np.maximum(np.maximum(low - value, value - high), 0.0).min(axis=1)
        distance = away / self._spread[column]
        found: F64 = np.where(np.isinf(distance), 1.0, distance) * apart
        return found

    def _nearest(self, sought: Sought, number: int, most: float, deadline: Deadline) -> Near | None:
        """Return the nearest input to a row, if it is nearer than `most`."""
        costs, best = self._costs(self.situations[number]), None
        for box in self.hunt.place.boxes:
            start = _entered(box, costs)
            base = _cost(costs, start)
            for question in self.hunt.questions(sought, True):
                if question is None or base >= most:
                    continue
                found = self._in_box(question, box, costs, start, most - base, deadline)
                if found is not None and base + found[1] < most:
                    most = base + found[1]
                    best = Near(found[0], number, most)
        return best

    def _in_box(
        self, question: EnsembleQuestion, box: Region, costs: list[F64], start: I32, room: float, deadline: Deadline
    ) -> tuple[I32, float] | None:
        """Return the cheapest input of a box, and what it costs beyond its nearest point; None if that is too much."""
        if question.bad(start):
            return start, 0.0
        extra = [own - own[cell] for own, cell in zip(costs, start, strict=True)]
        within = _within(box, extra, room)
        question.move(question.sums, question.columns, start)
        question.set_region(within)
        code = question.answer(deadline)
        if code != FOUND:
            self.complete = self.complete and code == NONE
            return None
        at = np.cumsum([0, *map(len, extra)]).astype(np.int64)
        prices = np.maximum(np.concatenate(extra), 0.0)
        barred = (~within.allowed).astype(np.int32)
        asked = _native.ChangeQuestion(question.problem, start, _native.Outer(within.low, within.high, barred))
        known = _native.Nearest(asked, _native.Costs(at, prices), question.point.copy())
        question.run(deadline, _native.find_nearest, asked, known, question.work)
        self.complete = self.complete and known.status != 2
        return (known.point.copy(), float(known.cost)) if known.point is not None else None


def _entered(box: Region, costs: list[F64]) -> I32:
    """Return the cheapest cells of a box."""
    point = np.zeros(len(costs), np.int32)
    for a, own in enumerate(costs):
        mine = box.allowed[box.base[a] : box.base[a + 1]]
        if len(mine):
            point[a] = int(np.where(mine, own, np.inf).argmin())
        else:
            point[a] = int(box.low[a]) + int(own[box.low[a] : box.high[a] + 1].argmin())
    return point


def _cost(costs: list[F64], point: I32) -> float:
    return float(sum(own[cell] for own, cell in zip(costs, point, strict=True)))


def _within(box: Region, extra: list[F64], room: float) -> Region:
    """Return the part of a box whose cells alone cost no more than there is room for."""
    low, high, allowed = box.low.copy(), box.high.copy(), box.allowed.copy()
    for a, own in enumerate(extra):
        near: Bools = own <= room
        if box.base[a + 1] > box.base[a]:
            allowed[box.base[a] : box.base[a + 1]] &= near
        else:
            places = np.nonzero(near[low[a] : high[a] + 1])[0] + low[a]
            low[a], high[a] = int(places[0]), int(places[-1])
    return Region(low, high, allowed, box.base)
