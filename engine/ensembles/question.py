"""One question about one instance of an ensemble, with everything that the core needs, kept from call to call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from .. import _native
from .._native import Box, Clock, Groups, Leaves, Workspace
from ..arrays import F64, I32, Bools
from ..budget import Deadline
from ..clock import run_with
from ..domain.region import Region
from ..status import Stop
from .answers import ALONE, EXACT, NONE, QUICK, UNKNOWN
from .layout import Layout
from .sums import Arithmetic, Columns

_QUICK = 0.005  # seconds: what is so quick is answered even if time was up
_LARGE = 100_000  # nodes: one sweep over all of them beats many walks from leaves to roots
_POOL = 1  # counterexamples that are tried again: more cost more time than they save


class EnsembleQuestion:
    """Whether inputs in a box can be outside O; and how far boxes can be widened.

    Parameters
    ----------
    layout : Layout
        The ensemble over its space.
    sums : Arithmetic
        The model's own arithmetic, and O.
    columns : Columns
        The same in whole numbers.
    cells : ndarray of int32, shape (n_attributes,)
        The instance.

    Notes
    -----
    Not to be shared by threads. After a call ``point`` is the counterexample that was found, if one was.
    """

    search: ClassVar[dict[str, int]] = {}  # how searches go about it (see the core's ``Workspace``)

    def __init__(self, layout: Layout, sums: Arithmetic, columns: Columns, cells: I32) -> None:
        self.layout = layout
        self._ask(sums, columns, cells)
        self._box = Box(layout, self.problem.columns, self.cells)
        self._late = False
        at_once = max(1, len(columns.need)) if columns.together or columns.goal is not None else 1
        self._clock = Clock()
        self.spent = 0  # steps of the last call
        self.work = Workspace(layout, at_once, max(1, len(sums.start)), self._clock, **self.search)
        self._large = layout.n_nodes > _LARGE

    def _ask(self, sums: Arithmetic, columns: Columns, cells: I32) -> None:
        self.sums, self.columns = sums, columns
        self.problem = problem_of(self.layout, sums, columns)
        self.cells = cells.astype(np.int32)
        self.guide = self.cells.copy()
        self.pool = np.full((_POOL, len(cells)), -1, np.int32)

    def move(self, sums: Arithmetic, columns: Columns, cells: I32) -> None:
        """Ask about another instance (of the same number of columns), in the same room."""
        self._ask(sums, columns, cells)
        self.work.nodes = 0  # what is found next does not depend on what was looked for before
        _native.place(self.layout, self.problem.columns, self._box, self.cells)
        self._late = False

    @cached_property
    def leaves(self) -> Leaves:
        """The leaves of the ensemble (none where searches by tests do better)."""
        return Leaves(self.layout)

    @property
    def point(self) -> I32:
        """The counterexample of the last call, a cell for each attribute."""
        return self.work.point

    def run(self, deadline: Deadline, function: Callable[..., int], *arguments: Any) -> int:
        """Return what a function of the core returns, whose loops look at the clock of the workspace.

        Returns
        -------
        int
            Its answer; ``UNKNOWN`` if time was up or Ctrl-C was pressed.
        """
        if self.too_late(deadline):
            return UNKNOWN
        try:
            at_least = 0.0 if self._large else _QUICK
            found = run_with(self._clock, deadline, function, *arguments, at_least=at_least)
            self.spent = self._clock.work
            return found
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            return UNKNOWN

    def too_late(self, deadline: Deadline) -> bool:
        """Tell whether nothing is begun any more: then also the box need not be brought up to date."""
        return deadline.stop is Stop.INTERRUPT or (self._large and deadline.expired())

    # -- the box -----------------------------------------------------------------------------------------------

    @property
    def box(self) -> Box:
        """The box, up to date: for a large model that is a sweep over all nodes, so it is done when it is looked at."""
        if self._late:
            _native.settle(self.layout, self._box, self._large)
            self._late = False
        return self._box

    def fix_all(self) -> None:
        """Make the box the instance."""
        _native.set_point(self.layout, self._box, self.cells, True)
        self._late = True

    def set_kept(self, kept: Bools) -> None:
        """Make the box what a closed set of elements leaves."""
        _native.set_box(self.layout, self._box, self.cells, kept, True)
        self._late = True

    def read_kept(self, kept: Bools) -> None:
        """Write the closed set of elements that the box stands for."""
        _native.kept_in_box(self.layout, self._box, kept)  # also true of a box that is not up to date

    def set_region(self, region: Region) -> None:
        """Make the box a region that need not hold the instance."""
        self.set_ranges(region.low, region.high, region.allowed)

    def set_ranges(self, low: I32, high: I32, allowed: Bools) -> None:
        """Make the box these ranges (and allowed cells of listed attributes)."""
        _native.set_region(self.layout, self._box, low, high, allowed, True)
        self._late = True

    def answer(self, deadline: Deadline) -> int:
        """Return NONE if no input in the box is outside O, FOUND (``point``) or UNKNOWN."""
        if self.too_late(deadline):
            return UNKNOWN
        if _native.bounds_decide(self.problem.columns, self.box):
            return NONE
        return self.run(deadline, _native.box_holds, self.problem, self.box, self.guide, self.work)

    def decides_alone(self) -> bool:
        """Tell whether the bounds of the box decide: each tree on its own."""
        if _native.bounds_decide(self.problem.columns, self.box):
            return True
        self._clock.begin(float("inf"))
        decided = _native.alone_decides(self.problem, self.box, self.work)
        error = self._clock.take_error()
        if isinstance(error, BaseException):  # Ctrl-C meanwhile: nothing else would tell of it
            raise error
        return decided

    def bad(self, point: I32) -> bool:
        """Tell whether the model decides outside O at a point of cells (that meets all clauses)."""
        return _native.is_bad(self.problem, point, self.work)

    # -- widening ----------------------------------------------------------------------------------------------

    def losses(self, groups: Groups, deadline: Deadline) -> F64:
        """Return for each group of attributes how much its freedom alone costs (0 for the rest if time is up).

        The box must be the instance.
        """
        out = np.zeros(groups.n)
        if not self.too_late(deadline):
            self.run(deadline, _native.loss_of_groups, self.problem, self.box, self.cells, groups, out, self.work)
        return out

    def widen(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> bool:
        """Widen a box that holds, literal by literal, attributes in this order; tell whether it is maximal.

        `kept` are the elements of listed attributes that are kept; it is brought up to date.
        """
        if self.too_late(deadline):
            return False
        one = self.columns.goal is None and (len(self.columns.need) == 1 or not self.columns.together)
        listed = not alone and one and self.leaves.any  # a column at a time
        for mode in (ALONE,) if alone else (QUICK if listed else ALONE, EXACT):
            end = (self.box, self.cells, kept, order, mode, self.guide, self.pool, self.work)
            if listed:
                code = self.run(deadline, _native.shrink_listed, self.problem, self.leaves, *end)
            else:
                code = self.run(deadline, _native.shrink_literals, self.problem, *end)
            if code == UNKNOWN:
                return False
        return True

    def free(self, free: Bools, groups: Groups, order: I32, deadline: Deadline, *, alone: bool = False) -> bool:
        """Free groups of attributes while the box holds, in this order; tell whether no more can be freed."""
        if self.too_late(deadline):
            return False
        for mode in (ALONE,) if alone else (ALONE, EXACT):
            code = self.run(
                deadline, _native.shrink_groups, self.problem, self.box, self.cells, free, groups, order, mode,
                self.guide, self.pool, self.work,
            )  # fmt: skip
            if code == UNKNOWN:
                return False
        return True


def problem_of(layout: Layout, sums: Arithmetic, columns: Columns) -> _native.Problem:
    """Return a question as the core takes it."""
    values, good = np.ascontiguousarray(sums.values), sums.good
    if 0 < len(good) < len(sums.start):  # scores of no class, which never win: a model that knows one class has two
        good = np.concatenate([good, np.ones(len(sums.start) - len(good), np.bool_)])
    arithmetic = _native.Arithmetic(*sums._replace(values=values, good=good))
    return _native.Problem(layout, arithmetic, _native.Columns(*columns))
