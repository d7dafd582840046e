"""Chances as docs/semantics.md defines them, by adding up all rows of cells of a small domain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tests.brute.domain import Unit
from tests.brute.game import Game
from tests.brute.reference import Reference


def some_rows(reference: Reference, n: int, seed: int) -> np.ndarray:
    """Draw rows of the domain; one-hot columns included, user clauses not regarded."""
    rng = np.random.default_rng(seed)
    masks = rng.choice(reference.domain.cells(), size=n)
    return reference.domain.rows(masks, rng)


def masks_of(reference: Reference, rows: np.ndarray) -> list[int]:
    """Truth of all conditions in each row."""
    return [reference.domain.truth_mask(row) for row in rows]


def count_column(rows: np.ndarray, column: int, value: float) -> int:
    """Rows that have a value in a column."""
    own = rows[:, column]
    return int(np.isnan(own).sum() if math.isnan(value) else (own == value).sum())


def unit_weights(reference: Reference, unit: Unit, rows: np.ndarray) -> dict[int, int]:
    """Mass of each cell of a feature: how many rows have it; of a group the columns are independent."""
    if len(unit.columns) == 1:
        own = [mask & unit.mask for mask in masks_of(reference, rows)]
        return {cell: own.count(cell) for cell in unit.cells}
    return {
        cell: sum(
            math.prod(count_column(rows, c, v) for c, v in zip(unit.columns, value, strict=True)) for value in values
        )
        for cell, values in unit.cells.items()
    }


def product_weights(reference: Reference, rows: np.ndarray | None) -> list[int]:
    """Mass of each row of cells: uniform, or the product of the features' masses in some rows."""
    if not reference.theory:
        counts = [(1, 1)] * reference.n
        if rows is not None:
            own = masks_of(reference, rows)
            counts = [(sum(not m >> i & 1 for m in own), sum(m >> i & 1 for m in own)) for i in range(reference.n)]
        return [math.prod(counts[i][int(m) >> i & 1] for i in range(reference.n)) for m in reference.masks]
    tables = []
    for unit in reference.tested:
        tables.append(
            (unit.mask, dict.fromkeys(unit.cells, 1) if rows is None else unit_weights(reference, unit, rows))
        )
    return [math.prod(table[int(m) & mask] for mask, table in tables) for m in reference.masks]


def row_weights(reference: Reference, rows: np.ndarray) -> list[int]:
    """How many of some rows have each row of cells."""
    own = masks_of(reference, rows)
    return [own.count(int(m)) for m in reference.masks]


@dataclass
class Chance:
    """The chances of sets of literals (or of features)."""

    reference: Reference
    weights: Sequence[int]
    over_features: bool = False
    bad: np.ndarray | None = None

    @property
    def game(self) -> Game:
        """Whose atoms are kept."""
        return self.reference.features if self.over_features else self.reference.game

    def agreement(self) -> list[int]:
        """Atoms on which each row of cells agrees with x."""
        ref = self.reference
        agree = ~(ref.masks ^ ref.x_mask) & ((1 << ref.n) - 1)
        return [int(a) for a in (ref._by_feature(agree) if self.over_features else agree)]

    def of(self, kept: int) -> Fraction | None:
        """Precision of a set of atoms; None where no mass agrees with it."""
        bad = self.reference.is_bad() if self.bad is None else self.bad
        pairs = [(w, b) for a, w, b in zip(self.agreement(), self.weights, bad, strict=True) if kept & ~a == 0]
        total = sum(w for w, _ in pairs)
        return Fraction(sum(w for w, b in pairs if not b), total) if total else None

    def reaches(self, kept: int, delta: Fraction) -> bool:
        """Tell whether a set does; what has no mass only if it holds for all."""
        precision = self.of(kept)
        return self.holds(kept) if precision is None else precision >= delta

    def holds(self, kept: int) -> bool:
        """Tell whether no row that agrees is bad."""
        bad = self.reference.is_bad() if self.bad is None else self.bad
        return not any(b for a, b in zip(self.agreement(), bad, strict=True) if kept & ~a == 0)

    def closed_sets(self) -> list[int]:
        """All closed sets without excluded atoms."""
        game = self.game
        always = int(game.closure[0])
        return [int(s) for s in game.sets[game.closed] if not int(s) & game.excluded & ~always]

    def below(self, kept: int) -> list[int]:
        """Largest closed sets below a closed one."""
        smaller = [s for s in self.closed_sets() if s != kept and s & ~kept == 0]
        return [s for s in smaller if not any(s != t and s & ~t == 0 for t in smaller)]

    def size(self, kept: int) -> int:
        """Atoms that a closed set is written with."""
        return bin(kept if self.over_features else self.game.written(kept)).count("1")

    def fewest(self, delta: Fraction) -> int | None:
        """Least size of a set that reaches delta."""
        return min((self.size(s) for s in self.closed_sets() if self.reaches(s, delta)), default=None)
