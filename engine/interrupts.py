"""Ctrl-C while a query runs: the query ends with what it has found; a second one ends it at once."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # CPython's own module has no types
import os
import signal
import time
from threading import get_ident, main_thread
from typing import ClassVar

from .budget import Deadline
from .status import Stop

AGAIN = 1.0  # seconds
_getsignal, _listen = _signal.getsignal, _signal.signal  # those of `signal` make enums: ten times as long
_BY_DEFAULT = signal.default_int_handler
_SIGINT = int(signal.SIGINT)


class Interruptible:
    """While a ``with`` block lasts, Ctrl-C halts a limit instead of raising KeyboardInterrupt.

    It does so in the main thread, where Python's own handler is in place; a block within such a block has its limit
    halted as well. A second Ctrl-C raises KeyboardInterrupt at once (at the end of the block, if it is caught within);
    also one that comes within ``AGAIN`` seconds in a later block: else a loop over quick queries could not be left.

    Parameters
    ----------
    limit : Deadline
        What is halted.
    """

    __slots__ = ("_heard", "_insisted", "_limit", "_limits", "_within")

    _main: ClassVar[int | None] = main_thread().ident
    _now: ClassVar[Interruptible | None] = None  # the outermost block
    _last: ClassVar[float] = -AGAIN  # when it was heard last

    def __init__(self, limit: Deadline) -> None:
        self._limit = limit

    def __enter__(self) -> Deadline:
        self.listen()
        return self._limit

    def listen(self) -> None:
        """Begin what the end of the block ends."""
        self._within: Interruptible | None = None
        handler = _getsignal(_SIGINT)
        if handler is _BY_DEFAULT:
            if get_ident() == Interruptible._main:
                self._limits, self._heard, self._insisted = [self._limit], False, False
                self._within = Interruptible._now = self
                _listen(_SIGINT, _hear)
        elif handler is _hear and get_ident() == Interruptible._main:
            outer = self._within = Interruptible._now
            assert outer is not None
            outer._limits.append(self._limit)
            if outer._heard:
                self._limit.halt(Stop.INTERRUPT)

    def __exit__(self, *raised: object) -> None:
        within = self._within
        if within is self:
            _listen(_SIGINT, _BY_DEFAULT)
            Interruptible._now = None
            if self._insisted and raised[0] is None:
                raise KeyboardInterrupt
        elif within is not None:
            within._limits.remove(self._limit)  # a block that listened late may be the last


def _hear(number: int, frame: object) -> None:
    """Halt what runs."""
    block, now = Interruptible._now, time.monotonic()
    again, Interruptible._last = now - Interruptible._last < AGAIN, now
    if block is None or block._heard or again:
        _listen(_SIGINT, _BY_DEFAULT)  # first, so that it is put back whatever is cut short now
        if block is not None:
            block._insisted = True
        raise KeyboardInterrupt
    block._heard = True
    for limit in tuple(block._limits):
        limit.halt(Stop.INTERRUPT)


def _after_fork() -> None:
    Interruptible._main = main_thread().ident


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
