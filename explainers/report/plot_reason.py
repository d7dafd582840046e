"""Why, as a picture: a lane for each feature that a reason speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...encoders.columns.missing import is_missing
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Reason
from ..explanation import Explanation
from ..words.how_far import minimality, no_change
from .draw_lanes import HEIGHT, draw_lane
from .lanes import Lane, bounds_of, decision_of, lanes_of, number_of, short
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, _NAMES = 640.0, 200.0  # points
HEAD, _LINE = 58.0, 24.0
_KINDS = ("sufficient", "contrastive")


def plot_reason(
    explanation: Explanation, *, kind: str = "sufficient", data: Any = None, ax: Axes | None = None,
    theme: str = "light", size: tuple[float, float] | None = None,
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
    size : pair of float, optional
        Width and height of a new figure, in inches: the picture is scaled to fit; default: as many as it needs.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    check_explanation(explanation)
    if kind not in _KINDS:
        raise BadInputError(f"kind={shown(kind)}: expected one of {', '.join(map(repr, _KINDS))}")
    reason = _reason_of(explanation, kind)
    lanes = lanes_of(explanation.instance, reason, data)
    alone = () if reason is None or lanes else reason.features  # statements that have no lanes
    high = HEAD + HEIGHT * len(lanes) + _LINE * len(alone) + 8
    sheet = Sheet(ax, style, WIDTH, high, size)
    head, under = title_of(explanation, reason, kind)
    sheet.title(head, under)
    colour = style.holds if kind == "sufficient" else style.changes
    for place, lane in enumerate(lanes):
        draw_line(sheet, HEAD + HEIGHT * (place + 0.5), lane, colour)
    for place, statement in enumerate(alone):
        sheet.dot(EDGE + 3, HEAD + _LINE * (place + 0.4), 6, colour)
        sheet.text(EDGE + 12, HEAD + _LINE * (place + 0.4), statement, 9.5, width=sheet.room - 12)
    listed = "; ".join(reason.features) if reason is not None else ""
    return sheet.described(f"{head} ({under}){': ' if listed else ''}{listed}.")


def check_explanation(explanation: object) -> None:
    """Raise BadInputError for what is no explanation of one row."""
    if not isinstance(explanation, Explanation):
        raise BadInputError(f"{shown(explanation, 60)}: expected an Explanation; of many rows take one, found[i]")


def draw_line(sheet: Sheet, y: float, lane: Lane, colour: str, indent: float = 0.0) -> None:
    """Draw a feature: its name, what is said of it, and its lane."""
    x, width = EDGE + indent, _NAMES - indent - 10
    sheet.text(x, y - 7, lane.part.feature, 10, width=width)
    sheet.text(x, y + 7, _said(lane), 8, sheet.style.soft, width=width)
    draw_lane(sheet, EDGE + _NAMES, y, sheet.room - _NAMES, lane, colour)


def _reason_of(explanation: Explanation, kind: str) -> Reason | None:
    if kind == "sufficient":
        return explanation.sufficient
    return explanation.contrastive[0] if explanation.contrastive else None


def _said(lane: Lane) -> str:
    """Return what is said of a feature, and the own value where it has no mark in the lane."""
    part = lane.part
    said = bounds_of(part) if part.runs else part.says.removeprefix(part.feature).strip()
    marked = number_of(lane.own) is not None or is_missing(lane.own) if part.runs else part.own in part.options
    if not said and not part.runs:
        said = "as it is"
    return said if marked or lane.own is None else f"{said} (own: {short(lane.own)})"


def title_of(explanation: Explanation, reason: Reason | None, kind: str) -> tuple[str, str]:
    """Return the head of a picture, and how far it is proved."""
    if reason is None:
        none = no_change(explanation.contrastive, explanation.rounding) if kind == "contrastive" else ""
        why = none or explanation.none_because
        return decision_of(explanation), why
    known = minimality(reason, explanation.rounding)
    if kind == "sufficient":
        if not len(reason):
            return f"{decision_of(explanation)}: every input is decided so", known
        return f"{decision_of(explanation)}, whatever else changes", f"{known}{_of_surrogate(reason)}"
    changed = explanation.change()
    to = "" if changed is None or changed[1] is None else f" → {changed[1]}"
    return f"{decision_of(explanation)}{to}", f"what would change it: {known}{_of_surrogate(reason)}"


def _of_surrogate(reason: Reason) -> str:
    return "" if reason.proof.fidelity is None else "; of a surrogate, as far as it is faithful"
