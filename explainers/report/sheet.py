"""A sheet on which pictures are laid out in points: texts are measured before they are placed, and cut to fit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .figures import check_axes, checked_size, describe, new_figure
from .style import Style, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE = 14.0  # points, left and right of what is written
_SPARE = 1.03  # how much wider than measured a text may be drawn, of hinting


def literally(said: Any) -> str:
    """Return a text as it is drawn: one line, in which what cannot be printed is escaped."""
    text = str(said)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    make: Any = RendererAgg  # which has no types
    return make(8, 8, 72 * 8)  # fine enough for sizes that are scaled


@lru_cache(maxsize=20_000)
def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a text in points."""
    import warnings

    from matplotlib.font_manager import FontProperties

    with warnings.catch_warnings():  # of glyphs that the font does not have: drawing says it
        warnings.simplefilter("ignore")
        wide = _renderer().get_text_width_height_descent(text, FontProperties(size=size, weight=weight), False)[0]
    return float(wide) / 8 * _SPARE


def cut(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Return the beginning of a text that is no wider than this, in points, with "…" where it was cut."""
    if width_of(text, size, weight) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(f"{text[:middle].rstrip()}…", size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…"


class Sheet:
    """Axes in which lengths are points, from the top left corner.

    Parameters
    ----------
    ax : matplotlib axes or None
        Where to draw; ``None``: a new figure.
    style : Style
        Colours.
    width, height : float
        What is to fit, in points: all is drawn smaller (larger) where the axes, or `size`, are.
    size : pair of float, optional
        Width and height of a new figure, in inches.
    """

    def __init__(self, ax: Any, style: Style, width: float, height: float, size: Any = None) -> None:
        check_axes(ax)
        size = checked_size(size)
        if ax is None:
            wide, high = (width / 72, height / 72) if size is None else size
            ax = new_figure(wide, high).add_axes((0, 0, 1, 1))
            ax.figure.set_facecolor(style.paper)
        box, (wide, high) = ax.get_position(), ax.figure.get_size_inches()
        wide, high = 72 * wide * box.width, 72 * high * box.height
        self.scale = min(wide / width, high / height)
        self.ax, self.style, self.width, self.height = ax, style, width, height
        bare(ax, style)
        left = (wide / self.scale - width) / 2
        ax.set(xlim=(-left, width + left), ylim=(high / self.scale, 0), autoscale_on=False)

    @property
    def room(self) -> float:
        """How wide a line may be."""
        return self.width - 2 * EDGE

    def title(self, said: str, under: str = "") -> None:
        """Write what the picture is about, and on what it rests."""
        self.text(EDGE, 18, said, 12, width=self.room, weight="bold")
        if under:
            self.text(EDGE, 37, under, 8.5, self.style.soft, width=self.room)

    def described(self, text: str) -> Axes:
        """Return the axes, which say in words what they show: see ``alt_text``."""
        describe(self.ax, text)
        made: Axes = self.ax
        return made

    def text(
        self, x: float, y: float, said: Any, size: float = 9, colour: str | None = None, *, width: float | None = None,
        ha: str = "left", weight: str = "normal", halo: bool = False, **how: Any,
    ) -> Any:  # fmt: skip
        """Write a text, cut to a width, around height `y`; return it."""
        text = literally(said)
        if width is not None:
            text = cut(text, width, size, weight)
        effects = None
        if halo:
            from matplotlib.patheffects import withStroke

            effects = [withStroke(linewidth=2.5 * self.scale, foreground=self.style.paper)]
        return self.ax.text(
            x, y, text, fontsize=size * self.scale, color=colour or self.style.ink, ha=ha, va="center_baseline",
            weight=weight, parse_math=False, usetex=False, path_effects=effects, **{"zorder": 8, **how},
        )  # fmt: skip

    def line(self, xs: Any, ys: Any, colour: str, width: float = 1.0, **how: Any) -> Any:
        """Draw a line through points."""
        how = {"zorder": 2, "solid_capstyle": "butt", **how}
        return self.ax.plot(xs, ys, color=colour, linewidth=width * self.scale, **how)[0]

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str | None = None, line: float = 1.0,
        round_: float = 0.0, **how: Any,
    ) -> Any:  # fmt: skip
        """Draw a box from its top left corner, its corners rounded."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        how = {"facecolor": fill, "edgecolor": edge or "none", "linewidth": line * self.scale, "zorder": 3, **how}
        if round_:
            patch: Any = FancyBboxPatch(
                (x, y), width, height, boxstyle=f"round,pad=0,rounding_size={round_}", mutation_aspect=1, **how
            )
        else:
            patch = Rectangle((x, y), width, height, **how)
        return self.ax.add_patch(patch)

    def dot(self, x: float, y: float, size: float, colour: str, marker: str = "o", **how: Any) -> Any:
        """Draw a mark."""
        how = {"zorder": 7, "markeredgecolor": self.style.paper, "markeredgewidth": 1.5 * self.scale, **how}
        return self.ax.plot([x], [y], marker, color=colour, markersize=size * self.scale, linestyle="none", **how)[0]

    def arrow(self, x: float, y: float, x_to: float, y_to: float, colour: str, width: float = 2.0) -> Any:
        """Draw an arrow."""
        from matplotlib.patches import FancyArrowPatch

        return self.ax.add_patch(FancyArrowPatch(
            (x, y), (x_to, y_to), arrowstyle="-|>", mutation_scale=11 * self.scale, color=colour,
            linewidth=width * self.scale, shrinkA=0, shrinkB=0, zorder=6,
        ))  # fmt: skip
