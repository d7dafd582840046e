"""Child processes that can always be killed: own process group, no orphan, no inherited guard needed.

A worker runs ``_worker.main`` in a fresh interpreter, by way of ``_boot.py``: the caller's script is never imported
again, so it needs no ``if __name__ == "__main__"``. A worker ends with its parent, however that ends: the
kernel signals it when the parent's end of a pipe closes, also while native code holds the Python lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError
from ...engine.status import Stop

GRACE = 0.06  # seconds after the deadline for a worker that stops by itself to say what it found
LOOK = 20  # milliseconds between two looks at the limit, which may be halted meanwhile
IDLE_SECONDS = 60.0  # a worker that nobody calls for so long goes away
HEADER = struct.Struct("<Q")
_BOOT = str(Path(__file__).with_name("_boot.py"))


class WorkerStopped(Exception):  # noqa: N818 - no error: the deadline passed
    """The worker was killed because the deadline passed."""


class WorkerDied(BackendError):  # noqa: N818 - told as a backend's failure
    """The worker ended by itself: native code crashed, or memory ran out.

    Attributes
    ----------
    memory : bool
        Whether memory is the likely reason.
    """

    def __init__(self, message: str, memory: bool = False) -> None:
        super().__init__(message)
        self.memory = memory


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads its own group, with all that is left of the group, and reap it.

    The group is killed before the leader is reaped: until then its number cannot be given to anybody else.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Patience:
    """How long to wait for a worker."""

    def __init__(
        self, limit: Deadline | None = None, end: float | None = None, asked: int | None = None, polite: float = 0.0
    ) -> None:
        self._limit, self._end, self._asked, self._polite = limit, end, asked, polite
        self._interrupted: float | None = None  # since when

    def next_look(self) -> float:
        """Return how many milliseconds to wait before the next look; an interrupted worker is asked to end.

        Raises
        ------
        WorkerStopped
            If it waited long enough.
        """
        now = time.monotonic()
        if self._limit is not None and self._limit.stop is Stop.INTERRUPT:
            self._interrupted = self._interrupted or now
            if now >= self._interrupted + self._polite:
                raise WorkerStopped
            if self._asked is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(self._asked, signal.SIGINT)
        left = LOOK if self._end is None else (self._end + GRACE - now) * 1000
        if left <= 0:
            raise WorkerStopped
        return min(LOOK, left)


class Worker:
    """A process that holds one backend and answers calls, one at a time.

    Parameters
    ----------
    payload : bytes
        The pickled backend.
    memory : int, optional
        Limit of its address space in bytes.
    """

    def __init__(self, payload: bytes, memory: int | None = None) -> None:
        self.payload = payload
        self.memory = memory
        self._owner = os.getpid()
        self._last = time.monotonic()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        reader, self._lifeline = os.pipe()
        package = __package__ or "suffice.solvers"
        root = package.partition(".")[0]
        command = [
            sys.executable,
            _BOOT,
            json.dumps(sys.path),
            root,
            f"{package}._worker",
            str(reader),
            str(memory or 0),
        ]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,
                pass_fds=(reader,),
            )
        except OSError as error:
            os.close(self._lifeline)
            raise BackendError(f"cannot start a Python process for a solver: {error}") from error
        finally:
            os.close(reader)
        for stream in (self.process.stdin, self.process.stdout):
            os.set_blocking(stream.fileno(), False)  # type: ignore[union-attr]  # both are pipes
        self._send(("start", payload), _Patience())

    @property
    def usable(self) -> bool:
        """Whether the process is ours, alive, and not about to go away."""
        fresh = time.monotonic() - self._last < IDLE_SECONDS * 0.75
        return fresh and self._owner == os.getpid() and self.process.poll() is None

    def call(self, method: str, *args: Any, deadline: Deadline, polite: float = 0.0, **extra: Any) -> Any:
        """Call a method in the worker and return its result.

        Parameters
        ----------
        method : str
            An operation that ``_worker`` knows.
        *args, **extra
            Its arguments; they must pickle.
        deadline : Deadline
            The worker is told when to stop, and is killed a little later; also if it is interrupted meanwhile.
        polite : float
            Seconds that an interrupted worker has to answer by itself: it is sent SIGINT, maybe more than once.

        Raises
        ------
        WorkerStopped
            The deadline passed, or was interrupted, and the worker was killed.
        WorkerDied
            The worker ended by itself.
        SufficeError
            What the backend raised.
        """
        end = None if deadline.seconds is None else time.monotonic() + deadline.remaining
        try:
            patience = _Patience(deadline, end, self.process.pid if polite else None, polite)
            self._send((method, args, extra, end), patience)
            what, value = self._receive(patience)
        except BaseException:  # also KeyboardInterrupt: never leave the process behind
            self.kill()
            raise
        self._last = time.monotonic()
        if what == "raise":
            raise value
        return value

    def kill(self) -> None:
        """End the process at once; killing twice is harmless."""
        if self._owner != os.getpid():  # a fork of our parent has no right to it
            return
        kill_group(self.process)
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):  # a pipe with unsent bytes
                    stream.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def __del__(self) -> None:
        if hasattr(self, "process"):
            self.kill()

    def _send(self, message: Any, patience: _Patience) -> None:
        body = pickle.dumps(message, protocol=5)
        left = memoryview(HEADER.pack(len(body)) + body)
        pipe = self.process.stdin.fileno()  # type: ignore[union-attr]  # it is a pipe
        while left:
            self._wait([], [pipe], patience)
            try:
                left = left[os.write(pipe, left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death() from None

    def _receive(self, patience: _Patience) -> tuple[str, Any]:
        (size,) = HEADER.unpack(self._read(HEADER.size, patience))
        answer: tuple[str, Any] = pickle.loads(self._read(size, patience))
        return answer

    def _read(self, size: int, patience: _Patience) -> bytes:
        pipe, parts = self.process.stdout.fileno(), []  # type: ignore[union-attr]  # it is a pipe
        while size:
            self._wait([pipe], [], patience)
            try:
                part = os.read(pipe, min(size, 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise self._death()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, readers: list[int], writers: list[int], patience: _Patience) -> None:
        """Wait until a pipe is ready; poll, which unlike select has no limit of descriptors."""
        poll = select.poll()
        for pipe in readers:
            poll.register(pipe, select.POLLIN)
        for pipe in writers:
            poll.register(pipe, select.POLLOUT)
        pause = 0.0
        while not poll.poll(pause):
            pause = patience.next_look()

    def _death(self) -> WorkerDied:
        self.process.wait()
        code = self.process.returncode
        self._errors.seek(0)
        text = self._errors.read()[-2000:].decode(errors="replace").strip()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        memory = code == -signal.SIGKILL or "MemoryError" in text or "bad_alloc" in text
        return WorkerDied(f"the solver's process ended with {how}" + (f": {text}" if text else ""), memory)
