"""The options of each feature: from every stretch of values that nothing tells apart, the one that costs least."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...encoders.columns.row_kind import RowKind, column_type
from ...engine.arrays import F64, I8, I32, Bools
from ...engine.domain.attributes import options_of
from ...engine.domain.conditions import Reading
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.plans.parts import Axis, Conditions
from .numbers import Lattice, Line, Steps, lattice_of
from .tested import OnColumn, columns_tested, stretches_of

_FLOATS = {"float16": Reading.FLOAT16, "float32": Reading.FLOAT32}


@dataclass(slots=True)
class Room:
    """Where one feature may go.

    Attributes
    ----------
    still : bool
        Whether it stays as it is.
    up, down : bool
        Whether it may rise, and fall.
    low, high : float
        Where a changed number lies.
    steps : Steps or None
        Which numbers are allowed.
    moves : set or None
        Names of the options that a category may have; None: all.
    missing : bool
        Whether it may become missing.
    starts : list of float
        Numbers at which something begins that a rule tells apart.
    named : bool
        Whether a rule speaks of it.
    """

    still: bool = False
    up: bool = True
    down: bool = True
    low: float = -math.inf
    high: float = math.inf
    steps: Steps | None = None
    moves: Bools | None = None
    missing: bool = False
    starts: list[float] = field(default_factory=list)
    named: bool = False


class Frame:
    """A row, its features, and the models over it.

    Parameters
    ----------
    features : sequence of Feature
        The features as they are declared.
    row : ndarray of float64
        The instance, as the first model reads it.
    kind : RowKind
        How rows are told.
    views : sequence of (Vocabulary, ndarray of float64)
        The conditions of each model, and the instance as it reads it.
    """

    def __init__(
        self, features: Sequence[Feature], row: F64, kind: RowKind, views: Sequence[tuple[Vocabulary, F64]]
    ) -> None:
        self.features, self.row, self.kind, self.views = features, row, kind, views
        self._vocabularies = tuple({id(vocabulary): vocabulary for vocabulary, _ in views}.values())
        self._tests = [columns_tested(vocabulary) for vocabulary in self._vocabularies]

    def lattice(self, feature: Feature) -> Lattice:
        """Return the numbers that a feature can have for all models."""
        column = feature.columns[0]
        told = column_type(self.kind.dtypes[column])
        readings = {vocabulary.reading_of(column) for vocabulary, _ in self.views}
        if told.kind == "float" and told.dtype in _FLOATS:
            readings.add(_FLOATS[told.dtype])
        low, high = told.limits
        whole = feature.kind is Kind.INTEGER or told.whole
        return lattice_of(frozenset(readings), whole=whole, low=max(low, feature.low), high=min(high, feature.high))

    def is_number(self, feature: Feature) -> bool:
        """Tell whether a feature is one column of numbers (listed ones are)."""
        return feature.kind in (Kind.NUMERICAL, Kind.INTEGER) or (feature.kind is Kind.CATEGORICAL and feature.listed)

    def axis(self, index: int, room: Room) -> Axis | None:
        """Return the options of a feature; None where nothing depends on it."""
        feature = self.features[index]
        if not room.named and not any(c in own for own in self._tests for c in feature.columns):
            return None
        own = self.row[list(feature.columns)]
        if room.still:
            simple = len(own) == 1 and not np.isnan(own[0]) and self.by_order(feature)
            return Axis(index, feature.columns, own[None, :].copy(), 0, simple)
        if self.is_number(feature):
            return self._of_number(index, feature, room)
        return self._of_options(index, feature, room, own)

    def by_order(self, feature: Feature) -> bool:
        """Tell whether a feature of one column is only compared by order."""
        column = feature.columns[0]
        return all(own[column].by_order for own in self._tests if column in own)

    def line(self, index: int, room: Room) -> Line:
        """Return where a number may go."""
        own = float(self.row[self.features[index].columns[0]])
        low, high = room.low, room.high
        if not math.isnan(own):
            low, high = (low if room.down else max(low, own)), (high if room.up else min(high, own))
        return Line(self.lattice(self.features[index]), own, low, high, room.steps)

    def starts(self, index: int) -> set[float]:
        """Return the least numbers of the stretches that the models tell apart."""
        column = self.features[index].columns[0]
        return set().union(*(own[column].starts for own in self._tests if column in own))

    def _of_number(self, index: int, feature: Feature, room: Room) -> Axis:
        line = self.line(index, room)
        if feature.listed:
            found = [line.own, *(v for v in feature.values if line.allows(v) and v != line.own)]
        else:
            known = stretches_of(self._vocabularies, feature.columns[0], line.lattice)
            found = line.options(*known.cut(line.lattice, [*room.starts, *self._ends(line, room)])).tolist()
        by_order = self.by_order(feature)
        numbers = sorted(v for v in found if not math.isnan(v))
        if math.isnan(line.own) or room.missing:
            numbers.append(math.nan)
        values = np.array(numbers, np.float64).reshape(-1, 1)
        own = len(numbers) - 1 if math.isnan(line.own) else numbers.index(line.own)
        return Axis(index, feature.columns, values, own, by_order and not np.isnan(values).any())

    @staticmethod
    def _ends(line: Line, room: Room) -> list[float]:
        """Return where stretches begin because numbers beyond are not allowed, or are no change any more."""
        found = [line.low] if math.isfinite(line.low) else []
        if math.isfinite(line.high):
            found.append(line.lattice.above(line.high))
        if room.named and not math.isnan(line.own):
            found += [line.own, line.lattice.above(line.own)]
        return found

    def _of_options(self, index: int, feature: Feature, room: Room, own: F64) -> Axis:
        options = options_of(feature)
        same = (options == own).all(axis=1)
        kept = np.ones(len(options), np.bool_) if room.moves is None else room.moves.copy()
        if feature.kind is Kind.BINARY and not np.isnan(own[0]):
            kept &= ((options[:, 0] > own[0]) & room.up) | ((options[:, 0] < own[0]) & room.down)
        kept[same] = True
        values = options[kept]
        if not same.any():  # missing, or a value that no type has
            values = np.vstack([values, own[None, :]])
        if room.missing and not np.isnan(values).any():
            values = np.vstack([values, np.full((1, values.shape[1]), math.nan)])
        equal = (values == own) | (np.isnan(values) & np.isnan(own))
        return Axis(index, feature.columns, values, int(np.nonzero(equal.all(axis=1))[0][0]), False)


# -- conditions over options -----------------------------------------------------------------------------------


def conditions_over(
    vocabulary: Vocabulary, row: F64, axes: Sequence[Axis], read: Mapping[int, F64] | None = None
) -> Conditions:
    """Return the conditions of a model over axes.

    Parameters
    ----------
    vocabulary : Vocabulary
        Its conditions.
    row : ndarray of float64
        The instance as it reads it.
    axes : sequence of Axis
        The options.
    read : mapping from int to ndarray, optional
        What it reads for the options of an axis, where that is not their values in its precision.
    """
    n = len(vocabulary.conditions)
    axis, cut = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    side = np.ones(n, np.int8)
    sets: dict[int, Bools] = {}
    place = {column: (a, i) for a, one in enumerate(axes) for i, column in enumerate(one.columns)}
    for column, tests in columns_tested(vocabulary).items():
        if column not in place:
            raise AssertionError(f"column {column} has no axis")  # every tested feature has one
        a, i = place[column]
        axis[tests.numbers] = a
        values = _read(vocabulary, column, axes[a].values[:, i], None if read is None else read.get(a), i)
        if axes[a].own >= 0:
            values[axes[a].own] = row[column]
        if axes[a].ordered:
            _cut(tests, values, cut, side)
        else:
            for v in tests.numbers.tolist():
                sets[v] = vocabulary.conditions[v].true_at(values)
    return Conditions(axis, cut, side, sets)


def _read(vocabulary: Vocabulary, column: int, values: F64, read: F64 | None, i: int) -> F64:
    if read is not None:
        return read[:, i].copy()
    found = vocabulary.reading_of(column).cast(values).copy()
    return found


def _cut(tests: OnColumn, values: F64, cut: I32, side: I8) -> None:
    """Write the cuts of conditions on ascending values."""
    before = np.searchsorted(values, tests.thresholds, side="left")
    below = np.where(tests.strict, before, np.searchsorted(values, tests.thresholds, side="right"))
    constant = (below == 0) | (below == len(values))
    cut[tests.numbers] = np.where(constant, -1, below - 1)
    side[tests.numbers] = np.where(np.where(constant, tests.upward == (below == 0), tests.upward), 1, -1)
