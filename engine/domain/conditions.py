"""Conditions: the tests of a model on one feature, such as ``age > 37.5``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInputError


class Operator(str, Enum):
    """The comparisons of a condition ``feature operator threshold``.

    ``IN`` and ``NOT_IN`` are for columns of codes 0 … 52: the threshold is a whole number whose bits tell which codes
    are listed.
    """

    GE = ">="
    GT = ">"
    LE = "<="
    LT = "<"
    EQ = "=="
    NEQ = "!="
    IN = "in"
    NOT_IN = "not in"

    def __str__(self) -> str:
        return self.value

    @property
    def negated(self) -> Operator:
        """The comparison that is true exactly where this one is false."""
        return _NEGATED[self]

    @property
    def upward(self) -> bool:
        """Whether it is true of the numbers above a bound."""
        return self is Operator.GT or self is Operator.GE

    @property
    def by_order(self) -> bool:
        """Whether it is true on one side of a bound."""
        return self in (Operator.GT, Operator.GE, Operator.LE, Operator.LT)

    @classmethod
    def parse(cls, value: Operator | str) -> Operator:
        """Read an operator from itself, its sign (``">="``) or its name (``"GE"``).

        Raises
        ------
        BadInputError
            If `value` names none of the operators.
        """
        if isinstance(value, cls):
            return value
        text = str(getattr(value, "value", value)).strip()
        for operator in cls:
            if text in (operator.value, operator.name):
                return operator
        if text in ("=", "≤", "≥", "≠"):
            return {"=": cls.EQ, "≤": cls.LE, "≥": cls.GE, "≠": cls.NEQ}[text]
        raise BadInputError(f"operator={value!r}: expected one of {', '.join(o.name for o in cls)}")


_NEGATED = {
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
    Operator.LT: Operator.GE,
    Operator.EQ: Operator.NEQ,
    Operator.NEQ: Operator.EQ,
    Operator.IN: Operator.NOT_IN,
    Operator.NOT_IN: Operator.IN,
}

CODES = 53  # a float64 holds this many bits


def mask_of(codes: Iterable[int]) -> float:
    """Return the threshold of ``IN`` for some codes below `CODES`."""
    return float(sum(1 << code for code in set(codes)))


def codes_of(threshold: float) -> tuple[int, ...]:
    """Return the codes that the threshold of ``IN`` lists."""
    bits = int(threshold)
    return tuple(code for code in range(CODES) if bits >> code & 1)


class Condition(NamedTuple):
    """A test ``feature operator threshold``.

    Attributes
    ----------
    feature : int
        Column of the model's input, from 0.
    operator : Operator
        The comparison.
    threshold : float
        The number as the model stores it.
    missing : bool
        Whether the condition is true for a missing value (NaN).
    """

    feature: int
    operator: Operator
    threshold: float
    missing: bool = False

    def true_at(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell where the condition is true; NaN counts as missing.

        Parameters
        ----------
        values : ndarray of float64, any shape
            Values of the feature, already read in the model's own precision.
        """
        threshold = self.threshold
        with np.errstate(invalid="ignore"):
            if self.operator is Operator.GE:
                truth = values >= threshold
            elif self.operator is Operator.GT:
                truth = values > threshold
            elif self.operator is Operator.LE:
                truth = values <= threshold
            elif self.operator is Operator.LT:
                truth = values < threshold
            elif self.operator is Operator.EQ:
                truth = values == threshold
            elif self.operator is Operator.NEQ:
                truth = values != threshold
            else:
                truth = np.isin(values, codes_of(threshold)) == (self.operator is Operator.IN)
        return np.where(np.isnan(values), self.missing, truth).astype(np.bool_)


