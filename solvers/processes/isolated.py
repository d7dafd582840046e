"""Any backend, with its native code in a process that can be killed.

Time limits and Ctrl-C then hold whatever the native code does, and a crash there is an error here. One idle worker
a backend is kept for the next call.
"""

from __future__ import annotations

import atexit
import os
import pickle
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BackendError, CapabilityError
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.status import Status, Stop
from ..protocols import Backend, Capabilities, Kind, Limit, TimeLimit
from ..results import Count, Model, Optimum, SatAnswer, Verdict
from ..sessions import SessionBase, whole_model
from .process import Worker, WorkerDied, WorkerStopped


def isolated_capabilities(capabilities: Capabilities) -> Capabilities:
    """Return what a backend can do once it runs in a process that can be killed."""
    return replace(capabilities, isolated=True, time_limit=TimeLimit.KEPT, interrupt=True)


class _Isolated:
    """What the wrappers of all kinds share."""

    def __init__(self, backend: Backend, memory: int | None = None) -> None:
        self.backend = backend
        self.name = backend.name
        self.requirement = backend.requirement
        self.capabilities = isolated_capabilities(backend.capabilities)
        self.memory = memory

    def __repr__(self) -> str:
        return f"isolate({self.backend!r})"


class IsolatedSat(_Isolated):
    """A SAT backend in a process of its own; each session has its own process."""

    def open(self, cnf: Cnf | None = None) -> IsolatedSatSession:
        """Start a session; its process starts with the first question."""
        return IsolatedSatSession(self.backend, self.memory, cnf)


class IsolatedMaxSat(_Isolated):
    """A MaxSAT backend in a process of its own."""

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Minimise, as the backend does."""
        return _minimise(self, (wcnf,), Deadline.of(deadline))


class IsolatedMip(_Isolated):
    """A backend for linear programs in a process of its own."""

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise, as the backend does."""
        return _minimise(self, (linear,), Deadline.of(deadline), hint=hint)


class IsolatedCounter(_Isolated):
    """A model counter in a process of its own."""

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count, as the backend does."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        answer, stop = _one_call(self, "count", (cnf,), limit)
        seconds = time.perf_counter() - started
        return Count.stopped(cnf.n_vars, stop, seconds) if answer is None else replace(answer, seconds=seconds)


class IsolatedSatSession(SessionBase):
    """A session whose clauses are kept here too, so that a killed process costs work and nothing else."""

    def __init__(self, backend: Backend, memory: int | None, cnf: Cnf | None = None) -> None:
        super().__init__(backend.name, cnf.n_vars if cnf is not None else 0)
        self._capabilities = backend.capabilities
        self._payload, self._memory = _payload(backend), memory
        self._clauses = [list(clause) for clause in cnf.clauses()] if cnf is not None else []
        self._worker: Worker | None = None
        self._sent = 0

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self._clauses.append(self._checked(clause))

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide the formula under assumptions."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        given = self._checked(assumptions)
        if given and not self._capabilities.assumptions:
            raise CapabilityError(f"{self._name} takes no assumptions; choose a backend with needs=['assumptions']")
        try:
            answer: SatAnswer = self._call("step", given, limit)
        except (WorkerStopped, WorkerDied) as error:
            stop = _why(error, limit)
            return SatAnswer(Verdict.UNKNOWN, stop=stop, seconds=time.perf_counter() - started)
        if answer.stop is Stop.TIME_LIMIT:
            limit.halt(Stop.TIME_LIMIT)
        model = None if answer.model is None else whole_model(answer.model, self._n_vars, given)
        return replace(answer, model=model, seconds=time.perf_counter() - started)

    def propagate(self, literals: Sequence[int]) -> tuple[bool, Model]:
        """Propagate units from `literals`."""
        given = self._checked(literals)
        if not self._capabilities.propagate:
            return super().propagate(given)
        answer: tuple[bool, Model] = self._call("propagate", given, Deadline())
        return answer

    def close(self) -> None:
        """Hand the process back, emptied, for the next session."""
        super().close()
        worker, self._worker = self._worker, None
        if worker is None or not worker.usable:
            return
        try:
            worker.call("reset", deadline=Deadline(1.0))
        except (WorkerStopped, BackendError):
            worker.kill()
        else:
            _POOL.give(worker)

    def __del__(self) -> None:
        self._drop()

    def _call(self, method: str, literals: list[int], limit: Deadline) -> Any:
        if limit.expired():
            raise WorkerStopped
        if self._worker is None or not self._worker.usable:
            self._drop()
            self._worker, self._sent = _POOL.take(self._payload, self._memory), 0
        more = Cnf.from_clauses(self._clauses[self._sent :], self._n_vars)
        try:
            answer = self._worker.call(method, more, literals, deadline=limit)
        except BaseException:
            self._drop()
            raise
        self._sent = len(self._clauses)
        return answer

    def _drop(self) -> None:
        worker = getattr(self, "_worker", None)
        self._worker = None
        if worker is not None:
            worker.kill()


