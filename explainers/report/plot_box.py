"""``plot_box``: how far a decision reaches: of each feature the range in which the row may lie, and who lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...encoders.columns.told import Row
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Reason
from ...engine.reasons.html import bounds_said, standing
from .draw_lanes import HEIGHT
from .lanes import lanes_of
from .plot_reason import HEAD, WIDTH, draw_line
from .sheet import Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_box(
    reason: Reason, instance: Row, *, decision: str = "decided alike", data: Any = None, ax: Axes | None = None,
    theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw the box of a reason: of each feature what it allows, beside the row and other rows (needs matplotlib).

    Parameters
    ----------
    reason : Reason
        Such as ``most_general_reason`` returns.
    instance : Row
        The row: ``explainer.instance``.
    decision : str
        What all rows in the box have in common, for the head.
    data : array-like or data frame, optional
        Other rows, with the columns of the model: their distribution is drawn behind each lane.
    ax, theme, size
        See ``plot_reason``.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    if not isinstance(reason, Reason):
        raise BadInputError(f"reason={shown(reason, 60)}: expected a reason that an explainer has given")
    if not isinstance(instance, Row):
        raise BadInputError(f"instance={shown(instance, 60)}: expected explainer.instance")
    style = style_of(theme)
    lanes = lanes_of(instance, reason, data)
    sheet = Sheet(ax, style, WIDTH, HEAD + HEIGHT * len(lanes) + 8, size)
    head = f"Everybody in these ranges: {decision}" if lanes else f"Everybody: {decision}"
    under = "; ".join(bounds_said(reason.proof)) or standing(reason.status, reason.stop)
    sheet.title(head, under)
    for place, lane in enumerate(lanes):
        draw_line(sheet, HEAD + HEIGHT * (place + 0.5), lane, style.holds)
    return sheet.described(f"{head} ({under}): {'; '.join(reason.features)}.")
