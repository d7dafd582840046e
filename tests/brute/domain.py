"""The domain of docs/semantics.md: candidate values, cells, numbered conditions, representative rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.brute.trees import Condition, Tree, walk


@dataclass(frozen=True)
class Declared:
    """What the user says about the columns; columns that are not named are numerical."""

    binary: frozenset[int] = frozenset()
    integer: frozenset[int] = frozenset()
    category: tuple[tuple[int, tuple[float, ...]], ...] = ()
    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()
    missing: frozenset[int] = frozenset()
    optional: frozenset[str] = frozenset()  # groups of which all columns may be 0
    ranges: tuple[tuple[int, tuple[float, float]], ...] = ()

    def range(self, column: int) -> tuple[float, float]:
        """Least and greatest value."""
        return dict(self.ranges).get(column, (-math.inf, math.inf))

    def values(self, column: int, readable: Sequence[float]) -> list[float]:
        """Keep the values of the column's type; `readable` are interesting numbers."""
        low, high = self.range(column)
        readable = sorted({min(max(value, low), high) for value in readable})
        if column in self.binary:
            kept = [0.0, 1.0]
        elif column in dict(self.category):
            kept = list(dict(self.category)[column])
        elif column in self.integer:
            kept = sorted({float(round_(value)) for value in readable for round_ in (math.floor, math.ceil)})
            kept = [value for value in kept if low <= value <= high]
        else:
            kept = list(readable)
        return [*kept, math.nan] if column in self.missing else kept


@dataclass
class Unit:
    """One feature in the sense of the semantics: a column, or a one-hot group of columns."""

    name: str
    columns: tuple[int, ...]
    values: list[tuple[float, ...]]
    numbers: list[int] = field(default_factory=list)
    cells: dict[int, list[tuple[float, ...]]] = field(default_factory=dict)

    @property
    def mask(self) -> int:
        """The bits of its conditions."""
        return sum(1 << (number - 1) for number in self.numbers)


def read(value: float, single: bool) -> float:
    """Round to what the model sees: float32 for scikit-learn."""
    return float(np.float32(value)) if single else float(value)


def interesting(thresholds: Iterable[float], single: bool) -> list[float]:
    """Each threshold, its neighbours, points between and beyond; all finite, all readable as they are."""
    finite = sorted({t for t in thresholds if math.isfinite(t)})
    kind = np.float32 if single else np.float64
    largest = float(np.finfo(kind).max)
    found = {-largest, largest, 0.0, 1.0}
    for threshold in finite:
        middle = kind(threshold)
        below, above = np.nextafter(middle, kind(-np.inf)), np.nextafter(middle, kind(np.inf))
        found |= {float(middle), float(below), float(above)}
        found |= {float(kind(step(threshold) + shift)) for step in (math.floor, math.ceil) for shift in (-1, 0, 1)}
    found |= {float(kind(a / 2 + b / 2)) for a, b in itertools.pairwise(finite)}
    return sorted(value for value in found if math.isfinite(value))


def number_conditions(tree: Tree, values: dict[int, np.ndarray]) -> tuple[list[Condition], dict[Condition, int]]:
    """Number the distinct conditions depth first; equal truth on all values: same number; complement: minus."""
    conditions: list[Condition] = []
    literal: dict[Condition, int] = {}
    numbered: dict[tuple[int, bytes], int] = {}
    for condition in walk(tree):
        truth = condition.truth(values[condition.column])
        key, opposite = ((condition.column, pattern.tobytes()) for pattern in (truth, ~truth))
        if key in numbered:
            literal[condition] = numbered[key]
        elif opposite in numbered:
            literal[condition] = -numbered[opposite]
        else:
            conditions.append(condition)
            literal[condition] = numbered[key] = len(conditions)
    return conditions, literal


class Domain:
    """All that a small tree and the declared types allow, cell by cell."""

    def __init__(self, tree: Tree, names: Sequence[str], declared: Declared, *, single: bool) -> None:
        self.tree, self.names, self.declared, self.single = tree, tuple(names), declared, single
        tested: dict[int, list[float]] = {column: [] for column in range(len(names))}
        for condition in walk(tree):
            tested[condition.column].append(condition.threshold)
        readable = {column: interesting(thresholds, single) for column, thresholds in tested.items()}
        missing = {column: [math.nan] if column in declared.missing else [] for column in tested}
        self.conditions, self.literal = number_conditions(
            tree, {column: np.array(readable[column] + missing[column]) for column in tested}
        )
        self.units = self._units(readable)
        for unit in self.units:
            unit.numbers = [n for n, c in enumerate(self.conditions, 1) if c.column in unit.columns]
            for value in unit.values:
                unit.cells.setdefault(self._unit_mask(unit, value), []).append(value)

    @property
    def n(self) -> int:
        """Number of conditions."""
        return len(self.conditions)

    def _units(self, readable: dict[int, list[float]]) -> list[Unit]:
        grouped = {column: group for group in self.declared.groups for column in group[1]}
        units = []
        for column, name in enumerate(self.names):
            if column not in grouped:
                units.append(Unit(name, (column,), [(v,) for v in self.declared.values(column, readable[column])]))
            elif column == min(grouped[column][1]):
                group, columns = grouped[column]
                values = [tuple(float(c == one) for c in columns) for one in columns]
                none = [tuple(0.0 for _ in columns)] if group in self.declared.optional else []
                units.append(Unit(group, columns, values + none))
        return units

    def _unit_mask(self, unit: Unit, value: tuple[float, ...]) -> int:
        mask = 0
        for number in unit.numbers:
            condition = self.conditions[number - 1]
            at = read(value[unit.columns.index(condition.column)], self.single)
            if condition.truth(np.array([at]))[0]:
                mask |= 1 << (number - 1)
        return mask

    def truth_mask(self, row: Sequence[float]) -> int:
        """Which conditions are true at a row: bit v - 1 for condition v."""
        return sum(self._unit_mask(unit, tuple(row[c] for c in unit.columns)) for unit in self.units)

    def contains(self, row: Sequence[float]) -> bool:
        """Tell whether a row respects the declared types (user clauses aside)."""
        for unit in self.units:
            value = tuple(float(row[c]) for c in unit.columns)
            if len(unit.columns) > 1:
                if value not in unit.values:
                    return False
            elif not self._column_contains(unit.columns[0], value[0]):
                return False
        return True

    def _column_contains(self, column: int, value: float) -> bool:
        declared = self.declared
        if math.isnan(value):
            return column in declared.missing
        if not math.isfinite(read(value, self.single)):
            return False
        if not declared.range(column)[0] <= value <= declared.range(column)[1]:
            return False
        if column in declared.integer:
            return read(value, self.single).is_integer()
        if column in declared.binary or column in dict(declared.category):
            return value in declared.values(column, ())
        return True

    def cells(self) -> np.ndarray:
        """Truth masks of all combinations of cells."""
        masks = np.zeros(1, dtype=np.int64)
        for unit in self.units:
            if unit.numbers:
                masks = (masks[:, None] | np.array(list(unit.cells), dtype=np.int64)[None, :]).ravel()
        return masks

    def rows(self, masks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One row of values for each truth mask, the representative of each cell chosen by `rng`."""
        rows = np.zeros((len(masks), len(self.names)))
        for unit in self.units:
            for mask, values in unit.cells.items():
                chosen = np.flatnonzero((masks & unit.mask) == mask)
                picks = np.array(values)[rng.integers(len(values), size=len(chosen))]
                rows[np.ix_(chosen, unit.columns)] = picks.reshape(len(chosen), len(unit.columns))
        return rows
