"""What the dtype of a user's column says of its values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The values that a column can hold.

    Attributes
    ----------
    kind : str
        ``"bool"``, ``"integer"``, ``"float"``, ``"category"``, ``"date"``, ``"text"``, ``"object"``; empty where
        nothing is declared.
    dtype : str
        The name of numpy's dtype that holds its numbers (``"int8"``, ``"float32"``), empty for all others.
    nullable : bool
        Whether it has missing values beside its numbers (dtypes of pandas and polars).
    """

    kind: str = ""
    dtype: str = ""
    nullable: bool = False

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers only."""
        return self.kind == "integer"

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that it holds (infinite where nothing is declared)."""
        if self.kind == "integer" and self.dtype:
            info = np.iinfo(self.dtype)
            high = float(info.max)
            return float(info.min), high if int(high) <= info.max else math.nextafter(high, 0.0)
        if self.kind == "bool":
            return 0.0, 1.0
        if self.kind == "float" and self.dtype in ("float16", "float32"):
            largest = float(np.finfo(self.dtype).max)
            return -largest, largest
        return -math.inf, math.inf


UNTYPED = ColumnType()
