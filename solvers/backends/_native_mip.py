"""What the packages of MIP solvers share: one run a program, and a second where "infeasible or unbounded" is said."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError, UnboundedError
from ...engine.forms import Linear
from ...engine.status import Status
from ..protocols import Capabilities, Limit, Requirement
from ..results import Optimum
from ._loading import loaded
from ._mip import FLOATING, refuse_large_numbers, solution

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a native run ended.

    Attributes
    ----------
    meaning : str
        "proved", "stopped", "infeasible", "unbounded" or "unclear" (infeasible or unbounded).
    values : float64[n_vars] or None
        The best point.
    lower : float or None
        Proved lower bound of the cost, the offset included.
    """

    meaning: str
    values: Values | None = None
    lower: float | None = None


class NativeMip:
    """A solver in double precision that is a Python package, in this process; offered isolated.

    Derived classes set ``name`` and ``requirement`` and define `run`.
    """

    name: str
    requirement: Requirement
    capabilities: Capabilities = FLOATING

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run the native solver on the rows of `linear` with these costs."""
        raise NotImplementedError

    def module(self) -> Any:
        """Return the package.

        Raises
        ------
        MissingBackendError
            It cannot be imported.
        """
        try:
            return loaded(*self.requirement.modules)[0]
        except Exception as error:  # packages with a licence fail in their own ways
            raise MissingBackendError(f"{self.name} cannot be loaded: {self.requirement.remedy} ({error})") from error

    def meaning_of(self, status: Any, table: dict[str, str]) -> str:
        """Return what a native status means.

        Raises
        ------
        BackendError
            It is in no table.
        """
        found = table.get(str(status))
        if found is None or found == "failed":
            raise BackendError(f"{self.name} ended with the status {str(status)!r}, which is no answer")
        return found

    def solve(self, linear: Linear, deadline: Limit = None, hint: Values | None = None) -> Optimum:
        """Minimise; the hint is a point to start from."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        refuse_large_numbers(linear, self.name)
        if limit.expired():
            return Optimum(Status.BEST_SO_FAR, stop=limit.stop)
        return replace(self._solve(linear, limit, hint), seconds=time.perf_counter() - started)

    def _solve(self, linear: Linear, limit: Deadline, hint: Values | None) -> Optimum:
        trivial = _without_columns(linear)
        if trivial is not None:
            return trivial
        ended = self.run(linear, linear.costs, limit, hint)
        meaning = ended.meaning
        if meaning == "unclear":  # a program without costs tells which
            meaning = self.run(linear, np.zeros(linear.n_vars), limit, None).meaning
            if meaning == "stopped":
                return Optimum(Status.BEST_SO_FAR, stop=limit.stop)
            meaning = "unbounded" if meaning == "proved" else "infeasible"
        if meaning == "unbounded":
            raise UnboundedError(
                f"the program has no minimum: {self.name} found a direction in which its cost falls without end"
            )
        if meaning == "infeasible":
            return Optimum(Status.INFEASIBLE)
        lower = ended.lower if ended.lower is not None and abs(ended.lower) < 1e19 else None
        if not linear.integer.any():
            lower = None  # a plain linear program: optimality is the simplex method's own, and no tree has a bound
        return solution(linear, ended.values, lower, limit, self.name, proved=meaning == "proved")


def _without_columns(linear: Linear) -> Optimum | None:
    """Answer what native solvers stumble over: no variables, and rows without coefficients that cannot hold."""
    empty = np.diff(linear.starts) == 0
    if ((linear.row_lower > 0) | (linear.row_upper < 0))[empty].any():
        return Optimum(Status.INFEASIBLE)
    if linear.n_vars == 0:
        return Optimum(Status.OPTIMAL, linear.offset, linear.offset, None, np.zeros(0))
    whole = linear.integer
    if (np.ceil(linear.lower[whole]) > np.floor(linear.upper[whole])).any():
        return Optimum(Status.INFEASIBLE)
    return None


def whole_bounds(linear: Linear) -> tuple[Values, Values]:
    """Return the bounds of the variables, those of integers rounded inwards."""
    lower = np.where(linear.integer, np.ceil(linear.lower), linear.lower)
    return lower, np.where(linear.integer, np.floor(linear.upper), linear.upper)
