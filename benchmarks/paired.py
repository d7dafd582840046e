"""Two versions of the library beside each other, in one run: ``python -m benchmarks <family> --with-old PYTHON``.

Both have the same model and instances, each in a process of its own. They are asked in turns, one sleeps while the
other works, and who begins alternates: whatever else the machine does falls on both. The figure of a query is the ratio
of the two runs of a pair: the median over the pairs of an instance, then over the instances.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import COLD_SECONDS, SILENCE_SECONDS, START_SECONDS, Child, quantile
from benchmarks.paired_cases import PairedCase, paired_cases
from benchmarks.report import seconds, table
from benchmarks.serve import LATE, MOST_LATE

FAMILIES = ("trees", "forests", "boosting", "multilabel")
SLOWER = 1.05  # no query's median may get slower than this
MOST_PAIRS = 30  # of one instance
_SAME = ("status", "size", "count", "keys", "reasons")


@dataclass(frozen=True)
class Pair:
    """The two runs of a query on an instance: CPU seconds with `set_instance`."""

    instance: int
    old: float
    new: float
    same: bool


@dataclass(frozen=True)
class Compared:
    """One query on one model: medians over the instances, and the ratio new / old."""

    query: str
    instances: int
    pairs: int
    old: float
    new: float
    ratio: float
    least: float
    most: float
    same: int

    @property
    def slower(self) -> bool:
        """Whether it got slower than is allowed."""
        return self.ratio > SLOWER


@dataclass(frozen=True)
class Effort:
    """How much a case is asked: instances, seconds of a query, of all its pairs in a round, and new processes."""

    rows: int
    limit: float
    budget: float
    rounds: int = 3


def compared(query: str, pairs: Sequence[Pair]) -> Compared | None:
    """Sum up the pairs of a query: each instance counts once; None without pairs."""
    by: dict[int, list[Pair]] = {}
    for pair in pairs:
        by.setdefault(pair.instance, []).append(pair)
    if not by:
        return None
    ratios = [quantile([pair.new / pair.old for pair in group], 0.5) for group in by.values()]
    old, new = (
        quantile([quantile([getattr(pair, side) for pair in group], 0.5) for group in by.values()], 0.5)
        for side in ("old", "new")
    )
    same = sum(all(pair.same for pair in group) for group in by.values())
    return Compared(query, len(by), len(pairs), old, new, quantile(ratios, 0.5), min(ratios), max(ratios), same)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a comparison."""
    parser.add_argument("--with-old", metavar="PYTHON", help="python of an environment with another version: compare")
    parser.add_argument("--pair-seconds", type=float, default=1.0, help="of a query in a round of --with-old (1)")
    parser.add_argument("--rounds", type=int, default=3, help="of --with-old, each with new processes (3)")


class Side:
    """A version in its own process."""

    def __init__(self, who: str, python: str, case: PairedCase) -> None:
        # sets in the same order on both sides: the order of searches may depend on it
        hidden = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" or who == "new"}
        hidden["PYTHONHASHSEED"] = "0"
        asked = {
            "family": case.family, "model": str(case.model), "instances": str(case.instances), "theory": case.theory,
            "voting": case.voting,
        }  # fmt: skip
        self.who = who
        self._child = Child(
            [python, "-m", "benchmarks.paired_side"], json.dumps(asked) + "\n", more=True, environment=hidden
        )
        self.ready = self._line(START_SECONDS)

    def _line(self, patience: float) -> dict[str, Any]:
        try:
            line = self._child.line(patience)
        except TimeoutError:
            line = {"error": "no answer in time", "status": "killed"}
        return line or {"error": self._child.last_words(), "status": "crashed"}

    def run(self, query: str, instance: int, limit: float, *, cold: bool) -> dict[str, Any]:
        """Return one run of a query."""
        self._child.say(json.dumps({"query": query, "instance": instance, "limit": limit}) + "\n")
        return self._line(2 * limit + SILENCE_SECONDS + (4 * COLD_SECONDS if cold else 0))

    def end(self) -> None:
        """End the process."""
        self._child.end()


def run(family: str, options: argparse.Namespace) -> dict[str, Any]:
    """Compare, print tables as they come, return everything for JSON."""
    quick = getattr(options, "quick", False)
    limit = options.limit or 10.0
    limit = min(limit, 2.0) if quick else limit
    limit = min(limit, 10.0) if family == "multilabel" else limit  # there it is meant for enumerations
    told: list[dict[str, Any]] = []
    slower: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for case in paired_cases(family, Path(scratch), getattr(options, "models", None)):
            rows = min(case.rows, 3 if quick else getattr(options, "rows", 10))
            effort = Effort(rows, limit, options.pair_seconds, options.rounds)
            lines, trouble = compare(case, options.with_old, effort, wanted(options))
            print_case(case, lines, trouble)
            slower += [f"{case.title}: {line.query}: {line.ratio:.2f}" for line in lines if line.slower]
            told.append({"case": asdict(case), "lines": [asdict(line) for line in lines], "trouble": trouble})
    print(f"\nSlower than {SLOWER} times: {'; '.join(slower) if slower else 'nothing'}")
    return {"compared": told, "slower": slower}


