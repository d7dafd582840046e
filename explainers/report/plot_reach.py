"""How far reasons hold as one picture: a bar for each, up to the distance within which it is proved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.reasons.reach import Reach
from .bars import Bars, height_of
from .sheet import Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEAD, _WORDS = 660.0, 56.0, 230.0  # points
_FAR = {"linf": "largest change of a number", "l1": "sum of changes", "l0": "number of features that change"}


def plot_reach(
    reaches: Reach | Mapping[Any, Reach], *, ax: Axes | None = None, theme: str = "light",
    size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw how far reasons hold (needs matplotlib).

    Parameters
    ----------
    reaches : Reach or mapping
        What ``reach`` of an explainer returned; of several reasons by their names, all in one norm.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.
    theme : {"light", "dark"}
        The page that it is for.
    size : pair of float, optional
        Width and height of a new figure, in inches; default: as many as it needs.

    Returns
    -------
    matplotlib axes
        A bar for each: full up to where it is proved, lighter up to the nearest input that is decided otherwise.

    Raises
    ------
    BadInputError
        If something else is passed, the norms differ, or matplotlib is not installed.
    """
    style = style_of(theme)
    told = {"the reason": reaches} if isinstance(reaches, Reach) else reaches
    if not isinstance(told, Mapping) or not told or not all(isinstance(one, Reach) for one in told.values()):
        raise BadInputError(f"reaches={shown(reaches, 60)}: expected what reach returned, or a mapping by name")
    norms = {one.norm for one in told.values()}
    if len(norms) > 1:
        raise BadInputError(f"reaches in the norms {', '.join(sorted(norms))}: expected one, to compare them")
    sheet = Sheet(ax, style, _WIDTH, height_of(_HEAD, len(told), 1, 10), size)
    bars = Bars(sheet, _HEAD, 1, _WORDS)
    under = f"distance: {_FAR[norms.pop()]}"
    sheet.title("How far may everything else move?", under)
    ends = [number for one in told.values() for number in (one.lower, one.upper) if math.isfinite(number)]
    longest = (max(ends, default=1.0) or 1.0) * (1.25 if len(ends) < 2 * len(told) else 1.0)  # infinite ones are longer
    for place, (name, one) in enumerate(told.items()):
        bars.name(place, name)
        end = 1.0 if one.lower == math.inf else max(one.lower, one.upper if math.isfinite(one.upper) else 0) / longest
        bars.bar(place, 0, end, style.tint(style.holds, 0.35), "bounds")
        bars.bar(place, 0, min(one.lower / longest, 1.0), style.holds, "share")
        bars.say(place, 0, end, _short(one))
    said = "; ".join(f"{name} {one.said}" for name, one in told.items())
    return sheet.described(f"How far may everything else move ({under}): {said}.")


def _short(one: Reach) -> str:
    if one.lower == math.inf:
        return "wherever it moves"
    return one.said.removeprefix(f"holds up to {one.norm} distance ")
