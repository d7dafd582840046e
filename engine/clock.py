"""Calls of the compiled core under a deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ._native import Clock
from .budget import STEPS_A_SECOND, Deadline
from .status import Stop

T = TypeVar("T")


def run(deadline: Deadline, function: Callable[..., T], *arguments: Any) -> T:
    """Return ``function(*arguments, clock)``: its loops look at the clock, and return what they have once time is up.

    Ctrl-C stops them as well, and marks the deadline as interrupted.
    """
    clock = Clock()
    return run_with(clock, deadline, function, *arguments, clock)


def run_with(clock: Clock, deadline: Deadline, function: Callable[..., T], *arguments: Any, at_least: float = 0.0) -> T:
    """Return ``function(*arguments)``, whose loops look at this clock; they have a moment even if time was up."""
    left = deadline.remaining if deadline.stop is Stop.NONE else 0.0  # also without a limit: an interrupt holds
    if deadline.steps is None:
        clock.begin(max(left, at_least))
    else:
        steps = deadline.steps.left if deadline.stop is Stop.NONE else 0
        left = deadline.remaining if deadline.stop is Stop.NODE_LIMIT else left  # a moment is counted as well
        clock.begin(max(left, at_least), max(steps, int(at_least * STEPS_A_SECOND)))
    answer = deadline.calling(clock, function, *arguments)
    if deadline.steps is not None:
        deadline.take(clock.work)
    error = clock.take_error()
    if isinstance(error, KeyboardInterrupt):
        deadline.halt(Stop.INTERRUPT)
    elif isinstance(error, BaseException):  # of another signal's handler
        raise error
    elif clock.timed_out or clock.out_of_steps:
        deadline.expired()  # remembers why
    return answer
