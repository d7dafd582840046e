"""Many contrastive reasons from one counterexample: it is brought near in many orders.

Different orders mostly end at different reasons, so this finds many quickly; it never tells that none is missing.
"""

from __future__ import annotations

from ...kernels import I32, I64, Num, lean_kernel
from ..arrays.box import Box, copy_point
from ..search.search import FOUND, UNKNOWN
from ..search.workspace import Pad
from .narrow import Groups, Question, narrow_groups, narrow_literals


@lean_kernel
def harvest(
    q: Question, groups: Groups, by_group: Num, work: Box, start: I32, orders: I32, order: I32, point: I32, points: I32,
    made: I64, done: I64, pad: Pad,
) -> Num:  # fmt: skip
    """Bring a counterexample near in each of some orders.

    Parameters
    ----------
    q : Question
        What is asked.
    groups : Groups
        The attributes of each feature.
    by_group : bool
        Whether reasons are made of features.
    work : Box
        Any box.
    start : ndarray of int32, shape (n_attributes,)
        The counterexample.
    orders : ndarray of int32, shape (n, n_units)
        Orders of attributes or groups.
    order, point, done
        Room for one order, one point and one number.
    points : ndarray of int32, shape (n, n_attributes)
        Gets the nearest counterexamples.
    made : ndarray of int64, shape (1,)
        How many of them there are (a call that was given up goes on from there).

    Returns
    -------
    int
        ``FOUND``, or ``UNKNOWN`` if a search was given up.
    """
    while made[0] < len(orders):
        row = made[0]
        copy_point(point, start)
        for i in range(len(order)):
            order[i] = orders[row, i]
        done[0] = 0
        if by_group:
            answer = narrow_groups(q, work, groups, point, order, done, pad)
        else:
            answer = narrow_literals(q, work, point, order, done, pad)
        if answer == UNKNOWN:
            return UNKNOWN
        for a in range(len(point)):
            points[row, a] = point[a]
        made[0] = row + 1
    return FOUND
