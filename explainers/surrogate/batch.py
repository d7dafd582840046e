"""A query about many rows of a function, each by surrogates of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.given import given_row
from ...encoders.columns.row_kind import kind_of
from ...encoders.columns.rows import plain_rows
from ...encoders.columns.told import Row
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import truth_of
from ...engine.interrupts import Interruptible
from ..batch.asking import question_of
from ..batch.batch import Batch, Ran
from ..batch.rooms import Question
from ..batch.rows import Told, items_of_rows
from ..batch.run import Outcome, Rows
from ..words.arguments import threads_of

if TYPE_CHECKING:
    from .explainer import SurrogateExplainer


class _Surrogates:
    """Makes surrogates for rows, and asks them."""

    def __init__(self, like: SurrogateExplainer, items: list[Any], question: Question) -> None:
        self._like, self._items, self._question = like, items, question
        self._own: Any = None

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        prediction = None
        try:
            own = type(self._like)(instance=self._items[i], **self._like.made_with)
            prediction = own.target_prediction
            return Outcome(self._question.ask(own, limit), prediction)
        except Exception as error:
            return Outcome(error.with_traceback(None), prediction, failed=True)

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def ask_surrogates(
    like: SurrogateExplainer, given: Any, query: str, options: Mapping[str, Any], n_jobs: Any, time_limit: Any,
    progress: Any,
) -> Batch[Any]:  # fmt: skip
    """Ask a query about rows, see ``SurrogateExplainer.batch``."""
    deadline, n_jobs, progress = Deadline.of(time_limit), threads_of(n_jobs), truth_of(progress, "progress")
    with Interruptible(deadline):
        question = question_of(like.explainer, query, options)
        items = _rows(plain_rows(given))
        answers = Rows(lambda: _Surrogates(like, items, question), deadline).run(len(items), n_jobs, progress)
        if any(one is None for one in answers):
            deadline.expired()
        names = like.feature_names
        return Batch(
            Told(len(items), lambda i: _told(items[i], names)), answers, Ran(query, deadline.elapsed, deadline.stop)
        )


def _rows(given: Any) -> list[Any]:
    """Return rows one by one, each as it was given."""
    items = items_of_rows(given, one_by_one=True)
    if items is not None:
        return items
    if hasattr(given, "iloc"):
        return [given.iloc[[i]] for i in range(len(given))]
    if len(getattr(given, "shape", ())) != 2:
        raise BadInputError(f"X={shown(given)}: expected rows, as the data of the surrogate has them")
    return [given[i : i + 1] for i in range(given.shape[0])]


def _told(item: Any, names: tuple[str, ...]) -> Any:
    kind = kind_of(item, names)
    return Row(names, given_row(item, 0, kind, names, None, np.zeros(len(names))).values, kind)
