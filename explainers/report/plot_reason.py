"""Why, as a picture: a lane for each feature that a reason speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.reasons import Reason
from ...engine.reasons.html import standing
from ..explanation import Explanation
from .figures import axes_of
from .lanes import Lane, bounds_of, draw_number, draw_options, lanes_of
from .style import bare, style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LANE, _WIDTH = 0.72, 8.0  # inches
_KINDS = ("sufficient", "contrastive")


def plot_reason(
    explanation: Explanation, *, kind: str = "sufficient", data: Any = None, ax: Axes | None = None,
    theme: str = "light",
) -> Axes:  # fmt: skip
    """Draw a reason of an explanation: what each feature may be, beside the row's own value (needs matplotlib).

    Parameters
    ----------
    explanation : Explanation
        Of one row, as ``explain`` returned it, or kept.
    kind : {"sufficient", "contrastive"}
        What forces the prediction; or the first of what would change it, with arrows to the changed values.
    data : array-like or data frame, optional
        Other rows, with the columns of the model: their distribution is drawn behind each lane.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    if not isinstance(explanation, Explanation):
        raise BadInputError(f"{shown(explanation, 60)}: expected an Explanation; of many rows take one, found[i]")
    if kind not in _KINDS:
        raise BadInputError(f"kind={shown(kind)}: expected one of {', '.join(map(repr, _KINDS))}")
    reason = _reason_of(explanation, kind)
    lanes = lanes_of(explanation.instance, reason, data)
    ax = axes_of(ax, _WIDTH, _LANE * (len(lanes) + 1.2))
    bare(ax, style)
    ax.set(xlim=(-0.02, 1.04), ylim=(-0.7, len(lanes) - 0.3))
    colour = style.holds if kind == "sufficient" else style.changes
    for place, lane in enumerate(lanes):
        y = len(lanes) - 1 - place
        ax.text(-0.04, y + 0.08, lane.part.feature, ha="right", va="bottom", fontsize=10, color=style.ink)
        ax.text(-0.04, y - 0.06, _said(lane), ha="right", va="top", fontsize=8, color=style.soft)
        draw = draw_number if lane.part.runs else draw_options
        draw(ax, y, lane, style, colour)
    ax.set_title(_title(explanation, reason, kind), loc="left", fontsize=11, color=style.ink)
    return ax


def _reason_of(explanation: Explanation, kind: str) -> Reason | None:
    if kind == "sufficient":
        return explanation.sufficient
    return explanation.contrastive[0] if explanation.contrastive else None


def _said(lane: Lane) -> str:
    said = bounds_of(lane.part) if lane.part.runs else lane.part.says.removeprefix(lane.part.feature).strip()
    return said if len(said) <= 44 else f"{said[:43]}…"


def _title(explanation: Explanation, reason: Reason | None, kind: str) -> str:
    if reason is None:
        return f"{explanation.predicted}: {explanation.none_because if kind == 'sufficient' else 'nothing changes it'}"
    known = standing(reason.status, reason.stop)
    if not reason.parts:
        return f"{explanation.predicted}: every input is decided so [{known}]"
    if kind == "sufficient":
        return f"{explanation.predicted}, whatever else changes [{known}]"
    changed = explanation.change()
    to = "" if changed is None else f" → {changed[1]}"
    return f"{explanation.predicted}{to} [{known}]"
