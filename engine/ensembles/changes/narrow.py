"""Where changes may lead."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..._native import Layout, Outer

Run = Callable[..., int]  # run(function, *arguments): the caller's way to call the core under its deadline


def everywhere(layout: Layout) -> Outer:
    """Return the box of all cells."""
    lo = np.zeros(layout.n_attributes, np.int32)
    return Outer(lo, (layout.n_cells - 1).astype(np.int32), np.zeros(layout.n_listed_cells, np.int32))
