"""From arguments to plans: the task is made and searched, its best points are told, and confirmed by ``predict``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.columns.containers import in_dtype
from ...encoders.columns.told import Row
from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.plain_numbers import plainest
from ...engine.errors import SelfCheckError
from ...engine.plans.parts import Axis, Task
from ...engine.plans.search import Found, PlanHunt
from ...engine.reasons.spelling import value_text
from ...engine.status import Status, Stop
from ..session.session import Session
from .names import MISSING, name_of
from .planning import Named, Plans
from .results import Plan, Recourse, Step
from .wanting import Aim, aims_of, check_rows


@dataclass(frozen=True, eq=False)
class Solved:
    """A task with what the search found."""

    asked: Plans
    aims: list[Aim]
    task: Task
    found: Found
    wanted: str

    def plan(self, point: I32, cost: float, lower: float, status: Status) -> Plan:
        """Return a point as a plan, confirmed by the models.

        Raises
        ------
        SelfCheckError
            If a model does not decide the row as wanted.
        """
        session = self.asked.session
        row, exact = _told(self.asked, self.task.axes, point, rounded=bool(self.asked.said.get("rounded")))
        if not check_rows(self.aims, session, row):
            row, exact = _told(self.asked, self.task.axes, point, rounded=False)
            if not check_rows(self.aims, session, row):
                raise SelfCheckError(
                    f"a model's own predict says of the plan {row!r} that it is none: please report this with the model"
                )
        steps = _steps(self.asked, self.task, point, row)
        told = cost if exact else sum(step.cost for step in steps)
        if status is Status.OPTIMAL and told > lower:
            status = Status.PROVED
        return Plan(row, session.own_row()(), steps, told, lower, status, self.wanted, tuple(point.tolist()))


def solve(session: Session[Any], said: Named, deadline: Deadline) -> Recourse:
    """Return plans for the instance of a session."""
    aims = aims_of(session, said)
    asked = Plans(session, said, [aim.view for aim in aims])

    def again(names: Sequence[str]) -> Recourse:
        return _solved(asked, aims, frozenset(names), Deadline(deadline.seconds))

    return _solved(asked, aims, frozenset(), deadline, again)


def _solved(asked: Plans, aims: list[Aim], dropped: frozenset[str], deadline: Deadline, again: Any = None) -> Recourse:
    task = asked.task(dropped)
    hunt = PlanHunt(task)
    found = hunt.cheapest(deadline)
    wanted = aims[0].says
    solved = Solved(asked, aims, task, found, wanted)
    stop = deadline.stop if not found.proved else Stop.NONE
    names = tuple(name for name in asked.allowed.names() if name not in dropped)
    if found.point is None:
        status = Status.INFEASIBLE if found.lower == math.inf else Status.BEST_SO_FAR
        return Recourse((), status, stop, deadline.elapsed, found.lower, wanted, names, again)
    status = Status.OPTIMAL if found.proved else Status.BEST_SO_FAR
    plan = solved.plan(found.point, found.cost, found.lower, status)
    return Recourse((plan,), plan.status, stop, deadline.elapsed, found.lower, wanted, names, again)


# -- rows and words --------------------------------------------------------------------------------------------


def _told(asked: Plans, axes: Sequence[Axis], point: I32, *, rounded: bool) -> tuple[Row, bool]:
    """Return the row of a point, and whether its numbers are those of the options."""
    session = asked.session
    read = session.here.row.copy()
    exact = True
    for axis, option in zip(axes, point.tolist(), strict=True):
        if option == axis.own:
            continue
        values = axis.values[option]
        if asked.frame.is_number(session.features[axis.feature]) and not np.isnan(values[0]):
            number = _short(asked, axis, option, rounded=rounded)
            exact = exact and _reads(asked, axis, number) == float(values[0])
            values = np.array([number])
        read[list(axis.columns)] = values
    return session.teller.told(read, session.here.row), exact


def _reads(asked: Plans, axis: Axis, number: float) -> float:
    """Return what the model reads for a number as it is told."""
    column = axis.columns[0]
    told = float(in_dtype(number, asked.session.teller.kind.dtypes[column], None))
    return float(asked.session.compiled.vocabulary.reading_of(column).cast(np.array([told]))[0])


def _short(asked: Plans, axis: Axis, option: int, *, rounded: bool) -> float:
    """Return the number of an option in few digits; `rounded`: one further away that is as good, with fewer."""
    number, own = float(axis.values[option, 0]), float(axis.values[axis.own, 0])
    column = axis.columns[0]

    def reads(one: float) -> float:
        told = float(in_dtype(one, asked.session.teller.kind.dtypes[column], None))
        return float(asked.session.compiled.vocabulary.reading_of(column).cast(np.array([told]))[0])

    low = high = number
    if rounded and axis.ordered:
        low, high = asked.stretch(axis, option)
    return plainest(low, high, number if math.isnan(own) else own, reads, exact=low == high)


def _steps(asked: Plans, task: Task, point: I32, row: Row) -> tuple[Step, ...]:
    """Return the changes of a plan in words, the dearest first."""
    session = asked.session
    before = session.own_row()()
    found = []
    for a, (axis, option) in enumerate(zip(task.axes, point.tolist(), strict=True)):
        if option == axis.own:
            continue
        feature = session.features[axis.feature]
        cost = float(task.cost[a][option])
        if len(axis.columns) == 1:
            place = axis.columns[0]
            old, new = before.values[place], row.values[place]
        else:
            vocabulary = session.compiled.vocabulary
            old, new = (name_of(feature, vocabulary, axis.values[o]) for o in (axis.own, option))
        number = asked.frame.is_number(feature)
        if number and not np.isnan(axis.values[[axis.own, option], 0]).any():
            now = _reads(asked, axis, float(new))
            cost = asked.prices[axis.feature].of_number(float(axis.values[axis.own, 0]), now)
        found.append(Step(feature.name, old, new, _said(feature.name, axis, option, old, new, number=number), cost))
    return tuple(sorted(found, key=lambda step: -step.cost))


def _said(name: str, axis: Axis, option: int, old: Any, new: Any, *, number: bool) -> str:
    own, values = axis.values[axis.own], axis.values[option]
    if np.isnan(values).any():
        return f"leave {name} {MISSING} (now {value_text(old)})"
    if np.isnan(own).any():
        return f"tell {name}: {value_text(new)} (now {MISSING})"
    verb = ("raise" if values[0] > own[0] else "lower") if number else "change"
    return f"{verb} {name} from {value_text(old)} to {value_text(new)}"
