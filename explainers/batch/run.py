"""Runs one question for each of many rows, on threads that each have a room, until a deadline or Ctrl-C."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from ...engine.budget import Deadline, Steps
from ...engine.errors import UndecidedError
from ...engine.log import LOG
from ...engine.status import Stop


class Outcome(NamedTuple):
    """What a room says of one row.

    Attributes
    ----------
    value : object
        The answer; the error, if it failed.
    prediction : label
        What the model predicts for the row; None where it is not known.
    failed : bool
        Whether the value is an error.
    """

    value: Any
    prediction: Any = None
    failed: bool = False


class Answer(NamedTuple):
    """What became of one row.

    Attributes
    ----------
    outcome : Outcome
        The answer.
    seconds : float
        How long the row took.
    stop : Stop
        Why its own question stopped early, if it did.
    """

    outcome: Outcome
    seconds: float
    stop: Stop = Stop.NONE


class Each(NamedTuple):
    """What one row may take.

    Attributes
    ----------
    seconds : float, optional
        Its time.
    steps : int, optional
        Its work, which is the same on every machine.
    """

    seconds: float | None = None
    steps: int | None = None


NO_LIMIT = Each()


class Room(Protocol):
    """Where one thread asks rows."""

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        """Ask row i until a limit."""

    def close(self) -> None:
        """Free what it holds."""


def cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Rows:
    """Asks rows one after another, or side by side.

    Parameters
    ----------
    make_room : callable
        Makes a room, of which each thread has one.
    deadline : Deadline
        Of all rows.
    each : Each
        Of each of them.
    """

    def __init__(self, make_room: Callable[[], Room], deadline: Deadline, each: Each = NO_LIMIT) -> None:
        self._make_room, self._deadline, self._each = make_room, deadline, each
        self._rooms: list[Room] = []
        self._lock = threading.Lock()

    def run(
        self, n_rows: int, n_jobs: int | None = None, progress: bool = False, only: Sequence[int] | None = None
    ) -> list[Answer | None]:
        """Return the answer of each row (`only`: of these); None for others. Ctrl-C makes all rows stop."""
        asked = range(n_rows) if only is None else only
        from tqdm import tqdm

        answers: list[Answer | None] = [None] * n_rows
        todo = iter(asked)
        workers = min(n_jobs or cores(), len(asked))
        with tqdm(total=len(asked), unit="row", disable=not progress) as bar:

            def work() -> None:
                room = None
                for i in todo:  # threads share it: each takes the next one
                    if self._deadline.expired():
                        return
                    room = self._new_room() if room is None else room
                    answers[i] = self._answer(room, i)
                    with self._lock:
                        bar.update()

            try:
                if workers > 1:
                    self._side_by_side(work, workers)
                else:
                    self._alone(work)
            finally:
                for room in self._rooms:
                    room.close()
        LOG.info("asked %d rows by %d threads in %.3f s", len(asked), workers, self._deadline.elapsed)
        return answers

    def _new_room(self) -> Room:
        room = self._make_room()
        with self._lock:
            self._rooms.append(room)
        return room

    def _alone(self, work: Callable[[], None]) -> None:
        with suppress(KeyboardInterrupt):  # between two rows; a row's own is its answer's
            work()
            return
        self._deadline.halt(Stop.INTERRUPT)

    def _side_by_side(self, work: Callable[[], None], workers: int) -> None:
        with ThreadPoolExecutor(workers, "suffice-rows") as pool:
            waiting = [pool.submit(work) for _ in range(workers)]
            try:
                while waiting:
                    try:
                        waiting[-1].result()
                        waiting.pop()
                    except KeyboardInterrupt:  # the threads go on until they have told what they found
                        self._deadline.halt(Stop.INTERRUPT)
            except BaseException:
                self._deadline.halt(Stop.INTERRUPT)
                raise

    def _answer(self, room: Room, i: int) -> Answer | None:
        """Ask one row."""
        if self._deadline.stop is Stop.INTERRUPT:
            return None
        started = time.perf_counter()
        limit = self._limit()
        try:
            outcome = room(i, limit)
        except KeyboardInterrupt:
            self._deadline.halt(Stop.INTERRUPT)
            return None
        finally:
            self._deadline.end(limit)
        if limit.stop is Stop.INTERRUPT and outcome.failed and isinstance(outcome.value, UndecidedError):
            return None  # nothing was found
        if limit.stop is Stop.INTERRUPT or (limit.stop is Stop.TIME_LIMIT and self._each.seconds is None):
            self._deadline.halt(limit.stop)
        return Answer(outcome, time.perf_counter() - started, limit.stop)

    def _limit(self) -> Deadline:
        """Return the limit of one row."""
        left, own = self._deadline.remaining, self._each
        seconds = own.seconds if left == math.inf else min(left, own.seconds or left)
        limit = self._deadline.part(seconds)
        if own.steps is not None:
            limit.steps = Steps(own.steps)
        return limit
