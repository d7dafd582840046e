"""What recourse costs groups of rows, and by how much groups differ, with bounds that hold where searches stopped."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.errors import BadInputError, shown
from .bounds import NOTHING, Bounds, difference, mean, median, share_above, share_up_to
from .groups import Grouping

MEASURES = ("refused", "plan", "no_plan", "within", "beyond", "mean", "median")


@dataclass(frozen=True, slots=True)
class Burden:
    """What recourse costs one group.

    Attributes
    ----------
    grouping, group : str
        How the rows are parted, and the group.
    n_rows, n_refused : int
        How many rows it has, and of how many the model decides otherwise than wanted. All else is about the latter.
    refused : Bounds
        Their share of the rows.
    plan, no_plan : Bounds
        The share with a plan, and without one.
    within, beyond : Bounds
        The share with a plan that costs no more than the budget, and without such a plan; without a budget those with
        any plan, and with none.
    mean : Bounds
        The mean cost of those that have a plan.
    median : Bounds
        The least cost that at least half do not exceed; one without a plan counts as infinite.
    """

    grouping: str
    group: str
    n_rows: int
    n_refused: int
    refused: Bounds
    plan: Bounds
    no_plan: Bounds
    within: Bounds
    beyond: Bounds
    mean: Bounds
    median: Bounds

    @property
    def text(self) -> str:
        """The same as a sentence."""
        name = f"{self.grouping} = {self.group}" if self.grouping else self.group
        if not self.n_refused:
            return f"{name}: none of {self.n_rows} rows is refused"
        return (
            f"{name}: {self.n_refused} of {self.n_rows} rows are refused; {self.plan.told('.1%')} of these have a "
            f"plan, at a median cost of {self.median.told()}"
        )

    def of(self, measure: str) -> Bounds:
        """Return a measure by its name."""
        found: Bounds = getattr(self, measure)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a measure is greater in one group than in another one.

    Attributes
    ----------
    measure, grouping, group, other : str
        What is compared.
    by : Bounds
        The measure of the group less that of the other one.
    """

    measure: str
    grouping: str
    group: str
    other: str
    by: Bounds

    @property
    def proved(self) -> bool:
        """Whether the groups differ, whatever the costs are within their bounds: of these rows, no test of chance."""
        return self.by.low > 0 or self.by.high < 0

    def __repr__(self) -> str:
        sure = "" if self.proved or math.isnan(self.by.low) else "; they may be alike"
        return f"<{self.measure} of {self.group} less that of {self.other}: {self.by.told()}{sure}>"


def burden_of(grouping: str, group: str, refused: Bools, low: F64, high: F64, budget: float) -> Burden:
    """Return the burden of a group from the bounds of the costs of its rows (`refused`: of which they are told)."""
    low, high = low[refused], high[refused]
    n, own = len(refused), int(refused.sum())
    share = Bounds(own / n, own / n) if n else NOTHING
    return Burden(
        grouping, group, n, own, share, share_up_to(low, high, math.inf), share_above(low, high, math.inf),
        share_up_to(low, high, budget), share_above(low, high, budget), mean(low, high), median(low, high),
    )  # fmt: skip


def burdens_of(groupings: Sequence[Grouping], refused: Bools, low: F64, high: F64, budget: float) -> tuple[Burden, ...]:
    """Return the burden of all rows, then of each group."""
    every = np.ones(len(refused), np.bool_)
    parts = [("", "all rows", every)]
    parts += [(grouping.name, label, own) for grouping in groupings for label, own in grouping.each()]
    return tuple(burden_of(name, label, refused[own], low[own], high[own], budget) for name, label, own in parts)


def differences_of(burdens: Sequence[Burden], measure: Any) -> tuple[Difference, ...]:
    """Return the differences of each two groups of a grouping, the greatest first."""
    if not isinstance(measure, str) or measure not in MEASURES:
        raise BadInputError(f"measure={shown(measure)}: expected one of {', '.join(MEASURES)}")
    found = []
    for one, other in itertools.combinations([b for b in burdens if b.grouping], 2):
        if one.grouping != other.grouping:
            continue
        by = difference(one.of(measure), other.of(measure))
        back = difference(other.of(measure), one.of(measure))
        first, second, told = (one, other, by) if _middle(by) >= _middle(back) else (other, one, back)
        found.append(Difference(measure, one.grouping, first.group, second.group, told))
    return tuple(sorted(found, key=lambda d: (-_middle(d.by), d.grouping, d.group, d.other)))


def _middle(by: Bounds) -> float:
    """Return about how much a difference is, for the order."""
    if math.isnan(by.low):
        return -math.inf
    if math.isinf(by.low) and math.isinf(by.high):
        return by.low if by.low == by.high else 0.0
    return by.low if math.isinf(by.high) else by.high if math.isinf(by.low) else (by.low + by.high) / 2
