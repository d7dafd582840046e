"""The smallest reasons within a distance, by implicit hitting sets: the cheapest is proposed, the oracle decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...engine.budget import Deadline, OutOfTimeError
from ...engine.oracles.cheapest import covering_clauses, hit_clause
from ...engine.oracles.marco import Clause
from ...engine.oracles.oracle import Oracle
from ...engine.oracles.universe import Universe, bits, mask_of
from ...engine.status import Status
from ..solving.sessions import open_hitting
from .chains import Moves, least_change, minimal


class Smallest(NamedTuple):
    """The smallest set that is known.

    Attributes
    ----------
    elements : int
        What is kept (of a change: what is dropped).
    cost : int
        With how many elements it is written.
    lower : int
        With how many each one is, at least.
    """

    elements: int
    cost: int
    lower: int

    @property
    def proved(self) -> bool:
        """Whether none is smaller."""
        return self.lower >= self.cost


def fewest_kept(
    universe: Universe, oracle: Oracle, known: int, groups: Sequence[Moves], deadline: Deadline
) -> Smallest:
    """Return the sufficient set that is written with the fewest elements.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    known : int
        A minimal one.
    groups : sequence of Moves
        The moves, those that matter least first.
    deadline : Deadline
        When it expires the best one is returned, with a lower bound.

    Notes
    -----
    Ignatiev, Previti, Liffiton, Marques-Silva (2015): a set of the fewest elements that hits all known changes either
    suffices, or another change is found that it misses.
    """
    best = Smallest(known, universe.written(known).bit_count(), 0)
    try:
        clauses = covering_clauses(universe, (), deadline)
    except OutOfTimeError:
        return best
    session = open_hitting(None, clauses, universe.n + len(universe.moves), [1] * universe.n)
    while not best.proved and not deadline.expired():
        proposal = session.minimum(deadline)
        if proposal.status is not Status.OPTIMAL or proposal.model is None:
            return _ended(best, proposal.status)
        best = best._replace(lower=max(best.lower, min(int(proposal.cost or 0), best.cost)))
        if best.proved:
            break
        kept = universe.close(mask_of(v - 1 for v in proposal.model[: universe.n] if v > 0))
        answer = oracle.holds(kept, deadline)
        if answer.holds is None:
            break
        if not answer.holds:
            dropped, _ = least_change(universe, oracle, universe.full & ~answer.agreed, groups, deadline)
            session.add_clause(hit_clause(universe, dropped))
            continue
        found, proved = minimal(universe, oracle, kept, groups, deadline)
        cost = universe.written(found).bit_count()
        if proved and cost < best.cost:
            best = Smallest(found, cost, best.lower)
        first = universe.n + 1  # what is written longer than it costs is proposed once
        session.add_clause([-(first + d) for d in bits(universe.blocked(kept))])
    return best


def _ended(best: Smallest, status: Status) -> Smallest:
    """Return the best set once nothing is proposed: where nothing is left, none is smaller."""
    return best._replace(lower=best.cost) if status is Status.INFEASIBLE else best


def fewest_changed(
    universe: Universe, oracle: Oracle, known: int, groups: Sequence[Moves], deadline: Deadline
) -> Smallest:
    """Return the change that is written with the fewest elements.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    known : int
        A minimal one.
    groups : sequence of Moves
        The moves, those that matter least first.
    deadline : Deadline
        When it expires the best one is returned, with a lower bound.

    Notes
    -----
    The dual of ``fewest_kept``: the cheapest moves that hit all known sufficient sets either change the outcome, or a
    sufficient set is found among what they leave. Where each move costs one, the longest of a chain stands for it.
    """
    best = Smallest(known, _written(universe, known), 0)
    try:
        moves, prices, clauses = _offered(universe, groups, deadline)
    except OutOfTimeError:
        return best
    session = open_hitting(None, clauses, len(moves), prices)
    while not best.proved and not deadline.expired():
        proposal = session.minimum(deadline)
        if proposal.status is not Status.OPTIMAL or proposal.model is None:
            return _ended(best, proposal.status)
        best = best._replace(lower=max(best.lower, min(int(proposal.cost or 0), best.cost)))
        if best.proved:
            break
        made = [v - 1 for v in proposal.model[: len(moves)] if v > 0]
        dropped = 0
        for place in made:
            dropped |= moves[place]
        answer = oracle.holds(universe.full & ~dropped, deadline)
        if answer.holds is None:
            break
        if answer.holds:
            kept, _ = minimal(universe, oracle, universe.full & ~dropped, groups, deadline)
            session.add_clause([place + 1 for place, move in enumerate(moves) if move & kept])
            continue
        found, proved = least_change(universe, oracle, universe.full & ~answer.agreed, groups, deadline)
        cost = _written(universe, found)
        if proved and cost < best.cost:
            best = Smallest(found, cost, best.lower)
        session.add_clause([-(place + 1) for place in made])
    return best


def _written(universe: Universe, dropped: int) -> int:
    return universe.written_change(dropped).bit_count()


def _offered(
    universe: Universe, groups: Sequence[Moves], deadline: Deadline
) -> tuple[list[int], list[int], list[Clause]]:
    """Return moves, what each costs, and clauses: a feature makes one move, where others could be written shorter."""
    prices = {
        move: _written(universe, move) for group in deadline.while_time(groups) for c in group.chains for move in c
    }
    if all(price == 1 for price in prices.values()):
        moves = [chain[-1] for group in groups for chain in group.chains]
        return moves, [1] * len(moves), []
    moves = list(prices)
    places = {move: place + 1 for place, move in enumerate(moves)}
    clauses: list[Clause] = []
    for group in deadline.while_time(groups):
        own = [places[move] for chain in group.chains for move in chain]
        clauses += [(-one, -other) for i, one in enumerate(deadline.while_time(own)) for other in own[:i]]
    return moves, [prices[move] for move in moves], clauses
