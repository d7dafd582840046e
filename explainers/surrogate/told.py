"""Results about a surrogate: they never claim to be proved of the model that it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...engine.reasons import Check, NoneInTime, Reason, Reasons, ReasonStream
from ...engine.status import Status
from .fidelity import Fidelity

_CLAIMS = (Status.PROVED, Status.OPTIMAL, Status.COMPLETE, Status.INFEASIBLE)


class SurrogateReasons(Reasons):
    """Several reasons of a surrogate.

    Attributes
    ----------
    surrogate_status : Status
        What is known of the enumeration over the surrogate (``COMPLETE``: it has no other reason).
    """

    surrogate_status: Status

    @property
    def complete(self) -> bool:
        """Whether it is proved that the surrogate has no other."""
        return self.surrogate_status is Status.COMPLETE

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (tuple(self), self.surrogate_status, self.stop, self.seconds))


def _restored(items: tuple[Reason, ...], status: Status, stop: Any, seconds: float) -> SurrogateReasons:
    found = SurrogateReasons(items, _weaker(status), stop, seconds)
    found.surrogate_status = status
    return found


def told_of(answer: Any, fidelity: Fidelity) -> Any:
    """Return a result about a surrogate with a status that says so, and the fidelity."""
    if isinstance(answer, Reason):
        labels = getattr(answer, "labels", None) or None
        shares = [share for name, share in fidelity.accuracy.items() if labels is None or name in labels]
        share = min(shares) if shares else fidelity.worst
        kind = ", ".join(dict.fromkeys(fidelity.kinds[name] for name in fidelity.kinds if not labels or name in labels))
        method = f"{answer.proof.method}; of a surrogate ({kind}) that {fidelity.said_of(labels)}"
        return answer.with_proof(status=_weaker(answer.status), method=method, fidelity=share)
    if isinstance(answer, Reasons) and not isinstance(answer, NoneInTime):
        return _restored(tuple(told_of(one, fidelity) for one in answer), answer.status, answer.stop, answer.seconds)
    if isinstance(answer, ReasonStream):
        return ReasonStream((told_of(one, fidelity) for one in answer), answer.deadline)
    if isinstance(answer, Check):
        why = f"of the surrogate: {answer.why}" if answer.why else "of the surrogate"
        return replace(answer, why=why, asked=None, of_surrogate=True)
    return answer


def _weaker(status: Status) -> Status:
    return Status.OF_SURROGATE if status in _CLAIMS else status
