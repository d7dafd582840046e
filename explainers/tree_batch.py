"""One sufficient reason for each of many rows, in compiled kernels on several threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..engine.budget import Deadline
from ..engine.domain.space import Space, evaluate, interval_cells
from ..engine.hitting.edges import localise
from ..engine.hitting.minimal import deletion_order, shrink
from ..engine.kernels import F64, I8, I32, I64, Bools, kernel
from ..engine.kernels.sort import stable_order
from ..engine.models.trees import LeafTable, TreeArrays, walk
from ..engine.status import Stop
from ..engine.trees.leaf_edges import raw_edges_interval

_CHUNK = 256
_FIRST_CHUNK = 8  # so that something is there when the time is short


@kernel
def _explain_rows(
    rows: F64,
    feature: I32, operator: I8, threshold: F64, missing: Bools,
    literal: I32, left: I32, right: I32, node_outcome: I32, n_classes: int,
    base: I64, element_literal: I32, owner: I32, interval: Bools, chained: bool,
    start: I64, attribute: I32, low: I32, high: I32, outcome: I32,
    costs: F64, banned: Bools,
) -> tuple[I32, I64, I32]:  # fmt: skip
    """Return the class of each row, and its reason as literals (a single 0: there is none)."""
    n_rows = rows.shape[0]
    classes = np.empty(n_rows, np.int32)
    offsets = np.zeros(n_rows + 1, np.int64)
    flat = np.empty(16 * n_rows + 16, np.int32)
    size = 0
    nothing = np.empty(0, np.int32)
    up = np.full(len(element_literal), -1, np.int32)
    good = np.zeros(n_classes, np.bool_)
    for r in range(n_rows):
        truth = evaluate(rows[r], feature, operator, threshold, missing)
        cells = interval_cells(truth, base, element_literal, interval)
        own = node_outcome[walk(truth, literal, left, right)[0]]
        classes[r] = own
        good[:] = False
        good[own] = True
        raw_start, raw_member, source = raw_edges_interval(
            cells, base, nothing, False, start, attribute, low, high, outcome, good
        )
        ids, parent, edge_start, member = localise(
            raw_start, raw_member, source, len(element_literal), 1 if chained else 0,
            cells, base, owner, interval, up, banned,
        )  # fmt: skip
        order = deletion_order(edge_start, member, parent, costs[ids])
        kept = np.ones(len(ids), np.bool_)
        if not shrink(edge_start, member, parent, order, kept):
            if size + 1 > len(flat):
                flat = np.append(flat, np.empty(len(flat), np.int32))
            flat[size] = 0  # no literal has the number 0: there is no reason
            size += 1
            offsets[r + 1] = size
            continue
        if size + len(ids) > len(flat):
            flat = np.append(flat, np.empty(len(flat) + len(ids), np.int32))
        begin = size
        for i in range(len(ids)):
            if kept[i] and not (parent[i] >= 0 and kept[parent[i]]):
                number = abs(element_literal[ids[i]])
                flat[size] = number if truth[number - 1] else -number
                size += 1
        part = flat[begin:size]
        flat[begin:size] = part[stable_order(np.abs(part).astype(np.float64))]
        offsets[r + 1] = size
    return classes, offsets, flat[:size].copy()


@dataclass(frozen=True, slots=True, eq=False)
class BatchReasons:
    """Reasons of many rows in flat arrays.

    Attributes
    ----------
    outcome : ndarray of int32, shape (m,)
        Class index of each row that was reached in time.
    offsets : ndarray of int64, shape (m + 1,)
        Reason of row i: ``literals[offsets[i]:offsets[i + 1]]``; a single 0 says that there is none.
    literals : ndarray of int32
        Signed literals; or numbers of features, from 1.
    stop : Stop
        Why not all rows were reached, if so.
    names : tuple of str, optional
        The features, if reasons are made of them.
    """

    outcome: I32
    offsets: I64
    literals: I32
    stop: Stop
    names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def row(self, i: int) -> tuple[int, ...] | tuple[str, ...] | None:
        """Return the literals (or names of features) of row i, or None if there is no reason."""
        found: tuple[int, ...] = tuple(self.literals[self.offsets[i] : self.offsets[i + 1]].tolist())
        if found == (0,):
            return None
        return found if self.names is None else tuple(self.names[number - 1] for number in found)


def batch_sufficient(
    space: Space,
    tree: TreeArrays,
    leaves: LeafTable,
    n_classes: int,
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
    fixed = (
        *space.codes, tree.literal, tree.left, tree.right, tree.outcome, n_classes,
        space.element_base, space.element_literal, space.element_attribute, space.interval, space.theory is not None,
        leaves.start, leaves.attribute, leaves.low, leaves.high, leaves.outcome,
        np.ones(len(space.element_literal)), banned,
    )  # fmt: skip
    chunks = [rows[:_FIRST_CHUNK]] if len(rows) else []
    chunks += [rows[i : i + _CHUNK] for i in range(_FIRST_CHUNK, len(rows), _CHUNK)]
    done: list[tuple[I32, I64, I32]] = []
    workers = max(
        1, n_jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    with ThreadPoolExecutor(workers) as pool:
        try:
            for result in _in_order(pool, chunks, fixed, deadline, workers, progress):
                done.append(result)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
    outcome = np.concatenate([d[0] for d in done]) if done else np.zeros(0, np.int32)
    widths = np.concatenate([np.diff(d[1]) for d in done]) if done else np.zeros(0, np.int64)
    literals = np.concatenate([d[2] for d in done]) if done else np.zeros(0, np.int32)
    return BatchReasons(outcome, np.concatenate([[0], np.cumsum(widths)]).astype(np.int64), literals, deadline.stop)


def _in_order(
    pool: ThreadPoolExecutor,
    chunks: list[F64],
    fixed: tuple[object, ...],
    deadline: Deadline,
    workers: int,
    progress: bool,
) -> Iterator[tuple[I32, I64, I32]]:
    """Yield the results of chunks in their order, a few at work at a time; stop when the deadline expires."""
    from tqdm import tqdm

    waiting: list[object] = []
    bar = tqdm(total=sum(map(len, chunks)), unit="row", disable=not progress)
    todo = iter(chunks)
    begun = False
    with bar:
        while True:
            while len(waiting) < 2 * workers and (not begun or not deadline.expired()):
                begun = True
                chunk = next(todo, None)
                if chunk is None:
                    break
                waiting.append(pool.submit(_explain_rows, chunk, *fixed))  # type: ignore[arg-type]  # kernel arguments
            if not waiting:
                return
            result = waiting.pop(0).result()  # type: ignore[attr-defined]  # a future
            bar.update(len(result[0]))
            yield result
