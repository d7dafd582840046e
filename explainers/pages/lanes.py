"""A feature's lane as numbers from 0 to 1, and drawn as inline SVG: what is allowed, other rows, the own value."""

from __future__ import annotations

import math
import re
from html import escape
from typing import Any

import numpy as np

from ...engine.reasons.parts import Part
from ..report.lanes import Lane, bounds_of, number_of, span_of

_LONG = re.compile(r"(?<![\w.])-?(?=[\d.]{9})\d+\.\d+(?:e-?\d+)?(?![\w.])")  # numbers of many digits
_BINS, _MOST = 32, 8
_WIDE, _HIGH, _BASE = 320.0, 46.0, 30.0  # the picture, and where its line lies


def lane_form(lane: Lane) -> dict[str, Any]:
    """Return what is drawn of a feature.

    Returns
    -------
    dict
        Of a number: ``kind`` "number", ``low``, ``high`` (the numbers at the ends), ``bars`` (heights of other rows),
        ``runs`` (pairs of places, each with whether it ends there), ``own``, ``new`` (places, or None), ``own text``,
        ``new text``. Of others: ``kind`` "options", ``options`` (``name``, ``allowed``, ``own``, ``new``), ``more``
        (how many are not listed).
    """
    return _number(lane) if lane.part.runs else _options(lane)


def _number(lane: Lane) -> dict[str, Any]:
    low, high = span_of(lane)

    def at(x: float) -> float:
        return round(min(max((x - low) / (high - low), 0.0), 1.0), 4)

    bars: list[float] = []
    if lane.people is not None and len(lane.people):
        counts, _ = np.histogram(lane.people, bins=_BINS, range=(low, high))
        bars = [round(float(n) / max(1, int(counts.max())), 3) for n in counts]
    runs = [[at(a), at(b), math.isfinite(a), math.isfinite(b)] for a, b in lane.part.runs]
    own, new = number_of(lane.own), number_of(lane.new)
    return {
        "kind": "number", "low": low, "high": high, "bars": bars, "runs": runs,
        "own": None if own is None else at(own), "own text": said(lane.own),
        "new": None if new is None else at(new), "new text": "" if lane.new is None else said(lane.new),
        "bounds": bounds_of(lane.part),
    }  # fmt: skip


def _options(lane: Lane) -> dict[str, Any]:
    part = lane.part
    new = "" if lane.new is None else said(lane.new)
    first = dict.fromkeys([part.own, new, *part.allowed, *part.options])
    few = [name for name in first if name in part.options][:_MOST]
    listed = [
        {"name": name, "allowed": name in part.allowed, "own": name == part.own, "new": name == new}
        for name in part.options if name in few
    ]  # fmt: skip
    return {"kind": "options", "options": listed, "more": len(part.options) - len(listed)}


def said(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    number = number_of(value) if not isinstance(value, str) else None
    return str(value) if number is None else f"{number:.10g}"


def lane_svg(form: dict[str, Any], kind: str, label: str) -> str:
    """Return a lane of a number as SVG, whose colours are classes of the page's style.

    Parameters
    ----------
    form : dict
        Of ``lane_form``.
    kind : {"holds", "changes"}
        Whether it forces or changes a decision.
    label : str
        What it shows, for those who do not see it.
    """
    parts = [f'<rect class="track" x="0" y="{_BASE}" width="{_WIDE}" height="1"/>']
    wide = _WIDE / max(1, len(form["bars"]))
    for i, height in enumerate(form["bars"]):
        if height:
            tall = 22 * height
            parts.append(
                f'<rect class="people" x="{i * wide:.1f}" y="{_BASE - tall:.1f}" width="{wide - 0.6:.1f}" '
                f'height="{tall:.1f}"/>'
            )
    for low, high, ends_low, ends_high in form["runs"]:
        left, right = low * _WIDE, high * _WIDE
        parts.append(
            f'<rect class="band {kind}" x="{left:.1f}" y="{_BASE - 9}" width="{max(1.5, right - left):.1f}" '
            'height="18" '
            'rx="3"/>'
        )
        for x, ends in ((left, ends_low), (right, ends_high)):
            if ends:
                parts.append(f'<rect class="end {kind}" x="{x - 1:.1f}" y="{_BASE - 9}" width="2" height="18"/>')
    parts += _marks(form)
    return (
        f'<svg class="lane" viewBox="-8 0 {_WIDE + 16} {_HIGH}" role="img" '
        f'aria-label="{escape(label, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )


def _marks(form: dict[str, Any]) -> list[str]:
    out = []
    own, new = form["own"], form["new"]
    if own is not None and new is not None and own != new:
        a, b = own * _WIDE, new * _WIDE
        tip = 6 if b > a else -6
        out.append(f'<line class="arrow" x1="{a:.1f}" y1="{_BASE}" x2="{b - tip:.1f}" y2="{_BASE}"/>')
        out.append(f'<path class="tip" d="M{b:.1f} {_BASE} l{-tip} -4.5 v9 z"/>')
    if own is not None:
        out.append(f'<circle class="own" cx="{own * _WIDE:.1f}" cy="{_BASE}" r="4.5"/>')
    return out


def short(said: str) -> str:
    """Return a statement about a number with borders of few digits, "≈" before those that were rounded."""
    return _LONG.sub(lambda found: f"≈ {float(found[0]):.6g}", said)


def part_form(part: Part) -> dict[str, Any]:
    """Return what a statement allows, as plain values (without infinities)."""
    runs = [[None if math.isinf(end) else end for end in run] for run in part.runs]
    return {
        "feature": part.feature, "says": part.says, "short": short(part.says) if runs else part.says,
        "own": part.own, "runs": runs, "options": list(part.options),
        "allowed": list(part.allowed), "missing": part.missing,
    }  # fmt: skip
