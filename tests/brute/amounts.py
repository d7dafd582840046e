"""How much the tests try: a sixth by default, all of it where ``SUFFICE_THOROUGH`` is set (``.ci/run --all`` does)."""

import os
from typing import Any

THOROUGH = bool(os.environ.get("SUFFICE_THOROUGH"))
FEWEST = 4


def some(full: int) -> int:
    """Return how many random cases to try of `full` ones: a sixth, but 4 at least; all in a thorough run."""
    return full if THOROUGH else min(full, max(FEWEST, (full + 5) // 6))


def sized(full: Any, usual: Any) -> Any:
    """Return `full` in a thorough run, `usual` in others: of what gets dear by its size, not by its number."""
    return full if THOROUGH else usual


def examples(full: int) -> int:
    """Return the same, or ``SUFFICE_EXAMPLES`` where that is set (soak runs)."""
    return int(os.environ.get("SUFFICE_EXAMPLES", some(full)))
