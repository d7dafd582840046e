"""The nearest change of a tree's outcome: over its leaves; with clauses, a best-first search within them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...engine.arrays import F64, I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.domain.clauses import unmet
from ...engine.domain.instance import Situation
from ...engine.models.trees import LeafTable
from ..solving.oracles import truth_in_cells

Part = dict[int, Bools]  # the cells of some attributes; the others may have any that is allowed


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Where changes are looked for, and what they cost.

    Attributes
    ----------
    situation : Situation
        The instance.
    allowed : list of ndarray of bool
        The cells that each attribute may have, those of the instance among them.
    at : ndarray of int64, shape (n_attributes + 1,)
        Where the costs of each attribute's cells begin.
    costs : ndarray of float64
        Cost of each cell: 0 for those of the instance, no other is negative.
    clauses : sequence of tuple of int
        Of the literals of each, one has to be true.
    """

    situation: Situation
    allowed: list[Bools]
    at: I64
    costs: F64
    clauses: Sequence[tuple[int, ...]] = ()

    def cheapest(self, part: Part) -> tuple[I32, float] | None:
        """Return the cheapest cells in a part, clauses aside, and what they cost; None if it has none."""
        cells = self.situation.cells.copy()
        total = 0.0
        for a, inside in part.items():
            if inside[cells[a]]:
                continue
            fits = np.nonzero(inside & self.allowed[a])[0]
            if not len(fits):
                return None
            prices = self.costs[self.at[a] + fits]
            cells[a] = fits[prices.argmin()]
            total += float(prices.min())
        return cells, total

    def broken(self, cells: I32) -> tuple[int, ...] | None:
        """Return a clause that is false in some cells."""
        return unmet(self.clauses, truth_in_cells(self.situation, cells)) if self.clauses else None

    def with_literal(self, part: Part, literal: int) -> Part:
        """Return the part in which a literal is true."""
        space = self.situation.space
        a = int(space.attribute_of[abs(literal) - 1])
        attribute = space.attributes[a]
        place = int(np.nonzero(attribute.variables == abs(literal) - 1)[0][0])
        fits = attribute.truth_table()[place] == (literal > 0)
        return {**part, a: part.get(a, self.allowed[a]) & fits}


@dataclass(order=True, slots=True)
class _Node:
    cost: float  # of its cheapest cells
    number: int
    cells: I32 = field(compare=False)
    part: Part = field(compare=False)


def nearest_cells(within: Within, leaves: LeafTable, good: Bools, deadline: Deadline) -> tuple[I32, float] | None:
    """Return the cheapest cells in a leaf outside O, and their cost; None if there are none, or time was up."""
    heap: list[_Node] = []
    numbers = itertools.count()

    def push(part: Part) -> None:
        found = within.cheapest(part)
        if found is not None:
            heapq.heappush(heap, _Node(found[1], next(numbers), found[0], part))

    for leaf in np.nonzero(~good[leaves.outcome])[0].tolist():
        if deadline.expired():
            return None
        push(_part_of(within, leaves, leaf))
    while heap and not deadline.expired():
        node = heapq.heappop(heap)
        clause = within.broken(node.cells)
        if clause is None:
            return node.cells, node.cost
        left = node.part  # a part for each literal: it is true, and those before it are not
        for literal in clause:
            push(within.with_literal(left, literal))
            left = within.with_literal(left, -literal)
    return None


def _part_of(within: Within, leaves: LeafTable, leaf: int) -> Part:
    """Return the cells of a leaf."""
    part: Part = {}
    for e in range(int(leaves.start[leaf]), int(leaves.start[leaf + 1])):
        a = int(leaves.attribute[e])
        inside = np.zeros(len(within.allowed[a]), np.bool_)
        if leaves.low[e] >= 0:
            inside[leaves.low[e] : leaves.high[e] + 1] = True
        else:
            inside[leaves.cells[leaves.first[e] : leaves.first[e + 1]]] = True
        part[a] = inside
    return part
