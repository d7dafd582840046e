"""What a search for plans is made of: axes of options, models over them, tables, rules.

An **axis** is a feature with the finitely many options that it may take: of a number, from each stretch of values
that no model and no rule tells apart, the one that costs least. A **part** is a model (or a sum over the leaves of
one) with what it must reach. A **rule** says that one of some options is taken, a **table** that numbers of options
add up to no more than a limit; the first table is the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ..arrays import F64, I8, I32, I64, Bools
from ..ensembles.sums import Columns
from ..models.ensembles import EnsembleArrays

Rule = Sequence[tuple[int, Bools]]  # pairs of an axis and which of its options are meant: one of them is taken
Accepts = Callable[[F64], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A feature and its options.

    Attributes
    ----------
    feature : int
        Index of the feature.
    columns : tuple of int
        Its columns.
    values : ndarray of float64, shape (n_options, n_columns)
        The options as they are read; NaN for a missing value.
    own : int
        The option that the instance has; -1 where none is meant.
    ordered : bool
        Whether it is one column of numbers, ascending.
    """

    feature: int
    columns: tuple[int, ...]
    values: F64
    own: int
    ordered: bool

    def __len__(self) -> int:
        return len(self.values)


class Column(NamedTuple):
    """What must be reached: ``offset + worth[leaf_1] + … >= need``, in whole numbers.

    Attributes
    ----------
    worth : ndarray of int64, shape (n_leaves,)
        What each leaf adds.
    offset, need : int
        What the sum starts from, and what it must reach.
    loose : int
        By how much `need` is lower than what surely is enough, where the model's sums are rounded.
    """

    worth: I64
    offset: int
    need: int
    loose: int = 0


class Conditions(NamedTuple):
    """The conditions of a model over the axes.

    Attributes
    ----------
    axis : ndarray of int32, shape (n_conditions,)
        The axis of each condition; -1 where it is the same for all options.
    cut : ndarray of int32, shape (n_conditions,)
        On an ordered axis: the last option below the condition's change of truth; -1 where there is no change.
    side : ndarray of int8, shape (n_conditions,)
        1 where it is true above the cut (where there is none: true at all), else -1.
    sets : mapping from int to ndarray of bool
        Of conditions on other axes: the options for which they are true.
    """

    axis: I32
    cut: I32
    side: I8
    sets: Mapping[int, Bools]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A model over the axes, and what is wanted of it.

    Attributes
    ----------
    trees : EnsembleArrays
        Its trees, over its own conditions.
    over : Conditions
        Its conditions over the axes.
    ways : tuple of tuples of Column
        All columns of one of these must be reached.
    kind : ndarray of int32, shape (n_leaves,)
        Leaves of equal values share a number.
    accepts : callable
        Scores, as the model adds them up -> whether it decides as wanted, beyond doubt.
    goal : engine.ensembles.sums.Columns, optional
        In place of the ways: what is asked of a circuit over the scores.
    """

    trees: EnsembleArrays
    over: Conditions
    ways: tuple[tuple[Column, ...], ...]
    kind: I32
    accepts: Accepts
    goal: Columns | None = None


class Weighed(NamedTuple):
    """What a weighted sum of numbers is at most; where one of them is missing, it is not compared.

    Attributes
    ----------
    says : str
        The same in words.
    weights : mapping from int to Fraction
        The weight of the number of an axis.
    most : Fraction
        The limit.
    """

    says: str
    weights: Mapping[int, Fraction]
    most: Fraction


class Table(NamedTuple):
    """Numbers of options whose sum may not pass a limit.

    Attributes
    ----------
    of : list of ndarray of float64
        For each axis the number of each option.
    most : float
        The limit.
    holds : callable, optional
        A point -> whether it keeps to the limit, exactly; by default the sum as floats add it up.
    sums : Weighed, optional
        Of a table that adds up numbers: the same exactly.
    """

    of: list[F64]
    most: float
    holds: Callable[[I32], bool] | None = None
    sums: Weighed | None = None

    def keeps(self, point: I32) -> bool:
        """Tell whether a point keeps to the limit."""
        if self.holds is not None:
            return self.holds(point)
        return bool(sum(of[option] for of, option in zip(self.of, point.tolist(), strict=True)) <= self.most)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """All that a plan has to meet, and what it costs.

    Attributes
    ----------
    axes : tuple of Axis
        What may change.
    parts : tuple of Part
        The models.
    cost : list of ndarray of float64
        For each axis the cost of each option, none below 0.
    tables : tuple of Table
        What adds up to no more than a limit.
    rules : tuple of Rule
        Of each, one option is taken.
    bears : callable, optional
        A point that meets all this -> a rule that it breaks, beyond what can be said in advance; None if it is a plan.
    """

    axes: tuple[Axis, ...]
    parts: tuple[Part, ...]
    cost: list[F64]
    tables: tuple[Table, ...] = ()
    rules: tuple[Rule, ...] = field(default=())
    bears: Callable[[I32], Rule | None] | None = None

    @property
    def own(self) -> I32:
        """The options of the instance."""
        return np.array([max(axis.own, 0) for axis in self.axes], np.int32)

    def price(self, point: I32) -> float:
        """Return what a point of options costs."""
        return float(sum(cost[option] for cost, option in zip(self.cost, point.tolist(), strict=True)))

    def breaks(self, point: I32) -> str:
        """Return how a point breaks a rule or passes a limit, in words for errors; empty if it does neither."""
        for number, rule in enumerate(self.rules):
            if not any(inside[point[axis]] for axis, inside in rule):
                return f"rule {number}"
        for number, table in enumerate(self.tables):
            if not table.keeps(point):
                return f"table {number}"
        return ""
