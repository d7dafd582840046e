"""A feature as a lane of a picture: other rows, what a statement allows, the row's own value, and a changed one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.columns.rows import as_matrix
from ...engine.arrays import F64
from ...engine.reasons import Reason
from ...engine.reasons.parts import Part, Run
from .style import Style

_BINS = 32
_BAND, _BARS = 0.34, 0.42  # heights within a lane of height 1
_MOST = 6  # listed values that a lane shows


@dataclass(frozen=True, slots=True)
class Lane:
    """What is drawn of one feature.

    Attributes
    ----------
    part : Part
        What the reason says of it.
    own, new : object
        The row's own value, and a changed one (``None``: none).
    people : ndarray of float or None
        Values of other rows, of a number.
    """

    part: Part
    own: Any
    new: Any
    people: F64 | None


def lanes_of(instance: Any, reason: Reason | None, data: Any) -> list[Lane]:
    """Return what is drawn: a lane for each feature that the reason speaks of."""
    if reason is None:
        return []
    witness = reason.witness
    changed = {} if witness is None else {name: witness[name] for name in witness.changed}
    people = None if data is None else as_matrix(data, instance.names, numeric=False)
    out = []
    for part in reason.parts:
        at = instance.names.index(part.feature) if part.feature in instance.names else None
        own = part.own if at is None else instance[at]
        values = None if people is None or at is None or not part.runs else _numbers(people[:, at])
        out.append(Lane(part, own, changed.get(part.feature), values))
    return out


def _numbers(column: Any) -> Any:
    try:
        numbers = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return numbers[np.isfinite(numbers)]


def number_of(value: Any) -> float | None:
    """Return a value as a finite float, ``None`` if it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def span_of(lane: Lane) -> tuple[float, float]:
    """Return the numbers that a lane shows: other rows (but for outliers), borders, the row's own value."""
    marks = [x for x in (number_of(lane.own), number_of(lane.new)) if x is not None]
    marks += [end for run in lane.part.runs for end in run if math.isfinite(end)]
    if lane.people is not None and len(lane.people):
        marks += np.quantile(lane.people, [0.01, 0.99]).tolist()
    low, high = (min(marks), max(marks)) if marks else (0.0, 1.0)
    margin = 0.08 * (high - low) or max(1.0, abs(low) * 0.1)
    return low - margin, high + margin


def draw_number(ax: Any, y: float, lane: Lane, style: Style, colour: str) -> None:
    """Draw a lane of numbers around height `y`; the axes run from 0 to 1."""
    low, high = span_of(lane)

    def at(x: float) -> float:
        return min(max((x - low) / (high - low), 0.0), 1.0)

    ax.plot([0, 1], [y, y], color=style.line, linewidth=1, zorder=1, solid_capstyle="round")
    if lane.people is not None and len(lane.people):
        counts, edges = np.histogram(lane.people, bins=_BINS, range=(low, high))
        places = (edges[:-1] - low) / (high - low)
        heights = _BARS * counts / max(1, counts.max())
        ax.bar(places, heights, width=1 / _BINS, bottom=y, align="edge", color=style.people, zorder=2, linewidth=0)
    for run in lane.part.runs:
        _band(ax, y, run, at, colour)
    _marks(ax, y, lane, at, style, colour)


def _band(ax: Any, y: float, run: Run, at: Any, colour: str) -> None:
    left = at(run[0]) if math.isfinite(run[0]) else 0.0
    right = at(run[1]) if math.isfinite(run[1]) else 1.0
    ax.fill_between([left, right], y - _BAND / 2, y + _BAND / 2, color=colour, alpha=0.22, linewidth=0, zorder=3)
    for end, x in zip(run, (left, right), strict=True):
        if math.isfinite(end):
            ax.plot([x, x], [y - _BAND / 2, y + _BAND / 2], color=colour, linewidth=2, zorder=4)


def _marks(ax: Any, y: float, lane: Lane, at: Any, style: Style, colour: str) -> None:
    own, new = number_of(lane.own), number_of(lane.new)
    if own is None:
        return
    x = at(own)
    if new is not None and new != own:
        arrow = {"arrowstyle": "-|>", "color": style.changes, "linewidth": 2, "shrinkA": 6, "shrinkB": 0}
        ax.annotate("", (at(new), y), (x, y), arrowprops=arrow, zorder=6)
        ax.annotate(_short(lane.new), (at(new), y), (0, -13), textcoords="offset points", ha="center", va="center",
                    fontsize=8, color=style.changes, zorder=7, path_effects=_halo(style))  # fmt: skip
    ax.plot([x], [y], "o", markersize=8, color=colour, markeredgecolor=style.paper, markeredgewidth=1.5, zorder=7)
    ax.annotate(_short(lane.own), (x, y), (0, 12), textcoords="offset points", ha="center", va="center", fontsize=8,
                color=style.ink, zorder=8, path_effects=_halo(style))  # fmt: skip


def _halo(style: Style) -> list[Any]:
    """Return what keeps a text legible above other things."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground=style.paper)]


def _short(value: Any) -> str:
    number = number_of(value)
    return str(value) if number is None else f"{number:.10g}"


def bounds_of(part: Part) -> str:
    """Return what numbers a part allows, in few digits; "≈" before a border that was rounded."""
    said = [_run(run) for run in part.runs] + ["missing"] * part.missing
    return " or ".join(said)


def _run(run: Run) -> str:
    low, high = run
    if low == -math.inf:
        return f"up to {_rounded(high)}"
    if high == math.inf:
        return f"above {_rounded(low)}"
    return f"above {_rounded(low)}, up to {_rounded(high)}"


def _rounded(border: float) -> str:
    short = f"{border:.6g}"
    return short if float(short) == border else f"≈ {short}"


def draw_options(ax: Any, y: float, lane: Lane, style: Style, colour: str) -> None:
    """Draw a lane of listed values around height `y`: those that are allowed are filled, the row's own has a frame."""
    options, changed = lane.part.options, None if lane.new is None else _named(lane.new)
    first = [*lane.part.allowed[:3], lane.part.own, changed, *options]
    few = [name for name in dict.fromkeys(first) if name in options][:_MOST]
    shown = [name for name in options if name in few]
    x = 0.0
    for name in shown:
        allowed, own, new = name in lane.part.allowed, name == lane.part.own, name == changed
        edge = style.changes if new else style.ink if own else style.line
        box = {"boxstyle": "round,pad=0.35", "linewidth": 1.6 if own or new else 0.8, "edgecolor": edge,
               "facecolor": colour if allowed else style.paper, "alpha": 1.0}  # fmt: skip
        ink = style.paper if allowed else style.soft
        text = ax.text(x, y, name if len(name) <= 18 else f"{name[:17]}…", fontsize=8, color=ink, va="center", bbox=box)
        x += _width(ax, text) + 0.05
    if len(options) > len(shown):
        ax.text(x, y, f"… {len(options)} values", fontsize=8, color=style.soft, va="center")


def _named(value: Any) -> str:
    """Return a listed value as options have it."""
    return str(value).lower() if isinstance(value, (bool, np.bool_)) else _short(value)


def _width(ax: Any, text: Any) -> float:
    """Return the width of a text, of which the axes are 1 wide."""
    box = text.get_window_extent(ax.figure.canvas.get_renderer())
    return float(box.transformed(ax.transData.inverted()).width)
