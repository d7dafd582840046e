"""matplotlib, where it is there."""

from __future__ import annotations

from typing import Any

from ...engine.errors import BadInputError


def pyplot() -> Any:
    """Return matplotlib's pyplot.

    Raises
    ------
    BadInputError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise BadInputError("drawing needs matplotlib: pip install matplotlib") from None
    return plt


def axes_of(ax: Any, width: float, height: float) -> Any:
    """Return the axes that were given, or those of a new figure of this size, in inches."""
    return pyplot().subplots(figsize=(width, height), layout="constrained")[1] if ax is None else ax
