"""One walk over reasons: its items, its room, and what was found since it was last asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..._native import Walker
from ...arrays import F64, I32, I64, Bools
from ...budget import STEPS_A_SECOND, Deadline
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView, LiteralView, losses_of
from .written import KeptCells, written_changes

_MOST_ITEMS = 4000
_MOST_LISTED = 300  # literals of a listed attribute
_MOST_CELLS = 1 << 20  # of listed attributes, times their literals
_MOST_BARRED = 4  # cells that a literal bars
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
    """Tell whether walks tell all reasons of a view, and no other way is quicker.

    Walks keep cells of listed attributes one by one. Where literals bar many cells at once (cuts of a number that may
    be missing, sets of many categories) they go far before these make up what literals bar.
    """
    if view.n_items > _MOST_ITEMS:
        return False
    if isinstance(view, FeatureView) or not view.listed:
        return True
    literals, cells = np.diff(view.space.element_base)[view.listed], view.question.layout.n_cells[view.listed]
    if literals.max() > _MOST_LISTED or (literals * cells).sum() > _MOST_CELLS:
        return False
    return all(_most_barred(view, a) <= _MOST_BARRED for a in view.listed)


def _most_barred(view: LiteralView, a: int) -> int:
    """Return how many cells of an attribute the smallest literal bars that bars a cell, at most."""
    truth, own = view.space.attributes[a].truth_table(), int(view.question.cells[a])
    bars = truth != truth[:, own, None]
    smallest = np.where(bars, bars.sum(axis=1)[:, None], len(bars[0]) + 1).min(axis=0, initial=len(bars[0]) + 1)
    return int(np.delete(smallest, own).max(initial=0))


def both_ways(view: AnyView) -> bool:
    """Tell whether there is a walk over contrastive reasons beside the one over sufficient reasons."""
    return not view.banned.any() and (isinstance(view, FeatureView) or not view.listed)


class Searching:
    """What takes turns: how far it is, and how quick.

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

    def __init__(self) -> None:
        self.ended = self.stopped = False
        self.seconds, self.told = 0.0, 0

    @property
    def rate(self) -> float:
        """New reasons a second."""
        return self.told / (self.seconds + 1e-9)


class Walk(Searching):
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
        super().__init__()
        losses = losses_of(view, deadline)
        items = _items_of(view, -losses if over_sufficient else losses)
        self._walker = Walker(
            view.inner, items.unit, items.cut, items.of, items.of_cell, view.groups, view.back_order(deadline),
            literals=not isinstance(view, FeatureView), over_sufficient=over_sufficient, with_points=with_points,
            most_put_off=most_put_off,
        )  # fmt: skip
        self._chosen, self._with_points = items.chosen, with_points
        self._cells = KeptCells(view, items.of_cell) if isinstance(view, LiteralView) and view.listed else None
        self._steps, self._most = _FIRST_STEPS, 1

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
        if self._cells is not None and self._with_points:
            edges = Batch(written_changes(self._view, edges.points), edges.points)
        return BothKinds(sets, edges) if self._over_sufficient else BothKinds(edges, sets)

    def _batch(self, rows: Bools, points: I32) -> Batch:
        """Return rows of walked items as rows of the view's items."""
        out = np.zeros((len(rows), self._view.n_items), np.bool_)
        out[:, self._chosen] = rows[:, : len(self._chosen)]
        if self._cells is not None:
            self._cells.write(rows, out)
        return Batch(out, points)


class _Items(NamedTuple):
    """The items of a walk, as the core takes them."""

    unit: I64
    cut: I64
    of: I32  # the item of each of the view's
    of_cell: I32  # and of each cell of a listed attribute
    chosen: I32  # the view's items that the first ones are


def _items_of(view: AnyView, keys: F64) -> _Items:
    """Return the items of a walk, least key (of their groups) first; cells of listed attributes are the last ones."""
    layout = view.question.layout
    of_cell = np.full(layout.n_listed_cells, -1, np.int32)
    if isinstance(view, FeatureView):
        chosen = np.nonzero(view.full & ~view.fixed_items)[0]
        chosen = chosen[np.argsort(keys[chosen], kind="stable")]
        unit, cut = chosen, np.full(len(chosen), -1)
    else:
        chosen = np.nonzero(view.full & ~view.held & layout.interval[view.owner])[0]
        chosen = chosen[np.argsort(keys[view.owner[chosen]], kind="stable")]
        unit = view.owner[chosen].astype(np.int64)
        cut = chosen - layout.base[unit]
        for a in sorted(view.listed, key=lambda a: float(keys[a])):
            if view.banned[a] or view.fixed[a]:
                continue
            cells = np.delete(np.arange(layout.n_cells[a]), view.question.cells[a])
            of_cell[layout.cell_base[a] + cells] = np.arange(len(unit), len(unit) + len(cells))
            unit, cut = np.append(unit, np.full(len(cells), a)), np.append(cut, cells)
    of = np.full(max(1, view.n_items), -1, np.int32)
    of[chosen] = np.arange(len(chosen), dtype=np.int32)
    return _Items(unit.astype(np.int64), cut.astype(np.int64), of, of_cell, chosen.astype(np.int32))
