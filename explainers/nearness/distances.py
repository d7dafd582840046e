"""How far the cells of each feature are from a row, never more than it is.

Distances are those of the values that users write. A model that reads float64 values as float32 reads all numbers
near a border as the border; what is measured is the distance to the nearest number that is *read* on the other side.
All roundings here go down, so that nothing nearer is overlooked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.domain.attributes import Attribute
from ...engine.domain.conditions import Reading
from ...engine.domain.instance import Situation
from ...engine.domain.space import Space
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import BadInputError
from ...engine.given import real
from ..session.session import Session

FAR = np.inf
FAR_OFF = 1e300  # beyond all numbers of a list


class Stretches(NamedTuple):
    """The numbers of the cells of an attribute: cell ``cell[i]`` has those from ``low[i]`` to ``high[i]``.

    Cells without an entry hold no number (a missing value only). `wide`: the same for values that are written as
    float64 and read in fewer digits.
    """

    cell: I64
    low: F64
    high: F64
    wide_low: F64
    wide_high: F64


@lru_cache(maxsize=8)  # they do not depend on the row
def stretches_of(space: Space) -> tuple[Stretches | None, ...]:
    """Return the numbers of the cells of each attribute; None for one that is a choice, not a number."""
    return tuple(_stretches(space, attribute) for attribute in space.attributes)


def _stretches(space: Space, attribute: Attribute) -> Stretches | None:
    feature = space.features[attribute.feature]
    if feature.listed:
        return _listed(attribute, feature, len(space.vocabulary.names))
    if feature.kind not in (Kind.NUMERICAL, Kind.INTEGER) or attribute.ranges is None:
        return None
    found = [(cell, *ends) for cell in range(attribute.n_cells) for ends in attribute.ranges(cell)]
    cell = np.array([one[0] for one in found], np.int64)
    low, high = np.array([one[1] for one in found]), np.array([one[2] for one in found])
    if feature.kind is Kind.INTEGER:
        return Stretches(cell, low, high, low, high)
    reading = space.vocabulary.reading_of(feature.columns[0])
    return Stretches(cell, low, high, *_as_written(low, high, reading, feature))


def _listed(attribute: Attribute, feature: Feature, n_columns: int) -> Stretches:
    """Return stretches that hold all numbers of the range, though the cells list some of them.

    What lies between two listed numbers is decided like one of them, so it belongs to both of their cells.
    """
    column, values = feature.columns[0], np.array(feature.values)
    ends = []
    for cell in range(attribute.n_cells):
        found = [attribute.nearest(cell, np.full(n_columns, far))[column] for far in (-FAR_OFF, FAR_OFF)]
        ends.append(found)
    low, high = np.array(ends).T
    known = ~np.isnan(low)
    low, high = low[known], high[known]
    before = values[np.maximum(np.searchsorted(values, low) - 1, 0)]
    after = values[np.minimum(np.searchsorted(values, high) + 1, len(values) - 1)]
    return Stretches(np.nonzero(known)[0], before, after, before, after)


def _as_written(low: F64, high: F64, reading: Reading, feature: Feature) -> tuple[F64, F64]:
    """Return the least and the greatest float64 numbers that are read in stretches of numbers."""
    if reading not in (Reading.FLOAT32, Reading.FLOAT16):
        return low, high
    single: Any = np.float32 if reading is Reading.FLOAT32 else np.float16
    with np.errstate(over="ignore", invalid="ignore"):
        first = _middle(low, np.nextafter(low.astype(single), single(-np.inf)).astype(np.float64), reading, np.inf)
        last = _middle(high, np.nextafter(high.astype(single), single(np.inf)).astype(np.float64), reading, -np.inf)
    return np.maximum(first, feature.low), np.minimum(last, feature.high)


def _middle(border: F64, beyond: F64, reading: Reading, back: float) -> F64:
    """Return the float64 number furthest from a number that is read as it, towards its neighbour `beyond`."""
    between = (border + beyond) / 2.0  # exact: both have few digits
    between = np.where(reading.cast(between) == border, between, np.nextafter(between, back))
    readable = (reading.cast(border) == border) & np.isfinite(beyond)
    return np.where(readable & (reading.cast(between) == border), between, border)


def distances(session: Session[Any], weights: F64, *, count: bool) -> tuple[I64, F64]:
    """Return where each attribute's distances begin, and how far each cell is: infinite where it cannot be reached.

    Parameters
    ----------
    session : Session
        The instance.
    weights : ndarray of float64
        A number for each column; a one-hot group weighs the mean of its columns.
    count : bool
        Whether a changed feature counts as 1, however far it moves.

    Notes
    -----
    A changed category counts as 1. No value becomes missing, or the other way round, unless `count`.
    """
    written = None if count else written_numbers(session)
    return distances_from(session.space, session.here, written, weights)


def distances_from(
    space: Space, situation: Situation, written: Sequence[tuple[float, bool]] | None, weights: F64
) -> tuple[I64, F64]:
    """Return the same for numbers as they were written; None: how many features change."""
    count = written is None
    at = np.concatenate([[0], np.cumsum([a.n_cells for a in space.attributes])]).astype(np.int64)
    out = np.zeros(int(at[-1]))
    known = stretches_of(space)
    for a, attribute in enumerate(space.attributes):
        feature = space.features[attribute.feature]
        weight = float(np.mean(weights[list(feature.columns)]))
        own = int(situation.cells[a])
        stretches = known[a]
        if count or stretches is None or written is None:
            cost = np.full(attribute.n_cells, weight)
            if not count and stretches is None:
                cost[~_kept_missing(attribute, feature, situation.row)] = FAR
        else:
            column = feature.columns[0]
            cost = _to_cells(stretches, attribute.n_cells, *written[column], weight)
        cost[own] = 0.0
        out[at[a] : at[a + 1]] = cost
    return at, out


def as_listed(session: Session[Any], weights: F64, at: I64, far: F64, *, count: bool) -> F64:
    """Return distances in which cells that list numbers are as far as the nearest number that they list.

    What lies between two listed numbers is no input that can be shown.
    """
    if count or not any(feature.listed for feature in session.features):
        return far
    out, written, row = far.copy(), written_numbers(session), session.here.row
    for a, attribute in enumerate(session.space.attributes):
        feature = session.features[attribute.feature]
        if not feature.listed:
            continue
        column = feature.columns[0]
        for cell in range(attribute.n_cells):
            value = attribute.nearest(cell, row).get(column, float(row[column]))
            if cell != session.here.cells[a] and np.isfinite(out[at[a] + cell]):
                out[at[a] + cell] = abs(value - written[column][0]) * float(weights[column])
    return out


def _to_cells(stretches: Stretches, n_cells: int, number: float, wide: bool, weight: float) -> F64:
    cost = np.full(n_cells, FAR)
    if np.isnan(number):
        return cost
    low, high = (stretches.wide_low, stretches.wide_high) if wide else (stretches.low, stretches.high)
    gap = np.maximum(np.maximum(less(low, number), less(np.full(len(high), number), high)), 0.0)
    far = times(gap, weight)
    if ((gap < FAR_OFF) & ~np.isfinite(far)).any():  # such a cell would pass for one that no input reaches
        raise BadInputError(f"a weight of {weight:g} makes distances greater than any float: expected smaller weights")
    np.minimum.at(cost, stretches.cell, far)
    return cost


def less(one: F64, other: F64 | float) -> F64:
    """Return differences of numbers, rounded down."""
    one, other = np.broadcast_arrays(np.asarray(one, np.float64), np.asarray(other, np.float64))
    with np.errstate(invalid="ignore", over="ignore"):
        gap = one - other
        taken = one - gap  # what rounding lost, by Knuth's two-sum
        lost = (one - (gap + taken)) + (taken - other)
        return np.where(np.isfinite(gap) & (lost < 0), np.nextafter(gap, -np.inf), gap)


def times(gap: F64, weight: float) -> F64:
    """Return products of numbers that are not negative, rounded down."""
    if weight == 1.0:
        return gap
    with np.errstate(invalid="ignore", over="ignore"):
        product = np.where(gap == 0.0, 0.0, gap * weight)
    exact = np.frexp(weight)[0] == 0.5 or weight == 0.0
    return product if exact else np.where(np.isfinite(product), np.maximum(np.nextafter(product, 0.0), 0.0), product)


def _kept_missing(attribute: Attribute, feature: Feature, row: F64) -> Bools:
    """Tell in which cells a choice is as missing, or as given, as it is in a row."""
    column = feature.columns[0]
    here = bool(np.isnan(row[column]))
    return np.array(
        [bool(np.isnan(attribute.nearest(c, row).get(column, 0.0))) == here for c in range(attribute.n_cells)], np.bool_
    )


def written_numbers(session: Session[Any]) -> list[tuple[float, bool]]:
    """Return for each column the instance's number as it was given, and whether its column holds all float64 numbers.

    What is no number is told as the model reads it.
    """
    teller, row = session.teller, session.here.row
    given = teller.given.values if teller.given is not None else row
    out = []
    for column, dtype in enumerate(teller.kind.dtypes):
        number = number_in(given[column], float(row[column]))
        narrow = isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8
        out.append((number, not narrow))
    return out


def number_in(value: Any, read: float) -> float:
    """Return a number as it was given; what the model reads, if it is none."""
    try:
        number = real(value)
    except (TypeError, ValueError, OverflowError):
        return read
    return read if np.isnan(number) else number
