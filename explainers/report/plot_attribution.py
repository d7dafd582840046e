"""What each feature carries as one picture: exact shares as bars, bounds as lighter ones, other values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.given import count_of
from ...engine.reasons.attribution import NAMES, Attribution, Share
from .bars import Bars, height_of
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEAD, _WORDS = 660.0, 66.0, 215.0  # points


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
    count_of(most, "most")
    listed = _listed(attribution, int(most))
    rows = 2 if attribution.compared else 1
    sheet = Sheet(ax, style, _WIDTH, height_of(_HEAD, len(listed), rows, 10), size)
    return _draw(attribution, listed, Bars(sheet, _HEAD, rows, _WORDS))


def _listed(attribution: Attribution, most: int) -> list[Any]:
    """Return what is shown: the greatest shares, then what other values are wrong about."""
    some = [item for item, share in attribution.items() if share.upper != 0][:most]
    wrong = [one.feature for one in attribution.misled if one.feature not in some]
    return some[: max(1, most - len(wrong))] + wrong[:most]


def _draw(attribution: Attribution, listed: list[Any], bars: Bars) -> Axes:
    style, name = bars.sheet.style, NAMES[attribution.kind]
    bars.sheet.title(name[0].upper() + name[1:], attribution.grounds)
    beside = {one.feature: one for one in attribution.compared}
    if beside:
        bars.legend(bars.left, 49, [("proved", style.holds)])
        bars.legend(bars.left + 70, 49, [("SHAP (size of the value, scale of its own)", style.people)])
    greatest = max((abs(one.value) for one in attribution.compared), default=0.0) or 1.0
    scale = _scale(attribution)
    for place, item in enumerate(listed):
        bars.name(place, item)
        _bar(bars, place, attribution[item], scale)
        if item in beside:
            length = abs(beside[item].value) / greatest
            bars.bar(place, 1, length, style.people, "beside", apart=False)
            said, wrong = f"{beside[item].value:+.3g}", beside[item].wrong
            bars.say(place, 1, length, f"{said}: {_short(wrong)}" if wrong else said, style.changes if wrong else None)
    if not listed:
        bars.sheet.text(EDGE, _HEAD, "no feature carries anything: every input is decided so", 9, style.soft)
    each = "; ".join(f"{item} {attribution[item].said()}" for item in listed)
    wrong = "; ".join(f"{one.feature}: {one.wrong}" for one in attribution.misled)
    return bars.sheet.described(f"{name}: {each}. {attribution.grounds}. {wrong}")


def _short(wrong: str) -> str:
    return "but no reason has it" if "irrelevant" in wrong else "but every reason has it"


def _scale(attribution: Attribution) -> float:
    """Return the greatest number that is drawn."""
    known = (share.upper if share.upper is not None else share.found for share in attribution.values())
    return max((float(number) for number in known if number is not None), default=1.0) or 1.0


def _bar(bars: Bars, place: int, share: Share, scale: float) -> None:
    """Draw a share, and say it."""
    style = bars.sheet.style
    if share.lower is None or share.upper is None:
        end = float(share.found or 0) / scale
        bars.bar(place, 0, end, style.paper, "found", style.holds)
    else:
        low, end = (float(number) / scale for number in (share.lower, share.upper))
        bars.bar(place, 0, end, style.tint(style.holds, 0.35), "bounds")
        bars.bar(place, 0, low, style.holds, "share")
    bars.say(place, 0, end, share.said())
