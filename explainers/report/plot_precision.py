"""Reasons and how likely they hold as one picture: what has to stay, and for how many of the inputs that agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...engine.errors import BadInputError, shown
from ...engine.given import items_in
from ...engine.reasons import Reason
from .sheet import EDGE, Sheet, cut, width_of
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEAD = 640.0, 46.0  # points
_LINE, _BAR, _GAP = 19.0, 14.0, 22.0


def plot_precision(
    reasons: Reason | Sequence[Reason], *, ax: Axes | None = None, theme: str = "light",
    size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw reasons with the share of inputs for which they hold (needs matplotlib).

    Parameters
    ----------
    reasons : Reason or sequence of Reason
        Sufficient reasons, which always hold, and probable ones.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.
    size : pair of float, optional
        Width and height of a new figure, in inches; default: as many as it needs.

    Returns
    -------
    matplotlib axes
        Of each reason the statements, and a bar: full where it is proved to hold, lighter between bounds.

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    told = [reasons] if isinstance(reasons, Reason) else items_in(reasons)
    if not told or not all(isinstance(one, Reason) and "contrastive" not in one.kind for one in told):
        raise BadInputError(f"reasons={shown(reasons)}: expected reasons such as probable_reason returns")
    lines = [_wrapped(one.features or ("every input is decided so",)) for one in told]
    high = _HEAD + sum(_LINE * len(mine) + _BAR + _GAP for mine in lines)
    return _draw(told, lines, Sheet(ax, style, _WIDTH, high, size))


def _wrapped(statements: Sequence[str]) -> list[list[str]]:
    """Return statements on as many lines as they need."""
    lines: list[list[str]] = [[]]
    room = _WIDTH - 2 * EDGE
    for statement in statements:
        said = cut(statement, room - 16, 9.5)
        wide = sum(width_of(one, 9.5) + 22 for one in lines[-1])
        if lines[-1] and wide + width_of(said, 9.5) + 16 > room:
            lines.append([])
        lines[-1].append(said)
    return lines


def _draw(reasons: Sequence[Reason], lines: list[list[list[str]]], sheet: Sheet) -> Axes:
    style, y = sheet.style, _HEAD
    sheet.title("If this stays as it is, the decision stays …")
    said = []
    for reason, mine in zip(reasons, lines, strict=True):
        for line in mine:
            x = EDGE
            for statement in line:
                wide = width_of(statement, 9.5) + 14
                sheet.box(x, y, wide, _LINE - 4, style.tint(style.holds), round_=4, gid="statement")
                sheet.text(x + 7, y + (_LINE - 4) / 2, statement, 9.5)
                x += wide + 8
            y += _LINE
        words = _bar(sheet, y, reason)
        y += _BAR + _GAP
        said.append(f"{' and '.join(reason.features) or 'nothing'}: {words}")
    return sheet.described(f"If this stays as it is, the decision stays: {'; '.join(said)}.")


def _bar(sheet: Sheet, y: float, reason: Reason) -> str:
    """Draw how likely a reason holds; return it in words."""
    style, wide, precision = sheet.style, 260.0, reason.precision
    every = f"every input {reason.proof.note}" if "restricted" in reason.kind else "every input"
    low, high = (1.0, 1.0) if precision is None else (float(precision.lower), float(precision.upper))
    words = f"for {every}, proved" if precision is None else f"for {precision.said}"
    sheet.box(EDGE, y + 1, wide, _BAR - 3, style.line, gid="all")
    sheet.box(EDGE, y + 1, wide * high, _BAR - 3, style.tint(style.holds, 0.45), gid="bounds")
    sheet.box(EDGE, y + 1, wide * low, _BAR - 3, style.holds, gid="share")
    sheet.text(EDGE + wide + 8, y + _BAR / 2, words, 9, style.soft, width=sheet.room - wide - 8)
    return words
