"""Reasons made of features: groups of attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._native import Groups, Outer, differing_groups, narrow_groups
from ...arrays import I32, Bools
from ...budget import Deadline
from ...domain.instance import Situation
from ...oracles.marco import Clause
from ..answers import NONE
from ..question import EnsembleQuestion
from .view import View


class FeatureView(View):
    """Items are features that the model tests."""

    def __init__(
        self, question: EnsembleQuestion, situation: Situation, banned: Bools, outer: Outer | None = None
    ) -> None:
        super().__init__(question, situation, banned, outer)
        feature = np.array([a.feature for a in self.space.attributes], dtype=np.int64)
        self.features, self.item_of = np.unique(feature, return_inverse=True)
        self.n_items = len(self.features)
        order = np.argsort(self.item_of, kind="stable").astype(np.int32)
        counts = np.bincount(self.item_of, minlength=self.n_items) if len(feature) else np.zeros(0, np.int64)
        base = question.layout.cell_base
        self._owner = np.repeat(np.arange(len(feature)), np.diff(base))  # of the cells of listed attributes
        self._own = np.arange(len(self._owner)) - base[self._owner] == question.cells[self._owner]
        self._open = self.outer.barred[: len(self._owner)] == 0
        self.groups = Groups(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order)

    def _of_items(self, of_attributes: Bools) -> Bools:
        out = np.zeros(self.n_items, np.bool_)
        out[self.item_of[of_attributes]] = True
        return out

    @property
    def full(self) -> Bools:
        """All items that may be kept."""
        return ~self._of_items(self.banned)

    @property
    def fixed_items(self) -> Bools:
        """Items that cannot change."""
        return self._of_items(self.fixed)

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept features leave."""
        q, held = self.question, kept[self.item_of] | self.fixed
        low, high = np.where(held, q.cells, self.outer.lo), np.where(held, q.cells, self.outer.hi)
        q.set_ranges(low, high, np.where(held[self._owner], self._own, self._open))

    def closed(self, kept: Bools) -> Bools:
        """Return the set itself: features imply nothing."""
        return kept

    def shrink(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> tuple[Bools, bool]:
        """Return a minimal subset of a set that holds, and whether it is proved minimal."""
        self.place(kept)
        free = ~kept & ~self._of_items(self.fixed)
        wanted = order[~self._of_items(self.fixed)[order]]
        proved = self.question.free(free, self.groups, wanted, deadline, alone=alone)
        return ~free & self.full, proved

    def near(self, point: I32, deadline: Deadline, order: I32 | None = None) -> tuple[Bools, I32, bool]:
        """Bring a counterexample near; return the features on which it differs, itself, and whether it is minimal."""
        nearer, q = point.copy(), self.question
        order = self.back_order(deadline) if order is None else order
        code = q.run(deadline, narrow_groups, self.inner, q.box, self.groups, nearer, order, q.work)
        return differing_groups(self.groups, q.cells, nearer) & self.full, nearer, code == NONE

    def written(self, kept: Bools) -> I32:
        """Return the kept items."""
        return np.nonzero(kept)[0].astype(np.int32)

    def written_change(self, dropped: Bools) -> I32:
        """Return the dropped items."""
        return np.nonzero(dropped)[0].astype(np.int32)

    def closure(self) -> tuple[list[Clause], int]:
        """Return clauses that keep banned items out and fixed ones in."""
        banned, fixed = self._of_items(self.banned), self._of_items(self.fixed)
        clauses: list[Clause] = [(-(int(i) + 1),) for i in np.nonzero(banned)[0]]
        return clauses + [(int(i) + 1,) for i in np.nonzero(fixed & ~banned)[0]], self.n_items

    def lesser(self, kept: Bools) -> Iterator[Bools]:
        """Yield the sets that lack one item more."""
        for item in np.nonzero(kept)[0]:
            rest = kept.copy()
            rest[item] = False
            yield rest

    def falls_with(self, dropped: Bools) -> Bools:
        """Return the set itself: features imply nothing."""
        return dropped

    def without(self, item: int) -> Iterator[Bools]:
        """Yield the largest set that lacks an item."""
        rest = self.full
        rest[item] = False
        yield rest

    def names(self, items: I32) -> tuple[Any, ...]:
        """Return names of features in the order of their columns."""
        return tuple(self.space.features[int(self.features[i])].name for i in items)
