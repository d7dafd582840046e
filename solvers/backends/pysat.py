"""The SAT solvers of python-sat, in this process."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError, MissingBackendError
from ...engine.forms import Cnf
from ...engine.status import Stop
from ..protocols import Capabilities, Kind, Limit, TimeLimit
from ..results import Model, SatAnswer, Verdict
from ..sessions import SessionBase, core_within, whole_model
from ._pysat_native import REQUIREMENT, TRAITS, Traits, new_solver, own_signals, run

# native status of solve_limited -> ours
_VERDICTS = {True: Verdict.SAT, False: Verdict.UNSAT, None: Verdict.UNKNOWN}


class PysatBackend:
    """One SAT solver of python-sat by its name there.

    Parameters
    ----------
    name : str
        A key of ``TRAITS``.
    """

    def __init__(self, name: str) -> None:
        if name not in TRAITS:
            raise MissingBackendError(f"python-sat solver {name!r} is unknown here; known: {', '.join(TRAITS)}")
        self.name = name
        self.traits = TRAITS[name]
        self.requirement = REQUIREMENT
        kept = self.traits.limited and (self.traits.holds_lock or self.traits.answers_interrupt)
        late = TimeLimit.LATE if self.traits.limited else TimeLimit.NONE
        self.capabilities = Capabilities(
            Kind.SAT,
            incremental=not self.traits.rebuild,
            assumptions=self.traits.assumptions,
            cores=self.traits.assumptions,
            propagate=self.traits.propagate,
            time_limit=TimeLimit.KEPT if kept else late,
            interrupt=kept,
        )

    def open(self, cnf: Cnf | None = None) -> PysatSession:
        """Start a session in this process."""
        return PysatSession(self.name, self.traits, cnf)

    def __repr__(self) -> str:
        return f"PysatBackend({self.name!r})"


class PysatSession(SessionBase):
    """A formula inside one python-sat solver."""

    def __init__(self, name: str, traits: Traits, cnf: Cnf | None = None) -> None:
        super().__init__(name, cnf.n_vars if cnf is not None else 0)
        self._traits = traits
        self._size = 0
        self._false = False
        self._log: list[list[int]] = []
        self._native: Any = None if traits.rebuild else new_solver(name)
        for clause in cnf.clauses() if cnf is not None else ():
            self._insert(list(clause))

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self._insert(self._checked(clause))

    def _insert(self, clause: list[int]) -> None:
        self._size += len(clause)
        if not clause:
            self._false = True
        elif self._traits.rebuild:
            self._log.append(clause)
        else:
            self._native.add_clause(clause)

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide the formula under assumptions."""
        limit = Deadline.of(deadline)
        started = time.perf_counter()
        given = self._checked(assumptions)
        if given and not self._traits.assumptions:
            raise CapabilityError(f"{self._name} takes no assumptions; choose a backend with needs=['assumptions']")
        if self._false:
            return SatAnswer(Verdict.UNSAT, core=() if self._traits.assumptions else None)
        if not self._size and not given:  # some native solvers crash on an empty formula
            return SatAnswer(Verdict.SAT, whole_model((), self._n_vars))
        if limit.expired():
            return SatAnswer(Verdict.UNKNOWN, stop=limit.stop)
        if self._traits.rebuild:
            self._rebuild()
        verdict = self._verdict(run(self._native, self._traits, self._size, given, limit))
        return self._answer(verdict, given, limit, time.perf_counter() - started)

    def propagate(self, literals: Sequence[int]) -> tuple[bool, Model]:
        """Propagate units from `literals`."""
        given = self._checked(literals)
        if not self._traits.propagate:
            return super().propagate(given)
        if self._false:
            return False, ()
        with own_signals():
            fine, implied = self._native.propagate(given)
        return (True, tuple(dict.fromkeys((*given, *implied)))) if fine else (False, ())

    def close(self) -> None:
        """Free the native solver."""
        super().close()
        native, self._native = self._native, None
        if native is not None:
            native.delete()

    def _rebuild(self) -> None:
        if self._native is not None:
            self._native.delete()
        self._native = new_solver(self._name)
        for clause in self._log:
            self._native.add_clause(clause)

    def _verdict(self, native: bool | None) -> Verdict:
        if native not in _VERDICTS:
            raise BackendError(f"{self._name} returned the unknown status {native!r}")
        return _VERDICTS[native]

    def _answer(self, verdict: Verdict, given: list[int], limit: Deadline, seconds: float) -> SatAnswer:
        if verdict is Verdict.SAT:
            model = whole_model(self._native.get_model() or [], self._n_vars, given)
            return SatAnswer(verdict, model, seconds=seconds)
        if verdict is Verdict.UNSAT:
            core = core_within(self._native.get_core(), given) if self._traits.assumptions else None
            return SatAnswer(verdict, core=core, seconds=seconds)
        limit.expired()
        return SatAnswer(verdict, stop=Stop.SOLVER if limit.stop is Stop.NONE else limit.stop, seconds=seconds)
