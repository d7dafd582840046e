"""The nearest real row: options are the values that rows of the data have, and a plan is one of these rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...engine.arrays import F64, I64
from ...engine.plans.parts import Axis

if TYPE_CHECKING:
    from .axes import Room
    from .planning import Plans


def axes_seen(asked: Plans, rows: F64, dropped: frozenset[str] = frozenset()) -> tuple[tuple[Axis, ...], I64]:
    """Return, for each feature, the allowed values that rows have, and the options of each row (-1: not allowed)."""
    axes, places = [], []
    for index, room in enumerate(asked.rooms(dropped)):
        feature = asked.session.features[index]
        if asked.frame.is_number(feature) and not room.still:
            axis, place = _numbers(asked, index, room, rows[:, feature.columns[0]])
        else:
            room.named = True  # no model has to test it
            made = asked.frame.axis(index, room)
            assert made is not None
            axis, place = made, _places(made, rows[:, list(feature.columns)])
        axes.append(axis)
        places.append(place)
    return tuple(axes), np.column_stack(places)


def _numbers(asked: Plans, index: int, room: Room, column: F64) -> tuple[Axis, I64]:
    """Return the allowed numbers of a column, and where each row has its own."""
    feature, line = asked.session.features[index], asked.frame.line(index, room)
    own = line.own
    known = np.unique(column[~np.isnan(column)]).tolist()
    there = feature.values.__contains__ if feature.listed else line.lattice.has
    kept = [v for v in known if line.allows(v) and there(v)]
    numbers = sorted({*kept, own} if not np.isnan(own) else set(kept))
    if room.missing or np.isnan(own):
        numbers.append(np.nan)
    values = np.array(numbers, np.float64).reshape(-1, 1)
    at = len(numbers) - 1 if np.isnan(own) else numbers.index(own)
    ordered = asked.frame.by_order(feature) and not np.isnan(values).any()
    axis = Axis(index, feature.columns, values, at, ordered)
    return axis, _places(axis, column[:, None])


def _places(axis: Axis, rows: F64) -> I64:
    """Return which option of an axis each row has; -1 for none."""
    found = np.full(len(rows), -1, np.int64)
    for option, values in enumerate(axis.values):
        found[((rows == values) | (np.isnan(rows) & np.isnan(values))).all(axis=1)] = option
    return found
