"""Sets that force each tree of a sum on its own, as a covering problem with worths, and as a 0/1 program.

A question in whole numbers (``engine.ensemble_sums.Columns``) is decided by a set if, for every column, the best worths
that the set leaves the trees sum up to less than the column needs. A tree starts at its best worth; each **level** is
a distinct worth above the one of the instance's own leaf, and shutting out all leaves of the best j levels gains the
difference to the next one. What must be gained is a row over levels.

Guaranteed form
---------------
Numbers are scaled down so that what must be gained has ``BITS`` bits: gains are rounded up, so each set that decides
solves the program. The converse is for the caller to check: a set that solves the program and does not decide goes to
`failed`, which asks for a move that it does not block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...engine._native import LeafCover
from ...engine.arrays import F64, I64
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.space import Space
from ...engine.ensembles.sums import Columns
from ...engine.errors import BadInputError
from ...engine.forms import Linear, Wcnf
from ...engine.models.ensembles import EnsembleArrays
from ...engine.oracles.universe import Universe
from ..formulas.adder import at_least
from ..formulas.leaves import cell_base
from ..formulas.small_rows import small_rows
from .majority import Majority, cell_moves
from .majority_forms import MajorityClauses, majority_clauses

BITS = 20  # CP-SAT 9.15 proves wrong optima of such programs from 33 bits on

Blocks = tuple[int, ...]


class AloneLeaf(NamedTuple):
    """A leaf: its row of values, and the blocks of which one shuts it out (own: it is the instance's)."""

    row: int
    blocks: Blocks
    own: bool


@dataclass(frozen=True, slots=True, eq=False)
class AloneLeaves:
    """The leaves of all trees over blocks: the moves of the universe, then groups of moves (see ``Majority``).

    Attributes
    ----------
    trees : list of list of AloneLeaf
        The leaves that the domain reaches.
    """

    universe: Universe
    trees: list[list[AloneLeaf]]
    groups: tuple[Blocks, ...]
    side: I64
    level: I64


@dataclass(slots=True)
class Level:
    """Leaves to be shut out on top of those of the level before.

    Attributes
    ----------
    leaves : list of tuple of int
        Their blocks.
    gain : int
        What is gained once this level and all before it are shut out.
    """

    leaves: list[Blocks]
    gain: int


@dataclass(slots=True)
class AloneProgram:
    """The 0/1 program.

    Attributes
    ----------
    problem : MajorityClauses
        Clauses, costs and names.
    rows : list of (dict, int)
        Coefficients by variable (from 1), and what they must sum up to at least.
    equal : int or None
        What a solution must cost; then there is nothing to minimise.
    feasible : bool
        False: no set decides.
    """

    problem: MajorityClauses
    rows: list[tuple[dict[int, int], int]] = field(default_factory=list)
    equal: int | None = None
    feasible: bool = True

    def linear(self, *, small: bool = False, deadline: Deadline | None = None) -> Linear:
        """Return it as rows (`small`: of numbers that floating-point solvers hold, see `small_rows`).

        Raises OutOfTimeError if time was up before.
        """
        limit = Deadline.of(deadline)
        problem = self.problem
        names, cost = list(problem.names), [float(c) for c in problem.cost]
        half = 0.5 if small else 0.0
        rows: list[tuple[dict[int, float], float, float]] = []
        for clause in limit.while_time(problem.clauses):
            signs = {abs(v) - 1: 1.0 if v > 0 else -1.0 for v in clause}
            rows.append((signs, 1.0 - sum(sign < 0 for sign in signs.values()) - half, np.inf))

        def add(name: str) -> int:
            names.append(f"{name}_{len(rows)}")
            cost.append(0.0)
            return len(names) - 1

        for terms, least in limit.while_time(self.rows):
            by_column = {v - 1: value for v, value in terms.items()}
            made = small_rows(by_column, least, add) if small else [(by_column, float(least))]
            rows += [({v: float(value) for v, value in row.items()}, bound, np.inf) for row, bound in made]
        if self.equal is not None:
            rows.append(({v: c for v, c in enumerate(cost) if c}, float(self.equal), float(self.equal)))
            cost = [0.0] * len(cost)
        return Linear.build(np.array(cost), rows, upper=1.0, integer=True, names=names)

    def wcnf(self, *, deadline: Deadline | None = None) -> Wcnf:
        """Return it as weighted MaxSAT, with adders for the rows (costs below 0 count from their sum).

        Raises OutOfTimeError if time was up before.
        """
        limit = Deadline.of(deadline)
        clauses, n = list(self.problem.clauses), len(self.problem.names)
        priced = [(v, cost) for v, cost in enumerate(self.problem.cost, 1) if cost]
        fresh = n + 1
        for terms, least in limit.while_time(self.rows):
            added, fresh = at_least({v: value for v, value in terms.items() if value}, least, fresh)
            clauses += added
        soft = [(-v if cost > 0 else v,) for v, cost in priced]
        return Wcnf.from_clauses(limit.while_time(clauses), soft, [abs(cost) for _, cost in priced], fresh - 1)

    def point(self, blocked: int) -> F64:
        """Return where to start from for a set of blocked moves: variables that choose some of them are 1."""
        return np.array([any(blocked >> d & 1 for d in moves) for moves in self.problem.moves], np.float64)


def alone_leaves(
    trees: EnsembleArrays,
    situation: Situation,
    universe: Universe,
    *,
    per_feature: bool = False,
    deadline: Deadline | None = None,
) -> AloneLeaves:
    """Return the leaves of an ensemble as what shuts them out at an instance (`per_feature`: elements are features).

    Raises OutOfTimeError if time was up before.
    """
    limit = Deadline.of(deadline)
    space = situation.space
    first_cell = cell_base(space)
    base = first_cell.tolist()
    moves, side, level = cell_moves(situation, universe, first_cell, per_feature, deadline)
    move_of, cells, n = moves.tolist(), situation.cells.tolist(), len(universe.moves)
    interval = space.interval.tolist()
    groups: dict[Blocks, int] = {}

    def block(a: int, box: int) -> int:
        """Return what shuts a box on an attribute out (-1: nothing does)."""
        if interval[a]:
            lowest = (box & -box).bit_length() - 1
            return int(move_of[base[a] + (lowest if lowest > cells[a] else box.bit_length() - 1)])
        wanted = tuple(sorted({move_of[base[a] + c] for c in range(box.bit_length()) if box >> c & 1}))
        if wanted[0] < 0 or len(wanted) == 1:
            return int(wanted[0])
        return n + groups.setdefault(wanted, len(groups))

    found: list[list[AloneLeaf]] = []
    masks, truth = _cell_masks(space, limit)
    owner = space.attribute_of.tolist()
    for root in trees.root.tolist():
        of_tree: list[AloneLeaf] = []
        for row, boxes in limit.while_time(_reachable(trees, root, owner, masks, truth)):
            away = [(a, box) for a, box in boxes.items() if not box >> cells[a] & 1]
            blocks = sorted({b for b in (block(a, box) for a, box in away) if b >= 0})
            of_tree.append(AloneLeaf(row, tuple(blocks), not away))
        found.append(of_tree)
    extra = np.arange(len(groups), dtype=np.int64) + n
    return AloneLeaves(
        universe, found, tuple(groups), np.concatenate([side, extra]), np.concatenate([level, 0 * extra])
    )


def _cell_masks(space: Space, limit: Deadline) -> tuple[list[int], list[int]]:
    """Return all cells of each attribute, and the cells on which each condition is true, as bit masks."""
    truth = [0] * len(space.vocabulary)
    for attribute in limit.while_time(space.attributes):
        packed = np.packbits(attribute.truth_table().astype(np.bool_), axis=1, bitorder="little")
        for v, row in zip(attribute.variables.tolist(), packed, strict=True):
            truth[v] = int.from_bytes(row.tobytes(), "little")
    return [(1 << attribute.n_cells) - 1 for attribute in space.attributes], truth


def _reachable(
    trees: EnsembleArrays, root: int, owner: list[int], full: list[int], truth: list[int]
) -> Iterator[tuple[int, dict[int, int]]]:
    """Yield the leaves of a tree that the domain reaches: row of values, and cells by attribute on the way there."""
    stack: list[tuple[int, dict[int, int]]] = [(root, {})]
    while stack:
        node, boxes = stack.pop()
        literal = int(trees.literal[node])
        if literal == 0:
            yield int(trees.leaf[node]), boxes
            continue
        v = abs(literal) - 1
        a = owner[v]
        now, true = boxes.get(a, full[a]), truth[v] if literal > 0 else full[a] & ~truth[v]
        for child, part in ((trees.right[node], now & true), (trees.left[node], now & ~true)):
            if part == now:
                stack.append((int(child), boxes))
            elif part:
                stack.append((int(child), {**boxes, a: part}))


def alone_program(
    leaves: AloneLeaves,
    columns: Columns,
    prices: Sequence[int],
    barred: Sequence[int] = (),
    failed: Sequence[int] = (),
    equal: int | None = None,
    digits: int = 0,
    apart: Sequence[int] = (),
    deadline: Deadline | None = None,
) -> AloneProgram:
    """Return "force each tree on its own, at least cost" as a 0/1 program.

    Parameters
    ----------
    columns : Columns
        The question; all of its columns must be short.
    prices : sequence of int
        Equal prices of the elements, 0 or 1; a set costs the sum over its written elements.
    barred : sequence of int
        Closed sets; no superset of them is a solution.
    failed : sequence of int
        Sets of moves; no subset of them is a solution.
    equal : int, optional
        What solutions must cost.
    digits : int
        Another number of bits than ``BITS``; then nothing is merged that only a check would tell apart.
    apart : sequence of int
        Closed sets that cost what they are written with, see `majority_clauses`.
    deadline : Deadline, optional
        OutOfTimeError is raised once it has struck.
    """
    limit = Deadline.of(deadline)
    if columns.together and len(columns.need) > 1:
        raise BadInputError("programs of single trees are for questions that each column must decide")
    shadow = _shadows(leaves, limit, merged=not barred and not digits)
    units: dict[tuple[int, tuple[Blocks, ...]], int] = {}  # a level, by the level before it (0: none) and its leaves
    rows: list[tuple[dict[int, int], int]] = []
    for k in range(len(columns.need)):
        need, trees = _column(leaves, columns, k, shadow, limit)
        if need <= 0:
            continue
        if sum(levels[-1].gain for levels in trees if levels) < need:
            return AloneProgram(MajorityClauses(), feasible=False)
        rows.append(_row(trees, need, units, digits or BITS))
    problem = majority_clauses(_as_majority(leaves, [level for _, level in units]), prices, barred, apart, limit)
    problem.needed = 0
    out = AloneProgram(problem, equal=equal)
    if len(units) > 1:  # a single one is forced
        out.rows = [({problem.trees[u - 1]: value for u, value in row.items()}, need) for row, need in rows]
        for (before, _), u in units.items():
            if before:
                problem.clauses.append((-problem.trees[u - 1], problem.trees[before - 1]))
    for mask in failed:
        lacking = (v for v, moves in enumerate(problem.moves, 1) if any(not mask >> d & 1 for d in moves))
        problem.clauses.append(tuple(lacking))
    out.feasible = all(problem.clauses)
    return out


def _shadows(leaves: AloneLeaves, limit: Deadline, *, merged: bool) -> list[int]:
    """Return for each block which blocks make it true, as a bit mask (`merged`: sides are blocked as a whole)."""
    of_side: dict[int, list[int]] = {}
    for b, side in enumerate(leaves.side.tolist()):
        of_side.setdefault(side, []).append(b)
    level, out = leaves.level.tolist(), [0] * len(leaves.side)
    for blocks in of_side.values():
        for b in limit.while_time(blocks):
            out[b] = sum(1 << other for other in blocks if merged or level[other] <= level[b])
    return out


def _column(
    leaves: AloneLeaves, columns: Columns, k: int, shadow: list[int], limit: Deadline
) -> tuple[int, list[list[Level]]]:
    """Return what must be gained in a column, and the levels of each tree."""
    worth = columns.worth[:, k].tolist()
    need, out = int(columns.offset[k]) - int(columns.need[k]) + 1, []
    for tree in leaves.trees:
        own = next(worth[leaf.row] for leaf in tree if leaf.own)
        above: dict[int, list[Blocks]] = {}
        for leaf in tree:
            if worth[leaf.row] > own:
                above.setdefault(worth[leaf.row], []).append(leaf.blocks)
        steps = [*sorted(above, reverse=True), own]
        need += steps[0]
        out.append(_levels([(above[now], steps[0] - lower) for now, lower in pairwise(steps)], shadow, limit))
    return need, [_capped(levels, need) for levels in out]


def _levels(steps: list[tuple[list[Blocks], int]], shadow: list[int], limit: Deadline) -> list[Level]:
    """Return levels without leaves that fall with others; they end where a leaf cannot be shut out."""
    out: list[Level] = []
    kept: list[int] = []  # what shuts out each leaf kept, as a mask
    for leaves, gain in limit.while_time(steps):
        fresh: list[Blocks] = []
        masks = sorted(((_union(shadow, blocks), blocks) for blocks in leaves), key=lambda item: item[0].bit_count())
        for mask, blocks in masks:
            if not mask:
                return out
            if all(other & ~mask for other in kept):
                kept.append(mask)
                fresh.append(blocks)
        if fresh:
            out.append(Level(sorted(fresh), gain))
        else:
            out[-1].gain = gain
    return out


def _union(shadow: list[int], blocks: Blocks) -> int:
    out = 0
    for b in blocks:
        out |= shadow[b]
    return out


def _capped(levels: list[Level], need: int) -> list[Level]:
    """Return levels up to the one that gains enough."""
    for place, level in enumerate(levels):
        if level.gain >= need > 0:
            return [*levels[:place], Level(level.leaves, need)]
    return levels


def _row(
    trees: list[list[Level]], need: int, units: dict[tuple[int, tuple[Blocks, ...]], int], digits: int
) -> tuple[dict[int, int], int]:
    """Return coefficients by unit and what they must sum up to; trees with equal leaves share units."""
    scale = max(0, need.bit_length() - digits)
    row: dict[int, int] = {}
    for levels in trees:
        before, done = 0, 0
        for level in levels:
            key = before, tuple(level.leaves)
            before = units.setdefault(key, len(units) + 1)
            gained = -(-level.gain >> scale)
            row[before] = row.get(before, 0) + gained - done
            done = gained
    return row, -(-need >> scale)


def _as_majority(leaves: AloneLeaves, levels: list[tuple[Blocks, ...]]) -> Majority:
    """Return levels as trees of which one must be forced."""
    flat = [blocks for level in levels for blocks in level]
    tree = np.cumsum([0, *map(len, levels)]).astype(np.int64)
    start = np.cumsum([0, *map(len, flat)]).astype(np.int64)
    block = np.array([b for blocks in flat for b in blocks], dtype=np.int64)
    needed = min(1, len(levels))
    return Majority(leaves.universe, needed, LeafCover(tree, start, block), leaves.groups, leaves.side, leaves.level)
