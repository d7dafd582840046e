"""The asking side: starts a measuring process, reads its answers, ends it when it hangs, and sums up."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serve import LATE, Request

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180.0  # importing a library and loading a model, compilation included
SILENCE_SECONDS = 5.0  # added to twice the limit of a query before its process is killed
COLD_SECONDS = 60.0  # added to the limit of the first run of a query, which may compile
MOST_KILLS = 2  # time-outs that had to be enforced from outside before a query is given up on a case
Job = tuple[str, list[int]]  # a query and the instances to ask it about


@dataclass(frozen=True)
class Run:
    """One query on one instance; seconds include `set_instance`, which is also told apart."""

    query: str
    instance: int
    turn: int
    status: str
    cpu: float
    wall: float
    set_cpu: float = 0.0
    set_wall: float = 0.0
    size: int | None = None
    features: int | None = None
    reasons: int | None = None
    count: str | None = None
    keys: int | None = None
    cost: float | None = None
    lower: float | None = None
    error: str | None = None

    @classmethod
    def from_line(cls, line: dict[str, Any]) -> Run:
        names = {item.name for item in dataclasses.fields(cls)}
        known = {key: value for key, value in line.items() if key in names}
        return cls(**known)

    @property
    def late(self) -> bool:
        return self.status in LATE


@dataclass
class Measured:
    """Everything that one measuring process, or several after each other, told about one case."""

    runs: list[Run] = field(default_factory=list)
    load_cpu: float | None = None
    load_wall: float | None = None
    peak_mb: dict[str, float] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, linear between neighbours."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])


@dataclass(frozen=True)
class Figures:
    """One query over the instances of a case: each instance counts once, by its median over the passes."""

    instances: int
    median: float
    quiet: float  # median over the instances of each one's least disturbed pass
    p95: float
    max: float
    alone: float  # median CPU seconds without set_instance
    wall: float  # median wall seconds
    cold: float | None  # CPU seconds of the very first run
    late: int  # instances whose answer is missing or unfinished
    size: float | None
    features: float | None
    reasons: float | None


def _mean(values: Sequence[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def first_runs(runs: Sequence[Run]) -> dict[int, Run]:
    """Instance -> its first counted run."""
    found: dict[int, Run] = {}
    for run in runs:
        if run.turn >= 0:
            found.setdefault(run.instance, run)
    return found


def figures(runs: Sequence[Run]) -> Figures | None:
    """Sum up the runs of one query; None if none was counted."""
    turns: dict[int, list[Run]] = {}
    for run in runs:
        if run.turn >= 0:
            turns.setdefault(run.instance, []).append(run)
    if not turns:
        return None
    cpu = [quantile([run.cpu for run in group], 0.5) for group in turns.values()]
    alone = [quantile([run.cpu - run.set_cpu for run in group], 0.5) for group in turns.values()]
    wall = [quantile([run.wall for run in group], 0.5) for group in turns.values()]
    cold = [run.cpu for run in runs if run.turn < 0]
    first = list(first_runs(runs).values())
    return Figures(
        instances=len(turns),
        median=quantile(cpu, 0.5),
        quiet=quantile([min(run.cpu for run in group) for group in turns.values()], 0.5),
        p95=quantile(cpu, 0.95),
        max=max(cpu),
        alone=quantile(alone, 0.5),
        wall=quantile(wall, 0.5),
        cold=cold[0] if cold else None,
        late=sum(any(run.late for run in group) for group in turns.values()),
        size=_mean([run.size for run in first]),
        features=_mean([run.features for run in first]),
        reasons=_mean([run.reasons for run in first]),
    )


class Child:
    """A measuring process whose answers are read line by line with a limit on its silence.

    What it is asked is written at once; with `more` it may be told more later (`say`).
    """

    def __init__(
        self, command: Sequence[str], request: str, *, more: bool = False, environment: Mapping[str, str] | None = None
    ) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process runs
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            env=environment,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the pipes of the measuring process are missing")
        self._input = self._process.stdin
        self.say(request)
        if not more:
            self._shut()
        self._pipe = self._process.stdout.fileno()
        self._buffer = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)

    def say(self, text: str) -> None:
        """Tell it something more."""
        with contextlib.suppress(BrokenPipeError):  # it has died, which its silence tells
            self._input.write(text.encode())
            self._input.flush()

    def _shut(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._input.close()

    def line(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None at the end of the process. Silence for longer is a `TimeoutError`."""
        until = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            left = until - time.monotonic()
            if left <= 0 or not self._selector.select(left):
                raise TimeoutError
            chunk = os.read(self._pipe, 1 << 16)
            if not chunk:
                return None
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no message"

    def end(self) -> None:
        """Kill what is left of it, the programs that it started included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._shut()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._selector.close()
        self._errors.close()


def _answers(child: Child, limit: float) -> Iterator[dict[str, Any]]:
    """The answers until the end; if the child hangs or dies, a last answer of kind `broken` names what was asked."""
    patience = START_SECONDS
    asked: dict[str, Any] = {"query": None}
    line: dict[str, Any] | None = {"kind": "none"}
    while line is not None and line["kind"] != "end":
        try:
            line = child.line(patience)
        except TimeoutError:
            yield {**asked, "kind": "broken", "status": "killed", "wall": patience, "words": "no answer in time"}
            return
        if line is None:
            yield {**asked, "kind": "broken", "status": "crashed", "wall": 0.0, "words": child.last_words()}
        elif line["kind"] == "start":
            asked = line
            patience = 2 * limit + SILENCE_SECONDS + (COLD_SECONDS if line["turn"] < 0 else 0)
        else:
            yield line


def ask(command: Sequence[str], request: Request) -> Measured:
    """Run all jobs of the request; after a hang or a crash a new process goes on with the rest."""
    measured = Measured()
    jobs = list(request.jobs)
    kills: dict[str, int] = {}
    while jobs:
        child = Child(command, json.dumps(dataclasses.asdict(dataclasses.replace(request, jobs=jobs))))
        todo: list[Job] = []
        try:
            for line in _answers(child, request.limit):
                if line["kind"] == "broken":
                    todo = _after_break(jobs, line, kills, measured)
                _take(line, measured)
        finally:
            child.end()
        jobs = todo
    return measured


def _take(line: dict[str, Any], measured: Measured) -> None:
    if line["kind"] == "ready":
        measured.load_cpu, measured.load_wall = line["cpu"], line["wall"]
    elif line["kind"] == "run":
        measured.runs.append(Run.from_line(line))
    elif line["kind"] == "query":
        measured.peak_mb[line["query"]] = line["peak_mb"]


def _after_break(jobs: list[Job], line: dict[str, Any], kills: dict[str, int], measured: Measured) -> list[Job]:
    """Record the run that hung or crashed, and say what is left to do in a new process."""
    query, status, wall = line["query"], line["status"], line["wall"]
    measured.trouble.append(f"{query or 'start'}: {status}: {line['words']}")
    if query is None:
        return []  # it does not even start
    measured.runs.append(Run(query=query, instance=line["instance"], turn=0, status=status, cpu=wall, wall=wall))
    kills[query] = kills.get(query, 0) + 1
    at = [name for name, _ in jobs].index(query)
    done = {run.instance for run in measured.runs if run.query == query and run.turn >= 0}
    left = [index for index in jobs[at][1] if index not in done]
    rest = jobs[at + 1 :]
    return [(query, left), *rest] if left and kills[query] < MOST_KILLS else rest


def ours(python: str = sys.executable) -> list[str]:
    """The command that measures this library."""
    return [python, "-m", "benchmarks.ours"]


def our_forests(python: str = sys.executable) -> list[str]:
    """The command that measures this library's forests."""
    return [python, "-m", "benchmarks.forest_ours"]


def pyxai(python: str) -> list[str]:
    """The command that measures PyXAI in its own environment."""
    return [python, "-m", "benchmarks.peers.pyxai_driver"]
