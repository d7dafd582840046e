"""Many explanations as one picture: how often each feature is in a reason, in all of them, and in a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.errors import BadInputError, shown
from ...engine.given import count_of
from ..explanations import Explanations
from ..keeping.counting import change_counts, feature_counts, necessary_counts
from .bars import Bars, height_of
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEAD, _PERCENT = 560.0, 62.0, 34.0  # points
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Kind = tuple[str, str, int]  # what a bar shows, its colour, and which share it is


def plot_population(
    explanations: Explanations, *, changes: bool = False, necessary: bool = False, most: int = 15,
    ax: Axes | None = None, theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw how often each feature is in the reasons of many rows (needs matplotlib).

    Parameters
    ----------
    explanations : Explanations
        Of many rows.
    changes : bool
        Whether to draw, beside that, how often it is in the first change of a row, which has to be asked for.
    necessary : bool
        Whether to draw, beside that, how often it is necessary, in each reason of a row, which has to be asked for.
    most : int
        Features that are shown, the most frequent first.
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
    MissingQueryError
        If something has to be asked for, of explanations that were kept without their model.
    """
    style = style_of(theme)
    if not isinstance(explanations, Explanations):
        raise BadInputError(f"{shown(explanations, 60)}: expected Explanations, as explain returns of many rows")
    count_of(most, "most")
    told = counted(explanations, changes=changes, necessary=necessary)
    listed = sorted(told, key=lambda name: [-share for share in told[name]])[: int(most)]
    kinds = [("in the reason", style.holds, 0)]
    kinds += [("necessary: in every reason", style.ink, 2)] * necessary
    kinds += [("in the change", style.changes, 1)] * changes
    sheet = Sheet(ax, style, _WIDTH, height_of(_HEAD, len(listed), len(kinds), 8), size)
    return _draw(explanations, told, listed, kinds, Bars(sheet, _HEAD, len(kinds), _PERCENT))


def _draw(
    explanations: Explanations, told: dict[str, tuple[float, float, float]], listed: list[str], kinds: list[Kind],
    bars: Bars,
) -> Axes:  # fmt: skip
    sheet, style = bars.sheet, bars.sheet.style
    head = f"Share of {len(explanations)} rows with the feature …"
    sheet.title(head)
    bars.legend(EDGE, 33, [(said, colour) for said, colour, _ in kinds])
    bars.ticks(_TICKS, len(listed))
    for place, name in enumerate(listed):
        bars.name(place, name)
        for number, (_, colour, at) in enumerate(kinds):
            bars.bar(place, number, told[name][at], colour, "share")
            bars.say(place, number, told[name][at], f"{told[name][at]:.0%}", halo=True)
    if not listed:
        sheet.text(EDGE, _HEAD, "no feature is in a reason", 9, style.soft)
    left = len(told) - len(listed)
    if left > 0:
        sheet.text(_WIDTH - EDGE, 37.5, f"+ {left} rarer feature{'s' * (left != 1)}", 8.5, style.soft, ha="right")
    each = "; ".join(f"{name} {', '.join(f'{told[name][at]:.0%} {said}' for said, _, at in kinds)}" for name in listed)
    return sheet.described(f"{head} {each}.")


def counted(
    explanations: Explanations, *, changes: bool, necessary: bool = False
) -> dict[str, tuple[float, float, float]]:
    """Return for each feature the share of rows with it in the reason, in the first change, and in every reason."""
    because = feature_counts(explanations)
    unless = change_counts(explanations) if changes else {}
    always = necessary_counts(explanations, None) if necessary else {}
    count = max(1, len(explanations))
    names = {**because, **unless, **always}
    return {
        name: (because.get(name, 0) / count, unless.get(name, 0) / count, always.get(name, 0) / count) for name in names
    }
