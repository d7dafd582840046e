"""The one primitive of the library, as a protocol: whether keeping S forces the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ..budget import Deadline


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of an oracle.

    Attributes
    ----------
    holds : bool or None
        Whether every input of the domain that agrees with x on S has an outcome in O; ``None``: not known in time.
    agreed : int
        If it does not hold: bit mask of all elements of U on which a counterexample agrees with x (a superset of S,
        closed).
    core : int or None
        If it holds: bit mask of a subset of S for which it holds too, where the oracle learned one.
    witness : object
        The counterexample itself, in the oracle's own form.
    """

    holds: bool | None
    agreed: int = 0
    core: int | None = None
    witness: Any = None


class Oracle(Protocol):
    """Answers ``holds(S)`` for one question (model, instance, outcomes); monotone in S."""

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer for the set of elements in the bit mask `kept`."""
        ...
