"""One sufficient reason for each of many rows of a forest, on several threads (the core releases the lock)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import situate
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.status import Stop
from ..batch.flat import names_of
from ..batch.reasons import BatchReasons

if TYPE_CHECKING:
    from .core import ForestCore

RowReason = tuple[int, tuple[int, ...]]  # class index, literals or numbers of features from 1 ((0,): there is none)


class RowWorker:
    """Explains rows one after another in room that is used again; not to be shared by threads."""

    def __init__(self, answers: ForestCore, per_feature: bool) -> None:
        self._answers = answers
        self._per_feature = per_feature
        self._rooms: dict[Any, EnsembleQuestion] = {}
        self._banned: Bools = answers.attributes_of(answers.session.excluded)

    def __call__(self, row: F64, interval: F64 | None, deadline: Deadline) -> RowReason | None:
        """Return the reason of a row; None if time was up before it was proved minimal."""
        answers, compiled = self._answers, self._answers.session.compiled
        situation = situate(answers.session.space, row)
        outcome = 0
        if interval is None:
            outcome, wanted = answers.wanted_at(situation.truth)
        else:
            wanted = answers.around_value(situation.truth, interval)
        if compiled.slack and compiled.tied(situation.truth, None if interval is None else wanted):
            return outcome, (0,)  # rounding decides its outcome: nothing forces it
        # the form of an interval is of use for this row only
        sums, columns = answers.sums(wanted) if interval is None else answers.new_sums(wanted, False)
        key = (len(columns.need), columns.together)
        question = self._rooms.get(key)
        if question is None:
            question = self._rooms[key] = EnsembleQuestion(answers.layout, sums, columns, situation.cells)
        else:
            question.move(sums, columns, situation.cells)
        view = (FeatureView if self._per_feature else LiteralView)(question, situation, self._banned)
        order = importance_order(view, deadline)
        if self._banned.any():
            code = view.answer(view.full, deadline)
            if code != NONE:
                return (outcome, (0,)) if code == FOUND else None
        kept, proved = view.shrink(view.full, order, deadline)
        if not proved:
            return None
        items = view.written(kept)
        if isinstance(view, FeatureView):
            return outcome, tuple((view.features[items] + 1).tolist())
        return outcome, view.names(items)


def explain_many(
    answers: ForestCore, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
    intervals: F64 | None = None,
) -> BatchReasons:  # fmt: skip
    """Return one sufficient reason for each row, the same as query by query, in their order."""
    workers = n_jobs or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()) or 1
    free: SimpleQueue[RowWorker] = SimpleQueue()
    for _ in range(workers):
        free.put(RowWorker(answers, per_feature))

    def work(i: int) -> RowReason | None:
        worker = free.get()
        try:
            if deadline.expired():
                return None
            return worker(rows[i], None if intervals is None else intervals[i], deadline)
        finally:
            free.put(worker)

    outcome: list[int] = []
    offsets = [0]
    literals: list[int] = []
    with ThreadPoolExecutor(workers) as pool:
        try:
            for found in _in_order(pool, work, len(rows), workers, progress):
                if found is None:
                    deadline.expired()
                    break
                outcome.append(found[0])
                literals.extend(found[1])
                offsets.append(len(literals))
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
    return BatchReasons(
        np.array(outcome, np.int32), np.array(offsets, np.int64), np.array(literals, np.int32), deadline.stop,
        names_of(answers.session, per_feature),
    )  # fmt: skip


def _in_order(
    pool: ThreadPoolExecutor, work: Any, n_rows: int, workers: int, progress: bool
) -> Iterator[RowReason | None]:
    """Yield the results of rows in their order, a few at work at a time."""
    from tqdm import tqdm

    waiting: list[Future[RowReason | None]] = []
    todo = iter(range(n_rows))
    with tqdm(total=n_rows, unit="row", disable=not progress) as bar:
        try:
            while True:
                while len(waiting) < 3 * workers:
                    row = next(todo, None)
                    if row is None:
                        break
                    waiting.append(pool.submit(work, row))
                if not waiting:
                    return
                yield waiting.pop(0).result()
                bar.update()
        finally:
            for future in waiting:
                future.cancel()
