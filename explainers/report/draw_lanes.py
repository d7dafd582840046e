"""Lanes drawn on a sheet: numbers as an axis with other rows above it, listed values as chips."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...encoders.columns.missing import is_missing
from ...engine.reasons.parts import Run
from .lanes import Lane, number_of, short, span_of
from .sheet import Sheet, cut, literally, width_of

_BINS, _FAR = 40, 1.5
_BARS, _HALF = 15.0, 6.0  # points: heights of other rows, and of half a band
_CHIP, _GAP, _PAD = 17.0, 5.0, 6.0
_ASIDE = 62.0  # points to the right of a lane of numbers, for missing values
_SIZE = 8.0
HEIGHT = 50.0


def draw_lane(sheet: Sheet, x: float, y: float, width: float, lane: Lane, colour: str) -> None:
    """Draw a lane from `x` on, around height `y`; it takes 25 points above and below."""
    if lane.part.runs or (not lane.part.options and lane.part.missing):
        _numbers(sheet, x, y, width - _ASIDE, lane, colour)
    else:
        _options(sheet, x, y, width, lane, colour)


def shown_span(lane: Lane) -> tuple[float, float]:
    """Return the numbers that are shown: an own or changed value that is very far off is shown at the edge."""
    span = span_of(lane)
    if lane.people is None or not len(lane.people):
        return span
    low, high = span_of(Lane(lane.part, None, None, lane.people))
    far = _FAR * (high - low)
    marks = [one for one in (number_of(lane.own), number_of(lane.new)) if one is not None]
    below, above = [one for one in marks if one < low - far], [one for one in marks if one > high + far]
    if not below + above or len(below) > 1 or len(above) > 1:
        return span
    near = next((one for one in marks if one not in below + above), None)
    return span_of(Lane(lane.part, near, None, lane.people))


def _numbers(sheet: Sheet, x: float, y: float, width: float, lane: Lane, colour: str) -> None:
    low, high = shown_span(lane)
    style = sheet.style

    def at(value: float) -> float:
        return x + width * min(max((value - low) / (high - low), 0.0), 1.0)

    if lane.people is not None and len(lane.people):
        counts, edges = np.histogram(lane.people, bins=_BINS, range=(low, high))
        for count, left in zip(counts.tolist(), edges[:-1].tolist(), strict=True):
            if count:
                tall = max(0.8, _BARS * count / int(counts.max()))
                sheet.box(at(left) + 0.3, y - tall, width / _BINS - 0.6, tall, style.people, zorder=2)
    sheet.line([x, x + width], [y, y], style.line, 1.2)
    for run in lane.part.runs:
        _band(sheet, y, run, (low, high), at, colour)
    _marks(sheet, x, y, width, lane, colour, (low, high))
    _missing(sheet, x + width + 10, y, lane, colour)


def _band(sheet: Sheet, y: float, run: Run, span: tuple[float, float], at: Any, colour: str) -> None:
    left, right = at(max(run[0], span[0])), at(min(run[1], span[1]))
    sheet.box(left, y - _HALF, max(right - left, 1.0), 2 * _HALF, colour, alpha=0.28)
    for end, x in zip(run, (left, right), strict=True):
        if math.isfinite(end):
            sheet.line([x, x], [y - _HALF - 1.5, y + _HALF + 1.5], colour, 2, zorder=4)


def _marks(sheet: Sheet, x: float, y: float, width: float, lane: Lane, colour: str, span: tuple[float, float]) -> None:
    own, new, style = number_of(lane.own), number_of(lane.new), sheet.style
    where = {}
    for name, value in (("own", own), ("new", new)):
        if value is not None:
            where[name] = x + width * min(max((value - span[0]) / (span[1] - span[0]), 0.0), 1.0)
    if own is not None and new is not None and new != own:
        side = math.copysign(1.0, where["new"] - where["own"])
        if abs(where["new"] - where["own"]) > 9:
            sheet.arrow(where["own"] + 4 * side, y, where["new"], y, style.changes)
        else:
            sheet.dot(where["new"], y, 6, style.changes, "D")
        _beside(sheet, where["new"], y + 15, short(lane.new), style.changes, (x, x + width), weight="bold")
    if own is None or (lane.new is not None and is_missing(lane.own)):
        return
    outside = "<" if own < span[0] else ">" if own > span[1] else "o"
    sheet.dot(where["own"], y, 8, colour, outside)
    _beside(sheet, where["own"], y - 15, short(lane.own), style.ink, (x, x + width))


def _beside(sheet: Sheet, x: float, y: float, said: str, colour: str, within: tuple[float, float], **how: Any) -> None:
    """Write a value around `x`, moved into the lane."""
    said = cut(literally(said), within[1] - within[0], _SIZE)
    half = width_of(said, _SIZE, how.get("weight", "normal")) / 2
    sheet.text(min(max(x, within[0] + half), within[1] - half), y, said, _SIZE, colour, ha="center", halo=True, **how)


def _missing(sheet: Sheet, x: float, y: float, lane: Lane, colour: str) -> None:
    own = lane.own is not None and is_missing(lane.own)
    new = lane.new is not None and is_missing(lane.new)
    if own or new or lane.part.missing:
        _chip(sheet, x, y, "missing", (lane.part.missing, own, new), colour)


def _options(sheet: Sheet, x: float, y: float, width: float, lane: Lane, colour: str) -> None:
    """Draw listed values: those that are allowed are filled, the row's own has a frame, a changed one a coloured one.

    As many as fit are drawn, those that matter first, in the order of the feature.
    """
    options, new = lane.part.options, None if lane.new is None else short(lane.new)
    more = width_of(f"+ {len(options)} more", _SIZE) + _GAP
    few: list[str] = []
    left = width - more
    for name in dict.fromkeys([lane.part.own, new, *lane.part.allowed, *options]):
        if name in options and (wide := _wide(name) + _GAP) <= left:
            few.append(name)
            left -= wide
    for name in (one for one in options if one in few):
        state = (name in lane.part.allowed, name == lane.part.own, name == new)
        x += _chip(sheet, x, y, name, state, colour) + _GAP
    if len(options) > len(few):
        sheet.text(x, y, f"+ {len(options) - len(few)} more", _SIZE, sheet.style.soft)


def _named(name: str) -> str:
    return cut(literally(name), 120, _SIZE)


def _wide(name: str) -> float:
    return width_of(_named(name), _SIZE) + 2 * _PAD


def _chip(sheet: Sheet, x: float, y: float, name: str, state: tuple[bool, bool, bool], colour: str) -> float:
    """Draw a listed value, and return its width; `state`: whether it is allowed, the own one, the changed one."""
    (allowed, own, new), style = state, sheet.style
    edge, line = (style.changes, 2.0) if new else (style.ink, 1.8) if own else (style.line, 0.8)
    sheet.box(x, y - _CHIP / 2, _wide(name), _CHIP, colour if allowed else style.paper, edge, line, 4.0, zorder=6)
    sheet.text(x + _PAD, y, _named(name), _SIZE, style.on(colour) if allowed else style.soft)
    if own:
        sheet.text(x + _wide(name) / 2, y - 15, "own", 7, style.soft, ha="center")
    if new:
        sheet.text(x + _wide(name) / 2, y + 15, "new", 7, style.changes, ha="center", weight="bold")
    return _wide(name)
