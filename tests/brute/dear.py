"""Which cases of dear tests a run leaves out in which no files were named.

``dear.txt`` has the measured seconds of processor time of a case of each test function that takes some, and how many
cases there were. Of each function as many cases are kept as fit into the seconds of a `Share`, such that each value of
each parameter comes first; a function of which one case takes more than its `dearest` is left out. All of them run
where they are named (``pytest tests/engine``), and in a thorough run. To write the file anew::

    SUFFICE_SECONDS=seconds.txt python -m pytest -n auto tests
    python -m tests.brute.dear seconds.txt
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

_STATIC = ("circles", "dead", "depth", "docs", "imports", "mirror", "privates", "queries", "readme", "size")


class Share(NamedTuple):
    """What a run keeps of the cases of a test function: so many seconds of them, and so many at least.

    `drawn` is the part of the seconds of a property test that is left, as fewer examples are drawn. Of the files in
    `kept` nothing is left out: what the house has to be is always looked at. Those in `dropped` are left out: what all
    of their tests need is dear, whichever of them comes first.
    """

    budget: float
    dearest: float
    fewest: int
    drawn: float
    kept: tuple[str, ...]
    dropped: tuple[str, ...]


QUICK = Share(
    0.1, 0.3, 1, 0.5, tuple(f"tests/house/test_{name}.py" for name in _STATIC), ("tests/house/test_wheel.py",)
)
BROAD = Share(0.5, 2.25, 2, 1.0, ("tests/house/",), ())
LISTED = 0.1  # seconds of all cases of a function, from which it is in the file
FILE = Path(__file__).with_name("dear.txt")


def measured(file: Path = FILE) -> dict[str, float]:
    """Return the seconds of a case of each dear test."""
    lines = (line.split(maxsplit=2) for line in file.read_text("utf-8").splitlines())
    return {name: float(seconds) for seconds, _, name in lines}


def name_of(nodeid: str) -> str:
    """Return the file and the function of a test."""
    return nodeid.partition("[")[0]


def left_out(items: list[Any], dear: dict[str, float], share: Share) -> list[Any]:
    """Return the tests that a run leaves out."""
    groups = defaultdict(list)
    for item in items:
        groups[name_of(item.nodeid)].append(item)
    found = []
    for name, cases in groups.items():
        seconds = dear.get(name, 0.0) * (share.drawn if _is_property(cases[0]) else 1.0)
        if name.startswith(share.kept):
            continue
        if seconds > share.dearest or name.startswith(share.dropped):
            found += cases
            continue
        if seconds:
            found += in_order(cases)[max(share.fewest, int(share.budget / seconds)) :]
    return found


def in_order(cases: list[Any]) -> list[Any]:
    """Return cases such that those come first that have a value of a parameter which none before has."""
    values = [_values(case) for case in cases]
    left, seen, order = list(range(len(cases))), set[Any](), list[int]()
    while left:
        best = max(left, key=lambda i: (len(values[i] - seen), -i))
        if not values[best] - seen:  # the rest: evenly spread
            step = max(1, len(left) // 7)
            order += [i for start in range(step) for i in left[start::step]]
            break
        order.append(best)
        seen |= values[best]
        left.remove(best)
    return [cases[i] for i in order]


def _values(case: Any) -> set[tuple[str, int]]:
    call = getattr(case, "callspec", None)
    return set() if call is None else {(name, id(value)) for name, value in call.params.items() if name != "seed"}


def _is_property(case: Any) -> bool:
    return bool(getattr(getattr(case, "obj", None), "is_hypothesis_test", False))


def spent() -> float:
    """Return the seconds that the processor has worked for this process and for those of its children that ended."""
    told = os.times()
    return time.process_time() + told.children_user + told.children_system


def main(seconds: str) -> None:
    """Write the file anew, from lines of seconds and names of cases."""
    times = defaultdict(list)
    for line in Path(seconds).read_text("utf-8").splitlines():
        number, _, name = line.partition(" ")
        times[name_of(name)].append(float(number))
    told = sorted((name, sum(each) / len(each), len(each)) for name, each in times.items() if sum(each) > LISTED)
    FILE.write_text("".join(f"{mean:.3f} {n} {name}\n" for name, mean, n in told), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
