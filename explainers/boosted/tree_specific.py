"""The shortest tree-specific reasons of boosted trees, proved by 0/1 programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from ...encoders.covering.alone import AloneLeaves, AloneProgram, alone_leaves, alone_program
from ...engine.arrays import Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, Columns, Whole, interval_columns, whole_values
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import (
    AnyView,
    LiteralView,
    importance_order,
    losses_of,
    random_order,
)
from ...engine.errors import BadInputError, CapabilityError, SelfCheckError, UndecidedError, shown
from ...engine.oracles.universe import bits, feature_universe, literal_universe, mask_of
from ...engine.reasons import Answered, Reason, Reasons
from ...engine.status import Status, Stop
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ..forest.core import forces_alone
from ..forest.majoritary import ForestMajoritary
from ..forest.planner import fits_outside
from ..queries.weights import unit_costs

DEFAULT_SOLVER = "cpsat"
_INTEGER = 1e-3  # floating-point bounds of whole costs may be that far off
_KIND = "minimal tree-specific"
_WHOLE = 4096  # bits of exported numbers: all
_RUNS = 20  # greedy runs to begin with


class TreeSpecificAnswers(ForestMajoritary):
    """How reasons that force each tree on its own are found."""

    def tree_specific(self, per_feature: bool, theta: float, runs: int, seed: int, deadline: Deadline) -> Reason | None:
        """Return the shortest of greedy runs; None if even the whole instance does not force each tree."""
        view = self.alone_view(per_feature, theta)
        if not forces_alone(view, view.full):
            return None
        return self._greedy_majority(view, runs, seed, deadline, "tree-specific")

    def shortest_tree_specific(self, n: int | None, per_feature: bool, solver: str, deadline: Deadline) -> Answered:
        """Return one, several or all tree-specific reasons with the fewest literals (features)."""
        view = self.view(per_feature, self.wanted())

        def late() -> Reason:
            one = self._greedy_majority(view, 1, 0, deadline, _KIND)
            return one.with_proof(status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)

        answer = self.session.answer
        if not forces_alone(view, view.full):
            return None if n == 1 else Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
        if not fits_outside(self, per_feature, deadline):
            deadline.halt(Stop.TIME_LIMIT if fits_outside(self, per_feature, Deadline()) else Stop.MEMORY)
            return answer(iter(()), n, deadline, late)
        try:
            search = self._search_least(view, per_feature, solver, deadline)
        except OutOfTimeError:
            return answer(iter(()), n, deadline, late)
        source = (self.least(view, kept, Status.OPTIMAL, search, deadline) for kept in search.least(deadline))
        return answer(source, n, deadline, lambda: self.least(view, search.best, Status.BEST_SO_FAR, search, deadline))

    def exported(self, deadline: Deadline) -> AloneProgram:
        view = self.view(False, self.wanted())
        universe = literal_universe(self.session.here, self.session.excluded, deadline)
        if not forces_alone(view, view.full):
            raise CapabilityError("the instance does not force each tree on its own: there is no tree-specific reason")
        leaves = alone_leaves(self.session.compiled.trees, self.session.here, universe, deadline=deadline)
        prices = self._condition_prices(universe, unit_costs(self.session.space, False), False)
        asked = leaves, view.question.columns, prices
        plain = alone_program(*asked, digits=_WHOLE, deadline=deadline)
        if not any(name.startswith("t") for name in plain.problem.names):
            return plain  # cuts describe all that is in question: a weaker bound is written as short
        search = _Search(view, leaves, prices, DEFAULT_SOLVER, deadline)
        if next(search.least(deadline), None) is None:
            raise UndecidedError("time was up before a shortest reason was proved, whose length the optimum has to be")
        return alone_program(*asked, digits=_WHOLE, apart=search.known, deadline=deadline)

    def _search_least(self, view: AnyView, per_feature: bool, solver: str, deadline: Deadline) -> _Search:
        here = self.session.here, self.session.excluded
        universe = feature_universe(*here) if per_feature else literal_universe(*here, deadline)
        leaves = alone_leaves(
            self.session.compiled.trees, self.session.here, universe, per_feature=per_feature, deadline=deadline
        )
        prices = self._condition_prices(universe, unit_costs(self.session.space, per_feature), per_feature)
        return _Search(view, leaves, prices, solver, deadline)

    def least(self, view: AnyView, kept: Bools, status: Status, search: _Search, deadline: Deadline) -> Reason:
        written = view.written(kept)
        return self.reason(
            view, written, _KIND, status, deadline,
            method="0/1 program", solver=search.solver, cost=float(len(written)), lower=float(search.lower),
        )  # fmt: skip

    def alone_view(self, per_feature: bool, theta: float) -> AnyView:
        """Return a view of the question whether each tree's worst leaf still leaves the outcome as it is."""
        if isinstance(theta, bool) or not isinstance(theta, (int, float, np.number)) or not 0 <= theta < np.inf:
            raise BadInputError(f"theta={shown(theta)}: expected a number from 0")
        wanted = self.wanted()
        if theta == 0:
            return self.view(per_feature, wanted)
        sums, columns = self._stricter(wanted, float(theta))
        question = EnsembleQuestion(self.layout, sums, columns, self.session.here.cells)
        banned = self.attributes_of(self.session.excluded)
        return (FeatureView if per_feature else LiteralView)(question, self.session.here, banned, None)

    def _stricter(self, wanted: Any, theta: float) -> tuple[Arithmetic, Columns]:
        """Return the question whether a sum comes nearer than `theta` to the other side."""
        sums, columns = self.sums(wanted)
        if len(sums.good):
            whole: Whole = whole_values(replace(self.session.compiled.trees, base=sums.start))
            return sums, columns._replace(need=columns.need - math.ceil(math.ldexp(theta, whole.shift)))
        lower, upper = sums.lower + theta, sums.upper - theta
        trees = replace(self.session.compiled.trees, base=sums.start)
        return sums._replace(lower=lower, upper=upper), interval_columns(trees, lower, upper)


