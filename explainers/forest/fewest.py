"""Smallest and nearest changes of a forest's outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine._native import Costs, Outer, differing_elements, differing_groups
from ...engine.arrays import F64, I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.changes.fewest import FewestGroups
from ...engine.ensembles.changes.narrow import Run
from ...engine.ensembles.changes.nearest import nearest
from ...engine.ensembles.views.literals import AnyView, LiteralView, outer_box
from ...engine.status import Stop


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change of the outcome.

    Attributes
    ----------
    dropped : ndarray of bool
        The items that change.
    point : ndarray of int32
        A counterexample.
    cost, lower : float
        What it costs, and a proved lower bound of all costs.
    """

    dropped: Bools
    point: I32
    cost: float
    lower: float


def fewest_changes(
    view: AnyView, deadline: Deadline, directly: Callable[[AnyView, Deadline], Change | None]
) -> Change | None:
    """Return a change of the fewest written items; None if there is none, or time was up before one was found.

    Parameters
    ----------
    view : LiteralView or FeatureView
        The question.
    deadline : Deadline
        When to stop.
    directly : callable
        What may find the fewest without a search (else ``None``).
    """
    known = directly(view, deadline)
    if known is not None:
        return known
    code = view.answer(np.zeros(view.n_items, np.bool_), deadline)
    if code != FOUND:
        return None
    dropped, point, _ = view.near(view.question.point.copy(), deadline)
    size = len(view.written_change(dropped))
    prices = written_prices(view, deadline)
    if prices is not None:
        best = _by_prices(view, prices, point, deadline)
        dropped, point, _ = view.near(best.point.copy(), deadline)
        size = len(view.written_change(dropped))
        return Change(dropped, point, size, min(size, int(np.ceil(best.lower - 1e-9))))
    if size <= 1 or deadline.stop is not Stop.NONE:
        return Change(dropped, point, size, min(size, 1))
    return _hunted(view, deadline, dropped, point)


def _hunted(view: AnyView, deadline: Deadline, dropped: Bools, point: I32) -> Change:
    """Return a change of the fewest groups, by a search for one smaller than the change that is known."""
    size = len(view.written_change(dropped))
    hunt = hunt_of(view, deadline, size - 1)
    answer = hunt.find()
    if answer.status == UNKNOWN:
        deadline.expired()
        return Change(dropped, point, size, answer.proved + 1)
    if answer.status == NONE:
        return Change(dropped, point, size, size)
    dropped, point, _ = view.near(answer.point.copy(), deadline)
    size = len(view.written_change(dropped))
    return Change(dropped, point, size, min(size, answer.proved + 1))


def hunt_of(view: AnyView, deadline: Deadline, limit: int) -> FewestGroups:
    """Return the hunt for the fewest groups of a view, up to a size."""
    return FewestGroups(view.inner, view.groups, view.question.work, _runner(view, deadline), limit)


def _runner(view: AnyView, deadline: Deadline) -> Run:
    """Return what calls functions of the core that find one thing after another: once time is up it calls none."""

    def run(kernel: Callable[..., int], *arguments: Any) -> int:
        return UNKNOWN if deadline.expired() else view.question.run(deadline, kernel, *arguments)

    return run


def smaller_views(view: AnyView, deadline: Deadline, size: int) -> Iterator[Outer]:
    """Yield for each set of the fewest groups (`size` of them) the outer box in which only these may change."""
    at, members = view.groups.at, view.groups.members
    cells = view.question.cells
    for answer in hunt_of(view, deadline, size):
        still = np.ones(len(cells), np.bool_)
        for g in answer.groups:
            still[members[at[g] : at[g + 1]]] = False
        outer = outer_box(view.question.layout, cells, still)
        moving = ~still & view.space.interval
        lo, hi = np.where(moving, view.outer.lo, outer.lo), np.where(moving, view.outer.hi, outer.hi)
        yield Outer(lo, hi, outer.barred)
    if deadline.seconds is not None:
        deadline.expired()


def written_prices(view: AnyView, deadline: Deadline) -> tuple[I64, F64] | None:
    """Return what cells cost where a changed attribute may be written with several literals; None if it never is.

    Once time is up (the deadline tells) the answer says nothing.
    """
    if not isinstance(view, LiteralView) or view.space.all_interval:
        return None
    at, costs = [0], []
    several = False
    for a, attribute in enumerate(view.space.attributes):
        own = int(view.situation.cells[a])
        columns = () if attribute.interval else attribute.column_masks
        for cell in range(attribute.n_cells):
            price = 0.0 if cell == own else 1.0
            if not attribute.interval and cell != own:
                if deadline.expired():
                    return None
                price = float(view.universes[a].written_change(columns[cell] ^ columns[own]).bit_count())
                several = several or price != 1.0
            costs.append(price)
        at.append(len(costs))
    return (np.array(at, np.int64), np.array(costs)) if several else None


def nearest_change(view: AnyView, at: I64, costs: F64, deadline: Deadline) -> Change | None:
    """Return the change whose cells cost least; None if there is none, or time was up before one was found."""
    code = view.answer(np.zeros(view.n_items, np.bool_), deadline)
    if code != FOUND:
        return None
    _, point, _ = view.near(view.question.point.copy(), deadline)
    return _by_prices(view, (at, costs), point, deadline)


def _by_prices(view: AnyView, prices: tuple[I64, F64], start: I32, deadline: Deadline) -> Change:
    found = nearest(view.inner, Costs(*prices), view.question.work, _runner(view, deadline), start)
    assert found.point is not None
    if found.status == UNKNOWN:
        deadline.expired()
    dropped = changed_items(view, found.point)
    return Change(dropped, found.point, found.cost, found.lower)


def changed_items(view: AnyView, point: I32) -> Bools:
    """Return the items on which a point differs from the instance."""
    q = view.question
    if isinstance(view, LiteralView):
        return differing_elements(q.layout, q.cells, point) & view.full
    return differing_groups(view.groups, q.cells, point) & view.full
