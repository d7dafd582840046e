"""MaxSAT by the engines that the package hermax brings along: core-guided, branch and bound, anytime.

Each gets hard clauses and soft literals, is run on a formula made anew for each call, and holds the interpreter lock:
all are offered in a process of their own. Some can be told to stop and then give the best model so far; the others are
killed. Models are checked, costs computed from them. Engines that are not complete say "optimum" of worse models
(seen with Open-WBO-Inc and Loandra): what they find is an upper bound, whatever they say.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError, MissingBackendError
from ...engine.forms import Wcnf
from ...engine.status import Status, Stop
from ..protocols import Capabilities, Kind, Limit, Requirement, TimeLimit
from ..results import Optimum
from ..sessions import whole_model
from ._loading import loaded
from ._softs import Units, unit_softs

REQUIREMENT = Requirement(
    modules=("hermax", "pysat"), distribution="hermax", remedy='pip install "hermax>=1.2.10" (Apache-2.0)'
)

_MARGIN = 0.02  # seconds that an engine gets to end before its process is killed
_TOTAL = 2**62  # engines add weights as int64

# native status -> ours
_STATUS = {
    "OPTIMUM": Status.OPTIMAL,
    "UNSAT": Status.INFEASIBLE,
    "INTERRUPTED_SAT": Status.BEST_SO_FAR,
    "INTERRUPTED": Status.BEST_SO_FAR,
    "UNKNOWN": Status.BEST_SO_FAR,
}


@dataclass(frozen=True, slots=True)
class Engine:
    """Where an engine is, how it can be told to stop ("callback", "limit" or not at all), and whether it proves."""

    module: str
    factory: str
    stops: str = ""
    complete: bool = True
    deterministic: bool = True


_CORE = "hermax.core"
ENGINES: dict[str, Engine] = {
    "evalmaxsat": Engine("hermax.non_incremental", "EvalMaxSAT", deterministic=False),
    "cashwmaxsat": Engine("hermax.non_incremental", "CASHWMaxSAT", "callback"),
    "uwrmaxsat": Engine("hermax.incremental", "UWrMaxSAT", "callback"),
    "wmaxcdcl": Engine("hermax.non_incremental", "WMaxCDCL"),
    "coretrail": Engine("hermax.incremental", "CoreTrail", "limit"),
    "openwbo": Engine("hermax.non_incremental", "OpenWBOOLL"),
    "loandra": Engine(f"{_CORE}.loandra_py.loandra_solver", "LoandraSolver", complete=False),
    "openwbo-inc": Engine(f"{_CORE}.openwbo_inc_py.openwbo_inc_solver", "OpenWBOIncSolver", complete=False),
}


class HermaxMaxSat:
    """One engine of hermax by its name in `ENGINES`, in this process.

    Parameters
    ----------
    name : str
        A key of `ENGINES`.
    """

    requirement = REQUIREMENT

    def __init__(self, name: str) -> None:
        if name not in ENGINES:
            raise MissingBackendError(f"hermax engine {name!r} is unknown here; known: {', '.join(ENGINES)}")
        self.name = name
        engine = ENGINES[name]
        self.capabilities = Capabilities(
            Kind.MAXSAT,
            time_limit=TimeLimit.LATE if engine.stops else TimeLimit.NONE,
            weights=True,
            max_weight=_TOTAL - 1,
            complete=engine.complete,
            deterministic=engine.deterministic,
        )

    def __repr__(self) -> str:
        return f"HermaxMaxSat({self.name!r})"

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones.

        Raises
        ------
        CapabilityError
            The weights add up to more than engines can hold.
        BackendError
            The engine failed, or its answer contradicts itself.
        """
        limit, started = Deadline.of(deadline), time.perf_counter()
        units = unit_softs(wcnf)
        if units.total >= _TOTAL:
            raise CapabilityError(f"{self.name} cannot hold weights that add up to {units.total}; take rc2")
        if any(not clause for clause in units.hard):
            return Optimum(Status.INFEASIBLE)
        if limit.expired():
            return Optimum(Status.BEST_SO_FAR, lower=units.constant, stop=limit.stop)
        found = self._answer(wcnf, units, limit)
        return replace(found, seconds=time.perf_counter() - started)

    def _answer(self, wcnf: Wcnf, units: Units, limit: Deadline) -> Optimum:
        engine = ENGINES[self.name]
        status, native, told = _run(self.name, engine, units, limit)
        if status is Status.INFEASIBLE and engine.complete:
            return Optimum(status)
        if native is None:
            if status is Status.OPTIMAL:
                raise BackendError(f"{self.name} says OPTIMUM and shows no model")
            return Optimum(Status.BEST_SO_FAR, lower=units.constant, stop=_stop(limit))
        model = whole_model(native, wcnf.n_vars)
        if not wcnf.hard.satisfied_by(model):
            raise BackendError(f"{self.name} returned a model that breaks a hard clause")
        cost = wcnf.cost(model)
        if engine.complete and status is Status.OPTIMAL and told is not None and told + units.constant != cost:
            raise BackendError(f"{self.name} says cost {told + units.constant}, but its model costs {cost}")
        if cost == units.constant or (engine.complete and status is Status.OPTIMAL):
            return Optimum(Status.OPTIMAL, cost, cost, model)
        return Optimum(Status.BEST_SO_FAR, cost, units.constant, model, None, _stop(limit))


def _stop(limit: Deadline) -> Stop:
    if limit.remaining <= _MARGIN:
        limit.halt(Stop.TIME_LIMIT)
    return limit.stop if limit.stop is not Stop.NONE else Stop.SOLVER


def _run(name: str, engine: Engine, units: Units, limit: Deadline) -> tuple[Status, list[int] | None, int | None]:
    """Return what an engine says: its status, its model and the cost that it names."""
    solver = _filled(name, engine, units)
    try:
        if engine.stops == "callback" and limit.seconds is not None:
            solver.set_terminate(lambda: int(limit.remaining <= _MARGIN or limit.expired()))
        if engine.stops == "limit" and limit.seconds is not None:
            solver.solve(time_limit=max(0.001, limit.remaining - _MARGIN))
        else:
            solver.solve()
        status = solver.get_status().name
        if status not in _STATUS:
            raise BackendError(f"{name} ended with the status {status!r}")
        native = solver.get_model() if status in ("OPTIMUM", "INTERRUPTED_SAT") else None
        told = int(solver.get_cost()) if native is not None else None
    finally:
        solver.close()
    return _STATUS[status], native, told


def _filled(name: str, engine: Engine, units: Units) -> Any:
    """Return an engine with the formula; one more variable, hard and soft, for engines that crash on empty formulas."""
    try:
        (module,) = loaded(engine.module)
        solver = getattr(module, engine.factory)()
    except (ImportError, AttributeError) as error:
        raise MissingBackendError(f"{name} needs hermax: {REQUIREMENT.remedy} ({error})") from error
    extra = units.n_vars + 1
    for _ in range(extra):
        solver.new_var()
    for clause in (*units.hard, [extra]):
        solver.add_clause(list(clause))
    for literal, weight in ((extra, 1), *units.soft.items()):
        solver.set_soft(literal, weight)
    return solver
