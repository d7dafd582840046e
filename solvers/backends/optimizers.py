"""MaxSAT solvers and model counters that are programs, read as in their competitions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ...engine.budget import Deadline
from ...engine.errors import BackendError
from ...engine.forms import Cnf, Wcnf
from ...engine.forms.files.dimacs import to_dimacs, to_wcnf
from ...engine.status import Status, Stop
from ..processes.program import Finished, run_program
from ..protocols import Capabilities, Kind, Limit, Model, TimeLimit
from ..results import Count, Optimum
from .competition import read_count, read_output
from .programs import ExternalProgram

# printed status of a MaxSAT solver -> ours
_STATUS = {
    "OPTIMUM FOUND": Status.OPTIMAL,
    "SATISFIABLE": Status.BEST_SO_FAR,
    "UNKNOWN": Status.BEST_SO_FAR,
    "": Status.BEST_SO_FAR,
    "UNSATISFIABLE": Status.INFEASIBLE,
}


class ExternalMaxSat(ExternalProgram):
    """A MaxSAT solver that is a program.

    Parameters
    ----------
    old_format : bool
        Write the older format with a ``p wcnf`` header instead of that of 2022.
    command, name, memory, remedy
        As in `ExternalProgram`.
    """

    capabilities = Capabilities(
        Kind.MAXSAT, time_limit=TimeLimit.KEPT, interrupt=True, weights=True, isolated=True, deterministic=True
    )

    def __init__(
        self,
        command: str | Sequence[str],
        name: str | None = None,
        *,
        old_format: bool = False,
        memory: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(command, name, memory=memory, remedy=remedy)
        self.old_format = old_format

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        if any(not clause for clause in wcnf.hard.clauses()):
            return Optimum(Status.INFEASIBLE)
        if limit.expired():
            return Optimum(Status.BEST_SO_FAR, lower=0, stop=limit.stop)
        kept, constant = _without_empty(wcnf)
        finished = run_program(self.command, to_wcnf(kept, old=self.old_format), ".wcnf", limit, self.memory)
        printed = read_output(finished.out)
        if printed.status not in _STATUS:
            raise BackendError(f"{self.name} printed the unknown status {printed.status!r}")
        status = _STATUS[printed.status]
        seconds = time.perf_counter() - started
        if status is Status.INFEASIBLE:
            return Optimum(status, seconds=seconds)
        model = printed.model(wcnf.n_vars)
        model = None if model is None or not wcnf.hard.satisfied_by(model) else model
        if status is Status.OPTIMAL:
            if model is None:
                raise BackendError(f"{self.name} says OPTIMUM FOUND, but its model is missing or breaks a hard clause")
            cost = wcnf.cost(model)
            if printed.costs and printed.costs[-1] + constant != cost:
                raise BackendError(f"{self.name} says cost {printed.costs[-1]}, but its model costs {cost - constant}")
            return Optimum(status, cost, cost, model, seconds=seconds)
        if model is not None and wcnf.cost(model) == constant:  # nothing can be cheaper, whatever the program says
            return Optimum(Status.OPTIMAL, constant, constant, model, seconds=seconds)
        found = self._early(finished, wcnf, model, limit, seconds)
        return replace(found, lower=constant)

    def _early(self, finished: Finished, wcnf: Wcnf, model: Model | None, limit: Deadline, seconds: float) -> Optimum:
        stop = self.stop_of(finished, limit)
        if stop is None and model is None and not read_output(finished.out).status:
            raise BackendError(finished.complaint(self.name))
        cost = None if model is None else wcnf.cost(model)
        return Optimum(Status.BEST_SO_FAR, cost, None, model, None, stop or Stop.SOLVER, seconds)


class ExternalCounter(ExternalProgram):
    """A model counter that is a program: reads ``p cnf`` with ``c t mc``, prints an exact integer."""

    capabilities = Capabilities(Kind.COUNTER, time_limit=TimeLimit.KEPT, interrupt=True, isolated=True)

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models over all variables."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        if any(not clause for clause in cnf.clauses()):
            return Count.exact(0)
        if limit.expired():
            return Count.stopped(cnf.n_vars, limit.stop)
        finished = run_program(self.command, to_dimacs(cnf, ["t mc"]), ".cnf", limit, self.memory)
        seconds = time.perf_counter() - started
        value = read_count(finished.out)
        if value is None and read_output(finished.out).status == "UNSATISFIABLE":
            value = 0
        if value is not None:
            if value > 2**cnf.n_vars:
                raise BackendError(f"{self.name} counted {value} models over {cnf.n_vars} variables")
            return Count.exact(value, seconds)
        stop = self.stop_of(finished, limit)
        if stop is None:
            raise BackendError(finished.complaint(self.name))
        return Count.stopped(cnf.n_vars, stop, seconds)


def _without_empty(wcnf: Wcnf) -> tuple[Wcnf, int]:
    """Return the formula without empty soft clauses, which not every program reads, and their weight."""
    pairs = list(zip(wcnf.soft.clauses(), wcnf.weights.tolist(), strict=True))
    constant = sum(weight for clause, weight in pairs if not clause)
    if not constant:
        return wcnf, 0
    soft = [(clause, weight) for clause, weight in pairs if clause]
    weights = [weight for _, weight in soft]
    kept = Wcnf.from_clauses(wcnf.hard.clauses(), [clause for clause, _ in soft], weights, wcnf.n_vars)
    return kept, constant
