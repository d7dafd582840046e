"""Plans before and after, and efficient plans by cost and a second way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.rows import as_matrix
from ...engine.arrays import F64
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of
from ...engine.reasons.spelling import value_text
from ..recourse.frontier import WAYS, Frontier
from ..recourse.plan import Plan, Step
from ..recourse.results import Recourse
from ..recourse.stages import Stages
from .lanes import number_of
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _NAMES, _COST = 640.0, 150.0, 70.0  # points
_TOP, _HEAD, _LINE, _AFTER = 46.0, 30.0, 34.0, 10.0
_HIGH, _SIDE = 300.0, 60.0
Blocks = list[tuple[str, tuple[Step, ...]]]


def plot_plans(
    found: Recourse | Plan | Stages, *, most: int = 3, data: Any = None, ax: Axes | None = None, theme: str = "light",
    size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw plans: of each change the value before and after, and what it costs (needs matplotlib).

    Parameters
    ----------
    found : Recourse, Plan or Stages
        As ``recourse`` returns it; of stages each is drawn.
    most : int
        Plans (stages) that are drawn, the first ones.
    data : array-like or data frame, optional
        Other rows, with the columns of the model: their range is drawn behind numbers.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.
    size : pair of float, optional
        Width and height of a new figure, in inches; default: as many as it needs.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    count_of(most, "most")
    head, blocks = _blocks(found, int(most))
    names = _names(found)
    people = None if data is None or not names else as_matrix(data, names, numeric=False)
    high = _TOP + sum(_HEAD + _LINE * max(1, len(steps)) + _AFTER for _, steps in blocks)
    sheet = Sheet(ax, style, _WIDTH, high, size)
    sheet.title(head)
    y = _TOP
    for title, steps in blocks:
        sheet.line([EDGE, _WIDTH - EDGE], [y, y], style.line, 0.8)
        sheet.text(EDGE, y + 15, title, 10.5, style.changes, width=sheet.room, weight="bold")
        y += _HEAD
        for step in steps:
            column = None if people is None or step.feature not in names else people[:, names.index(step.feature)]
            _draw_step(sheet, y + _LINE / 2, step, column)
            y += _LINE
        if not steps:
            sheet.text(EDGE, y + _LINE / 2, "nothing has to change", 9.5)
            y += _LINE
        y += _AFTER
    told = " ".join(f"{title}: {'; '.join(step.text for step in steps) or 'nothing'}." for title, steps in blocks)
    return sheet.described(f"{head}. {told}".strip())


def _blocks(found: Any, most: int) -> tuple[str, Blocks]:
    """Return a head, and the changes under titles."""
    if isinstance(found, Plan):
        return f"How to reach {found.wanted}", [(_title("The plan", found), found.steps)]
    if isinstance(found, Recourse):
        if not found.plans:
            return f"No plan reaches {found.wanted} ({str(found.status).replace('_', ' ')})", []
        many = [(_title(f"Plan {i}", plan), plan.steps) for i, plan in enumerate(found.plans[:most], 1)]
        return f"How to reach {found.wanted}", many
    if isinstance(found, Stages):
        if found.plan is None:
            return f"No plan in such stages ({str(found.status).replace('_', ' ')})", []
        staged = [(f"Stage {i}: cost {s.cost:.6g}", s.steps) for i, s in enumerate(found.stages[:most], 1)]
        count = f"{len(found)} stage{'s' * (len(found) != 1)}"
        return f"How to reach {found.plan.wanted}, in {count}: cost {found.cost:.6g}", staged
    raise BadInputError(f"{shown(found, 60)}: expected what recourse returns")


def _title(name: str, plan: Plan) -> str:
    return f"{name}: cost {plan.cost:.6g} ({str(plan.status).replace('_', ' ')})"


def _names(found: Any) -> tuple[str, ...]:
    plan = found if isinstance(found, Plan) else found.plan if isinstance(found, Stages) else found.best
    return () if plan is None else tuple(plan.row.names)


def _draw_step(sheet: Sheet, y: float, step: Step, column: Any) -> None:
    """Draw a change: its feature, the old and the new value on a line, and its cost."""
    style, left, right = sheet.style, EDGE + _NAMES, _WIDTH - EDGE - _COST
    sheet.text(EDGE, y, step.feature, 10, width=_NAMES - 10)
    sheet.text(_WIDTH - EDGE, y, f"{step.cost:.4g}", 9, style.soft, ha="right")
    old, new = (None if isinstance(v, (bool, np.bool_, str)) else number_of(v) for v in (step.old, step.new))
    if old is None or new is None:
        said = f"{value_text(step.old)}  →  {value_text(step.new)}"
        sheet.text(left, y, said, 10, width=right - left)
        return
    known = _numbers(column)
    marks = [old, new, *(np.quantile(known, [0.02, 0.98]).tolist() if len(known) else [])]
    low, wide = min(marks), (max(marks) - min(marks)) or 1.0
    left, right = left + 45, right - 45  # texts of the ends stand beside the line

    def at(number: float) -> float:
        return float(left + (number - low) / wide * (right - left))

    sheet.line([left, right], [y, y], style.line, 2)
    if len(known):
        inside = known[(known >= low) & (known <= low + wide)]
        for number in inside[:: max(1, len(inside) // 200)].tolist():
            sheet.line([at(number)] * 2, [y - 5, y + 5], style.people, 0.5, alpha=0.5)
    tip = at(new) + (-5 if new > old else 5)
    if abs(at(new) - at(old)) > 14:  # there is room for an arrow
        sheet.arrow(at(old), y, tip, y, style.changes)
    sheet.dot(at(old), y, 9, style.soft)
    sheet.dot(at(new), y, 9, style.changes)
    before, after = ("right", "left") if new > old else ("left", "right")
    for number, value, colour, ha in ((old, step.old, style.soft, before), (new, step.new, style.changes, after)):
        sheet.text(at(number) + (7 if ha == "left" else -7), y - 9, value_text(value), 8.5, colour, ha=ha, halo=True)


def _numbers(column: Any) -> F64:
    if column is None:
        return np.zeros(0)
    listed = [number_of(value) for value in column]
    return np.array([number for number in listed if number is not None])


def plot_frontier(
    found: Frontier, *, ax: Axes | None = None, theme: str = "light", size: tuple[float, float] | None = None
) -> Axes:
    """Draw efficient plans: what a better one costs more (needs matplotlib).

    Parameters
    ----------
    found : Frontier
        As ``frontier`` of plans returns it.
    ax, theme, size
        As in ``plot_plans``.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    if not isinstance(found, Frontier):
        raise BadInputError(f"{shown(found, 60)}: expected what frontier() of plans returns")
    sheet = Sheet(ax, style, _WIDTH, _TOP + _HIGH + 40, size)
    head = f"Efficient plans: cost and {WAYS[found.by]}"
    sheet.title(head)
    left, right, top, bottom = _SIDE, sheet.room, _TOP + 16, _TOP + _HIGH
    costs = [plan.cost for plan in found.plans]
    most = max((v for v in found.values if math.isfinite(v)), default=0.0)
    values = [v if math.isfinite(v) else 1.25 * most + 1 for v in found.values]  # what is infinite stands last
    x_of, y_of = _scale(values, left + 14, right - 60), _scale(costs, bottom - 24, top + 14)
    sheet.line([left, right], [bottom, bottom], style.line)
    sheet.line([left, left], [top, bottom], style.line)
    sheet.text((left + right) / 2, bottom + 30, WAYS[found.by], 9, style.soft, ha="center")
    sheet.text(EDGE, top - 8, "cost", 9, style.soft)
    order = sorted(range(len(costs)), key=lambda i: values[i])
    xs, ys = [x_of(values[i]) for i in order], [y_of(costs[i]) for i in order]
    rises = len(order) > 1 and costs[order[0]] < costs[order[-1]]
    if len(order) > 1:
        sheet.ax.step(xs, ys, where="pre" if rises else "post", color=style.line, zorder=3)
    last = -math.inf
    for i, x, y in zip(order, xs, ys, strict=True):
        sheet.dot(x, y, 10, style.changes)
        sheet.text(x + 8, y + (10 if rises else -9), f"{costs[i]:.4g}", 8.5, halo=True)  # where no line goes
        if x - last > 34:
            sheet.text(x, bottom + 12, f"{found.values[i]:.4g}".replace("inf", "any"), 8.5, style.soft, ha="center")
            last = x
    told = "; ".join(
        f"{plan.text} (cost {plan.cost:.6g}, {v:.6g})" for plan, v in zip(found.plans, values, strict=True)
    )
    return sheet.described(f"{head}: {told}.")


def _scale(numbers: list[float], low: float, high: float) -> Any:
    """Return what places numbers between two ends."""
    least, wide = min(numbers, default=0.0), max(numbers, default=0.0) - min(numbers, default=0.0)
    return lambda number: low + ((number - least) / wide if wide else 0.5) * (high - low)
