"""Cheapest sufficient reasons of an ensemble by implicit hitting sets.

A set of variables (see ``covering``) that excludes all counterexamples so far is a proposal; if it does not hold it
brings another counterexample. Where variables are free of each other, branch and bound (``HittingSearch``) goes
through all proposals that cost no more than the lower bound, which rises when there are none left. Now and then local
search looks for a proposal cheaper than the best reason; the core adds to it, counterexample by counterexample, until
it holds.

Otherwise a hitting-set session proposes the cheapest set: its cost is a lower bound. Any set cheaper than the best
reason is as good a proposal: the core adds to it as well, so that one proposal brings many clauses and an upper bound.

The first cheapest reason is found on whole sides of attributes. Who goes on gets the others with the same cost by a
finer problem, in which bounds on the same side differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..._native import Box, ChangeQuestion, Gathering, HittingSearch, narrow_literals
from ...arrays import I32, I64, Bools
from ...budget import Deadline
from ...clock import run
from ...oracles.cheapest import HittingSession
from ...oracles.marco import Clause
from ...status import Status, Stop
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView, LiteralView, losses_of, random_order
from ..views.view import everywhere
from .covering import Covering, beyond, covering_of
from .refuting import of_variables, proposed

# (hard clauses, number of variables, cost of each variable) -> session
OpenSession = Callable[[list[Clause], int, Sequence[int]], HittingSession]
Found = tuple[Bools, int, int, bool]

_FULL = 3  # of gathering: no room for further clauses
_ROOM = 64  # clauses of one proposal
_ORDERS = 6  # orders of deletion for the first upper bound
_STEPS = 1000  # of local search
_PACE = 20.0  # milliseconds of branch and bound, about, between two looks at the clock
_WAIT = 30  # proposals after which local search is asked again; twice as many each time it finds nothing
_FIRST = 30_000  # nodes of searches after which no further order of deletion is tried


def cheapest_items(
    view: AnyView,
    prices: I64,
    open_session: OpenSession,
    deadline: Deadline,
    *,
    seed: int = 0,
    lower: int = 0,
    start: Bools | None = None,
) -> Iterator[Found]:
    """Yield ``(kept items, cost, lower bound, proved minimal)`` of all cheapest sufficient reasons.

    Where cost = lower bound a reason is a cheapest one. If time is up before one is proved cheapest (``deadline.stop``
    tells), the best set so far is yielded with the bound that is proved; it holds, but may not be minimal. Nothing is
    yielded if there is no reason without banned items, or no time to find one.

    Parameters
    ----------
    view : LiteralView or FeatureView
        The question, without an outer box.
    prices : ndarray of int64, shape (n_items,)
        Non-negative cost of each item; a reason costs the sum over its written items.
    open_session : callable
        Opens a hitting-set session.
    deadline : Deadline
        When to stop.
    seed : int
        Of the random orders of deletion.
    lower : int
        A proved lower bound of the cost.
    start : ndarray of bool, optional
        Items within which a reason is looked for first.
    """
    search = _Search(view, prices, open_session, deadline, seed)
    search.lower = lower
    yield from search.run(start)


class _Search:
    """One search."""

    def __init__(self, view: AnyView, prices: I64, open_session: OpenSession, deadline: Deadline, seed: int) -> None:
        self.view, self.prices, self.open_session, self.deadline = view, prices, open_session, deadline
        self.random = np.random.default_rng(seed)
        self.lower = 0  # of all reasons that have not been listed
        self.best: Found | None = None
        self.optimum: int | None = None
        self.listed: list[Bools] = []
        self.points: list[I32] = []
        self._open(fine=False)

    def _open(self, *, fine: bool) -> None:
        """Start with a hitting-set problem; what is known goes into it."""
        view, q = self.view, self.view.question
        self.covering: Covering = covering_of(view, self.prices, fine=fine)
        n = self.covering.n
        self.weight_of_attributes = losses_of(view, self.deadline)
        self.losses = of_variables(view, self.covering, self.weight_of_attributes)
        order = np.argsort(self.losses, kind="stable").astype(np.int32)
        self.work = Gathering(q.problem, q.cells, self.covering.units, order, _ROOM)
        # without further clauses, dropping variables is all that makes a set of variables cheaper
        self.plain = not self.covering.clauses and bool(self.covering.units.whole.all())
        clauses = self.covering.clauses + [self.covering.excluding(point) for point in self.points]
        self.session = self.open_session(clauses, n, self.covering.prices)
        self.tree = HittingSearch(np.array(self.covering.prices, np.int64))

    def run(self, start: Bools | None = None) -> Iterator[Found]:
        """See ``cheapest_items``."""
        if self.view.answer(self.view.full, self.deadline) != NONE:
            return
        if start is not None and self.view.answer(start, self.deadline) == NONE:
            self._note(self._minimal(start))
        try:
            self._first()
            yield from self._by_tree() if self.plain else self._by_session()
        except KeyboardInterrupt:
            self.deadline.halt(Stop.INTERRUPT)
        if self.plain and isinstance(self.view, FeatureView) and min(self.covering.prices, default=0) > 0:
            yield from self._others()
        elif not self.deadline.expired():
            if isinstance(self.view, LiteralView):
                self._open(fine=True)
            for kept in self.listed:
                self.session.add_clause(beyond(self.covering, self.view, kept))
            yield from self._listing()
        if self.best is not None and self.optimum is None:
            found = self.best if self.best[3] else self._minimal(self.best[0])
            yield (*found[:2], self.lower, found[3])

    # -- reasons -----------------------------------------------------------------------------------------------

    def _minimal(self, kept: Bools) -> Found:
        """Return a reason within a set of items that holds."""
        view = self.view
        if isinstance(view, FeatureView):
            order = self.work.order
        else:  # attributes that cuts describe first: what they lose makes a reason cheaper in any case
            order = np.lexsort((self.weight_of_attributes, ~view.space.interval)).astype(np.int32)
        kept, proved = view.shrink(kept, order, self.deadline)
        return kept, int(self.prices[view.written(kept)].sum()), self.lower, proved

    def _placed(self) -> Bools:
        """Return the items that the set in ``work.on`` keeps; the box becomes theirs."""
        view = self.view
        self.work.place(view.question.box)
        return (self.work.on if isinstance(view, FeatureView) else view.closed_box()) & view.full

    def _take(self) -> None:
        """Note the set in ``work.on``, which holds; how far its bounds can go does not matter before the end."""
        kept = self._placed()
        self._note((kept, self._price(self.work.on), self.lower, False) if self.plain else self._minimal(kept))

    def _price(self, on: Bools) -> int:
        return sum(price for price, chosen in zip(self.covering.prices, on.tolist(), strict=True) if chosen)

    def _note(self, found: Found) -> None:
        """Keep a set that holds if it is cheaper than the best so far."""
        if self.best is None or found[1] < self.best[1]:
            self.best = found

    def _close(self) -> Iterator[Found]:
        """Yield the best reason as a cheapest one, if the bound says so."""
        if self.optimum is not None or self.best is None or self.best[1] > self.lower:
            return
        if not self.best[3]:
            self.best = self._minimal(self.best[0])
        if self.best[3]:
            kept, cost, _, _ = self.best
            self.optimum = cost
            self.listed.append(kept)
            yield kept, cost, cost, True

    def _dropped(self, start: Bools, order: I32) -> None:
        """Drop variables of a set that holds, in this order, and then what else can be dropped."""
        q = self.view.question
        self.work.on[:] = start
        q.run(self.deadline, self.work.drop, q.box, order, q.work)
        self._take()

    def _first(self) -> None:
        """Upper bounds by deletion, in the order of importance and in random ones."""
        key = self.losses / np.maximum(np.array(self.covering.prices, np.float64), 1e-9)
        searches = self.view.question.work
        last = searches.nodes + _FIRST
        for turn in range(_ORDERS):
            if turn and (searches.nodes > last or self.deadline.expired()):
                return
            order = random_order(key, self.random) if turn else np.argsort(key, kind="stable").astype(np.int32)
            self._dropped(np.ones(self.covering.n, np.bool_), order)

    # -- hitting sets ------------------------------------------------------------------------------------------

    def _proposal(self) -> bool:
        """Write the cheapest set into ``work.on``; tell whether there is one."""
        if self.deadline.expired():
            return False
        found = self.session.minimum(self.deadline)
        if found.status is Status.INFEASIBLE:
            return False
        if found.lower is not None:
            self.lower = max(self.lower, int(found.lower))
        if found.status is not Status.OPTIMAL:
            self.deadline.halt(found.stop if found.stop is not Stop.NONE else Stop.SOLVER)
            return False
        self.lower = max(self.lower, int(found.cost))
        self.work.on[:] = [literal > 0 for literal in found.model[: self.covering.n]]
        return True

    def _guess(self) -> bool:
        """Write a set cheaper than the best reason into ``work.on``, if one is easily found."""
        if self.best is None or not self.plain or not self.points or self.best[1] <= self.lower + 1:
            return False
        target, seed = self.best[1] - 1, int(self.random.integers(2**31))
        return run(self.deadline, self.tree.guess, target, self.work.on, _STEPS, seed)

    def _gather(self, room: int = _ROOM) -> tuple[int, int]:
        """Add counterexamples until the set holds or there are so many; return the last answer and their number."""
        q, work = self.view.question, self.work
        code = q.run(self.deadline, work.gather, q.box, room, q.work)
        count = work.found
        clauses, points = work.clauses[:count].copy(), work.points[:count].copy()
        self.points += list(points)
        for clause in clauses:
            self.session.add_clause((np.nonzero(clause)[0] + 1).tolist())
        self.tree.add(clauses)
        if code == _FULL and count == 0:  # a search has no room
            self.deadline.halt(Stop.MEMORY)
        return code, count

    def _by_tree(self) -> Iterator[Found]:
        """Raise the bound by going through all proposals that cost no more than it."""
        self.tree.restart(self._budget())
        wait = turn = _WAIT
        while self.optimum is None and not self.deadline.expired():
            code = run(self.deadline, self.tree.step, self.tree.nodes_in(_PACE))
            if code == NONE:
                best = self.tree.beyond if self.best is None else min(self.best[1], self.tree.beyond)
                self.lower = max(self.lower, best)
                yield from self._close()
                if self.best is None or self.best[1] <= self.lower:
                    return
                self.tree.restart(self._budget())
            elif code == FOUND:
                turn -= 1
                if self._test() and self.best is not None:
                    self.tree.tighten(self.best[1] - 1)
                yield from self._close()
            if turn <= 0 and self.optimum is None:
                wait = _WAIT if self._descend() else 2 * wait
                turn = wait
                yield from self._close()

    def _budget(self) -> int:
        """Return what proposals may cost: the bound; where prices differ more, so that it rises in few steps."""
        prices = self.covering.prices
        if self.best is None or not prices or min(prices) == max(prices):
            return self.lower
        return self.lower + max(0, self.best[1] - 1 - self.lower) // 4

    def _test(self) -> bool:
        """Ask about the proposal of branch and bound; tell whether it holds."""
        with proposed(self.work, self.tree):
            code, count = self._gather(1)
        if code != NONE or count > 0:
            return False
        self._take()
        self.tree.skip()
        return True

    def _descend(self) -> bool:
        """Go on from a proposal cheaper than the best reason, if local search finds one."""
        if not self._guess():
            return False
        code, count = self._gather()
        if code == NONE and count == 0:
            self._take()
        elif code == NONE and (self.best is None or self._price(self.work.on) < self.best[1]):
            self._dropped(self.work.on.copy(), self.work.order)
        return True

    def _by_session(self) -> Iterator[Found]:
        """Raise the bound until it meets the best reason, or a cheapest set holds."""
        while not self.deadline.expired():
            there = self._proposal()
            yield from self._close()
            if not there or self.optimum is not None:
                return
            code, count = self._gather()
            if code == NONE and count == 0:
                self._take()
                yield from self._close()
                return
            if code == NONE and (self.best is None or self._price(self.work.on) < self.best[1]):
                self._dropped(self.work.on.copy(), self.work.order)

    # -- all of them -------------------------------------------------------------------------------------------

    def _others(self) -> Iterator[Found]:
        """Yield the other cheapest reasons over features: all proposals of their cost are tried."""
        if self.optimum is None:
            return
        self.tree.restart(self.optimum)
        while not self.deadline.expired():
            code = run(self.deadline, self.tree.step, self.tree.nodes_in(_PACE))
            if code == NONE:
                return
            if code == FOUND and self._test():
                kept = self._placed()  # nothing costs less, so nothing can be left out
                if not any((kept == other).all() for other in self.listed):
                    yield kept, self.optimum, self.optimum, True

    def _listing(self) -> Iterator[Found]:
        """Yield the other cheapest reasons, cheapest proposals first."""
        held = [self.best] if self.optimum is None and self.best is not None and self.best[3] else []
        for found in held:
            self.session.add_clause(beyond(self.covering, self.view, found[0]))
        while self._proposal():
            yield from self._settle(held)
            if self.optimum is not None and self.lower > self.optimum:
                return
            kept = self._placed()
            code = self.view.question.answer(self.deadline)
            if code == NONE:
                found = self._minimal(kept)
                if not found[3]:
                    return
                held.append(found)
                self.session.add_clause(beyond(self.covering, self.view, found[0]))
                self._note(found)
                yield from self._settle(held)
            elif code == FOUND:
                self._exclude(self.view.question.point.copy())
        if self.deadline.stop is Stop.NONE:  # there are no others
            self.lower = 2**62
            yield from self._settle(held)

    def _settle(self, held: list[Found]) -> Iterator[Found]:
        """Yield what is held and proved to be cheapest."""
        if self.optimum is None and held:
            least = min(found[1] for found in held)
            self.optimum = least if least <= self.lower else None
        while held and self.optimum is not None:
            kept, cost, _, _ = held.pop(0)
            if cost == self.optimum:
                yield kept, cost, cost, True

    def _exclude(self, point: I32) -> None:
        """Bring a counterexample near, and add its clause."""
        q = self.view.question
        if isinstance(self.view, LiteralView):
            question = ChangeQuestion(q.problem, q.cells, everywhere(q.layout))
            box = Box(q.layout, q.problem.columns, q.cells)
            order = np.arange(len(q.cells), dtype=np.int32)
            q.run(self.deadline, narrow_literals, question, box, point, order, q.work)
        self.session.add_clause(self.covering.excluding(point))
