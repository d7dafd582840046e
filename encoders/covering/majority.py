"""Majoritary reasons as a covering problem: kept literals shut out leaves until most trees vote one way.

A tree is **forced** to a class by a closed set S of literals (or features) if every leaf that it can still reach
votes for the class. S is majoritary if more than half of the trees (``needed`` of them) are forced. A set is described
by the moves that it blocks (``engine.oracles.universe``); each unwanted leaf asks for one of a few **blocks**: a move,
or a group of moves that must be blocked together (several cells of an attribute that cuts do not describe).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...engine._native import LeafBlocks, LeafCover
from ...engine.arrays import I64, Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.clock import run
from ...engine.domain.instance import Situation
from ...engine.errors import BadInputError, CapabilityError
from ...engine.models.ensembles import EnsembleArrays
from ...engine.oracles.universe import Universe, bits
from ..formulas.leaves import cell_base, cell_table, leaf_blocks, leaf_votes, spans_of


@dataclass(frozen=True, slots=True, eq=False)
class Majority:
    """The question which sets force enough trees, as leaves over blocks.

    Attributes
    ----------
    universe : Universe
        What sets are made of.
    needed : int
        How many trees must be forced.
    leaves : LeafCover
        Arrays of int64: ``block[start[i]:start[i + 1]]`` are the blocks of which one shuts out leaf i; leaves of tree t
        are ``tree[t] … tree[t + 1] - 1``. Block b < len(universe.moves) is a move, the others are groups. Leaves that
        are shut out with others are left out. A leaf without blocks cannot be shut out.
    groups : tuple of tuple of int
        The moves of each group.
    side, level : ndarray of int64
        A block is true if another of the same side with a smaller level is (moves on one side of an interval).
    """

    universe: Universe
    needed: int
    leaves: LeafCover
    groups: tuple[tuple[int, ...], ...]
    side: I64
    level: I64

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.leaves.tree) - 1

    def blocks(self, kept: int) -> Bools:
        """Return which blocks a set of elements makes true."""
        n = len(self.universe.moves)
        out = np.zeros(n + len(self.groups), np.bool_)
        out[list(bits(self.universe.blocked(kept)))] = True
        for g, group in enumerate(self.groups):
            out[n + g] = out[list(group)].all()
        return out

    def forced(self, kept: int) -> Bools:
        """Return which trees a set of elements forces."""
        return self.leaves.forced(self.blocks(kept))

    def enough(self, kept: int) -> bool:
        """Tell whether a set of elements is majoritary."""
        return bool(self.forced(kept).sum() >= self.needed)

    def leaves_of(self, t: int) -> list[list[int]]:
        """Return the leaves of a tree that must be shut out, as their blocks."""
        leaves = self.leaves
        ends = leaves.start[leaves.tree[t] : leaves.tree[t + 1] + 1].tolist()
        return [leaves.block[a:b].tolist() for a, b in pairwise(ends)]


def majority_of(
    trees: EnsembleArrays,
    situation: Situation,
    universe: Universe,
    outcome: int,
    *,
    per_feature: bool = False,
    needed: int | None = None,
    deadline: Deadline | None = None,
) -> Majority:
    """Return the covering problem of majoritary reasons at an instance.

    Parameters
    ----------
    trees : EnsembleArrays
        The ensemble; each tree votes for the first greatest value of its leaf.
    situation, universe : Situation, Universe
        The instance, and what reasons are made of.
    outcome : int
        The class to be forced.
    per_feature : bool
        Whether the elements of the universe are features.
    needed : int, optional
        How many trees must be forced; more than half of them by default.
    deadline : Deadline, optional
        When to give up.

    Raises
    ------
    OutOfTimeError
        If time was up before.
    CapabilityError
        The theory has user clauses, over which leaves do not fall one attribute at a time.
    """
    space = situation.space
    if space.theory is not None and space.theory.clauses:
        raise CapabilityError("majoritary programs take no user clauses: choose solver='native'")
    if not 0 <= outcome < trees.n_outputs:
        raise BadInputError(f"outcome={outcome}: expected 0 … {trees.n_outputs - 1}")
    limit = Deadline.of(deadline)
    found = leaf_blocks(trees, cell_table(space), situation.cells, leaf_votes(trees) == outcome, limit)
    move_of, side, level = cell_moves(situation, universe, cell_base(space), per_feature, limit)
    start, block, groups = _blocks_of(found, move_of, len(universe.moves))
    extra = int(side.max(initial=-1)) + 1 + np.arange(len(groups))
    side = np.concatenate([side, extra])
    level = np.concatenate([level, np.zeros(len(groups), np.int64)])
    leaves = run(limit, LeafCover(found.tree, start, block).reduced, side, level)
    if limit.expired():
        raise OutOfTimeError
    wanted = trees.n_trees // 2 + 1 if needed is None else needed
    return Majority(universe, wanted, leaves, groups, side, level)


def cell_moves(
    situation: Situation, universe: Universe, first_cell: I64, per_feature: bool, deadline: Deadline | None = None
) -> tuple[I64, I64, I64]:
    """Return the move of each cell (-1: none), and side and level of each move.

    Raises OutOfTimeError if time was up before.

    Moves on one side of an interval attribute share a side; the level is the distance from the instance's cell.
    """
    n = len(universe.moves)
    out = np.full(int(first_cell[-1]), -1, np.int64)
    side, level = np.arange(n, dtype=np.int64), np.zeros(n, np.int64)
    if per_feature:
        place = {feature: i for i, feature in enumerate(universe.names)}
        for a, attribute in enumerate(situation.space.attributes):
            out[first_cell[a] : first_cell[a + 1]] = place.get(attribute.feature, -1)
        out[first_cell[:-1] + situation.cells] = -1
        return out, side, level
    names = {v: i for i, v in enumerate(universe.names)}
    numbers = {move: d for d, move in enumerate(universe.moves)}
    for a, attribute in enumerate(Deadline.of(deadline).while_time(situation.space.attributes)):
        bit = [1 << names[v] if v in names else 0 for v in attribute.variables.tolist()]
        own, base = int(situation.cells[a]), int(first_cell[a])
        if attribute.interval:
            for step in (1, -1):
                first = -1
                for cell, mask in _chain(attribute.cut.tolist(), bit, own, step, attribute.n_cells):
                    d = numbers.get(mask, -1)
                    if d >= 0:
                        first = d if first < 0 else first
                        out[base + cell], side[d], level[d] = d, first, abs(cell - own)
            continue
        for cell in range(attribute.n_cells):
            fallen = np.nonzero(attribute.truth[:, cell] != attribute.truth[:, own])[0].tolist()
            out[base + cell] = numbers.get(sum(bit[i] for i in fallen), -1)
    return out, side, level


def _chain(cut: list[int], bit: list[int], own: int, step: int, n_cells: int) -> list[tuple[int, int]]:
    """Return the cells on one side of the instance's, nearest first, with the elements that fall on the way there."""
    fallen: dict[int, int] = {}
    for p, mask in zip(cut, bit, strict=True):
        fallen[p] = fallen.get(p, 0) | mask
    out, mask, cell = [], 0, own + step
    while 0 <= cell < n_cells:
        mask |= fallen.get(cell - 1 if step > 0 else cell, 0)
        out.append((cell, mask))
        cell += step
    return out


