"""Runs a compiled kernel so that a time limit or Ctrl-C still stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from ..budget import Deadline
from ..status import Stop
from .compile import I32

T = TypeVar("T")


def run_watched(deadline: Deadline, function: Callable[..., T], *arguments: Any, flag: I32 | None = None) -> T:
    """Call ``function(*arguments, flag)`` in a thread, and set ``flag[0]`` when the deadline expires.

    The kernel must look at the flag often, and return what it has when it is set. Ctrl-C sets it as well and marks
    the deadline as interrupted. A `flag` that the arguments hold already is used instead, and not passed on.
    """
    own = flag is None
    flag = np.zeros(1, dtype=np.int32) if flag is None else flag
    passed = (*arguments, flag) if own else arguments
    outcome: list[T] = []
    failure: list[BaseException] = []
    done = threading.Event()  # not Thread.join: Ctrl-C during it makes CPython take a running thread for ended

    def work() -> None:
        try:
            outcome.append(function(*passed))
        except BaseException as error:  # handed over to the caller's thread
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    while not done.is_set():
        try:
            done.wait(min(0.05, deadline.remaining))
            if deadline.expired():
                flag[0] = 1
                done.wait()
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            flag[0] = 1
    if failure:
        raise failure[0]
    return outcome[0]
