"""The primitive and everything that follows from it, by looking at all 2^n subsets.

A set of atoms is a bit mask; atom i is bit i. Atoms are literals, or features (then nothing is implied).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


def bits(mask: int) -> list[int]:
    """Positions of the ones."""
    return [i for i in range(int(mask).bit_length()) if mask >> i & 1]


def down(flags: np.ndarray) -> np.ndarray:
    """For each set: is any superset (or the set itself) flagged?"""
    flags = flags.copy()
    every = np.arange(len(flags))
    for i in range(len(flags).bit_length() - 1):
        without = every[(every >> i & 1) == 0]
        flags[without] |= flags[without | 1 << i]
    return flags


def up(flags: np.ndarray) -> np.ndarray:
    """For each set: is any subset (or the set itself) flagged?"""
    return down(flags[::-1])[::-1]


def minimal(flags: np.ndarray) -> np.ndarray:
    """Flag the sets without a flagged proper subset."""
    below = up(flags)
    kept = flags.copy()
    every = np.arange(len(flags))
    for i in range(len(flags).bit_length() - 1):
        having = every[(every >> i & 1) == 1]
        kept[having] &= ~below[having ^ 1 << i]
    return kept


@dataclass
class Game:
    """Atoms 0 … n - 1, the cells of each feature, and the rows whose outcome is not wanted.

    `cells`: for each feature the mask of its atoms and, for each of its cells, the atoms that are true there.
    `bad`: for each row of D outside the outcomes, the atoms on which it agrees with x.
    `excluded`: atoms that no reason may have.
    """

    n: int
    cells: Sequence[tuple[int, Sequence[int]]]
    bad: np.ndarray
    excluded: int = 0

    @property
    def everything(self) -> int:
        """U."""
        return (1 << self.n) - 1

    @cached_property
    def sets(self) -> np.ndarray:
        """All subsets of U."""
        return np.arange(1 << self.n, dtype=np.int64)

    @cached_property
    def fails(self) -> np.ndarray:
        """For each S: some bad row agrees with x on all of S."""
        agree = np.zeros(1 << self.n, dtype=bool)
        agree[self.bad] = True
        return down(agree)

    def holds(self, kept: int) -> bool:
        """``holds(S)``."""
        return not self.fails[kept]

    @cached_property
    def closure(self) -> np.ndarray:
        """close(S) for each S: the atoms of a feature that are true in all of its cells that satisfy S."""
        closed = np.zeros(1 << self.n, dtype=np.int64)
        for mine, cells in self.cells:
            common = np.full(1 << self.n, mine, dtype=np.int64)
            for cell in cells:
                satisfies = (self.sets & mine & ~cell) == 0
                common[satisfies] &= cell
            closed |= common
        return closed

    def close(self, kept: int) -> int:
        """``close(S)``."""
        return int(self.closure[kept])

    @cached_property
    def closed(self) -> np.ndarray:
        """Which sets are closed."""
        return self.closure == self.sets

    @cached_property
    def sufficient(self) -> list[int]:
        """Inclusion-minimal closed S with holds(S), without an excluded atom (atoms that always hold do not count)."""
        always = int(self.closure[0])
        allowed = (self.sets & self.excluded & ~always) == 0
        return [int(s) for s in np.flatnonzero(minimal(self.closed & ~self.fails & allowed))]

    @cached_property
    def contrastive(self) -> list[int]:
        """Inclusion-minimal C with U without C closed and not holds(U without C); those without an excluded atom."""
        rest = self.everything ^ self.sets
        found = np.flatnonzero(minimal(self.closed[rest] & self.fails[rest]))
        return [int(c) for c in found if not c & self.excluded]

    def implied(self, kept: int, atom: int, *, negated: bool = False) -> bool:
        """Tell whether `kept` implies `atom`, all on one feature; or the same with all of them negated."""
        for mine, cells in self.cells:
            if mine >> atom & 1:
                true = [mine & ~cell if negated else cell for cell in cells]
                return all(cell >> atom & 1 for cell in true if not kept & mine & ~cell)
        raise AssertionError("every atom is on a feature")

    def written(self, kept: int, *, negated: bool = False) -> int:
        """Drop what is implied, weakest first (true in most cells), ties from the higher number to the lower."""
        left = kept
        for mine, cells in self.cells:
            true = [mine & ~cell if negated else cell for cell in cells]
            order = sorted(bits(kept & mine), key=lambda i: (-sum(cell >> i & 1 for cell in true), -i))
            for atom in order:
                if self.implied(left & mine & ~(1 << atom), atom, negated=negated):
                    left &= ~(1 << atom)
        return left

    def completed(self, changed: int) -> int:
        """C with all that falls with it: the atoms of U whose negation the negations of C imply."""
        return sum(1 << i for i in range(self.n) if self.implied(changed, i, negated=True))

    def necessary(self) -> int:
        """What all sufficient reasons share (as closed sets), written."""
        common = self.everything
        for reason in self.sufficient:
            common &= reason
        return self.written(common) if self.sufficient else 0

    def cheapest(self, costs: Sequence[object], reasons: Sequence[int]) -> list[int]:
        """Those of `reasons` with the least cost."""
        best = min(costs, default=None)
        return [reason for cost, reason in zip(costs, reasons, strict=True) if cost == best]
