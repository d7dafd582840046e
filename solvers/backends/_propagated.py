"""CaDiCaL with an external propagator, by the interface of python-sat: what clauses do not say is said as it searches.

A propagator follows the assignment and gives clauses that hold; it must reject every complete assignment that is not
meant, with a clause. Everything is Python within native code: slow, and a check of what is native.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from ...engine.budget import Deadline
from ...engine.errors import BackendError
from ...engine.forms import Cnf
from ...engine.status import Stop
from ..protocols import Limit
from ..results import SatAnswer, Verdict
from ..sessions import SessionBase, core_within, whole_model
from ._pysat_native import new_solver, own_signals

SOLVER = "cadical195"
_SLICE = 30  # conflicts between two looks at the clock
T = TypeVar("T")


class Watching(Protocol):
    """What follows an assignment: it is told each literal that becomes true, and what is taken back."""

    def assigned(self, literal: int, level: int) -> None:
        """Take note of a literal that is true from this level on; level 0 is for good."""
        ...

    def back_to(self, level: int) -> None:
        """Forget what is true above a level."""
        ...

    def refused(self) -> list[int] | None:
        """Return a clause that holds and that the assignment falsifies, or None."""
        ...

    def refused_model(self, model: Sequence[int]) -> list[int] | None:
        """Return a clause that holds and that a complete assignment falsifies, or None if it is meant."""
        ...


class PropagatedSession(SessionBase):
    """A formula in CaDiCaL, with one propagator for as long as it lives.

    Parameters
    ----------
    cnf : Cnf
        The clauses.
    watching : Watching
        The propagator.
    observed : iterable of int
        Variables that it is told about; they occur in `cnf` or not.
    """

    def __init__(self, cnf: Cnf, watching: Watching, observed: Iterable[int]) -> None:
        super().__init__(SOLVER, cnf.n_vars)
        self._native = new_solver(SOLVER)
        self._bridge = _Bridge(watching)
        variables = sorted(set(observed))
        for clause in cnf.clauses():
            self._native.add_clause(list(clause))
        for variable in variables:
            self._native.add_clause([variable, -variable])  # so that the solver knows it
        self._native.connect_propagator(self._bridge)
        for variable in variables:
            self._native.observe(variable)

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self._native.add_clause(self._checked(clause))

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide formula and propagator under assumptions that hold for this call only.

        Raises
        ------
        BackendError
            The propagator failed: what it raised is the cause.
        """
        limit, started = Deadline.of(deadline), time.perf_counter()
        given = self._checked(assumptions)
        answer = self._search(given, limit)
        error = self._bridge.error
        if isinstance(error, Exception):
            raise BackendError(f"a propagator failed: {error!r}") from error
        if error is not None:  # a second Ctrl-C
            raise error
        seconds = time.perf_counter() - started
        if answer is None:
            limit.expired()
            stop = Stop.SOLVER if limit.stop is Stop.NONE else limit.stop
            return SatAnswer(Verdict.UNKNOWN, stop=stop, seconds=seconds)
        if answer:
            return SatAnswer(
                Verdict.SAT, whole_model(self._native.get_model() or [], self._n_vars, given), seconds=seconds
            )
        return SatAnswer(Verdict.UNSAT, core=core_within(self._native.get_core(), given), seconds=seconds)

    def close(self) -> None:
        """Free the native solver."""
        super().close()
        native, self._native = self._native, None
        if native is not None:
            native.disconnect_propagator()
            native.delete()

    def _search(self, given: list[int], limit: Deadline) -> bool | None:
        bridge = self._bridge
        bridge.limit, bridge.blind = limit, False
        while not limit.expired():
            self._native.conf_budget(_SLICE)
            with own_signals():
                answer: bool | None = self._native.solve_limited(assumptions=given)
            if bridge.blind and answer:
                return None  # nobody looked at the model
            if answer is not None or bridge.error is not None:
                return answer
        return None


class _Bridge:
    """Python-sat's side: levels, and clauses when they are asked for.

    Native code above cannot take an error, and looks at no clock: with an error, which is kept, or once time is up, the
    bridge is blind. It refuses nothing more, so that the search soon ends with a model that does not count.
    """

    is_lazy = False

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._level = 0
        self._clause: list[int] | None = None
        self.limit = Deadline()
        self.blind = False
        self.error: BaseException | None = None

    def on_assignment(self, lit: int, fixed: bool = False) -> None:
        """Pass an assignment on."""
        self._ask(lambda: self._watching.assigned(lit, 0 if fixed else self._level))

    def on_new_level(self) -> None:
        """Count a decision."""
        self._level += 1

    def on_backtrack(self, to: int) -> None:
        """Pass a step back on."""
        self._level, self._clause = to, None
        self._ask(lambda: self._watching.back_to(to))

    def check_model(self, model: Sequence[int]) -> bool:
        """Tell whether a complete assignment is meant."""
        self._clause = None if self._closed() else self._ask(lambda: self._watching.refused_model(model))
        return self._clause is None

    def decide(self) -> int:
        """Leave decisions to the solver."""
        return 0

    def propagate(self) -> list[int]:
        """Imply nothing: what is refused is told as a clause."""
        return []

    def provide_reason(self, lit: int) -> list[int]:
        """Never asked: nothing is implied."""
        return []

    def has_clause(self) -> bool:
        """Tell whether there is a clause to add."""
        if self._clause is None and not self._closed():
            self._clause = self._ask(self._watching.refused)
        return self._clause is not None

    def add_clause(self) -> list[int]:
        """Hand the clause over."""
        clause, self._clause = self._clause, None
        return clause or []

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except BaseException as error:
            self.error, self.blind = error, True
            return None

    def _closed(self) -> bool:
        """Tell whether nothing is refused any more."""
        self.blind = self.blind or self.limit.stop is not Stop.NONE or not self.limit.remaining
        return self.blind
