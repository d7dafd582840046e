"""Hitting-set sessions that keep what they have learnt from one proposal to the next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ...engine.budget import Deadline
from ...engine.oracles.marco import Clause
from ...engine.status import Status, Stop
from ...solvers.backends._pysat_native import own_signals
from ...solvers.backends._rc2_core import ALIASES, Stopped, engine_class
from ...solvers.results import Optimum
from .sessions import open_hitting

DEFAULT_SOLVER = "minisat22"


class CoreSession:
    """Cheapest models of growing clauses, by one core-guided search that lives through the session.

    Parameters
    ----------
    clauses : list of clauses
        Hard clauses to begin with.
    n_variables : int
        Number of variables.
    prices : sequence of int
        Non-negative cost of each of the first variables.
    solver : str
        The SAT solver below.
    """

    def __init__(
        self, clauses: list[Clause], n_variables: int, prices: Sequence[int], solver: str = DEFAULT_SOLVER
    ) -> None:
        self._clauses = [list(clause) for clause in clauses]
        self._n = n_variables
        self._prices = {v: int(price) for v, price in enumerate(prices, start=1) if price > 0}
        self._solver = solver
        self._engine: Any = None
        self._fed = 0
        self._proved = 0  # the minimum only grows as clauses come in: a bound once proved stays
        self._false = any(not clause for clause in clauses)

    def add_clause(self, literals: Sequence[int]) -> None:
        """Add a hard clause."""
        self._clauses.append(list(literals))
        self._false = self._false or not literals

    def minimum(self, deadline: Deadline | None = None) -> Optimum:
        """Return a cheapest model of all variables."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        if self._false:
            return Optimum(Status.INFEASIBLE)
        engine = self._fed_engine()
        engine.limit = limit
        try:
            with own_signals():
                model = engine.compute()
        except BaseException as error:
            self._proved = max(self._proved, int(engine.cost))
            if not isinstance(error, Stopped):  # a stop comes between two cores: what is learnt stays sound
                self._forget()
                if not isinstance(error, KeyboardInterrupt):
                    raise
                limit.halt(Stop.INTERRUPT)
            limit.expired()
            stop = limit.stop if limit.stop is not Stop.NONE else Stop.SOLVER
            return Optimum(Status.BEST_SO_FAR, lower=self._proved, stop=stop, seconds=time.perf_counter() - started)
        if model is None:
            self._false = True
            return Optimum(Status.INFEASIBLE, seconds=time.perf_counter() - started)
        true = {literal for literal in model if literal > 0}
        chosen = tuple(v if v in true else -v for v in range(1, self._n + 1))
        cost = sum(price for v, price in self._prices.items() if v in true)
        self._proved = max(self._proved, cost)
        return Optimum(Status.OPTIMAL, cost, cost, chosen, None, Stop.NONE, time.perf_counter() - started)

    def close(self) -> None:
        """Free the native solver."""
        self._forget()

    def __del__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        engine, self._engine, self._fed = self._engine, None, 0
        if engine is not None:
            engine.delete()

    def _fed_engine(self) -> Any:
        """Return the native search with every clause of the session in it."""
        if self._engine is None:
            from pysat.formula import WCNF

            formula = WCNF()
            formula.nv = self._n  # variables of the search's own come after these
            self._engine = engine_class(False)(formula, solver=ALIASES[self._solver], trim=5)
            for v, price in self._prices.items():
                self._engine.add_clause([-v], weight=price)
        for clause in self._clauses[self._fed :]:
            self._engine.add_clause(clause)
            self._engine.size += len(clause)
        self._fed = len(self._clauses)
        return self._engine


def open_covering(name: str | None, clauses: list[Clause], n_variables: int, prices: Sequence[int]) -> Any:
    """Open a session: on a backend that solves anew each time if one is named, else on one that goes on."""
    if name is not None:
        return open_hitting(name, clauses, n_variables, prices)
    return CoreSession(clauses, n_variables, prices)
