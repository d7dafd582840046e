"""Common actions as a picture: how many rows one, two, … of them serve, and how many could be served at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.errors import BadInputError, shown
from ..population.common import CommonActions
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEAD, _HIGH, _LEFT = 600.0, 44.0, 150.0, 50.0  # points
_LINE, _FOOT = 17.0, 44.0


def plot_coverage(
    found: CommonActions, *, ax: Axes | None = None, theme: str = "light", size: tuple[float, float] | None = None
) -> Axes:
    """Draw how many refused rows few common actions serve (needs matplotlib).

    Parameters
    ----------
    found : CommonActions
        As ``audit.common_actions`` returns them.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.
    size : pair of float, optional
        Width and height of a new figure, in inches; default: as many as it needs.

    Returns
    -------
    matplotlib axes
        A bar for each number of actions: full for the rows that are served, lighter up to what could be served at
        most; below the actions in words.

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    if not isinstance(found, CommonActions):
        raise BadInputError(f"{shown(found, 60)}: expected what audit.common_actions returns")
    return _draw(found, Sheet(ax, style, _WIDTH, _HEAD + _HIGH + _FOOT + _LINE * max(1, len(found)) + 8, size))


def _draw(found: CommonActions, sheet: Sheet) -> Axes:
    style, n = sheet.style, max(1, found.n_refused)
    head = f"Share of {found.n_refused} refused rows that common actions serve"
    sheet.title(head)
    bottom, wide = _HEAD + _HIGH, _WIDTH - EDGE - _LEFT
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * _HIGH
        sheet.line([_LEFT, _LEFT + wide], [y, y], style.line, 0.7 if share else 1.2, zorder=1)
        sheet.text(_LEFT - 6, y, f"{share:.0%}", 8, style.soft, ha="right")
    pitch = wide / len(found.curve)
    for place, step in enumerate(found.curve):
        x, bar = _LEFT + place * pitch + 0.15 * pitch, 0.7 * pitch
        served, most = min(1.0, step.served / n) * _HIGH, min(1.0, step.most / n) * _HIGH
        if most > served:
            sheet.box(x, bottom - most, bar, most - served, style.tint(style.holds, 0.3), gid="open")
        sheet.box(x, bottom - served, bar, served, style.holds, gid="known")
        sheet.text(x + bar / 2, bottom - served - 8, f"{step.served / n:.0%}", 8.5, style.ink, ha="center", halo=True)
        sheet.text(x + bar / 2, bottom + 11, str(step.k), 8.5, style.soft, ha="center")
    sheet.text(
        _LEFT + wide / 2, bottom + 26, f"actions, of {len(found.candidates)} candidates", 8.5, style.soft, ha="center"
    )
    for place, action in enumerate(found):
        y = bottom + _FOOT + _LINE * place
        sheet.text(EDGE, y, f"{place + 1}. {action.text}", 9.5, width=sheet.room, gid="action")
    if not len(found):
        sheet.text(EDGE, bottom + _FOOT, "no candidate serves a row", 9.5, style.soft)
    each = "; ".join(f"{s.k}: {s.served / n:.0%}, at most {s.most / n:.0%}" for s in found.curve)
    return sheet.described(f"{head}: {each}. {'; '.join(action.text for action in found)}.")
