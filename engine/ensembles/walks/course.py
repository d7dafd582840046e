"""The course of one walk: its items, its room, and what was found since it was last asked."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from ...budget import Deadline
from ...hitting.mmcs import EDGES, FOUND_SETS, LAST_STEP, MOST_SETS, READ, STEPS, grown, new_walk, rows_of
from ...kernels import I32, Bools
from ..arrays.box import Box, box_at
from ..arrays.layout import BASE
from ..changes.narrow import Groups, open_within
from ..search.search import FOUND, NONE
from ..views.literals import AnyView, FeatureView, losses_of
from .contrastive import walk_contrastive
from .items import Items, Tools, add_points
from .sufficient import walk_sufficient

_MOST_ITEMS = 4000
_MOST_BYTES = 1 << 29  # of the edges of a walk
_TURN = 0.02  # seconds, about
_FIRST_STEPS = 500
_FIRST_EDGES = 512  # there is room for
_MOST_SETS = 512  # that are read at once
_POOL = 6  # counterexamples that shrinking tries again


class Batch(NamedTuple):
    """Reasons of one kind: their written items, one row each, and for contrastive ones their counterexamples."""

    written: Bools
    points: I32


class Haul(NamedTuple):
    """What a walk found of both kinds."""

    sufficient: Batch
    contrastive: Batch


def walkable(view: AnyView) -> bool:
    """Tell whether walks can tell all reasons of a view."""
    return view.n_items <= _MOST_ITEMS and (isinstance(view, FeatureView) or not view.listed)


class Course:
    """A walk over the reasons of a view.

    Parameters
    ----------
    view : LiteralView or FeatureView
        A view that is ``walkable``.
    over_sufficient : bool
        Whether it goes over sufficient reasons (else over contrastive ones; then nothing may be banned).
    with_points : bool
        Whether the counterexamples of contrastive reasons are wanted.
    deadline : Deadline
        Shared limit.

    Attributes
    ----------
    ended : bool
        Whether nothing is missing.
    stopped : bool
        Whether a search was given up.
    seconds : float
        Time spent.
    told : int
        New reasons so far, as its user counts them.
    """

    def __init__(self, view: AnyView, over_sufficient: bool, with_points: bool, deadline: Deadline) -> None:
        self._view, self._over_sufficient = view, over_sufficient
        self._kernel: Any = walk_sufficient if over_sufficient else walk_contrastive
        self.ended = self.stopped = False
        self.seconds, self.told = 0.0, 0
        losses = losses_of(view, deadline)
        self._items, self._view_item = _items_of(view, -losses if over_sufficient else losses, deadline)
        inner = view.inner
        n_attributes = len(inner.cells)
        self._step = 2 * len(self._items.unit) + 4  # edges of one step, at most
        capacity = 64 * -(-max(_FIRST_EDGES, self._step) // 64)
        self._walk = new_walk(len(self._items.unit), n_attributes if with_points else 0, capacity=capacity)
        box, work = (box_at(inner.layout, inner.columns, inner.cells) for _ in range(2))
        if over_sufficient:
            for a in range(n_attributes):
                open_within(inner, box, a)
        self._tools = _tools(view, box, work)
        self._steps, self._most = _FIRST_STEPS, 1

    @property
    def rate(self) -> float:
        """New reasons a second."""
        return self.told / (self.seconds + 1e-9)

    @property
    def full(self) -> bool:
        """Whether there is no more memory for edges."""
        return 4 * self._walk.hit.nbytes >= _MOST_BYTES

    def begin(self, points: list[I32]) -> None:
        """Tell a walk over sufficient reasons counterexamples that are as near as they can be."""
        if not points:
            return
        while len(self._walk.edge) < 2 * len(points):
            self._walk = grown(self._walk)
        add_points(self._walk, self._view.inner, self._items, np.array(points))

    def advance(self, deadline: Deadline) -> Haul:
        """Go on for a while; return what was found."""
        number, question = self._walk.number, self._view.question
        number[FOUND_SETS], number[MOST_SETS] = 0, self._most
        number[LAST_STEP] = number[STEPS] + self._steps
        start = time.perf_counter()
        code = question.run(
            deadline, self._kernel, self._walk, self._view.inner, self._items, self._tools, question.pad
        )
        elapsed = time.perf_counter() - start
        self.seconds += elapsed
        self.ended, self.stopped = code == NONE, code not in (NONE, FOUND)
        if number[STEPS] > number[LAST_STEP]:  # a turn that was as long as it may be
            self._steps = int(np.clip(self._steps * _TURN / max(elapsed, 1e-4), 50, 1e7))
        if number[FOUND_SETS] >= self._most:
            self._most = min(4 * self._most, _MOST_SETS)
        return self._read()

    def _read(self) -> Haul:
        """Return what was found since it was last read, and make room for more."""
        walk = self._walk
        number = walk.number
        n, first, last = number[FOUND_SETS], number[READ], number[EDGES]
        sets = Batch(self._rows(rows_of(walk.sets[:n], len(self._view_item))), walk.set_point[:n].copy())
        begin = int(first) // 64
        raw = np.ascontiguousarray(walk.written[:, begin : int(last) // 64 + 1]).view(np.uint8)
        bits = np.unpackbits(raw, axis=1, bitorder="little").view(np.bool_)[:, first - 64 * begin : last - 64 * begin]
        exact = walk.exact[first:last] != 0
        edges = Batch(self._rows(bits.T[exact]), walk.edge_point[: last - first][exact])
        number[READ] = last
        if last + max(int(last), self._step) > len(walk.edge) and not self.full:
            self._walk = grown(walk)
        return Haul(sets, edges) if self._over_sufficient else Haul(edges, sets)

    def _rows(self, rows: Bools) -> Bools:
        """Return rows of walked items as rows of the view's items."""
        out = np.zeros((len(rows), self._view.n_items), np.bool_)
        out[:, self._view_item] = rows
        return out


def _tools(view: AnyView, box: Box, work: Box) -> Tools:
    """Return room for a walk."""
    inner = view.inner
    point, n_units = inner.cells.copy(), len(view.groups[0]) - 1
    return Tools(
        box, work, point, point.copy(), np.zeros(n_units, np.int32), np.zeros(1, np.int64), np.zeros(n_units, np.int8),
        np.zeros(n_units, np.bool_), np.ones(len(inner.layout.test), np.bool_), point.copy(),
        np.full((_POOL, len(point)), -1, np.int32),
    )  # fmt: skip


def _items_of(view: AnyView, keys: Any, deadline: Deadline) -> tuple[Items, I32]:
    """Return the items of a walk, least key (of their groups) first, and the item of the view that each is."""
    layout = view.question.layout
    if isinstance(view, FeatureView):
        open_items = view.full & ~view.fixed_items
        unit_of, cut_of = np.arange(view.n_items), np.full(view.n_items, -1)
    else:
        open_items = view.full & ~view.held
        unit_of = view.owner.astype(np.int64)
        cut_of = np.arange(view.n_items) - layout.attribute[unit_of, BASE]
    chosen = np.nonzero(open_items)[0]
    chosen = chosen[np.argsort(keys[unit_of[chosen]], kind="stable")]
    item_of = np.full(max(1, view.n_items), -1, np.int32)
    item_of[chosen] = np.arange(len(chosen), dtype=np.int32)
    items = Items(
        unit_of[chosen].astype(np.int64), cut_of[chosen].astype(np.int64), item_of, Groups(*view.groups),
        view.back_order(deadline),
    )  # fmt: skip
    return items, chosen.astype(np.int32)
