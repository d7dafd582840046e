"""Weights of columns as exact whole costs of the elements that reasons are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...engine.arrays import F64, I64
from ...engine.domain.space import Space
from ...engine.errors import BadInputError

_EXACT_TOTAL = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Whole costs, and what one unit of a weight is in them.

    Attributes
    ----------
    whole : ndarray of int64
        Cost of each global element (of each feature, where reasons are made of features).
    scale : int
        A weight w costs ``w * scale``.
    """

    whole: I64
    scale: int

    def weight(self, cost: int) -> float:
        """Return a cost as a sum of weights."""
        return int(cost) / self.scale  # of whole numbers it is the nearest float64


def unit_costs(space: Space, per_feature: bool) -> Costs:
    """Return the cost 1 for every element."""
    n = len(space.features) if per_feature else len(space.element_literal)
    return Costs(np.ones(n, dtype=np.int64), 1)


def weighted_costs(space: Space, columns: F64, per_feature: bool) -> Costs:
    """Return the costs of elements from weights of columns, exactly.

    A weight means the decimal that it prints as. A one-hot group costs the mean over its columns; with the theory off
    its literals cost what their columns cost.

    Raises
    ------
    BadInputError
        If the weights differ so much in size that their sums do not fit 62 bits.
    """
    exact = [Fraction(repr(float(weight))) for weight in columns]
    if per_feature or space.theory is not None:
        of_feature = [sum((exact[c] for c in f.columns), Fraction(0)) / len(f.columns) for f in space.features]
        if per_feature:
            values = of_feature
        else:
            values = [of_feature[space.attributes[a].feature] for a in space.element_attribute.tolist()]
    else:
        conditions = space.vocabulary.conditions
        values = [exact[conditions[abs(number) - 1].feature] for number in space.element_literal.tolist()]
    scale = math.lcm(*(value.denominator for value in values)) if values else 1
    whole = [int(value * scale) for value in values]
    if sum(whole) >= _EXACT_TOTAL:
        raise BadInputError(
            f"the weights from {columns.min():g} to {columns.max():g} differ too much in size to be added exactly: "
            "round them"
        )
    return Costs(np.array(whole, dtype=np.int64), scale)
