"""What solvers answer, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engine.status import Status, Stop

Model: TypeAlias = tuple[int, ...]


class Verdict(StrEnum):
    """Answer to a satisfiability question."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SatAnswer:
    """Answer of a SAT solver.

    Attributes
    ----------
    verdict : Verdict
        ``UNKNOWN`` when the search stopped early; `stop` tells why.
    model : tuple of int, or None
        With ``SAT``: one signed literal for each variable 1 … n_vars, in order.
    core : tuple of int, or None
        With ``UNSAT``, if the backend gives cores: assumptions that cannot hold together (not always
        minimal); ``()`` when the formula itself is unsatisfiable.
    stop : Stop
        Why the search stopped early; ``Stop.NONE`` if it did not.
    seconds : float
        Wall-clock time of the call.
    """

    verdict: Verdict
    model: Model | None = None
    core: tuple[int, ...] | None = None
    stop: Stop = Stop.NONE
    seconds: float = 0.0

    @property
    def is_sat(self) -> bool:
        """Whether a model was found."""
        return self.verdict is Verdict.SAT

    @property
    def is_unsat(self) -> bool:
        """Whether it was proved that there is no model."""
        return self.verdict is Verdict.UNSAT


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Answer of a solver that minimises.

    Attributes
    ----------
    status : Status
        ``OPTIMAL``; ``INFEASIBLE``; or ``BEST_SO_FAR``: stopped early, `cost` is an upper bound if there
        is one, `lower` a proved lower bound.
    cost : int or float or None
        Cost of the best solution known; exact integers for MaxSAT and hitting sets. None without solution.
    lower : int or float or None
        Proved lower bound of the cost; None when nothing is known (or nothing is feasible).
    model : tuple of int, or None
        MaxSAT: one signed literal a variable. Hitting sets: the chosen elements, ascending.
    values : float64[n_vars] or None
        Linear programs: the solution; integer variables hold exact integers.
    stop, seconds
        As in `SatAnswer`.
    """

    status: Status
    cost: int | float | None = None
    lower: int | float | None = None
    model: Model | None = None
    values: NDArray[np.float64] | None = None
    stop: Stop = Stop.NONE
    seconds: float = 0.0

    @property
    def is_optimal(self) -> bool:
        """Whether the solution is proved to be cheapest."""
        return self.status is Status.OPTIMAL

    @property
    def has_solution(self) -> bool:
        """Whether there is a solution, proved optimal or not."""
        return self.cost is not None


@dataclass(frozen=True, slots=True)
class Count:
    """Answer of a model counter.

    Attributes
    ----------
    status : Status
        ``COMPLETE`` when `value` is exact, else ``BEST_SO_FAR``.
    value : int or None
        Number of models over all variables of the formula, exact.
    lower, upper : int
        Proved bounds of the number; both equal `value` when that is known.
    stop, seconds
        As in `SatAnswer`.
    estimate : int or None
        What an approximate counter says: likely near the number, proved of nothing.
    """

    status: Status
    value: int | None
    lower: int
    upper: int
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    estimate: int | None = None

    @staticmethod
    def exact(value: int, seconds: float = 0.0) -> Count:
        """Return a finished count."""
        return Count(Status.COMPLETE, value, value, value, Stop.NONE, seconds)

    @staticmethod
    def stopped(n_vars: int, stop: Stop, seconds: float = 0.0) -> Count:
        """Return a count that ended early and knows only the trivial bounds."""
        return Count(Status.BEST_SO_FAR, None, 0, 2**n_vars, stop, seconds)
