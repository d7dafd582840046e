"""What all questions about a whole model share: their model, their time, and the verdict that comes of a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.interrupts import Interruptible
from ...engine.status import Stop
from .given import Place
from .hunt import DOUBT, Found
from .subject import Subject
from .verdict import Verdict, Witness

_NEAR_TIE = "only inputs so near to a tie that rounding decides may refute it; nothing can be proved of them"


@contextmanager
def within(time_limit: float | None) -> Iterator[Deadline]:
    """Give a question its time: Ctrl-C ends it as its limit does."""
    with Interruptible(Deadline(time_limit)) as deadline:
        yield deadline


@dataclass(frozen=True, slots=True)
class Told:
    """How a question tells its answers.

    Attributes
    ----------
    subject : Subject
        The model.
    statement : str
        What is asked, in words.
    proved, refuted : str
        The grounds of both answers.
    """

    subject: Subject
    statement: str
    proved: str
    refuted: str

    def verdict(
        self, found: Found, deadline: Deadline, shown: Callable[[Found], tuple[Witness, ...]], n_boxes: int = 1
    ) -> Verdict:
        """Return the verdict of a search for an input that refutes the statement."""
        if found.code == FOUND:
            return self.made(False, self.refuted, deadline, shown(found))
        if found.code == NONE:
            return self.made(True, self.proved, deadline)
        if found.code == DOUBT:
            return self.made(None, _NEAR_TIE, deadline)
        return self.open(deadline, {"parts": n_boxes, "parts proved": found.box} if n_boxes > 1 else {})

    def open(self, deadline: Deadline, bounds: Mapping[str, float]) -> Verdict:
        """Return that the search ended before it knew."""
        why = deadline.told if deadline.stop is not Stop.NONE else "the search gave up"
        return self.made(None, why, deadline, bounds=bounds)

    def made(
        self, value: bool | None, why: str, deadline: Deadline, witnesses: tuple[Witness, ...] = (),
        bounds: Mapping[str, float] | None = None,
    ) -> Verdict:  # fmt: skip
        """Return a verdict."""
        stop = deadline.stop if value is None else Stop.NONE
        about = self.subject.about
        statement = f"{self.statement} ({about})" if about else self.statement
        surrogate = self.subject.of_surrogate
        if surrogate:
            statement = f"of the surrogate: {statement}"
        return Verdict(value, statement, why, witnesses, stop, deadline.elapsed, dict(bounds or {}), surrogate)


def if_said(place: Place, then: str, always: str = "always ") -> str:
    """Return a conditional in words."""
    return f"if {' and '.join(place.said)}, then {then}" if place.said else f"{always}{then}"
