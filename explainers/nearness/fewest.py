"""The smallest reasons within a distance, by implicit hitting sets: the cheapest is proposed, the oracle decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from ...engine.budget import Deadline, OutOfTimeError
from ...engine.oracles.cheapest import covering_clauses, hit_clause
from ...engine.oracles.marco import Clause
from ...engine.oracles.oracle import Oracle
from ...engine.oracles.universe import Universe, bits, mask_of
from ...engine.status import Status
from ...solvers.results import Model
from ..solving.sessions import CoveringSession, open_hitting
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


Learned = tuple[Sequence[int], Smallest | None]  # a clause that rules a proposal out, and what was found by it


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
    first = universe.n + 1

    def learn(model: Model) -> Learned | None:
        kept = universe.close(mask_of(v - 1 for v in model[: universe.n] if v > 0))
        answer = oracle.holds(kept, deadline)
        if answer.holds is None:
            return None
        if not answer.holds:
            dropped, _ = least_change(universe, oracle, universe.full & ~answer.agreed, groups, deadline)
            return hit_clause(universe, dropped), None
        found, proved = minimal(universe, oracle, kept, groups, deadline)
        other = [-(first + d) for d in bits(universe.blocked(kept))]  # what is written longer than it costs comes once
        return other, Smallest(found, universe.written(found).bit_count(), 0) if proved else None

    session = open_hitting(None, clauses, universe.n + len(universe.moves), [1] * universe.n)
    return _hit(session, best, learn, deadline)


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

    def learn(model: Model) -> Learned | None:
        made = [v - 1 for v in model[: len(moves)] if v > 0]
        dropped = reduce(or_, (moves[place] for place in made), 0)
        answer = oracle.holds(universe.full & ~dropped, deadline)
        if answer.holds is None:
            return None
        if answer.holds:
            kept, _ = minimal(universe, oracle, universe.full & ~dropped, groups, deadline)
            return [place + 1 for place, move in enumerate(moves) if move & kept], None
        found, proved = least_change(universe, oracle, universe.full & ~answer.agreed, groups, deadline)
        return [-(place + 1) for place in made], Smallest(found, _written(universe, found), 0) if proved else None

    return _hit(open_hitting(None, clauses, len(moves), prices), best, learn, deadline)


def _hit(
    session: CoveringSession, best: Smallest, learn: Callable[[Model], Learned | None], deadline: Deadline
) -> Smallest:
    """Return the best set: each proposal is no dearer than any set that is left, and what is learned rules it out."""
    while not best.proved and not deadline.expired():
        proposal = session.minimum(deadline)
        if proposal.status is Status.INFEASIBLE:  # nothing is left: none is smaller
            return best._replace(lower=best.cost)
        if proposal.status is not Status.OPTIMAL or proposal.model is None:
            break
        best = best._replace(lower=max(best.lower, min(int(proposal.cost or 0), best.cost)))
        learned = None if best.proved else learn(proposal.model)
        if learned is None:
            break
        clause, found = learned
        if found is not None and found.cost < best.cost:
            best = found._replace(lower=best.lower)
        session.add_clause(clause)
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
