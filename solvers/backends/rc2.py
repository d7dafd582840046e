"""MaxSAT and growing hitting sets by core-guided search: RC2 of python-sat.

RC2 finishes the core at hand before it looks at an interrupt, and it throws away what it knows. Here every
native call obeys the deadline, each model on the way is kept as an upper bound, and the cores so far
give a proved lower bound. The cost is computed from the model, and must agree with RC2's own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError
from ...engine.forms import Wcnf
from ...engine.status import Status, Stop
from ..hitting_sessions import HittingBase
from ..protocols import Capabilities, Kind, Limit, Model, TimeLimit
from ..results import Optimum
from ..sessions import whole_model
from ._pysat_native import REQUIREMENT, own_signals
from ._rc2_core import ALIASES, Stopped, engine_class


def _capabilities(kind: Kind, solver: str) -> Capabilities:
    kept = solver != "glucose4"  # glucose answers an interrupt up to seconds late
    return Capabilities(
        kind,
        incremental=kind is Kind.HITTING,
        time_limit=TimeLimit.KEPT if kept else TimeLimit.LATE,
        interrupt=kept,
        weights=True,
        bounds=True,
    )


class Rc2MaxSat:
    """Weighted partial MaxSAT by RC2.

    Parameters
    ----------
    solver : str
        The SAT solver below: "minisat22" (default; stops at once), "glucose4", "cadical153" or "cadical195".
    """

    name = "rc2"
    requirement = REQUIREMENT

    def __init__(self, solver: str = "minisat22") -> None:
        self.solver = _known(solver)
        self.capabilities = _capabilities(Kind.MAXSAT, solver)

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find a model of the hard clauses that falsifies the least weight of soft ones."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        search = _Search(wcnf, self.solver, limit)
        try:
            status = search.run()
        finally:
            search.close()
        best, cost = search.best, search.cost
        lower = search.lower if status is not Status.INFEASIBLE else None
        if status is Status.OPTIMAL:
            lower = cost
        stop = _stop(limit) if status is Status.BEST_SO_FAR else Stop.NONE
        return Optimum(status, cost, lower, best, None, stop, time.perf_counter() - started)


class _Search:
    """One run of RC2 on one formula."""

    def __init__(self, wcnf: Wcnf, solver: str, limit: Deadline) -> None:
        self.wcnf, self.limit = wcnf, limit
        self.best: Model | None = None
        self.cost: int | None = None
        stratified = len(set(wcnf.weights.tolist())) > 1
        formula, self.constant = _native_formula(wcnf)
        self.impossible = any(not clause for clause in wcnf.hard.clauses())
        self.engine = engine_class(stratified)(formula, solver=ALIASES[solver], adapt=True, exhaust=True, minz=True)
        self.engine.limit, self.engine.on_model = limit, self._seen
        self.engine.size = len(wcnf.hard.literals) + len(wcnf.soft.literals)

    @property
    def lower(self) -> int:
        """Cost that the cores so far prove."""
        return int(self.engine.cost) + self.constant

    def run(self) -> Status:
        """Search; best model and cost are kept in the attributes."""
        if self.impossible:
            return Status.INFEASIBLE
        try:
            if not self.engine._call_oracle([]):  # a first model: an upper bound for whoever stops early
                return Status.INFEASIBLE
            with own_signals():
                model = self.engine.compute()
        except Stopped:
            return Status.BEST_SO_FAR
        if model is None:
            raise BackendError("rc2 called a formula infeasible that has a model")
        self._seen(model)
        if self.cost != self.lower:
            raise BackendError(f"rc2 claims the optimum {self.lower}, but its best model costs {self.cost}")
        return Status.OPTIMAL

    def close(self) -> None:
        """Free the native solver."""
        self.engine.delete()

    def _seen(self, native: list[int]) -> None:
        model = whole_model(native, self.wcnf.n_vars)
        cost = self.wcnf.cost(model)
        if self.cost is None or cost < self.cost:
            self.best, self.cost = model, cost


class Rc2Hitting:
    """Minimum hitting sets that grow, by one RC2 that lives through the whole session.

    Parameters
    ----------
    solver : str
        As in `Rc2MaxSat`.
    """

    name = "rc2"
    requirement = REQUIREMENT

    def __init__(self, solver: str = "minisat22") -> None:
        self.solver = _known(solver)
        self.capabilities = _capabilities(Kind.HITTING, solver)

    def open(self, weights: Mapping[int, int] | None = None) -> Rc2HittingSession:
        """Start a session."""
        return Rc2HittingSession(self.solver, weights)


class Rc2HittingSession(HittingBase):
    """A growing hitting-set problem inside one RC2; rebuilt only after a deadline tore the search."""

    def __init__(self, solver: str, weights: Mapping[int, int] | None = None) -> None:
        super().__init__("rc2", weights)
        self._solver = solver
        self._engine: Any = None
        self._fed = 0
        self._soft: set[int] = set()
        self._proved = 0  # the minimum only grows as sets come in: a bound once proved stays

    def minimum(self, deadline: Limit = None) -> Optimum:
        """Return the cheapest choice of elements."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        self._check_open()
        if self._false:
            return Optimum(Status.INFEASIBLE, seconds=time.perf_counter() - started)
        engine = self._fed_engine()
        engine.limit = limit
        try:
            with own_signals():
                model = engine.compute()
        except BaseException as error:
            self._proved = max(self._proved, self._drop())
            if not isinstance(error, Stopped):
                raise
            best, cost = self.greedy()
            seconds = time.perf_counter() - started
            return Optimum(Status.BEST_SO_FAR, cost, self._proved, best, None, _stop(limit), seconds)
        seconds = time.perf_counter() - started
        if model is None:
            self._false = True
            return Optimum(Status.INFEASIBLE, seconds=seconds)
        chosen = tuple(sorted(e for e in model if e > 0 and e in self._soft))
        cost = self.price(chosen)
        if cost != engine.cost:
            raise BackendError(f"rc2 claims the minimum {engine.cost}, but its choice costs {cost}")
        return Optimum(Status.OPTIMAL, cost, cost, chosen, None, Stop.NONE, seconds)

    def close(self) -> None:
        """Free the native solver."""
        super().close()
        self._drop()

    def _drop(self) -> int:
        """Forget the native search, and return the cost that its cores had proved."""
        engine, self._engine, self._fed, self._soft = self._engine, None, 0, set()
        if engine is None:
            return 0
        proved = int(engine.cost)
        engine.delete()
        return proved

    def _fed_engine(self) -> Any:
        """Return the native search with every clause of the session in it."""
        if self._engine is None:
            from pysat.formula import WCNF

            self._engine = engine_class(False)(WCNF(), solver=ALIASES[self._solver], trim=5)
        for clause in self._clauses[self._fed :]:
            for element in dict.fromkeys(map(abs, clause)):
                if element not in self._soft:
                    self._soft.add(element)
                    self._engine.add_clause([-element], weight=self.weight(element))
            self._engine.add_clause(clause)
            self._engine.size += len(clause)
        self._fed = len(self._clauses)
        return self._engine


def _known(solver: str) -> str:
    if solver not in ALIASES:
        raise MissingBackendError(f"rc2 over {solver!r}: expected one of {', '.join(ALIASES)}")
    return solver


def _stop(limit: Deadline) -> Stop:
    limit.expired()
    return limit.stop if limit.stop is not Stop.NONE else Stop.SOLVER


def _native_formula(wcnf: Wcnf) -> tuple[Any, int]:
    """Return python-sat's form, and the weight of the empty soft clauses, which it cannot hold."""
    engine_class(False)  # says how to install python-sat if it is missing
    from pysat.formula import WCNF

    formula, constant = WCNF(), 0
    for clause in wcnf.hard.clauses():
        if clause:
            formula.append(list(clause))
    for clause, weight in zip(wcnf.soft.clauses(), wcnf.weights.tolist(), strict=True):
        if clause:
            formula.append(list(clause), weight=weight)
        else:
            constant += weight
    formula.nv = max(formula.nv, wcnf.n_vars)
    return formula, constant
