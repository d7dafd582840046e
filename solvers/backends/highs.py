"""Linear programs by the HiGHS that SciPy brings along."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError, UnboundedError
from ...engine.forms import Linear
from ...engine.quiet import quietly
from ...engine.status import Status
from ..protocols import Limit, Requirement
from ..results import Optimum
from ._loading import loaded
from ._mip import FLOATING, refuse_large_numbers, solution

REQUIREMENT = Requirement(modules=("scipy",), distribution="scipy", remedy='pip install "scipy>=1.9"')

# native status of scipy.optimize.milp -> what it means here
_MEANING = {0: "proved", 1: "stopped", 2: "infeasible", 3: "unbounded", 4: "unclear"}


class HighsMip:
    """HiGHS in this process: it cannot be interrupted, so it is offered isolated only."""

    name = "highs"
    requirement = REQUIREMENT
    capabilities = FLOATING

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise; the hint is not used."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        refuse_large_numbers(linear, self.name)
        return replace(_solve(linear, limit), seconds=time.perf_counter() - started)


def _solve(linear: Linear, limit: Deadline) -> Optimum:
    if linear.n_vars == 0:
        feasible = bool((linear.row_lower <= 0).all() and (linear.row_upper >= 0).all())
        return (
            Optimum(Status.OPTIMAL, linear.offset, linear.offset, None, np.zeros(0))
            if feasible
            else Optimum(Status.INFEASIBLE)
        )
    native, meaning = _run(linear, linear.costs, limit)
    if meaning == "unclear":
        # "infeasible or unbounded": a program without costs tells which
        second, feasible_meaning = _run(linear, np.zeros(linear.n_vars), limit)
        if feasible_meaning == "stopped":
            return Optimum(Status.BEST_SO_FAR, stop=limit.stop)
        if feasible_meaning not in ("proved", "infeasible"):
            raise BackendError(f"highs failed: {native.message}; {second.message}")
        meaning = "unbounded" if feasible_meaning == "proved" else "infeasible"
    if meaning == "unbounded":
        raise UnboundedError("the program has no minimum: highs found a direction in which its cost falls without end")
    if meaning == "infeasible":
        return Optimum(Status.INFEASIBLE)
    values = None if native.x is None else np.array(native.x, dtype=np.float64)
    bound = getattr(native, "mip_dual_bound", None)
    lower = float(bound) + linear.offset if bound is not None and np.isfinite(bound) else None
    if not linear.integer.any():
        lower = None  # a plain linear program: optimality is the simplex method's own, and no tree has a bound
    return solution(linear, values, lower, limit, "highs", proved=meaning == "proved")


def _run(linear: Linear, costs: NDArray[np.float64], limit: Deadline) -> tuple[Any, str]:
    """Return the native result, and what its status means."""
    try:
        loaded("scipy.optimize", "scipy.sparse")
        from scipy.optimize import Bounds, LinearConstraint, OptimizeWarning, milp
        from scipy.sparse import csr_array
    except ImportError as error:
        raise MissingBackendError(f"highs needs SciPy: {REQUIREMENT.remedy} ({error})") from error
    shape = (linear.n_rows, linear.n_vars)
    matrix = csr_array((linear.values, linear.columns, linear.starts), shape=shape)
    rows = [LinearConstraint(matrix, linear.row_lower, linear.row_upper)] if linear.n_rows else []
    options: dict[str, float] = {"mip_rel_gap": 0.0}  # by default "optimal" means within 0.01 %
    if limit.seconds is not None:
        options["time_limit"] = max(0.001, limit.remaining)
    with quietly(category=OptimizeWarning):  # told by the status
        native = milp(
            costs,
            integrality=linear.integer.astype(np.int64),
            bounds=Bounds(linear.lower, linear.upper),
            constraints=rows,
            options=options,
        )
    if native.status not in _MEANING:
        raise BackendError(f"highs returned the unknown status {native.status!r}: {native.message}")
    return native, _MEANING[native.status]
