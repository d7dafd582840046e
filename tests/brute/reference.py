"""The answers of docs/semantics.md for one small tree and one instance, in the user's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from tests.brute.domain import Domain
from tests.brute.game import Game, bits
from tests.brute.trees import Condition, labels_of_assignments, labels_of_rows, path

Reason = tuple[int, ...]


def by_size(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Sorted by length, then by the numbers of the literals."""
    return tuple(sorted(reasons, key=lambda reason: (len(reason), [abs(literal) for literal in reason])))


class Reference:
    """All queries at the instance `x`; `clauses` are signed literals; `theory` False: literals are free."""

    def __init__(
        self,
        domain: Domain,
        x: Sequence[float],
        *,
        theory: bool = True,
        clauses: Iterable[Sequence[int]] = (),
        excluded: Iterable[str] = (),
    ) -> None:
        self.domain, self.theory, self.n = domain, theory, domain.n
        self.x_mask = domain.truth_mask(x)
        self.row = np.array([[np.float32(v) if domain.single else v for v in x]], dtype=np.float64)
        if theory:
            masks = domain.cells()
            for clause in clauses:
                masks = masks[np.any([((masks >> (abs(c) - 1)) & 1) == (c > 0) for c in clause], axis=0)]
            self.masks = masks
        else:
            self.masks = np.arange(1 << self.n, dtype=np.int64)
        self.labels = self._labels_of_masks(self.masks)
        self.label = int(self._labels_of_rows(self.row)[0])
        self.excluded = frozenset(excluded)
        self.tested = [unit for unit in domain.units if unit.numbers]

    # -- the model ---------------------------------------------------------------------------------

    def _labels_of_masks(self, masks: np.ndarray) -> np.ndarray:
        return labels_of_assignments(self.domain.tree, masks, self.domain.literal)

    def _labels_of_rows(self, rows: np.ndarray) -> np.ndarray:
        return labels_of_rows(self.domain.tree, rows)

    def _path(self) -> Iterator[Condition]:
        return path(self.domain.tree, self.row[0])

    # -- the games ---------------------------------------------------------------------------------

    def is_bad(self, target: Any = None) -> np.ndarray:
        """Which rows of the domain have another outcome, or the target."""
        return self.labels != self.label if target is None else self.labels == target

    def _bad(self, target: Any) -> np.ndarray:
        return ~(self.masks[self.is_bad(target)] ^ self.x_mask) & ((1 << self.n) - 1)

    def literals_game(self, target: Any = None) -> Game:
        """Atom i is the literal on condition i + 1 that is true at x."""
        if self.theory:
            cells = [(unit.mask, [~(cell ^ self.x_mask) & unit.mask for cell in unit.cells]) for unit in self.tested]
        else:
            cells = [(1 << i, [0, 1 << i]) for i in range(self.n)]
        excluded = sum(unit.mask for unit in self.tested if unit.name in self.excluded)
        return Game(self.n, cells, np.unique(self._bad(target)), excluded)

    def features_game(self, target: Any = None) -> Game:
        """Atom i is the i-th tested feature: a row agrees if it agrees on all its conditions."""
        cells = [(1 << i, [0, 1 << i]) for i in range(len(self.tested))]
        excluded = sum(1 << i for i, unit in enumerate(self.tested) if unit.name in self.excluded)
        return Game(len(self.tested), cells, np.unique(self._by_feature(self._bad(target))), excluded)

    def _by_feature(self, rows: np.ndarray) -> np.ndarray:
        """Features on which rows agree with x, given the literals on which they do."""
        agree = np.zeros(len(rows), dtype=np.int64)
        for i, unit in enumerate(self.tested):
            agree |= ((rows & unit.mask) == unit.mask).astype(np.int64) << i
        return agree

    @cached_property
    def game(self) -> Game:
        """Literals, outcomes {f(x)}."""
        return self.literals_game()

    @cached_property
    def features(self) -> Game:
        """Features, outcomes {f(x)}."""
        return self.features_game()

    # -- words -------------------------------------------------------------------------------------

    def literals(self, mask: int) -> Reason:
        """Signed literals of a mask."""
        return tuple((i + 1) if self.x_mask >> i & 1 else -(i + 1) for i in bits(mask))

    def mask(self, literals: Iterable[int]) -> int:
        """Mask of some literals of U."""
        found = 0
        for literal in literals:
            assert literal in self.universe
            found |= 1 << (abs(literal) - 1)
        return found

    def names(self, mask: int) -> frozenset[str]:
        """Features of a mask of the features game."""
        return frozenset(self.tested[i].name for i in bits(mask))

    def names_mask(self, names: Iterable[str]) -> int:
        """Mask in the features game."""
        return sum(1 << i for i, unit in enumerate(self.tested) if unit.name in set(names))

    @property
    def universe(self) -> Reason:
        """The literals that are true at x."""
        return self.literals((1 << self.n) - 1)

    # -- queries: literals -------------------------------------------------------------------------

    @cached_property
    def _written(self) -> list[int]:
        return [self.game.written(reason) for reason in self.game.sufficient]

    @cached_property
    def sufficient(self) -> tuple[Reason, ...]:
        """Return all sufficient reasons."""
        return by_size(map(self.literals, self._written))

    def _cheapest(self, reasons: Sequence[Reason], costs: Sequence[object]) -> tuple[Reason, ...]:
        return by_size(self.game.cheapest(costs, reasons))

    def minimal_sufficient(self) -> tuple[Reason, ...]:
        """Return all with the fewest literals."""
        return self._cheapest(self.sufficient, [len(reason) for reason in self.sufficient])

    def column(self, literal: int) -> int:
        """Column of a literal."""
        return self.domain.conditions[abs(literal) - 1].column

    def preferred(self, weights: Sequence[float]) -> tuple[Reason, ...]:
        """Return all with the least weight; one weight a column."""
        costs = [sum(weights[self.column(literal)] for literal in reason) for reason in self.sufficient]
        return self._cheapest(self.sufficient, costs)

    def inclusion_preferred(self, partition: Sequence[Sequence[str]]) -> tuple[Reason, ...]:
        """Return all that have the fewest literals of the last part, among them of the part before, and so on."""
        part = {name: i for i, names in enumerate(partition) for name in names}
        of_column = {column: part[unit.name] for unit in self.tested for column in unit.columns}
        costs = []
        for reason in self.sufficient:
            found = Counter(of_column[self.column(literal)] for literal in reason)
            costs.append([found[i] for i in reversed(range(len(partition)))])
        return self._cheapest(self.sufficient, costs)

    def contrastive(self, target: Any = None) -> tuple[Reason, ...]:
        """Return all contrastive reasons; `target`: the class that x should get."""
        game = self.game if target is None else self.literals_game(target)
        return by_size(self.literals(game.written(reason, negated=True)) for reason in game.contrastive)

    def minimal_contrastive(self, target: Any = None) -> tuple[Reason, ...]:
        """Return all with the fewest literals."""
        found = self.contrastive(target)
        return self._cheapest(found, [len(reason) for reason in found])

    def necessary(self) -> Reason:
        """Return the shared part of all sufficient reasons; nothing if there are none."""
        return self.literals(self.game.necessary())

    def relevant(self) -> Reason:
        """Return the literals that are written in some sufficient reason."""
        return tuple(sorted({literal for reason in self.sufficient for literal in reason}, key=abs))

    def relevant_by_contrast(self) -> Reason:
        """Return the literals that are written in some contrastive reason."""
        return tuple(sorted({literal for reason in self.contrastive() for literal in reason}, key=abs))

    def per_literal(self) -> dict[int, int]:
        """Count the sufficient reasons with each literal."""
        return dict(Counter(literal for reason in self.sufficient for literal in reason))

    def per_feature(self) -> Mapping[str, int]:
        """Count the sufficient reasons with a literal of each feature."""
        return dict(Counter(name for reason in self.sufficient for name in self._names_of(reason)))

    def _names_of(self, reason: Reason) -> set[str]:
        mask = self.mask(reason)
        return {unit.name for unit in self.tested if unit.mask & mask}

    def direct(self) -> Reason | None:
        """Return what is written of the literals on the path of x; nothing if one of them is excluded."""
        met = {abs(self.domain.literal[condition]) for condition in self._path()}
        closed = self.game.close(sum(1 << (number - 1) for number in met))
        reason = self.literals(self.game.written(closed))
        return None if self._names_of(reason) & self.excluded else reason

    def holds(self, reason: Iterable[int]) -> bool:
        """Tell whether the literals force the outcome."""
        return self.game.holds(self.mask(reason))

    def is_sufficient(self, reason: Iterable[int]) -> bool:
        """Tell whether the closed form is a sufficient reason."""
        return self.game.close(self.mask(reason)) in self.game.sufficient

    def is_contrastive(self, reason: Iterable[int], target: Any = None) -> bool:
        """Tell whether the literals, with those that fall with them, are a contrastive reason."""
        game = self.game if target is None else self.literals_game(target)
        return game.completed(self.mask(reason)) in game.contrastive

    def is_idle(self, literal: int) -> bool:
        """Tell whether a literal of an excluded feature holds everywhere: no written form has it."""
        atom = 1 << (abs(literal) - 1)
        return bool(self.game.excluded & int(self.game.closure[0]) & atom)

    # -- queries: features -------------------------------------------------------------------------

    def sufficient_features(self) -> set[frozenset[str]]:
        """Return all sufficient reasons that keep whole features."""
        return {self.names(reason) for reason in self.features.sufficient}

    def contrastive_features(self, target: Any = None) -> set[frozenset[str]]:
        """Return all contrastive reasons that change whole features."""
        return {self.names(reason) for reason in self.features_game(target).contrastive}

    def necessary_features(self) -> frozenset[str]:
        """Return the features in all sufficient reasons over features; none if there are no such reasons."""
        found = self.sufficient_features()
        return frozenset.intersection(*found) if found else frozenset()

    def relevant_features(self) -> frozenset[str]:
        """Return the features in some sufficient reason over features."""
        return frozenset().union(*self.sufficient_features())

    def is_sufficient_features(self, names: Iterable[str]) -> bool:
        """Tell whether some features are a sufficient reason."""
        return self.names_mask(names) in self.features.sufficient
