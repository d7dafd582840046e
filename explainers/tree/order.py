"""Where the elements of a question should stand in a decision diagram."""

from __future__ import annotations

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.instance import Situation
from ...engine.domain.space import Space
from ...engine.models.trees import TreeArrays


def element_positions(tree: TreeArrays, space: Space, situation: Situation, per_feature: bool) -> F64:
    """Return a position for each global element: where the walk of the tree meets it first.

    The order [block of the child that agrees with the instance, the node's literal, block of the other child] keeps the
    diagrams of trees small.
    """
    rank = tree.core.walk_ranks(situation.truth).astype(np.float64)
    if per_feature:
        out = np.full(len(space.features), np.inf)
        for attribute in space.attributes:
            out[attribute.feature] = min(out[attribute.feature], rank[attribute.variables].min())
        return out
    positions: F64 = rank[np.abs(space.element_literal) - 1]
    return positions
