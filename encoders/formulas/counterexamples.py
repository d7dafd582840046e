"""An ensemble's counterexamples as 0/1 programs.

Columns 0 … n-1 are the conditions of the vocabulary (named ``c1`` … ``cn``). Cells of attributes that cuts do not
describe (``a``), leaves (``l``) and sums of leaves with equal values (``s``) follow. A tree's leaf columns add up to 1;
below a test, only those on the side of its truth may be 1. Where the conditions are whole numbers, the leaves are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np

from ...engine.arrays import I8, I32, Bools
from ...engine.domain.region import region_of
from ...engine.domain.space import Space
from ...engine.forms import Linear
from ...engine.models.ensembles import EnsembleArrays
from .problems import Row
from .short_trees import ShortTree, decided, short_trees
from .small_rows import small_rows

_Terms = dict[int, float]


@dataclass(eq=False)
class Columns:
    """A program that grows."""

    names: list[str] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[_Terms, float, float]] = field(default_factory=list)

    def add(self, name: str, *, whole: bool = True, lower: float = 0.0, upper: float = 1.0) -> int:
        """Add a column and return its index."""
        self.names.append(name)
        self.whole.append(whole)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.names) - 1

    def row(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """Add a row; terms of one column are added up."""
        joined: _Terms = {}
        for column, value in terms:
            joined[column] = joined.get(column, 0.0) + value
        self.rows.append((joined, low, high))

    def linear(self, rows: Sequence[tuple[_Terms, float, float]] = (), costs: _Terms | None = None) -> Linear:
        """Return the program with some more rows."""
        objective = np.zeros(len(self.names))
        for column, cost in (costs or {}).items():
            objective[column] = cost
        return Linear.build(
            objective, [*self.rows, *rows], self.lower, self.upper, np.array(self.whole, np.bool_), names=self.names
        )


@dataclass(eq=False)
class EnsembleProgram:
    """The inputs of a region, and the leaves that they reach, as a program without a question.

    Attributes
    ----------
    columns : Columns
        The program.
    leaves : list of dict
        For each tree the column of each kind of leaf; a tree with one kind has none (-1).
    kind : list of int
        Kind of each row of leaf values: rows of equal values are of one kind.
    representative : ndarray of int32
        One row of leaf values of each kind.
    tested : ndarray of bool
        The conditions that the program decides; the others are decided by the literals, or do not matter.
    """

    columns: Columns
    leaves: list[dict[int, int]]
    kind: list[int]
    representative: I32
    tested: Bools

    def sum_of(self, row: Row) -> tuple[_Terms, int]:
        """Return a row's worths as terms and a constant; each tree counts from its least worth."""
        terms: _Terms = {}
        constant = row.offset
        for of in self.leaves:
            worth = {kind: int(row.worth[self.representative[kind]]) for kind in of}
            least = min(worth.values())
            constant += least
            terms.update({column: float(worth[kind] - least) for kind, column in of.items() if worth[kind] > least})
        return terms, constant

    def greatest(self, row: Row) -> int:
        """Return an upper bound of a row's sum: each tree at its best."""
        return row.offset + sum(max(int(row.worth[self.representative[kind]]) for kind in of) for of in self.leaves)

    def demands(self, problem: Sequence[Row], slack: float = 0.0) -> list[tuple[_Terms, float, float]]:
        """Return the rows of a problem, each relaxed by `slack`."""
        out = []
        for row in problem:
            terms, constant = self.sum_of(row)
            out.append((terms, row.need - constant - slack, np.inf))
        return out

    def small(self, problem: Sequence[Row]) -> Linear:
        """Return the program with the rows of a problem, in numbers that floating-point solvers hold."""
        own = self.columns
        grown = Columns(list(own.names), list(own.whole), list(own.lower), list(own.upper), list(own.rows))
        rows: list[tuple[_Terms, float, float]] = []
        for number, row in enumerate(problem):
            terms, constant = self.sum_of(row)
            whole = {column: int(value) for column, value in terms.items()}
            for made, least in small_rows(whole, row.need - constant, partial(_named, grown, number)):
                rows.append(({column: float(value) for column, value in made.items()}, least, np.inf))
        return grown.linear(rows)


def _named(columns: Columns, number: int, name: str) -> int:
    return columns.add(f"{name}_{number}")


