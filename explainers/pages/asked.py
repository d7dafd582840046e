"""What a page shows beyond an explanation, asked for when it is written: other reasons, and each condition relaxed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...engine.budget import Deadline
from ...engine.errors import SufficeError
from ...engine.reasons import Check, Reason, Reasons

if TYPE_CHECKING:
    from ..explanation import Explanation

OTHERS = 5  # further reasons of each kind


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A reason without what it says of one feature: whether the rest still forces the prediction.

    Attributes
    ----------
    check : Check or None
        Refuted with a row that is decided otherwise; ``None``: it could not be asked.
    prediction : object
        How that row is decided.
    why : str
        Why it could not be asked.
    """

    check: Check | None
    prediction: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for a page.

    Attributes
    ----------
    relaxed : tuple of Relaxed
        One for each statement of the reason, in its order.
    sufficient, contrastive : Reasons or None
        Further reasons; ``None``: they could not be asked.
    predictions : tuple
        How the changed row of each contrastive reason is decided (``None``: it has none).
    """

    relaxed: tuple[Relaxed, ...] = ()
    sufficient: Reasons | None = None
    contrastive: Reasons | None = None
    predictions: tuple[Any, ...] = ()


def asked_of(explanation: Explanation, seconds: float) -> Asked:
    """Ask what a page shows, within a limit; nothing of an explanation that was kept without its model."""
    deadline = Deadline(seconds)
    reason = explanation.sufficient
    if not explanation.has_model:
        return Asked()
    relaxed = (
        ()
        if reason is None
        else tuple(_relaxed(explanation, reason, part, deadline) for part in explanation.grouped(reason))
    )
    sufficient = _listed(explanation, "sufficient_reason", deadline, reason)
    contrastive = _listed(explanation, "contrastive_reason", deadline, reason, explanation.change_options)
    told = () if contrastive is None else tuple(map(explanation.predicted_of, contrastive.witnesses))
    return Asked(relaxed, sufficient, contrastive, told)


def _relaxed(explanation: Explanation, reason: Reason, group: tuple[Any, ...], deadline: Deadline) -> Relaxed:
    rest = [item for item in reason if item not in group]
    try:
        check = explanation.ask("is_reason", rest, over=reason.proof.over, time_limit=_left(deadline))
    except SufficeError as error:
        return Relaxed(None, why=str(error).partition("\n")[0])
    return Relaxed(check, explanation.predicted_of(check.witness))


def _listed(
    explanation: Explanation, query: str, deadline: Deadline, reason: Reason | None,
    options: Mapping[str, Any] | None = None,
) -> Reasons | None:  # fmt: skip
    over = "literals" if reason is None else reason.proof.over
    try:
        found = explanation.ask(query, **{"over": over, **(options or {}), "n": OTHERS, "time_limit": _left(deadline)})
    except SufficeError:  # a family without it, or a limit
        return None
    return found if isinstance(found, Reasons) else None


def _left(deadline: Deadline) -> float:
    return max(deadline.remaining, 0.01)
