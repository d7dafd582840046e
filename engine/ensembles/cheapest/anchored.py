"""Reasons that cover reference rows: as many as can be, by implicit hitting sets.

A set of literals covers a row if all of them are true of it. With the rows R it is a set of literals in which the
instance and all of R agree; it forces the outcome iff all of these literals do. Sets of rows that no reason covers
together are **conflicts**; the rows outside a smallest set that hits all conflicts are the most that may be covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..._native import UnitProblem, differing_elements
from ...arrays import I32, I64, Bools
from ...budget import Deadline
from ...clock import run
from ...status import Stop
from ..answers import NONE, UNKNOWN
from ..views.literals import LiteralView, importance_order

_NODES = 1 << 40


class Anchored(NamedTuple):
    """A set of literals that holds.

    Attributes
    ----------
    kept : ndarray of bool, shape (n_elements,)
        The literals.
    maximal : bool
        Whether it is proved that none can be dropped.
    covered : int
        How many rows it covers.
    most : int
        How many any reason covers, at most.
    """

    kept: Bools
    maximal: bool
    covered: int
    most: int


class References:
    """Rows that reasons shall cover, and rows that they must not.

    Parameters
    ----------
    view : LiteralView
        The question.
    cover, avoid : sequences of ndarray of int32, shape (n_attributes,)
        The cells of the rows.
    """

    def __init__(self, view: LiteralView, cover: Sequence[I32], avoid: Sequence[I32]) -> None:
        self.view = view
        layout, cells = view.question.layout, view.question.cells
        self.apart = [differing_elements(layout, cells, row.astype(np.int32)) for row in cover]
        self.barred = [differing_elements(layout, cells, row.astype(np.int32)) for row in avoid]

    def kept(self, rows: Sequence[int]) -> Bools:
        """Return the literals on which the instance and some of the rows agree."""
        kept = self.view.full
        for row in rows:
            kept &= ~self.apart[row]
        return kept

    def covered(self, kept: Bools) -> int:
        """Return how many rows a set of literals covers."""
        return sum(not (kept & apart).any() for apart in self.apart)

    def holds(self, kept: Bools, deadline: Deadline) -> bool | None:
        """Tell whether literals force the outcome and leave out all rows to avoid; None if time was up."""
        if not all((kept & apart).any() for apart in self.barred):
            return False
        code = self.view.answer(kept, deadline)
        return None if code == UNKNOWN else code == NONE

    def shrunk(self, kept: Bools, deadline: Deadline) -> tuple[Bools, bool]:
        """Return a minimal part of a set that holds, and whether it is proved minimal."""
        if not self.barred:
            return self.view.shrink(kept, importance_order(self.view, deadline), deadline)
        going = True
        while going:
            going = False
            for rest in self.view.lesser(kept):
                answer = self.holds(rest, deadline)
                if answer is None:
                    return kept, False
                if answer:
                    kept, going = rest, True
                    break
        return kept, True

    def conflict(self, rows: list[int], deadline: Deadline) -> list[int]:
        """Return a minimal part of rows that no reason covers together (not minimal if time was up)."""
        needed: list[int] = []
        rest = list(rows)
        while rest:
            tried = rest.pop()
            if self.holds(self.kept([*needed, *rest]), deadline) is not False:
                needed.append(tried)
        return needed


def anchored(references: References, wanted: int | None, deadline: Deadline) -> Anchored | None:
    """Return a minimal reason that covers as many rows as `wanted` (None: as many as any does).

    Returns
    -------
    Anchored or None
        None if it is proved that there is none.
    """
    n = len(references.apart)
    best: list[int] | None = None
    most = n
    first = references.holds(references.kept([]), deadline.with_grace())
    if first is None:
        raise deadline.undecided("whether there is a reason")
    if not first or (wanted is not None and wanted > n):
        return None
    best = _greedy(references, deadline)
    conflicts: list[list[int]] = []
    while deadline.stop is Stop.NONE and len(best) < most and (wanted is None or len(best) < wanted <= most):
        chosen, lower = _hitting(conflicts, n, deadline)
        most = min(most, n - lower)
        rows = [row for row in range(n) if row not in chosen]
        answer = references.holds(references.kept(rows), deadline)
        if answer is None:
            break
        if answer:
            best = rows if len(rows) > len(best) else best
            most = min(most, len(best)) if len(chosen) == lower else most
            continue
        conflicts += _apart(references, rows, deadline)
    if wanted is not None and len(best) < wanted and most < wanted:
        return None
    kept, maximal = references.shrunk(references.kept(best), deadline.with_grace())
    covered = references.covered(kept)
    return Anchored(kept, maximal, covered, max(most, covered))


def _greedy(references: References, deadline: Deadline) -> list[int]:
    """Return rows that a reason covers together, those nearest to the instance first."""
    order = sorted(range(len(references.apart)), key=lambda row: int(references.apart[row].sum()))
    taken: list[int] = []
    for row in order:
        if references.holds(references.kept([*taken, row]), deadline):
            taken.append(row)
    return taken


def _apart(references: References, rows: list[int], deadline: Deadline) -> list[list[int]]:
    """Return conflicts among rows that have no row in common."""
    found: list[list[int]] = []
    rest = list(rows)
    while rest and deadline.stop is Stop.NONE and references.holds(references.kept(rest), deadline) is False:
        conflict = references.conflict(rest, deadline)
        if deadline.stop is not Stop.NONE:
            break
        found.append(conflict)
        rest = [row for row in rest if row not in conflict]
    return found


def _hitting(conflicts: list[list[int]], n: int, deadline: Deadline) -> tuple[set[int], int]:
    """Return a smallest set of rows that hits all conflicts, and a lower bound of its size."""
    if not conflicts:
        return set(), 0
    start: I64 = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(one) for one in conflicts])]).astype(np.int64)
    problem = UnitProblem(start, np.concatenate(conflicts).astype(np.int32), np.ones(n, np.int64))
    run(deadline, problem.search, _NODES)
    return set(np.nonzero(problem.chosen())[0].tolist()), int(problem.lower)
