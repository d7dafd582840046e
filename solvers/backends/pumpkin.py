"""MaxSAT by Pumpkin, a lazy clause generation solver: weights that fit 32 bits, kept limits in a process of its own."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError, MissingBackendError
from ...engine.forms import Wcnf
from ...engine.status import Status, Stop
from ..protocols import Capabilities, Kind, Limit, Model, Requirement, TimeLimit
from ..results import Optimum
from ._loading import loaded
from ._softs import Units, unit_softs

_TOTAL = 2**30  # its integers have 32 bits
_MARGIN = 0.02  # seconds that it gets to end before its process is killed

# class of the native result -> ours
_STATUS = {
    "Optimal": Status.OPTIMAL,
    "Satisfiable": Status.BEST_SO_FAR,
    "Unsatisfiable": Status.INFEASIBLE,
    "Unknown": Status.BEST_SO_FAR,
}


class PumpkinMaxSat:
    """Weighted partial MaxSAT by Pumpkin: soft literals, one integer that bounds their weight, a fixed seed."""

    name = "pumpkin"
    requirement = Requirement(
        modules=("pumpkin_solver",),
        distribution="pumpkin-solver",
        remedy='pip install "pumpkin-solver>=0.5" (MIT or Apache-2.0)',
    )
    capabilities = Capabilities(Kind.MAXSAT, time_limit=TimeLimit.LATE, weights=True, max_weight=_TOTAL - 1)

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones.

        Raises
        ------
        CapabilityError
            The weights add up to more than 32 bits hold.
        BackendError
            Its answer contradicts itself.
        """
        limit, started = Deadline.of(deadline), time.perf_counter()
        units = unit_softs(wcnf)
        if any(not clause for clause in units.hard):
            return Optimum(Status.INFEASIBLE)
        if limit.expired():
            return Optimum(Status.BEST_SO_FAR, lower=units.constant, stop=limit.stop)
        scale = _divisor(units)
        if units.total // scale >= _TOTAL:
            raise CapabilityError(f"pumpkin cannot hold weights that add up to {units.total // scale}; take rc2")
        status, model = self._run(units, scale, wcnf.n_vars, limit)
        found = self._told(wcnf, units, status, model, limit)
        return replace(found, seconds=time.perf_counter() - started)

    def _told(self, wcnf: Wcnf, units: Units, status: Status, model: Model | None, limit: Deadline) -> Optimum:
        if status is Status.INFEASIBLE:
            return Optimum(status)
        if model is not None and not wcnf.hard.satisfied_by(model):
            raise BackendError("pumpkin returned a model that breaks a hard clause")
        cost = None if model is None else wcnf.cost(model)
        if status is Status.OPTIMAL:
            if cost is None:
                raise BackendError("pumpkin claims an optimum without a model")
            return Optimum(status, cost, cost, model)
        if limit.remaining <= _MARGIN:
            limit.halt(Stop.TIME_LIMIT)
        stop = Stop.SOLVER if limit.stop is Stop.NONE else limit.stop
        return Optimum(Status.BEST_SO_FAR, cost, units.constant, model, None, stop)

    def _run(self, units: Units, scale: int, n_vars: int, limit: Deadline) -> tuple[Status, Model | None]:
        try:
            package, constraints, optimisation = loaded("pumpkin_solver")[0], *_parts()
        except ImportError as error:
            raise MissingBackendError(f"pumpkin cannot be loaded: {self.requirement.remedy} ({error})") from error
        native = package.Model(seed=1)
        variables = [native.new_boolean_variable() for _ in range(units.n_vars)]

        def literal(signed: int) -> Any:
            variable = variables[abs(signed) - 1]
            return variable if signed > 0 else variable.negate()

        for clause in units.hard:
            native.add_constraint(constraints.Clause([literal(each) for each in clause], native.new_constraint_tag()))
        cost = native.new_integer_variable(0, max(1, units.total // scale))
        terms = [literal(-each).as_integer().scaled(weight // scale) for each, weight in units.soft.items()]
        tag = native.new_constraint_tag()
        native.add_constraint(constraints.LessThanOrEquals([*terms, cost.scaled(-1)], 0, tag))
        best: list[Any] = []
        ended = native.optimise(
            cost,
            optimiser=optimisation.Optimiser.LinearSatUnsat,
            direction=optimisation.Direction.Minimise,
            timeout=None if limit.seconds is None else max(0.001, limit.remaining - _MARGIN),
        )
        name = type(ended).__name__.rpartition("_")[2]
        if name not in _STATUS:
            raise BackendError(f"pumpkin ended with {type(ended).__name__!r}, which is no answer")
        if name in ("Optimal", "Satisfiable"):
            best.append(ended[0])
        if not best:
            return _STATUS[name], None
        truth = [bool(best[0].bool_value(variable)) for variable in variables[:n_vars]]
        return _STATUS[name], tuple(v if value else -v for v, value in enumerate(truth, start=1))


def _parts() -> list[Any]:
    return loaded("pumpkin_solver.constraints", "pumpkin_solver.optimisation")


def _divisor(units: Units) -> int:
    from math import gcd

    return gcd(*units.soft.values()) or 1
