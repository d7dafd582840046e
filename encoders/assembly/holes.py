"""A number that a model takes for a missing value (XGBoost's ``missing=-999``): a cell of its own in each column.

A test is true above its border and false below, but for this number, which goes where missing values go. Where that is
the side on which it lies anyway nothing changes; else the test is told by several comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition
from ...engine.errors import UnsupportedModelError
from .members import Parts
from .node_tests import CodeTest


@dataclass(frozen=True, slots=True, eq=False)
class Holes:
    """The columns in which some test sends the number elsewhere than its neighbours.

    Attributes
    ----------
    borders : mapping from column to ndarray of float64
        The borders between the cells of such a column, ascending; cell i lies above border i - 1 and reaches border i.
    above : mapping from column to tuple of Condition
        For each border, that a number lies above it.
    before : float
        The number before it, above which its cell begins; it holds nothing else.
    """

    before: float
    borders: dict[int, F64] = field(default_factory=dict)
    above: dict[int, tuple[Condition, ...]] = field(default_factory=dict)

    def test_of(self, column: int, threshold: float, missing_left: bool, optional: bool) -> CodeTest:
        """Return the test ``x > threshold`` of such a column, by its cells; `optional`: whether it may be missing."""
        lower = np.concatenate([[-np.inf], self.borders[column]])
        truth: NDArray[np.bool_] = lower >= threshold
        truth[lower == self.before] = not missing_left
        return CodeTest(column, np.append(truth, not missing_left) if optional else truth, ranked=True)


def holes_of(parts: Parts) -> Holes | None:
    """Return the columns of an ensemble that have such a cell; ``None`` if there is none."""
    number = parts.hole
    if number is None or not np.isfinite(number):  # infinite numbers are no rows
        return None
    number += 0.0  # no negative zero
    found = Holes(parts.reading.below(number))
    feature = np.concatenate([member.feature[member.left >= 0] for member in parts.members])
    threshold = np.concatenate([member.threshold[member.left >= 0] for member in parts.members])
    left = np.concatenate([member.missing_left[member.left >= 0] for member in parts.members])
    for column in np.unique(feature[(number > threshold) == left]).tolist():
        own = np.unique(np.append(threshold[feature == column] + 0.0, [found.before, number]))
        own = own[(own >= -parts.reading.largest) & (own < parts.reading.largest)]
        found.borders[column] = own
        found.above[column] = tuple(parts.condition_of(column, border, missing=False) for border in own.tolist())
    return found if found.borders else None


def check_hole(parts: Parts, columns: dict[int, F64], names: tuple[str, ...]) -> None:
    """Raise UnsupportedModelError if the number stands for a category of some column."""
    for column, values in columns.items():
        if parts.hole is not None and (values == parts.hole).any():
            raise UnsupportedModelError(
                f"missing={parts.hole:g} is also the number of a category of column {names[column]!r}, which is then "
                "missing: expected a number that is none; fit the model with missing=numpy.nan"
            )
