"""What all sessions share: closing; and SAT sessions: variables seen so far, checks of literals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from types import TracebackType
from typing import Self

from ..engine.errors import BackendError, BadInputError, CapabilityError
from ..engine.forms.cnf import MAX_VARS, Cnf
from .results import Model


class Closing:
    """A session that can be closed, a context manager that closes itself."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._closed = False

    def close(self) -> None:
        """Free the solver; closing twice is harmless."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise BackendError(f"this session of {self._name} is closed; open a new one")


class SessionBase(Closing):
    """Bookkeeping of a session; the solving is left to the backends."""

    def __init__(self, name: str, n_vars: int = 0) -> None:
        super().__init__(name)
        self._n_vars = n_vars

    @property
    def n_vars(self) -> int:
        """Largest variable mentioned so far."""
        return self._n_vars

    def propagate(self, literals: Sequence[int]) -> tuple[bool, Model]:
        """Refuse: backends that can propagate override this."""
        raise CapabilityError(f"{self._name} cannot propagate; choose a backend with needs=['propagate']")

    def _checked(self, literals: Iterable[int]) -> list[int]:
        """Return `literals` as a list of plain integers, and remember the largest variable."""
        self._check_open()
        try:
            checked = [index(literal) for literal in literals]
        except TypeError as error:
            raise BadInputError(f"literals: expected signed integers ({error})") from error
        if not checked:
            return checked
        if 0 in checked:
            raise BadInputError("literals: 0 is no literal; variables start at 1")
        top = max(map(abs, checked))
        if top > MAX_VARS:
            raise BadInputError(f"literals: variable {top} is beyond {MAX_VARS}")
        self._n_vars = max(top, self._n_vars)
        return checked


class ListedSession(SessionBase):
    """A formula as a list of clauses, for solvers that get all of it with each question."""

    def __init__(self, name: str, cnf: Cnf | None = None) -> None:
        super().__init__(name, cnf.n_vars if cnf is not None else 0)
        self._clauses = list(cnf.clauses()) if cnf is not None else []

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self._clauses.append(tuple(self._checked(clause)))


def whole_model(native: Sequence[int], n_vars: int, assumptions: Sequence[int] = ()) -> Model:
    """Return a model with one literal for each variable 1 … n_vars.

    Solvers leave out variables that they never saw; those get the sign of their assumption, or false.
    """
    if len(native) >= n_vars and (n_vars == 0 or abs(native[n_vars - 1]) == n_vars):
        return tuple(native[:n_vars])
    full = [-v for v in range(1, n_vars + 1)]
    for literal in (*assumptions, *native):
        v = abs(literal)
        if 1 <= v <= n_vars:
            full[v - 1] = literal
    return tuple(full)


def core_within(core: Iterable[int] | None, assumptions: Sequence[int]) -> tuple[int, ...]:
    """Return the core in the order of the assumptions; all of them if the solver's core is no subset.

    All assumptions together always are a valid core, so a solver that reports a stale one (seen with
    ergo) costs size, never correctness.
    """
    if core is None:
        return ()
    wanted = set(core)
    chosen = tuple(dict.fromkeys(literal for literal in assumptions if literal in wanted))
    return chosen if len(chosen) == len(wanted) else tuple(dict.fromkeys(assumptions))
