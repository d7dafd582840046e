"""Larger scikit-learn trees with numerical features: reasons by multiplying out what has to be hit.

Every leaf of another class gives the literals of x that must fall to reach it as cheaply as possible;
sufficient reasons are the minimal closed sets that hit all of these.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from .domain import Declared, Domain
from .trees import Condition, Leaf, Tree, labels_of_rows

Path = tuple[tuple[Condition, bool], ...]
Bounds = dict[int, tuple[float, float]]


def leaves(
    tree: Tree, met: tuple[tuple[object, bool], ...] = ()
) -> Iterator[tuple[int, tuple[tuple[object, bool], ...]]]:
    """Label and path (condition, truth) of each leaf."""
    if isinstance(tree, Leaf):
        yield tree.label, met
    else:
        yield from leaves(tree.left, (*met, (tree.condition, False)))
        yield from leaves(tree.right, (*met, (tree.condition, True)))


def floor(threshold: float) -> float:
    """Return the largest float32 that is at most the threshold."""
    value = np.float32(threshold)
    return float(value if float(value) <= threshold else np.nextafter(value, np.float32(-np.inf)))


def above(threshold: float) -> float:
    """Return the smallest float32 above the threshold."""
    return float(np.nextafter(np.float32(floor(threshold)), np.float32(np.inf)))


def least(sets: list[int]) -> list[int]:
    """Keep the inclusion-minimal sets."""
    kept: list[int] = []
    for one in sorted(set(sets), key=int.bit_count):
        if not any(other & one == other for other in kept):
            kept.append(one)
    return kept


class Berge:
    """Sufficient and contrastive reasons of a tree whose conditions are all ``x > t``, at `x`."""

    def __init__(self, tree: Tree, n_columns: int, x: Sequence[float], *, theory: bool) -> None:
        names = tuple(f"f{i}" for i in range(1, n_columns + 1))
        self.theory = theory
        self.domain = Domain(tree, names, Declared(), single=True)
        self.x = [float(np.float32(value)) for value in x]
        self.truth = [bool(c.truth(np.array([self.x[c.column]]))[0]) for c in self.domain.conditions]
        label = int(labels_of_rows(tree, np.array([self.x]))[0])
        diff = self._diff_of_box if theory else self._diff_of_path
        found = [diff(met) for other, met in leaves(tree) if other != label]
        self.contrastive = least([one for one in found if one is not None])

    def _diff_of_path(self, met: Path) -> int | None:
        wanted: dict[int, bool] = {}
        for condition, truth in met:
            number = self.domain.literal[condition]
            if wanted.setdefault(abs(number), truth == (number > 0)) != (truth == (number > 0)):
                return None
        return sum(1 << (v - 1) for v, truth in wanted.items() if truth != self.truth[v - 1])

    def _diff_of_box(self, met: Path) -> int | None:
        box: Bounds = {}
        for condition, truth in met:
            low, high = box.get(condition.column, (-math.inf, math.inf))
            if truth:
                low = max(low, above(condition.threshold))
            else:
                high = min(high, floor(condition.threshold))
            if low > high:
                return None
            box[condition.column] = (low, high)
        row = list(self.x)
        for column, (low, high) in box.items():
            row[column] = min(max(row[column], low), high)
        return sum(
            1 << i
            for i, c in enumerate(self.domain.conditions)
            if bool(c.truth(np.array([row[c.column]]))[0]) != self.truth[i]
        )

    def close(self, atom: int) -> int:
        """Return what one literal of x implies."""
        if not self.theory:
            return 1 << atom
        mine = self.domain.conditions[atom]
        found = 0
        for i, other in enumerate(self.domain.conditions):
            if other.column == mine.column and self.truth[i] == self.truth[atom]:
                weaker = other.threshold <= mine.threshold if self.truth[i] else other.threshold >= mine.threshold
                found |= weaker << i
        return found

    def sufficient(self, limit: int = 3000) -> list[int] | None:
        """Multiply out; None if it gets too large."""
        closed = [self.close(i) for i in range(self.domain.n)]
        found = [0]
        for one in self.contrastive:
            atoms = [i for i in range(self.domain.n) if one >> i & 1]
            found = least([s if s & one else s | closed[i] for s in found for i in (atoms if not s & one else [0])])
            if len(found) > limit:
                return None
        return found

    def written(self, closed: int) -> tuple[int, ...]:
        """Keep the literals that no other literal of the set implies."""
        atoms = [i for i in range(self.domain.n) if closed >> i & 1]
        kept = [i for i in atoms if not any(j != i and self.close(j) >> i & 1 for j in atoms)]
        return tuple(i + 1 if self.truth[i] else -(i + 1) for i in kept)

    def written_contrastive(self, changed: int) -> tuple[int, ...]:
        """Keep of each feature and direction what falls last: the others fall with it."""
        atoms = [i for i in range(self.domain.n) if changed >> i & 1]
        kept = [i for i in atoms if not any(j != i and self.close(i) >> j & 1 for j in atoms)]
        return tuple(i + 1 if self.truth[i] else -(i + 1) for i in kept)

    @staticmethod
    def per_literal(reasons: Sequence[tuple[int, ...]]) -> dict[int, int]:
        """Count the reasons with each literal."""
        return dict(Counter(literal for reason in reasons for literal in reason))
