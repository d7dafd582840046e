"""From points of a search to plans: rows in the user's types, changes in words, confirmed by ``predict``."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.columns.containers import in_dtype
from ...encoders.columns.told import Row
from ...engine.arrays import I32
from ...engine.domain.plain_numbers import plainest
from ...engine.errors import SelfCheckError
from ...engine.plans.parts import Axis, Task
from ...engine.reasons.spelling import value_text
from ...engine.status import Status
from .names import MISSING, name_of
from .plan import Plan, Step
from .planning import Plans
from .wanting import Aim, check_rows


@dataclass(frozen=True, eq=False)
class Solved:
    """A task whose points are told as plans."""

    asked: Plans
    aims: list[Aim]
    task: Task

    def plan(
        self, point: I32, cost: float, lower: float, status: Status, *, origin: int | None = None, exact: bool = False
    ) -> Plan:
        """Return a point as a plan, confirmed by the models.

        Parameters
        ----------
        point : ndarray of int32
            The option of each axis.
        cost, lower : float
            What it costs, and what plans cost at least.
        status : Status
            How far it is proved.
        origin : int, optional
            The row of the data that it is.
        exact : bool
            Whether numbers are told as they are, not rounded.

        Raises
        ------
        SelfCheckError
            If a model does not decide the row as wanted.
        """
        session = self.asked.session
        rounded = origin is None and not exact and self.asked.said.get("rounded") is True
        row, as_asked = told_row(self.asked, self.task.axes, point, rounded=rounded)
        if not check_rows(self.aims, session, row):
            row, as_asked = told_row(self.asked, self.task.axes, point, rounded=False)
            if not check_rows(self.aims, session, row):
                raise SelfCheckError(
                    f"a model's own predict says of the plan {row!r} that it is none: please report this with the model"
                )
        steps = _steps(self.asked, self.task, point, row)
        told = cost if as_asked else sum(step.cost for step in steps)
        if status is Status.OPTIMAL and told > lower:
            status = Status.PROVED
        options = tuple(point.tolist())
        return Plan(row, session.own_row()(), steps, told, lower, status, self.aims[0].says, options, origin)


# -- rows and words --------------------------------------------------------------------------------------------


def told_row(asked: Plans, axes: Sequence[Axis], point: I32, *, rounded: bool) -> tuple[Row, bool]:
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
