"""Two features around a row: how each pair of values is decided, the box of the reason, and rows that are changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.rows import as_matrix
from ...engine.arrays import F64
from ...engine.errors import BadInputError, shown
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.around import around_of
from ...engine.reasons import Reason
from .asked_model import Asked, asked_of
from .draw_plane import Plane, draw_plane
from .figures import check_axes, checked_size
from .lanes import decision_of, number_of
from .planes import Side, decided, side_of
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (6.4, 5.2)
_MOST = 4_000_000  # pairs of stretches


def plot_boundary(
    model: Any, x: Any, y: Any, *, reason: Reason | None = None, data: Any = None, ax: Axes | None = None,
    theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw how a row would be decided with other values of two features, all others as they are (needs matplotlib).

    What is drawn is no grid of samples: between two borders of the model its decision is constant.

    Parameters
    ----------
    model : Explanation or explainer
        With a row. An explanation also shows the box of its sufficient reason, and the changes that are known.
    x, y : str or int
        Two features, by name or column; one-hot groups count as one.
    reason : Reason, optional
        A sufficient reason of the row, whose box is drawn in place of the explanation's own.
    data : array-like or data frame, optional
        Other rows, with the columns of the model: they are drawn as points, and tell which numbers are shown.
    ax, theme, size
        As in ``plot_reason``.

    Returns
    -------
    matplotlib axes
        Coloured by prediction; the frame is what the reason allows of the two features.

    Raises
    ------
    BadInputError
        If something else is passed, or the model's decisions are not drawn like that.
    """
    style = style_of(theme)
    check_axes(ax)
    asked, row = _asked(model)
    compiled, one = asked.session.compiled, asked.explanation
    if reason is None and one is not None:
        reason = one.sufficient
    if reason is not None and not isinstance(reason, Reason):
        raise BadInputError(f"reason={shown(reason, 60)}: expected a sufficient reason of this row")
    witnesses = [] if one is None else [told.witness for told in one.contrastive if told.witness is not None]
    sides = []
    for named in (x, y):
        people = _column(data, asked.session, named)
        marks = [number for told in witnesses for number in _numbers(told, named)]
        sides.append(side_of(asked.session, named, row, marks, people))
    across, down = sides
    if across.feature == down.feature:
        raise BadInputError(f"x={shown(x)} and y={shown(y)} are the same feature: expected two")
    if len(across.stops) * len(down.stops) > _MOST:
        raise BadInputError(f"{len(across.stops)} x {len(down.stops)} stretches are too many to draw: take others")
    plane = Plane(
        across, down, decided(asked.session, row, across, down), _box(reason, across), _box(reason, down), reason,
        _moved(witnesses, across, down), _points(data, asked.session, across, down), compiled.classes,
        None if one is None else one.interval, "" if one is None else decision_of(one), compiled.rounding,
    )  # fmt: skip
    made: Axes = draw_plane(plane, ax, style, checked_size(size) or _SIZE)
    return made


def _asked(model: Any) -> tuple[Asked, F64]:
    """Return the model and the row that are drawn."""
    asked = asked_of(model)
    compiled = asked.session.compiled
    if around_of(compiled) is not None or not isinstance(compiled, (CompiledTree, CompiledEnsemble)):
        raise BadInputError(f"{shown(model, 60)}: expected a model over columns, with single labels")
    if asked.row is None:
        raise BadInputError(f"{shown(model, 60)} has no row: pass an explanation, or call set_instance(x) first")
    return asked, asked.row


def _column(data: Any, session: Any, named: Any) -> Any:
    """Return the finite numbers of a column of other rows."""
    if data is None or not isinstance(named, (str, int, np.integer)):
        return None
    names = session.compiled.vocabulary.names
    at = names.index(named) if named in names else named
    if not isinstance(at, (int, np.integer)) or not 0 <= at < len(names):
        return None
    try:
        numbers = np.asarray(as_matrix(data, names, numeric=False)[:, int(at)], np.float64)
    except (TypeError, ValueError):
        return None
    return numbers[np.isfinite(numbers)]


def _numbers(witness: Any, named: Any) -> list[float]:
    found = number_of(witness[named]) if named in witness.names else None
    return [] if found is None else [found]


def _box(reason: Reason | None, side: Side) -> list[tuple[float, float]]:
    """Return the stretches of a side that a reason allows: all of it where the reason does not speak of it."""
    ends = [(side.edges[0], side.edges[-1])]
    if reason is None:
        return []
    part = next((part for part in reason.parts if part.feature == side.name), None)
    if part is None:
        return ends
    if side.options:
        own = {side.options[int(side.own)]} if not math.isnan(side.own) else set()
        allowed = {{"0": "false", "1": "true"}.get(name, name) if side.feature.truth else name for name in part.allowed}
        kept = own if reason.proof.over == "features" else allowed
        return [(place - 0.5, place + 0.5) for place, name in enumerate(side.options) if name in kept]
    if reason.proof.over == "features":
        return [(side.own, side.own)]
    runs = [(max(low, ends[0][0]), min(high, ends[0][1])) for low, high in part.runs]
    return [(low, high) for low, high in runs if low <= high]


def _moved(witnesses: list[Any], x: Side, y: Side) -> list[tuple[float, float]]:
    """Return the places of the changed rows that change nothing but the two features."""
    out = []
    for told in witnesses:
        within = {told.names[column] for side in (x, y) for column in side.feature.columns}
        if set(told.changed) <= within and told.changed:
            places = _place(told, x), _place(told, y)
            if None not in places:
                out.append(places)
    return out  # type: ignore[return-value]  # no place is None


def _place(row: Any, side: Side) -> float | None:
    """Return where a row lies on a side; None if that cannot be told."""
    values = [row[column] for column in side.feature.columns]
    if not side.options:
        return number_of(values[0])
    if len(values) > 1:
        chosen = [place for place, one in enumerate(values) if number_of(one)]
        return float(chosen[0]) if len(chosen) == 1 and chosen[0] < len(side.options) else None
    name = str(values[0]).lower() if side.feature.truth else str(values[0])
    if name in side.options:
        return float(side.options.index(name))
    number = number_of(values[0])
    stops = [place for place, stop in enumerate(side.stops) if number is not None and number in stop.values()]
    return float(stops[0]) if stops else None


def _points(data: Any, session: Any, x: Side, y: Side) -> Any:
    """Return where other rows lie, of two features of numbers, shape (m, 2)."""
    if data is None or x.options or y.options:
        return None
    matrix = as_matrix(data, session.compiled.vocabulary.names, numeric=False)
    try:
        return np.asarray(matrix[:, [x.feature.columns[0], y.feature.columns[0]]], np.float64)
    except (TypeError, ValueError):
        return None
