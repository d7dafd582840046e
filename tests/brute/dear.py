"""Which cases of dear tests a plain run leaves out: ``pytest`` alone has to end within minutes.

``dear.txt`` has the measured seconds of a case of each test function that takes long, and how many cases there were. A
plain run keeps as many of its cases as fit into `BUDGET` seconds, two at least, such that each value of each parameter
comes first; a function of which one case takes more than `DEAREST` is left out. All of them run where they are named
(``pytest tests/engine``), and in a thorough run. ``python -m tests.brute.dear RESULTS.xml`` writes the file anew, from
what ``SUFFICE_THOROUGH= pytest tests --junitxml=RESULTS.xml`` has measured.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

BUDGET, DEAREST, FEWEST = 2.0, 6.0, 2
FILE = Path(__file__).with_name("dear.txt")
KEPT = "tests/house/"  # what the house has to be is always looked at


def measured(file: Path = FILE) -> dict[str, float]:
    """Return the seconds of a case of each dear test."""
    lines = (line.split(maxsplit=2) for line in file.read_text("utf-8").splitlines())
    return {name: float(seconds) for seconds, _, name in lines}


def name_of(item: Any) -> str:
    """Return the file and the function of a test."""
    return item.nodeid.partition("[")[0]


def left_out(items: list[Any], dear: dict[str, float]) -> list[Any]:
    """Return the tests that a plain run leaves out."""
    groups = defaultdict(list)
    for item in items:
        groups[name_of(item)].append(item)
    found = []
    for name, cases in groups.items():
        seconds = dear.get(name, 0.0)
        if not seconds or name.startswith(KEPT):
            continue
        if seconds > DEAREST:
            found += cases
            continue
        found += in_order(cases)[max(FEWEST, int(BUDGET / seconds)) :]
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


def main(results: str) -> None:
    """Write the file anew."""
    times = defaultdict(list)
    for case in ElementTree.parse(results).iter("testcase"):
        path = case.attrib["classname"].replace(".", "/") + ".py"
        times[f"{path}::{case.attrib['name'].partition('[')[0]}"].append(float(case.attrib["time"]))
    told = sorted((name, sum(each) / len(each), len(each)) for name, each in times.items() if sum(each) > BUDGET)
    FILE.write_text("".join(f"{mean:.2f} {n} {name}\n" for name, mean, n in told), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
