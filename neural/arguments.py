"""Arguments that several methods check alike."""

from __future__ import annotations

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