def _blocks_of(found: LeafBlocks, move_of: I64, n_moves: int) -> tuple[I64, I64, tuple[tuple[int, ...], ...]]:
    """Return the entries of all leaves as blocks, and the groups among them; what cannot be blocked is dropped."""
    spans: list[int] = []
    groups: dict[tuple[int, ...], int] = {}
    for cells in spans_of(found):
        moves = tuple(sorted({int(move_of[c]) for c in cells}))
        if moves[0] < 0:
            spans.append(-1)
        elif len(moves) == 1:
            spans.append(moves[0])
        else:
            spans.append(n_moves + groups.setdefault(moves, len(groups)))
    of_span = np.array([-1, *spans], dtype=np.int64)
    of_cell = np.append(move_of, -1)
    entry = np.where(found.entry >= 0, of_cell[np.maximum(found.entry, -1)], of_span[np.maximum(-found.entry, 0)])
    kept = entry >= 0
    count = np.concatenate([[0], np.cumsum(kept)])
    start: I64 = count[found.start].astype(np.int64)
    return start, entry[kept], tuple(groups)


def written_prices(majority: Majority, prices: Sequence[int]) -> tuple[dict[int, int], dict[int, list[int]]]:
    """Return what blocking costs on the sides of intervals, and the moves of each such side, nearest first.

    Returns
    -------
    price : dict from move to int
        Price of the literal that is written when the move and all moves farther out are blocked, and none nearer.
    chains : dict from side to list of int
        Its moves; sides of other attributes have none.
    """
    moves = majority.universe.moves
    chains: dict[int, list[int]] = {}
    for d in range(len(moves)):
        if _one_of_a_chain(majority, d):
            chains.setdefault(int(majority.side[d]), []).append(d)
    price: dict[int, int] = {}
    for chain in chains.values():
        chain.sort(key=lambda d: int(majority.level[d]))
        nearer = 0
        for d in chain:
            fresh = moves[d] & ~nearer
            price[d] = prices[(fresh & -fresh).bit_length() - 1]  # of equal literals the lowest number is written
            nearer = moves[d]
    return price, chains


def _one_of_a_chain(majority: Majority, d: int) -> bool:
    """Tell whether the elements that move d drops fall only with moves of its side, or with it alone."""
    move = majority.universe.moves[d]
    if majority.level[d] > 0:
        return True
    return all(majority.universe.moves_of[e] == 1 << d for e in bits(move))
