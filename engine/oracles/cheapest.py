"""Cheapest sufficient reasons by implicit hitting sets (Davies and Bacchus 2011; Ignatiev et al. 2015).

A hitting-set solver proposes the cheapest set that hits all contrastive reasons known so far; the oracle accepts it or
names a contrastive reason that it misses. The cost of a proposal is a lower bound of all reasons not yet listed.

Variables of the hitting-set problem: ``t_e`` (1 … n): element e is written; ``k_d`` (n+1 …): move d is blocked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ..budget import Deadline, OutOfTimeError
from ..status import Status, Stop
from .marco import Clause
from .oracle import Oracle
from .shrink import grow, shrink
from .universe import Universe, bits, mask_of


class Minimum(Protocol):
    """The answer of a hitting-set session."""

    @property
    def status(self) -> Status:
        """OPTIMAL, BEST_SO_FAR or INFEASIBLE."""

    @property
    def model(self) -> Any:
        """Signed literals of all variables, or None."""

    @property
    def cost(self) -> Any:
        """Cost of the model."""

    @property
    def lower(self) -> Any:
        """Proved lower bound of the least cost, or None."""

    @property
    def stop(self) -> Stop:
        """Why it gave up, if it did."""


class HittingSession(Protocol):
    """An incremental minimum-cost session: hard clauses come, the cheapest model is asked for."""

    def add_clause(self, literals: Sequence[int]) -> None:
        """Add a hard clause."""

    def minimum(self, deadline: Deadline | None = None) -> Minimum:
        """Return a cheapest model."""


# (hard clauses, number of variables, cost of each of the first n variables) -> session
OpenHitting = Callable[[list[Clause], int, Sequence[int]], HittingSession]


def cheapest_reasons(
    universe: Universe,
    oracle: Oracle,
    open_hitting: OpenHitting,
    costs: Sequence[int],
    deadline: Deadline,
    known: Sequence[int] = (),
) -> Iterator[tuple[int, int, int]]:
    """Yield ``(closed set, cost, lower bound)`` of sufficient reasons; each is proved minimal.

    The lower bound holds for every reason that has not been yielded yet. The iteration ends when none is left, or
    when time is up (``deadline.stop`` tells).

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    open_hitting : callable
        Opens a hitting-set session.
    costs : sequence of int
        Non-negative cost of each element; a reason costs the sum over its written elements.
    known : sequence of int
        Contrastive reasons (dropped sets) that are known beforehand.
    """
    n, first = universe.n, universe.n + 1
    try:
        clauses = covering_clauses(universe, known, deadline)
    except OutOfTimeError:
        return
    session = open_hitting(clauses, n + len(universe.moves), costs)
    while not deadline.expired():
        proposal = session.minimum(deadline)
        if proposal.status is not Status.OPTIMAL:
            if proposal.status is not Status.INFEASIBLE:
                deadline.halt(proposal.stop if proposal.stop is not Stop.NONE else Stop.SOLVER)
            return
        kept = universe.close(mask_of(v - 1 for v in proposal.model[:n] if v > 0))
        answer = oracle.holds(kept, deadline)
        if answer.holds is None:
            deadline.halt(Stop.SOLVER)
            return
        if answer.holds:
            reason, proved = shrink(universe, oracle, kept, deadline)
            if not proved:
                return
            yield reason, sum(costs[e] for e in bits(universe.written(reason))), int(proposal.cost)
            session.add_clause([-(first + d) for d in bits(universe.blocked(reason))])
            continue
        agreed, _ = grow(universe, oracle, kept | answer.agreed, deadline)
        session.add_clause(hit_clause(universe, universe.full & ~agreed))


def covering_clauses(universe: Universe, dropped_sets: Sequence[int], deadline: Deadline | None = None) -> list[Clause]:
    """Return the hitting-set problem as clauses over t_e and k_d (see the module's text).

    Raises OutOfTimeError if time was up before.
    """
    limit = Deadline.of(deadline)
    first = universe.n + 1
    clauses: list[Clause] = []
    for number, move in enumerate(limit.while_time(universe.moves)):
        clauses.append((-(first + number), *(e + 1 for e in bits(move))))
        clauses += [(-(e + 1), first + number) for e in bits(move)]
    return clauses + [hit_clause(universe, dropped) for dropped in limit.while_time(dropped_sets)]


def hit_clause(universe: Universe, dropped: int) -> Clause:
    """Return "some move that the contrastive reason makes is blocked"."""
    return tuple(universe.n + 1 + d for d, move in enumerate(universe.moves) if move & ~dropped == 0)


def apart_clauses(universe: Universe, reason: int) -> list[Clause]:
    """Return clauses over the same variables: a reason costs what it is written with, larger sets are no solutions.

    A closed set may be written shorter than a smaller one ("is red" than "not green, not blue"), so that the least
    cost of all sets that hit is less than that of any reason.
    """
    first = universe.n + 1
    blocked = list(bits(universe.blocked(reason)))
    body = tuple(-(first + d) for d in blocked)
    others = set(range(len(universe.moves))) - set(blocked)
    return [
        *((*body, -(first + d)) for d in sorted(others)),
        *((*body, e + 1) for e in bits(universe.written(reason))),
    ]
