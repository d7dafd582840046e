"""Questions run in a few threads: the newest of a page wins, any can be stopped, and none waits for ever."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import SufficeError
from ...engine.status import Stop

WORKERS, WAITING = 3, 32

Say = Callable[[dict[str, Any] | None], None]


class BusyError(SufficeError):
    """More questions wait than are taken."""


class Job:
    """One question that runs, or waits.

    Parameters
    ----------
    ask : callable
        Yields the answer within a limit, step by step.
    seconds : float
        The limit, from when it begins to run.
    say : callable
        Called with each step, from the worker; with None at the end.
    """

    def __init__(self, ask: Callable[[Deadline], Iterator[dict[str, Any]]], seconds: float, say: Say) -> None:
        self._ask, self._seconds, self._say = ask, seconds, say
        self._lock = threading.Lock()
        self._limit: Deadline | None = None
        self.halted = False
        self.dropped = False

    def halt(self, *, drop: bool = False) -> None:
        """Stop it: it says what it has found till then; one that is dropped says no more."""
        with self._lock:
            self.halted, self.dropped = True, self.dropped or drop
            if self._limit is not None:
                self._limit.halt(Stop.INTERRUPT)

    def run(self) -> None:
        """Ask, and say the steps."""
        with self._lock:
            limit = self._limit = Deadline(self._seconds)
            if self.halted:
                limit.halt(Stop.INTERRUPT)
        try:
            if not self.dropped:
                for step in self._ask(limit):
                    if self.dropped:
                        break
                    self._say(step)
        except SufficeError as error:
            self._say({"step": "error", "error": str(error)})
        except Exception as error:  # whatever it is, the page is told in words, and nothing of it
            self._say({"step": "failed", "error": f"this question failed ({type(error).__name__})"})
        finally:
            self.end()

    def end(self) -> None:
        """Say that nothing more comes."""
        self._say(None)


class Work:
    """A few threads that answer."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._waiting: deque[Job] = deque()
        self._running: set[Job] = set()
        self._newest: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._closed = False
        for _ in range(workers):
            threading.Thread(target=self._loop, daemon=True, name="desk").start()

    def begin(self, whose: str, job: Job) -> None:
        """Let a question run as soon as there is a thread; the older one of the same page is dropped.

        Raises
        ------
        BusyError
            If too many wait.
        """
        with self._changed:
            before = self._newest.get(whose)
            if before is None and len(self._waiting) >= WAITING:
                raise BusyError("too many questions are waiting: ask again in a moment")
            if self._closed:
                raise BusyError("the desk is closed")
            if before is not None:
                before.halt(drop=True)
                if before in self._waiting:
                    self._waiting.remove(before)
                    before.end()
            self._newest[whose] = job
            self._waiting.append(job)
            self._changed.notify()

    def stop(self, whose: str) -> bool:
        """Stop the question of a page: what was found till then is its answer."""
        with self._changed:
            job = self._newest.get(whose)
        if job is not None:
            job.halt()
        return job is not None

    def close(self) -> None:
        """Stop all questions, and the threads after them."""
        with self._changed:
            self._closed = True
            for job in (*self._waiting, *self._running):
                job.halt(drop=True)
            for job in self._waiting:
                job.end()
            self._waiting.clear()
            self._changed.notify_all()

    def _loop(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                job = self._waiting.popleft()
                self._running.add(job)
            try:
                job.run()
            finally:
                with self._changed:
                    self._running.discard(job)
                    for whose in [name for name, one in self._newest.items() if one is job]:
                        del self._newest[whose]
