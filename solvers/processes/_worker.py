"""The other end of `process.Worker`: reads calls from standard input, answers on standard output."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from io import RawIOBase
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, SufficeError
from .process import HEADER, IDLE_SECONDS


def main(lifeline: int, memory: int) -> None:
    """Serve until standard input closes.

    Parameters
    ----------
    lifeline : int
        Descriptor of a pipe whose other end only the parent holds.
    memory : int
        Limit of the address space in bytes; 0 for none.
    """
    _die_with_parent(lifeline)
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # native code prints what it likes to descriptor 1: keep the channel on another one
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb", buffering=0)  # a buffer would hide waiting calls from select
    _, payload = _read(source)
    try:
        service: _Service | None = _Service(pickle.loads(payload))
        trouble = None
    except Exception as error:
        service, trouble = None, BackendError(f"a backend cannot be rebuilt in its process: {error}")
    while True:
        ready, _, _ = select.select([source], [], [], IDLE_SECONDS)
        if not ready:
            return
        method, args, extra, end = _read(source)
        answer = ("raise", trouble) if service is None else _answer(service, method, args, extra, end)
        body = pickle.dumps(answer, protocol=5)
        out.write(HEADER.pack(len(body)) + body)
        out.flush()


class _Service:
    """One backend, and the session that it opened if it opens sessions."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.session: Any = None

    def solve(self, *args: Any, **extra: Any) -> Any:
        return self.backend.solve(*args, **extra)

    def count(self, *args: Any, **extra: Any) -> Any:
        return self.backend.count(*args, **extra)

    def step(self, clauses: Any, assumptions: list[int], deadline: Deadline) -> Any:
        self._grow(clauses)
        return self.session.solve(assumptions, deadline=deadline)

    def propagate(self, clauses: Any, literals: list[int], deadline: Deadline) -> Any:
        self._grow(clauses)
        return self.session.propagate(literals)

    def reset(self, deadline: Deadline) -> None:
        session, self.session = self.session, None
        if session is not None:
            session.close()

    def _grow(self, clauses: Any) -> None:
        if self.session is None:
            self.session = self.backend.open()
        for clause in clauses.clauses():
            self.session.add(clause)


def _answer(service: _Service, method: str, args: Any, extra: Any, end: float | None) -> tuple[str, Any]:
    limit = Deadline(None if end is None else max(1e-6, end - time.monotonic()))
    try:
        return "ok", getattr(service, method)(*args, **extra, deadline=limit)
    except SufficeError as error:
        return "raise", error
    except MemoryError:
        raise
    except Exception as error:
        text = "".join(traceback.format_exception(error))[-2000:]
        return "raise", BackendError(f"the backend raised {type(error).__name__}: {error}\n{text}")


def _read(source: RawIOBase) -> Any:
    return pickle.loads(_exactly(source, HEADER.unpack(_exactly(source, HEADER.size))[0]))


def _exactly(source: RawIOBase, size: int) -> bytes:
    parts = []
    while size:
        part = source.read(min(size, 1 << 20))
        if not part:
            sys.exit(0)  # the parent closed the pipe
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _die_with_parent(lifeline: int) -> None:
    """Ask the kernel for a deadly signal when the parent's end of the pipe closes."""
    with contextlib.suppress(OSError, AttributeError):  # a system without it: the end of input ends us later
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
        ready, _, _ = select.select([lifeline], [], [], 0)
        if ready:  # closed before we asked
            sys.exit(0)
