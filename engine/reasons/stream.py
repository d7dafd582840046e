"""Reasons one after the other, while they are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from ..budget import Deadline
from ..errors import UndecidedError
from ..interrupts import Interruptible
from ..status import Status, Stop
from .reasons import Reason, Reasons


@dataclass(slots=True)
class ReasonStream:
    """A lazy enumeration: iterate, or take some; `status` tells how far it has come.

    The time limit runs from the call that made it.
    """

    source: Iterator[Reason]
    deadline: Deadline
    status: Status = Status.BEST_SO_FAR
    found: int = 0
    _ended: bool = field(default=False, repr=False)

    kind: ClassVar[str] = "stream"

    def __iter__(self) -> Iterator[Reason]:
        return self

    def __next__(self) -> Reason:
        if self._ended:
            raise StopIteration
        try:
            reason = next(self.source)
        except StopIteration:
            self._ended = True
            if self.deadline.stop is Stop.NONE:
                self.status = Status.COMPLETE
            raise
        except KeyboardInterrupt:
            self._ended = True
            self.deadline.halt(Stop.INTERRUPT)
            raise StopIteration from None
        except UndecidedError:
            self._ended = True
            if self.deadline.expired():
                raise StopIteration from None
            raise
        self.found += 1
        return reason

    @property
    def stop(self) -> Stop:
        """Why it stopped early, if it did."""
        return self.deadline.stop

    def take(self, n: int | None) -> Reasons:
        """Return the next n reasons (all that are left for ``None``)."""
        taken: list[Reason] = []
        with Interruptible(self.deadline):
            while n is None or len(taken) < n:
                try:
                    taken.append(next(self))
                except StopIteration:
                    break
            status = self.status
            if n is not None and len(taken) == n and status is not Status.COMPLETE:
                status = Status.PROVED
            return Reasons(taken, status, self.deadline.stop, self.deadline.elapsed)
