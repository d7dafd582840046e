"""The measuring side: runs in a process of its own, in the environment of the library that is measured.

Only the standard library is imported here, so that the environment of any peer can run it.

A request comes as one JSON object on standard input::

    {"model": path, "instances": path, "theory": bool, "jobs": [[query, [instance, …]], …],
     "limit": seconds, "budget": seconds, "passes": most passes over the instances,
     "voting": how a forest decides, "first_limit": seconds for the very first run of a query}

Answers go out as one JSON object a line: ``ready`` (once), ``start`` (before each run), ``run`` (after each run),
``query`` (after each query), ``end`` (once). A run is `set_instance` and one query. The instances go round: the same
instance never comes twice in a row, so that nothing kept from the last run helps, unless there is only one.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

LATE = ("timeout", "killed", "crashed", "best_so_far", "error")  # statuses of an answer that is missing or unfinished
MOST_LATE = 3  # late answers in a row before the remaining instances of a query are left out

Run = Callable[[float], Any]  # a query: takes a time limit in seconds, gives what the library gives


class Subject(Protocol):
    """A library with a model loaded."""

    queries: Mapping[str, Run]

    def set_instance(self, index: int) -> None: ...

    def describe(self, result: Any) -> dict[str, Any]:
        """Size, count, status … of a result; outside the measured time."""
        ...


@dataclass(frozen=True)
class Request:
    """What the measuring process is asked to do."""

    model: str
    instances: str
    jobs: list[tuple[str, list[int]]]
    theory: bool = False
    limit: float = 10.0
    budget: float = 0.5
    passes: int = 20
    voting: str = ""
    first_limit: float | None = None  # the limit, if it is not told

    @classmethod
    def read(cls, text: str) -> Request:
        return cls(**json.loads(text))


@dataclass
class Clock:
    """CPU seconds of this process and of the processes it waited for, and wall seconds, since the start."""

    _cpu: float = field(init=False)
    _wall: float = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    @staticmethod
    def _cpu_now() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    def restart(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = self._cpu_now()

    def read(self) -> tuple[float, float]:
        """CPU seconds, wall seconds."""
        return self._cpu_now() - self._cpu, time.perf_counter() - self._wall


def peak_mb() -> float:
    """The most memory that this process has held (the `ru_maxrss` of a child may be its parent's)."""
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def own_stdout() -> TextIO:
    """Keep standard output for the answers; whatever the libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def measured(subject: Subject, query: str, index: int, limit: float) -> dict[str, Any]:
    """One run: set the instance, ask the query."""
    clock = Clock()
    set_cpu, set_wall = 0.0, 0.0
    try:
        subject.set_instance(index)
        set_cpu, set_wall = clock.read()
        result = subject.queries[query](limit)
        failure = None
    except Exception as error:  # a library's failure is a finding, the harness goes on
        result, failure = None, f"{type(error).__name__}: {str(error)[:200]}"
    cpu, wall = clock.read()
    record: dict[str, Any] = {"set_cpu": set_cpu, "set_wall": set_wall, "cpu": cpu, "wall": wall}
    if failure is not None:
        return {**record, "error": failure, "status": "error"}
    return {**record, **subject.describe(result)}


def run_query(subject: Subject, request: Request, query: str, indices: list[int], say: Callable[..., None]) -> None:
    """Pass over the instances until the budget is used; the very first run (compilation, caches) is told apart.

    The first pass is told run by run, so that a run that hangs can be named; later ones, which are quick, pass by pass,
    so that talking does not disturb the caches.
    """
    began = time.perf_counter()
    late = 0
    for turn, index in [(-1, indices[-1]), *[(0, index) for index in indices]]:
        say(kind="start", query=query, instance=index, turn=turn)
        limit = request.limit if turn == 0 or request.first_limit is None else request.first_limit
        run = measured(subject, query, index, limit)
        say(kind="run", query=query, instance=index, turn=turn, **run)
        late = late + 1 if turn == 0 and run.get("status", "error") in LATE else 0
        if late == MOST_LATE:
            break
    for turn in range(1, request.passes):
        if late == MOST_LATE or time.perf_counter() - began > request.budget:
            break
        runs = [measured(subject, query, index, request.limit) for index in indices]
        for index, run in zip(indices, runs, strict=True):
            say(kind="run", query=query, instance=index, turn=turn, **run)
    say(kind="query", query=query, peak_mb=peak_mb())


def serve(load: Callable[[Request], Subject]) -> None:
    """Answer the one request that comes on standard input."""
    answers = own_stdout()

    def say(**line: Any) -> None:
        answers.write(json.dumps(line, default=str) + "\n")
        answers.flush()

    request = Request.read(sys.stdin.read())
    clock = Clock()
    subject = load(request)
    cpu, wall = clock.read()
    say(kind="ready", cpu=cpu, wall=wall)
    for query, indices in request.jobs:
        if query in subject.queries:
            run_query(subject, request, query, indices, say)
    say(kind="end")
