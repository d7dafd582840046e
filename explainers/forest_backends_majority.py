"""Cheapest majoritary reasons of forests by MIP and MaxSAT backends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ..encoders.ensemble_majority import majority_of
from ..encoders.ensemble_majority_forms import MajorityClauses, majority_clauses, majority_linear, majority_wcnf
from ..encoders.ensemble_majority_shrink import MajorityShrinker
from ..engine.budget import Deadline
from ..engine.errors import MissingBackendError, SelfCheckError
from ..engine.forms import Linear, Wcnf
from ..engine.models import CompiledEnsemble
from ..engine.situation import Situation
from ..engine.status import Status, Stop
from ..engine.universe import Universe, bits
from ..solvers.protocols import Kind
from ..solvers.registry import get

DEFAULT_MAJORITARY = "cpsat"
_INTEGER = 1e-6  # floating-point bounds of integer costs may be that far off


@dataclass(frozen=True, slots=True)
class Cheapest:
    """A majoritary reason and how far it is proved to be cheapest.

    Attributes
    ----------
    kept : int or None
        The reason as a closed set; ``None`` if there is none, or none was found in time.
    cost : int or None
        What its written elements cost.
    lower : int
        No majoritary reason that was not returned before costs less.
    status : Status
        ``OPTIMAL``; ``PROVED``: a minimal reason, perhaps not cheapest; ``BEST_SO_FAR``; ``INFEASIBLE``: there is none.
    stop : Stop
        Why the search ended early, if it did.
    """

    kept: int | None
    cost: int | None
    lower: int
    status: Status
    stop: Stop = Stop.NONE


def cheapest_majoritary(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    solver: str | None = None,
    deadline: Deadline | None = None,
    *,
    per_feature: bool = False,
) -> Cheapest:
    """Return a cheapest majoritary reason.

    Parameters
    ----------
    compiled : CompiledEnsemble
        A classifier; each tree votes for the first greatest value of its leaf.
    situation, universe : Situation, Universe
        The instance, and what reasons are made of.
    prices : sequence of int
        Non-negative price of each element; a reason costs the sum over its written elements.
    solver : str, optional
        A MIP or MaxSAT backend.
    deadline : Deadline, optional
        When it strikes the best reason so far is returned.
    per_feature : bool
        Whether the elements of the universe are features.
    """
    best: Cheapest | None = None
    for found in majoritary_reasons(compiled, situation, universe, prices, solver, deadline, per_feature=per_feature):
        if best is None or best.cost is None or (found.cost is not None and found.cost < best.cost):
            best = found
        if found.status in (Status.BEST_SO_FAR, Status.INFEASIBLE) or best.cost is None or found.lower >= best.cost:
            break
    assert best is not None  # the iteration yields at least once
    if best.cost is None:
        return best
    if found.status is Status.INFEASIBLE or found.lower >= best.cost:
        return Cheapest(best.kept, best.cost, best.cost, Status.OPTIMAL)
    return Cheapest(best.kept, best.cost, found.lower, Status.BEST_SO_FAR, found.stop)


def majoritary_reasons(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    solver: str | None = None,
    deadline: Deadline | None = None,
    *,
    per_feature: bool = False,
) -> Iterator[Cheapest]:
    """Yield majoritary reasons, cheapest first as far as lower bounds tell; arguments as in `cheapest_majoritary`.

    Each is subset-minimal, also the best so far; the last answer is ``INFEASIBLE`` (no further one) or
    ``BEST_SO_FAR`` (time is up).
    """
    limit = Deadline() if deadline is None else deadline
    outcome = compiled.outcome_at(situation.truth)
    majority = majority_of(compiled.trees, situation, universe, outcome, per_feature=per_feature)
    shrinker = MajorityShrinker(majority, prices)
    known: list[int] = []
    lower = 0
    while True:
        problem = majority_clauses(majority, prices, known)
        status, bound, truth, stop = _optimum(problem, solver, limit)
        if status is Status.INFEASIBLE:
            yield Cheapest(None, None, lower, status)
            return
        lower = max(lower, bound)
        if status is not Status.OPTIMAL:
            blocked = _everything(universe) if truth is None else problem.blocked(truth)
            best = shrinker.shrink(blocked) if truth is not None or not known else None
            price = None if best is None else shrinker.cost(best)
            yield Cheapest(best, price, lower, Status.BEST_SO_FAR, stop)
            return
        kept = shrinker.shrink(problem.blocked(truth))
        if kept is None:
            raise SelfCheckError("a solution of the majoritary program forces too few trees: please report this model")
        cost = shrinker.cost(kept)
        yield Cheapest(kept, cost, lower, Status.OPTIMAL if cost <= lower else Status.PROVED)
        known.append(kept)


def _optimum(problem: MajorityClauses, solver: str | None, limit: Deadline) -> tuple[Status, int, Any, Stop]:
    """Return status, lower bound, truth of the variables (None: no solution) and why it stopped."""
    if any(not clause for clause in problem.clauses):
        return Status.INFEASIBLE, 0, None, Stop.NONE
    if not problem.names:
        return Status.OPTIMAL, 0, [], Stop.NONE
    backend, linear = backend_of(solver or DEFAULT_MAJORITARY)
    if linear:
        found = backend.solve(majority_linear(problem), limit)
        truth = None if found.values is None else (found.values > 0.5).tolist()
        offset = 0
    else:
        wcnf, offset = majority_wcnf(problem)
        found = backend.solve(wcnf, limit)
        truth = None if found.model is None else [literal > 0 for literal in found.model[: len(problem.names)]]
    lower = 0 if found.lower is None else max(0, ceil(found.lower - _INTEGER) + offset)
    return found.status, lower, truth, found.stop


def backend_of(name: str) -> tuple[Any, bool]:
    """Return a MIP backend of this name, else a MaxSAT backend, and whether it is the former."""
    try:
        return get(name, Kind.MIP), True
    except MissingBackendError as no_mip:
        try:
            return get(name, Kind.MAXSAT), False
        except MissingBackendError as no_maxsat:
            raise MissingBackendError(f"{no_mip}; {no_maxsat}") from None


def _everything(universe: Universe) -> int:
    return (1 << len(universe.moves)) - 1


def written_cost(universe: Universe, kept: int, prices: Sequence[int]) -> int:
    """Return what the written elements of a closed set cost."""
    return sum(prices[e] for e in bits(universe.written(kept)))


def majoritary_program(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    *,
    per_feature: bool = False,
) -> Linear:
    """Return "force most trees, at least cost" as a 0/1 program (named variables; no solution: there is no reason)."""
    return majority_linear(_problem(compiled, situation, universe, prices, per_feature))


def majoritary_wcnf(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    *,
    per_feature: bool = False,
) -> Wcnf:
    """Return "force most trees, at least cost" as weighted MaxSAT."""
    return majority_wcnf(_problem(compiled, situation, universe, prices, per_feature))[0]


def _problem(
    compiled: CompiledEnsemble, situation: Situation, universe: Universe, prices: Sequence[int], per_feature: bool
) -> MajorityClauses:
    outcome = compiled.outcome_at(situation.truth)
    majority = majority_of(compiled.trees, situation, universe, outcome, per_feature=per_feature)
    return majority_clauses(majority, prices)
