"""Arguments that several methods check alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.errors import BadInputError, shown


def whole(name: str, value: Any, low: int = 1) -> int:
    """Return a whole number from `low` on.

    Raises
    ------
    BadInputError
        If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
        raise BadInputError(f"{name}={shown(value)}: expected a whole number from {low}")
    return int(value)


def truth(name: str, value: Any) -> bool:
    """Return True or False.

    Raises
    ------
    BadInputError
        If it is neither.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise BadInputError(f"{name}={shown(value)}: expected True or False")
    return bool(value)


def word(name: str, value: Any, known: Sequence[str]) -> str:
    """Return one of the known words.

    Raises
    ------
    BadInputError
        If it is another one.
    """
    if not isinstance(value, str) or value not in known:
        raise BadInputError(f"{name}={shown(value)}: expected {' or '.join(map(repr, known))}")
    return value


def number(name: str, value: Any, low: float = 0.0, high: float = math.inf, *, above: bool = False) -> float:
    """Return a finite number in [low, high] (`above`: strictly above `low`).

    Raises
    ------
    BadInputError
        If it is none.
    """
    known = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not known or not math.isfinite(value) or not low <= value <= high or (above and value <= low):
        span = f"{'above' if above else 'from'} {low:g}" if high == math.inf else f"in [{low:g}, {high:g}]"
        raise BadInputError(f"{name}={shown(value)}: expected a number {span}")
    return float(value)
