"""From arguments to plans: the task is made and searched, its best points are told, and confirmed by ``predict``."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...encoders.columns.containers import in_dtype
from ...encoders.columns.told import Row
from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.plain_numbers import plainest
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.given import is_whole
from ...engine.plans.parts import Axis, Table, Task
from ...engine.plans.search import Found, PlanHunt
from ...engine.reasons.spelling import value_text
from ...engine.status import Status, Stop
from ..session.session import Session
from .lasting import Adversary
from .names import MISSING, name_of
from .planning import Named, Plans
from .plausible import SLACK
from .results import Plan, Recourse, Step
from .wanting import Aim, aims_of, check_rows


@dataclass(frozen=True, eq=False)
class Solved:
    """A task whose points are told as plans."""

    asked: Plans
    aims: list[Aim]
    task: Task
    wanted: str

    def plan(self, point: I32, cost: float, lower: float, status: Status) -> Plan:
        """Return a point as a plan, confirmed by the models.

        Raises
        ------
        SelfCheckError
            If a model does not decide the row as wanted.
        """
        session = self.asked.session
        row, exact = _told(self.asked, self.task.axes, point, rounded=self.asked.said.get("rounded") is True)
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
    names = tuple(name for name in asked.names if name not in dropped)
    n, differ = asked.said.get("n", 1), asked.said.get("differ", 1)
    if not is_whole(differ) or differ < 1:
        raise BadInputError(f"differ={shown(differ)}: expected how many features plans differ in, a number from 1")
    first = task = asked.task(dropped)
    if asked.radii and SLACK not in dropped:
        first = task = replace(task, bears=Adversary(asked, task.axes, asked.radii, deadline).rule)
    plans: list[Plan] = []
    best = Found(None, math.inf, 0.0)
    while n is None or len(plans) < n:
        best = PlanHunt(task).cheapest(deadline, Found(None, math.inf, best.lower if plans else 0.0))
        if best.point is None:
            break
        status = Status.OPTIMAL if best.proved else Status.BEST_SO_FAR
        plans.append(Solved(asked, aims, first, aims[0].says).plan(best.point, best.cost, best.lower, status))
        levers = [a for a, axis in enumerate(task.axes) if best.point[a] != axis.own]
        if not levers or deadline.expired():
            break
        task = replace(task, tables=(*task.tables, _others(task, levers, int(differ))))
    stop = Stop.NONE if best.proved else deadline.stop
    if not plans:
        status = Status.INFEASIBLE if best.lower == math.inf else Status.BEST_SO_FAR
        return Recourse((), status, stop, deadline.elapsed, best.lower, aims[0].says, names, again)
    status = plans[0].status if best.proved else Status.BEST_SO_FAR
    found = tuple(plans)
    return Recourse(found, status, stop, deadline.elapsed, plans[0].lower, aims[0].says, names, again)


def _others(task: Task, levers: list[int], differ: int) -> Table:
    """Return a table by which some of the features that a plan changes stay as they are."""
    of = [np.zeros(len(axis)) for axis in task.axes]
    for a in levers:
        of[a][:] = 1.0
        of[a][task.axes[a].own] = 0.0
    return Table(of, float(max(0, len(levers) - differ)))


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
            exact = exact and _reader(asked, axis)(number) == float(values[0])
            values = np.array([number])
        read[list(axis.columns)] = values
    return session.teller.told(read, session.here.row), exact


def _reader(asked: Plans, axis: Axis) -> Callable[[float], float]:
    """Return what tells which number the model reads for one that a user writes."""
    column = axis.columns[0]
    dtype, reading = asked.session.teller.kind.dtypes[column], asked.session.compiled.vocabulary.reading_of(column)
    known = ("float32", "float64")
    if isinstance(dtype, np.dtype) and dtype.name in known and reading.value in known:
        narrow = "float32" in (dtype.name, reading.value)
        hold = ctypes.c_float if narrow else ctypes.c_double  # rounds as numpy does, in a tenth of the time
        return lambda number: hold(number).value

    def reads(number: float) -> float:
        told = float(in_dtype(number, dtype, None))
        return float(reading.cast(np.array([told]))[0])

    return reads


def _short(asked: Plans, axis: Axis, option: int, *, rounded: bool) -> float:
    """Return the number of an option in few digits; `rounded`: one further away that is as good, with fewer."""
    number, own = float(axis.values[option, 0]), float(axis.values[axis.own, 0])
    low = high = number
    if rounded and axis.ordered:
        low, high = asked.stretch(axis, option)
    return plainest(low, high, number if math.isnan(own) else own, _reader(asked, axis), exact=low == high)


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
            now = _reader(asked, axis)(float(new))
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
