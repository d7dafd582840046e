"""The cheapest majoritary set as a 0/1 program and as weighted MaxSAT.

Variables: ``k``: moves are blocked (one variable for a whole side of an interval where all its literals cost the same
and no sets are barred); ``t``: an element is written, on attributes that cuts do not describe; ``g``: the moves of a
group are all blocked; ``y``: a tree is forced. On a side of an interval one literal at most is written, so blocking
the moves of a side costs sums of differences of prices; elsewhere t and k are as in ``engine.oracles.cheapest``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.forms import Linear, Wcnf
from ...engine.oracles.universe import bits, mask_of
from ..formulas.totalizer import Clause, at_least
from .majority import Majority, written_prices


@dataclass(eq=False)
class MajorityClauses:
    """The problem as clauses, one bound on a number of literals, and costs: what both forms are made from.

    Attributes
    ----------
    clauses : list of tuple of int
        They hold.
    trees : list of int
        Variables of which at least `needed` are true.
    cost : list of int
        What each variable costs when it is true (variable v at ``cost[v - 1]``; may be negative).
    moves : list of tuple of int
        For each variable the moves that are blocked when it is true.
    names : list of str
        A name for each variable.
    """

    clauses: list[Clause] = field(default_factory=list)
    trees: list[int] = field(default_factory=list)
    needed: int = 0
    cost: list[int] = field(default_factory=list)
    moves: list[tuple[int, ...]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, name: str, cost: int = 0, moves: tuple[int, ...] = ()) -> int:
        """Add a variable and return its number."""
        self.names.append(name)
        self.cost.append(cost)
        self.moves.append(moves)
        return len(self.names)

    def blocked(self, truth: Iterable[bool]) -> int:
        """Return the moves that a solution blocks, as a bit mask."""
        return mask_of(d for moves, is_true in zip(self.moves, truth, strict=False) if is_true for d in moves)


def majority_clauses(
    majority: Majority,
    prices: Sequence[int],
    barred: Sequence[int] = (),
    apart: Sequence[int] = (),
    deadline: Deadline | None = None,
) -> MajorityClauses:
    """Return the problem as clauses.

    Parameters
    ----------
    prices : sequence of int
        Non-negative price of each element; a set costs the sum over its written elements.
    barred : sequence of int
        Closed sets; no superset of them is a solution.
    apart : sequence of int
        Closed sets that cost what they are written with; of their other supersets none is a solution that blocks more
        on attributes that cuts do not describe.
    deadline : Deadline, optional
        OutOfTimeError is raised once it has struck.
    """
    limit = Deadline.of(deadline)
    out = MajorityClauses()
    needed = _trees_in_question(majority)
    if needed is None:
        out.clauses.append(())
        return out
    out.needed, candidates = needed
    leaves = {t: majority.leaves_of(t) for t in limit.while_time(candidates)}
    walls = [list(bits(majority.universe.blocked(reason))) for reason in barred]
    own = [list(bits(majority.universe.blocked(reason))) for reason in apart]
    of_block, written = _choices(majority, prices, out, leaves, [*walls, *own])
    for t, of_tree in limit.while_time(leaves.items()):
        y = 0 if out.needed == len(candidates) else out.add(f"y{t}")
        out.trees += [y] * (y > 0)
        for blocks in of_tree:
            body = tuple(dict.fromkeys(of_block[b] for b in blocks))
            out.clauses.append((-y, *body) if y else body)
    if not out.trees:
        out.needed = 0
    out.clauses += [tuple(-of_block[d] for d in wall) for wall in walls]
    for reason, blocked in zip(apart, own, strict=True):
        body = tuple(-of_block[d] for d in blocked)
        listed = {d for e in written for d in bits(majority.universe.moves_of[e])}
        out.clauses += [(*body, -of_block[d]) for d in sorted(listed - set(blocked))]
        out.clauses += [(*body, written[e]) for e in bits(majority.universe.written(reason)) if e in written]
    return out


def _trees_in_question(majority: Majority) -> tuple[int, list[int]] | None:
    """Return how many of which trees must still be forced; None if there are too few."""
    width, ends = np.diff(majority.leaves.start), majority.leaves.tree.tolist()
    candidates, needed = [], majority.needed
    for t in range(majority.n_trees):
        own = width[ends[t] : ends[t + 1]]
        if not len(own):
            needed -= 1
        elif own.all():
            candidates.append(t)
    if needed > len(candidates):
        return None
    return (needed, candidates) if needed > 0 else (0, [])


def _choices(
    majority: Majority,
    prices: Sequence[int],
    out: MajorityClauses,
    leaves: dict[int, list[list[int]]],
    walls: list[list[int]],
) -> tuple[dict[int, int], dict[int, int]]:
    """Add the variables that choose a set; return the variable of each block in use, and of each listed element."""
    universe = majority.universe
    n = len(universe.moves)
    used = {b for of_tree in leaves.values() for blocks in of_tree for b in blocks}
    groups = sorted(b for b in used if b >= n)
    used |= {d for b in groups for d in majority.groups[b - n]}
    used.update(*walls)
    price, chains = written_prices(majority, prices)
    of_block: dict[int, int] = {}
    for chain in chains.values():
        if used.intersection(chain):
            merged = not walls and len({price[d] for d in chain}) == 1
            _add_chain(out, of_block, chain, price, merged=merged)
    in_use = _linked(majority, {b for b in used if b not in price})
    rest = [d for d in range(n) if d not in price and universe.moves[d] & in_use]
    written = {e: out.add(f"t{e}", prices[e]) for e in sorted({e for d in rest for e in bits(universe.moves[d])})}
    for d in rest:
        of_block[d] = out.add(f"k{d}", 0, (d,))
        out.clauses.append((-of_block[d], *(written[e] for e in bits(universe.moves[d]))))
    for d in rest:
        out.clauses += [(-written[e], of_block[d]) for e in bits(universe.moves[d])]
    for b in groups:
        of_block[b] = out.add(f"g{b - n}")
        out.clauses += [(-of_block[b], of_block[d]) for d in majority.groups[b - n]]
    return of_block, written


def _linked(majority: Majority, used: set[int]) -> int:
    """Return the elements of all attributes that some move in use speaks of."""
    universe, reached = majority.universe, 0
    for d in used:
        if d < len(universe.moves) and not universe.moves[d] & reached:
            reached |= universe.attribute_of(universe.moves[d].bit_length() - 1)
    return reached


def _add_chain(
    out: MajorityClauses, of_block: dict[int, int], chain: list[int], price: dict[int, int], *, merged: bool = False
) -> None:
    """Add the moves on one side of an interval; the nearest one blocked decides which literal is written."""
    if merged:  # the strongest literal costs no more than any other, and implies them all
        of_block |= dict.fromkeys(chain, out.add(f"k{chain[0]}", price[chain[0]], tuple(chain)))
        return
    before = 0
    for place, d in enumerate(chain):
        farther = price[chain[place + 1]] if place + 1 < len(chain) else 0
        of_block[d] = out.add(f"k{d}", price[d] - farther, (d,))
        if before:
            out.clauses.append((-before, of_block[d]))
        before = of_block[d]


def majority_linear(problem: MajorityClauses) -> Linear:
    """Return the problem as a 0/1 program."""
    rows: list[tuple[dict[int, float], float, float]] = []
    for clause in problem.clauses:
        signs = {abs(literal) - 1: 1.0 if literal > 0 else -1.0 for literal in clause}
        rows.append((signs, 1.0 - sum(sign < 0 for sign in signs.values()), np.inf))
    if problem.needed > 0:
        rows.append((dict.fromkeys((y - 1 for y in problem.trees), 1.0), float(problem.needed), np.inf))
    cost: F64 = np.array(problem.cost, dtype=np.float64)
    return Linear.build(cost, rows, upper=1.0, integer=True, names=problem.names)


def majority_wcnf(problem: MajorityClauses) -> tuple[Wcnf, int]:
    """Return the problem as weighted MaxSAT, and what to add to its cost."""
    n = len(problem.names)
    counted, total = at_least(problem.trees, problem.needed, n)
    priced = [(v, cost) for v, cost in enumerate(problem.cost, 1) if cost]
    soft = [(-v if cost > 0 else v,) for v, cost in priced]
    offset = sum(cost for _, cost in priced if cost < 0)
    return Wcnf.from_clauses([*problem.clauses, *counted], soft, [abs(c) for _, c in priced], total), offset
