"""Which actions serve a row: its own constraints, and the models' own arithmetic, are asked about each of them.

The row's features get the options to which actions lead, of those that are allowed. So an action is a point of options,
and what rules, limits and models say of it is what they say of any plan.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.errors import SelfCheckError
from ...engine.plans.parts import Axis, Task
from ...engine.plans.search import PlanHunt
from ...engine.status import Status
from ..recourse.axes import Frame, Room
from ..recourse.lasting import Adversary
from ..recourse.names import MISSING, name_of, same_name
from ..recourse.plan import Plan
from ..recourse.planning import Plans
from ..recourse.solving import Solved
from ..recourse.wanting import Aim, aims_of
from .actions import BY, RISE, TO, Action, Change

Goals = Mapping[int, Sequence[tuple[bool, float]]]  # of a feature: whether it goes upwards, and to what


class FewOptions(Frame):
    """A row whose features may only go where actions lead: features that none changes stay."""

    goals: Goals
    moved: frozenset[int]

    def axis(self, index: int, room: Room) -> Axis | None:
        """Return the options of a feature."""
        bare = super().axis(index, replace(room, still=True))
        if bare is None or room.still or index not in self.moved:
            return bare
        feature = self.features[index]
        if not self.is_number(feature) or feature.listed:
            return super().axis(index, room)
        line = self.line(index, room)
        found = {line.own}
        for up, goal in self.goals.get(index, ()):
            if not math.isnan(line.own) and (line.own >= goal if up else line.own <= goal):
                continue
            near = line._replace(own=goal) if math.isnan(line.own) else line
            number = near.nearest(goal, math.inf) if up else near.nearest(-math.inf, goal)
            found |= set() if number is None else {number}
        numbers = sorted(number for number in found if not math.isnan(number))
        numbers += [math.nan] if math.isnan(line.own) else []
        own = len(numbers) - 1 if math.isnan(line.own) else numbers.index(line.own)
        return Axis(index, feature.columns, np.array(numbers).reshape(-1, 1), own, bare.ordered)


class ActedPlans(Plans):
    """What is asked of a row, with the options that actions name."""

    @cached_property
    def frame(self) -> Frame:
        """The row and the models over it."""
        own = self.session
        views = [(view.vocabulary, view.row) for view in self.views]
        found = FewOptions(own.features, own.here.row, own.teller.kind, views)
        found.goals, found.moved = self.said["goals"], self.said["moved"]
        return found


class Service(NamedTuple):
    """How a row is served by an action.

    Attributes
    ----------
    cost : float
        What the changes cost that it makes: the cheapest of those sets of changes that do.
    point : ndarray of int32
        The options.
    """

    cost: float
    point: I32


class Served:
    """Which of some actions serve the row at which a session is.

    Parameters
    ----------
    session : Session
        The model and the row.
    said : mapping
        The arguments of ``recourse``.
    changes : sequence of Change
        All changes that actions are made of.
    """

    def __init__(self, session: Any, said: Mapping[str, Any], changes: Sequence[Change], deadline: Deadline) -> None:
        self.aims: list[Aim] = aims_of(session, said)
        views = [aim.view for aim in self.aims]
        index = {change.feature: session.feature_index(change.feature) for change in changes}
        plain = Plans(session, said, views)
        own = session.here.row
        goals: dict[int, list[tuple[bool, float]]] = {}
        self._goals: dict[Change, tuple[bool, float]] = {}
        for change in changes:
            if change.kind == TO:
                continue
            i = index[change.feature]
            goal = _goal(change, float(own[session.features[i].columns[0]]), plain, i)
            if goal is not None:
                self._goals[change] = goal
                goals.setdefault(i, []).append(goal)
        self.plans = ActedPlans(session, {**said, "goals": goals, "moved": frozenset(index.values())}, views)
        self.task: Task = self.plans.task()
        if self.plans.radii:
            bears = Adversary(self.plans, self.task.axes, self.plans.radii, deadline).rule
            self.task = replace(self.task, bears=bears)
        place = {axis.feature: a for a, axis in enumerate(self.task.axes)}
        self._option = {change: self._of(change, place.get(index[change.feature])) for change in changes}
        self._place = {change: place.get(index[change.feature]) for change in changes}
        self._hunt = PlanHunt(self.task)
        self._known: dict[bytes, bool] = {}

    def _of(self, change: Change, a: int | None) -> int | None:
        """Return the option that a change leads to; None where the row may not make it."""
        if a is None:
            return None
        axis: Axis = self.task.axes[a]
        if change.kind == TO:
            session = self.plans.session
            feature, vocabulary = session.features[axis.feature], session.compiled.vocabulary
            names = [name_of(feature, vocabulary, values) for values in axis.values]
            return next((o for o, name in enumerate(names) if name != MISSING and same_name(name, change.value)), None)
        goal = self._goals.get(change)
        if goal is None:
            return None
        up, value = goal
        numbers: F64 = axis.values[:, 0]
        own = float(numbers[axis.own])
        if not math.isnan(own) and (own >= value if up else own <= value):
            return axis.own
        reached = np.nonzero(numbers >= value if up else numbers <= value)[0]
        if not len(reached):
            return None
        return int(reached[np.argmin(numbers[reached]) if up else np.argmax(numbers[reached])])

    def by(self, action: Action) -> Service | None:
        """Return how an action serves the row; None where it does not."""
        options = [(self._place[c], self._option[c]) for c in action.changes]
        usable = [(a, o) for a, o in options if a is not None and o is not None and o != self.task.axes[a].own]
        best: Service | None = None
        for size in range(1, len(usable) + 1):
            for chosen in itertools.combinations(usable, size):
                point = self.task.own.copy()
                for a, option in chosen:
                    point[a] = option
                cost = self.task.price(point)
                if (best is None or cost < best.cost) and self._accepts(point):
                    best = Service(cost, point)
        return best

    def _accepts(self, point: I32) -> bool:
        key = point.tobytes()
        if key not in self._known:
            self._known[key] = not self.task.breaks(point) and self._hunt.accepts(point)
        return self._known[key]

    def confirmed(self, services: Sequence[Service]) -> None:
        """Let the models' own ``predict`` confirm all that serves the row.

        Raises
        ------
        SelfCheckError
            If one says otherwise.
        """
        points = {service.point.tobytes(): service.point for service in services}
        rows = [self.plans.row_of(self.task.axes, point) for point in points.values()]
        for aim in self.aims if rows else ():
            own = aim.view.session
            teller = self.plans.session.teller if own is None else own.anyones.of(own.compiled)
            told = teller.predictions(rows)
            for i, row in enumerate(rows):
                if not aim.fits(told[i : i + 1]):
                    raise SelfCheckError(
                        f"a model's own predict says of {row!r} that it is not decided as wanted: please report this "
                        "with the model"
                    )

    def plan(self, service: Service, lower: float) -> Plan:
        """Return what a row does, confirmed by the models' own ``predict``."""
        solved = Solved(self.plans, self.aims, self.task)
        status = Status.OPTIMAL if service.cost <= lower else Status.PROVED
        return solved.plan(service.point, service.cost, lower, status)


def _goal(change: Change, own: float, plans: Plans, index: int) -> tuple[bool, float] | None:
    """Return whether a change goes upwards, and the number that it has to reach; None where it means nothing."""
    lattice = plans.frame.lattice(plans.session.features[index])
    if change.kind != BY:
        up, value = change.kind == RISE, float(change.value)
        if value > lattice.high if up else value < lattice.low:
            return None
        rounded = lattice.ceil(value) if up else lattice.floor(value)
        return up, rounded if lattice.whole else _nearest(value, lattice)
    if math.isnan(own):
        return None
    exact = Fraction(own) + Fraction(repr(float(change.value)))
    up, near = change.value > 0, float(exact)
    found = lattice.ceil(near) if up else lattice.floor(near)
    if not math.isfinite(found):
        return None
    if up:  # by no less, in numbers that the column has
        return up, found if Fraction(found) >= exact else lattice.above(found)
    return up, found if Fraction(found) <= exact else lattice.below(found)


def _nearest(number: float, lattice: Any) -> float:
    low, high = lattice.floor(number), lattice.ceil(number)
    return float(low if number - low <= high - number else high)