def wanted(options: argparse.Namespace) -> set[str] | None:
    """Return the queries that were asked for; None for all."""
    queries = getattr(options, "queries", None)
    return set(queries) if queries else None


def compare(
    case: PairedCase, python: str, effort: Effort, queries: set[str] | None
) -> tuple[list[Compared], list[str]]:
    """Return the figures of a case, and what went wrong."""
    pairs: dict[str, list[Pair]] = {}
    trouble: list[str] = []
    for _ in range(effort.rounds):  # what the places in memory of one process do to its speed is not taken for a change
        trouble += _round(case, python, effort, queries, pairs)
    lines = [compared(query, found) for query, found in pairs.items()]
    return [line for line in lines if line], list(dict.fromkeys(trouble))


def _round(
    case: PairedCase, python: str, effort: Effort, queries: set[str] | None, pairs: dict[str, list[Pair]]
) -> list[str]:
    """Add the pairs of new processes; return what went wrong."""
    sides: list[Side] = []
    try:
        for who, program in (("old", python), ("new", sys.executable)):
            sides.append(Side(who, program, case))
            if "queries" not in sides[-1].ready:
                return [f"{who} does not start: {sides[-1].ready.get('error')}"]
        old, new = sides
        if old.ready["package"] == new.ready["package"]:
            return [f"{python} has the same library, {new.ready['package']}: expected another version"]
        both = [query for query in new.ready["queries"] if query in old.ready["queries"]]
        trouble = [f"import and compile: {seconds(old.ready['cpu'])} old, {seconds(new.ready['cpu'])} new"]
        for query in both if queries is None else [query for query in both if query in queries]:
            found, wrong, gone = _pairs(old, new, query, effort)
            pairs.setdefault(query, []).extend(found)
            trouble += wrong
            if gone:  # new processes go on with the rest
                rest = _after(both, query, queries)
                return trouble + (_round(case, python, effort, rest, pairs) if rest else [])
        return trouble
    finally:
        for side in sides:
            side.end()


def _after(both: Sequence[str], query: str, queries: set[str] | None) -> set[str]:
    """Return the queries that come after one."""
    rest = set(both[both.index(query) + 1 :])
    return rest if queries is None else rest & queries


def _pairs(old: Side, new: Side, query: str, effort: Effort) -> tuple[list[Pair], list[str], bool]:
    """Ask both in turns until the budget is used; the first pair of a query, which may compile, is not counted.

    The answer is the pairs, what went wrong, and whether a process is gone.
    """
    pairs: list[Pair] = []
    trouble: list[str] = []
    left = set(range(effort.rows))
    began = None
    for turn in range(-1, MOST_PAIRS):
        for instance in sorted(left) if turn >= 0 else [effort.rows - 1]:
            order = (old, new) if (turn + instance) % 2 else (new, old)
            told = {side.who: side.run(query, instance, effort.limit, cold=turn <= 0) for side in order}
            states = {who: one.get("status", "error") for who, one in told.items()}
            late = {who: state for who, state in states.items() if state in LATE}
            gone = not {"killed", "crashed"}.isdisjoint(late.values())
            if late and (turn >= 0 or gone):
                left.discard(instance)
                trouble += [
                    f"{query}, instance {instance}, {who}: {state} {told[who].get('error', '')}".rstrip()
                    for who, state in late.items()
                ]
            elif turn >= 0:
                same = all(told["old"].get(key) == told["new"].get(key) for key in _SAME)
                pairs.append(Pair(instance, told["old"]["cpu"], told["new"]["cpu"], same))
            if gone or effort.rows - len(left) >= MOST_LATE:
                return pairs, trouble, gone
        began = began or time.monotonic()
        if turn >= 0 and time.monotonic() - began > effort.budget:
            break
    return pairs, trouble, False


HEADER = ("query", "old", "new", "ratio", "least", "most", "", "instances", "pairs", "same answer")


def print_case(case: PairedCase, lines: Sequence[Compared], trouble: Sequence[str]) -> None:
    """Print the table of a case."""
    rows = [
        [
            line.query, seconds(line.old), seconds(line.new), f"{line.ratio:.3f}", f"{line.least:.2f}",
            f"{line.most:.2f}", "SLOWER" if line.slower else "", str(line.instances), str(line.pairs),
            f"{line.same}/{line.instances}",
        ]
        for line in lines
    ]  # fmt: skip
    print(f"\n{case.family}: {case.title}; CPU with set_instance, ratio new / old\n\n{table(HEADER, rows)}")
    for one in trouble:
        print(one)
