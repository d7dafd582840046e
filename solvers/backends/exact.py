"""Integer programs by Exact, a cutting-planes solver over integers of any size.

Exact is under the AGPL: it is named here for those who install it themselves, is part of no extra and is never
shipped. It runs in a process of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, lcm

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError, MissingBackendError
from ...engine.forms import Linear, Wcnf
from ...engine.status import Status, Stop
from ..protocols import Capabilities, Kind, Limit, Requirement, TimeLimit
from ..results import Optimum
from ._loading import loaded
from ._softs import unit_softs

REQUIREMENT = Requirement(
    modules=("exact",),
    distribution="exact",
    remedy="pip install exact, if the AGPL suits you: it is under that licence and part of no extra",
)
_MARGIN = 0.03  # seconds that it gets to end before its process is killed
_LARGEST = 2**53  # values go back as float64

Row = tuple[list[tuple[int, int]], int | None, int | None]  # (factor, variable) terms, lower and upper side


def _capabilities(kind: Kind) -> Capabilities:
    return Capabilities(
        kind, time_limit=TimeLimit.LATE, weights=kind is Kind.MAXSAT, fractional=kind is Kind.MIP, bounds=True
    )


class ExactMaxSat:
    """Weighted partial MaxSAT by Exact; weights of any size."""

    name = "exact"
    requirement = REQUIREMENT
    capabilities = _capabilities(Kind.MAXSAT)

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        units = unit_softs(wcnf)
        if any(not clause for clause in units.hard):
            return Optimum(Status.INFEASIBLE)
        rows: list[Row] = []
        for clause in units.hard:
            negative = sum(literal < 0 for literal in clause)
            rows.append(([(1 if literal > 0 else -1, abs(literal) - 1) for literal in clause], 1 - negative, None))
        costs, offset = [0] * units.n_vars, units.constant
        for literal, weight in units.soft.items():
            costs[abs(literal) - 1] -= weight if literal > 0 else -weight
            offset += weight if literal > 0 else 0
        bounds = [(0, 1)] * units.n_vars
        status, values, lower = _run(costs, offset, rows, bounds, limit)
        seconds = time.perf_counter() - started
        if status is Status.INFEASIBLE:
            return Optimum(status, seconds=seconds)
        if values is None:
            return Optimum(status, None, lower, None, None, _stop(limit), seconds)
        model = tuple(v if value else -v for v, value in enumerate(values[: wcnf.n_vars], start=1))
        cost = wcnf.cost(model)
        if not wcnf.hard.satisfied_by(model) or (lower is not None and lower > cost):
            raise BackendError("exact returned a model that breaks a hard clause, or its own lower bound")
        if status is Status.OPTIMAL:
            return Optimum(status, cost, cost, model, seconds=seconds)
        return Optimum(status, cost, lower, model, None, _stop(limit), seconds)


class ExactMip:
    """Integer programs by Exact; coefficients may be any floating-point numbers, which are fractions to it."""

    name = "exact"
    requirement = REQUIREMENT
    capabilities = _capabilities(Kind.MIP)

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise; the hint is left out.

        Raises
        ------
        CapabilityError
            A variable is continuous or has an infinite bound.
        """
        limit, started = Deadline.of(deadline), time.perf_counter()
        bounds = _box(linear)
        if bounds is None:
            return Optimum(Status.INFEASIBLE)
        rows = [_whole_row(*linear.row(index)) for index in range(linear.n_rows)]
        if any(not terms and ((low or 0) > 0 or (0 if high is None else high) < 0) for terms, low, high in rows):
            return Optimum(Status.INFEASIBLE)
        scale, costs = _integers(linear.costs.tolist())
        status, values, bound = _run(costs, 0, rows, bounds, limit)
        seconds = time.perf_counter() - started
        if status is Status.INFEASIBLE:
            return Optimum(status, seconds=seconds)
        lower = None if bound is None else float(Fraction(bound, scale)) + linear.offset
        if values is None:
            return Optimum(status, None, lower, None, None, _stop(limit), seconds)
        point = np.array(values, dtype=np.float64)
        cost = linear.cost(point)
        if linear.violation(point) > 1e-6:
            raise BackendError(f"exact returned a point that breaks the program by {linear.violation(point):g}")
        if status is Status.OPTIMAL:
            return Optimum(status, cost, cost, None, point, seconds=seconds)
        return Optimum(status, cost, None if lower is None else min(lower, cost), None, point, _stop(limit), seconds)


