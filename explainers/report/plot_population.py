"""Many explanations as one picture: how often each feature is in a reason, and in a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ..explanations import Explanations
from ..keeping.counting import change_counts, feature_counts
from .figures import axes_of
from .style import Style, bare, style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE, _WIDTH = 0.42, 7.0  # inches


def plot_population(
    explanations: Explanations, *, changes: bool = False, most: int = 15, ax: Axes | None = None,
    theme: str = "light",
) -> Axes:  # fmt: skip
    """Draw how often each feature is in the reasons of many rows (needs matplotlib).

    Parameters
    ----------
    explanations : Explanations
        Of many rows.
    changes : bool
        Whether to draw, beside that, how often it is in the first change of a row, which has to be asked for.
    most : int
        Features that are shown, the most frequent first.
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
    if not isinstance(explanations, Explanations):
        raise BadInputError(f"{shown(explanations, 60)}: expected Explanations, as explain returns of many rows")
    told = counted(explanations, changes=changes)
    listed = sorted(told, key=lambda name: -told[name][0])[: max(1, int(most))]
    ax = axes_of(ax, _WIDTH, _LINE * (len(listed) + 2))
    bare(ax, style)
    ax.set(xlim=(0, 1.12), ylim=(len(listed) - 0.4, -0.9))
    for y, name in enumerate(listed):
        _bars(ax, y, name, told[name], style, both=changes)
    head = "share of rows with the feature in their reason"
    head += " (blue) and in a change (orange)" if changes else ""
    ax.set_title(head, loc="left", fontsize=10, color=style.ink)
    return ax


def counted(explanations: Explanations, *, changes: bool) -> dict[str, tuple[float, float]]:
    """Return for each feature the share of rows with it in the reason, and in the first change."""
    because = feature_counts(explanations)
    unless = change_counts(explanations) if changes else {}
    count = max(1, len(explanations))
    return {name: (because.get(name, 0) / count, unless.get(name, 0) / count) for name in {**because, **unless}}


def _bars(ax: Any, y: float, name: str, shares: tuple[float, float], style: Style, *, both: bool) -> None:
    height = 0.36 if both else 0.6
    ax.text(-0.02, y, name, ha="right", va="center", fontsize=9, color=style.ink, clip_on=False)
    for share, colour, shift in zip(shares, (style.holds, style.changes), (-0.19, 0.19), strict=True):
        if colour == style.changes and not both:
            continue
        place = y + (shift if both else 0.0)
        ax.barh(place, share, height=height, color=colour, linewidth=0)
        ax.text(share + 0.01, place, f"{share:.0%}", va="center", fontsize=8, color=style.soft)
