"""The conditions of a domain that cuts describe, side by side, so that no loop goes through its attributes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import I32, Bools
from .space import Space


class FlatCuts(NamedTuple):
    """The conditions on interval attributes, attribute by attribute.

    Attributes
    ----------
    variable : ndarray of intp
        The conditions.
    cut : ndarray of int32
        The cut of each (-1: it is a constant).
    rising : ndarray of bool
        Whether it is true above its cut; the truth of a constant.
    attribute : ndarray of intp
        Whose cut it is.
    others : tuple of int
        The attributes that cuts do not describe.
    """

    variable: NDArray[np.intp]
    cut: I32
    rising: Bools
    attribute: NDArray[np.intp]
    others: tuple[int, ...]


@lru_cache(maxsize=4)  # a search asks about one domain many times
def flat_cuts(space: Space) -> FlatCuts:
    """Return the cuts of a domain."""
    ruled = [(i, a) for i, a in enumerate(space.attributes) if a.interval]
    none = [np.zeros(0, np.int32)]
    counts = [len(a.variables) for _, a in ruled]
    return FlatCuts(
        np.concatenate([a.variables for _, a in ruled] or none).astype(np.intp),
        np.concatenate([a.cut for _, a in ruled] or none).astype(np.int32),
        np.concatenate([a.rising for _, a in ruled] or none).astype(np.bool_),
        np.repeat(np.array([i for i, _ in ruled], np.intp), counts),
        tuple(i for i, a in enumerate(space.attributes) if not a.interval),
    )
