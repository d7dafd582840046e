"""An adversary: searches a box for a row that a fitted model classifies differently, asking only its ``predict_proba``.

It starts from x and from other rows moved into the box, tries values at the borders of the model's thresholds, and
climbs towards the other classes, one feature at a time. It proves nothing; it only may find what must not be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tests.brute.forests import of_ensemble
from tests.brute.trees import walk

LARGEST = float(np.finfo(np.float32).max)


def floor(number: float) -> float:
    """Return the largest float32 that is at most a number."""
    found = np.float32(number)
    return float(found) if float(found) <= number else float(np.nextafter(found, np.float32(-np.inf)))


def above(number: float) -> float:
    """Return the next float32 after one."""
    return float(np.nextafter(np.float32(number), np.float32(np.inf)))


def box(literals: Iterable[int], conditions: Sequence[Any], n: int) -> np.ndarray:
    """Least and greatest float32 of each column that satisfy all literals on conditions ``x > t``, shape (n, 2)."""
    found = np.tile([-LARGEST, LARGEST], (n, 1))
    for literal in literals:
        column, operator, threshold = tuple(conditions[abs(literal) - 1])[:3]
        assert str(operator) == ">"
        border = floor(threshold)
        if literal > 0:
            found[column, 0] = max(found[column, 0], above(border))
        else:
            found[column, 1] = min(found[column, 1], border)
    return found


class Adversary:
    """Attacks one fitted forest of scikit-learn; `rows` are starting points beside x."""

    def __init__(self, model: Any, rows: np.ndarray, seed: int = 0) -> None:
        self.model, self.rows, self.rng = model, np.asarray(rows, dtype=np.float64), np.random.default_rng(seed)
        borders: list[set[float]] = [set() for _ in range(self.rows.shape[1])]
        for condition in walk(of_ensemble(model, "soft")):
            border = floor(condition.threshold)
            borders[condition.column] |= {border, above(border)}
        self.borders = [np.array(sorted(found)) for found in borders]

    def margins(self, rows: np.ndarray, own: int) -> np.ndarray:
        """How much more probable the class is than the best other one."""
        found = self.model.predict_proba(rows)
        return found[:, own] - np.delete(found, own, axis=1).max(axis=1)

    def attack(self, x: np.ndarray, bounds: np.ndarray, *, starts: int = 4, steps: int = 25) -> np.ndarray | None:
        """Return a row in the box that is classified differently, if one is found."""
        own = int(np.flatnonzero(self.model.classes_ == self.model.predict(x[None, :])[0])[0])
        others = self.rows[self.rng.permutation(len(self.rows))[:starts]]
        for start in [x, *others, *(self._scattered(bounds) for _ in range(starts))]:
            found = self._climb(np.clip(start, bounds[:, 0], bounds[:, 1]), bounds, own, steps)
            if found is not None:
                return found
        return None

    def _scattered(self, bounds: np.ndarray) -> np.ndarray:
        """Draw a row of values at borders, as far as the box has them."""
        row = self.rows[self.rng.integers(len(self.rows))].copy()
        for column, values in enumerate(self.borders):
            if len(values):
                row[column] = self.rng.choice(values)
        return np.clip(row, bounds[:, 0], bounds[:, 1])

    def _climb(self, row: np.ndarray, bounds: np.ndarray, own: int, steps: int) -> np.ndarray | None:
        best = self.margins(row[None, :], own)[0]
        for _ in range(steps):
            if self._flipped(row, own):
                return row
            near = self.neighbours(row, bounds, 6)
            if not len(near):
                return None
            margins = self.margins(near, own)
            place = int(margins.argmin())
            if margins[place] >= best:
                return None
            row, best = near[place], margins[place]
        return row if self._flipped(row, own) else None

    def _flipped(self, row: np.ndarray, own: int) -> bool:
        return bool(self.model.predict(row[None, :])[0] != self.model.classes_[own])

    def neighbours(self, row: np.ndarray, bounds: np.ndarray, most: int | None) -> np.ndarray:
        """Rows with one feature at another border inside the box; at most so many values of each feature."""
        found = []
        for column, values in enumerate(self.borders):
            inside = values[(values >= bounds[column, 0]) & (values <= bounds[column, 1]) & (values != row[column])]
            if most is not None and len(inside) > most:
                inside = self.rng.choice(inside, size=most, replace=False)
            changed = np.repeat(row[None, :], len(inside), axis=0)
            changed[:, column] = inside
            found.append(changed)
        return np.concatenate(found) if found else np.empty((0, len(row)))
