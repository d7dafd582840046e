"""A number that trees take for a missing value (XGBoost's ``missing=-999``): a cell of its own in each column.

A test is true above its border and false below, but for this number, which goes where missing values go. Where that is
the side on which it lies anyway nothing changes; else the test is told by up to three comparisons, below which it is
kept in mind whether the column lies below the number, at it, or above.
"""

from __future__ import annotations

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.conditions import Reading
from ...engine.errors import UnsupportedModelError
from .members import Member
from .node_tests import LIMIT

_BELOW, _AT, _ABOVE = range(3)
_Sides = tuple[tuple[int, int], ...]  # (column, where it lies)
_Row = tuple[int, int, int, float, bool, int]  # left, right, feature, threshold, missing_left, node of the tree
_EMPTY: _Row = (-1, -1, -1, 0.0, False, 0)


def with_hole(member: Member, number: float, reading: Reading) -> Member:
    """Return a tree of comparisons alone that sends a number where `member` sends missing values.

    Parameters
    ----------
    member : Member
        The tree, whose splits by categories stay as they are.
    number : float
        As the trees read it; if it is infinite, no row has it.
    reading : Reading
        Precision in which the trees read numbers.

    Raises
    ------
    UnsupportedModelError
        If this would need too many tests.
    """
    if not np.isfinite(number):
        return member
    number += 0.0  # no negative zero
    apart = (member.left >= 0) & ((number <= member.threshold) != member.missing_left)
    apart[list(member.choices)] = False
    return _Expansion(member, apart, number, reading).made() if apart.any() else member


class _Expansion:
    """A tree that is written anew, node by node."""

    def __init__(self, member: Member, apart: Bools, number: float, reading: Reading) -> None:
        self.member = member
        self.number, self.before = number, reading.below(number)
        self.least, self.greatest = number <= -reading.largest, number >= reading.largest
        self.apart = apart.tolist()
        self.left, self.right, self.feature = member.left.tolist(), member.right.tolist(), member.feature.tolist()
        self.threshold, self.missing_left = member.threshold.tolist(), member.missing_left.tolist()
        self.rows: list[_Row] = [_EMPTY]

    def made(self) -> Member:
        """Return the tree."""
        stack: list[tuple[int, _Sides, int]] = [(0, (), 0)]
        while stack:
            node, sides, place = stack.pop()
            node = self._settled(node, dict(sides)) if sides else node
            column = self.feature[node]
            if self.left[node] < 0:
                self.rows[place] = (-1, -1, -1, 0.0, False, node)
            elif self.apart[node] and all(column != known for known, _ in sides):
                stack += [(node, (*sides, (column, side)), at) for side, at in self._three(place, column, node)]
            else:
                first = self._two(place, column, self.threshold[node], self.missing_left[node], node)
                stack += [(self.right[node], sides, first + 1), (self.left[node], sides, first)]
        told = np.array([row[:3] for row in self.rows], np.int64)
        origin = np.array([row[5] for row in self.rows], np.int64)
        choices = self.member.choices
        return Member(
            told[:, 0], told[:, 1], told[:, 2], np.array([row[3] for row in self.rows]),
            np.array([row[4] for row in self.rows]), self.member.values[origin],
            {i: choices[row[5]] for i, row in enumerate(self.rows) if row[0] >= 0 and row[5] in choices},
        )  # fmt: skip

    def _two(self, place: int, column: int, threshold: float, missing_left: bool, node: int) -> int:
        """Write a test; return the place of its left child, after which its right one comes."""
        first = len(self.rows)
        if first > LIMIT:
            raise UnsupportedModelError(
                f"the number {self.number:g}, which counts as missing, would need more than {LIMIT} tests in one tree: "
                "fit it with shallower trees, or put NaN in place of the number"
            )
        self.rows[place] = (first, first + 1, column, threshold, missing_left, node)
        self.rows += [_EMPTY, _EMPTY]
        return first

    def _three(self, place: int, column: int, node: int) -> list[tuple[int, int]]:
        """Write the tests whether a column lies below the number, at it (or is missing), or above; return the ends."""
        ends = []
        leaf = self.left.index(-1)  # what these tests add is never looked at
        if not self.greatest:
            first = self._two(place, column, self.number, True, leaf)
            ends.append((_ABOVE, first + 1))
            place = first
        if not self.least:
            first = self._two(place, column, self.before, False, leaf)
            ends.append((_BELOW, first))
            place = first + 1
        return [*ends, (_AT, place)]

    def _settled(self, node: int, sides: dict[int, int]) -> int:
        """Pass over the tests whose outcome is known from where a column lies."""
        while self.left[node] >= 0 and node not in self.member.choices:
            side, threshold = sides.get(self.feature[node]), self.threshold[node]
            if side == _AT:
                goes_left = self.missing_left[node]
            elif side == _BELOW and threshold >= self.before:
                goes_left = True
            elif side == _ABOVE and threshold <= self.number:
                goes_left = False
            else:
                break
            node = self.left[node] if goes_left else self.right[node]
        return node
