"""Parts on the threads of this process: each does one part after the other."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from ..budget import Deadline
from ..status import Stop
from .task import Task, no_more, workers_of


def cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread_here(task: Task, parts: Sequence[int], deadline: Deadline, settings: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is told of each part as soon as it is done; Ctrl-C and the limit end parts that are at work.

    Parameters
    ----------
    task : Task
        Does a part.
    parts : sequence of int
        The parts, in the order in which they are begun.
    deadline : Deadline
        Of all parts.
    settings : dict
        ``n_jobs``: threads (default: one a core).
    """
    threads = workers_of(settings, "n_jobs", cores())
    no_more(settings, "local", "n_jobs=…")
    todo, lock = iter(parts), threading.Lock()

    def next_part() -> int | None:
        with lock:
            return None if deadline.stop is not Stop.NONE or deadline.expired() else next(todo, None)

    def do(part: int) -> bytes:
        limit = deadline.part(None if deadline.seconds is None else deadline.remaining)
        try:
            return task(part, limit)
        finally:
            deadline.end(limit)

    with ThreadPoolExecutor(threads, "suffice-parts") as pool:
        waiting: set[Future[bytes]] = set()

        def begin() -> None:
            while len(waiting) < threads and (part := next_part()) is not None:
                waiting.add(pool.submit(do, part))

        try:
            begin()
            while waiting:
                done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                waiting -= done
                begin()
                for one in done:
                    yield one.result()
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            yield from _ended(waiting)
        except BaseException:
            deadline.halt(Stop.INTERRUPT)
            raise


def _ended(waiting: set[Future[bytes]]) -> Iterator[bytes]:
    """Yield what parts tell that were at work when Ctrl-C came and were done all the same."""
    for one in waiting:
        yield one.result()
