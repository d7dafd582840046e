"""A feature as a lane of a picture: other rows, what a statement allows, the row's own value, and a changed one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...encoders.columns.rows import as_matrix
from ...engine.arrays import F64
from ...engine.given import real, reals
from ...engine.reasons import Reason
from ...engine.reasons.parts import Part, Run


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
    for told in reason.parts:
        part = told
        at = instance.names.index(part.feature) if part.feature in instance.names else None
        own = part.own if at is None else instance[at]
        values = None if people is None or at is None or not part.runs else _numbers(people[:, at])
        if part.options == ("0", "1") and part.own in ("false", "true"):  # as the row has them
            said = dict(zip(part.options, ("false", "true"), strict=True))
            part = replace(part, options=tuple(said.values()), allowed=tuple(said[one] for one in part.allowed))
        new = changed.get(part.feature)
        if at is None and changed and part.options:
            new = _chosen(part.options, changed)
        out.append(Lane(part, own, new, values))
    return out


def _chosen(options: tuple[str, ...], changed: dict[str, Any]) -> str | None:
    """Return the option of a one-hot group that changed columns choose; None if that cannot be told."""
    names = [str(name) for name, value in changed.items() if number_of(value)]
    for fits in (str.__eq__, str.endswith):
        found = [option for option in options for name in names if fits(name, option)]
        if len(found) == 1:
            return found[0]
    return None


def _numbers(column: Any) -> Any:
    try:
        numbers = reals(column)
    except (TypeError, ValueError):
        return None
    return numbers[np.isfinite(numbers)]


def number_of(value: Any) -> float | None:
    """Return a value as a finite float, ``None`` if it is none."""
    try:
        number = real(value)
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


def short(value: Any) -> str:
    """Return a value in few characters, as it is drawn."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    number = None if isinstance(value, str) else number_of(value)
    return str(value) if number is None else f"{number:.10g}"


def decision_of(explanation: Any) -> str:
    """Return a prediction in few characters; "≈" before numbers that were rounded."""
    interval = explanation.interval
    if interval is None or not isinstance(explanation.prediction, float):
        return short(explanation.prediction) if isinstance(explanation.prediction, float) else explanation.predicted
    low, high = map(_rounded, interval)
    return f"{_rounded(float(explanation.prediction))}, explained within [{low}, {high}]"


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
