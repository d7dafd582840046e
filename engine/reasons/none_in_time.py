"""What a query for one reason answers: the reason, ``None`` where there is none, or that time was up before."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from ..budget import Deadline
from ..status import Status
from .reasons import Reason, Reasons


class NoneInTime(Reasons):
    """No reasons, as time was up before there was one (`stop` tells why).

    It is false, as is ``None``, which says that there is none.
    """

    @classmethod
    def of(cls, deadline: Deadline) -> NoneInTime:
        """Return the answer of a query that its deadline ended."""
        return cls([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)

    def __bool__(self) -> Literal[False]:
        return False

    def __reduce__(self) -> tuple[Any, ...]:
        return (NoneInTime, ((), self.status, self.stop, self.seconds))


Answered: TypeAlias = Reason | Reasons | None  # one, several or all reasons
