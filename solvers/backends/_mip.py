"""What the backends of linear programs share: checks before, and of the solution after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError
from ...engine.forms import Linear
from ...engine.status import Status, Stop
from ..protocols import Capabilities, Kind, TimeLimit
from ..results import Optimum

LARGEST = 1e15  # floating-point solvers take 1e20 for infinity and lose integers well before
TOLERANCE = 1e-6
FLOATING = Capabilities(  # of a solver in double precision that looks at its time limit now and then
    Kind.MIP, time_limit=TimeLimit.LATE, continuous=True, fractional=True, bounds=True, exact=False
)
_ALMOST = 0.02  # seconds: native limits stop a little early


def refuse_large_numbers(linear: Linear, name: str) -> None:
    """Refuse numbers that a floating-point solver would silently misread."""
    parts = (linear.costs, linear.values, linear.row_lower, linear.row_upper, linear.lower, linear.upper)
    for part in parts:
        finite = np.abs(part[np.isfinite(part)])
        if finite.size and finite.max() > LARGEST:
            raise CapabilityError(
                f"{name} cannot hold the number {finite.max():g}; scale the program below {LARGEST:g}"
            )


def rounded(linear: Linear, values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return a solution whose integer variables are exact integers within their bounds, and check it.

    Raises
    ------
    BackendError
        The rounded point breaks a row: the solver's tolerances hid it.
    """
    point = np.where(linear.integer, np.round(values), values)
    point = np.clip(point, linear.lower, linear.upper) + 0.0  # + 0.0: no negative zero
    gap = linear.violation(point)
    sizes = np.abs(np.concatenate([linear.row_lower, linear.row_upper]))
    scale = max(1.0, float(sizes[np.isfinite(sizes)].max(initial=0.0)))
    if gap > TOLERANCE * scale:
        raise BackendError(
            f"{name} returned a point that breaks the program by {gap:g}; scale it or choose another backend"
        )
    return point


def stopped(limit: Deadline) -> Stop:
    """Return why a native solver stopped before its end."""
    if limit.remaining < _ALMOST:
        limit.halt(Stop.TIME_LIMIT)
    return limit.stop if limit.stop is not Stop.NONE else Stop.SOLVER


def solution(
    linear: Linear,
    values: NDArray[np.float64] | None,
    lower: float | None,
    limit: Deadline,
    name: str,
    *,
    proved: bool,
) -> Optimum:
    """Return the answer for a native solver that ended with these values and this lower bound.

    A claim of optimality is believed only if the solver's own bound agrees with the cost.
    """
    if values is None:
        return Optimum(Status.BEST_SO_FAR, lower=lower, stop=stopped(limit))
    point = rounded(linear, values, name)
    cost = linear.cost(point)
    slack = TOLERANCE * max(1.0, abs(cost))
    if proved and lower is not None and cost - lower > slack:
        proved = False
    if proved:
        return Optimum(Status.OPTIMAL, cost, cost, None, point)
    bound = None if lower is None else min(lower, cost)
    return Optimum(Status.BEST_SO_FAR, cost, bound, None, point, stopped(limit))
