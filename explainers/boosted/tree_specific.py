"""The shortest tree-specific reasons of boosted trees, proved by 0/1 programs."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

import numpy as np

from ...encoders.covering.alone import AloneLeaves, AloneProgram, alone_leaves, alone_program
from ...engine.arrays import Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.ensembles.views.literals import AnyView, LiteralView, importance_order, losses_of, random_order
from ...engine.errors import CapabilityError, SelfCheckError, UndecidedError
from ...engine.forms import Linear, Wcnf
from ...engine.oracles.universe import bits, feature_universe, literal_universe, mask_of
from ...engine.reasons import Reason, Reasons
from ...engine.status import Status, Stop
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ..forest.planner import fits_outside, written_in_time
from ..queries.weights import unit_costs
from .range import BoostedRange

_DEFAULT = "cpsat"
_INTEGER = 1e-3  # floating-point bounds of whole costs may be that far off
_KIND = "minimal tree-specific"
_WHOLE = 4096  # bits of exported numbers: all
_RUNS = 20  # greedy runs to begin with


class BoostedMinimal(BoostedRange):
    """Queries for the shortest tree-specific reasons."""

    def minimal_tree_specific_reasons(
        self, *, n: int | None = 10, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Any:
        """Return several or all tree-specific reasons with the fewest literals (features).

        Parameters
        ----------
        n : int or ALL
            How many; only reasons of the least size are returned, none of them twice.
        time_limit : float, optional
            Seconds; then what was found so far is returned.
        over : {"literals", "features"}
            What the reasons are made of.
        solver : str, optional
            Name of a MIP backend (default: CP-SAT).

        Returns
        -------
        Reasons, Reason or None
            With status ``optimal``; if time was up before there was one, the shortest so far with status
            ``best_so_far`` and a proved lower bound in ``proof.lower``. With ``n=1`` the reason itself, or ``None`` if
            even the whole instance (without excluded features) does not force each tree on its own.
        """
        number, per_feature = self._check_n(n), self._check_over(over)
        get(solver or _DEFAULT, Kind.MIP)
        with self._query(time_limit) as deadline:
            view = self._view(per_feature, self._wanted())

            def late() -> Reason:
                one = self._greedy_majority(view, 1, 0, deadline, _KIND)
                return one.with_proof(status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)

            if not self._majority(view, view.full):
                return None if number == 1 else Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
            if not fits_outside(self, per_feature, deadline):
                deadline.halt(Stop.TIME_LIMIT if fits_outside(self, per_feature, Deadline()) else Stop.MEMORY)
                return self._answer(iter(()), number, deadline, late)
            try:
                search = self._search_least(view, per_feature, solver or _DEFAULT, deadline)
            except OutOfTimeError:
                return self._answer(iter(()), number, deadline, late)
            source = (self._least(view, kept, Status.OPTIMAL, search, deadline) for kept in search.least(deadline))
            return self._answer(
                source, number, deadline, lambda: self._least(view, search.best, Status.BEST_SO_FAR, search, deadline)
            )

    def minimal_tree_specific_reason(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Any:
        """Return one tree-specific reason with the fewest literals (features), as the query for several does."""
        return self.minimal_tree_specific_reasons(n=1, time_limit=time_limit, over=over, solver=solver)

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return "the shortest tree-specific reason" as a 0/1 program.

        The optimum is the length that ``minimal_tree_specific_reason`` proves ``optimal``, and every solution forces
        each tree on its own. What has to be gained is split into digits, so that no row holds numbers which a
        floating-point solver takes for others: with its tolerance of 1e-6 it answers rightly. Variables are named;
        those of literals choose what they block.

        Parameters
        ----------
        time_limit : float, optional
            Seconds. Only where categories let a longer reason be written shorter, reasons have to be looked for.

        Raises
        ------
        CapabilityError
            If even the whole instance does not force each tree on its own, or there are tens of thousands of leaves.
        UndecidedError
            If time was up.
        """
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return self._exported(deadline).linear(small=True, deadline=deadline)

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return it as weighted MaxSAT, in exact numbers (added by binary adders), see ``to_mip``."""
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return self._exported(deadline).wcnf(deadline=deadline)

    def _exported(self, deadline: Deadline) -> AloneProgram:
        view = self._view(False, self._wanted())
        universe = literal_universe(self._here, self._excluded, deadline)
        if not self._majority(view, view.full):
            raise CapabilityError("the instance does not force each tree on its own: there is no tree-specific reason")
        leaves = alone_leaves(self._compiled.trees, self._here, universe, deadline=deadline)
        prices = self._condition_prices(universe, unit_costs(self._space, False), False)
        asked = leaves, view.question.columns, prices
        plain = alone_program(*asked, digits=_WHOLE, deadline=deadline)
        if not any(name.startswith("t") for name in plain.problem.names):
            return plain  # cuts describe all that is in question: a weaker bound is written as short
        search = _Search(view, leaves, prices, _DEFAULT, deadline)
        if next(search.least(deadline), None) is None:
            raise UndecidedError("time was up before a shortest reason was proved, whose length the optimum has to be")
        return alone_program(*asked, digits=_WHOLE, apart=search.known, deadline=deadline)

    # -- how ---------------------------------------------------------------------------------------------------

    def _search_least(self, view: AnyView, per_feature: bool, solver: str, deadline: Deadline) -> _Search:
        here = self._here, self._excluded
        universe = feature_universe(*here) if per_feature else literal_universe(*here, deadline)
        leaves = alone_leaves(self._compiled.trees, self._here, universe, per_feature=per_feature, deadline=deadline)
        prices = self._condition_prices(universe, unit_costs(self._space, per_feature), per_feature)
        return _Search(view, leaves, prices, solver, deadline)

    def _least(self, view: AnyView, kept: Bools, status: Status, search: _Search, deadline: Deadline) -> Reason:
        written = view.written(kept)
        return self._reason(
            view, written, _KIND, status, deadline,
            method="0/1 program", solver=search.solver, cost=float(len(written)), lower=float(search.lower),
        )  # fmt: skip


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
        for _ in range(_RUNS):
            kept, _ = self._view.shrink(self._view.full, order, deadline, alone=True)
            if self._length(kept) < self._length(self.best):
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
