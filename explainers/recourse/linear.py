"""Linear constraints over numbers: what weighted sums of them may be, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.domain.ranges import ends_of
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_finite_from_0, is_number, list_of
from ...engine.plans.parts import Axis, Table, Weighed

if TYPE_CHECKING:
    from .axes import Frame, Room

MOST = 20_000  # numbers that a feature may have, each of which is looked at
LEAST = -1e300  # what a missing number adds: with one, nothing is compared
_FORM = "({'debt': 1, 'amount': 1}, (None, 30000)): coefficients of numbers, and where their sum lies"


class Linear(NamedTuple):
    """A weighted sum of numbers, and where it lies.

    Attributes
    ----------
    text : str
        The constraint in words.
    weights : mapping from int to Fraction
        The weight of each feature.
    low, high : Fraction or None
        The ends, both included; None: open.
    """

    text: str
    weights: Mapping[int, Fraction]
    low: Fraction | None
    high: Fraction | None

    def holds(self, numbers: Mapping[int, float]) -> bool:
        """Tell whether numbers of the features obey it; where one is missing, they do."""
        if any(math.isnan(numbers[i]) for i in self.weights):
            return True
        total = sum((weight * Fraction(numbers[i]) for i, weight in self.weights.items()), Fraction(0))
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


def linears_of(said: Any, find: Any, names: Sequence[str], numbers: Sequence[bool]) -> list[Linear]:
    """Read constraints as users say them.

    Raises
    ------
    BadInputError
        If one is none.
    """
    found = []
    for given in list_of(() if said is None else said, "linear", f"pairs such as {_FORM}"):
        if not (isinstance(given, (tuple, list)) and len(given) == 2 and isinstance(given[0], Mapping) and given[0]):
            raise BadInputError(f"linear: {shown(given)}: expected {_FORM}")
        weights = {}
        for name, weight in given[0].items():
            index = find(name)
            if not numbers[index]:
                raise BadInputError(f"linear: {names[index]!r} is no number, and cannot be added up")
            if not is_number(weight) or not is_finite_from_0(abs(weight)) or weight == 0:
                raise BadInputError(f"linear[{names[index]!r}]={shown(weight)}: expected a finite number other than 0")
            weights[index] = exact(weight)
        try:
            low, high = ends_of("linear", given[1])
        except TheoryError as error:
            raise BadInputError(str(error)) from None
        ends = [None if math.isinf(end) else exact(end) for end in (low, high)]
        if ends == [None, None]:
            raise BadInputError(f"linear: {shown(given)} bounds nothing: expected {_FORM}")
        found.append(Linear(_words(weights, low, high, names), weights, *ends))
    return found


def exact(value: Any) -> Fraction:
    """Return a number as the decimal that a user wrote."""
    return Fraction(repr(float(value))) if isinstance(value, (float, np.floating)) else Fraction(int(value))


def _words(weights: Mapping[int, Fraction], low: float, high: float, names: Sequence[str]) -> str:
    total = ""
    for index, weight in weights.items():
        sign = ("-" if weight < 0 else "") if not total else (" - " if weight < 0 else " + ")
        size = "" if abs(weight) == 1 else f"{float(abs(weight)):g} "
        total += f"{sign}{size}{names[index]}"
    if math.isinf(low):
        return f"{total} <= {high:g}"
    return f"{total} >= {low:g}" if math.isinf(high) else f"{low:g} <= {total} <= {high:g}"


def list_numbers(frame: Frame, rooms: Sequence[Room], linears: Sequence[Linear]) -> None:
    """Let every number that a constraint speaks of be an option of its own.

    Raises
    ------
    BadInputError
        If there are too many, or infinitely many.
    """
    for index in sorted({i for one in linears for i in one.weights}):
        room, feature = rooms[index], frame.features[index]
        room.named = True
        if room.still or feature.listed:
            continue
        line = frame.line(index, room)
        low, high = max(line.low, line.lattice.low), min(line.high, line.lattice.high)
        step = float(room.steps.step) if room.steps is not None else 1.0 if line.lattice.whole else 0.0
        if not step:
            raise BadInputError(
                f"linear: {feature.name!r} has no steps, so its sums have no cheapest value: say by which it changes, "
                f"steps={{{feature.name!r}: 1}}"
            )
        if not (high - low) / step <= MOST:
            raise BadInputError(
                f"linear: {feature.name!r} can have more than {MOST} values: say where it may go, "
                f"ranges={{{feature.name!r}: (0, 1000)}} or within_data=True, or larger steps"
            )
        number = line.lattice.ceil(low)
        while number <= high:
            at = number if room.steps is None else room.steps.at_least(number, line.lattice)
            room.starts += [at, line.lattice.above(at)]
            number = line.lattice.above(at)


def tables_over(linears: Sequence[Linear], axes: Sequence[Axis]) -> list[Table]:
    """Return constraints as tables over axes; whether a sum that is near to an end obeys it is decided exactly."""
    place = {axis.feature: a for a, axis in enumerate(axes)}
    tables = []
    for one in linears:
        chosen = {i: place[i] for i in one.weights}

        def holds(point: I32, one: Linear = one, chosen: Mapping[int, int] = chosen) -> bool:
            return one.holds({i: float(axes[a].values[point[a], 0]) for i, a in chosen.items()})

        for end, sign in ((one.high, 1), (one.low, -1)):
            if end is None:
                continue
            of: list[F64] = [np.zeros(len(axis)) for axis in axes]
            for i, a in chosen.items():
                numbers = axes[a].values[:, 0]
                of[a] = np.where(np.isnan(numbers), LEAST, float(sign * one.weights[i]) * np.nan_to_num(numbers))
            sums = Weighed(one.text, {a: sign * one.weights[i] for i, a in chosen.items()}, sign * end)
            tables.append(Table(of, float(sign * end), holds, sums))
    return tables
