"""How much the tests try: quick, broad or thorough.

======== =============================================== ====================== ======================================
level    asked for by                                    random cases of a test cases of dear tests (``dear``)
======== =============================================== ====================== ======================================
quick    ``pytest`` alone                                a twenty-fourth        few, of the dearest none
broad    ``SUFFICE_BROAD=1``, as ``.ci/run`` does        a sixth                some, of the dearest none
broad    files or folders named: ``pytest tests/engine`` a sixth                all
thorough ``SUFFICE_THOROUGH=1``: ``.ci/run --all``       all                    all
======== =============================================== ====================== ======================================
"""

import os
from typing import Any

THOROUGH = bool(os.environ.get("SUFFICE_THOROUGH"))
BROAD = THOROUGH or bool(os.environ.get("SUFFICE_BROAD"))
FEWEST, FEWEST_QUICK = 4, 2

quick = False  # set before tests are collected, by tests/conftest.py: here nobody knows whether files were named


def some(full: int) -> int:
    """Return how many random cases to try of `full` ones: a sixth, but 4 at least; all in a thorough run."""
    if THOROUGH:
        return full
    parts, fewest = (24, FEWEST_QUICK) if quick else (6, FEWEST)
    return min(full, max(fewest, -(-full // parts)))


def few(full: int) -> int:
    """Return how many to try of cases that a broad run tries all: a sixth in a quick run, but 4 at least."""
    return min(full, max(FEWEST, -(-full // 6))) if quick else full


def sized(full: Any, usual: Any) -> Any:
    """Return `full` in a thorough run, `usual` in others: of what gets dear by its size, not by its number."""
    return full if THOROUGH else usual


def examples(full: int) -> int:
    """Return the same as `some`, or ``SUFFICE_EXAMPLES`` where that is set (soak runs)."""
    return int(os.environ.get("SUFFICE_EXAMPLES", some(full)))
