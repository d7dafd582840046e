"""Trees over counts with tests that turn twice, as ones in which each test turns once.

Libraries that take absent words for missing ones send them to either side: a test is then true of no word, false of one
and true of more. It becomes two tests by size, and what lies on the side that both lead to is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.arrays import I64, Bools

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """The conditions of a model in counts.

    Attributes
    ----------
    constant : ndarray of int64, shape (n,)
        Of each condition of the model: 1 always true, 0 never, -1 neither.
    column, count : ndarray of int64, shape (n,)
        Where it is neither: true from this count of this column on.
    again : ndarray of int64, shape (n,)
        Up to this count, from which on it is as at the least one again; 0 where it stays so.
    rising : ndarray of bool, shape (n,)
        Or false from there on.
    """

    constant: I64
    column: I64
    count: I64
    again: I64
    rising: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Unfolded:
    """Trees in which each test is by size: node i has its `turned` condition |literal[i]| - 1.

    Attributes
    ----------
    literal, left, right : ndarray of int64, shape (n,)
        Nodes; a literal is 0 at a leaf.
    roots : ndarray of int64, shape (n_trees,)
        Where trees begin.
    origin : ndarray of int64, shape (n,)
        The node that each comes from.
    turned : Turned
        Its conditions.
    """

    literal: I64
    left: I64
    right: I64
    roots: I64
    origin: I64
    turned: Turned


def unfolded(literal: I64, left: I64, right: I64, roots: I64, turned: Turned) -> Unfolded:
    """Return trees in which each test is by size, and none that is known from those above it."""
    walk = _Walk(literal.tolist(), left.tolist(), right.tolist(), turned)
    starts = [walk.grow(root) for root in roots.tolist()]
    count = len(walk.tests)
    column, counts = np.array(list(walk.tests), np.int64).reshape(count, 2).T
    once = Turned(np.full(count, -1), column, counts, np.zeros(count, np.int64), np.ones(count, np.bool_))
    literals, lefts, rights, origin = np.array(walk.nodes, np.int64).reshape(-1, 4).T.copy()
    return Unfolded(literals, lefts, rights, np.array(starts, np.int64), origin, once)


class _Walk:
    """Writes trees anew, from their roots on."""

    def __init__(self, literal: list[int], left: list[int], right: list[int], turned: Turned) -> None:
        self._literal, self._sides = literal, (left, right)
        columns = (turned.constant, turned.column, turned.count, turned.again, turned.rising)
        self._conditions = list(zip(*(column.tolist() for column in columns), strict=True))
        self.nodes: list[list[int]] = []  # literal, left, right, origin
        self.tests: dict[tuple[int, int], int] = {}  # column and count -> number

    def grow(self, root: int) -> int:
        """Write the tree below a node; return where it begins."""
        start = len(self.nodes)
        waiting: list[tuple[int, dict[int, Ends], int, int]] = [(root, {}, -1, 0)]
        while waiting:
            node, known, parent, side = waiting.pop()
            node, test = self._next(node, known)
            place = len(self.nodes)
            if parent >= 0:
                self.nodes[parent][side] = place
            if test is None:
                self.nodes.append([0, 0, 0, node])
                continue
            column, count = test
            number = self.tests.setdefault(test, len(self.tests) + 1)
            self.nodes.append([number, 0, 0, node])
            low, high = known.get(column, (-np.inf, np.inf))
            waiting.append((node, {**known, column: (count, high)}, place, 2))
            waiting.append((node, {**known, column: (low, count)}, place, 1))
        return start

    def _next(self, node: int, known: dict[int, Ends]) -> tuple[int, tuple[int, int] | None]:
        """Return the first node from one on that is not decided, and what is to be tested there; None at a leaf."""
        while self._literal[node]:
            constant, column, count, again, rising = self._conditions[abs(self._literal[node]) - 1]
            truth = bool(constant)
            if constant < 0:
                low, high = known.get(column, (-np.inf, np.inf))
                inside = [end for end in (again, count) if end and low < end < high]
                if inside:
                    return node, (column, inside[0])
                truth = (low >= count and not (again and low >= again)) == rising
            node = self._sides[truth == (self._literal[node] > 0)][node]
        return node, None
