"""One deadline object that every loop and every backend obeys."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from .errors import BadInputError, UndecidedError, shown
from .given import is_number
from .status import Stop

T = TypeVar("T")

STEPS_A_SECOND = 10_000_000  # about, of the core
_GRACE = 0.05  # seconds
_PYTHON_STEP = 10  # of the core, which one look from Python stands for
_FOREVER = 1e8  # seconds, three years
_PARTS = threading.Lock()


class OutOfTimeError(Exception):
    """Time is up in the middle of a step that has nothing to show yet; the caller says what it has."""


@dataclass(slots=True, eq=False)
class Steps:
    """Work of the core that is left, counted and not timed, so the same on every machine: a step is about 100 ns.

    Attributes
    ----------
    left : int
        How many steps.
    whole : Steps or None
        What they are a part of.
    """

    left: int
    whole: Steps | None = None

    def take(self, steps: int) -> None:
        """Count work that was done."""
        self.left -= steps
        if self.whole is not None:
            self.whole.take(steps)


class Stoppable(Protocol):
    """A clock of the core."""

    def stop(self) -> None:
        """Make all loops that look at it stop."""


class Listener(Protocol):
    """What hears Ctrl-C for a query."""

    def listen(self) -> None:
        """Begin to hear it."""


@dataclass(slots=True, init=False, eq=False)
class Deadline:
    """A wall-clock limit that is shared by all steps of one query.

    Parameters
    ----------
    seconds : float or None
        Time allowed from now on; ``None`` means no limit.

    Attributes
    ----------
    first_look : Listener or None
        Told when work first looks at the limit.
    steps : Steps or None
        How much work is left, shared with parts; ``None`` means no limit.
    """

    seconds: float | None = None
    started: float = field(default_factory=time.perf_counter)
    stop: Stop = Stop.NONE
    _clocks: list[Stoppable] = field(default_factory=list, repr=False)  # of calls that run
    _parts: list[Deadline] | None = field(default=None, repr=False)
    first_look: Listener | None = field(default=None, repr=False)
    steps: Steps | None = None

    def __init__(self, seconds: float | None = None, started: float | None = None) -> None:
        self.seconds = seconds
        self.started = time.perf_counter() if started is None else started
        self.stop = Stop.NONE
        self._clocks = []
        self._parts = self.first_look = self.steps = None
        if seconds is not None:
            self.__post_init__()

    def __post_init__(self) -> None:
        value = self.seconds
        if value is None or (type(value) is float and 0 < value < _FOREVER):
            return
        if not is_number(value):
            raise BadInputError(f"time_limit={shown(value)}: expected seconds as a number, or None for no limit")
        try:
            seconds = float(value)
        except OverflowError:
            raise BadInputError(f"time_limit={shown(value)}: expected seconds as a number that a float holds") from None
        if math.isnan(seconds):
            raise BadInputError(f"time_limit={value!r}: expected seconds as a number, or None for no limit")
        if seconds <= 0:
            raise BadInputError(f"time_limit={value!r}: expected a positive number of seconds, or None for no limit")
        self.seconds = seconds if seconds < _FOREVER else None  # timers of threads and solvers take no such numbers

    @staticmethod
    def of(limit: Deadline | float | None) -> Deadline:
        """Return `limit` itself if it is a deadline, else a new one that starts now."""
        return limit if isinstance(limit, Deadline) else Deadline(limit)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left, never negative; ``inf`` without a limit."""
        if self.seconds is None:
            return math.inf
        return max(0.0, self.seconds - self.elapsed)

    @property
    def told(self) -> str:
        """The limit that stopped a query, in words."""
        if self.stop is Stop.TIME_LIMIT and self.seconds is not None:
            return f"time_limit={self.seconds:g} was up after {self.elapsed:.2f} s: give it more time"
        if self.stop is Stop.NODE_LIMIT:
            return "its steps were used up: give it more"
        return f"it was stopped ({self.stop}) after {self.elapsed:.2f} s"

    def with_grace(self) -> Deadline:
        """Return a limit for one question without which nothing can be said: what is left, but at least a moment."""
        moment = int(_GRACE * STEPS_A_SECOND)
        if self.stop is Stop.NONE and self.remaining > _GRACE and (self.steps is None or self.steps.left > moment):
            return self
        if self.steps is None:
            return Deadline(_GRACE)
        counted = Deadline()
        counted.steps = Steps(moment)
        return counted

    def undecided(self, what: str) -> UndecidedError:
        """Return the error that says what is not known, as time was up."""
        why = self.told if self.expired() else "the search gave up"
        return UndecidedError(f"{why}; it is not known {what}")

    def expired(self) -> bool:
        """Tell whether work has to stop, and remember why."""
        if self.first_look is not None:
            self._looked()
        if self.stop is not Stop.NONE:
            return True
        if self.seconds is not None and self.elapsed >= self.seconds:
            self.stop = Stop.TIME_LIMIT
            return True
        if self.steps is not None:
            self.take(_PYTHON_STEP)
        return self.stop is not Stop.NONE

    def take(self, steps: int) -> None:
        """Count work that was done; once none is left, all has to stop."""
        assert self.steps is not None
        self.steps.take(steps)
        if self.steps.left <= 0 and self.stop is Stop.NONE:
            self.stop = Stop.NODE_LIMIT

    def while_time(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items (each some work of milliseconds at most) while there is time.

        Raises
        ------
        OutOfTimeError
            Once there is none.
        """
        for item in items:
            if self.expired():
                raise OutOfTimeError
            yield item

    def halt(self, why: Stop) -> None:
        """Make all loops that share this deadline stop (an interrupt, memory, …)."""
        if self.stop is Stop.NONE:
            self.stop = why
        for clock in self._clocks.copy():
            clock.stop()
        if why is Stop.INTERRUPT and self._parts is not None:  # other limits are each part's own
            for part in self._parts.copy():
                part.halt(why)

    def part(self, seconds: float | None) -> Deadline:
        """Return a limit of its own for a step; an interrupt of this one is one of the part."""
        one = Deadline(None if seconds is None else max(seconds, 1e-6))
        one.steps = self.steps
        if self.first_look is not None:
            self._looked()
        with _PARTS:
            if self._parts is None:
                self._parts = []
            self._parts.append(one)
        if self.stop is Stop.INTERRUPT:  # it came before the part was there
            one.halt(self.stop)
        return one

    def share(self, share: float) -> Deadline:
        """Return a part that has a share of what is left, in time and in steps."""
        one = self.part(None if math.isinf(self.remaining) else self.remaining * share)
        if self.steps is not None:
            one.steps = Steps(int(self.steps.left * share), self.steps)
        return one

    def again(self, least: float) -> Deadline:
        """Return a part for looking once more: as long as all took so far, or so many seconds, within what is left.

        Where steps are counted they stand for the seconds. There is always a moment.
        """
        if self.steps is None:
            return self.part(min(max(least, self.elapsed), max(self.remaining, _GRACE)))
        one = self.part(max(self.remaining, _GRACE) if self.seconds is not None else None)
        left = max(self.steps.left, int(_GRACE * STEPS_A_SECOND))
        one.steps = Steps(min(int(least * STEPS_A_SECOND), left), self.steps)
        return one

    def end(self, part: Deadline) -> None:
        """Forget a part, of which there are many."""
        if self._parts is not None:
            self._parts.remove(part)

    def _looked(self) -> None:
        look, self.first_look = self.first_look, None
        if look is not None:
            look.listen()

    def calling(self, clock: Stoppable, function: Callable[..., T], *arguments: object) -> T:
        """Return ``function(*arguments)``, which ends soon after ``clock.stop``; ``halt`` stops it."""
        if self.first_look is not None:
            self._looked()
        self._clocks.append(clock)
        if self.stop is Stop.INTERRUPT:  # it came before the clock was there
            clock.stop()
        try:
            return function(*arguments)
        finally:
            self._clocks.remove(clock)
