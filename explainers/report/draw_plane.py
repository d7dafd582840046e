"""A plane of two features, drawn: regions, the frame of a reason, the row, and changed rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.reasons import Reason
from ..words.how_far import minimality
from .figures import describe, new_figure
from .lanes import short
from .planes import Side
from .sheet import cut, literally
from .style import Style, class_colour

_MANY = 12  # classes that the legend names


@dataclass(frozen=True, slots=True)
class Plane:
    """What is drawn.

    Attributes
    ----------
    x, y : Side
        The features.
    told : ndarray of float64
        How each pair of stretches is decided.
    across, down : list of pair of float
        What the reason allows of each.
    reason : Reason or None
        Whose frame it is.
    moved : list of pair of float
        Changed rows.
    people : ndarray of float64 or None
        Other rows.
    classes : tuple
        Labels; empty for numbers.
    interval : pair of float or None
        Of numbers: what is explained.
    predicted : str
        The prediction of the row, in words.
    rounding : bool
        Whether rounding may decide inputs near ties.
    """

    x: Side
    y: Side
    told: NDArray[np.float64]
    across: list[tuple[float, float]]
    down: list[tuple[float, float]]
    reason: Reason | None
    moved: list[tuple[float, float]]
    people: NDArray[np.float64] | None
    classes: tuple[Any, ...]
    interval: tuple[float, float] | None
    predicted: str
    rounding: bool


def draw_plane(plane: Plane, ax: Any, style: Style, size: tuple[float, float]) -> Any:
    """Draw a plane, and return its axes."""
    if ax is not None:
        box, (wide, high) = ax.get_position(), ax.figure.get_size_inches()
        size = wide * box.width, high * box.height
    else:
        ax = new_figure(*size, layout="constrained").add_subplot()
    ax.figure.set_facecolor(style.paper)
    ax.set_facecolor(style.paper)
    legend = _regions(ax, plane, style)
    legend += _others(ax, plane, style)
    legend += _frame(ax, plane, style)
    legend += _rows(ax, plane, style)
    for side, which in ((plane.x, "x"), (plane.y, "y")):
        _axis(ax, side, which, style)
    head = f"{plane.predicted or 'Predictions'}: {plane.x.name} and {plane.y.name}, all else as in the row"
    title = cut(literally(head), 72 * size[0] * 0.86, 11, "bold")
    _words(ax.set_title(title, loc="left", fontsize=11, weight="bold", color=style.ink, pad=10))
    below = (76.0 if plane.x.options and len(plane.x.options) > 4 else 44.0) / (72 * size[1] * 0.6)
    columns = 1 if size[0] < 5 else 2 if size[0] < 9 else 3
    told = ax.legend(
        handles=legend, loc="upper center", bbox_to_anchor=(0.5, -below), ncols=columns, frameon=False, fontsize=8.5,
        labelcolor=style.ink,
    )  # fmt: skip
    for text in told.get_texts():
        _words(text)
    far = "" if plane.reason is None else minimality(plane.reason, plane.rounding)
    frame = f" The frame is what the reason allows ({far})." if far else ""
    describe(ax, f"{head}.{frame}{f' {len(plane.moved)} changed rows are marked.' if plane.moved else ''}")
    return ax


def _words(text: Any) -> None:
    """Let a text be drawn as it is."""
    text.set_parse_math(False)
    text.set_usetex(False)
    text.set_text(literally(text.get_text()))


def _regions(ax: Any, plane: Plane, style: Style) -> list[Any]:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    edges = np.asarray(plane.x.edges), np.asarray(plane.y.edges)
    if not plane.classes and plane.interval is None:
        mesh = ax.pcolormesh(*edges, plane.told, cmap="cividis", rasterized=True, zorder=1)
        bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02)
        bar.ax.tick_params(colors=style.soft, labelsize=8)
        bar.outline.set_edgecolor(style.line)
        bar.set_label("prediction", color=style.soft, fontsize=9)
        return []
    if plane.interval is not None:
        low, high = plane.interval
        told = ((plane.told >= low) & (plane.told <= high)).astype(np.float64)
        names = [f"outside [{low:.6g}, {high:.6g}]", f"within [{low:.6g}, {high:.6g}]"]
        colours = [style.changes, style.holds]
    else:
        told, names = plane.told, [short(label) for label in plane.classes]
        colours = [class_colour(place) for place in range(len(names))]
    tints = [style.line, *[style.tint(colour, 0.34) for colour in colours]]
    ax.pcolormesh(*edges, told, cmap=ListedColormap(tints), vmin=-1.5, vmax=len(names) - 0.5, rasterized=True, zorder=1)
    there = [int(one) for one in np.unique(told)]
    listed = [place for place in there if place >= 0][:_MANY]
    out = [Patch(facecolor=tints[place + 1], edgecolor=colours[place], label=cut(names[place], 150, 8.5))
           for place in listed]  # fmt: skip
    return out + ([Patch(facecolor=style.line, label="rounding decides")] if -1 in there else [])


def _others(ax: Any, plane: Plane, style: Style) -> list[Any]:
    if plane.people is None:
        return []
    how = {"s": 7, "color": style.soft, "alpha": 0.35, "linewidths": 0, "zorder": 2}
    return [ax.scatter(plane.people[:, 0], plane.people[:, 1], label="other rows", **how)]


def _frame(ax: Any, plane: Plane, style: Style) -> list[Any]:
    from matplotlib.patches import Patch, Rectangle

    for left, right in plane.across:
        for low, high in plane.down:
            ax.add_patch(Rectangle(
                (left, low), right - left, high - low, fill=False, edgecolor=style.ink, linewidth=2.2, zorder=4,
                gid="frame",
            ))  # fmt: skip
    if not plane.across or not plane.down:
        return []
    return [Patch(fill=False, edgecolor=style.ink, linewidth=2.0, label="what the reason allows")]


def _rows(ax: Any, plane: Plane, style: Style) -> list[Any]:
    out = []
    x, y = plane.x.own, plane.y.own
    if not (math.isnan(x) or math.isnan(y)):
        out += ax.plot([x], [y], "o", color=style.ink, markersize=10, markeredgecolor=style.paper, markeredgewidth=1.8,
                       linestyle="none", zorder=7, label="the row", gid="row")  # fmt: skip
    for place, (x_to, y_to) in enumerate(plane.moved):
        marks = ax.plot([x_to], [y_to], "D", color=style.changes, markersize=8, markeredgecolor=style.paper,
                        gid="moved", markeredgewidth=1.5, linestyle="none", zorder=6, label="changed row")  # fmt: skip
        if not out or math.isnan(x) or math.isnan(y):
            continue
        ax.annotate("", (x_to, y_to), (x, y), zorder=5,
                    arrowprops={"arrowstyle": "-|>", "color": style.changes, "linewidth": 1.8, "shrinkA": 6,
                                "shrinkB": 5})  # fmt: skip
        out += marks if place == 0 else []
    return out


def _axis(ax: Any, side: Side, which: str, style: Style) -> None:
    axis = ax.xaxis if which == "x" else ax.yaxis
    (ax.set_xlim if which == "x" else ax.set_ylim)(side.edges[0], side.edges[-1])
    if side.options:
        axis.set_ticks(range(len(side.options)))
        axis.set_ticklabels([cut(literally(name), 90, 9) for name in side.options])
        for text in axis.get_ticklabels():
            _words(text)
        if which == "x" and len(side.options) > 4:
            ax.tick_params(axis="x", labelrotation=40)
    axis.label.set_text(cut(literally(side.name), 260, 10))
    axis.label.set(color=style.ink, fontsize=10, parse_math=False, usetex=False)
    ax.tick_params(axis=which, colors=style.soft, labelsize=8.5, length=3)
    for spine in ax.spines.values():
        spine.set_color(style.line)
