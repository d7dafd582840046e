"""Model counters of other packages, each in a process of its own: none of them can be stopped from outside.

``tididi`` (tididi-cnf, Apache-2.0) and ``d4`` (d4solver, told as MIT) count exactly by their own account. ``ganak``
(pyganak, MIT) compares hashes of components: its number is right but for a collision, which is no proof, so it is told
as an estimate. ``approxmc`` (pyapproxmc, MIT) estimates: within a factor of 1.8 in four of five runs by its authors'
theorem. An estimate is never a bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError
from ...engine.forms import Cnf
from ...engine.status import Status, Stop
from ..protocols import Capabilities, Kind, Limit, Requirement
from ..results import Count
from ._counting import Reduced, reduced
from ._loading import loaded

SEED = 1
EPSILON, DELTA = 0.8, 0.2  # approxmc: within a factor of 1 + EPSILON but for a chance of DELTA


@dataclass(frozen=True, slots=True)
class Native:
    """A counter: what it needs, and how it counts the models of clauses in which each variable occurs."""

    requirement: Requirement
    run: Callable[[Any, Reduced, Deadline], int]
    complete: bool = True


def _ganak(module: Any, formula: Reduced, limit: Deadline) -> int:
    counter = module.Counter(verbose=0, seed=SEED)
    counter.new_vars(formula.n_vars)
    counter.add_clauses(formula.clauses)
    return int(counter.count())


def _tididi(module: Any, formula: Reduced, limit: Deadline) -> int:
    return int(module.count(formula.clauses, mode="mc", num_vars=formula.n_vars).count)


def _d4(module: Any, formula: Reduced, limit: Deadline) -> int:
    return int(module.Solver(formula.clauses, formula.n_vars).count().getResult())


def _approxmc(module: Any, formula: Reduced, limit: Deadline) -> int:
    counter = module.Counter(seed=SEED, epsilon=EPSILON, delta=DELTA)
    for clause in formula.clauses:
        counter.add_clause(clause)
    cells, hashes = counter.count(list(range(1, formula.n_vars + 1)))
    return int(cells) << int(hashes)


def _needs(module: str, distribution: str, remedy: str) -> Requirement:
    return Requirement(modules=(module,), distribution=distribution, remedy=remedy)


NATIVES: dict[str, Native] = {
    "ganak": Native(_needs("pyganak", "pyganak", 'pip install "pyganak>=2.8"'), _ganak, complete=False),
    "tididi": Native(_needs("tididi_cnf", "tididi-cnf", 'pip install "tididi-cnf>=0.1.2"'), _tididi),
    "d4": Native(_needs("py_d4", "d4solver", 'pip install "d4solver>=1.0"'), _d4),
    "approxmc": Native(_needs("pyapproxmc", "pyapproxmc", 'pip install "pyapproxmc>=4.4"'), _approxmc, complete=False),
}


class NativeCounter:
    """A counter by its name in `NATIVES`, in this process.

    Parameters
    ----------
    name : str
        A key of `NATIVES`.
    """

    def __init__(self, name: str) -> None:
        if name not in NATIVES:
            raise MissingBackendError(f"counter {name!r} is unknown here; known: {', '.join(NATIVES)}")
        self.name = name
        self.requirement = NATIVES[name].requirement
        complete = NATIVES[name].complete
        self.capabilities = Capabilities(Kind.COUNTER, exact=complete, complete=complete)

    def __repr__(self) -> str:
        return f"NativeCounter({self.name!r})"

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models over all variables; an approximate counter gives an estimate and trivial bounds.

        Raises
        ------
        BackendError
            The counter failed, or names a number that cannot be.
        """
        limit, started = Deadline.of(deadline), time.perf_counter()
        if limit.expired():
            return Count.stopped(cnf.n_vars, limit.stop)
        native = NATIVES[self.name]
        formula = reduced(cnf)
        if formula is None:
            return Count.exact(0, time.perf_counter() - started)
        if not formula.n_vars:
            return Count.exact(1 << formula.free, time.perf_counter() - started)
        value = formula.lifted(self._native(native, formula, limit), self.name)
        seconds = time.perf_counter() - started
        if native.complete:
            return Count.exact(value, seconds)
        return Count(Status.BEST_SO_FAR, None, 0, 1 << cnf.n_vars, Stop.SOLVER, seconds, value)

    def _native(self, native: Native, formula: Reduced, limit: Deadline) -> int:
        try:
            (module,) = loaded(*native.requirement.modules)
        except ImportError as error:
            raise MissingBackendError(f"{self.name} cannot be loaded: {native.requirement.remedy} ({error})") from error
        try:
            return native.run(module, formula, limit)
        except (RuntimeError, ValueError, TypeError, module_error(module)) as error:
            raise BackendError(f"{self.name} failed: {error}") from error


def module_error(module: Any) -> type[Exception]:
    """Return the class of errors that a package calls its own, if it has one."""
    found = getattr(module, "Error", None)
    return found if isinstance(found, type) and issubclass(found, Exception) else BackendError
