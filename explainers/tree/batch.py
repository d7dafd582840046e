"""One sufficient reason for each of many rows, in the compiled core on several threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from ...engine import _native
from ...engine.arrays import F64, I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.clock import run_with
from ...engine.domain.space import Space
from ...engine.models.trees import LeafTable, TreeArrays
from ...engine.status import Stop
from ..batch.reasons import BatchReasons

_CHUNK = 256
_FIRST_CHUNK = 8  # so that something is there when the time is short

_Found = tuple[I32, I64, I32]


def batch_sufficient(
    space: Space,
    tree: TreeArrays,
    leaves: LeafTable,
    rows: F64,
    banned: Bools,
    deadline: Deadline,
    *,
    n_jobs: int | None = None,
    progress: bool = False,
) -> BatchReasons:
    """Return one sufficient reason for each row; the same ones as query by query.

    Parameters
    ----------
    space : Space
        Its attributes must all be described by cuts, and it must have no clauses.
    rows : ndarray of float64, shape (m, n_columns)
        Rows as the model reads them.
    banned : ndarray of bool, shape (n_elements,)
        Elements on excluded features.
    n_jobs : int, optional
        Threads; default: all cores. The result does not depend on it.
    """
    rows = np.ascontiguousarray(rows, np.float64)
    chunks = [rows[:_FIRST_CHUNK]] if len(rows) else []
    chunks += [rows[i : i + _CHUNK] for i in range(_FIRST_CHUNK, len(rows), _CHUNK)]
    done: list[_Found] = []
    workers = max(
        1, n_jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    work = _Work(space.core, tree.core, leaves.core, banned, deadline)
    with ThreadPoolExecutor(workers) as pool:
        try:
            for result in _in_order(pool, chunks, work, workers, progress):
                done.append(result)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            work.stop()
    outcome = np.concatenate([d[0] for d in done]) if done else np.zeros(0, np.int32)
    widths = np.concatenate([np.diff(d[1]) for d in done]) if done else np.zeros(0, np.int64)
    literals = np.concatenate([d[2] for d in done]) if done else np.zeros(0, np.int32)
    return BatchReasons(outcome, np.concatenate([[0], np.cumsum(widths)]).astype(np.int64), literals, deadline.stop)


@dataclass(frozen=True, slots=True)
class _Work:
    """What all chunks share; each has a clock of its own."""

    space: _native.Space
    tree: _native.Tree
    leaves: _native.LeafTable
    banned: Bools
    deadline: Deadline
    clocks: list[_native.Clock] = field(default_factory=list)

    def reasons(self, rows: F64) -> _Found:
        """Return the classes of rows, where their reasons end, and these; of the first rows only if time is up."""
        clock = _native.Clock()
        self.clocks.append(clock)
        found: _Found = run_with(
            clock, self.deadline, _native.explain_rows, self.space, self.tree, self.leaves, rows, self.banned, clock
        )
        return found

    def stop(self) -> None:
        """Make the chunks end that are at work."""
        for clock in self.clocks:
            clock.stop()


def _in_order(
    pool: ThreadPoolExecutor, chunks: list[F64], work: _Work, workers: int, progress: bool
) -> Iterator[_Found]:
    """Yield the results of chunks in their order, a few at work at a time; stop when the deadline expires."""
    from tqdm import tqdm

    waiting: list[tuple[int, Future[_Found]]] = []
    bar = tqdm(total=sum(map(len, chunks)), unit="row", disable=not progress)
    todo = iter(chunks)
    begun = False
    with bar:
        while True:
            while len(waiting) < 2 * workers and (not begun or not work.deadline.expired()):
                begun = True
                chunk = next(todo, None)
                if chunk is None:
                    break
                waiting.append((len(chunk), pool.submit(work.reasons, chunk)))
            if not waiting:
                return
            rows, future = waiting.pop(0)
            result = future.result()
            bar.update(len(result[0]))
            yield result
            if len(result[0]) < rows:
                return
