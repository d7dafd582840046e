"""Intervals of regressors: what is asked about the prediction of each of many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0, real

Interval = tuple[float, float]
Wish = float | Interval | None


def interval_of(value: Any, name: str) -> Interval:
    """Return an interval that a user gave.

    Raises
    ------
    BadInputError
        If it is no pair of numbers, or they are no interval.
    """
    wanted = f"{name}={shown(value)}: expected an interval such as (lower, upper)"
    if isinstance(value, (Mapping, str, bytes, set, frozenset)):
        raise BadInputError(wanted)
    try:
        low, high = (real(v) for v in value)
    except Exception:  # no two numbers, or an object of a user whose iteration fails
        raise BadInputError(wanted) from None
    if not low <= high:
        raise BadInputError(f"{name}={shown(value)}: expected lower <= upper, and no NaN")
    return low, high


def wish_of(tolerance: Any, interval: Any) -> Wish:
    """Return how far predictions may be from what they are, or the interval in which they shall stay; None for neither.

    Raises
    ------
    BadInputError
        If both are given, or one is nothing of the kind.
    """
    if tolerance is not None and interval is not None:
        raise BadInputError("tolerance and interval are two ways to say what is explained: give one of them")
    if interval is not None:
        return interval_of(interval, "interval")
    if tolerance is None:
        return None
    if not is_finite_from_0(tolerance):
        raise BadInputError(f"tolerance={shown(tolerance)}: expected a number from 0")
    return float(tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What a regressor predicts for rows, shape (m,), and the interval of each, shape (m, 2)."""

    predictions: F64
    intervals: F64


def numbers_of(compiled: Any, wish: Wish, rows: F64) -> Numbers | None:
    """Return the predictions of a regressor and their intervals; None for models that predict classes.

    Parameters
    ----------
    compiled : CompiledModel
        The model.
    wish : float, interval or None
        As ``wish_of`` returns it.
    rows : ndarray of float64, shape (m, n_columns)
        Rows as the model reads them.

    Raises
    ------
    BadInputError
        If a regressor has no wish, another model has one, or a row is predicted outside the interval.
    """
    if not getattr(compiled, "regression", False):
        if wish is not None:
            raise BadInputError("tolerance and interval are for regressors: this model predicts classes")
        return None
    if wish is None:
        raise BadInputError(
            "this model predicts numbers: say tolerance=0.5 (why each prediction is what it is, give or take 0.5), or "
            "interval=(lower, upper)"
        )
    said = np.asarray(compiled.predict(rows), dtype=np.float64) if len(rows) else np.zeros(0)
    if not isinstance(wish, tuple):
        return Numbers(said, np.column_stack([said - wish, said + wish]))
    outside = np.nonzero(~((said >= wish[0]) & (said <= wish[1])))[0]
    if len(outside):
        more = f" (and of {len(outside) - 1} other rows)" if len(outside) > 1 else ""
        raise BadInputError(
            f"the prediction {float(said[outside[0]])!r} of row {outside[0]}{more} is outside interval={wish}: use "
            "tolerance=…, or leave such rows out"
        )
    return Numbers(said, np.tile(np.array(wish), (len(said), 1)))


def interval_around(number: float, wish: float | Interval) -> Interval:
    """Return the interval of one prediction.

    Raises
    ------
    BadInputError
        If it is outside the interval that was wished.
    """
    if not isinstance(wish, tuple):
        return number - wish, number + wish
    if not wish[0] <= number <= wish[1]:
        raise BadInputError(f"the prediction {number!r} is outside interval={wish}: use tolerance=…")
    return wish
