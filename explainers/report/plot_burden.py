"""The burden of recourse as a picture: a bar for each group, lighter where only bounds are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...engine.errors import BadInputError, shown
from ..population.audit import RecourseAudit
from ..population.bounds import Bounds
from ..population.burden import MEASURES, Burden
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _NAMES, _HEAD, _TOLD = 600.0, 190.0, 44.0, 120.0  # points
_BAR, _GAP, _PART = 15.0, 7.0, 22.0
_SAYS = {
    "refused": "Share of rows that are refused", "plan": "Share of refused rows with a plan",
    "no_plan": "Share of refused rows without any plan",
    "within": "Share of refused rows with a plan within the budget",
    "beyond": "Share of refused rows without a plan within the budget",
    "mean": "Mean cost of the refused rows that have a plan", "median": "Median cost of the refused rows",
}  # fmt: skip
_COSTS = ("mean", "median")


def plot_burden(
    audit: RecourseAudit, measure: str = "median", *, budget: float | None = None, ax: Axes | None = None,
    theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw what recourse costs groups of rows (needs matplotlib).

    Parameters
    ----------
    audit : RecourseAudit
        As ``suffice.audit_recourse`` returns it.
    measure : {"refused", "plan", "no_plan", "within", "beyond", "mean", "median"}
        What the bars show, see ``Burden``.
    budget : float, optional
        What a cheap plan costs at most; default: that of the audit.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.
    size : pair of float, optional
        Width and height of a new figure, in inches; default: as many as it needs.

    Returns
    -------
    matplotlib axes
        Of each group a bar: full up to what is proved, lighter up to what may be; open ended where it may be infinite.

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    if not isinstance(audit, RecourseAudit):
        raise BadInputError(f"{shown(audit, 60)}: expected what audit_recourse returns")
    if not isinstance(measure, str) or measure not in MEASURES:
        raise BadInputError(f"measure={shown(measure)}: expected one of {', '.join(MEASURES)}")
    told = audit.burden(budget)
    parts = len({one.grouping for one in told})
    high = _HEAD + len(told) * (_BAR + _GAP) + (parts - 1) * _PART + 10
    return _draw(told, measure, Sheet(ax, style, _WIDTH, high, size))


def _draw(told: tuple[Burden, ...], measure: str, sheet: Sheet) -> Axes:
    sheet.title(_SAYS[measure])
    ends = [end for one in told for end in one.of(measure) if math.isfinite(end)]
    full = max([*ends, 1e-9]) if measure in _COSTS else 1.0
    y, before = _HEAD, ""
    for one in told:
        if one.grouping != before:
            sheet.text(EDGE, y + _PART / 2, one.grouping, 9.5, sheet.style.soft, width=sheet.room)
            y, before = y + _PART, one.grouping
        _bar(sheet, y, one, one.of(measure), full, measure)
        y += _BAR + _GAP
    form = ".3g" if measure in _COSTS else ".1%"
    each = "; ".join(
        f"{one.grouping + ' ' if one.grouping else ''}{one.group} {one.of(measure).told(form)}" for one in told
    )
    return sheet.described(f"{_SAYS[measure]}: {each}.")


def _bar(sheet: Sheet, y: float, one: Burden, value: Bounds, full: float, measure: str) -> None:
    style, left = sheet.style, EDGE + _NAMES
    wide = _WIDTH - left - EDGE - _TOLD
    rows = one.n_rows if measure == "refused" else one.n_refused
    sheet.text(left - 8, y + _BAR / 2, one.group, 9.5, ha="right", width=_NAMES - 12)
    sheet.line([left, left], [y - 2, y + _BAR + 2], style.line, 1.2, zorder=1)
    low, high = (0.0 if math.isnan(end) else min(end / full, 1.04) for end in value)
    if high > low:
        sheet.box(left + low * wide, y, (high - low) * wide, _BAR, style.tint(style.changes, 0.35), gid="open")
    sheet.box(left, y, low * wide, _BAR, style.changes, gid="known")
    said = f"{value.told('.3g' if measure in _COSTS else '.1%')} of {rows}" if rows else "no rows"
    said = said if measure not in _COSTS or not rows else f"{value.told()} ({rows} rows)"
    sheet.text(left + max(low, high) * wide + 6, y + _BAR / 2, said, 8.5, style.soft, halo=True, gid="told")
