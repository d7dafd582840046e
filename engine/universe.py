"""U, what an instance gives away, with the implications among its elements.

Sets of elements are bit masks (Python integers). A **move** allows one more cell of one attribute: it drops all
literals that exclude the cell. A set is closed iff it is what is left of U after some moves: ``close(S)`` keeps every
element all of whose moves are blocked by S.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .forest import attribute_forest
from .kernels import Bools
from .situation import Situation


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the bits of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(elements: Iterable[int]) -> int:
    """Return the bit mask of some positions."""
    out = 0
    for element in elements:
        out |= 1 << element
    return out


def mask_of_bools(chosen: Bools) -> int:
    """Return the bit mask of the positions that are true."""
    return int.from_bytes(np.packbits(chosen, bitorder="little").tobytes(), "little")


def bools_of(mask: int, n: int) -> Bools:
    """Return the first n bits of a mask."""
    raw = np.frombuffer(mask.to_bytes((max(n, mask.bit_length()) + 7) // 8, "little"), np.uint8)
    return np.unpackbits(raw, count=n, bitorder="little").view(np.bool_)


@dataclass(frozen=True, eq=False)
class Universe:
    """Elements 0 … n-1 and the moves that drop them.

    Attributes
    ----------
    names : tuple of int
        What each element stands for: a 0-based condition, or a feature.
    moves : tuple of int
        Bit mask of the elements that each move drops; smaller ones first within an attribute.
    group : tuple of int
        Feature of each element.
    """

    names: tuple[int, ...]
    moves: tuple[int, ...]
    group: tuple[int, ...]

    @property
    def n(self) -> int:
        """Number of elements."""
        return len(self.names)

    @property
    def full(self) -> int:
        """All elements."""
        return (1 << self.n) - 1

    @cached_property
    def moves_of(self) -> tuple[int, ...]:
        """For each element the bit mask of the moves that drop it."""
        of = [0] * self.n
        numbers: dict[int, list[int]] = {}  # of the moves, by the feature whose elements they drop
        for number, move in enumerate(self.moves):
            if move:
                numbers.setdefault(self.group[move.bit_length() - 1], []).append(number)
        elements: dict[int, list[int]] = {}
        for element, feature in enumerate(self.group):
            elements.setdefault(feature, []).append(element)
        for feature, mine in numbers.items():
            own = elements[feature]
            drops = np.array([bools_of(self.moves[number], self.n)[own] for number in mine])
            row = np.zeros(len(self.moves), np.bool_)
            for element, dropped in zip(own, drops.T, strict=True):
                row[mine] = dropped
                of[element] = mask_of_bools(row)
        return tuple(of)

    @cached_property
    def free(self) -> bool:
        """Whether nothing is implied: every move drops one element, and every element falls with one move."""
        return all(move.bit_count() == 1 for move in self.moves) and all(m.bit_count() == 1 for m in self.moves_of)

    def blocked(self, kept: int) -> int:
        """Return the moves that a set blocks, as a bit mask."""
        out = 0
        for element in bits(kept):
            out |= self.moves_of[element]
        return out

    def close(self, kept: int) -> int:
        """Add all implied elements (elements that no move drops are implied by anything)."""
        blocked = self.blocked(kept)
        return mask_of(e for e, moves in enumerate(self.moves_of) if moves & ~blocked == 0)

    def written(self, kept: int) -> int:
        """Return the non-implied elements of a closed set.

        Weakest first, a literal goes if those still there imply it.
        """
        if self.free:
            return kept
        moves = {e: np.nonzero(bools_of(self.moves_of[e], len(self.moves)))[0] for e in bits(kept)}
        blockers = np.zeros(len(self.moves), np.int64)
        for own in moves.values():
            blockers[own] += 1
        left = kept
        for element, own in sorted(moves.items(), key=lambda item: (len(item[1]), -item[0])):
            if (blockers[own] > 1).all():
                left &= ~(1 << element)
                blockers[own] -= 1
        return left

    def written_change(self, dropped: int) -> int:
        """Return the elements of a dropped set whose negations no others imply (weakest negations go first)."""
        left = dropped
        for element in sorted(bits(dropped), key=lambda e: (-self.moves_of[e].bit_count(), -e)):
            rest = left & ~(1 << element) & self.attribute_of(element)
            if rest and all(move >> element & 1 for move in self.moves if rest & ~move == 0):
                left &= ~(1 << element)
        return left

    def attribute_of(self, element: int) -> int:
        """Return the elements that are linked with an element over moves."""
        reached, fresh = 0, 1 << element
        while fresh:
            reached |= fresh
            grown = 0
            for other in bits(fresh):
                for move in bits(self.moves_of[other]):
                    grown |= self.moves[move]
            fresh = grown & ~reached
        return reached


def literal_universe(situation: Situation, skipped: frozenset[int] = frozenset()) -> Universe:
    """Return U at the level of literals, without those on skipped features."""
    space = situation.space
    names = [v for v in range(len(space.vocabulary)) if space.feature_of(v + 1) not in skipped]
    place = {v: i for i, v in enumerate(names)}
    moves: list[int] = []
    row = np.zeros(len(names), np.bool_)
    for number, attribute in enumerate(space.attributes):
        if attribute.feature in skipped:
            continue
        truth, own = attribute.truth_table(), int(situation.cells[number])
        places = [place[int(v)] for v in attribute.variables]
        row[:] = False
        found = set()
        for cell in range(attribute.n_cells):
            row[places] = truth[:, cell] != truth[:, own]
            found.add(mask_of_bools(row))
        moves += sorted(found - {0}, key=lambda move: (move.bit_count(), move))
    return Universe(tuple(names), tuple(moves), tuple(space.feature_of(v + 1) for v in names))


def attribute_universe(situation: Situation, a: int) -> Universe:
    """Return the literals on one attribute as a universe of their own."""
    attribute = situation.space.attributes[a]
    names = tuple(attribute.variables.tolist())
    excluded = attribute_forest(attribute, int(situation.cells[a])).excluded
    moves = {mask_of(np.nonzero(excluded[:, c])[0].tolist()) for c in range(attribute.n_cells)} - {0}
    return Universe(names, tuple(sorted(moves, key=lambda m: (m.bit_count(), m))), (attribute.feature,) * len(names))


def feature_universe(situation: Situation, skipped: frozenset[int] = frozenset()) -> Universe:
    """Return U at the level of features, without skipped ones."""
    features = tuple(sorted({int(a.feature) for a in situation.space.attributes} - skipped))
    return Universe(features, tuple(1 << i for i in range(len(features))), features)


def literal_mask(situation: Situation, universe: Universe, kept: int, per_feature: bool) -> Bools:
    """Return the conditions that a set of elements keeps, as a bool vector over the vocabulary."""
    names = [universe.names[e] for e in bits(kept)]
    space = situation.space
    out = np.zeros(len(space.vocabulary), dtype=np.bool_)
    if not per_feature:
        out[names] = True
        return out
    wanted = set(names)
    for attribute in space.attributes:
        if attribute.feature in wanted:
            out[attribute.variables] = True
    return out
