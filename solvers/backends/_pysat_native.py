"""How the native solvers of python-sat are run: their traits, the clock and Ctrl-C.

Three things are done differently from plain python-sat. Calls never install its own signal handler,
which jumps out of native code and leaves Ctrl-C blocked. Solvers that release the interpreter lock run
in a helper thread once a call proves long, so that the clock and Ctrl-C are obeyed; CaDiCaL keeps the
lock and is run in slices of conflicts. Slices depend on the size of the formula only, never on the clock, so that
equal calls give equal answers.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from ...engine.budget import Deadline
from ...engine.errors import MissingBackendError
from ..processes._stoppable import run_stoppable
from ..protocols import Requirement

REQUIREMENT = Requirement(
    modules=("pysat", "pysolvers"), distribution="python-sat", remedy='pip install "python-sat>=1.8.dev20,<2"'
)

_SLICE = 2000  # conflicts: 15 to 50 ms on formulas of up to _SLICE_SIZE literals
_SLICE_SIZE = 100_000
_INLINE_SIZE = 50_000  # literals; a first slice on larger formulas has fewer conflicts
_LARGEST_INLINE = 20 * _INLINE_SIZE


@dataclass(frozen=True, slots=True)
class Traits:
    """How one native solver behaves, as measured.

    ``answers_interrupt``: it returns soon after its interrupt flag is set. ``holds_lock``: the Python lock is
    kept during native code. ``rebuild``: aborts on a second call or on clauses after a call, so each call gets a
    fresh solver. ``isolated``: offered in a process of its own only.
    """

    answers_interrupt: bool = True
    holds_lock: bool = False
    limited: bool = True
    assumptions: bool = True
    propagate: bool = True
    rebuild: bool = False
    isolated: bool = False
    note: str = "opt-in: less tested here"


_LATE = "opt-in; answers an interrupt up to seconds late"
TRAITS: dict[str, Traits] = {
    "minisat22": Traits(note=""),
    "glucose4": Traits(answers_interrupt=False, note=""),
    "cadical153": Traits(holds_lock=True, note=""),
    "cadical195": Traits(holds_lock=True, note=""),
    "cadical300": Traits(holds_lock=True),
    "ergo": Traits(note="opt-in; cores that are no subset of the assumptions are replaced by all of them"),
    "gluecard3": Traits(answers_interrupt=False, note=_LATE),
    "gluecard4": Traits(answers_interrupt=False, note=_LATE),
    "glucose3": Traits(answers_interrupt=False, note=_LATE),
    "glucose42": Traits(answers_interrupt=False, note=_LATE),
    "maplechrono": Traits(),
    "maplecm": Traits(answers_interrupt=False, note=_LATE),
    "maplesat": Traits(),
    "mergesat3": Traits(),
    "minicard": Traits(),
    "minisatep": Traits(),
    "cadical103": Traits(
        holds_lock=True, limited=False, propagate=False, isolated=True, note="opt-in; cannot be stopped in-process"
    ),
    "lingeling": Traits(
        holds_lock=True,
        limited=False,
        propagate=False,
        rebuild=True,
        isolated=True,
        note="opt-in; aborts the process when clauses come after a call",
    ),
    "kissat404": Traits(
        holds_lock=True,
        limited=False,
        propagate=False,
        assumptions=False,
        rebuild=True,
        isolated=True,
        note="opt-in; ignores assumptions and aborts the process on a second call",
    ),
}

EXCLUDED: dict[str, str] = {
    "minisatgh": "excluded: not built into the current python-sat",
    "cryptominisat": "excluded here: needs pycryptosat; use the external program cryptominisat5",
}


def new_solver(name: str) -> Any:
    """Return an empty native solver.

    Raises
    ------
    MissingBackendError
        python-sat is not installed.
    """
    return pysat_part("solvers", name).Solver(name=name)


def pysat_part(module: str, name: str) -> Any:
    """Return a module of python-sat that a backend `name` needs.

    Raises
    ------
    MissingBackendError
        python-sat is not installed.
    """
    try:
        return import_module(f"pysat.{module}")
    except ImportError as error:
        raise MissingBackendError(f"{name} needs python-sat: {REQUIREMENT.remedy} ({error})") from error


def run(native: Any, traits: Traits, size: int, assumptions: list[int], limit: Deadline) -> bool | None:
    """Solve under assumptions until done or until `limit`.

    Parameters
    ----------
    native : pysat.solvers.Solver
        The solver with its clauses.
    traits : Traits
        How it behaves.
    size : int
        Number of literals in it, roughly.
    assumptions : list of int
        Literals that hold for this call.
    limit : Deadline
        When to stop.

    Returns
    -------
    bool or None
        The native answer; None when it was stopped.
    """
    if not traits.limited:
        with own_signals():
            return native.solve(assumptions=assumptions)  # type: ignore[no-any-return]
    if traits.holds_lock:
        return _in_slices(native, size, assumptions, limit)
    if size <= _LARGEST_INLINE:
        native.conf_budget(_SLICE * _INLINE_SIZE // max(_INLINE_SIZE, size))
        answer = native.solve_limited(assumptions=assumptions, expect_interrupt=True)
        native.conf_budget(-1)
        if answer is not None or limit.expired():
            return answer  # type: ignore[no-any-return]
    return _in_thread(native, assumptions, limit)


def run_briefly(native: Any, traits: Traits, conflicts: int, assumptions: list[int]) -> bool | None:
    """Solve under assumptions, giving up (None) after so many conflicts."""
    native.conf_budget(conflicts)  # CaDiCaL forgets it after each call
    if traits.holds_lock:
        with own_signals():
            return native.solve_limited(assumptions=assumptions)  # type: ignore[no-any-return]
    return native.solve_limited(assumptions=assumptions, expect_interrupt=True)  # type: ignore[no-any-return]


def _in_slices(native: Any, size: int, assumptions: list[int], limit: Deadline) -> bool | None:
    conflicts = max(100, _SLICE * _SLICE_SIZE // max(_SLICE_SIZE, size))
    largest = conflicts if limit.seconds is not None else 10 * conflicts  # cutting costs up to a fifth of the time
    while not limit.expired():
        native.conf_budget(conflicts)
        with own_signals():
            answer: bool | None = native.solve_limited(assumptions=assumptions)
        if answer is not None:
            return answer
        conflicts = min(largest, conflicts + conflicts // 4)
    return None


def _in_thread(native: Any, assumptions: list[int], limit: Deadline) -> bool | None:
    def work() -> bool | None:
        return native.solve_limited(assumptions=assumptions, expect_interrupt=True)  # type: ignore[no-any-return]

    try:
        return run_stoppable(work, native.interrupt, limit)
    finally:
        native.clear_interrupt()


@contextmanager
def own_signals() -> Iterator[None]:
    """Keep python-sat from installing its signal handler for a while.

    Its handler leaves native code by a long jump, which tears the solver's state and keeps SIGINT
    blocked afterwards. It is installed where ``MainThread.check`` says so; other threads that look at it
    meanwhile are not harmed, they go without the handler as well.
    """
    from pysat import card, solvers

    with _Quiet.lock:
        _Quiet.depth += 1
        if _Quiet.depth == 1:
            _Quiet.kept = solvers.MainThread
            solvers.MainThread = card.MainThread = _Quiet
    try:
        yield
    finally:
        with _Quiet.lock:
            _Quiet.depth -= 1
            if _Quiet.depth == 0:
                solvers.MainThread = card.MainThread = _Quiet.kept


class _Quiet:
    """Stands in for python-sat's ``MainThread``."""

    lock: ClassVar = threading.Lock()
    depth: ClassVar[int] = 0
    kept: ClassVar[Any] = None

    @staticmethod
    def check() -> bool:
        return False


def _unlock() -> None:
    """Forget a lock that another thread held while the process was copied."""
    _Quiet.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)