def ensemble_program(
    trees: EnsembleArrays, space: Space, literals: I32, *, whole_leaves: bool = True
) -> EnsembleProgram:
    """Return the program of the inputs that satisfy some literals.

    Parameters
    ----------
    literals : ndarray of int32
        What is kept.
    whole_leaves : bool
        Whether leaf columns are declared whole numbers (they are in any case; some solvers want it said).
    """
    _, representative, kinds = np.unique(trees.values, axis=0, return_index=True, return_inverse=True)
    kind = kinds.ravel().tolist()
    known = decided(space, literals)
    short = short_trees(trees, kind, known)
    columns = Columns()
    for v, truth in enumerate(known.tolist()):
        columns.add(f"c{v + 1}", lower=float(truth == 1), upper=float(truth != 0))
    tested = _tested(short, space, known)
    _add_domain(columns, space, literals, tested)
    leaves = [_add_tree(columns, t, tree, whole_leaves) for t, tree in enumerate(short)]
    return EnsembleProgram(columns, leaves, kind, representative.astype(np.int32), tested)


def _tested(short: Sequence[ShortTree], space: Space, known: I8) -> Bools:
    """Return the conditions that matter: open ones that a tree or a user clause speaks of."""
    out = np.zeros(len(known), np.bool_)
    for tree in short:
        out[[abs(literal) - 1 for literal in tree.literal if literal]] = True
    for clause in () if space.theory is None else space.theory.clauses:
        out[[abs(literal) - 1 for literal in clause]] = True
    return out & (known < 0)


def _add_domain(columns: Columns, space: Space, literals: I32, tested: Bools) -> None:
    """Add what the domain says about the tested conditions."""
    if space.theory is None:
        return
    region = region_of(space, literals)
    for a, attribute in enumerate(space.attributes):
        mine = [i for i, v in enumerate(attribute.variables.tolist()) if tested[v]]
        if not mine:
            continue
        if attribute.interval:
            _add_chain(
                columns, [(int(attribute.cut[i]), int(attribute.variables[i]), bool(attribute.rising[i])) for i in mine]
            )
            continue
        allowed = np.nonzero(region.allowed[region.base[a] : region.base[a + 1]])[0].tolist()
        cells = {cell: columns.add(f"a{a}_{cell}") for cell in allowed}
        columns.row(((column, 1.0) for column in cells.values()), 1.0, 1.0)
        for i in mine:
            on = [(cells[cell], -1.0) for cell in allowed if attribute.truth[i, cell]]
            columns.row([(int(attribute.variables[i]), 1.0), *on], 0.0, 0.0)
    for clause in space.theory.clauses:
        columns.row(
            ((abs(v) - 1, 1.0 if v > 0 else -1.0) for v in set(clause)), 1.0 - sum(v < 0 for v in set(clause)), np.inf
        )


def _add_chain(columns: Columns, tests: list[tuple[int, int, bool]]) -> None:
    """Add rows for the cuts of an interval: above a cut is above all lower ones."""
    tests.sort()
    for (low_cut, low, low_rises), (cut, high, rises) in pairwise(tests):
        # "above" is the condition or its negation; above the higher cut implies above the lower one
        terms = [(low, 1.0 if low_rises else -1.0), (high, -1.0 if rises else 1.0)]
        least = float(low_rises) - float(rises)
        columns.row(terms, least, least if cut == low_cut else np.inf)


def _add_tree(columns: Columns, t: int, tree: ShortTree, whole: bool) -> dict[int, int]:
    """Add a tree; return the column of each kind of leaf (the sum of its leaves)."""
    if tree.literal[0] == 0:
        return {tree.kind[0]: -1}
    column = {
        node: columns.add(f"l{t}_{node}", whole=whole) for node, literal in enumerate(tree.literal) if literal == 0
    }
    columns.row(((z, 1.0) for z in column.values()), 1.0, 1.0)
    below: dict[int, list[int]] = {node: [z] for node, z in column.items()}
    for node in range(len(tree.literal) - 1, -1, -1):  # children first
        literal = tree.literal[node]
        if literal == 0:
            continue
        v = abs(literal) - 1
        for child, true in ((tree.right[node], literal > 0), (tree.left[node], literal < 0)):
            terms = [(z, 1.0) for z in below[child]]
            columns.row([*terms, (v, -1.0 if true else 1.0)], -np.inf, 0.0 if true else 1.0)
        below[node] = below.pop(tree.right[node]) + below.pop(tree.left[node])
    of_kind: dict[int, list[int]] = {}
    for node, z in column.items():
        of_kind.setdefault(tree.kind[node], []).append(z)
    found = {}
    for kind, members in of_kind.items():
        found[kind] = members[0]
        if len(members) > 1:
            found[kind] = columns.add(f"s{t}_{kind}", whole=whole)
            columns.row([*((z, 1.0) for z in members), (found[kind], -1.0)], 0.0, 0.0)
    return found


def leaf_cut(program: EnsembleProgram, leaves: I32) -> tuple[_Terms, float, float]:
    """Return the row that bars inputs with the same leaf values in every tree as one with these leaves."""
    chosen = [of[program.kind[leaf]] for of, leaf in zip(program.leaves, leaves.tolist(), strict=True) if len(of) > 1]
    return dict.fromkeys(chosen, 1.0), -np.inf, float(len(chosen) - 1)
