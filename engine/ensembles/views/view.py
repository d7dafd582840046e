"""The common part of the views: what is asked, where inputs are looked for, what freedom costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..._native import ChangeQuestion, Groups, Outer, path_depths
from ...arrays import F64, I32, Bools
from ...budget import Deadline
from ...domain.instance import Situation
from ...status import Stop
from ..layout import Layout
from ..question import EnsembleQuestion


class View:
    """The common part.

    Parameters
    ----------
    question : EnsembleQuestion
        What is asked.
    situation : Situation
        The instance.
    banned : ndarray of bool, shape (n_attributes,)
        Attributes that are never kept (sufficient reasons without excluded features).
    outer : Outer, optional
        The cells that inputs may have at most (contrastive reasons with immutable or monotone features).
    """

    n_items: int
    by_depth = False  # whether what comes late on the paths is dropped first, instead of what costs little
    groups: Groups

    def __init__(
        self, question: EnsembleQuestion, situation: Situation, banned: Bools, outer: Outer | None = None
    ) -> None:
        self.question = question
        self.situation = situation
        self.space = situation.space
        self.banned = banned
        self.outer = everywhere(question.layout) if outer is None else outer
        self.fixed = _single_cells(question, self.outer)
        self._back_order: I32 | None = None

    @cached_property
    def inner(self) -> ChangeQuestion:
        """The question within the outer box, as the core takes it for contrastive reasons."""
        return ChangeQuestion(self.question.problem, self.question.cells, self.outer)

    @property
    def full(self) -> Bools:
        """All items that may be kept."""
        raise NotImplementedError

    def back_order(self, deadline: Deadline) -> I32:
        """Return the groups in the order in which a counterexample is brought back: those that matter least first."""
        order = self._back_order
        if order is None:
            order = np.argsort(losses_of(self, deadline), kind="stable").astype(np.int32)
            if deadline.stop is Stop.NONE:  # else it is of the losses that were found in time
                self._back_order = order
        return order

    def place(self, kept: Bools) -> None:
        """Make the question's box what the kept items leave."""
        raise NotImplementedError

    def answer(self, kept: Bools, deadline: Deadline) -> int:
        """Return NONE (holds), FOUND or UNKNOWN for a set of items."""
        self.place(kept)
        return self.question.answer(deadline)


def _single_cells(question: EnsembleQuestion, outer: Outer) -> Bools:
    """Return which attributes have one cell in a box."""
    layout = question.layout
    n_cells, base, barred = layout.n_cells, layout.cell_base, outer.barred
    single: Bools = (outer.lo == outer.hi) & (n_cells > 1)  # one cell in all is free to begin with
    for a in np.nonzero(~layout.interval)[0].tolist():
        cells = barred[base[a] : base[a + 1]]
        single[a] = int((cells == 0).sum()) == 1 and n_cells[a] > 1
    return single


def everywhere(layout: Layout) -> Outer:
    """Return the box of all cells."""
    lo = np.zeros(layout.n_attributes, np.int32)
    return Outer(lo, (layout.n_cells - 1).astype(np.int32), np.zeros(layout.n_listed_cells, np.int32))


def outer_box(
    layout: Layout, cells: I32, fixed: Bools, upward: Sequence[int] = (), downward: Sequence[int] = ()
) -> Outer:
    """Return the box in which some attributes are fixed, and others may only go up, or only down (from their cell)."""
    lo, hi = np.zeros(layout.n_attributes, np.int32), (layout.n_cells - 1).astype(np.int32)
    barred, base, interval = np.zeros(layout.n_listed_cells, np.int32), layout.cell_base, layout.interval
    for a in np.nonzero(fixed)[0].tolist():
        if interval[a]:
            lo[a] = hi[a] = cells[a]
        else:
            barred[base[a] : base[a + 1]] = 1
            barred[base[a] + cells[a]] = 0
    for a in upward:
        lo[a] = cells[a]
    for a in downward:
        hi[a] = cells[a]
    return Outer(lo, hi, barred)


def losses_of(view: View, deadline: Deadline) -> F64:
    """Return what freeing each group alone costs (0 where time was up); the box becomes the instance."""
    view.question.fix_all()
    if view.by_depth:
        return -path_depths(view.question.layout, view.question.cells)
    return view.question.losses(view.groups, deadline)
