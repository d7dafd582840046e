"""What changes cost: distances in units of the data or of the user, prices of categories, a fixed cost a feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0
from ...engine.plans.parts import Axis

COSTS = ("l0", "l1", "l2", "percentile")
SCALES = (None, "mad", "std")


@dataclass(frozen=True, slots=True)
class Price:
    """What changes of one feature cost.

    Attributes
    ----------
    cost : str
        One of ``COSTS``.
    up, down : float
        Price of a unit upwards, and downwards; of categories `up` is that of any move.
    scale : float
        What a unit is.
    fixed : float
        What any change costs beside that.
    moves : mapping
        Of categories: prices of moves, by the names of the new value or of both.
    to_missing, from_missing : float
        What it costs that a value becomes missing, or known.
    ranks : ndarray of float64
        The sorted numbers of the data, for ``"percentile"``.
    """

    cost: str = "l1"
    up: float = 1.0
    down: float = 1.0
    scale: float = 1.0
    fixed: float = 0.0
    moves: Mapping[Any, float] = field(default_factory=dict)
    to_missing: float | None = None
    from_missing: float | None = None
    ranks: F64 | None = None

    def of_number(self, old: float, new: float) -> float:
        """Return what it costs that a number becomes another one."""
        return float(self.of_numbers(old, np.array([new]))[0])

    def of_numbers(self, old: float, new: F64) -> F64:
        """Return what it costs that a number becomes each of others."""
        price: F64 = np.where(new > old, self.up, self.down)
        if self.cost == "percentile":
            price = price * np.abs(self._rank(new) - self._rank(np.array([old])))
        elif self.cost != "l0":
            distance = np.abs(new - old) / self.scale
            price = price * (distance * distance if self.cost == "l2" else distance)
        return np.where(new == old, 0.0, self.fixed + price)

    def _rank(self, numbers: F64) -> F64:
        """Return which share of the data is at most each number."""
        assert self.ranks is not None
        found: F64 = np.searchsorted(self.ranks, numbers, side="right") / len(self.ranks)
        return found

    def of_move(self, old: Any, new: Any) -> float:
        """Return what it costs that a category, told by its name, becomes another one."""
        for key in ((old, new), new):
            try:
                if key in self.moves:
                    return self.fixed + self.moves[key]
            except TypeError:  # a value that no mapping takes
                continue
        return self.fixed + self.up

    def of_missing(self, *, becomes: bool) -> float:
        """Return what it costs that a value becomes missing, or known."""
        own = self.to_missing if becomes else self.from_missing
        return self.fixed + (self.up if own is None else own)


def costs_of(axis: Axis, price: Price, names: list[Any], *, number: bool) -> F64:
    """Return what each option of an axis costs (`names`: how they are called, `number`: whether they are numbers)."""
    own = axis.values[axis.own]
    if number and not np.isnan(axis.values).any():
        return price.of_numbers(float(own[0]), axis.values[:, 0])
    found = np.zeros(len(axis))
    for option, values in enumerate(axis.values):
        if option == axis.own:
            continue
        gone, was = bool(np.isnan(values).any()), bool(np.isnan(own).any())
        if gone or was:
            found[option] = price.of_missing(becomes=gone)
        elif number:
            found[option] = price.of_number(float(own[0]), float(values[0]))
        else:
            found[option] = price.of_move(names[axis.own], names[option])
    return found


def number_of(value: Any, what: str) -> float:
    """Return a number from 0 that a user gave."""
    if not is_finite_from_0(value):
        raise BadInputError(f"{what}={shown(value)}: expected a finite number from 0")
    return float(value)


def scale_of(feature: Feature, column: F64, scale: str) -> float:
    """Return the unit of a feature in data: its median absolute deviation, or its standard deviation.

    Where half of the data is one number, the first is 0 and the second one is taken; where all of it is, 1.
    """
    known = column[~np.isnan(column)]
    if not len(known) or feature.kind not in (Kind.NUMERICAL, Kind.INTEGER, Kind.CATEGORICAL):
        return 1.0
    found = float(np.median(np.abs(known - np.median(known)))) if scale == "mad" else 0.0
    if found <= 0.0:
        found = float(known.std())
    return found if found > 0.0 else 1.0


def prices_of(
    said: Mapping[int, Any], feature: int, name: str, *, number: bool
) -> tuple[float, float, Mapping[Any, float]]:
    """Return the prices of a feature: upwards, downwards, and of moves."""
    given = said.get(feature, 1.0)
    what = f"prices[{name!r}]"
    if isinstance(given, Mapping):
        if number:
            raise BadInputError(f"{what}={shown(given)}: expected a number, or a pair (upwards, downwards)")
        return 1.0, 1.0, {key: number_of(value, f"{what}[{key!r}]") for key, value in given.items()}
    if isinstance(given, (tuple, list)):
        if not number or len(given) != 2:
            raise BadInputError(f"{what}={shown(given)}: expected a number; a pair (upwards, downwards) is for numbers")
        return number_of(given[0], what), number_of(given[1], what), {}
    return number_of(given, what), number_of(given, what), {}
