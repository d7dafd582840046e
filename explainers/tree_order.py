"""Where the elements of a question should stand in a decision diagram."""

from __future__ import annotations

import numpy as np

from ..engine.domain.instance import Situation
from ..engine.domain.space import Space
from ..engine.kernels import F64, I32, Bools, kernel
from ..engine.models.trees import TreeArrays


@kernel
def _walk_order(literal: I32, left: I32, right: I32, truth: Bools) -> I32:
    """Return the rank of each condition in the walk [subtree that agrees with the instance, node, other subtree]."""
    rank = np.full(len(truth), len(truth), np.int32)
    stack = np.empty(len(literal) + 1, np.int64)
    top = 0
    stack[0] = 0
    following = 0
    while top >= 0:
        item = stack[top]
        top -= 1
        node = item >> 1
        if literal[node] == 0:
            continue
        variable = abs(literal[node]) - 1
        goes_right = truth[variable] == (literal[node] > 0)
        if item & 1:
            if rank[variable] == len(truth):
                rank[variable] = following
                following += 1
            other = left[node] if goes_right else right[node]
            top += 1
            stack[top] = np.int64(other) << 1
        else:
            top += 1
            stack[top] = item | 1
            agreeing = right[node] if goes_right else left[node]
            top += 1
            stack[top] = np.int64(agreeing) << 1
    return rank


def element_positions(tree: TreeArrays, space: Space, situation: Situation, per_feature: bool) -> F64:
    """Return a position for each global element: where the walk of the tree meets it first.

    The order [block of the child that agrees with the instance, the node's literal, block of the other child] keeps the
    diagrams of trees small.
    """
    rank = _walk_order(tree.literal, tree.left, tree.right, situation.truth).astype(np.float64)
    if per_feature:
        out = np.full(len(space.features), np.inf)
        for attribute in space.attributes:
            out[attribute.feature] = min(out[attribute.feature], rank[attribute.variables].min())
        return out
    positions: F64 = rank[np.abs(space.element_literal) - 1]
    return positions
