"""What reasons of an ensemble are made of: literals (elements of the space), or features (groups of attributes).

A view works on **items**, as bool vectors `kept`. Closed sets of literals are vectors in which every implied literal
is kept as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..._native import Groups, Outer, differing_elements, narrow_literals, written_literals
from ...arrays import F64, I32, I64, Bools
from ...budget import Deadline
from ...domain.instance import Situation
from ...oracles.marco import Clause, closure_clauses
from ...oracles.universe import Universe, attribute_universe, bits, mask_of_bools
from ..answers import NONE, UNKNOWN
from ..question import EnsembleQuestion
from .features import FeatureView
from .view import View, losses_of, outer_box

__all__ = [
    "AnyView", "LiteralView", "View", "clause_of", "holds", "importance_order", "losses_of",
    "outer_box", "random_order", "random_orders",
]  # fmt: skip


class LiteralView(View):
    """Items are the elements of the space."""

    def __init__(
        self, question: EnsembleQuestion, situation: Situation, banned: Bools, outer: Outer | None = None
    ) -> None:
        super().__init__(question, situation, banned, outer)
        self.n_items = len(self.space.element_literal)
        self.owner = self.space.element_attribute
        n = len(self.space.attributes)  # each attribute is a group
        self.groups = Groups(np.arange(n + 1, dtype=np.int64), np.arange(n, dtype=np.int32))
        self.by_depth = self.space.theory is None
        self.listed = np.nonzero(~self.space.interval)[0].tolist()
        self.below = _firsts(self.space.element_base, situation.cells)  # cuts below the instance's cell bound it there
        self.held = np.zeros(self.n_items, np.bool_) if outer is None else self._held()

    def _held(self) -> Bools:
        """Return the literals that the outer box keeps."""
        position = np.arange(self.n_items) - self.space.element_base[self.owner]
        beyond = (position < self.outer.lo[self.owner]) | (position >= self.outer.hi[self.owner])
        return np.where(self.space.interval[self.owner], beyond, self.fixed[self.owner])

    @property
    def in_part(self) -> bool:
        """Whether the outer box lacks cells of a listed attribute that is not fixed, which no literals say."""
        base, barred = self.question.layout.cell_base, self.outer.barred
        return any(barred[base[a] : base[a + 1]].any() and not self.fixed[a] for a in self.listed)

    @cached_property
    def universes(self) -> dict[int, Universe]:
        """The literals of each listed attribute."""
        return {a: attribute_universe(self.situation, a) for a in self.listed}

    @property
    def full(self) -> Bools:
        """All items that may be kept."""
        return self._allowed.copy()

    @cached_property
    def _allowed(self) -> Bools:
        allowed: Bools = ~self.banned[self.owner]
        return allowed

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept literals leave."""
        self.question.set_kept(kept | self.held)

    def closed_box(self) -> Bools:
        """Return the closed set that the question's box stands for."""
        kept = np.zeros(self.n_items, np.bool_)
        self.question.read_kept(kept)
        return kept

    def closed(self, kept: Bools) -> Bools:
        """Add all implied literals."""
        self.place(kept)
        return self.closed_box() & self.full

    def shrink(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> tuple[Bools, bool]:
        """Return a minimal closed subset of a set that holds, and whether it is proved minimal."""
        self.place(kept)
        room = kept.copy()
        proved = self.question.widen(room, order[~self.fixed[order]], deadline, alone=alone)
        return self.closed_box() & self.full, proved

    def near(self, point: I32, deadline: Deadline, order: I32 | None = None) -> tuple[Bools, I32, bool]:
        """Bring a counterexample near; return the literals on which it differs, itself, and whether it is minimal."""
        nearer, q = point.copy(), self.question
        order = self.back_order(deadline) if order is None else order
        code = q.run(deadline, narrow_literals, self.inner, q.box, nearer, order, q.work)
        return differing_elements(q.layout, q.cells, nearer) & self.full, nearer, code == NONE

    def _mask(self, a: int, kept: Bools) -> int:
        base = int(self.space.element_base[a])
        return mask_of_bools(kept[base : base + self.universes[a].n])

    def written(self, kept: Bools) -> I32:
        """Return the non-implied items of a closed set."""
        q = self.question
        return np.nonzero(written_literals(q.layout, q.cells, kept))[0].astype(np.int32)

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
        """Return clauses for the closed sets without banned items (variables 1 … n_items), and how many variables."""
        clauses: list[Clause] = []
        size = self.n_items
        for e in range(self.n_items):
            if self.banned[self.owner[e]]:
                clauses.append((-(e + 1),))
            elif self.held[e]:
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

    def lesser(self, kept: Bools) -> Iterator[Bools]:
        """Yield the largest closed sets below a closed set."""
        for item in self.written(kept):
            if self.space.interval[self.owner[item]]:
                rest = kept.copy()
                rest[item] = False
                yield rest
        for a, universe in self.universes.items():
            base, end = int(self.space.element_base[a]), int(self.space.element_base[a + 1])
            for move in universe.moves:
                rest = kept.copy()
                rest[base:end] &= [not move >> e & 1 for e in range(universe.n)]
                if (rest != kept).any():
                    yield rest

    def falls_with(self, dropped: Bools) -> Bools:
        """Return a set with all literals that fall with it: whatever makes it fall makes them fall too."""
        out = dropped.copy()
        for item in np.nonzero(dropped)[0]:
            a = int(self.owner[item])
            base = int(self.space.element_base[a])
            cell = base + int(self.situation.cells[a])
            if self.space.interval[a]:
                out[item if self.below[item] else cell : cell if self.below[item] else item + 1] = True
            elif dropped[base:item].any():
                continue  # the first of an attribute tells of all
            else:
                universe = self.universes[a]
                out[[base + e for e in bits(universe.completed_change(self._mask(a, dropped)))]] = True
        return out

    def without(self, item: int) -> Iterator[Bools]:
        """Yield the largest closed sets that lack an item."""
        a, full = int(self.owner[item]), self.full
        base, end = int(self.space.element_base[a]), int(self.space.element_base[a + 1])
        if self.space.interval[a]:
            rest = full.copy()
            cell = base + int(self.situation.cells[a])
            rest[item if self.below[item] else cell : cell if self.below[item] else item + 1] = False
            yield rest
            return
        universe = self.universes[a]
        for move in bits(universe.moves_of[item - base]):
            rest = full.copy()
            rest[base:end] &= [not universe.moves[move] >> e & 1 for e in range(universe.n)]
            yield rest

    def names(self, items: I32) -> tuple[Any, ...]:
        """Return signed literals, sorted by number."""
        return self.space.core.literals(self.situation.truth, items)


def _firsts(base: I64, counts: I32) -> Bools:
    """Return which elements are among the first so many of their attribute."""
    sizes = np.diff(base)
    first = np.minimum(counts, sizes)
    runs = np.stack([first, sizes - first], axis=1).ravel()
    return np.repeat(np.tile([True, False], len(sizes)), runs)


def _renamed(v: int, n: int, base: int, size: int) -> int:
    """Return a variable of one attribute's clauses in the numbering of all: items first, then helpers."""
    number = abs(v) + base if abs(v) <= n else abs(v) - n + size
    return number if v > 0 else -number


AnyView = LiteralView | FeatureView


def importance_order(view: AnyView, deadline: Deadline) -> I32:
    """Return the groups of a view, least important first; the box becomes the instance."""
    return np.argsort(losses_of(view, deadline), kind="stable").astype(np.int32)


def random_order(losses: F64, random: np.random.Generator) -> I32:
    """Return a random order that tends to put first what costs little."""
    order: I32 = random_orders(losses, random, 1)[0]
    return order


def random_orders(losses: F64, random: np.random.Generator, n: int) -> I32:
    """Return n random orders, the same as one after another."""
    drawn = random.random((n, len(losses)))
    keys = losses + 2.0 * drawn if len(losses) and losses.min() < 0 else losses * (0.1 + drawn)  # depths have a sign
    return np.argsort(keys, axis=1, kind="stable").astype(np.int32)


def holds(view: AnyView, kept: Bools, deadline: Deadline) -> bool | None:
    """Answer for a set of items; None if time was up."""
    code = view.answer(kept, deadline)
    return None if code == UNKNOWN else code == NONE


def clause_of(items: Sequence[int] | I32, sign: int) -> Clause:
    """Return a clause over items, all with one sign."""
    return tuple(sign * (int(i) + 1) for i in items)
