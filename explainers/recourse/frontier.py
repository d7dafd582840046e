"""The efficient frontier: plans of which no other one is as cheap and better in a second way."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0, is_whole
from ...engine.plans.joined import join
from ...engine.plans.parts import Axis, Column, Part, Table, Task
from ...engine.plans.search import Found, PlanHunt
from ...engine.reasons.html import card, milliseconds
from ...engine.status import Status, Stop
from .outcomes import NO_GOAL, Sides
from .plan import Plan
from .solving import Solved

if TYPE_CHECKING:
    from pandas import DataFrame

    from .asking import Asker
    from .planning import Plans

WAYS = {
    "at_most": "features changed",
    "lead": "lead beyond what is needed",
    "plausible": "lead beyond the least that is plausible",
    "slack": "times the slack",
}
_STEP = 0.25  # of slack
_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Frontier(Sequence[Plan]):
    """Efficient plans, the cheapest first: each later one costs more, and is better in the second way.

    Attributes
    ----------
    by : str
        The second way: ``"at_most"``, ``"lead"``, ``"plausible"`` or ``"slack"``.
    plans : tuple of Plan
        The plans.
    values : tuple of float
        How good each is in the second way: how many features it changes; how far beyond what is needed it is, in the
        scores of the model (of what is usual); how many times the slack that was asked it bears
        (infinite: any).
    status : Status
        ``COMPLETE``: there are no other efficient plans (of slack: none at the steps that were tried); ``BEST_SO_FAR``:
        there may be more.
    stop : Stop
        Why it was stopped, if so.
    seconds : float
        How long it took.
    """

    by: str
    plans: tuple[Plan, ...]
    values: tuple[float, ...]
    status: Status
    stop: Stop
    seconds: float

    def __len__(self) -> int:
        return len(self.plans)

    @overload
    def __getitem__(self, index: int) -> Plan: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Plan, ...]: ...
    def __getitem__(self, index: int | slice) -> Plan | tuple[Plan, ...]:
        return self.plans[index]

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame: a row for each plan (needs pandas)."""
        import pandas

        rows = [
            (plan.cost, value, plan.lower, str(plan.status), plan.text)
            for plan, value in zip(self.plans, self.values, strict=True)
        ]
        return pandas.DataFrame(rows, columns=["cost", self.by, "lower", "status", "plan"])

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the plans again, without the model."""
        from .written import frontier_form

        return json.dumps(frontier_form(self))

    def __repr__(self) -> str:
        lines = [
            f"{i}. {plan.text} (cost {plan.cost:.6g}, {self._told(value)})"
            for i, (plan, value) in enumerate(zip(self.plans, self.values, strict=True), 1)
        ]
        return "\n".join([f"<Frontier: {self._head}>", *lines])

    def _told(self, value: float) -> str:
        return "1 feature changed" if self.by == "at_most" and value == 1 else f"{value:.6g} {WAYS[self.by]}"

    @property
    def _head(self) -> str:
        many = "1 efficient plan" if len(self.plans) == 1 else f"{len(self.plans)} efficient plans"
        said = str(self.status).replace("_", " ")
        return f"{many} by cost and {WAYS[self.by]} ({said}; {milliseconds(self.seconds)})"

    def _repr_html_(self) -> str:
        """Return the same as a table."""
        from ...engine.reasons.html import text

        rows = [
            (f"cost {plan.cost:.4g}", f"{text(plan.text)}<br><small>{self._told(value)}</small>")
            for plan, value in zip(self.plans, self.values, strict=True)
        ]
        return card("efficient plans", rows, self._head)


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """A second way in which plans are better or worse.

    Attributes
    ----------
    task : callable
        What is asked at least (None: nothing) -> the task.
    value : callable
        A task and a point -> how good it is, as it is asked.
    beyond : callable
        A value -> what is asked next.
    told : callable
        A value -> as users are told it.
    """

    task: Callable[[float | None], Task]
    value: Callable[[Task, I32], float]
    beyond: Callable[[float], float]
    told: Callable[[float], float]


def frontier_of(asker: Asker, by: Any, step: Any, most: Any, deadline: Deadline) -> Frontier:
    """Return the efficient plans: the cheapest one, then each time the cheapest that is better in the second way."""
    second = _second(asker, by, step, deadline)
    if not is_whole(most) or most < 1:
        raise BadInputError(f"most={shown(most)}: expected how many plans, a whole number from 1")
    found: list[tuple[Plan, float]] = []
    status, asked, least = Status.BEST_SO_FAR, None, 0.0
    while True:
        task = second.task(asked)
        best = PlanHunt(task).cheapest(deadline, Found(None, math.inf, least))
        if best.point is None:
            status = Status.COMPLETE if best.proved else status
            break
        value = second.value(task, best.point)
        said = Status.OPTIMAL if best.proved else Status.BEST_SO_FAR
        plan = Solved(asker.asked, asker.aims, task).plan(best.point, best.cost, best.lower, said)
        if found and found[-1][0].cost >= plan.cost * (1 - _SAME):  # as cheap, and better
            found.pop()
        if len(found) == most:
            break
        found.append((plan, value))
        if not best.proved or deadline.expired():
            break
        asked, least = second.beyond(value), best.lower
        if math.isinf(asked):  # as good as can be
            status = Status.COMPLETE
            break
    values = tuple(second.told(value) for _, value in found)
    stop = Stop.NONE if status is Status.COMPLETE else deadline.stop
    return Frontier(str(by), tuple(plan for plan, _ in found), values, status, stop, deadline.elapsed)


def _second(asker: Asker, by: Any, step: Any, deadline: Deadline) -> Second:
    if not isinstance(by, str) or by not in WAYS:
        raise BadInputError(f"by={shown(by)}: expected one of {tuple(WAYS)}")
    if step is not None and not (is_finite_from_0(step) and step > 0):
        raise BadInputError(f"step={shown(step)}: expected a positive number")
    if by == "at_most":
        return _by_changes(asker, deadline)
    if by == "slack":
        return _by_slack(asker, _STEP if step is None else float(step), deadline)
    return _by_sums(asker, by, step, deadline)


def _by_changes(asker: Asker, deadline: Deadline) -> Second:
    made = asker.bearing(asker.asked.task(), deadline)

    def task(most: float | None) -> Task:
        if most is None:
            return made
        of = [(np.arange(len(axis)) != axis.own).astype(np.float64) for axis in made.axes]
        return replace(made, tables=(*made.tables, Table(of, most)))

    def value(task: Task, point: I32) -> float:
        return float(sum(int(o != axis.own) for axis, o in zip(task.axes, point.tolist(), strict=True)))

    return Second(task, value, lambda changes: changes - 1, lambda changes: changes)


def _by_slack(asker: Asker, step: float, deadline: Deadline) -> Second:
    if not asker.asked.radii:
        raise BadInputError("by='slack': say which numbers may turn out otherwise, slack={'income': 100}")
    now, level = [0.0], [0]

    def task(times: float | None) -> Task:
        asked = asker.scaled(0.0 if times is None else times)
        made = asked.task()
        far = times is not None and all(
            radius * Fraction(times) > Fraction(_span(asked, axis))
            for axis in made.axes if (radius := asker.asked.radii.get(axis.feature)) is not None
        )  # fmt: skip
        now[0] = math.inf if far else 0.0 if times is None else times
        return asker.bearing(made, deadline, asked=asked)

    def beyond(value: float) -> float:
        level[0] += 1
        return value if math.isinf(value) else level[0] * step

    return Second(task, lambda _, __: now[0], beyond, lambda times: times)


def _span(asked: Plans, axis: Axis) -> float:
    """Return how far from each other the numbers are that an axis can have, and those at which something begins."""
    numbers = axis.values[~np.isnan(axis.values[:, 0]), 0].tolist() + list(asked.frame.starts(axis.feature))
    return max(numbers, default=0.0) - min(numbers, default=0.0)


def _by_sums(asker: Asker, by: str, step: Any, deadline: Deadline) -> Second:
    """Return a second way that sums over leaves tell: all columns of a model have to be reached by so much more."""
    views = asker.asked.views
    told = views[:1] if by == "lead" else views[asker.asked.n_deciding :]
    sides = [side for view in told for side in view.sides]
    if len(sides) != 1 or sides[0].goal is not None or not sides[0].unit:
        which = "one model whose scores add up" if by == "lead" else "plausible= with one such model"
        raise BadInputError(f"by={by!r}: it is told of {which}")
    (side,) = sides
    number = 0 if by == "lead" else sum(len(view.sides) for view in views[: asker.asked.n_deciding])
    least = 1 if step is None else max(1, math.ceil(min(float(step) / side.unit, NO_GOAL)))

    made = asker.bearing(asker.asked.task(), deadline)

    def task(more: float | None) -> Task:
        if more is None:
            return made
        parts = list(made.parts)
        parts[number] = replace(parts[number], ways=_raised(parts[number], side, int(more)))
        return replace(made, parts=tuple(parts))

    def value(task: Task, point: I32) -> float:  # of whole numbers: a float would lose the last digits
        leaves = join(task).leaves(task, point)[number]
        return max(_reached(way, leaves) for way in side.ways)

    return Second(task, value, lambda reached: reached + least, lambda reached: reached * side.unit)


def _reached(way: tuple[Column, ...], leaves: I32) -> float:
    """Return by how much the columns of a way are reached at least: by any number where there are none."""
    return min((int(c.worth[leaves].sum()) + c.offset - c.need for c in way), default=math.inf)


def _raised(part: Part, side: Sides, more: int) -> tuple[tuple[Column, ...], ...]:
    """Return the ways of a part with more to reach; columns that were added to the model's own stay."""
    return tuple(
        (*(c._replace(need=min(c.need + more, NO_GOAL)) for c in way[: len(own)]), *way[len(own) :])
        for way, own in zip(part.ways, side.ways, strict=True)
    )
