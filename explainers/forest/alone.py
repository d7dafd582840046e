"""Fewest literals that are free of each other: bounds by 0/1 programs over single trees.

Without a theory most literals are **private**: one tree alone tests them. Let an adversary change private literals
only. Then no tree depends on another one, and a set resists iff the worst cases of the trees, each on its own, decide:
the fewest private literals that do so (all others kept for nothing) are a lower bound of every sufficient reason. And a
set that decides tree by tree against all changes is sufficient.

Clauses of counterexamples say much less here: with T trees, of which half must be forced, any T/2 of the trees bring a
counterexample, and hardly any literal is in many of them.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from ...encoders.covering.alone import AloneLeaves, alone_leaves, alone_program
from ...engine.arrays import I64, Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.ensembles.sums import Columns
from ...engine.ensembles.views.literals import AnyView, LiteralView
from ...engine.models.ensembles import EnsembleArrays
from ...engine.oracles.universe import literal_universe
from ...engine.status import Status
from ...solvers.protocols import Kind
from ...solvers.registry import get

_SOLVER = "cpsat"
_SHARE = 0.25  # of the time that is left for each of the two programs
_MOST = 5.0  # seconds
_LEAST = 1.0  # seconds that must be left: programs are written before a solver looks at the clock
_INTEGER = 1e-3  # floating-point bounds of whole costs may be that far off
_LITERALS = 5000


class Bounds(NamedTuple):
    """What is known before the search.

    Attributes
    ----------
    lower : int
        No sufficient reason has fewer literals.
    kept : ndarray of bool or None
        A set of items that is sufficient.
    """

    lower: int = 0
    kept: Bools | None = None


def bounds_of_single_trees(trees: EnsembleArrays, view: AnyView, deadline: Deadline) -> Bounds:
    """Return bounds of the fewest literals of a sufficient reason; trivial ones where the programs do not fit."""
    if not isinstance(view, LiteralView) or not _fits(view) or deadline.remaining < _LEAST:
        return Bounds()
    universe = literal_universe(view.situation)
    try:
        leaves = alone_leaves(trees, view.situation, universe, deadline=deadline)
    except OutOfTimeError:
        return Bounds()
    private = trees_per_condition(trees, len(view.space.vocabulary)) == 1
    prices = [int(private[name]) for name in universe.names]
    lower, _ = _solve(leaves, certain(view.question.columns), prices, deadline)
    _, blocked = _solve(leaves, view.question.columns, [1] * universe.n, deadline)
    if blocked is None:
        return Bounds(lower)
    elements = [universe.names[e] for e, moves in enumerate(universe.moves_of) if moves & ~blocked == 0]
    kept = view.closed(np.isin(np.abs(view.space.element_literal) - 1, elements))
    view.place(kept)  # numbers in programs are rounded in favour of their solutions
    return Bounds(lower, kept if view.question.decides_alone() else None)


def _fits(view: LiteralView) -> bool:
    """Tell whether literals are free of each other, and an input is bad as soon as one column is."""
    q, space = view.question, view.space
    free = space.theory is None and all(attribute.n_cells == 2 for attribute in space.attributes)
    whole = not view.banned.any() and not view.held.any() and q.layout.n_clauses == 0
    return free and whole and not q.columns.together and len(q.sums.good) > 0 and view.n_items <= _LITERALS


def trees_per_condition(trees: EnsembleArrays, n: int) -> I64:
    """Return how many trees test each condition, shape (n,)."""
    inner = np.nonzero(trees.literal != 0)[0]
    tree = np.searchsorted(trees.root, inner, side="right") - 1
    pairs = np.unique(np.stack([np.abs(trees.literal[inner]).astype(np.int64) - 1, tree]), axis=1)
    return np.bincount(pairs[0], minlength=n).astype(np.int64)


def certain(columns: Columns) -> Columns:
    """Return the columns with what they need so that the model's own sums are outside O, rounding or not."""
    return columns._replace(need=1 - columns.need) if len(columns.kind) else columns


def _solve(leaves: AloneLeaves, columns: Columns, prices: list[int], deadline: Deadline) -> tuple[int, int | None]:
    """Return a lower bound of the least cost, and the moves that a cheap set blocks (None: not found)."""
    try:
        program = alone_program(leaves, columns, prices, deadline=deadline)
    except OutOfTimeError:
        return 0, None
    if not program.feasible or not program.problem.names or deadline.expired():
        return 0, None
    if deadline.steps is not None:  # how far a solver comes in some time is no answer that can be had again
        return 0, None
    limit = deadline.part(max(1e-3, min(_MOST, _SHARE * deadline.remaining)))
    found = get(_SOLVER, Kind.MIP).solve(program.linear(), limit)
    if found.status is Status.INFEASIBLE or found.lower is None:
        return 0, None
    blocked = None if found.values is None else program.problem.blocked((found.values > 0.5).tolist())
    return max(0, ceil(found.lower - _INTEGER)), blocked
