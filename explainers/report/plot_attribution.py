"""What each feature carries as one picture: exact shares as bars, bounds as lighter ones, other values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole
from ...engine.reasons.attribution import NAMES, Attribution, Share
from .figures import check_axes, describe
from .sheet import Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _NAMES, _EDGE, _HEAD = 660.0, 180.0, 14.0, 66.0  # points
_BAR, _GAP, _WORDS = 12.0, 10.0, 215.0


def plot_attribution(
    attribution: Attribution, *, most: int = 12, ax: Axes | None = None, theme: str = "light",
    size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw what each feature (literal) carries (needs matplotlib).

    Parameters
    ----------
    attribution : Attribution
        What ``attribution`` or ``scores`` of an explainer returned; SHAP values that were given with it are drawn
        beside, on a scale of their own, and those that mislead say so.
    most : int
        Features that are shown, the greatest first.
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
    if not isinstance(attribution, Attribution):
        raise BadInputError(f"{shown(attribution, 60)}: expected what attribution() or scores() returned")
    if not is_whole(most) or most < 1:
        raise BadInputError(f"most={shown(most)}: expected a whole number from 1")
    check_axes(ax)
    listed = _listed(attribution, int(most))
    rows = 2 if attribution.compared else 1
    high = _HEAD + (_BAR * rows + _GAP) * max(1, len(listed)) + 10
    return _draw(attribution, listed, rows, Sheet(ax, style, _WIDTH, high, size))


def _listed(attribution: Attribution, most: int) -> list[Any]:
    """Return what is shown: the greatest shares, then what other values are wrong about."""
    some = [item for item, share in attribution.items() if share.upper != 0][:most]
    wrong = [one.feature for one in attribution.misled if one.feature not in some]
    return some[: max(1, most - len(wrong))] + wrong[:most]


def _draw(attribution: Attribution, listed: list[Any], rows: int, sheet: Sheet) -> Axes:
    style, pitch = sheet.style, _BAR * rows + _GAP
    name = NAMES[attribution.kind]
    sheet.text(_EDGE, 18, name[0].upper() + name[1:], 12, width=_WIDTH - 2 * _EDGE, weight="bold")
    sheet.text(_EDGE, 37, attribution.grounds, 8.5, style.soft, width=_WIDTH - 2 * _EDGE)
    beside = {one.feature: one for one in attribution.compared}
    if beside:
        sheet.box(_EDGE + _NAMES, 49, 9, 9, style.holds)
        sheet.text(_EDGE + _NAMES + 13, 53.5, "proved", 8.5, style.soft)
        sheet.box(_EDGE + _NAMES + 70, 49, 9, 9, style.people)
        sheet.text(_EDGE + _NAMES + 83, 53.5, "SHAP (size of the value, scale of its own)", 8.5, style.soft)
    left, wide = _EDGE + _NAMES, _WIDTH - 2 * _EDGE - _NAMES - _WORDS
    greatest = max((abs(one.value) for one in attribution.compared), default=0.0) or 1.0
    scale = _scale(attribution)
    for place, item in enumerate(listed):
        y = _HEAD + pitch * place
        sheet.text(left - 8, y + _BAR * rows / 2, item, 9.5, ha="right", width=_NAMES - 12)
        words = _bar(sheet, left, y, wide, attribution[item], scale)
        sheet.text(left + words[0] + 5, y + _BAR / 2, words[1], 8, style.soft, width=_WORDS + wide - words[0] - 5)
        if item in beside:
            length = wide * abs(beside[item].value) / greatest
            sheet.box(left, y + _BAR, length, _BAR - 2, style.people, gid="beside")
            said = f"{beside[item].value:+.3g}"
            colour = style.changes if beside[item].wrong else style.soft
            told = f"{said}: {_short(beside[item].wrong)}" if beside[item].wrong else said
            sheet.text(left + length + 5, y + _BAR * 1.5, told, 8, colour, width=_WORDS + wide - length - 5)
    if not listed:
        sheet.text(_EDGE, _HEAD, "no feature carries anything: every input is decided so", 9, style.soft)
    each = "; ".join(f"{item} {attribution[item].said()}" for item in listed)
    wrong = "; ".join(f"{one.feature}: {one.wrong}" for one in attribution.misled)
    describe(sheet.ax, f"{name}: {each}. {attribution.grounds}. {wrong}")
    made: Axes = sheet.ax
    return made


def _short(wrong: str) -> str:
    return "but no reason has it" if "irrelevant" in wrong else "but every reason has it"


def _scale(attribution: Attribution) -> float:
    """Return the greatest number that is drawn."""
    known = (share.upper if share.upper is not None else share.found for share in attribution.values())
    return max((float(number) for number in known if number is not None), default=1.0) or 1.0


def _bar(sheet: Sheet, left: float, y: float, wide: float, share: Share, scale: float) -> tuple[float, str]:
    """Draw a share; return where it ends, and what it says."""
    style = sheet.style
    if share.lower is None or share.upper is None:
        seen = float(share.found or 0) / scale * wide
        sheet.box(left, y + 0.5, seen, _BAR - 1, style.paper, style.holds, gid="found")
        return seen, share.said()
    low, high = (float(number) / scale * wide for number in (share.lower, share.upper))
    sheet.box(left, y + 0.5, high, _BAR - 1, style.tint(style.holds, 0.35), gid="bounds")
    sheet.box(left, y + 0.5, low, _BAR - 1, style.holds, gid="share")
    return high, share.said()
