"""What a query says of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import shown
from ...engine.models import label_array
from ...engine.reasons import Check, NoneInTime, Reason, Reasons
from ...engine.reasons.html import card, chips, milliseconds, nothing_said, text
from ...engine.reasons.spelling import joined
from ...engine.status import Status, Stop
from .run import Answer

if TYPE_CHECKING:
    from pandas import DataFrame

A_co = TypeVar("A_co", covariant=True)  # what the query answers

FAILED, NOT_REACHED = "error", "not_reached"
_SHOWN = 5


class Ran(NamedTuple):
    """How a batch ran.

    Attributes
    ----------
    query : str
        The query.
    seconds : float
        How long all rows took together.
    stop : Stop
        Why not all rows were answered to the end, if so.
    """

    query: str
    seconds: float
    stop: Stop


class Batch(Sequence[A_co | Exception | None], Generic[A_co]):
    """The answers of a query about many rows.

    ``batch[i]`` is what the query returned for row i; where it failed, the error (it is not raised); ``None`` where the
    row was not reached in time, as well as where the query itself returns ``None``: ``row_status[i]`` tells.

    Attributes
    ----------
    query : str
        The query.
    rows : sequence of Row
        The rows, as they were given.
    predictions : ndarray, shape (m,)
        The model's label (number, labels) of each row; of objects, with ``None``, where some are not known.
    row_seconds : ndarray of float, shape (m,)
        How long each row took; NaN where it was not reached.
    row_status : tuple of str
        Of each row: how far its answer is proved (the value of a ``Status``), ``"error"`` or ``"not_reached"``.
    row_stops : tuple of Stop
        Why the question about each row stopped early, if it did.
    seconds : float
        How long all took together.
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR`` if a row failed, was cut short or was not reached.
    stop : Stop
        Why not all rows were reached, if so.
    """

    def __init__(self, rows: Sequence[Any], answers: Sequence[Answer | None], ran: Ran) -> None:
        self.query, self.seconds, self.stop = ran
        self.rows = rows
        self._answers = answers
        self.predictions = _predictions([None if one is None else one.outcome.prediction for one in answers])
        self.row_seconds = np.array([np.nan if one is None else one.seconds for one in answers], dtype=np.float64)
        self.row_status = tuple(map(_status, answers))
        self.row_stops = tuple(self.stop if one is None else one.stop for one in answers)
        ended = self.stop is Stop.NONE and not any(_is_cut(one) for one in answers)
        self.status = Status.COMPLETE if ended else Status.BEST_SO_FAR

    def __len__(self) -> int:
        return len(self._answers)

    @overload
    def __getitem__(self, index: int) -> A_co | Exception | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[A_co | Exception | None]: ...
    def __getitem__(self, index: int | slice) -> A_co | Exception | list[A_co | Exception | None] | None:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        answer = self._answers[index]
        found: A_co | Exception | None = None if answer is None else answer.outcome.value
        return found

    @property
    def errors(self) -> dict[int, Exception]:
        """The errors of the rows that failed, by the number of the row."""
        return {i: one for i, one in enumerate(self) if isinstance(one, Exception) and self.row_status[i] == FAILED}

    @property
    def not_reached(self) -> tuple[int, ...]:
        """The numbers of the rows that were not reached."""
        return tuple(i for i, status in enumerate(self.row_status) if status == NOT_REACHED)

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame: prediction, answer in words, status and seconds of each row (needs pandas)."""
        import pandas

        return pandas.DataFrame(
            {
                "prediction": list(self.predictions),
                "answer": [self._said(i) for i in range(len(self))],
                "status": list(self.row_status),
                "seconds": self.row_seconds,
            }
        )

    def __reduce__(self) -> tuple[Any, ...]:
        answers = [None if one is None else Answer(*one) for one in self._answers]
        return Batch, (list(self.rows), answers, Ran(self.query, self.seconds, self.stop))

    # -- words -------------------------------------------------------------------------------------------------

    @property
    def _head(self) -> str:
        failed, late = len(self.errors), len(self.not_reached)
        each = milliseconds(self.seconds / max(1, len(self) - late))
        parts = [f"{len(self) - failed - late} of {len(self)} rows answered in {self.seconds:.3f} s ({each} a row)"]
        parts += [f"{failed} failed"] if failed else []
        parts += [f"{late} not reached"] if late else []
        parts += [] if self.stop is Stop.NONE else [f"stopped: {self.stop}"]
        return f"{self.query}: {', '.join(parts)}"

    def _said(self, i: int) -> str:
        answer = self._answers[i]
        if answer is None:
            return "not reached"
        if answer.outcome.value is None and answer.stop is not Stop.NONE:
            return "not known in time"
        return _said(answer.outcome.value)

    def __repr__(self) -> str:
        lines = [f"{i}: {self.predictions[i]}: {self._said(i)} [{self.row_status[i]}]" for i in self._first]
        return "\n".join([self._head, *lines, *(["…"] if len(self) > _SHOWN else [])])

    @property
    def _first(self) -> range:
        return range(min(_SHOWN, len(self)))

    def _repr_html_(self) -> str:
        """Return the same as a card."""
        rows = [(str(i), f"<b>{text(str(self.predictions[i]))}</b> {self._html(i)}") for i in self._first]
        more = f"; the first {_SHOWN} are shown" if len(self) > _SHOWN else ""
        return card(self.query, rows, f"{self._head.partition(': ')[2]}{more}")

    def _html(self, i: int) -> str:
        value = self[i]
        if isinstance(value, Reason) and value.features:
            return chips(value.features, value.kind, value.own_values)
        return text(self._said(i))


def _said(value: Any) -> str:
    """Return an answer in a few words."""
    if isinstance(value, Reason):
        return joined(value.features) if value.features else nothing_said(value.kind)
    if isinstance(value, NoneInTime):
        return "none was found in time"
    if isinstance(value, Reasons):
        first = f", such as {_said(value[0])}" if value else ""
        return f"{len(value)} {'reason' if len(value) == 1 else 'reasons'}{first}"
    if isinstance(value, Check):
        return shown(value.value) + (f" ({value.why})" if value.why else "")
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {shown(str(value), 160)[1:-1]}"
    return "none" if value is None else shown(value, 160)


def _status(answer: Answer | None) -> str:
    if answer is None:
        return NOT_REACHED
    if answer.outcome.failed:
        return FAILED
    status = getattr(answer.outcome.value, "status", None)
    if not isinstance(status, Status):
        status = Status.COMPLETE if answer.stop is Stop.NONE else Status.BEST_SO_FAR
    return str(status)


def _is_cut(answer: Answer | None) -> bool:
    return answer is None or answer.outcome.failed or answer.stop is not Stop.NONE


def _predictions(labels: list[Any]) -> NDArray[Any]:
    if labels and not any(label is None for label in labels):
        return label_array(labels)
    found = np.empty(len(labels), dtype=object)
    found[:] = labels
    return found
