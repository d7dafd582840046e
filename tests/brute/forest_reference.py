"""The answers of docs/semantics.md for one small forest and one instance, in the user's words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tests.brute.domain import Declared, Domain, Unit, read
from tests.brute.forests import paths, scores_of_assignments, scores_of_rows, votes_of_assignments
from tests.brute.game import Game, down
from tests.brute.reference import Reason, Reference, by_size
from tests.brute.trees import Condition

Interval = tuple[float, float]
Values = tuple[float, ...]
Cost = Callable[
    [Unit, Values, Values], float | None
]  # what it costs that a feature gets other values; None: it may not


def outcomes(scores: np.ndarray, interval: Interval | None) -> np.ndarray:
    """Outcome of each row of scores: the first greatest one, or whether the number is in the closed interval."""
    if interval is None:
        return scores.argmax(axis=1)
    return ((scores[:, 0] >= interval[0]) & (scores[:, 0] <= interval[1])).astype(np.int64)


class LimitedReference(Reference):
    """All queries at the instance `x`, and changes that cost something or are limited."""

    def _unit_costs(self, cost: Cost) -> Iterator[tuple[Unit, dict[int, float | None]]]:
        """Give the least cost of each cell of each tested feature (None: not allowed); nothing for the cell of x."""
        for unit in self.tested:
            here = tuple(self.row[0, list(unit.columns)].tolist())
            found = {}
            for cell, options in unit.cells.items():
                # a feature gets the nearest number of the cell; it goes missing where the cell has no number
                numbers = [v for v in options if not math.isnan(v[0])] or options
                costs = [price for v in numbers if (price := cost(unit, here, self._read(v))) is not None]
                found[cell] = min(costs, default=None)
            yield unit, found | {self.x_mask & unit.mask: 0.0}

    def _read(self, values: Values) -> Values:
        return tuple(read(value, self.domain.single) for value in values)

    def cost_of(self, row: Sequence[float], cost: Cost) -> float | None:
        """Sum of the costs of a row; None if a feature may not have that value."""
        total = 0.0
        for unit in self.domain.units:
            old = tuple(self.row[0, list(unit.columns)].tolist())
            price = cost(unit, old, self._read(tuple(float(row[c]) for c in unit.columns)))
            if price is None:
                return None
            total += price
        return total

    def least_cost(self, cost: Cost, target: Any = None) -> float | None:
        """Least sum of costs of a row of D with another outcome (or the target); None if there is no such row."""
        bad = self.masks[self.is_bad(target)]
        total, kept = np.zeros(len(bad)), np.ones(len(bad), dtype=bool)
        for unit, costs in self._unit_costs(cost):
            for cell, price in costs.items():
                here = (bad & unit.mask) == cell
                if price is None:
                    kept &= ~here
                else:
                    total[here] += price
        return float(total[kept].min()) if kept.any() else None

    def contrastive_within(self, allowed: Cost, target: Any = None) -> tuple[Reason, ...]:
        """Return all contrastive reasons among the rows whose changes are allowed."""
        game = self.literals_game(target)
        kept = np.ones(len(game.bad), dtype=bool)
        for unit, costs in self._unit_costs(allowed):
            for cell, price in costs.items():
                if price is None:
                    kept &= (game.bad & unit.mask) != (~(cell ^ self.x_mask) & unit.mask)
        game = Game(game.n, game.cells, game.bad[kept], game.excluded)
        return by_size(self.literals(game.written(reason, negated=True)) for reason in game.contrastive)

    def contrastive_features_within(self, allowed: Cost, target: Any = None) -> set[frozenset[str]]:
        """Return all contrastive reasons that change whole features, among the rows whose changes are allowed."""
        game, plain = self.features_game(target), self.literals_game(target)
        bad = plain.bad
        for unit, costs in self._unit_costs(allowed):
            for cell, price in costs.items():
                if price is None:
                    bad = bad[(bad & unit.mask) != (~(cell ^ self.x_mask) & unit.mask)]
        game = Game(game.n, game.cells, np.unique(self._by_feature(bad)), game.excluded)
        return {self.names(reason) for reason in game.contrastive}


class ForestReference(LimitedReference):
    """All queries at the instance `x`; with an `interval` the outcome is whether the prediction stays in it."""

    def __init__(self, domain: Domain, x: Sequence[float], *, interval: Interval | None = None, **ask: Any) -> None:
        self.interval = interval
        super().__init__(domain, x, **ask)

    def _labels_of_masks(self, masks: np.ndarray) -> np.ndarray:
        self.scores = scores_of_assignments(self.domain.tree, masks, self.domain.literal)
        return outcomes(self.scores, self.interval)

    def is_bad(self, target: Any = None) -> np.ndarray:
        """Which rows of the domain have another outcome, or the target: a class, or an interval of predictions."""
        if isinstance(target, tuple):
            return outcomes(self.scores, target) == 1
        return super().is_bad(target)

    def _labels_of_rows(self, rows: np.ndarray) -> np.ndarray:
        return outcomes(scores_of_rows(self.domain.tree, rows), self.interval)

    def _path(self) -> Iterator[Condition]:
        return paths(self.domain.tree, self.row[0])

    # -- majorities --------------------------------------------------------------------------------

    def majority(self, needed: int | None = None) -> MajorityReference:
        """Build the reference whose sufficient reasons are the majoritary reasons (of so many trees)."""
        made = MajorityReference(self.domain, self.row[0], theory=self.theory, excluded=self.excluded)
        made.needed = needed
        return made


def changed(old: float, new: float) -> bool:
    """Tell whether two values are different; a missing value is one value."""
    return old != new and not (math.isnan(old) and math.isnan(new))


def distance(declared: Declared, weights: Mapping[str, float] | None = None) -> Cost:
    """Cost of a change: how far a number moves; 1 for another category, one-hot column, or missing."""
    categories = dict(declared.category)

    def cost(unit: Unit, old: Values, new: Values) -> float:
        weight = 1.0 if weights is None else weights[unit.name]
        if not any(map(changed, old, new)) or weight == 0:
            return 0.0
        whole = len(unit.columns) > 1 or unit.columns[0] in categories
        return weight * (1.0 if whole or math.isnan(old[0]) or math.isnan(new[0]) else abs(new[0] - old[0]))

    return cost


def limited(cost: Cost, immutable: Sequence[str] = (), monotone: Mapping[str, str] | None = None) -> Cost:
    """The same cost, but some features may not change, or not that way."""

    def found(unit: Unit, old: Values, new: Values) -> float | None:
        way = (monotone or {}).get(unit.name)
        wrong = (way == "increasing" and new[0] < old[0]) or (way == "decreasing" and new[0] > old[0])
        if any(map(changed, old, new)) and (unit.name in immutable or wrong):
            return None
        return cost(unit, old, new)

    return found


@dataclass
class Ballot(Game):
    """A game in which S wins if more than half of the trees, or `needed` of them, are forced, each on its own.

    `against`: for each tree the rows that it sends elsewhere, each as the atoms on which it agrees with x.
    """

    against: Sequence[np.ndarray] = field(default_factory=list)
    needed: int | None = None

    @cached_property
    def fails(self) -> np.ndarray:
        """For each S: at most half of the trees (fewer than `needed`) are forced."""
        forced = np.zeros(1 << self.n, dtype=np.int64)
        for rows in self.against:
            agree = np.zeros(1 << self.n, dtype=bool)
            agree[rows] = True
            forced += ~down(agree)
        return 2 * forced <= len(self.against) if self.needed is None else forced < self.needed


class MajorityReference(ForestReference):
    """Majoritary reasons as sufficient reasons of another game; no user clauses."""

    needed: int | None = None  # how many trees are to be forced; None: a strict majority

    @cached_property
    def _votes(self) -> np.ndarray:
        return votes_of_assignments(self.domain.tree, self.masks, self.domain.literal)

    @property
    def n_trees(self) -> int:
        """How many trees there are."""
        return int(self._votes.shape[1])

    def _against(self) -> Iterable[np.ndarray]:
        everything = (1 << self.n) - 1
        for tree in range(self._votes.shape[1]):
            yield ~(self.masks[self._votes[:, tree] != self.label] ^ self.x_mask) & everything

    def literals_game(self, target: Any = None) -> Game:
        """Atom i is the literal on condition i + 1 that is true at x."""
        plain = super().literals_game()
        against = [np.unique(rows) for rows in self._against()]
        return Ballot(plain.n, plain.cells, plain.bad, plain.excluded, against, self.needed)

    def features_game(self, target: Any = None) -> Game:
        """Atom i is the i-th tested feature."""
        plain = super().features_game()
        against = [self._by_feature(rows) for rows in self._against()]
        return Ballot(plain.n, plain.cells, plain.bad, plain.excluded, against, self.needed)
