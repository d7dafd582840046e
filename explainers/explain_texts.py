"""Explanations of many texts: each of them is explained in a form of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..engine.arrays import F64
from ..engine.budget import Deadline
from ..engine.errors import UndecidedError
from ..engine.models.around import around_of
from ..engine.reasons import Reason
from ..engine.status import Status
from .batch.intervals import Numbers, numbers_of
from .batch.reasons import BatchReasons
from .explanations import Explanations

if TYPE_CHECKING:
    from .facade import AnyExplainer
    from .session.witness import Teller


@dataclass(frozen=True, slots=True)
class TextReason:
    """A text as its form reads it, what tells it, its sufficient reason, and its outcome."""

    read: F64
    teller: Teller
    reason: Reason | None
    outcome: int
    numbers: Numbers | None


class TextExplanations(Explanations):
    """Explanations of texts, see ``Explanations``; literals of different texts are numbered each by itself."""

    def __init__(
        self, explainer: AnyExplainer, texts: list[str], found: list[TextReason], names: tuple[str, ...] | None,
        deadline: Deadline, changes: Mapping[str, Any], asked: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._found = found
        numbers = [one.numbers for one in found if one.numbers is not None]
        told = None
        if numbers:
            told = Numbers(*(np.concatenate([getattr(n, f) for n in numbers]) for f in ("predictions", "intervals")))
        listed = [() if one.reason is None else tuple(one.reason) for one in found]
        offsets = np.cumsum([0, *(max(1, len(items)) for items in listed)]).astype(np.int64)
        batch = BatchReasons(
            np.array([one.outcome for one in found], np.int32), offsets, np.zeros(int(offsets[-1]), np.int32),
            deadline.stop, names,
        )  # fmt: skip
        rows: Any = [one.read for one in found]
        super().__init__(explainer, texts, rows, batch, len(texts), deadline.elapsed, told, changes, asked)

    def reason(self, i: int) -> Reason | None:
        """Return the sufficient reason of text i (None: excluded words leave none)."""
        return self._found[i].reason

    def _teller_of(self, i: int) -> Teller:
        return self._found[i].teller


def explain_texts(
    explainer: AnyExplainer, given: Any, deadline: Deadline, excluded: list[Any], wish: Any, changes: Mapping[str, Any],
    asked: Mapping[str, Any],
) -> TextExplanations:  # fmt: skip
    """Explain texts one after the other, up to the first that was cut short."""
    session, over = cast("Any", explainer.session), str(asked["over"])
    around = around_of(session.compiled)
    assert around is not None
    texts, found = around.texts(given), list[TextReason]()
    session.kept_out = frozenset(map(str, excluded))
    for text in texts:
        if deadline.expired():
            break
        explainer.set_instance(text)
        numbers = numbers_of(session.compiled, wish, session.placed_row[None, :])
        if numbers is not None:
            session.interval = tuple(numbers.intervals[0].tolist())
            session.instance_changed()
        try:
            reason: Any = explainer.sufficient_reason(over=over, time_limit=deadline)  # type: ignore[call-overload]
        except UndecidedError:
            if deadline.expired():
                break
            reason = None  # a tie within rounding, of this text alone
        if reason is not None and reason.proof.status is not Status.PROVED:
            break
        answers: Any = explainer.answers
        outcome = 0 if numbers is not None else answers.row_number(answers.row_outcome())
        found.append(TextReason(session.placed_row, session.around, reason, outcome, numbers))
    names = () if over == "features" else None
    return TextExplanations(explainer, texts, found, names, deadline, changes, asked)
