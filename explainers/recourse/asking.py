"""Asking for plans: the task is made, searched, and searched again for what else is asked about the same instance."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.given import count_of
from ...engine.plans.parts import Table, Task
from ...engine.plans.search import Found, PlanHunt
from ...engine.status import Status, Stop
from ..session.session import Session
from .certified import Certifying
from .frontier import Frontier, frontier_of
from .lasting import Adversary
from .nearest import axes_seen
from .plan import Plan
from .planning import Named, Plans
from .plausible import SLACK
from .results import Recourse
from .solving import Solved
from .stages import Stages, stages_of, walk_of
from .wanting import Aim, aims_of


class Asker:
    """What was asked about an instance, which can be asked again.

    Parameters
    ----------
    session : Session
        The model, the domain and the instance, as they are now: what becomes of the session later changes nothing here.
    said : mapping
        The arguments of ``recourse``.
    seconds : float or None
        How much time each asking has, unless it is told otherwise.
    """

    def __init__(self, session: Session[Any], said: Named, seconds: float | None) -> None:
        self._answers = session.beside()  # a session does not hold its answers
        self.session: Session[Any] = self._answers.session
        self.said, self._seconds = said, seconds

    @cached_property
    def aims(self) -> list[Aim]:
        """What is wanted, of each model."""
        return aims_of(self.session, self.said)

    @cached_property
    def asked(self) -> Plans:
        """What is asked, read."""
        return Plans(self.session, self.said, [aim.view for aim in self.aims])

    def anew(self, time_limit: float | None) -> AbstractContextManager[Deadline]:
        """Return the time that an asking has, while a ``with`` block lasts; Ctrl-C ends it."""
        return self.session.query(self._seconds if time_limit is None else time_limit)

    def scaled(self, times: float) -> Plans:
        """Return what is asked with so many times the slack."""
        slack = {name: radius * times for name, radius in self.said["slack"].items()}
        return Plans(self.session, {**self.said, "slack": slack}, self.asked.views)

    def bearing(
        self, task: Task, deadline: Deadline, dropped: frozenset[str] = frozenset(), asked: Plans | None = None
    ) -> Task:
        """Return a task whose points hold in the box around them as well, where that is asked."""
        asked = self.asked if asked is None else asked
        if not asked.radii or SLACK in dropped:
            return task
        return replace(task, bears=Adversary(asked, task.axes, asked.radii, deadline).rule)

    def frontier(self, by: Any, step: Any, most: Any, deadline: Deadline) -> Frontier:
        """Return the efficient plans by cost and a second way."""
        return frontier_of(self, by, step, most, deadline)

    def stages(self, at_most: Any, budget: Any, before: Any, deadline: Deadline) -> Stages:
        """Return the cheapest plan that can be walked in stages."""
        return stages_of(self, walk_of(self, at_most, budget, before), deadline)

    def plans(self, deadline: Deadline, dropped: frozenset[str] = frozenset()) -> Recourse:
        """Return the cheapest plans, without the constraints that are dropped."""
        asked, says = self.asked, self.aims[0].says
        names = tuple(name for name in asked.names if name not in dropped)
        n, differ = asked.said.get("n", 1), count_of(asked.said.get("differ", 1), "differ")
        first = task = self.bearing(asked.task(dropped), deadline, dropped)
        proven = Certifying(asked, first, dropped)
        found: list[Plan] = []
        best = Found(None, math.inf, 0.0)
        while n is None or len(found) < n:
            best = PlanHunt(task).cheapest(deadline, Found(None, math.inf, best.lower if found else 0.0))
            if best.point is None:
                break
            status = Status.OPTIMAL if best.proved else Status.BEST_SO_FAR
            found.append(Solved(asked, self.aims, first).plan(best.point, best.cost, best.lower, status))
            levers = [a for a, axis in enumerate(task.axes) if best.point[a] != axis.own]
            if not levers or deadline.expired():
                break
            task = replace(task, tables=(*task.tables, _others(task, levers, differ)))
        stop = Stop.NONE if best.proved else deadline.stop
        if not found:
            status = Status.INFEASIBLE if best.lower == math.inf else Status.BEST_SO_FAR
            return Recourse((), status, stop, deadline.elapsed, best.lower, says, names, self, proven)
        status = found[0].status if best.proved else Status.BEST_SO_FAR
        return Recourse(tuple(found), status, stop, deadline.elapsed, found[0].lower, says, names, self, proven)

    def nearest_row(self, data: Any, deadline: Deadline) -> Plan | None:
        """Return the cheapest row of data that is a plan; None if none is."""
        rows = self.asked.data if data is None else self.asked.read(data)
        if rows is None:
            raise BadInputError("nearest_row looks among rows: give data=")
        axes, points = axes_seen(self.asked, rows)
        task = self.bearing(self.asked.over_axes(axes), deadline)
        hunt = PlanHunt(task)
        (allowed,) = np.nonzero((points >= 0).all(axis=1))
        cost = sum((of[points[allowed, a]] for a, of in enumerate(task.cost)), np.zeros(len(allowed)))
        seen: set[bytes] = set()
        for place in np.argsort(cost, kind="stable").tolist():
            number = int(allowed[place])
            point = points[number].astype(np.int32)
            if deadline.expired():
                raise deadline.undecided("which row is the nearest")
            if point.tobytes() in seen:
                continue
            seen.add(point.tobytes())
            if hunt.accepts(point):
                price = task.price(point)
                return Solved(self.asked, self.aims, task).plan(point, price, price, Status.OPTIMAL, origin=number)
        return None


def _others(task: Task, levers: list[int], differ: int) -> Table:
    """Return a table by which some of the features that a plan changes stay as they are."""
    of = [np.zeros(len(axis)) for axis in task.axes]
    for a in levers:
        of[a][:] = 1.0
        of[a][task.axes[a].own] = 0.0
    return Table(of, float(max(0, len(levers) - differ)))
