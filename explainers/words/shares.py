"""Shares and distributions as users give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.given import is_number

NAMES = ("data", "uniform", "rows", "tree")
_EXPECTED = (
    f"expected one of {NAMES}, or a mapping from features to masses such as {{'colour': {{'red': 2, 'blue': 1}}, "
    "'age': cdf}"
)


def delta_of(value: Any) -> Fraction:
    """Return a share above 0 and up to 1 that a user gave, as it is written in the fewest digits."""
    if isinstance(value, Fraction) or is_number(value):
        share = exactly(value)
        if share is not None and 0 < share <= 1:
            return share
    raise BadInputError(f"delta={shown(value)}: expected a number above 0 and up to 1, such as 0.95")


def exactly(value: Any) -> Fraction | None:
    """Return a number as it is written in the fewest digits (0.95 is 19/20); None for what is not finite."""
    if isinstance(value, Fraction):
        return value
    if not is_number(value) or not math.isfinite(value):
        return None
    return Fraction(int(value)) if float(value).is_integer() else Fraction(repr(float(value)))


def named_distribution(value: Any) -> Any:
    """Return a distribution that a user gave: a name, or a mapping.

    Raises
    ------
    BadInputError
        If it is neither.
    """
    if isinstance(value, Mapping) or (isinstance(value, str) and value in NAMES):
        return value
    raise BadInputError(f"distribution={shown(value)}: {_EXPECTED}")
