"""Native calls in a helper thread, so that the clock and Ctrl-C reach them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..engine.budget import Deadline

Result = TypeVar("Result")


class _Call(Generic[Result]):
    """One call and what came of it."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self.work = work
        self.results: list[Result] = []
        self.errors: list[Exception] = []

    def __call__(self) -> None:
        try:
            self.results.append(self.work())
        except Exception as error:  # told in the calling thread
            self.errors.append(error)


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
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    try:
        thread.join(None if limit.seconds is None else limit.remaining)
    finally:
        if thread.is_alive():
            stop()
            thread.join()
    if call.errors:
        raise call.errors[0]
    return call.results[0]
