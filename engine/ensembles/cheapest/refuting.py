"""Counterexamples that show that no set of items within a budget is a sufficient reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..._native import Gathering, HittingSearch
from ...arrays import F64, I32, I64
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
    order = np.argsort(of_variables(view, covering, losses_of(view, deadline)), kind="stable").astype(np.int32)
    work = Gathering(q.problem, q.cells, covering.units, order, _ROOM)
    search = HittingSearch(np.array(covering.prices, np.int64))
    search.restart(cost - 1)
    while not deadline.expired():
        code = run(deadline, search.step, search.nodes_in(_PACE))
        if code == NONE:
            break
        if code != FOUND:
            continue
        with proposed(work, search):
            q.run(deadline, work.gather, q.box, _ROOM, q.work)
        if not work.found:  # the set holds, or time was up
            break
        points += list(work.points[: work.found].copy())
        search.add(work.clauses[: work.found].copy())
    return points


def of_variables(view: AnyView, covering: Covering, losses: F64) -> F64:
    """Return what it costs to free what each variable stands for, from the losses of the view's groups."""
    if not isinstance(view, LiteralView):
        return losses
    members, at = covering.units.members, covering.units.member_at
    return np.array([losses[members[at[v]]] if at[v] < at[v + 1] else 0.0 for v in range(covering.n)], np.float64)


@contextmanager
def proposed(work: Gathering, search: HittingSearch) -> Iterator[None]:
    """Put the proposal of a search into a gathering; variables that are out in it come last (that says most)."""
    work.on[:], out, order = search.chosen, search.outside, work.order.copy()
    work.order[:] = np.concatenate([order[~out[order]], order[out[order]]])
    try:
        yield
    finally:
        work.order[:] = order
