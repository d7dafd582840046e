"""MaxSAT and integer programs by CP-SAT of OR-tools: one worker and a fixed seed, exact integers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError, MissingBackendError
from ...engine.forms import Linear, Wcnf
from ...engine.status import Status
from ..processes._stoppable import run_stoppable
from ..protocols import Capabilities, Kind, Limit, Model, TimeLimit
from ..results import Optimum
from ._loading import loaded
from ._mip import rounded, stopped
from .scip import REQUIREMENT

LARGEST = 2**53  # values come back through float64
_TOTAL = 2**62  # CP-SAT computes in int64
_PLAIN = 2**32  # beyond it the presolve of 9.15 can lose the optimum and prove a worse one

# native status -> ours; None: an error
_STATUS = {
    "OPTIMAL": Status.OPTIMAL,
    "FEASIBLE": Status.BEST_SO_FAR,
    "INFEASIBLE": Status.INFEASIBLE,
    "UNKNOWN": Status.BEST_SO_FAR,
    "MODEL_INVALID": None,
}


def _capabilities(kind: Kind) -> Capabilities:
    return Capabilities(
        kind, time_limit=TimeLimit.KEPT, interrupt=True, weights=kind is Kind.MAXSAT, bounds=True, exact=True
    )


class CpSatMaxSat:
    """Weighted partial MaxSAT by CP-SAT."""

    name = "cpsat"
    requirement = REQUIREMENT
    capabilities = _capabilities(Kind.MAXSAT)

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        native = _native()
        model = native.CpModel()
        proto = model.proto
        for _ in range(wcnf.n_vars):
            proto.variables.add().domain.extend([0, 1])
        for clause in wcnf.hard.clauses():
            proto.constraints.add().bool_or.literals.extend(_references(clause))
        constant = _add_soft(proto, wcnf)
        solver, status = _run(native, model, int(wcnf.weights.max(initial=0)), limit)
        if status is Status.INFEASIBLE:
            return Optimum(status, seconds=time.perf_counter() - started)
        found: Model | None = None
        if solver.response_proto.solution or (status is Status.OPTIMAL and wcnf.n_vars == 0):
            truth = list(solver.response_proto.solution)[: wcnf.n_vars]
            found = tuple(v if value else -v for v, value in enumerate(truth, start=1))
        cost = None if found is None else wcnf.cost(found)
        lower = max(0, ceil(solver.best_objective_bound - 1e-6)) if wcnf.soft.n_clauses else 0
        seconds = time.perf_counter() - started
        if status is Status.OPTIMAL:
            if found is None or not wcnf.hard.satisfied_by(found):
                raise BackendError("cpsat claims an optimum without a model")
            return Optimum(status, cost, cost, found, seconds=seconds)
        return Optimum(status, cost, max(lower, constant), found, stop=stopped(limit), seconds=seconds)


class CpSatMip:
    """Integer programs by CP-SAT; coefficients must be integers, or become so by a power of two."""

    name = "cpsat"
    requirement = REQUIREMENT
    capabilities = _capabilities(Kind.MIP)

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise; the hint is a point to start from."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        lower, upper = _box(linear)
        if (lower > upper).any():
            return Optimum(Status.INFEASIBLE, seconds=time.perf_counter() - started)
        native = _native()
        model = native.CpModel()
        for low, high in zip(lower.tolist(), upper.tolist(), strict=True):
            model.proto.variables.add().domain.extend([low, high])
        factors = [_add_row(model.proto, linear, index, lower, upper) for index in range(linear.n_rows)]
        scale, costs = _integers(linear.costs.tolist(), "costs")
        _check_total(costs, lower, upper, "the objective")
        model.proto.objective.vars.extend(range(linear.n_vars))
        model.proto.objective.coeffs.extend(costs)
        if hint is not None:
            model.proto.solution_hint.vars.extend(range(linear.n_vars))
            model.proto.solution_hint.values.extend([int(v) for v in np.clip(np.round(hint), lower, upper)])
        largest = max((abs(factor) for row in (*factors, costs) for factor in row), default=0)
        solver, status = _run(native, model, largest, limit)
        found = _optimum(linear, solver, status, scale, limit)
        return replace(found, seconds=time.perf_counter() - started)


def _native() -> Any:
    try:
        return loaded("ortools.sat.python.cp_model")[0]
    except ImportError as error:
        raise MissingBackendError(f"cpsat needs OR-tools: {REQUIREMENT.remedy} ({error})") from error


def _run(native: Any, model: Any, largest: int, limit: Deadline) -> tuple[Any, Status]:
    """Return the native solver after its run on a model with factors up to the largest, and what its status means."""
    solver = native.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2  # large covering programs: seconds instead of minutes
    solver.parameters.catch_sigint_signal = False  # else Ctrl-C ends the search and is lost
    if largest > _PLAIN:
        solver.parameters.cp_model_presolve = False
        solver.parameters.cp_model_probing_level = 0
    if limit.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.001, limit.remaining)
    status = run_stoppable(lambda: solver.solve(model), solver.stop_search, limit)
    name = solver.status_name(status)
    if name not in _STATUS:
        raise BackendError(f"cpsat returned the unknown status {name!r}")
    ours = _STATUS[name]
    if ours is None:
        raise BackendError(f"cpsat refuses the model: {model.validate()}")
    return solver, ours


def _references(clause: Sequence[int]) -> list[int]:
    """Return literals as CP-SAT numbers them: variable j from 0, its negation -j - 1."""
    return [literal - 1 if literal > 0 else literal for literal in clause]


def _add_soft(proto: Any, wcnf: Wcnf) -> int:
    """Put the soft clauses into the objective, and return what is lost in any case."""
    offset, constant = 0, 0
    for clause, weight in zip(wcnf.soft.clauses(), wcnf.weights.tolist(), strict=True):
        if len(clause) == 1:
            variable, factor = abs(clause[0]) - 1, -weight if clause[0] > 0 else weight
            offset += weight if clause[0] > 0 else 0
        elif clause:
            variable, factor = len(proto.variables), weight
            proto.variables.add().domain.extend([0, 1])
            proto.constraints.add().bool_or.literals.extend([*_references(clause), variable])
        else:
            constant += weight
            continue
        proto.objective.vars.append(variable)
        proto.objective.coeffs.append(factor)
    if wcnf.total_weight >= _TOTAL:
        raise CapabilityError(f"cpsat cannot hold weights that sum up to {wcnf.total_weight}; scale them down")
    proto.objective.offset = offset + constant
    return constant


def _box(linear: Linear) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not linear.is_pure_integer:
        raise CapabilityError("cpsat takes integer variables only; choose a backend with needs=['continuous']")
    bounds = np.concatenate([linear.lower, linear.upper])
    if not (np.abs(bounds) <= LARGEST).all():
        raise CapabilityError("cpsat needs bounds within 2**53 on every variable; choose 'scip' or 'highs'")
    return np.ceil(linear.lower).astype(np.int64), np.floor(linear.upper).astype(np.int64)


def _integers(numbers: Sequence[float], what: str) -> tuple[int, list[int]]:
    """Return a power of two and the numbers times it, all integers, exactly."""
    fractions = [Fraction(number) for number in numbers]
    scale = max((fraction.denominator for fraction in fractions), default=1)
    if scale > 2**20:
        raise CapabilityError(
            f"cpsat takes integers: {what} such as {numbers[0]!r} need scaling; choose 'scip' or 'highs'"
        )
    return scale, [int(fraction * scale) for fraction in fractions]


def _check_total(factors: Sequence[int], lower: NDArray[np.int64], upper: NDArray[np.int64], what: str) -> None:
    sizes = np.maximum(np.abs(lower), np.abs(upper)).tolist()
    if sum(abs(f) * s for f, s in zip(factors, sizes, strict=True)) >= _TOTAL:
        raise CapabilityError(f"cpsat computes in 64 bits: {what} can become larger; scale it down")


def _add_row(proto: Any, linear: Linear, index: int, lower: NDArray[np.int64], upper: NDArray[np.int64]) -> list[int]:
    """Add a row, and return its factors."""
    columns, values, low, high = linear.row(index)
    scale, factors = _integers(values.tolist(), f"coefficients of row {index}")
    _check_total(factors, lower[columns], upper[columns], f"row {index}")
    row = proto.constraints.add().linear
    row.vars.extend(columns.tolist())
    row.coeffs.extend(factors)
    # integers on the left: bounds may be rounded inwards, exactly
    least = -_TOTAL if np.isinf(low) else max(-_TOTAL, ceil(Fraction(low) * scale))
    most = _TOTAL if np.isinf(high) else min(_TOTAL, floor(Fraction(high) * scale))
    if least > most:
        proto.constraints.add().bool_or.literals.extend([])
        least, most = -_TOTAL, _TOTAL
    row.domain.extend([least, most])
    return factors


def _optimum(linear: Linear, solver: Any, status: Status, scale: int, limit: Deadline) -> Optimum:
    if status is Status.INFEASIBLE:
        return Optimum(status)
    values, cost = None, None
    if solver.response_proto.solution or (linear.n_vars == 0 and status is Status.OPTIMAL):
        values = rounded(linear, np.array(list(solver.response_proto.solution), dtype=np.float64), "cpsat")
        cost = linear.cost(values)
    if status is Status.OPTIMAL:
        return Optimum(status, cost, cost, None, values)
    bound = solver.best_objective_bound
    lower = bound / scale + linear.offset if np.isfinite(bound) and abs(bound) < LARGEST else None
    return Optimum(status, cost, lower, None, values, stopped(limit))
