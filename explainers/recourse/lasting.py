"""Plans that hold in a box around them: whoever finds a bad row there rules out all plans whose box it is in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ...engine.arrays import F64, I32, I64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, UndecidedError, shown
from ...engine.given import is_finite_from_0
from ...engine.plans.parts import Accepts, Axis, Column, Part, Rule, Task
from ...engine.plans.search import PlanHunt
from .numbers import Lattice

if TYPE_CHECKING:
    from .axes import Room
    from .planning import Plans

_WAYS = 512  # how many ways to break what is wanted are tried at most


def radii_of(asked: Plans) -> dict[int, Fraction]:
    """Return by how much each number may turn out otherwise.

    Raises
    ------
    BadInputError
        If a feature is no number, or a radius is none.
    """
    said = asked.said.get("slack")
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise BadInputError(f"slack={shown(said)}: expected a mapping such as {{'income': 500}}")
    found = {}
    for name, radius in said.items():
        index = asked.session.feature_index(name)
        feature = asked.session.features[index]
        if not asked.frame.is_number(feature) or feature.listed:
            raise BadInputError(f"slack[{feature.name!r}]: it is no number, and cannot turn out a little otherwise")
        if not is_finite_from_0(radius):
            raise BadInputError(f"slack[{feature.name!r}]={shown(radius)}: expected a finite number from 0")
        found[index] = Fraction(repr(float(radius)))
    return {index: radius for index, radius in found.items() if radius}


def spread(asked: Plans, rooms: Sequence[Room], radii: Mapping[int, Fraction]) -> None:
    """Let options begin where the box around them begins, or ends, to reach something else."""
    for index, radius in radii.items():
        lattice = asked.frame.lattice(asked.session.features[index])
        for start in {lattice.ceil(start) for start in asked.frame.starts(index)}:
            rooms[index].starts.append(first_from(lattice, Fraction(start) - radius))
            rooms[index].starts.append(first_from(lattice, Fraction(start) + radius))


def first_from(lattice: Lattice, bound: Fraction) -> float:
    """Return the least number of a lattice that is at least a bound."""
    number = lattice.ceil(float(bound))
    while Fraction(number) < bound:
        number = lattice.above(number)
    while math.isfinite(below := lattice.below(number)) and Fraction(below) >= bound:
        number = below
    return number


def last_up_to(lattice: Lattice, bound: Fraction) -> float:
    """Return the greatest number of a lattice that is at most a bound."""
    number = lattice.floor(float(bound))
    while Fraction(number) > bound:
        number = lattice.below(number)
    while math.isfinite(above := lattice.above(number)) and Fraction(above) <= bound:
        number = above
    return number


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the box around each option of an axis reaches on the other side.

    Attributes
    ----------
    axis : Axis
        The options that rows in boxes may have.
    low, high : ndarray of int32
        For each option of plans, the first and the last one of these in its box.
    """

    axis: Axis
    low: I32
    high: I32


class Adversary:
    """Looks for rows in the box around a plan that are not decided as wanted."""

    def __init__(self, asked: Plans, axes: tuple[Axis, ...], radii: Mapping[int, Fraction], deadline: Deadline) -> None:
        self.reach = [_reach(asked, axis, radii.get(axis.feature)) for axis in axes]
        self.deadline = deadline
        self._hunts: list[PlanHunt] = []
        others = tuple(one.axis for one in self.reach)
        for view in asked.views[: asked.n_deciding]:
            over = asked.over(view, others)
            for sides in view.sides:
                if sides.goal is not None:
                    raise BadInputError("slack is for models whose scores add up, and this one is a model of models")
                part = Part(sides.trees, over, _broken(sides.ways), sides.kind, _not(sides.accepts))
                self._hunts.append(PlanHunt(Task(others, (part,), [np.zeros(len(axis)) for axis in others])))

    def rule(self, point: I32) -> Rule | None:
        """Return a rule that a point breaks, for a row in its box is bad; None if there is no such row.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        found = self.bad(point)
        if found is None:
            return None
        return [
            (a, (one.low > bad) | (one.high < bad))
            for a, (one, bad) in enumerate(zip(self.reach, found.tolist(), strict=True))
        ]

    def bad(self, point: I32) -> I32 | None:
        """Return a row in the box around a point that is not decided as wanted, by its options; None: there is none."""
        low = np.array([one.low[option] for one, option in zip(self.reach, point, strict=True)], np.int32)
        high = np.array([one.high[option] for one, option in zip(self.reach, point, strict=True)], np.int32)
        for hunt in self._hunts:
            hunt.within(low, high)
            found = hunt.cheapest(self.deadline)
            if found.point is not None:
                return found.point
            if not found.proved:
                raise UndecidedError
        return None


def _reach(asked: Plans, axis: Axis, radius: Fraction | None) -> Reach:
    """Return what the boxes around the options of an axis reach."""
    same: I64 = np.arange(len(axis))
    if radius is None or np.isnan(axis.values).any():
        return Reach(axis, same.astype(np.int32), same.astype(np.int32))
    lattice = asked.frame.lattice(asked.session.features[axis.feature])
    found = {lattice.ceil(start) for start in asked.frame.starts(axis.feature)}  # no stretch is without a number
    starts = sorted({s for s in found if lattice.low < s <= lattice.high} | {lattice.low})
    line: F64 = np.array(starts).reshape(-1, 1)  # the first number of each stretch stands for it
    numbers = axis.values[:, 0]
    low = [first_from(lattice, max(Fraction(v) - radius, Fraction(lattice.low))) for v in numbers.tolist()]
    high = [last_up_to(lattice, min(Fraction(v) + radius, Fraction(lattice.high))) for v in numbers.tolist()]
    first = np.searchsorted(line[:, 0], low, side="right") - 1
    last = np.searchsorted(line[:, 0], high, side="right") - 1
    return Reach(
        Axis(axis.feature, axis.columns, line, -1, axis.ordered), first.astype(np.int32), last.astype(np.int32)
    )


def _not(accepts: Accepts) -> Accepts:
    return lambda scores: not accepts(scores)


def _broken(ways: tuple[tuple[Column, ...], ...]) -> tuple[tuple[Column, ...], ...]:
    """Return the ways to break all ways: a column of each falls short."""
    if math.prod(len(way) for way in ways) > _WAYS:
        raise BadInputError("slack: what is wanted can be missed in too many ways: name one class by target=")
    return tuple(
        tuple(Column(-c.worth, -c.offset, 1 - c.need - c.loose, c.loose) for c in chosen)
        for chosen in itertools.product(*ways)
    )
