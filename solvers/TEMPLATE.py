"""A backend to copy: a small SAT solver with all that a backend needs. docs/add-a-solver.md tells the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from suffice.engine.budget import Deadline
from suffice.engine.forms import Cnf
from suffice.solvers.protocols import Capabilities, Kind, Requirement, TimeLimit
from suffice.solvers.results import SatAnswer, Verdict
from suffice.solvers.sessions import SessionBase, whole_model

Clauses = list[set[int]]


class DpllBackend:
    """The three attributes and the one method that a SAT backend has."""

    name = "dpll"
    requirement = Requirement(remedy="it comes with this file")  # modules=("mysolver",): what has to be installed
    capabilities = Capabilities(Kind.SAT, incremental=True, assumptions=True, time_limit=TimeLimit.KEPT, interrupt=True)

    def open(self, cnf: Cnf | None = None) -> DpllSession:
        """Start a session; native code is imported here, not at the top."""
        return DpllSession(cnf)


class DpllSession(SessionBase):
    """SessionBase counts variables, checks literals, and makes the session a context manager."""

    def __init__(self, cnf: Cnf | None = None) -> None:
        super().__init__("dpll", cnf.n_vars if cnf is not None else 0)
        self.clauses: Clauses = [set(clause) for clause in cnf.clauses()] if cnf is not None else []

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self.clauses.append(set(self._checked(clause)))

    def solve(self, assumptions: Sequence[int] = (), deadline: float | Deadline | None = None) -> SatAnswer:
        """Decide the formula; a limit that strikes is an answer, UNKNOWN, and no error."""
        limit = Deadline.of(deadline)  # takes seconds, a Deadline, or None
        given = self._checked(assumptions)
        stack: list[tuple[Clauses, tuple[int, ...]]] = [(self.clauses + [{literal} for literal in given], ())]
        while stack:
            clauses, trail = propagated(*stack.pop(), limit)
            if limit.expired():
                return SatAnswer(Verdict.UNKNOWN, stop=limit.stop, seconds=limit.elapsed)
            if clauses is None:
                continue
            if not clauses:
                model = whole_model(sorted(trail, key=abs), self.n_vars, given)
                return SatAnswer(Verdict.SAT, model, seconds=limit.elapsed)
            shortest = min(clauses, key=len)
            literal = min(shortest)
            stack += [([*clauses, {-literal}], trail), ([*clauses, {literal}], trail)]
        return SatAnswer(Verdict.UNSAT, seconds=limit.elapsed)


def propagated(clauses: Clauses, trail: tuple[int, ...], limit: Deadline) -> tuple[Clauses | None, tuple[int, ...]]:
    """Return what is left of the clauses after unit propagation (None: a conflict), and the trail."""
    while not limit.expired():  # every loop that may take long looks at the clock
        if any(not clause for clause in clauses):
            return None, trail
        units = {literal for clause in clauses if len(clause) == 1 for literal in clause}
        if not units:
            return clauses, trail
        if any(-literal in units for literal in units):
            return None, trail
        clauses = [clause - {-u for u in units} for clause in clauses if not clause & units]
        trail = (*trail, *units)
    return clauses, trail
