"""Larger trees and forests: reasons by multiplying out what has to be hit.

Every leaf of another class gives the sets of literals of x that must fall to reach it as cheaply as possible;
sufficient reasons are the minimal closed sets that hit all of these. No user clauses, no excluded features.
For forests every row of another class (a cell of each feature) takes the place of the leaf; clauses are no hindrance.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tests.brute.domain import Domain, read
from tests.brute.game import Game, bits
from tests.brute.reference import Reference
from tests.brute.trees import Condition, Leaf, Tree, labels_of_rows

Path = tuple[tuple[Condition, bool], ...]


def leaves(tree: Tree, met: Path = ()) -> Iterator[tuple[int, Path]]:
    """Label and path (condition, truth) of each leaf."""
    if isinstance(tree, Leaf):
        yield tree.label, met
    else:
        yield from leaves(tree.left, (*met, (tree.condition, False)))
        yield from leaves(tree.right, (*met, (tree.condition, True)))


def least(sets: Sequence[int]) -> list[int]:
    """Keep the inclusion-minimal sets."""
    kept: list[int] = []
    for one in sorted(set(sets), key=int.bit_count):
        if not any(other & one == other for other in kept):
            kept.append(one)
    return kept


class Berge:
    """Sufficient and contrastive reasons of a tree at `x`."""

    def __init__(self, domain: Domain, x: Sequence[float], *, theory: bool) -> None:
        self.domain, self.n = domain, domain.n
        self.x_mask = domain.truth_mask(x)
        tested = [unit for unit in domain.units if unit.numbers]
        if theory:
            cells = [(unit.mask, [~(cell ^ self.x_mask) & unit.mask for cell in unit.cells]) for unit in tested]
        else:
            cells = [(1 << i, [0, 1 << i]) for i in range(self.n)]
        self.game = Game(self.n, cells, np.empty(0, dtype=np.int64))
        row = np.array([[read(value, domain.single) for value in x]])
        self.label = int(labels_of_rows(domain.tree, row)[0])
        found = [one for label, met in leaves(domain.tree) if label != self.label for one in self._reach(met)]
        self.contrastive = least(found)

    def _reach(self, met: Path) -> list[int]:
        """Return the minimal sets of literals of x that fall on the way into a leaf; none if nothing gets there."""
        agree, differ = 0, 0  # literals of x that must stay, and that must fall
        for condition, truth in met:
            number = self.domain.literal[condition]
            atom = 1 << (abs(number) - 1)
            if (truth == (number > 0)) == bool(self.x_mask & atom):
                agree |= atom
            else:
                differ |= atom
        of_features = []
        for mine, cells in self.game.cells:
            fallen = [mine & ~c for c in cells if c & agree & mine == agree & mine and not c & differ & mine]
            of_features.append(least(fallen))
        return [sum(chosen) for chosen in itertools.product(*of_features)]

    def close(self, kept: int) -> int:
        """Return all that a set of literals implies."""
        closed = 0
        for mine, cells in self.game.cells:
            common = mine
            for cell in cells:
                if kept & mine & ~cell == 0:
                    common &= cell
            closed |= common
        return closed

    def sufficient(self, limit: int = 2000) -> list[int] | None:
        """Multiply out; None if it gets too large."""
        found = [self.close(0)]
        for one in self.contrastive:
            hit = [s for s in found if s & one]
            found = least(hit + [self.close(s | 1 << i) for s in found if not s & one for i in bits(one)])
            if len(found) > limit:
                return None
        return found

    def written(self, closed: int) -> tuple[int, ...]:
        """Write a sufficient reason."""
        return self._literals(self.game.written(closed))

    def written_contrastive(self, changed: int) -> tuple[int, ...]:
        """Write a contrastive reason."""
        return self._literals(self.game.written(changed, negated=True))

    def _literals(self, mask: int) -> tuple[int, ...]:
        return tuple(i + 1 if self.x_mask >> i & 1 else -(i + 1) for i in bits(mask))

    def names(self, reason: Iterable[int]) -> frozenset[str]:
        """Features of some literals."""
        numbers = {abs(literal) for literal in reason}
        return frozenset(unit.name for unit in self.domain.units if numbers & set(unit.numbers))

    @staticmethod
    def per_literal(reasons: Sequence[tuple[int, ...]]) -> dict[int, int]:
        """Count the reasons with each literal."""
        return dict(Counter(literal for reason in reasons for literal in reason))


def least_of_many(sets: np.ndarray) -> list[int]:
    """Keep the inclusion-minimal sets of a large array of masks."""
    left = np.unique(sets)
    left = left[np.argsort(np.bitwise_count(left), kind="stable")]
    kept = []
    while len(left):
        kept.append(int(left[0]))
        left = left[(left & left[0]) != left[0]]
    return kept


class RowsBerge(Berge):
    """The same from all rows of a domain; `features`: atoms are whole features."""

    def __init__(self, reference: Reference, target: int | None = None, *, features: bool = False) -> None:
        self.domain, self.n, self.x_mask, self.label = reference.domain, reference.n, reference.x_mask, reference.label
        self.game = reference.features_game(target) if features else reference.literals_game(target)
        self.contrastive = least_of_many(self.game.everything ^ self.game.bad)