class _Search:
    """The search for the shortest tree-specific reasons: one program after the other, each answer checked.

    Attributes
    ----------
    best : ndarray of bool
        The shortest tree-specific reason so far.
    lower : int
        Proved: no tree-specific reason is shorter.
    known : list of int
        The minimal reasons that were found, as closed sets.
    """

    def __init__(self, view: AnyView, leaves: AloneLeaves, prices: list[int], solver: str, deadline: Deadline) -> None:
        self.solver = solver
        self.best: Bools = view.full
        self.lower = 0
        self._view, self._leaves, self._prices = view, leaves, prices
        self._universe = leaves.universe
        self._order = importance_order(view, deadline)
        self._found: list[tuple[int, Bools]] = []  # not returned yet, with their lengths
        self.known: list[int] = []
        self._failed: list[int] = []

    def least(self, deadline: Deadline) -> Iterator[Bools]:
        """Yield the shortest reasons, each proved to be one; ``deadline.stop`` tells whether some may be missing."""
        self._greedy(deadline)
        least: int | None = None
        while not deadline.expired():
            status, bound, blocked = self._solve(least, deadline)
            over = status is Status.INFEASIBLE
            if least is None:
                self._raise_bound(None if over else bound)
            if blocked is not None:
                self._take(blocked, deadline)
            ready = [kept for length, kept in self._found if length <= self.lower]
            if ready:
                least = self.lower
                self._found = []
                yield from ready
            if over:
                return
            if status is not Status.OPTIMAL and not deadline.expired():
                deadline.halt(Stop.SOLVER)

    def _raise_bound(self, rest: int | None) -> None:
        """Take note of how short the reasons that are not found yet may be (None: there are none)."""
        lengths = [length for length, _ in self._found] + ([] if rest is None else [rest])
        if not lengths or min(lengths) > self._length(self.best):
            raise SelfCheckError(
                f"{self.solver} excludes a tree-specific reason of {self._length(self.best)}: please report this model"
            )
        self.lower = max(self.lower, min(lengths))

    def _greedy(self, deadline: Deadline) -> None:
        """Shorten the best one by greedy runs."""
        losses, random, order = losses_of(self._view, deadline), np.random.default_rng(0), self._order
        for run in range(_RUNS):
            kept, _ = self._view.shrink(self._view.full, order, deadline, alone=True)
            # all literals of a category may be written as one, which is shorter than what is weaker, and no reason
            if run == 0 or self._length(kept) < self._length(self.best):
                self.best = kept
            if deadline.expired():
                return
            order = random_order(losses, random)

    def _length(self, kept: Bools) -> int:
        return len(self._view.written(kept))

    def _take(self, blocked: int, deadline: Deadline) -> None:
        """Check a solution; note a minimal reason within it, or that it is none."""
        moves_of = self._universe.moves_of
        view = self._view
        kept = self._kept(mask_of(e for e, moves in enumerate(moves_of) if moves & ~blocked == 0))
        view.place(kept)
        if not view.question.decides_alone():
            self._failed.append(blocked)
            return
        kept, minimal = view.shrink(kept, self._order, deadline, alone=True)
        length = self._length(kept)
        if length < self._length(self.best):
            self.best = kept
        if minimal:
            self._found.append((length, kept))
            self.known.append(self._mask(kept))

    def _kept(self, elements: int) -> Bools:
        """Return a closed set of elements as items of the view."""
        names = [self._universe.names[e] for e in bits(elements)]
        if isinstance(self._view, LiteralView):
            wanted = np.isin(np.abs(self._view.space.element_literal) - 1, names)
        else:
            wanted = np.isin(self._view.features, names)
        return self._view.closed(wanted)

    def _mask(self, kept: Bools) -> int:
        """Return items of the view as a closed set of elements."""
        items = np.nonzero(kept)[0]
        if isinstance(self._view, LiteralView):
            names = set((np.abs(self._view.space.element_literal[items]) - 1).tolist())
        else:
            names = set(self._view.features[items].tolist())
        return self._universe.close(mask_of(e for e, name in enumerate(self._universe.names) if name in names))

    def _solve(self, equal: int | None, deadline: Deadline) -> tuple[Status, int, int | None]:
        """Return status, lower bound, and the moves that a solution blocks."""
        columns = self._view.question.columns
        try:
            program = alone_program(
                self._leaves, columns, self._prices, self.known, self._failed, equal, deadline=deadline
            )
        except OutOfTimeError:
            return Status.BEST_SO_FAR, 0, None
        if not program.feasible:
            return Status.INFEASIBLE, 0, None
        if not program.problem.names:
            return Status.OPTIMAL, 0, 0
        hint = program.point(self._universe.blocked(self._mask(self.best))) if equal is None else None
        backend = get(self.solver, Kind.MIP)
        try:
            linear = program.linear(small=not backend.capabilities.exact, deadline=deadline)
        except OutOfTimeError:
            return Status.BEST_SO_FAR, 0, None
        if hint is not None:
            hint = np.append(hint, np.zeros(linear.n_vars - len(hint)))
        found = backend.solve(linear, deadline, hint)
        blocked = None if found.values is None else program.problem.blocked((found.values > 0.5).tolist())
        return found.status, 0 if found.lower is None else ceil(found.lower - _INTEGER), blocked
