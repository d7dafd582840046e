"""Sufficient reasons of many rows in flat arrays: found by the queries themselves, and told when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import UndecidedError
from ...engine.models import CompiledTree
from ...engine.reasons import Proof, Reason
from ...engine.status import Status
from .reasons import BatchReasons
from .run import Answer, Outcome, Rows


class FlatReasons(Sequence["Reason | None"]):
    """The reasons of ``explain_rows``.

    Parameters
    ----------
    session : Session
        That of the explainer which found them.
    batch : BatchReasons
        The reasons.
    seconds : float
        What they took together.
    tell : callable
        Tells a row as it was given, by its number.
    """

    def __init__(self, session: Any, batch: BatchReasons, seconds: float, tell: Callable[[int], Row]) -> None:
        self.batch, self._tell = batch, tell
        tree = isinstance(session.compiled, CompiledTree)
        self.each = seconds / max(1, len(batch))
        self._proof = Proof(
            "sufficient", method="deletion over the leaves" if tree else "branch and bound", seconds=self.each,
            over="literals" if batch.names is None else "features",
        )  # fmt: skip
        self._say = session.words.say if batch.names is None else session.words.say_names

    def __len__(self) -> int:
        return len(self.batch)

    @overload
    def __getitem__(self, index: int) -> Reason | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[Reason | None]: ...
    def __getitem__(self, index: int | slice) -> Reason | list[Reason | None] | None:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        place = range(len(self))[index]
        items = self.batch.row(place)
        return None if items is None else Reason(items, self._proof, self._say, None, partial(self._tell, place))


class _Sufficient:
    """A room in which one sufficient reason is asked of rows that were read already."""

    def __init__(self, session: Any, rows: F64, per_feature: bool, intervals: F64 | None) -> None:
        self._answers: Any = session.beside()
        self._rows, self._per_feature, self._intervals = rows, per_feature, intervals

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        answers, session = self._answers, self._answers.session
        try:
            if self._intervals is not None:
                session.interval = (float(self._intervals[i, 0]), float(self._intervals[i, 1]))
            session.place_read(self._rows[i])
            if session.compiled.tied(session.here.truth, session.interval):  # nothing forces it
                return Outcome(None, answers.row_outcome())
            return Outcome(answers.one_sufficient(self._per_feature, limit, None), answers.row_outcome())
        except Exception as error:
            return Outcome(error, failed=True)

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def found_row_by_row(
    session: Any, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
    intervals: F64 | None,
) -> BatchReasons:  # fmt: skip
    """Return one sufficient reason for each row by the queries themselves, up to the first that was cut short."""
    room = partial(_Sufficient, session, rows, per_feature, intervals)
    answers = Rows(room, deadline).run(len(rows), n_jobs, progress)
    names = names_of(session, per_feature)
    number: dict[str, int] = {name: i + 1 for i, name in enumerate(names or ())}
    outcome: list[int] = []
    offsets = [0]
    literals: list[int] = []
    for answer in answers:
        reason = _proved(answer, deadline)
        if answer is None or isinstance(reason, _Cut):
            break
        outcome.append(session.answers.row_number(answer.outcome.prediction) if intervals is None else 0)
        literals.extend((0,) if reason is None else (number[i] for i in reason) if per_feature else reason)
        offsets.append(len(literals))
    if len(outcome) < len(rows):
        deadline.expired()
    return BatchReasons(
        np.array(outcome, np.int32), np.array(offsets, np.int64), np.array(literals, np.int32), deadline.stop, names
    )


class _Cut:
    """Stands for a reason that was cut short: it is left out rather than told as one."""


def _proved(answer: Answer | None, deadline: Deadline) -> Reason | _Cut | None:
    """Return the reason of a row; an error that is not of the time is raised."""
    if answer is None:
        return _Cut()
    value = answer.outcome.value
    if answer.outcome.failed:
        if isinstance(value, UndecidedError) and deadline.expired():
            return _Cut()
        raise value
    reason: Reason | None = value
    return reason if reason is None or reason.proof.status is Status.PROVED else _Cut()


def names_of(session: Any, per_feature: bool) -> tuple[str, ...] | None:
    """Return the names that reasons over features are told by; None over literals."""
    return tuple(f.name for f in session.features) if per_feature else None
