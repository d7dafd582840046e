"""The whole search of one kind for all rows: FISTA, then refinement."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ....engine.budget import Deadline
from ....engine.status import Stop
from .best import Best
from .objective import Objective
from .problem import Problem
from .refine import Refinement, Runs, shrink
from .search import Search
from .starts import (
    across,
    all_sides,
    fewer_groups,
    from_found,
    from_origin,
    group_prefixes,
    joined,
    other_sides,
    single_classes,
)
from .trace import Trace

SIDE_TURNS = 3
SIDE_ROUNDS = 10
SHORT_ROUNDS = 40
SHORT_STEPS = 10.0
PARTS = 4


def solve(
    problem: Problem,
    objective: Objective,
    deadline: Deadline,
    batch: int,
    trace: Trace | None,
    landed: Callable[[int], None],
) -> Best:
    """Search the rows of a problem.

    Ctrl-C marks the deadline as interrupted and returns what was found so far.

    Parameters
    ----------
    batch : int
        Rows (or refinements) under way at the same time.
    """
    search = Search(problem, objective, deadline, batch, trace, landed)
    try:
        best = search.run()
        whole_instances(problem, objective, best, batch)
        if objective.settings.refine and not deadline.expired():
            refine(problem, objective, best, deadline, batch)
    except KeyboardInterrupt:
        deadline.halt(Stop.INTERRUPT)
    return search.best


def whole_instances(problem: Problem, objective: Objective, best: Best, batch: int) -> None:
    """Give positives on data that were not found the whole instance: it is one, if its own margin is large enough."""
    if not problem.is_positive or problem.mirrored:
        return
    missing = torch.nonzero(~best.found & problem.free.any(dim=1))[:, 0]
    for rows in torch.split(missing, batch):
        part = problem.take(rows)
        valid = objective.excess(part, part.instance) >= 0
        best.offer(rows[valid], part.instance[valid], objective.total(part, part.instance)[valid], None)


def refine(problem: Problem, objective: Objective, best: Best, deadline: Deadline, batch: int) -> None:
    """Improve what was found, and look where FISTA did not.

    With the published threshold only what was found is refined, and unchanged features stay unchanged: that search is
    chosen for its sparse answers.
    """
    sparse = objective.settings.prox == "paper"
    refinement = Refinement(problem, objective, best, deadline)
    found = joined([from_found(problem, best, sparse=sparse)])
    if found is not None:
        refinement.run(found, batch)
    share = max(1, batch // PARTS)  # the starts of a row take many times its memory
    for rows in torch.split(torch.arange(len(problem), device=problem.origin.device), share):
        unfinished = rows[~_settled(problem, objective, best)[rows]]
        if deadline.expired():
            return
        if len(unfinished) and not sparse:
            _search_around(problem, objective, best, refinement, unfinished, batch)
    left = torch.nonzero(best.found & ~_settled(problem, objective, best))[:, 0]
    for rows in torch.split(left, batch):
        if not deadline.expired():
            shrink(problem, objective, best, rows)


def _search_around(
    problem: Problem, objective: Objective, best: Best, refinement: Refinement, rows: torch.Tensor, batch: int
) -> None:
    """Refine some rows from all their starts, then look at single crossings and groups.

    Rows that still have nothing go once more from their origins, in short steps.
    """
    part = problem.take(rows)
    masks = single_classes(part, objective)
    together = joined([_renumbered(runs, rows) for runs in _starts(part, objective, masks)])
    if together is not None:
        refinement.run(together, batch, guided=True)
    missing = torch.nonzero(~best.found[rows])[:, 0]
    again = joined([_renumbered(runs, rows) for runs in from_origin(part, masks, part.origin)])
    if len(missing) and again is not None:
        kept = torch.nonzero(~best.found[again.row])[:, 0]
        refinement.run(again.take(kept), batch, SHORT_ROUNDS, damping=SHORT_STEPS)
    _local_changes(problem, best, refinement, rows, batch)


def _settled(problem: Problem, objective: Objective, best: Best) -> torch.Tensor:
    """Tell which rows nothing can improve: those whose origin is valid, and those that cannot move."""
    at_origin = best.found & (best.state == problem.origin).all(dim=1)
    return (at_origin & (not objective.penalised)) | ~problem.free.any(dim=1)


def _starts(problem: Problem, objective: Objective, masks: list[torch.Tensor]) -> list[Runs]:
    runs = from_origin(problem, masks, problem.origin)
    runs += all_sides(problem, masks) + across(problem, objective, masks)
    for states in group_prefixes(problem, objective):
        runs += from_origin(problem, masks, states)
    return runs


def _renumbered(runs: Runs, rows: torch.Tensor) -> Runs:
    return Runs(rows[runs.row], runs.wanted, runs.lo, runs.hi, runs.start)


def _local_changes(problem: Problem, best: Best, refinement: Refinement, rows: torch.Tensor, batch: int) -> None:
    """Try one feature on the other side of its gap, or one group back, until nothing improves."""
    rows = rows[best.found[rows]]
    for _ in range(SIDE_TURNS):
        before = best.total[rows].clone()
        together = joined(other_sides(problem, best, rows) + fewer_groups(problem, best, rows)) if len(rows) else None
        if together is None:
            return
        refinement.run(together, batch, SIDE_ROUNDS)
        rows = rows[best.total[rows] < before - 1e-6]
