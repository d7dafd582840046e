"""With which items the sets of walks, and changes, are written."""

from __future__ import annotations

import numpy as np

from ..._native import differing_elements, differing_groups
from ...arrays import I32, Bools
from ...oracles.universe import bits, mask_of_bools
from ..views.features import FeatureView
from ..views.literals import AnyView, LiteralView


def written_changes(view: AnyView, points: I32) -> Bools:
    """Return the written items of the changes to some points, a row each."""
    out = np.zeros((len(points), view.n_items), np.bool_)
    cells, base = view.question.cells, view.question.layout.base
    if isinstance(view, LiteralView) and not view.listed:
        rows, a = np.nonzero(points != cells)
        cell = points[rows, a]
        out[rows, base[a] + np.where(cell > cells[a], cell - 1, cell)] = True
        return out
    for row, point in enumerate(points):
        out[row, view.written_change(dropped_at(view, point))] = True
    return out


def dropped_at(view: AnyView, point: I32) -> Bools:
    """Return all items of the change to a point."""
    q = view.question
    if isinstance(view, FeatureView):
        return differing_groups(view.groups, q.cells, point) & view.full
    return differing_elements(q.layout, q.cells, point) & view.full


class KeptCells:
    """Writes what walks keep of listed attributes: cells that are barred.

    Parameters
    ----------
    view : LiteralView
        What the sets are of.
    of_cell : ndarray of int32
        The walk's item of each cell of a listed attribute; -1: none.
    """

    def __init__(self, view: LiteralView, of_cell: I32) -> None:
        layout, cells = view.question.layout, view.question.cells
        self._parts = []
        for a, universe in view.universes.items():
            items = of_cell[int(layout.cell_base[a]) : int(layout.cell_base[a + 1])]
            truth = view.space.attributes[a].truth_table()
            bars = (truth != truth[:, cells[a], None])[:, items >= 0]  # of each literal
            self._parts.append((int(layout.base[a]), items[items >= 0], bars, universe))
        self._known: dict[tuple[int, bytes], Bools] = {}

    def write(self, rows: Bools, out: Bools) -> None:
        """Write into `out` the literals with which each row's cells are told."""
        for base, items, bars, universe in self._parts:
            kept = rows[:, items]
            for row in np.nonzero(kept.any(axis=1))[0].tolist():
                key = base, kept[row].tobytes()
                if key not in self._known:
                    written = np.zeros(universe.n, np.bool_)
                    closed = ~bars[:, ~kept[row]].any(axis=1)
                    written[list(bits(universe.written(mask_of_bools(closed))))] = True
                    self._known[key] = written
                out[row, base : base + universe.n] = self._known[key]
