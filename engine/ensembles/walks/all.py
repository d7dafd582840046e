"""All reasons of an ensemble, many a second: harvests first, then walks that end when none is missing.

Contrastive reasons where the leaves of each tree decide are chosen one by one (``walks.chosen``). Else:

Sufficient reasons are begun with a few greedy ones in random orders, contrastive ones with harvests, as long as these
bring new ones. Then two walks take turns, one over the sets of either kind (``walks.sufficient``,
``walks.contrastive``): each also finds reasons of the other kind, and knows all of both when it ends, so the first
to end is enough; the quicker one gets more time. Where there are literals of attributes that cuts do not describe,
only the first one goes; where these are very many, a map of the closed sets in a SAT solver does the rest
(``walks.marco``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..._native import harvest
from ...arrays import I32, Bools
from ...budget import Deadline
from ...oracles.marco import OpenMap
from ...status import Stop
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView, importance_order
from .chosen import Chosen, choosable
from .marco import Found, enumerate_items
from .walk import Batch, Walk, both_ways, walkable
from .written import dropped_at, written_changes

_GREEDY = 16  # sufficient reasons that are looked for one by one
_BATCHES = (1, 4, 16, 64, 256)  # orders of one harvest after another
_FRESH = 4  # harvests go on while one in so many orders brings a reason that is new
_EVEN = 0.05  # seconds for each walk before the quicker one is preferred
_PREFERRED = 6.0  # so many times as much time it gets
_FIRST_EDGES = 500  # counterexamples that a walk begins with, at most
_SEED = 20190


class _Known:
    """The reasons that were told."""

    def __init__(self, n_items: int) -> None:
        self._n_items = n_items
        self._keys: set[bytes] = set()
        self.items: list[I32] = []  # written items, until walks begin
        self.points: list[I32] = []

    def fresh(self, written: Bools) -> list[int]:
        """Return the rows (written items) that were not told before; they are from now on."""
        keys = np.packbits(written, axis=1)
        out = []
        for row, key in enumerate(map(bytes, keys)):
            if key not in self._keys:
                self._keys.add(key)
                out.append(row)
        return out

    def one(self, written: I32) -> bool:
        """Tell whether a reason is new; it is told from now on."""
        row = np.zeros((1, self._n_items), np.bool_)
        row[0, written] = True
        return bool(self.fresh(row))


def all_items(
    view: AnyView, sufficient: bool, open_map: OpenMap, deadline: Deadline, order: I32 | None = None
) -> Iterator[Found]:
    """Yield all sufficient, or all contrastive, reasons of a view until none is missing or time is up.

    Parameters
    ----------
    view : LiteralView or FeatureView
        What the reasons are made of; if it has banned items, what may be kept must hold.
    sufficient : bool
        Which kind is wanted.
    open_map : callable
        Opens a SAT session on clauses over so many variables, where that is needed.
    deadline : Deadline
        Shared limit; ``deadline.stop`` tells whether the enumeration ended by itself.
    order : ndarray of int32, optional
        Groups in the order in which they are dropped by the first reason; default: least important first.
    """
    known, chosen = _Known(view.n_items), None
    if sufficient:
        yield from _greedy(view, known, deadline, order)
    else:
        code = view.answer(np.zeros(view.n_items, np.bool_), deadline)
        if code != FOUND:
            if code != NONE and not deadline.expired():
                deadline.halt(Stop.SOLVER)
            return
        if choosable(view):
            chosen = Chosen(view, deadline)
            yield from _chosen(chosen, known, deadline)
            if chosen.ended:
                return
        else:
            yield from _harvested(view, known, deadline)
    if deadline.expired():
        return
    if walkable(view):
        yield from _walked(view, sufficient, known, deadline, chosen)
        return
    told = (
        known.items
        if sufficient
        else [np.nonzero(dropped_at(view, point))[0].astype(np.int32) for point in known.points]
    )
    for found in enumerate_items(view, open_map, deadline, order, known=told, known_sufficient=sufficient):
        if found.sufficient is sufficient:
            yield found


def _greedy(view: AnyView, known: _Known, deadline: Deadline, order: I32 | None) -> Iterator[Found]:
    """Yield sufficient reasons one by one until one comes again."""
    order = importance_order(view, deadline) if order is None else order
    drawn = np.random.default_rng(_SEED).random((_GREEDY - 1, len(order)))
    for now in (order, *np.argsort(drawn, axis=1).astype(np.int32)):
        if deadline.expired():
            return
        kept, proved = view.shrink(view.full, now, deadline)
        written = view.written(kept)
        if not proved:
            deadline.expired()
            if not known.items:
                yield Found(True, kept, None, False, written)
            return
        if not known.one(written):
            return
        known.items.append(written)
        yield Found(True, kept, None, True, written)


def _harvested(view: AnyView, known: _Known, deadline: Deadline) -> Iterator[Found]:
    """Yield contrastive reasons from counterexamples brought near in random orders, while that brings new ones."""
    question = view.question
    start = question.point.copy()
    back = view.back_order(deadline)
    random = np.random.default_rng(_SEED)
    by_group = isinstance(view, FeatureView)
    batch = 0
    while not deadline.expired():
        size = _BATCHES[min(batch, len(_BATCHES) - 1)]
        orders = np.argsort(random.random((size, len(back))), axis=1).astype(np.int32)
        if not batch:
            orders[0] = back
        points = np.full((size, len(start)), -1, np.int32)
        question.run(deadline, harvest, view.inner, view.groups, by_group, start, orders, points, question.work)
        points = points[(points >= 0).all(axis=1)]
        stopped = len(points) < size
        written = written_changes(view, points)
        new = known.fresh(written)
        for row, items in zip(new, _items(written[new]), strict=True):
            known.items.append(items)
            known.points.append(points[row])
            yield Found(False, None, points[row], True, items)
        if stopped or (size > _BATCHES[1] and len(new) * _FRESH < size):
            return
        batch += 1
        start = _elsewhere(view, known.items[-1], random, deadline, start)


def _chosen(chosen: Chosen, known: _Known, deadline: Deadline) -> Iterator[Found]:
    """Yield contrastive reasons where the leaves of each tree decide, before walks take turns with it."""
    while not (chosen.ended or chosen.stopped or deadline.expired()) and chosen.seconds < _EVEN:
        batch = chosen.advance(deadline).contrastive
        for found in _told(batch, False, known, chosen):
            assert found.point is not None and found.written is not None
            known.items.append(found.written)
            known.points.append(found.point)
            yield found


def _elsewhere(view: AnyView, items: I32, random: np.random.Generator, deadline: Deadline, start: I32) -> I32:
    """Return a counterexample in which an item of the last reason is kept, if there is one (else the old one)."""
    kept = np.zeros(view.n_items, np.bool_)
    kept[random.choice(items)] = True
    found = view.answer(view.closed(kept), deadline) == FOUND
    return view.question.point.copy() if found else start


def _walked(
    view: AnyView, sufficient: bool, known: _Known, deadline: Deadline, chosen: Chosen | None
) -> Iterator[Found]:
    """Yield what two walks (and choices of leaves) find that was not told before, until one of them ends."""
    first = Walk(view, True, not sufficient, deadline)
    walks: list[Walk | Chosen] = [first]
    if both_ways(view):
        walks.append(Walk(view, False, not sufficient, deadline))
    if chosen is not None and not chosen.stopped:
        walks.append(chosen)
    first.begin(known.points[:_FIRST_EDGES])
    known.items, known.points = [], []
    while not deadline.expired():
        walk = _turn(walks)
        found = walk.advance(deadline)
        yield from _told(found.sufficient if sufficient else found.contrastive, sufficient, known, walk)
        if walk.ended:
            return
        if walk.stopped or walk.full:
            if deadline.expired():
                return
            walks.remove(walk)
            if not walks:
                deadline.halt(Stop.MEMORY if walk.full else Stop.SOLVER)


def _turn(walks: list[Walk | Chosen]) -> Walk | Chosen:
    """Return what comes next: each in its turn, the quickest more often."""
    best = max(walks, key=lambda c: c.rate)
    early = any(c.seconds < _EVEN for c in walks)
    return min(walks, key=lambda c: c.seconds / (_PREFERRED if c is best and not early else 1.0))


def _told(batch: Batch, sufficient: bool, known: _Known, walk: Walk | Chosen) -> Iterator[Found]:
    rows = known.fresh(batch.written)
    walk.told += len(rows)
    for row, items in zip(rows, _items(batch.written[rows]), strict=True):
        yield Found(sufficient, None, None if sufficient else batch.points[row], True, items)


def _items(rows: Bools) -> list[I32]:
    """Return the items of each row."""
    place, items = np.nonzero(rows)
    return np.split(items.astype(np.int32), np.searchsorted(place, np.arange(1, len(rows)))) if len(rows) else []
