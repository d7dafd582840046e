"""Which files of the package a query enters: ``python -m benchmarks.trace`` prints them as a table.

A file counts as soon as one of its functions is called by the query itself, the setting of the instance before it
apart, as is what is made once for a model. The core's own files, in C++, are not seen.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import suffice
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

ROOT = Path(suffice.__file__).parent
LIMIT = 5.0  # seconds, for the forest's query


@dataclass
class Trace:
    """What a query entered.

    Attributes
    ----------
    files : list of str
        The files of the package, in the order in which they were entered first.
    calls : Counter
        (file, function) -> how often it was called.
    moves : int
        Steps from one file to another, returns not counted.
    """

    files: list[str] = field(default_factory=list)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: int = 0

    def enter(self, file: str, function: str, caller: str | None) -> None:
        self.calls[file, function] += 1
        self.moves += file != caller
        if file not in self.files:
            self.files.append(file)


def shown(frame: FrameType) -> str | None:
    """The file of a frame from the root of the sources; None where it is none of the package's functions."""
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_name == "<module>" or not path.is_relative_to(ROOT):
        return None
    return path.relative_to(ROOT).as_posix()


@contextmanager
def traced() -> Iterator[Trace]:
    """Record what the block enters, in this thread."""
    trace, known = Trace(), {}

    def name(frame: FrameType) -> str | None:
        if frame.f_code not in known:
            known[frame.f_code] = shown(frame)
        return known[frame.f_code]

    def hear(frame: FrameType, event: str, _: Any) -> None:
        file = name(frame) if event == "call" else None
        if file is None:
            return
        caller = frame.f_back
        while caller is not None and name(caller) is None:
            caller = caller.f_back
        trace.enter(file, frame.f_code.co_name, None if caller is None else name(caller))

    sys.setprofile(hear)
    try:
        yield trace
    finally:
        sys.setprofile(None)


def models() -> dict[str, Any]:
    """Name -> a fitted model."""
    X, y = load_iris(return_X_y=True)
    return {
        "tree": DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y),
        "forest": RandomForestClassifier(10, random_state=0).fit(X, y),
    }


def told() -> dict[str, Trace]:
    """Query, as a reader would write it -> its trace, for a row after others: what is made once for a model is made."""
    found, rows = {}, load_iris().data
    for name, options in (("tree", {}), ("forest", {"time_limit": LIMIT})):
        explainer = suffice.Explainer.initialize(models()[name])
        for row in (0, 55, 120):  # one of each class
            explainer.set_instance(rows[row])
            explainer.sufficient_reason(**options)
        explainer.set_instance(rows[60])
        with traced() as trace:
            explainer.sufficient_reason(**options)
        found[f"{name}.sufficient_reason({', '.join(f'{key}={value:g}' for key, value in options.items())})"] = trace
    return found


def compiling() -> dict[str, Trace]:
    """Name -> the trace of making an explainer of the model."""
    found = {}
    for name, model in models().items():
        with traced() as trace:
            suffice.Explainer.initialize(model)
        found[name] = trace
    return found


def searches(trace: Trace) -> int:
    """How often the encoder of a model was searched: some ask others about a part, so the least asked one tells."""
    asked = [n for (file, function), n in trace.calls.items() if file.startswith("encoders/") and function == "accepts"]
    return min(asked, default=0)


def table(traces: dict[str, Trace]) -> str:
    """The traces as a table of Markdown, as docs/architecture.md has it."""
    lines = ["| query | files | the way it goes |", "|---|---|---|"]
    for said, trace in traces.items():
        files = " → ".join(f"`{file}`" for file in trace.files)
        lines.append(f"| `{said}` | {len(trace.files)} | {files} |")
    return "\n".join(lines)


if __name__ == "__main__":
    traces = told()
    print(table(traces))
    for said, trace in traces.items():
        print(f"{said}: {trace.calls.total()} calls, {trace.moves} moves from file to file")
    for name, trace in compiling().items():
        print(f"{name}: its encoder is searched {searches(trace)} times")
