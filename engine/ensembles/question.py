"""One question about one instance of an ensemble, with everything that its kernels need, kept from call to call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..budget import Deadline
from ..domain.region import Region
from ..kernels import F64, I32, I64, Bools
from ..kernels.watch import run_watched
from ..status import Stop
from .arrays.box import bounds_decide, box_at, place
from .arrays.layout import Layout
from .arrays.sums import Arithmetic, Columns
from .search.alone import alone_decides
from .search.leaves import Leaves, leaves_of
from .search.listed import shrink_listed
from .search.search import NONE, UNKNOWN, box_holds, is_bad, make_ready
from .search.widen import ALONE, EXACT, QUICK, loss_of_groups, set_box, set_region, shrink_groups, shrink_literals
from .search.workspace import new_pad

_QUICK = 6_000_000  # nodes of trees that a kernel looks at before it is watched, about
_LARGE = 100_000  # nodes: one sweep over all of them beats many walks from leaves to roots
_FEW = 20  # nodes of a search: ensembles so large that fewer are quick are watched from the start
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

    search: ClassVar[dict[str, int]] = {}  # how searches go about it (see ``new_pad``)

    def __init__(self, layout: Layout, sums: Arithmetic, columns: Columns, cells: I32) -> None:
        self.layout = layout
        self.sums = sums
        self.columns = columns
        self.cells = cells.astype(np.int32)
        self.box = box_at(layout, columns, self.cells)
        at_once = max(1, len(columns.need)) if columns.together else 1
        self.pad = new_pad(layout, at_once, max(1, len(sums.start)), **self.search)
        self.guide = self.cells.copy()
        make_ready(layout, sums, columns, self.box, self.guide, self.pad)
        self.pool = np.full((_POOL, len(cells)), -1, np.int32)
        self._large = len(layout.node) > _LARGE
        quick = _QUICK // max(1, len(layout.node))
        self._quick = min(400, quick) if quick >= _FEW else 0

    def move(self, sums: Arithmetic, columns: Columns, cells: I32) -> None:
        """Ask about another instance (of the same number of columns), in the same room."""
        self.sums, self.columns = sums, columns
        self.cells[:] = cells
        self.guide[:] = cells
        self.pool[:] = -1
        place(self.layout, columns, self.box, self.cells)

    @cached_property
    def leaves(self) -> Leaves:
        """The leaves of the ensemble (none where searches by tests do better)."""
        return leaves_of(self.layout)

    @property
    def point(self) -> I32:
        """The counterexample of the last call, a cell for each attribute."""
        return self.pad.point

    def run(self, deadline: Deadline, kernel: Callable[..., Any], *arguments: Any) -> int:
        """Call a kernel that gives up when ``pad`` says so: a little in this thread, the rest under watch.

        Returns
        -------
        int
            What the kernel returns; ``UNKNOWN`` if time was up or Ctrl-C was pressed.
        """
        pad = self.pad
        pad.flag[0] = 0
        pad.spent[1] = pad.spent[0] + self._quick
        try:
            quick = self._quick and not (self._large and deadline.overdue())
            code = kernel(*arguments) if quick else UNKNOWN
            if code != UNKNOWN:
                return int(code)
            pad.spent[1] = 2**62
            if deadline.expired():
                return UNKNOWN
            return int(run_watched(deadline, kernel, *arguments, flag=pad.flag))
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            return UNKNOWN

    # -- the box -----------------------------------------------------------------------------------------------

    def fix_all(self) -> None:
        """Make the box the instance."""
        place(self.layout, self.columns, self.box, self.cells)

    def set_kept(self, kept: Bools) -> None:
        """Make the box what a closed set of elements leaves."""
        set_box(self.layout, self.box, self.cells, kept, self._large)

    def set_region(self, region: Region) -> None:
        """Make the box a region that need not hold the instance."""
        self.set_ranges(region.low, region.high, region.allowed)

    def set_ranges(self, low: I32, high: I32, allowed: Bools) -> None:
        """Make the box these ranges (and allowed cells of listed attributes)."""
        set_region(self.layout, self.box, low, high, allowed, self._large)

    def answer(self, deadline: Deadline) -> int:
        """Return NONE if no input in the box is outside O, FOUND (``point``) or UNKNOWN."""
        if bounds_decide(self.columns, self.box):
            return NONE
        guide = self.guide
        return self.run(deadline, box_holds, self.layout, self.sums, self.columns, self.box, guide, self.pad)

    def decides_alone(self) -> bool:
        """Tell whether the bounds of the box decide: each tree on its own."""
        return bool(
            bounds_decide(self.columns, self.box) or alone_decides(self.layout, self.columns, self.box, self.pad)
        )

    def bad(self, point: I32) -> bool:
        """Tell whether the model decides outside O at a point of cells (that meets all clauses)."""
        return bool(is_bad(self.layout, self.sums, point, self.pad))

    # -- widening ----------------------------------------------------------------------------------------------

    def losses(self, group_at: I64, members: I32, deadline: Deadline) -> F64:
        """Return for each group of attributes how much its freedom alone costs (0 for the rest if time is up).

        The box must be the instance.
        """
        out = np.zeros(len(group_at) - 1)
        self.run(
            deadline, loss_of_groups, self.layout, self.columns, self.box, self.cells, group_at, members,
            self.box.bound.copy(), out, self.pad,
        )  # fmt: skip
        return out

    def widen(self, kept: Bools, order: I32, deadline: Deadline, *, alone: bool = False) -> bool:
        """Widen a box that holds, literal by literal, attributes in this order; tell whether it is maximal.

        `kept` are the elements of listed attributes that are kept; it is brought up to date.
        """
        one = len(self.columns.need) == 1 or not self.columns.together  # column at a time
        listed = not alone and one and len(self.leaves.row) > 0
        for mode in (ALONE,) if alone else (QUICK if listed else ALONE, EXACT):
            done = np.zeros(1, np.int64)
            end = (self.box, self.cells, kept, order, done, mode, self.guide, self.pool, self.pad)
            if listed:
                asked = (self.layout, self.sums, self.columns, self.leaves)
                code = self.run(deadline, shrink_listed, *asked, *end)
            else:
                code = self.run(deadline, shrink_literals, self.layout, self.sums, self.columns, *end)
            if code == UNKNOWN:
                return False
        return True

    def free(
        self, free: Bools, group_at: I64, members: I32, order: I32, deadline: Deadline, *, alone: bool = False
    ) -> bool:
        """Free groups of attributes while the box holds, in this order; tell whether no more can be freed."""
        for mode in (ALONE,) if alone else (ALONE, EXACT):
            code = self.run(
                deadline, shrink_groups, self.layout, self.sums, self.columns, self.box, self.cells, free, group_at,
                members, order, np.zeros(1, np.int64), mode, self.guide, self.pool, self.pad,
            )  # fmt: skip
            if code == UNKNOWN:
                return False
        return True
