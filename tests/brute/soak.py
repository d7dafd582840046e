"""Long runs without hypothesis: every test of forests on seeded cases.

``python -m tests.brute.soak [-n CASES] [-s SEED] [-k PART]`` runs, for each test whose name (or file) has PART in it,
CASES seeded cases, and prints the seed of every failure; ``-n 1 -s SEED`` runs one of them again.
"""

from __future__ import annotations

import argparse
import importlib
import re
import time
import traceback
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from hypothesis.errors import UnsatisfiedAssumption

from tests.brute.forest_strategies import seeded_forests


def tests_of_forests(part: str) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, function and demands of each property test of forests."""
    root = Path(__file__).resolve().parents[2]
    for path in sorted((root / "tests").rglob("test_*.py")):
        if not re.search("^@each_forest\\(", path.read_text(encoding="utf-8"), re.M):
            continue
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for name, test in vars(importlib.import_module(module)).items():
            if hasattr(test, "plain_test") and part in f"{module}.{name}":
                yield f"{module}.{name}", test.plain_test, test.asked


def main() -> int:
    """Run the tests; the number of failures is the exit status (at most 100)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=200, help="cases of each test")
    parser.add_argument("-s", type=int, default=0, help="first seed")
    parser.add_argument("-k", default="", help="part of the name of a test")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # sums of huge numbers
    failures = 0
    for name, test, demands in tests_of_forests(asked.k):
        start, ran, failed = time.perf_counter(), 0, []
        for seed, case in islice(seeded_forests(asked.s, **demands), asked.n):
            try:
                test(case)
                ran += 1
            except UnsatisfiedAssumption:
                continue
            except Exception as error:
                failed.append(seed)
                if len(failed) <= 3:
                    print(f"--- {name}: seed {seed}, {case!r}\n{case.recipe}")
                    traceback.print_exception(error, limit=-4)
        failures += len(failed)
        print(f"{name}: {ran} passed, failed with seeds {failed}, {time.perf_counter() - start:.0f} s", flush=True)
    return min(failures, 100)


if __name__ == "__main__":
    raise SystemExit(main())
