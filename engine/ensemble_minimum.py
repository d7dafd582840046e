"""Cheapest sufficient reasons of an ensemble by implicit hitting sets.

A hitting-set session proposes the cheapest set of variables (``ensemble_units``) that excludes all counterexamples so
far: its cost is a lower bound. Kernels add to the proposal, counterexample by counterexample, until it holds, so that
one proposal brings many clauses and an upper bound.

The first cheapest reason is found on whole sides of attributes. Who goes on gets the others with the same cost by a
finer problem, in which bounds on the same side differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from .budget import Deadline
from .cheapest import HittingSession
from .ensemble_minimum_kernels import Asked, Work, drop_units, gather, place_units
from .ensemble_narrow import Question, everywhere, narrow_literals
from .ensemble_search import FOUND, NONE
from .ensemble_state import box_at
from .ensemble_units import Covering, beyond, covering_of
from .ensemble_views import AnyView, FeatureView, LiteralView, losses_of, random_order
from .kernels import I32, I64, Bools
from .marco import Clause
from .status import Status, Stop

# (hard clauses, number of variables, cost of each variable) -> session
OpenSession = Callable[[list[Clause], int, Sequence[int]], HittingSession]
Found = tuple[Bools, int, int, bool]

_ROOM = 64  # clauses of one proposal
_ORDERS = 4  # orders of deletion for the first upper bound
_EFFORT = 2000  # nodes of one search while a counterexample is narrowed


def cheapest_items(
    view: AnyView, prices: I64, open_session: OpenSession, deadline: Deadline, *, seed: int = 0
) -> Iterator[Found]:
    """Yield ``(kept items, cost, lower bound, proved minimal)`` of sufficient reasons, better and better.

    A reason with cost = lower bound is a cheapest one; each cheapest reason is yielded once like this, and then the
    iteration ends. If time is up before (``deadline.stop`` tells), the last one is the best so far, with the bound
    that is proved. Nothing is yielded if there is no reason without banned items, or no time to find one.

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
    """
    yield from _Search(view, prices, open_session, deadline, seed).run()


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
        self.asked = Asked(q.layout, q.sums, q.columns, q.cells, self.covering.units)
        n = self.covering.n
        self.losses = losses_of(view)
        if isinstance(view, LiteralView):
            members, at = self.covering.units.members, self.covering.units.member_at
            self.losses = np.array([self.losses[members[at[v]]] if at[v] < at[v + 1] else 0.0 for v in range(n)])
        self.work = Work(
            np.zeros(n, np.bool_), np.zeros(n, np.bool_), q.cells.copy(), np.array([0, 0, 0, _EFFORT], np.int64),
            np.zeros((_ROOM, n), np.bool_), np.zeros((_ROOM, len(q.cells)), np.int32), np.zeros(n),
            np.argsort(self.losses, kind="stable").astype(np.int32),
        )  # fmt: skip
        clauses = self.covering.clauses + [self.covering.excluding(point) for point in self.points]
        self.session = self.open_session(clauses, n, self.covering.prices)

    def run(self) -> Iterator[Found]:
        """See ``cheapest_items``."""
        if self.view.answer(self.view.full, self.deadline) != NONE:
            return
        yield from self._first()
        yield from self._improve()
        if not self.deadline.expired():
            if isinstance(self.view, LiteralView):
                self._open(fine=True)
            for kept in self.listed:
                self.session.add_clause(beyond(self.covering, self.view, kept))
            yield from self._listing()
        if self.best is not None and self.optimum is None:
            yield (*self.best[:2], self.lower, self.best[3])

    # -- reasons -----------------------------------------------------------------------------------------------

    def _minimal(self) -> Found:
        """Return a reason within the box in place, which holds."""
        view = self.view
        if isinstance(view, FeatureView):
            kept, order = self.work.on & view.full, self.work.order
        else:
            # attributes that cuts describe first: what they lose makes a reason cheaper in any case
            kept, order = view.closed_box() & view.full, np.argsort(~view.space.interval, kind="stable")
        kept, proved = view.shrink(kept, order.astype(np.int32), self.deadline)
        return kept, int(self.prices[view.written(kept)].sum()), self.lower, proved

    def _note(self, found: Found) -> Iterator[Found]:
        """Yield a reason if it is better than the best so far."""
        if self.best is None or found[1] < self.best[1]:
            self.best = found
            if found[1] > self.lower:
                yield found

    def _close(self) -> Iterator[Found]:
        """Yield the best reason as a cheapest one, if the bound says so."""
        if self.optimum is None and self.best is not None and self.best[3] and self.best[1] <= self.lower:
            kept, cost, _, _ = self.best
            self.optimum = cost
            self.listed.append(kept)
            yield kept, cost, cost, True

    def _dropped(self, start: Bools, order: I32) -> Iterator[Found]:
        """Drop variables of a set that holds, in this order, and then what else can be dropped."""
        q = self.view.question
        self.work.on[:] = start
        done = np.zeros(1, np.int64)
        q.run(self.deadline, drop_units, self.asked, q.box, self.work.on, order, done, q.pad)
        place_units(self.asked, q.box, self.work.on)
        yield from self._note(self._minimal())

    def _first(self) -> Iterator[Found]:
        """Upper bounds by deletion, in the order of importance and in random ones."""
        key = self.losses / np.maximum(np.array(self.covering.prices, np.float64), 1e-9)
        for turn in range(_ORDERS):
            if turn and self.deadline.expired():
                return
            order = random_order(key, self.random) if turn else np.argsort(key, kind="stable").astype(np.int32)
            yield from self._dropped(np.ones(self.covering.n, np.bool_), order)

    # -- hitting sets ------------------------------------------------------------------------------------------

    def _proposal(self) -> bool:
        """Write the cheapest set into ``work.on``; tell whether there is one."""
        if self.deadline.expired():
            return False
        found = self.session.minimum(self.deadline)
        if found.status is not Status.OPTIMAL:
            if found.status is not Status.INFEASIBLE:
                self.deadline.halt(found.stop if found.stop is not Stop.NONE else Stop.SOLVER)
            return False
        self.lower = max(self.lower, int(found.cost))
        self.work.on[:] = [literal > 0 for literal in found.model[: self.covering.n]]
        return True

    def _gather(self) -> tuple[int, int]:
        """Add counterexamples to the session until the set holds; return the last answer and their number."""
        work, q = self.work, self.view.question
        work.step[:3] = 0
        code = q.run(self.deadline, gather, self.asked, q.box, work, q.pad)
        count = int(work.step[2])
        for row in range(count):
            self.points.append(work.points[row].copy())
            self.session.add_clause([int(v) + 1 for v in np.nonzero(work.clauses[row])[0]])
        return code, count

    def _improve(self) -> Iterator[Found]:
        """Raise the bound until it meets the best reason, or a proposal holds."""
        while self._proposal():
            yield from self._close()
            if self.optimum is not None:
                return
            code, count = self._gather()
            if code != NONE:
                continue
            if count == 0:
                place_units(self.asked, self.view.question.box, self.work.on)
                yield from self._note(self._minimal())
                yield from self._close()
                return
            yield from self._dropped(self.work.on.copy(), self.work.order)

    # -- all of them -------------------------------------------------------------------------------------------

    def _listing(self) -> Iterator[Found]:
        """Yield the other cheapest reasons, cheapest proposals first."""
        held: list[Found] = [] if self.optimum is not None or self.best is None else [self.best]
        for found in held:
            self.session.add_clause(beyond(self.covering, self.view, found[0]))
        while self._proposal():
            yield from self._settle(held)
            if self.optimum is not None and self.lower > self.optimum:
                return
            place_units(self.asked, self.view.question.box, self.work.on)
            code = self.view.question.answer(self.deadline)
            if code == NONE:
                found = self._minimal()
                if not found[3]:
                    return
                held.append(found)
                self.session.add_clause(beyond(self.covering, self.view, found[0]))
                yield from self._note(found)
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
            question = Question(q.layout, q.sums, q.columns, q.cells, everywhere(q.layout))
            order = np.arange(len(q.cells), dtype=np.int32)
            box = box_at(q.layout, q.columns, q.cells)
            q.run(self.deadline, narrow_literals, question, box, point, order, np.zeros(1, np.int64), q.pad)
        self.session.add_clause(self.covering.excluding(point))
