"""Trees of an ensemble without the tests that are decided beforehand and those that decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine.arrays import I8, I32
from ...engine.domain.region import region_of
from ...engine.domain.space import Space
from ...engine.models.ensembles import EnsembleArrays


@dataclass(slots=True)
class ShortTree:
    """One tree: node 0 is the root, children follow their parents.

    Attributes
    ----------
    literal : list of int
        0 for a leaf, else the literal that leads to ``right`` when it is true and to ``left`` when it is false.
    kind : list of int
        Kind of a leaf, -1 inside.
    """

    literal: list[int]
    left: list[int]
    right: list[int]
    kind: list[int]

    def kinds(self) -> set[int]:
        """Return the kinds of its leaves."""
        return {kind for kind in self.kind if kind >= 0}

    def paths(self) -> list[tuple[tuple[int, ...], int]]:
        """Return the literals on the way to each leaf, and its kind; contradictory paths are left out."""
        found = []
        stack: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        while stack:
            node, path = stack.pop()
            literal = self.literal[node]
            if literal == 0:
                found.append((tuple(dict.fromkeys(path)), self.kind[node]))
                continue
            for child, side in ((self.right[node], literal), (self.left[node], -literal)):
                if -side not in path:
                    stack.append((child, (*path, side)))
        return found


def short_trees(trees: EnsembleArrays, kinds: Sequence[int], known: I8 | None = None) -> list[ShortTree]:
    """Return the trees, shortened.

    Parameters
    ----------
    kinds : sequence of int
        Kind of each row of leaf values; subtrees of one kind become leaves.
    known : ndarray of int8, optional
        Truth of conditions that are decided (1 or 0; -1: open).
    """
    decided = [-1] * int(np.abs(trees.literal).max(initial=0)) if known is None else known.tolist()
    arrays = trees.literal.tolist(), trees.left.tolist(), trees.right.tolist(), trees.leaf.tolist()
    return [_short(root, arrays, kinds, decided) for root in trees.root.tolist()]


def _short(root: int, arrays: tuple[list[int], ...], kinds: Sequence[int], decided: list[int]) -> ShortTree:
    literal, left, right, leaf = arrays

    def child(node: int) -> int:
        while literal[node] and (truth := decided[abs(literal[node]) - 1]) >= 0:
            node = right[node] if (truth == 1) == (literal[node] > 0) else left[node]
        return node

    order, stack = [], [child(root)]
    while stack:
        node = stack.pop()
        order.append(node)
        if literal[node]:
            stack += [child(left[node]), child(right[node])]
    kind: dict[int, int] = {}
    for node in reversed(order):  # children first
        if not literal[node]:
            kind[node] = kinds[leaf[node]]
        else:
            one, other = kind[child(left[node])], kind[child(right[node])]
            kind[node] = one if one == other else -1
    out = ShortTree([0], [0], [0], [-1])
    todo = [(order[0], 0)]
    while todo:
        node, place = todo.pop()
        out.kind[place] = kind[node]
        if kind[node] >= 0:
            continue
        out.literal[place], out.left[place], out.right[place] = literal[node], len(out.kind), len(out.kind) + 1
        for column in (out.literal, out.left, out.right):
            column += [0, 0]
        out.kind += [-1, -1]
        todo += [(child(right[node]), out.right[place]), (child(left[node]), out.left[place])]
    return out


def decided(space: Space, literals: I32) -> I8:
    """Return the truth of each condition that literals decide, by implication on its feature (-1: open)."""
    region = region_of(space, literals)
    out = np.full(len(space.vocabulary), -1, np.int8)
    for a, attribute in enumerate(space.attributes):
        if attribute.interval:
            above, below = region.low[a] > attribute.cut, region.high[a] <= attribute.cut
            truth, fixed = above == attribute.rising, above | below  # every cell is above the cut -1 of a constant
        else:
            cells = attribute.truth[:, region.allowed[region.base[a] : region.base[a + 1]]]
            truth, fixed = cells.all(axis=1), cells.all(axis=1) == cells.any(axis=1)
        out[attribute.variables] = np.where(fixed, truth, -1)
    return out
