"""What reasons of an ensemble are made of: literals (elements of the space), or features (groups of attributes).

A view works on **items**, as bool vectors `kept`. Closed sets of literals are vectors in which every implied literal
is kept as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .budget import Deadline
from .ensemble_question import EnsembleQuestion
from .ensemble_search import NONE
from .ensemble_shrink import kept_in_box
from .kernels import F64, I32, I64, Bools
from .marco import Clause, closure_clauses
from .situation import Situation
from .universe import Universe, attribute_universe, bits, mask_of


class View:
    """The common part; `fixed` are attributes that never move, `banned` those that are never kept."""

    n_items: int

    def __init__(self, question: EnsembleQuestion, situation: Situation, fixed: Bools, banned: Bools) -> None:
        self.question = question
        self.situation = situation
        self.space = situation.space
        self.fixed = fixed
        self.banned = banned

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept items leave."""
        raise NotImplementedError

    def answer(self, kept: Bools, deadline: Deadline) -> int:
        """Return NONE (holds), FOUND or UNKNOWN for a set of items."""
        self.place(kept)
        return self.question.answer(deadline)


class LiteralView(View):
    """Items are the elements of the space."""

    def __init__(self, question: EnsembleQuestion, situation: Situation, fixed: Bools, banned: Bools) -> None:
        super().__init__(question, situation, fixed, banned)
        self.n_items = len(self.space.element_literal)
        self.owner = self.space.element_attribute
        self.listed = np.nonzero(~self.space.interval)[0].tolist()
        position = np.arange(self.n_items) - self.space.element_base[self.owner]
        # cuts below the instance's cell bound it from below
        self.below = position < situation.cells[self.owner]

    @cached_property
    def universes(self) -> dict[int, Universe]:
        """The literals of each listed attribute."""
        return {a: attribute_universe(self.situation, a) for a in self.listed}

    @property
    def full(self) -> Bools:
        """All items that may be kept."""
        full: Bools = ~self.banned[self.owner]
        return full

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept literals leave."""
        self.question.set_kept(kept | self.fixed[self.owner])

    def closed_box(self) -> Bools:
        """Return the closed set that the question's box stands for."""
        kept = np.zeros(self.n_items, np.bool_)
        kept_in_box(self.question.layout, self.question.box, self.question.cells, kept)
        return kept

    def shrink(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> tuple[Bools, bool]:
        """Return a minimal closed subset of a set that holds, and whether it is proved minimal."""
        self.place(kept)
        room = kept.copy()
        proved = self.question.widen(room, order[~self.fixed[order]], deadline, alone=alone)
        return self.closed_box() & self.full, proved

    @cached_property
    def groups(self) -> tuple[I64, I32]:
        """Each attribute is a group."""
        n = len(self.space.attributes)
        return np.arange(n + 1, dtype=np.int64), np.arange(n, dtype=np.int32)

    def _mask(self, a: int, kept: Bools) -> int:
        base = int(self.space.element_base[a])
        return mask_of(np.nonzero(kept[base : base + self.universes[a].n])[0].tolist())

    def written(self, kept: Bools) -> I32:
        """Return the non-implied items of a closed set."""
        chosen = np.zeros(self.n_items, np.bool_)
        up = kept & ~self.below & self.space.interval[self.owner]
        down = kept & self.below & self.space.interval[self.owner]
        items = np.arange(self.n_items)
        same = self.owner[1:] == self.owner[:-1]
        # of the upper bounds the lowest cut is the strongest; of the lower bounds the highest
        chosen[items[up]] = True
        chosen[1:][same & up[:-1] & up[1:]] = False
        last = down.copy()
        last[:-1] &= ~(same & down[1:])
        chosen |= last
        for a, universe in self.universes.items():
            base = int(self.space.element_base[a])
            chosen[base : base + universe.n] = False
            chosen[[base + e for e in bits(universe.written(self._mask(a, kept)))]] = True
        return np.nonzero(chosen)[0].astype(np.int32)

    def written_change(self, dropped: Bools) -> I32:
        """Return the items of a dropped set whose negations no others imply."""
        chosen = np.zeros(self.n_items, np.bool_)
        same = self.owner[1:] == self.owner[:-1]
        up = dropped & ~self.below & self.space.interval[self.owner]
        down = dropped & self.below & self.space.interval[self.owner]
        last = up.copy()
        last[:-1] &= ~(same & up[1:])
        chosen |= last
        first = down.copy()
        first[1:] &= ~(same & down[:-1])
        chosen |= first
        for a, universe in self.universes.items():
            base = int(self.space.element_base[a])
            chosen[base : base + universe.n] = False
            chosen[[base + e for e in bits(universe.written_change(self._mask(a, dropped)))]] = True
        return np.nonzero(chosen)[0].astype(np.int32)

    def closure(self) -> tuple[list[Clause], int]:
        """Return clauses whose models, on variables 1 … n_items, are the closed sets without banned items; and how
        many variables there are."""
        clauses: list[Clause] = []
        size = self.n_items
        for e in range(self.n_items):
            if self.banned[self.owner[e]]:
                clauses.append((-(e + 1),))
            elif self.fixed[self.owner[e]]:
                clauses.append((e + 1,))
            elif self.space.interval[self.owner[e]]:
                other = e - 1 if self.below[e] else e + 1
                inside = 0 <= other < self.n_items and self.owner[other] == self.owner[e]
                if inside and self.below[other] == self.below[e]:
                    clauses.append((-(e + 1), other + 1))
        for a, universe in self.universes.items():
            if self.banned[a] or self.fixed[a]:
                continue
            base = int(self.space.element_base[a])
            mine, count = closure_clauses(universe)
            clauses += [tuple(_renamed(v, universe.n, base, size) for v in clause) for clause in mine]
            size += count - universe.n
        return clauses, size

    def names(self, items: I32) -> tuple[Any, ...]:
        """Return signed literals, sorted by number."""
        return self.situation.literals(items)


def _renamed(v: int, n: int, base: int, size: int) -> int:
    """Return a variable of one attribute's clauses in the numbering of all: items first, then helpers."""
    number = abs(v) + base if abs(v) <= n else abs(v) - n + size
    return number if v > 0 else -number


class FeatureView(View):
    """Items are features that the model tests."""

    def __init__(self, question: EnsembleQuestion, situation: Situation, fixed: Bools, banned: Bools) -> None:
        super().__init__(question, situation, fixed, banned)
        feature = np.array([a.feature for a in self.space.attributes], dtype=np.int64)
        self.features, self.item_of = np.unique(feature, return_inverse=True)
        self.n_items = len(self.features)
        order = np.argsort(self.item_of, kind="stable").astype(np.int32)
        counts = np.bincount(self.item_of, minlength=self.n_items) if len(feature) else np.zeros(0, np.int64)
        self.groups = (np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order)

    def _of_items(self, of_attributes: Bools) -> Bools:
        out = np.zeros(self.n_items, np.bool_)
        out[self.item_of[of_attributes]] = True
        return out

    @property
    def full(self) -> Bools:
        """All items that may be kept."""
        return ~self._of_items(self.banned)

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept features leave."""
        self.question.set_fixed(kept[self.item_of] | self.fixed)

    def shrink(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> tuple[Bools, bool]:
        """Return a minimal subset of a set that holds, and whether it is proved minimal."""
        self.place(kept)
        free = ~kept & ~self._of_items(self.fixed)
        wanted = order[~self._of_items(self.fixed)[order]]
        proved = self.question.free(free, *self.groups, wanted, deadline, alone=alone)
        return ~free & self.full, proved

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

    def names(self, items: I32) -> tuple[Any, ...]:
        """Return names of features in the order of their columns."""
        return tuple(self.space.features[int(self.features[i])].name for i in items)


AnyView = LiteralView | FeatureView


def losses_of(view: AnyView) -> F64:
    """Return what freeing each group alone costs; the box becomes the instance."""
    view.question.fix_all()
    return view.question.losses(*view.groups)


def importance_order(view: AnyView) -> I32:
    """Return the groups of a view, least important first; the box becomes the instance."""
    return np.argsort(losses_of(view), kind="stable").astype(np.int32)


def random_order(losses: F64, random: np.random.Generator) -> I32:
    """Return a random order that tends to put first what costs little."""
    return np.argsort(losses * (0.1 + random.random(len(losses))), kind="stable").astype(np.int32)


def holds(view: AnyView, kept: Bools, deadline: Deadline) -> bool | None:
    """Answer for a set of items; None if time was up."""
    code = view.answer(kept, deadline)
    return None if code == 2 else code == NONE


def clause_of(items: Sequence[int] | I32, sign: int) -> Clause:
    """Return a clause over items, all with one sign."""
    return tuple(sign * (int(i) + 1) for i in items)