_WRAPPERS: dict[Kind, type[_Isolated]] = {
    Kind.SAT: IsolatedSat,
    Kind.MAXSAT: IsolatedMaxSat,
    Kind.COUNTER: IsolatedCounter,
    Kind.MIP: IsolatedMip,
}


def isolate(backend: Backend, memory: int | None = None) -> Any:
    """Return `backend` with its native code in a process of its own.

    Parameters
    ----------
    backend : Backend
        It must pickle: its class can be imported, its attributes are plain data.
    memory : int, optional
        Limit of that process's address space in bytes.

    Raises
    ------
    CapabilityError
        The kind is hitting sets: isolate the MaxSAT backend below instead.
    """
    kind = backend.capabilities.kind
    if kind not in _WRAPPERS:
        raise CapabilityError(f"backends of kind {kind} cannot be isolated; isolate the MaxSAT backend below")
    return _WRAPPERS[kind](backend, memory)


def _payload(backend: Backend) -> bytes:
    try:
        return pickle.dumps(backend, protocol=5)
    except Exception as error:
        raise BackendError(f"backend {backend.name!r} does not pickle, so it cannot be isolated: {error}") from error


def _minimise(wrapper: _Isolated, args: tuple[Any, ...], limit: Deadline, **extra: Any) -> Optimum:
    started = time.perf_counter()
    answer, stop = _one_call(wrapper, "solve", args, limit, **extra)
    seconds = time.perf_counter() - started
    if answer is None:
        return Optimum(Status.BEST_SO_FAR, stop=stop, seconds=seconds)
    found: Optimum = replace(answer, seconds=seconds)
    return found


def _one_call(wrapper: _Isolated, method: str, args: Any, limit: Deadline, **extra: Any) -> tuple[Any, Stop]:
    """Return what the backend answers, or None and why there is no answer."""
    if limit.expired():
        return None, limit.stop
    payload = _payload(wrapper.backend)
    worker = _POOL.take(payload, wrapper.memory)
    try:
        answer = worker.call(method, *args, deadline=limit, **extra)
    except (WorkerStopped, WorkerDied) as error:
        return None, _why(error, limit)
    finally:
        _POOL.give(worker)
    if answer.stop is Stop.TIME_LIMIT:
        limit.halt(Stop.TIME_LIMIT)
    return answer, Stop.NONE


def _why(error: WorkerStopped | WorkerDied, limit: Deadline) -> Stop:
    if isinstance(error, WorkerStopped):
        limit.halt(Stop.TIME_LIMIT)
        return limit.stop
    if error.memory:
        return Stop.MEMORY
    raise error


class _Pool:
    """At most one idle worker a backend, for the next call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[tuple[bytes, int | None], Worker] = {}

    def take(self, payload: bytes, memory: int | None) -> Worker:
        with self._lock:
            worker = self._idle.pop((payload, memory), None)
        return worker if worker is not None and worker.usable else Worker(payload, memory)

    def give(self, worker: Worker) -> None:
        if not worker.usable:
            worker.kill()
            return
        with self._lock:
            other = self._idle.get((worker.payload, worker.memory))
            self._idle[worker.payload, worker.memory] = worker
        if other is not None:
            other.kill()

    def clear(self) -> None:
        with self._lock:
            workers, self._idle = list(self._idle.values()), {}
        for worker in workers:
            worker.kill()


_POOL = _Pool()
atexit.register(_POOL.clear)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_POOL.__init__)  # type: ignore[misc]  # a fork starts with no workers
