"""Plans, frontiers and stages, made again of what they wrote; the model is not there any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...encoders.columns.told import Row
from ...engine.errors import FormatError, shown
from ...engine.reasons.plain import value_of
from ...engine.status import Status, Stop
from ..recourse.frontier import WAYS, Frontier
from ..recourse.plan import Plan, Step
from ..recourse.results import Recourse
from ..recourse.stages import Stage, Stages
from .rows import row_of

Form = Mapping[str, Any]


def plan_of(form: Form, before: Row) -> Plan:
    """Return the plan that ``plan_form`` wrote, for a row."""
    steps = tuple(
        Step(str(name), value_of(old), value_of(new), str(text), _number(cost))
        for name, old, new, text, cost in form["steps"]
    )
    origin = form.get("origin")
    return Plan(
        row_of(form["row"]), before, steps, _number(form["cost"]), _number(form["lower"]), Status(form["status"]),
        str(form["wanted"]), tuple(map(int, form["options"])), None if origin is None else int(origin),
    )  # fmt: skip


def recourse_of(form: Form) -> Recourse:
    """Return the plans that ``recourse_form`` wrote."""
    return Recourse(
        _plans(form), *_end(form), _number(form["lower"]), str(form["wanted"]), tuple(map(str, form["constraints"]))
    )


def frontier_of(form: Form) -> Frontier:
    """Return the efficient plans that ``frontier_form`` wrote.

    Raises
    ------
    FormatError
        If they are damaged.
    """
    by, plans, values = str(form["by"]), _plans(form), tuple(map(_number, form["values"]))
    if by not in WAYS or len(plans) != len(values):
        raise FormatError(f"by {shown(by)}: expected one of {', '.join(WAYS)}, and a value for each plan")
    return Frontier(by, plans, values, *_end(form))


def stages_of(form: Form) -> Stages:
    """Return the stages that ``stages_form`` wrote."""
    if form["plan"] is None:
        status, stop, seconds = _end(form)
        return Stages((), None, status, stop, _number(form["lower"]), seconds)
    plan = plan_of(form["plan"], row_of(form["before"]))
    step_of = {step.feature: step for step in plan.steps}
    stages = tuple(
        Stage(row_of(row), tuple(step_of[str(name)] for name in names), _number(cost))
        for row, names, cost in form["stages"]
    )
    status, stop, seconds = _end(form)
    return Stages(stages, plan, status, stop, _number(form["lower"]), seconds)


def _plans(form: Form) -> tuple[Plan, ...]:
    if not form["plans"]:
        return ()
    before = row_of(form["before"])
    return tuple(plan_of(one, before) for one in form["plans"])


def _end(form: Form) -> tuple[Status, Stop, float]:
    return Status(form["status"]), Stop(form["stop"]), _number(form["seconds"])


def _number(told: Any) -> float:
    return float(value_of(told))
