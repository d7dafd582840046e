"""Runs a loop of the core so that a time limit or Ctrl-C stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ._native import Clock
from .budget import Deadline
from .status import Stop

T = TypeVar("T")


def run(deadline: Deadline, function: Callable[..., T], *arguments: Any) -> T:
    """Return ``function(*arguments, clock)``, where the clock stops its loops once the deadline expires.

    What stopped them is told to the deadline, Ctrl-C as well; then the result is what the function had so far. Other
    exceptions that signals raise meanwhile are raised.
    """
    clock = Clock()
    clock.begin(0.0 if deadline.expired() else deadline.remaining)
    result = deadline.calling(clock, function, *arguments, clock)
    if clock.halted:
        error = clock.take_error()
        if isinstance(error, KeyboardInterrupt):
            deadline.halt(Stop.INTERRUPT)
        elif isinstance(error, BaseException):
            raise error
        else:
            deadline.halt(Stop.TIME_LIMIT)
    return result
