"""Enumeration of all sufficient and contrastive reasons in one run.

This is MARCO (Liffiton, Previti, Malik, Marques-Silva 2016). A SAT solver keeps the map of the closed sets that are not
decided yet. Each of its models is a seed: where the oracle holds it is shrunk to a sufficient reason, and all supersets
are struck off; where it does not, it is grown and its complement is a contrastive reason, and all subsets are struck
off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ..budget import Deadline, OutOfTimeError
from ..status import Stop
from .oracle import Oracle
from .shrink import grow, shrink
from .universe import Universe, bits

Clause = tuple[int, ...]

_AT_ONCE = 20_000  # clauses that a solver is given before the clock is looked at


class MapAnswer(Protocol):
    """What the map's solver answers: a model with every variable, or none."""

    @property
    def model(self) -> Any:
        """Signed literals of all variables, or None."""

    @property
    def stop(self) -> Stop:
        """Why it gave up, if it did."""


class MapSolver(Protocol):
    """The part of a SAT session that the map needs."""

    def add(self, clause: Sequence[int]) -> None:
        """Add a clause."""

    def solve(self, assumptions: Sequence[int] = (), deadline: Deadline | None = None) -> MapAnswer:
        """Look for a model."""


OpenMap = Callable[[list[Clause], int], MapSolver]


def closure_clauses(universe: Universe, deadline: Deadline | None = None) -> tuple[list[Clause], int]:
    """Return clauses whose models, on variables 1 … n, are the closed sets, and the number of variables.

    Raises OutOfTimeError if time was up before.
    """
    limit = Deadline.of(deadline)
    if universe.free:
        return [], universe.n
    clauses: list[Clause] = []
    first = universe.n + 1  # variable first + d: move d is blocked
    for number, move in enumerate(limit.while_time(universe.moves)):
        elements = [e + 1 for e in bits(move)]
        clauses += [(-e, first + number) for e in elements]
        clauses.append((-(first + number), *elements))
    for element in limit.while_time(range(universe.n)):
        clauses.append((element + 1, *(-(first + d) for d in bits(universe.moves_of[element]))))
    return clauses, universe.n + len(universe.moves)


def enumerate_reasons(
    universe: Universe,
    oracle: Oracle,
    open_map: OpenMap,
    deadline: Deadline,
    *,
    order: Sequence[int] | None = None,
    method: str = "deletion",
    known: Sequence[int] = (),
) -> Iterator[tuple[str, int, bool]]:
    """Yield ``("sufficient" | "contrastive", closed or dropped set, proved)`` until none is missing or time is up.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    open_map : callable
        Opens a SAT session on clauses over so many variables.
    deadline : Deadline
        Shared limit; after the last item ``deadline.stop`` tells whether the enumeration ended by itself.
    order, method
        As in ``shrink``.
    known : sequence of int
        Contrastive reasons (dropped sets) that are known beforehand, and are not yielded again.
    """
    try:
        solver = _opened(universe, open_map, deadline, known)
    except OutOfTimeError:
        return
    while not deadline.expired():
        answer = solver.solve((), deadline)
        if answer.model is None:
            if answer.stop is not Stop.NONE:
                deadline.halt(answer.stop)
            return
        seed = 0
        for literal in answer.model[: universe.n]:
            if literal > 0:
                seed |= 1 << (literal - 1)
        verdict = oracle.holds(seed, deadline)
        if verdict.holds is None:
            deadline.halt(Stop.SOLVER)
            return
        if verdict.holds:
            reason, proved = shrink(universe, oracle, seed, deadline, order=order, method=method)
            yield "sufficient", reason, proved
            solver.add([-(e + 1) for e in bits(universe.written(reason))])
        else:
            agreed, proved = grow(universe, oracle, seed | verdict.agreed, deadline)
            dropped = universe.full & ~agreed
            yield "contrastive", dropped, proved
            solver.add([e + 1 for e in bits(dropped)])


def _opened(universe: Universe, open_map: OpenMap, deadline: Deadline, known: Sequence[int]) -> MapSolver:
    """Open the map's solver; raises OutOfTimeError if time was up before it has all clauses."""
    clauses, n_variables = closure_clauses(universe, deadline)
    clauses += [tuple(e + 1 for e in bits(dropped)) for dropped in deadline.while_time(known)]
    first = len(clauses) if deadline.seconds is None else _AT_ONCE
    solver = open_map(clauses[:first], n_variables)
    for clause in deadline.while_time(clauses[first:]):
        solver.add(clause)
    return solver
