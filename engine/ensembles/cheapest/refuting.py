"""Counterexamples that show that no set of items within a budget is a sufficient reason."""

from __future__ import annotations

import numpy as np

from ..._native import Gathering, HittingSearch
from ...arrays import I32, I64
from ...budget import Deadline
from ...clock import run
from ..answers import FOUND, NONE
from ..views.literals import AnyView, LiteralView, losses_of
from .covering import Covering, covering_of

_PACE = 20.0  # milliseconds of branch and bound, about, between two looks at the clock
_ROOM = 8  # counterexamples of one proposal


def counterexamples_below(view: AnyView, prices: I64, cost: int, deadline: Deadline) -> list[I32]:
    """Return counterexamples that no set of items that costs less than `cost` excludes all of.

    Parameters
    ----------
    view : LiteralView or FeatureView
        The question, without an outer box.
    prices : ndarray of int64, shape (n_items,)
        Non-negative cost of each item.
    cost : int
        What a sufficient reason costs, of which it is to be shown that none is cheaper.
    deadline : Deadline
        When to stop.

    Returns
    -------
    list of ndarray of int32
        Points, a cell for each attribute. There may be too few of them if time was up, if a cheaper set holds, or where
        variables are not free of each other (listed attributes, see ``covering``): then there are none.
    """
    covering = covering_of(view, prices, fine=False)
    if covering.clauses or not covering.units.whole.all():
        return []
    return _gathered(view, covering, cost, deadline)


def _gathered(view: AnyView, covering: Covering, cost: int, deadline: Deadline) -> list[I32]:
    q, points = view.question, list[I32]()
    work = Gathering(q.problem, q.cells, covering.units, _order(view, covering, deadline), _ROOM)
    search = HittingSearch(np.array(covering.prices, np.int64))
    search.restart(cost - 1)
    while not deadline.expired():
        code = run(deadline, search.step, search.nodes_in(_PACE))
        if code == NONE:
            break
        if code != FOUND:
            continue
        work.on[:], out, order = search.chosen, search.outside, work.order.copy()
        work.order[:] = np.concatenate([order[~out[order]], order[out[order]]])  # as in ``cheapest``
        q.run(deadline, work.gather, q.box, _ROOM, q.work)
        work.order[:] = order
        if not work.found:  # the set holds, or time was up
            break
        points += list(work.points[: work.found].copy())
        search.add(work.clauses[: work.found].copy())
    return points


def _order(view: AnyView, covering: Covering, deadline: Deadline) -> I32:
    """Return the variables by what their loss costs, least first."""
    losses = losses_of(view, deadline)
    if isinstance(view, LiteralView):
        members, at = covering.units.members, covering.units.member_at
        losses = np.array([losses[members[at[v]]] if at[v] < at[v + 1] else 0.0 for v in range(covering.n)])
    return np.argsort(losses, kind="stable").astype(np.int32)
