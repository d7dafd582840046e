"""U, what an instance gives away, with the implications among its elements.

Sets of elements are bit masks (Python integers). A **move** allows one more cell of one attribute: it drops all
literals that exclude the cell. A set is closed iff it is what is left of U after some moves: ``close(S)`` keeps every
element all of whose moves are blocked by S.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Bools
from ..budget import Deadline
from ..domain.instance import Situation
from ..domain.masks import bits, bools_of, mask_of, mask_of_bools, masks_of_rows, rows_of_masks

__all__ = [
    "Universe", "attribute_universe", "bits", "bools_of", "feature_universe", "literal_mask", "literal_universe",
    "mask_of", "mask_of_bools",
]  # fmt: skip

_AT_ONCE = 64  # cells between two looks at the clock


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
    def _moves_of_feature(self) -> dict[int, list[int]]:
        """The numbers of the moves that drop elements of each feature, ascending."""
        numbers: dict[int, list[int]] = {}
        for number, move in enumerate(self.moves):
            if move:
                numbers.setdefault(self.group[move.bit_length() - 1], []).append(number)
        return numbers

    @cached_property
    def moves_of(self) -> tuple[int, ...]:
        """For each element the bit mask of the moves that drop it."""
        if self.group and self.group.count(self.group[0]) == self.n and all(self.moves):
            return tuple(masks_of_rows(rows_of_masks(self.moves, self.n).T))
        of = [0] * self.n
        elements: dict[int, list[int]] = {}
        for element, feature in enumerate(self.group):
            elements.setdefault(feature, []).append(element)
        for feature, mine in self._moves_of_feature.items():
            own = elements[feature]
            drops = rows_of_masks([self.moves[number] for number in mine], self.n)[:, own]
            first = mine[0]
            if mine[-1] - first >= len(mine):  # other features' moves are among them
                spread = np.zeros((mine[-1] - first + 1, len(own)), np.bool_)
                spread[np.array(mine) - first] = drops
                drops = spread
            for element, mask in zip(own, masks_of_rows(drops.T), strict=True):
                of[element] = mask << first
        return tuple(of)

    @cached_property
    def free(self) -> bool:
        """Whether nothing is implied: every move drops one element, and every element falls with one move."""
        return all(move.bit_count() == 1 for move in self.moves) and all(m.bit_count() == 1 for m in self.moves_of)

    def blocked(self, kept: int) -> int:
        """Return the moves that a set blocks, as a bit mask."""
        return mask_of(number for number, move in enumerate(self.moves) if move & kept)

    def close(self, kept: int) -> int:
        """Add all implied elements: nothing but what the moves that are not blocked drop is left out."""
        dropped = 0
        for move in self.moves:
            if not move & kept:
                dropped |= move
        return self.full & ~dropped

    def written(self, kept: int) -> int:
        """Return the non-implied elements of a closed set.

        Weakest first, a literal goes if those still there block all its moves.
        """
        if not kept or self.free:
            return kept
        moves = self.moves_of
        order = sorted(bits(kept), key=lambda e: (moves[e].bit_count(), -e))
        later = [0] * (len(order) + 1)  # what the elements from a place on block
        for place in range(len(order) - 1, -1, -1):
            later[place] = later[place + 1] | moves[order[place]]
        left, blocked = 0, 0
        for place, element in enumerate(order):
            if moves[element] & ~(blocked | later[place + 1]):
                left |= 1 << element
                blocked |= moves[element]
        return left

    def written_change(self, dropped: int) -> int:
        """Return the elements of a dropped set whose negations no others imply (weakest negations go first)."""
        if self.free:
            return dropped
        left, rest = 0, dropped
        while rest:
            linked = rest & self.attribute_of(rest.bit_length() - 1)
            left |= self._written_negations(linked)
            rest &= ~linked
        return left

    def _written_negations(self, dropped: int) -> int:
        """Do it for linked elements: one goes if each move that drops all that are still there drops it as well."""
        moves = self.moves_of
        order = sorted(bits(dropped), key=self._rank.__getitem__)
        later = [-1] * (len(order) + 1)  # the moves that drop all elements from a place on
        for place in range(len(order) - 1, -1, -1):
            later[place] = later[place + 1] & moves[order[place]]
        left, common = 0, -1
        for place, element in enumerate(order):
            others = left or place + 1 < len(order)
            if not others or common & later[place + 1] & ~moves[element]:
                left |= 1 << element
                common &= moves[element]
        return left

    def completed_change(self, written: int) -> int:
        """Return the dropped set of a written change: what is named, and what all moves drop that drop all of it."""
        if self.free:
            return written
        out, rest = 0, written
        while rest:
            linked = self.attribute_of(rest.bit_length() - 1)
            common = -1
            for element in bits(rest & linked):
                common &= self.moves_of[element]
            out |= mask_of(e for e in bits(linked) if common & ~self.moves_of[e] == 0)
            rest &= ~linked
        return out

    @cached_property
    def _rank(self) -> list[int]:
        """The place of each element among all, those with the weakest negations (the most moves) first."""
        rank = [0] * self.n
        for place, element in enumerate(sorted(range(self.n), key=lambda e: (-self.moves_of[e].bit_count(), -e))):
            rank[element] = place
        return rank

    def attribute_of(self, element: int) -> int:
        """Return the elements that are linked with an element over moves."""
        reached = 1 << element
        left = [self.moves[number] for number in self._moves_of_feature.get(self.group[element], ())]
        while True:
            grown, apart = reached, []
            for move in left:
                if move & grown:
                    grown |= move
                else:
                    apart.append(move)
            if grown == reached:
                return reached
            reached, left = grown, apart


def literal_universe(
    situation: Situation, skipped: frozenset[int] = frozenset(), deadline: Deadline | None = None
) -> Universe:
    """Return U at the level of literals, without those on skipped features.

    Raises OutOfTimeError if time was up before.
    """
    limit = Deadline.of(deadline)
    space = situation.space
    names = [v for v in range(len(space.vocabulary)) if space.feature_of(v + 1) not in skipped]
    place = {v: i for i, v in enumerate(names)}
    moves: list[int] = []
    for number, attribute in enumerate(space.attributes):
        if attribute.feature in skipped:
            continue
        truth, own = attribute.truth_table(), int(situation.cells[number])
        places = [place[int(v)] for v in attribute.variables]
        differs, found = (truth != truth[:, own : own + 1]).T, set[int]()
        for first in limit.while_time(range(0, attribute.n_cells, _AT_ONCE)):
            part = differs[first : first + _AT_ONCE]
            rows = np.zeros((len(part), len(names)), np.bool_)
            rows[:, places] = part
            found.update(masks_of_rows(rows))
        moves += sorted(found - {0}, key=lambda move: (move.bit_count(), move))
    return Universe(tuple(names), tuple(moves), tuple(space.feature_of(v + 1) for v in names))


def attribute_universe(situation: Situation, a: int) -> Universe:
    """Return the literals on one attribute as a universe of their own."""
    attribute = situation.space.attributes[a]
    names = tuple(attribute.variables.tolist())
    columns = attribute.column_masks
    own = columns[int(situation.cells[a])]
    moves = sorted((column ^ own for column in columns if column != own), key=lambda m: (m.bit_count(), m))
    return Universe(names, tuple(moves), (attribute.feature,) * len(names))


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