def _box(linear: Linear) -> list[tuple[int, int]] | None:
    """Return the integer bounds of the variables; None where there is no integer between them."""
    if not linear.integer.all():
        raise CapabilityError("exact takes integer variables only: choose a backend with needs=['continuous']")
    if not (np.isfinite(linear.lower).all() and np.isfinite(linear.upper).all()):
        raise CapabilityError("exact takes variables between finite bounds only: choose scip or highs")
    bounds = [(ceil(low), floor(high)) for low, high in zip(linear.lower, linear.upper, strict=True)]
    if any(max(abs(low), abs(high)) > _LARGEST for low, high in bounds):
        raise CapabilityError(f"exact returns values up to {_LARGEST}; scale the program")
    return None if any(low > high for low, high in bounds) else bounds


def _whole_row(columns: NDArray[np.int64], values: NDArray[np.float64], low: float, high: float) -> Row:
    scale, factors = _integers(values.tolist())
    lower = None if np.isinf(low) else ceil(Fraction(low) * scale)
    upper = None if np.isinf(high) else floor(Fraction(high) * scale)
    return list(zip(factors, columns.tolist(), strict=True)), lower, upper


def _integers(numbers: Iterable[float]) -> tuple[int, list[int]]:
    """Return a factor and the numbers multiplied by it, all whole."""
    fractions = [Fraction(number) for number in numbers]
    scale = lcm(*(fraction.denominator for fraction in fractions)) if fractions else 1
    return scale, [int(fraction * scale) for fraction in fractions]


def _run(
    costs: list[int], offset: int, rows: list[Row], bounds: list[tuple[int, int]], limit: Deadline
) -> tuple[Status, list[int] | None, int | None]:
    """Return the status, the best values and the proved lower bound."""
    if limit.expired():
        return Status.BEST_SO_FAR, None, None
    try:
        (package,) = loaded("exact")
    except ImportError as error:
        raise MissingBackendError(f"exact cannot be loaded: {REQUIREMENT.remedy} ({error})") from error
    native = package.Exact([("seed", "1")])
    names = [str(j) for j in range(len(bounds))]
    for name, (low, high) in zip(names, bounds, strict=True):
        native.addVariable(name, low, high)
    for terms, lower, upper in rows:
        if terms and not (lower is None and upper is None):
            named = [(factor, names[j]) for factor, j in terms]
            native.addConstraint(named, lower is not None, lower or 0, upper is not None, upper or 0)
    native.setObjective([(cost, names[j]) for j, cost in enumerate(costs) if cost], True, offset)
    answer = native.runFull(True, 0.0 if limit.seconds is None else max(0.001, limit.remaining - _MARGIN))
    if answer not in ("UNSAT", "SAT", "TIMEOUT", "INCONSISTENT", "PAUSED"):
        raise BackendError(f"exact ended with the status {answer!r}")
    values = [int(value) for value in native.getLastSolutionFor(names)] if native.hasSolution() else None
    if answer == "UNSAT":
        return (Status.INFEASIBLE if values is None else Status.OPTIMAL), values, None
    return Status.BEST_SO_FAR, values, int(native.getDualBound())


def _stop(limit: Deadline) -> Stop:
    if limit.remaining <= _MARGIN:
        limit.halt(Stop.TIME_LIMIT)
    return Stop.SOLVER if limit.stop is Stop.NONE else limit.stop
