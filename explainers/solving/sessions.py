"""Sessions on solver backends, as the generic algorithms need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...encoders.formulas.conditions import domain_clauses
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.domain.space import Space
from ...engine.errors import MissingBackendError, TheoryError
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.oracles.marco import Clause
from ...engine.status import Status
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ...solvers.results import Optimum

DEFAULT_MAXSAT = "rc2"
DEFAULT_SAT = "minisat22"


def open_sat(name: str, cnf: Cnf, *, timed: bool = False) -> Any:
    """Open a session of a SAT backend that takes assumptions.

    With `timed`, a backend that answers a time limit late runs in a process of its own, which can be killed.
    """
    backend = get(name, Kind.SAT, needs=("assumptions", "incremental"))
    if timed and not backend.capabilities.time_limit:
        backend = get(name, Kind.SAT, needs=("assumptions", "incremental"), isolated=True)
    return backend.open(cnf)


def check_domain(space: Space) -> None:
    """Raise TheoryError if user clauses leave no input at all."""
    if space.theory is None or not space.theory.clauses:
        return
    clauses, n = domain_clauses(space)
    with get("minisat22", Kind.SAT).open(Cnf.from_clauses(clauses, n)) as session:
        if not session.solve().is_sat:
            raise TheoryError(
                f"the clauses {list(space.theory.clauses)} contradict each other or the features' types: "
                "no input is left"
            )


def covering_program(clauses: Iterable[Clause], n_variables: int, prices: Sequence[int]) -> Linear:
    """Return "clauses hold, at least cost" as a 0/1 program; the first variables have the prices."""
    rows = []
    for clause in clauses:
        signs = {abs(literal) - 1: 1.0 if literal > 0 else -1.0 for literal in clause}
        rows.append((signs, 1.0 - sum(1 for sign in signs.values() if sign < 0), np.inf))
    cost = np.zeros(n_variables)
    cost[: len(prices)] = prices
    return Linear.build(cost, rows, upper=1.0, integer=True)


def covering_wcnf(clauses: Iterable[Clause], n_variables: int, prices: Sequence[int]) -> Wcnf:
    """Return "clauses hold, at least cost" as weighted partial MaxSAT."""
    priced = [(e + 1, price) for e, price in enumerate(prices) if price > 0]
    return Wcnf.from_clauses(clauses, [(-e,) for e, _ in priced], [price for _, price in priced], n_variables)


class CoveringSession:
    """Cheapest models of growing clauses, solved anew each time by a MaxSAT or MIP backend."""

    def __init__(self, name: str | None, clauses: list[Clause], n_variables: int, prices: Sequence[int]) -> None:
        self._clauses = list(clauses)
        self._n = n_variables
        self._prices = list(prices)
        try:
            self._backend: Any = get(name or DEFAULT_MAXSAT, Kind.MAXSAT)
            self._linear = False
        except MissingBackendError as no_maxsat:
            try:
                self._backend = get(name or DEFAULT_MAXSAT, Kind.MIP)
            except MissingBackendError as no_mip:
                raise MissingBackendError(f"{no_maxsat}; {no_mip}") from None
            self._linear = True

    def add_clause(self, literals: Sequence[int]) -> None:
        """Add a hard clause."""
        self._clauses.append(tuple(literals))

    def minimum(self, deadline: Deadline | None = None) -> Optimum:
        """Return a cheapest model."""
        if any(not clause for clause in self._clauses):
            return Optimum(Status.INFEASIBLE)
        limit = Deadline.of(deadline)
        write = covering_program if self._linear else covering_wcnf
        try:
            problem = write(limit.while_time(self._clauses), self._n, self._prices)
        except OutOfTimeError:
            return Optimum(Status.BEST_SO_FAR, stop=limit.stop)
        found: Optimum = self._backend.solve(problem, limit)
        if not self._linear:
            return found
        if found.values is None:
            return found
        model = tuple(v + 1 if found.values[v] > 0.5 else -(v + 1) for v in range(self._n))
        cost = sum(price for v, price in enumerate(self._prices) if model[v] > 0)
        return Optimum(found.status, cost=cost, lower=found.lower, model=model, stop=found.stop, seconds=found.seconds)


def open_hitting(name: str | None, clauses: list[Clause], n_variables: int, prices: Sequence[int]) -> CoveringSession:
    """Open a covering session on a MaxSAT or MIP backend (``rc2`` by default)."""
    return CoveringSession(name, clauses, n_variables, prices)
