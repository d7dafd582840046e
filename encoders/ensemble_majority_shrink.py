"""Shrinking majoritary sets: one pass over all moves, with counters that tell at once which trees stay forced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..engine.kernels import I32, I64, Bools, Num, kernel
from ..engine.oracles.universe import bits, mask_of
from .ensemble_majority import Majority, written_prices


class MajorityShrinker:
    """Makes majoritary sets minimal, and tells what they cost.

    Parameters
    ----------
    majority : Majority
        The question.
    prices : sequence of int
        Price of each element.
    """

    def __init__(self, majority: Majority, prices: Sequence[int]) -> None:
        self._majority = majority
        self._prices = prices
        universe = majority.universe
        n = len(universe.moves)
        self._price, chains = written_prices(majority, prices)
        width = np.diff(majority.start)
        leaf = np.repeat(np.arange(len(width)), width)
        order = np.argsort(majority.entry, kind="stable")
        self._leaf: I64 = leaf[order].astype(np.int64)
        uses = np.bincount(majority.entry, minlength=n + len(majority.groups))
        self._at: I64 = np.concatenate([[0], np.cumsum(uses)]).astype(np.int64)
        self._tree: I64 = np.repeat(np.arange(majority.n_trees), np.diff(majority.tree)).astype(np.int64)
        # what few leaves ask for is given up first
        self._chains = sorted(chains.values(), key=lambda chain: int(uses[chain].sum()))
        self._groups: dict[int, list[int]] = {}
        for g, group in enumerate(majority.groups):
            for d in group:
                self._groups.setdefault(d, []).append(n + g)
        self._others: dict[int, list[int]] = {}
        for d, move in enumerate(universe.moves):
            if d not in self._price:
                self._others.setdefault(universe.group[move.bit_length() - 1], []).append(d)

    def shrink(self, blocked: int) -> int | None:
        """Return a minimal majoritary closed set among those that block no other moves; None if there is none."""
        universe, n = self._majority.universe, len(self._majority.universe.moves)
        true = np.zeros(n + len(self._majority.groups), np.bool_)
        true[list(bits(blocked))] = True
        for g, group in enumerate(self._majority.groups):
            true[n + g] = true[list(group)].all()
        hits = np.zeros(len(self._majority.start) - 1, np.int32)
        np.add.at(hits, self._leaf, np.repeat(true, np.diff(self._at)).astype(np.int32))
        open_leaves = np.bincount(self._tree[hits == 0], minlength=self._majority.n_trees).astype(np.int32)
        forced = np.array([(open_leaves == 0).sum()], np.int64)
        if forced[0] < self._majority.needed:
            return None
        state = true, hits, open_leaves, forced
        for chain in self._chains:
            for d in chain:  # nearest first: to give up a farther move takes all nearer ones along
                if true[d] and not self._give_up([d], state):
                    break
        for moves in self._others.values():
            kept = mask_of(e for e in self._elements(moves) if universe.moves_of[e] & ~_mask(true[:n]) == 0)
            for d in moves:
                smaller = kept & ~universe.moves[d]
                fallen = [other for other in moves if true[other] and not universe.moves[other] & smaller]
                if smaller != kept and self._give_up(fallen, state):
                    kept = smaller
        left = _mask(true[:n])
        return mask_of(e for e, moves in enumerate(universe.moves_of) if moves & ~left == 0)

    def cost(self, kept: int) -> int:
        """Return what the written elements of a closed set cost."""
        universe = self._majority.universe
        blocked = universe.blocked(kept)
        total = 0
        for chain in self._chains:
            nearest = next((d for d in chain if blocked >> d & 1), None)
            total += 0 if nearest is None else self._price[nearest]
        rest = kept & mask_of(e for moves in self._others.values() for e in self._elements(moves))
        return total + sum(self._prices[e] for e in bits(universe.written(rest)))

    def _elements(self, moves: list[int]) -> set[int]:
        return {e for d in moves for e in bits(self._majority.universe.moves[d])}

    def _give_up(self, moves: list[int], state: tuple[Bools, I32, I32, I64]) -> bool:
        """Unblock moves if enough trees stay forced."""
        true, hits, open_leaves, forced = state
        blocks = {b for d in moves for b in (d, *self._groups.get(d, ())) if true[b]}
        changed = np.array(sorted(blocks), np.int64)
        _count(changed, -1, self._at, self._leaf, self._tree, hits, open_leaves, forced)
        if forced[0] >= self._majority.needed:
            true[changed] = False
            return True
        _count(changed, 1, self._at, self._leaf, self._tree, hits, open_leaves, forced)
        return False


def _mask(true: Bools) -> int:
    return int.from_bytes(np.packbits(true, bitorder="little").tobytes(), "little")


@kernel
def _count(blocks: I64, step: Num, at: I64, leaf: I64, tree: I64, hits: I32, open_leaves: I32, forced: I64) -> None:
    """Add `step` to the hits of the leaves that ask for some blocks, and keep the counters of trees right."""
    for b in blocks:
        for p in range(at[b], at[b + 1]):
            i = leaf[p]
            hits[i] += step
            t = tree[i]
            if step < 0 and hits[i] == 0:
                open_leaves[t] += 1
                if open_leaves[t] == 1:
                    forced[0] -= 1
            elif step > 0 and hits[i] == 1:
                open_leaves[t] -= 1
                if open_leaves[t] == 0:
                    forced[0] += 1
