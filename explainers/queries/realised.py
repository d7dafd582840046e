"""Changes of texts whose columns are free of each other: told are those that a text was found for.

Where n-grams are counted, or made of letters, a compiled form allows counts that no text has. What it proves for all of
them holds for all texts; a change is told only with a text that has it, of which the model's own ``predict`` has said
that it is one. Others are left out, and the result is then no longer complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...engine.budget import Deadline
from ...engine.models.around import around_of
from ...engine.reasons import Answered, NoneInTime, Reason, Reasons
from ...engine.status import Status, Stop

if TYPE_CHECKING:
    from ..session.session import Session

_TRIES = 60  # changes that are looked at, at most


def is_free(session: Session[Any]) -> bool:
    """Tell whether the domain of a session allows rows that no text has."""
    around = around_of(session.compiled)
    return around is not None and around.free and session.theory_on


def with_texts(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Yield the changes that a text was found for."""
    return (reason for reason in reasons if reason.witness is not None)


def first_with_texts(reasons: Iterable[Reason], n: int | None, deadline: Deadline) -> Answered:
    """Return the first change that a text was found for, the first n, or all."""
    found: list[Reason] = []
    status, stop = Status.COMPLETE, Stop.NONE
    for tried, reason in enumerate(reasons, 1):
        if reason.witness is not None:
            found.append(reason)
        else:
            status, stop = Status.BEST_SO_FAR, Stop.NODE_LIMIT
        if n is not None and len(found) == n:
            status, stop = Status.PROVED, Stop.NONE
            break
        if tried == _TRIES or deadline.expired():
            status, stop = Status.BEST_SO_FAR, Stop.NODE_LIMIT
            break
    if deadline.stop is not Stop.NONE:
        status, stop = Status.BEST_SO_FAR, deadline.stop
    if n != 1:
        return Reasons(found, status, stop, deadline.elapsed)
    if found:
        return found[0]
    return None if status is Status.COMPLETE else NoneInTime([], status, stop, deadline.elapsed)
