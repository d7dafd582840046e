"""What a solver backend is: its kinds, its capabilities as data, and the methods of each kind.

A backend is any object with ``name``, ``capabilities``, ``requirement`` and the one method of its kind.
It need not inherit from anything here. Importing its module must not import native code: that happens in
``open``, ``solve`` or ``count``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..engine.budget import Deadline
from ..engine.forms import Cnf, Linear, Wcnf
from ..engine.status import Status, Stop
from .results import Count, Model, Optimum, SatAnswer, Verdict

__all__ = [
    "Backend",
    "Capabilities",
    "Count",
    "CounterBackend",
    "HittingBackend",
    "HittingSession",
    "Kind",
    "Limit",
    "MaxSatBackend",
    "MipBackend",
    "Model",
    "Optimum",
    "Requirement",
    "SatAnswer",
    "SatBackend",
    "SatSession",
    "Status",
    "Stop",
    "TimeLimit",
    "Verdict",
]

Limit: TypeAlias = Deadline | float | None


class Kind(StrEnum):
    """What a backend solves."""

    SAT = "sat"
    MAXSAT = "maxsat"
    COUNTER = "counter"
    MIP = "mip"
    HITTING = "hitting"


class TimeLimit(StrEnum):
    """How well a backend keeps a time limit.

    ``KEPT``: within about a tenth of a second. ``LATE``: seconds late in bad cases. ``NONE``: not at all.
    """

    NONE = "none"
    LATE = "late"
    KEPT = "kept"

    def __bool__(self) -> bool:
        return self is TimeLimit.KEPT


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do, as data that a query can be held against.

    Attributes
    ----------
    kind : Kind
        What it solves.
    incremental : bool
        Clauses (rows, sets) may be added between two solves of a session, and its work is kept.
    assumptions : bool
        ``SatSession.solve`` takes assumptions.
    cores : bool
        ``SatAnswer.core`` is filled.
    propagate : bool
        ``SatSession.propagate`` works.
    time_limit : TimeLimit
        How well a time limit is kept.
    interrupt : bool
        Ctrl-C is answered within about a tenth of a second, also during native code.
    weights : bool
        Soft clauses or elements may have different weights (MaxSAT, hitting sets).
    continuous : bool
        Variables that are no integers are taken (linear programs).
    fractional : bool
        Coefficients that are no integers are taken (linear programs).
    bounds : bool
        A run that stops early tells a proved lower bound and the best solution found.
    exact : bool
        Results do not depend on floating-point tolerances.
    complete : bool
        Without a limit its answers are proved. False for anytime solvers, whose solutions are upper bounds, and for
        approximate counters, whose numbers are estimates: no query takes them where an exact answer is asked for.
    isolated : bool
        Native code runs in a process of its own, which can be killed.
    deterministic : bool
        Two equal calls without a time limit give equal answers.
    max_vars : int or None
        Formulas with more variables are refused.
    max_weight : int or None
        Formulas whose weights add up to more are refused (MaxSAT).
    """

    kind: Kind
    incremental: bool = False
    assumptions: bool = False
    cores: bool = False
    propagate: bool = False
    time_limit: TimeLimit = TimeLimit.NONE
    interrupt: bool = False
    weights: bool = False
    continuous: bool = False
    fractional: bool = False
    bounds: bool = False
    exact: bool = True
    complete: bool = True
    isolated: bool = False
    deterministic: bool = True
    max_vars: int | None = None
    max_weight: int | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be installed for a backend to run.

    Attributes
    ----------
    modules : tuple of str
        Python modules, looked for without importing them.
    programs : tuple of str
        Programs on the PATH, or paths of programs.
    distribution : str
        Distribution whose version is shown.
    remedy : str
        What to do when something is missing, e.g. ``pip install python-sat``.
    """

    modules: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    distribution: str = ""
    remedy: str = ""


@runtime_checkable
class Backend(Protocol):
    """What all backends share."""

    @property
    def name(self) -> str:
        """Name, unique among the backends of one kind."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    @property
    def requirement(self) -> Requirement:
        """What it needs."""
        ...


class SatSession(Protocol):
    """A formula that grows, and questions about it. Also a context manager that closes itself.

    Variables exist from their first mention (in the formula given to ``open``, a clause, an assumption);
    models list all variables up to the largest.
    """

    @property
    def n_vars(self) -> int:
        """Largest variable so far."""
        ...

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause; the empty one makes the formula unsatisfiable for good."""
        ...

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide the formula under assumptions that hold for this call only.

        Raises
        ------
        CapabilityError
            Assumptions were given and the backend takes none.
        BackendError
            The solver failed, or answered something unknown.
        """
        ...

    def propagate(self, literals: Sequence[int]) -> tuple[bool, Model]:
        """Propagate units from `literals`.

        Returns
        -------
        (bool, tuple of int)
            Whether no conflict showed up, and the literals that then hold, `literals` included. What the
            formula fixes by itself may be left out. After a conflict the tuple means nothing.
        """
        ...

    def close(self) -> None:
        """Free the solver; closing twice is harmless."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class SatBackend(Backend, Protocol):
    """A SAT solver."""

    def open(self, cnf: Cnf | None = None) -> SatSession:
        """Start a session, with the clauses of `cnf` if given."""
        ...


class MaxSatBackend(Backend, Protocol):
    """A solver of weighted partial MaxSAT."""

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones.

        Returns
        -------
        Optimum
            Its ``cost`` is the weight of the falsified soft clauses, an exact integer.
        """
        ...


class CounterBackend(Backend, Protocol):
    """A model counter."""

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models over all variables 1 … n_vars, seen or not."""
        ...


class MipBackend(Backend, Protocol):
    """A solver of linear programs with integer variables."""

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise.

        Parameters
        ----------
        linear : Linear
            The program.
        deadline : Deadline or float, optional
            Time limit.
        hint : float64[n_vars], optional
            A point to start from; it need not be feasible.

        Raises
        ------
        UnboundedError
            The program has no minimum.
        CapabilityError
            Continuous variables or fractional coefficients that the backend does not take.
        """
        ...


class HittingSession(Protocol):
    """Cheapest sets of elements that meet every given set; sets are added as they come up.

    Elements are the integers 1, 2, …, with the weights given to ``open`` (an element without one weighs 1).
    """

    def add_set(self, elements: Iterable[int]) -> None:
        """Demand that one of `elements` is chosen."""
        ...

    def add_clause(self, literals: Iterable[int]) -> None:
        """Demand a clause over "element is chosen" (e) and "element is not chosen" (-e)."""
        ...

    def minimum(self, deadline: Limit = None) -> Optimum:
        """Return the cheapest choice; its ``model`` lists the chosen elements, ascending."""
        ...

    def close(self) -> None:
        """Free the solver; closing twice is harmless."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class HittingBackend(Backend, Protocol):
    """A solver of minimum hitting sets that grow."""

    def open(self, weights: Mapping[int, int] | None = None) -> HittingSession:
        """Start a session with the weights of the elements, positive integers."""
        ...
