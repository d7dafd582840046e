"""The same answers for any model that is only known by what it predicts on all rows of a finite domain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tests.brute.domain import Unit
from tests.brute.reference import Reference

Columns = Sequence[tuple[str, tuple[int, ...], Sequence[tuple[float, ...]]]]  # name, columns, their joint values


class Asked(NamedTuple):
    """A condition of the explainer."""

    column: int
    operator: str
    threshold: float
    missing: bool = False

    def truth(self, value: float) -> bool:
        """Tell whether it is true for a value, NaN for a missing one."""
        other = self.threshold
        if math.isnan(value):
            return self.missing
        if self.operator.endswith("in"):
            return (int(other) >> int(value) & 1 == 1) == (self.operator == "in")
        return {
            ">=": value >= other, ">": value > other, "<=": value <= other, "<": value < other, "==": value == other,
            "!=": value != other,
        }[self.operator]  # fmt: skip


class TableDomain:
    """A finite domain: every combination of the listed values of the features."""

    single = False

    def __init__(self, columns: Columns, tests: Sequence[Asked]) -> None:
        self.conditions = list(tests)
        self.n = len(tests)
        self.width = sum(len(owned) for _, owned, _ in columns)
        self.units = []
        for name, owned, values in columns:
            unit = Unit(name, owned, list(values))
            unit.numbers = [i for i, test in enumerate(tests, 1) if test.column in owned]
            for value in unit.values:
                unit.cells.setdefault(self._mask(unit, value), []).append(value)
            self.units.append(unit)

    def _mask(self, unit: Unit, value: Sequence[float]) -> int:
        found = 0
        for number in unit.numbers:
            test = self.conditions[number - 1]
            if test.truth(value[unit.columns.index(test.column)]):
                found |= 1 << (number - 1)
        return found

    def truth_mask(self, row: Sequence[float]) -> int:
        """Bit v - 1 for each condition v that is true."""
        return sum(self._mask(unit, [row[c] for c in unit.columns]) for unit in self.units)

    def cells(self) -> np.ndarray:
        """Truth masks of all combinations of cells."""
        masks = np.zeros(1, dtype=np.int64)
        for unit in self.units:
            masks = (masks[:, None] | np.array(list(unit.cells), dtype=np.int64)[None, :]).ravel()
        return masks

    def rows(self, masks: np.ndarray) -> np.ndarray:
        """One row of values for each truth mask."""
        rows = np.zeros((len(masks), self.width))
        for unit in self.units:
            for mask, values in unit.cells.items():
                chosen = np.flatnonzero((masks & unit.mask) == mask)
                rows[np.ix_(chosen, unit.columns)] = values[-1]
        return rows


class TableReference(Reference):
    """All queries at the instance `x` of a model that is asked for every row."""

    def __init__(
        self,
        columns: Columns,
        tests: Sequence[Asked],
        predict: Callable[[np.ndarray], Any],
        x: Sequence[float],
        **ask: Any,
    ) -> None:
        self.predict = predict
        super().__init__(TableDomain(columns, tests), x, **ask)  # type: ignore[arg-type]  # as much of it as is used

    def _labels_of_rows(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self.predict(rows))

    def _labels_of_masks(self, masks: np.ndarray) -> np.ndarray:
        return self._labels_of_rows(self.domain.rows(masks))  # type: ignore[call-arg]  # one representative a cell


def conditions_of(explainer: Any) -> list[Asked]:
    """Read the conditions of an explainer."""
    found = []
    for condition in explainer.vocabulary.conditions:
        operator, threshold = str(condition.operator.value), float(condition.threshold)
        found.append(Asked(int(condition.feature), operator, threshold, bool(condition.missing)))
    return found
