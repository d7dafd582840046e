"""One walk over reasons: its items, its room, and what was found since it was last asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..._native import Walker
from ...arrays import F64, I32, I64, Bools
from ...budget import STEPS_A_SECOND, Deadline
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView, losses_of

_MOST_ITEMS = 4000
_TURN = 0.02  # seconds, about
_FIRST_STEPS = 500
_MOST_SETS = 512  # that are read at once
_MOST_PUT_OFF = 1 << 24  # words of what is looked at later


class Batch(NamedTuple):
    """Reasons of one kind: their written items, one row each, and for contrastive ones their counterexamples."""

    written: Bools
    points: I32


class BothKinds(NamedTuple):
    """What a walk found of both kinds."""

    sufficient: Batch
    contrastive: Batch


def walkable(view: AnyView) -> bool:
    """Tell whether walks can tell all reasons of a view."""
    return view.n_items <= _MOST_ITEMS and (isinstance(view, FeatureView) or not view.listed)


class Walk:
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
    most_put_off : int
        So many words are kept of what is looked at again once more is known; beyond them the walk over sufficient
        reasons begins anew with what it knows, and finds some again.

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

    def __init__(
        self,
        view: AnyView,
        over_sufficient: bool,
        with_points: bool,
        deadline: Deadline,
        most_put_off: int = _MOST_PUT_OFF,
    ) -> None:
        self._view, self._over_sufficient = view, over_sufficient
        self.ended = self.stopped = False
        self.seconds, self.told = 0.0, 0
        losses = losses_of(view, deadline)
        unit, cut, item_of, self._view_item = _items_of(view, -losses if over_sufficient else losses)
        self._walker = Walker(
            view.inner, unit, cut, item_of, view.groups, view.back_order(deadline),
            literals=not isinstance(view, FeatureView), over_sufficient=over_sufficient, with_points=with_points,
            most_put_off=most_put_off,
        )  # fmt: skip
        self._steps, self._most = _FIRST_STEPS, 1

    @property
    def rate(self) -> float:
        """New reasons a second."""
        return self.told / (self.seconds + 1e-9)

    @property
    def full(self) -> bool:
        """Whether there is no more memory for edges."""
        return self._walker.walk.full

    def begin(self, points: list[I32]) -> None:
        """Tell a walk over sufficient reasons counterexamples that are as near as they can be."""
        if points:
            self._walker.begin(np.array(points, np.int32))

    def advance(self, deadline: Deadline) -> BothKinds:
        """Go on for a while; return what was found."""
        walk, question = self._walker.walk, self._view.question
        walk.begin_turn(self._steps, self._most)
        code = question.run(deadline, self._walker.go_on, question.work)
        elapsed = question.spent / STEPS_A_SECOND  # counted, so that reasons come in the same order each time
        self.seconds += elapsed
        self.ended, self.stopped = code == NONE, code not in (NONE, FOUND)
        if walk.tired:
            self._steps = int(np.clip(self._steps * _TURN / max(elapsed, 1e-4), 50, 1e7))
        if walk.n_sets >= self._most:
            self._most = min(4 * self._most, _MOST_SETS)
        sets, edges = self._batch(*walk.read_sets()), self._batch(*walk.read_edges())
        return BothKinds(sets, edges) if self._over_sufficient else BothKinds(edges, sets)

    def _batch(self, rows: Bools, points: I32) -> Batch:
        """Return rows of walked items as rows of the view's items."""
        out = np.zeros((len(rows), self._view.n_items), np.bool_)
        out[:, self._view_item] = rows
        return Batch(out, points)


def _items_of(view: AnyView, keys: F64) -> tuple[I64, I64, I32, I32]:
    """Return the items of a walk, least key (of their groups) first, as the core takes them, and as the view does."""
    if isinstance(view, FeatureView):
        open_items = view.full & ~view.fixed_items
        unit_of, cut_of = np.arange(view.n_items), np.full(view.n_items, -1)
    else:
        open_items = view.full & ~view.held
        unit_of = view.owner.astype(np.int64)
        cut_of = np.arange(view.n_items) - view.question.layout.base[unit_of]
    chosen = np.nonzero(open_items)[0]
    chosen = chosen[np.argsort(keys[unit_of[chosen]], kind="stable")]
    item_of = np.full(max(1, view.n_items), -1, np.int32)
    item_of[chosen] = np.arange(len(chosen), dtype=np.int32)
    return unit_of[chosen].astype(np.int64), cut_of[chosen].astype(np.int64), item_of, chosen.astype(np.int32)
