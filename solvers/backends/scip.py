"""Linear programs by the SCIP that OR-tools brings along."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError, UnboundedError
from ...engine.forms import Linear
from ...engine.status import Status
from ..protocols import Limit, Requirement
from ..results import Optimum
from ._loading import loaded
from ._mip import FLOATING, refuse_large_numbers, solution

REQUIREMENT = Requirement(modules=("ortools",), distribution="ortools", remedy='pip install "ortools>=9.10"')

# native status -> what it means here; SCIP's own "infeasible" is looked at again, see `_solve`
_MEANING = {
    "OPTIMAL": "proved",
    "FEASIBLE": "stopped",
    "NOT_SOLVED": "stopped",
    "CANCELLED_BY_USER": "stopped",
    "UNKNOWN_STATUS": "stopped",
    "INFEASIBLE": "infeasible",
    "UNBOUNDED": "unbounded",
    "ABNORMAL": "failed",
    "MODEL_INVALID": "failed",
    "INVALID_SOLVER_PARAMETERS": "failed",
    "SOLVER_TYPE_UNAVAILABLE": "failed",
    "INCOMPATIBLE_OPTIONS": "failed",
}


class ScipMip:
    """SCIP in this process: the native call holds the interpreter lock, so it is offered isolated only."""

    name = "scip"
    requirement = REQUIREMENT
    capabilities = FLOATING

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise; the hint is a point to start from."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        refuse_large_numbers(linear, self.name)
        return replace(_solve(linear, limit, hint), seconds=time.perf_counter() - started)


def _solve(linear: Linear, limit: Deadline, hint: NDArray[np.float64] | None) -> Optimum:
    native, meaning = _run(linear, linear.costs, limit, hint)
    if meaning == "infeasible" and "unbounded" in native.status_string():
        # SCIP only knows "infeasible or unbounded", and OR-tools calls that infeasible: a program without
        # costs tells which
        _, feasible = _run(linear, np.zeros(linear.n_vars), limit, None)
        if feasible == "stopped":
            return Optimum(Status.BEST_SO_FAR, stop=limit.stop)
        meaning = "infeasible" if feasible == "infeasible" else "unbounded"
    if meaning == "unbounded":
        raise UnboundedError("the program has no minimum: scip found a direction in which its cost falls without end")
    if meaning == "infeasible":
        return Optimum(Status.INFEASIBLE)
    values = np.array(native.variable_values(), dtype=np.float64) if native.has_solution() else None
    lower = float(native.best_objective_bound()) if values is not None else None  # 0.0 without solution: no bound
    return solution(linear, values, lower, limit, "scip", proved=meaning == "proved")


def _run(
    linear: Linear, costs: NDArray[np.float64], limit: Deadline, hint: NDArray[np.float64] | None
) -> tuple[Any, str]:
    """Return the native solver after its run, and what its status means."""
    try:
        (helper,) = loaded("ortools.linear_solver.python.model_builder_helper")
    except ImportError as error:
        raise MissingBackendError(f"scip needs OR-tools: {REQUIREMENT.remedy} ({error})") from error
    model = _model(helper.ModelBuilderHelper(), linear, costs)
    for j, value in enumerate(hint if hint is not None else ()):
        model.add_hint(j, float(value))
    native = helper.ModelSolverHelper("scip")
    if limit.seconds is not None:
        native.set_time_limit_in_seconds(max(0.001, limit.remaining))
    native.solve(model)
    status = native.status().name
    if status not in _MEANING:
        raise BackendError(f"scip returned the unknown status {status!r}")
    if _MEANING[status] == "failed":
        raise BackendError(f"scip failed with status {status}: {native.status_string()}")
    return native, _MEANING[status]


def _model(model: Any, linear: Linear, costs: NDArray[np.float64]) -> Any:
    for j in range(linear.n_vars):
        model.add_var()
        model.set_var_lower_bound(j, float(linear.lower[j]))
        model.set_var_upper_bound(j, float(linear.upper[j]))
        model.set_var_integrality(j, bool(linear.integer[j]))
        model.set_var_objective_coefficient(j, float(costs[j]))
    for index in range(linear.n_rows):
        columns, values, low, high = linear.row(index)
        row = model.add_linear_constraint()
        model.set_constraint_lower_bound(row, low)
        model.set_constraint_upper_bound(row, high)
        for j, value in zip(columns.tolist(), values.tolist(), strict=True):
            model.add_term_to_constraint(row, j, value)
    model.set_objective_offset(linear.offset)
    return model
