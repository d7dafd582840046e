"""Native calls in a helper thread, so that the clock and Ctrl-C reach them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ...engine.budget import Deadline

Result = TypeVar("Result")

_LOOK = 0.02  # seconds between two looks at the limit, which may be halted meanwhile


class _Call(Generic[Result]):
    """One call and what came of it.

    The end is told by an event and not by ``Thread.join``: when Ctrl-C comes while CPython 3.11 joins, it
    takes the running thread for ended (gh-90882), and native code would lose its memory under its feet.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self.work = work
        self.lock = threading.Lock()
        self.running = False
        self.cancelled = False
        self.done = threading.Event()
        self.results: list[Result] = []
        self.errors: list[Exception] = []

    def __call__(self) -> None:
        with self.lock:
            if self.cancelled:
                return
            self.running = True
        try:
            self.results.append(self.work())
        except Exception as error:  # told in the calling thread
            self.errors.append(error)
        finally:
            self.done.set()

    def cancel(self, stop: Callable[[], None]) -> None:
        """Make sure that the work does not run, or no more."""
        with self.lock:
            self.cancelled = True
        if self.running:
            self.wait_patiently(stop)

    def ended_within(self, limit: Deadline) -> bool:
        """Wait for the end while there is time, and tell whether it came."""
        while not self.done.wait(min(_LOOK, limit.remaining)):
            if limit.expired():
                return False
        return True

    def wait_patiently(self, stop: Callable[[], None]) -> bool:
        """Ask for the end and wait for it whatever comes; tell whether Ctrl-C came meanwhile.

        It is asked for again and again, since native code that begins just now may forget about it.

        Native code still runs: leaving it alone with memory that somebody frees would crash the process.
        """
        interrupted = False
        while not self.done.is_set():
            try:
                stop()
                self.done.wait(_LOOK)
            except KeyboardInterrupt:
                interrupted = True
        return interrupted


def run_stoppable(work: Callable[[], Result], stop: Callable[[], None], limit: Deadline) -> Result:
    """Run `work` in a helper thread; call `stop` when `limit` passes or Ctrl-C comes.

    Parameters
    ----------
    work : callable
        The native call; it must release the interpreter lock and return soon after `stop`.
    stop : callable
        Asks the native code to return.
    limit : Deadline
        When to ask.

    Returns
    -------
    Result
        What `work` returned. Errors of `work` are raised here. Whatever happens, native code is at rest
        afterwards.
    """
    call = _Call(work)
    try:
        threading.Thread(target=call, daemon=True).start()
        finished = call.ended_within(limit)
    except BaseException:  # KeyboardInterrupt above all
        call.cancel(stop)
        raise
    if not finished and call.wait_patiently(stop):
        raise KeyboardInterrupt
    if call.errors:
        raise call.errors[0]
    return call.results[0]