class Reading(str, Enum):
    """The precision in which a model reads its inputs; ``WHOLE`` for columns that hold whole numbers only."""

    FLOAT16 = "float16"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    WHOLE = "int64"

    def cast(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Round values to this precision, the way the model's library does (to whole numbers: the nearest one)."""
        if self is Reading.FLOAT64:
            return np.asarray(values, dtype=np.float64)
        if self is Reading.WHOLE:
            return np.rint(np.asarray(values, dtype=np.float64))
        with np.errstate(over="ignore"):
            return np.asarray(values, dtype=self.value).astype(np.float64)

    @property
    def largest(self) -> float:
        """The largest finite number; of whole numbers the last one below which a float64 holds them all."""
        return 2.0**53 if self is Reading.WHOLE else float(np.finfo(self.value).max)

    def floor(self, number: float) -> float:
        """Return the largest number of this precision that is at most `number` (``-inf`` if there is none)."""
        if self is Reading.FLOAT64 or not math.isfinite(number):
            return number
        if self is Reading.WHOLE:
            return float(math.floor(number))
        with np.errstate(over="ignore"):
            rounded = _float(self)(number)
        if float(rounded) > number:
            rounded = np.nextafter(rounded, _float(self)(-np.inf))
        return float(rounded)

    def below(self, number: float) -> float:
        """Return the largest number of this precision that is smaller than `number`."""
        floor = self.floor(number)
        if floor < number:
            return floor
        return self._next(number, -math.inf)

    def above(self, number: float) -> float:
        """Return the smallest number of this precision that is greater than `number`."""
        return self._next(self.floor(number), math.inf)

    def _next(self, number: float, end: float) -> float:
        """Return the neighbour of a number of this precision in the direction of `end`."""
        if self is Reading.FLOAT64:
            return math.nextafter(number, end)
        if self is Reading.WHOLE:
            return number + math.copysign(1.0, end)
        with np.errstate(over="ignore"):  # beyond the largest number lies an infinite one
            return float(np.nextafter(_float(self)(number), _float(self)(end)))


def _float(reading: Reading) -> Any:
    """Return numpy's type of a floating-point precision."""
    return np.float16 if reading is Reading.FLOAT16 else np.float32


def cut_of(condition: Condition, reading: Reading) -> tuple[float, ...]:
    """Return the borders of a condition: each is the largest number below a change of truth.

    ``x <= t`` and ``x > t`` have one border (the largest readable number that is at most t), ``x < t`` and
    ``x >= t`` the largest readable number below t, equality has both, and a set those of all its codes.
    """
    threshold, operator = condition.threshold, condition.operator
    if operator in (Operator.IN, Operator.NOT_IN):
        return tuple(border for code in codes_of(threshold) for border in (reading.below(code), float(code)))
    if operator in (Operator.LE, Operator.GT):
        return (reading.floor(threshold),)
    if operator in (Operator.LT, Operator.GE):
        return (reading.below(threshold),)
    if reading.floor(threshold) != threshold:
        return ()
    return (reading.below(threshold), threshold)


def readable_border(condition: Condition, reading: Reading) -> tuple[Operator, str]:
    """Return a comparison and the shortest number that mean the same as a bound, when read in the model's precision.

    ``x <= b`` and ``x < next number after b`` are the same test; the one with the shorter number is chosen, the
    condition's own operator if both are equally short.
    """
    cuts = cut_of(condition, reading)
    own = (condition.operator, shortest(condition.threshold, Reading.FLOAT64))
    if len(cuts) != 1 or not abs(cuts[0]) < reading.largest:
        return own
    upward = condition.operator.upward
    closed = (Operator.GT if upward else Operator.LE, shortest(cuts[0], reading))
    opened = (Operator.GE if upward else Operator.LT, shortest(reading.above(cuts[0]), reading))
    return min((closed, opened), key=lambda pair: (len(pair[1]), pair[0] is not condition.operator))


def shortest(number: float, reading: Reading) -> str:
    """Return the shortest decimal that is read as this number."""
    exact = reading in (Reading.FLOAT64, Reading.WHOLE)
    text = repr(number) if exact else str(_float(reading)(number))
    return text.removesuffix(".0")
