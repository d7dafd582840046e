"""Shrinking majoritary sets: one pass over all moves, with counters that tell at once which trees stay forced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine._native import ForcedCount
from ...engine.arrays import Bools
from ...engine.oracles.universe import bits, mask_of
from .majority import Majority, written_prices


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
        n_blocks = n + len(majority.groups)
        self._count = ForcedCount(majority.leaves, n_blocks)
        uses = np.bincount(majority.leaves.block, minlength=n_blocks)
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
        if self._count.begin(true) < self._majority.needed:
            return None
        for chain in self._chains:
            for d in chain:  # nearest first: to give up a farther move takes all nearer ones along
                if true[d] and not self._give_up([d], true):
                    break
        for moves in self._others.values():
            kept = mask_of(e for e in self._elements(moves) if universe.moves_of[e] & ~_mask(true[:n]) == 0)
            for d in moves:
                smaller = kept & ~universe.moves[d]
                fallen = [other for other in moves if true[other] and not universe.moves[other] & smaller]
                if smaller != kept and self._give_up(fallen, true):
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

    def _give_up(self, moves: list[int], true: Bools) -> bool:
        """Unblock moves if enough trees stay forced."""
        blocks = {b for d in moves for b in (d, *self._groups.get(d, ())) if true[b]}
        changed = np.array(sorted(blocks), np.int64)
        given_up = self._count.give_up(changed, self._majority.needed)
        if given_up:
            true[changed] = False
        return given_up


def _mask(true: Bools) -> int:
    return int.from_bytes(np.packbits(true, bitorder="little").tobytes(), "little")
