"""The bins of one column in one term: which of them there are in the domain, and how a tree tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I64
from ...engine.errors import UnsupportedModelError
from .nominal import Nominal


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """The bins of a column along an axis of a term.

    Attributes
    ----------
    column : int
        The column.
    cuts : ndarray of float64 or None
        Of numbers: where bin 2, 3, … begin.
    place : ndarray of int64
        Of numbers: the bins 1, 2, …; of categories: the bin of each code.
    missing : bool
        Whether a missing value is in the domain; its bin is 0.
    """

    column: int
    cuts: F64 | None
    place: I64
    missing: bool


def bins_of(column: int, bins: Mapping[str, int] | NDArray[Any], known: Nominal | None, missing: bool) -> Bins:
    """Return the bins of a column.

    Parameters
    ----------
    column : int
        The column.
    bins : mapping or ndarray
        Text -> bin of a category, or cuts.
    known : Nominal or None
        The codes of the categories.
    missing : bool
        Whether the column may be missing.

    Raises
    ------
    UnsupportedModelError
        If cuts are no finite numbers that rise.
    """
    if known is not None and isinstance(bins, Mapping):
        place = [int(bins.get(text, -1)) for text in known.texts]
        return Bins(column, None, np.array([*place, -1], np.int64), missing)
    cuts = np.asarray(bins, np.float64)
    if not (np.isfinite(cuts).all() and (np.diff(cuts) > 0).all()):
        raise UnsupportedModelError(f"column {column} has cuts that are not finite, or do not rise: fit it again")
    return Bins(column, cuts, np.arange(1, len(cuts) + 2), missing)
