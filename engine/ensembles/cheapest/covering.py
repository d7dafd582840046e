"""The hitting-set problem of cheapest sufficient reasons of an ensemble.

Every input outside O must be excluded by a reason. A variable stands for something that a reason can exclude, and
``block`` names for each cell of an attribute the variable that says "this cell is excluded". So an input is excluded
iff one of the variables of its cells is true.

Granularities
-------------
* a feature excludes all cells but the instance's, of all its attributes: one variable;
* one **side** of an interval attribute (the upper or the lower bound) costs the same wherever the bound is, and the
  strongest bound excludes most: one variable for all bounds (``fine=False``), which is exact for the least cost;
* ``fine=True``: one variable a cut, a chain of implications, to tell reasons with the same sides apart;
* other attributes: ``t_e`` (element e is written) and ``k_d`` (move d is blocked), as in ``cheapest``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..._native import Units
from ...arrays import I32, I64, Bools
from ...oracles.cheapest import covering_clauses
from ...oracles.marco import Clause
from ...oracles.universe import Universe
from ..views.features import FeatureView
from ..views.literals import AnyView, LiteralView


@dataclass(slots=True, eq=False)
class Covering:
    """A hitting-set problem: hard clauses over variables 1 … n, and what each of them costs.

    Attributes
    ----------
    units : Units
        Which variable excludes a cell (numbered from 0).
    prices : list of int
        Cost of each variable.
    clauses : list of clauses
        What holds beforehand.
    """

    units: Units
    prices: list[int]
    clauses: list[Clause]

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self.prices)

    def excluding(self, point: I32) -> Clause:
        """Return "this input is excluded" (a point of cells that is not the instance)."""
        found = np.unique(self.units.block[self.units.at[:-1] + point])
        return tuple(int(v) + 1 for v in found if v >= 0)


@dataclass(slots=True)
class _Draft:
    """A covering problem in the making."""

    at: list[int]
    block: I32
    prices: list[int] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def new(self, price: int, *, whole: bool = False) -> int:
        """Return a new variable, numbered from 0."""
        self.prices.append(int(price))
        self.whole.append(whole)
        return len(self.prices) - 1

    def finished(self) -> Covering:
        pairs = sorted(
            {
                (int(v), a)
                for a in range(len(self.at) - 1)
                for v in np.unique(self.block[self.at[a] : self.at[a + 1]])
                if v >= 0
            }
        )
        counts = np.bincount([v for v, _ in pairs], minlength=len(self.prices)) if pairs else np.zeros(len(self.prices))
        units = Units(
            np.array(self.at, np.int64),
            self.block,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.array([a for _, a in pairs], np.int32),
            np.array(self.whole, np.bool_),
        )
        return Covering(units, self.prices, self.clauses)


def covering_of(view: AnyView, prices: I64, *, fine: bool) -> Covering:
    """Return the hitting-set problem of a view; the prices are those of its items."""
    n_cells = [attribute.n_cells for attribute in view.space.attributes]
    at = [0, *np.cumsum(n_cells).tolist()]
    draft = _Draft(at, np.full(at[-1], -1, np.int32))
    if isinstance(view, FeatureView):
        _features(draft, view, prices)
        return draft.finished()
    for a in range(len(n_cells)):
        if view.banned[a]:
            continue
        if view.space.interval[a]:
            _side(draft, view, a, prices, up=True, fine=fine)
            _side(draft, view, a, prices, up=False, fine=fine)
        else:
            _listed(draft, view, a, prices)
    return draft.finished()


def _features(draft: _Draft, view: FeatureView, prices: I64) -> None:
    """Add one variable a feature, in the order of the items (excluded ones have it too, and never use it)."""
    full = view.full
    for price in prices.tolist():
        draft.new(price, whole=True)
    for a, item in enumerate(view.item_of.tolist()):
        if full[item]:
            draft.block[draft.at[a] : draft.at[a + 1]] = item
            draft.block[draft.at[a] + view.situation.cells[a]] = -1


def _side(draft: _Draft, view: LiteralView, a: int, prices: I64, *, up: bool, fine: bool) -> None:
    """Add the bounds of an interval attribute on one side of the instance."""
    base, cell = int(view.space.element_base[a]), int(view.situation.cells[a])
    last = int(view.space.element_base[a + 1]) - base - 1
    cuts = list(range(cell, last + 1)) if up else list(range(cell - 1, -1, -1))  # strongest first
    if not cuts:
        return
    costs = prices[base + min(cuts) : base + max(cuts) + 1].tolist()
    costs = costs if up else costs[::-1]
    same = min(costs) == max(costs)
    if same and not fine:  # any cut excludes what it excludes; no cell is told from the next one
        first = draft.at[a] + (cell + 1 if up else 0)
        draft.block[first : first + len(cuts)] = draft.new(costs[0], whole=True)
        return
    stronger = weakest = -1
    for p, price in zip(cuts, costs, strict=True):
        outer = p == cuts[-1]
        weakest = draft.new(price if same and outer else 0)
        if stronger >= 0:
            draft.clauses.append((-(stronger + 1), weakest + 1))
        if not same:  # written iff the stronger one is not kept
            written = draft.new(price)
            draft.clauses.append((written + 1, -(weakest + 1), *([stronger + 1] if stronger >= 0 else [])))
        stronger = weakest
        # a cut excludes the cells beyond it; the weakest cut that excludes a cell is next to it
        draft.block[draft.at[a] + (p + 1 if up else p)] = weakest


def _listed(draft: _Draft, view: LiteralView, a: int, prices: I64) -> None:
    """Add an attribute that cuts do not describe."""
    universe: Universe = view.universes[a]
    base = int(view.space.element_base[a])
    first = len(draft.prices)
    for e in range(universe.n):
        draft.new(int(prices[base + e]))
    moves = [draft.new(0) for _ in universe.moves]
    for clause in covering_clauses(universe, ()):
        draft.clauses.append(tuple(v + first if v > 0 else v - first for v in clause))
    columns = view.space.attributes[a].column_masks
    own = columns[int(view.situation.cells[a])]
    number = {move: moves[d] for d, move in enumerate(universe.moves)}
    for c, column in enumerate(columns):
        if column != own:
            draft.block[draft.at[a] + c] = number[column ^ own]


def beyond(covering: Covering, view: AnyView, kept: Bools) -> Clause:
    """Return "not this reason, nor more than it" over the variables of a fine covering problem.

    A reason contains another one iff it excludes every cell that the other one excludes.
    """
    view.place(kept)
    at, blocks, cell_base = covering.units.at, covering.units.block, view.question.layout.cell_base
    low, high, barred = view.question.box.lo, view.question.box.hi, view.question.box.barred
    out: set[int] = set()
    for a in range(len(at) - 1):
        block = blocks[at[a] : at[a + 1]]
        if view.space.interval[a]:
            lo, hi = int(low[a]), int(high[a])
            nearest: Sequence[int] = [c for c in (lo - 1, hi + 1) if 0 <= c < len(block)]
        else:
            first = int(cell_base[a])
            nearest = np.nonzero(barred[first : first + len(block)])[0].tolist()
        out.update(int(block[c]) for c in nearest if block[c] >= 0)
    return tuple(-(v + 1) for v in sorted(out))
