"""Long random runs against brute force: ``python -m tests.soak --minutes 10``.

Each seed makes a small model of some family (or takes one of the property tests of forests), and asks about it whatever
the family answers; all rows of its domain tell what is right. What is wrong is printed with its seed, which
``--seed S --count 1`` asks again. With ``--log FILE`` pieces add up: a run goes on after the last seed of the file, and
``--total`` tells what all pieces asked; Ctrl-C and SIGTERM end a piece early. The exit status is the number of wrong
answers (at most 100).
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.soak.asking import WRONG, Told, ask_forests, ask_seed, tests_of_forests
from tests.soak.models import KINDS


def main() -> int:
    """Run until time is up; return how many answers were wrong."""
    asked = _arguments()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    log = Path(asked.log) if asked.log else None
    if asked.total:
        print(total(log))
        return 0
    first = asked.seed if asked.seed is not None else last_seed(log) + 1
    piece = run(first, asked)
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(piece) + "\n")
    print(said(piece))
    if log is not None:
        print(total(log))
    return int(min(piece["wrong"], 100))


_ENDED: list[int] = []  # signals that came: a query that is asked then returns what it has found so far


def _end(number: int, frame: Any) -> None:
    _ENDED.append(number)
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (processor time)")
    parser.add_argument("--seed", type=int, help="the first seed (default: after the last one of the log, or 0)")
    parser.add_argument("--count", type=int, help="how many seeds at most")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="kinds of models (default: all)")
    parser.add_argument("--ask", default="", help="part of the name of a question")
    parser.add_argument("--log", help="a file to which the piece is added")
    parser.add_argument("--total", action="store_true", help="tell what the pieces of the log asked")
    parser.add_argument("--stop", action="store_true", help="stop at the first wrong answer")
    return parser.parse_args()


def run(first: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Ask seed after seed; Ctrl-C ends the piece, which counts up to the last whole seed."""
    kinds = tuple(asked.kind or KINDS)
    tests = [] if asked.kind else [one for one in tests_of_forests("") if asked.ask in one[0]]
    counts: Counter[str] = Counter()
    start, seed, done = time.process_time(), first, first - 1
    try:
        while time.process_time() - start < 60 * asked.minutes and (asked.count is None or seed < first + asked.count):
            for told in ask_forests(seed, tests) if tests and seed % 4 == 3 else ask_seed(seed, kinds, asked.ask):
                if _ENDED:
                    raise KeyboardInterrupt
                counts[f"{told.question} | {told.family} | {told.answer}"] += 1
                if told.answer == WRONG:
                    show(told)
                    if asked.stop:
                        raise KeyboardInterrupt
            done, seed = seed, seed + 1
    except KeyboardInterrupt:
        print("stopped")
    wrong = sum(n for name, n in counts.items() if name.endswith(WRONG))
    seconds, told = round(time.process_time() - start, 1), dict(sorted(counts.items()))
    return {"first": first, "last": done, "cpu_seconds": seconds, "wrong": wrong, "counts": told}


def show(told: Told) -> None:
    """Print what is wrong."""
    print(f"--- seed {told.seed}: {told.question} of a {told.family}\n{told.why}", flush=True)


def last_seed(log: Path | None) -> int:
    """The last seed of a log."""
    return max((piece["last"] for piece in pieces(log)), default=-1)


def pieces(log: Path | None) -> list[dict[str, Any]]:
    """The pieces of a log; a line that was cut off is none."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines() if log is not None and log.exists() else ():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            print(f"not a whole piece, left out: {line[:60]}")
    return found


def said(piece: dict[str, Any]) -> str:
    """Tell what a piece asked."""
    answers = Counter[str]()
    for name, n in piece["counts"].items():
        answers[name.rsplit(" | ", 1)[1]] += n
    told = ", ".join(f"{n} {answer}" for answer, n in answers.most_common()) or "nothing asked"
    return f"seeds {piece['first']} to {piece['last']}: {told}; {piece['cpu_seconds']} CPU seconds"


def total(log: Path | None) -> str:
    """Tell what all pieces of a log asked, and which seeds they are."""
    listed = sorted(pieces(log), key=lambda piece: piece["first"])
    counts: Counter[str] = Counter()
    for piece in listed:
        counts.update(piece["counts"])
    seeds = sum(piece["last"] - piece["first"] + 1 for piece in listed)
    whole = {
        "first": listed[0]["first"] if listed else 0, "last": listed[-1]["last"] if listed else -1,
        "cpu_seconds": round(sum(piece["cpu_seconds"] for piece in listed)), "counts": counts,
    }  # fmt: skip
    twice = any(a["last"] >= b["first"] for a, b in pairwise(listed))
    return f"{len(listed)} pieces, {seeds} seeds{' (some of them twice)' if twice else ''}: {said(whole)}"


if __name__ == "__main__":
    raise SystemExit(main())
