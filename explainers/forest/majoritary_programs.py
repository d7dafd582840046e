"""Cheapest majoritary reasons of forests by MIP and MaxSAT backends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ...encoders.covering.majority import Majority, majority_of
from ...encoders.covering.majority_forms import MajorityClauses, majority_clauses, majority_linear, majority_wcnf
from ...encoders.covering.majority_shrink import MajorityShrinker
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.domain.instance import Situation
from ...engine.errors import MissingBackendError, SelfCheckError, UndecidedError
from ...engine.forms import Linear, Wcnf
from ...engine.models import CompiledEnsemble
from ...engine.oracles.universe import Universe, bits
from ...engine.status import Status, Stop
from ...solvers.protocols import Kind
from ...solvers.registry import get

DEFAULT_MAJORITARY = "cpsat"
_INTEGER = 1e-3  # floating-point bounds of integer costs may be that far off


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
        ``OPTIMAL``, ``BEST_SO_FAR``, or ``INFEASIBLE``: there is none.
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
    needed: int | None = None,
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
    needed : int, optional
        How many trees must be forced; more than half of them by default.
    """
    asked = compiled, situation, universe, prices, solver, deadline
    return next(majoritary_reasons(*asked, per_feature=per_feature, needed=needed))


def majoritary_reasons(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    solver: str | None = None,
    deadline: Deadline | None = None,
    *,
    per_feature: bool = False,
    needed: int | None = None,
) -> Iterator[Cheapest]:
    """Yield majoritary reasons, cheapest first; arguments as in `cheapest_majoritary`.

    Each is subset-minimal, also the best so far; the last answer is ``INFEASIBLE`` (no further one) or
    ``BEST_SO_FAR`` (time is up). A set may be written shorter than a smaller one ("is red" than "not green, not
    blue"), so that the least cost of all sets is a lower bound only: reasons wait until the bound reaches them.
    """
    limit = Deadline.of(deadline)
    outcome = compiled.outcome_at(situation.truth)
    try:
        majority = majority_of(
            compiled.trees, situation, universe, outcome, per_feature=per_feature, needed=needed, deadline=limit
        )
    except OutOfTimeError:
        yield Cheapest(None, None, 0, Status.BEST_SO_FAR, limit.stop)
        return
    yield from _cheapest_first(majority, prices, solver, limit, [])


def _cheapest_first(
    majority: Majority, prices: Sequence[int], solver: str | None, limit: Deadline, known: list[int]
) -> Iterator[Cheapest]:
    """Yield the reasons, see `majoritary_reasons`; `known` collects what was found, told or waiting."""
    shrinker = MajorityShrinker(majority, prices)
    waiting: list[tuple[int, int]] = []
    lower = 0
    while True:
        try:
            problem = majority_clauses(majority, prices, known, deadline=limit)
        except OutOfTimeError:
            cheapest = min(waiting) if waiting else (None, None)
            yield Cheapest(cheapest[1], cheapest[0], lower, Status.BEST_SO_FAR, limit.stop)
            return
        status, bound, truth, stop = _optimum(problem, solver, limit)
        lower = lower if status is Status.INFEASIBLE else max(lower, bound)
        if status is Status.OPTIMAL:
            kept = shrinker.shrink(problem.blocked(truth))
            if kept is None:
                raise SelfCheckError(
                    "a solution of the majoritary program forces too few trees: please report this model"
                )
            known.append(kept)
            waiting.append((shrinker.cost(kept), kept))
        waiting.sort()
        while waiting and (waiting[0][0] <= lower or status is Status.INFEASIBLE):
            cost, kept = waiting.pop(0)
            yield Cheapest(kept, cost, cost, Status.OPTIMAL)
        if status is Status.INFEASIBLE:
            yield Cheapest(None, None, lower, status)
            return
        if status is not Status.OPTIMAL:
            if truth is not None or not known:
                blocked = _everything(majority.universe) if truth is None else problem.blocked(truth)
                best = shrinker.shrink(blocked)
                waiting += [] if best is None else [(shrinker.cost(best), best)]
            cheapest = min(waiting) if waiting else (None, None)
            yield Cheapest(cheapest[1], cheapest[0], lower, Status.BEST_SO_FAR, stop)
            return


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
    deadline: Deadline | None = None,
) -> Linear:
    """Return "force most trees, at least cost" as a 0/1 program (named variables; no solution: there is no reason).

    Its optimum is the cost of the cheapest majoritary reason, see `majoritary_problem`.
    """
    return majority_linear(majoritary_problem(compiled, situation, universe, prices, per_feature, deadline))


def majoritary_wcnf(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    *,
    per_feature: bool = False,
    deadline: Deadline | None = None,
) -> Wcnf:
    """Return the same as weighted MaxSAT."""
    return majority_wcnf(majoritary_problem(compiled, situation, universe, prices, per_feature, deadline))[0]


def majoritary_problem(
    compiled: CompiledEnsemble,
    situation: Situation,
    universe: Universe,
    prices: Sequence[int],
    per_feature: bool,
    deadline: Deadline | None,
) -> MajorityClauses:
    """Return a problem whose least cost is that of a cheapest majoritary reason.

    A set may be written shorter than a smaller one. Where that lets the plain problem cost less, reasons are looked for
    until one is proved cheapest; each cuts its supersets off, and itself costs what it is written with.

    Raises
    ------
    UndecidedError
        If time was up before.
    """
    limit = Deadline.of(deadline)
    outcome = compiled.outcome_at(situation.truth)
    majority = majority_of(compiled.trees, situation, universe, outcome, per_feature=per_feature, deadline=limit)
    plain = majority_clauses(majority, prices, deadline=limit)
    if not any(name.startswith("t") for name in plain.names):
        return plain  # cuts describe all that is in question: a weaker bound costs no more
    known: list[int] = []
    best = next(_cheapest_first(majority, prices, None, limit, known))
    if best.status is Status.BEST_SO_FAR:
        raise UndecidedError(
            "time was up before a cheapest reason was proved, whose cost the exported optimum is to be"
        )
    return majority_clauses(majority, prices, apart=known, deadline=limit)
