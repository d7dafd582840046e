"""A model at two cells of some features: what they change, tree by tree.

Where a feature has one cell in the first copy and another one in the second, only the trees differ that test a border
between them. Of each of these there are both copies, and one tree more, which adds nothing to the scores: its leaves
are the pairs of leaves that are reached together. So what the trees change is known as well as for each tree alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I32, Bools
from ...engine.domain.space import Space
from ...engine.ensembles.together import Pairing
from ...engine.models.ensembles import EnsembleArrays

_MOST = 2048  # leaves of a tree of pairs; beyond, the copies stand for themselves
Cells = Mapping[int, int]  # attribute -> cell


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The trees of two copies.

    Attributes
    ----------
    trees : EnsembleArrays
        Scores of the first copy, then of the second one; trees of pairs at the end.
    pairing : Pairing
        The pairs of leaves.
    changing : EnsembleArrays
        The trees alone in which the copies differ, one for both where there are pairs; their leaves are numbered as in
        `trees`.
    """

    trees: EnsembleArrays
    pairing: Pairing
    changing: EnsembleArrays

    @property
    def same(self) -> bool:
        """Whether the copies are the same everywhere."""
        return self.changing.n_trees == 0


class _Nodes:
    """Nodes of trees, as they are grown."""

    def __init__(self) -> None:
        self.root: list[int] = []
        self.literal: list[int] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.leaf: list[int] = []

    def add(self, literal: int, leaf: int) -> int:
        """Add a node; its children are told later."""
        self.literal.append(literal)
        self.left.append(0)
        self.right.append(0)
        self.leaf.append(leaf)
        return len(self.literal) - 1

    def arrays(self, values: F64, base: F64, like: EnsembleArrays) -> EnsembleArrays:
        """Return them as an ensemble."""
        root, literal, left, right, leaf = (
            np.array(column, np.int32) for column in (self.root, self.literal, self.left, self.right, self.leaf)
        )
        return EnsembleArrays(root, literal, left, right, leaf, values, base, like.divisor, like.single)


class CellPairs:
    """Makes the copies of a model for pairs of cells.

    Parameters
    ----------
    trees : EnsembleArrays
        The model.
    space : Space
        Its domain.
    """

    def __init__(self, trees: EnsembleArrays, space: Space) -> None:
        self._trees, self._space = trees, space
        ends = np.append(trees.root[1:], len(trees.literal))
        self._ends = ends
        self._owner = np.repeat(np.arange(trees.n_trees), ends - trees.root)
        self._variable = np.abs(trees.literal) - 1

    def between(self, first: Cells, second: Cells) -> Between:
        """Return the copies for the cells of some attributes in the first copy, and in the second one."""
        one, other = self.truth(first), self.truth(second)
        apart = [v for v, truth in one.items() if truth != other[v]]
        touched = np.isin(self._variable, apart)
        chosen: NDArray[np.intp] = np.unique(self._owner[touched]).astype(np.intp)
        maker = _Maker(self._trees, one, other, _below(self._trees, touched))
        for tree in chosen.tolist():
            maker.add(tree)
        return maker.made(self._spans(chosen))

    def truth(self, cells: Cells) -> dict[int, bool]:
        """Return the truth of the conditions on some attributes in these cells."""
        found: dict[int, bool] = {}
        for number, cell in cells.items():
            attribute = self._space.attributes[number]
            if attribute.interval:
                true = np.where(attribute.cut < 0, attribute.rising, (cell > attribute.cut) == attribute.rising)
            else:
                true = attribute.truth[:, cell]
            found.update(zip(attribute.variables.tolist(), true.tolist(), strict=True))
        return found

    def _spans(self, chosen: NDArray[np.intp]) -> list[tuple[int, int, bool]]:
        """Return the nodes of each tree, and whether it is one of those that differ."""
        among = np.zeros(self._trees.n_trees, np.bool_)
        among[chosen] = True
        return list(zip(self._trees.root.tolist(), self._ends.tolist(), among.tolist(), strict=True))


def _below(trees: EnsembleArrays, touched: Bools) -> Bools:
    """Return the nodes that are tests of a kind, or have one below."""
    below, inner = touched, trees.leaf < 0
    while True:  # a level at a time
        above = below | (inner & (below[np.where(inner, trees.left, 0)] | below[np.where(inner, trees.right, 0)]))
        if (above == below).all():
            return below
        below = above


class _Maker:
    """Puts the copies together."""

    def __init__(self, trees: EnsembleArrays, one: dict[int, bool], other: dict[int, bool], below: Bools) -> None:
        self._trees, self._one, self._other, self._below = trees, one, other, below
        self._literal, self._left, self._right = trees.literal, trees.left, trees.right
        self._both: dict[int, tuple[_Nodes, _Nodes]] = {}  # the copies of a tree
        self._pairs = _Nodes()
        self._rows: list[tuple[int, int]] = []  # the leaves of each pair
        self._paired: set[int] = set()

    def add(self, tree: int) -> None:
        """Add a tree in which the copies differ."""
        root = int(self._trees.root[tree])
        copies = _Nodes(), _Nodes()
        for nodes, truth in zip(copies, (self._one, self._other), strict=True):
            self._restrict(nodes, root, truth)
        self._both[tree] = copies
        before = len(self._pairs.literal), len(self._rows), len(self._pairs.root)
        if self._pair(root):
            self._paired.add(tree)
            return
        nodes, n_nodes = self._pairs, before[0]
        for column in (nodes.literal, nodes.left, nodes.right, nodes.leaf):
            del column[n_nodes:]
        del self._rows[before[1] :]
        del nodes.root[before[2] :]

    def _settled(self, node: int, truth: Mapping[int, bool]) -> int:
        """Return the first node from here on that is not decided."""
        while True:
            literal = int(self._literal[node])
            known = truth.get(abs(literal) - 1) if literal else None
            if known is None:
                return node
            node = int(self._right[node] if known == (literal > 0) else self._left[node])

    def _restrict(self, nodes: _Nodes, root: int, truth: Mapping[int, bool]) -> None:
        nodes.root.append(len(nodes.literal))
        stack = [(root, -1, False)]
        while stack:
            node, above, is_right = stack.pop()
            node = self._settled(node, truth)
            place = nodes.add(int(self._literal[node]), int(self._trees.leaf[node]))
            if above >= 0:
                (nodes.right if is_right else nodes.left)[above] = place
            if self._literal[node]:
                stack += [(int(self._right[node]), place, True), (int(self._left[node]), place, False)]

    def _pair(self, root: int) -> bool:
        """Grow the tree of the pairs of leaves; tell whether it is small enough."""
        nodes, first = self._pairs, len(self._rows)
        nodes.root.append(len(nodes.literal))
        stack = [(root, root, -1, False)]
        while stack:
            one, other, above, is_right = stack.pop()
            one, other = self._settled(one, self._one), self._settled(other, self._other)
            splits = self._splits(one, other)
            leaf = len(self._rows) if splits is None else -1
            place = nodes.add(0 if splits is None else splits[0], leaf)
            if above >= 0:
                (nodes.right if is_right else nodes.left)[above] = place
            if splits is None:
                self._rows.append((self._some_leaf(one), self._some_leaf(other)))
                if len(self._rows) - first > _MOST:
                    return False
                continue
            _, low, high = splits
            stack += [(*high, place, True), (*low, place, False)]
        return True

    def _splits(self, one: int, other: int) -> tuple[int, tuple[int, int], tuple[int, int]] | None:
        """Return what to test at two nodes, and the nodes on both sides; None where nothing more is changed."""
        if one == other and not self._below[one]:
            return None
        mine, theirs = int(self._literal[one]), int(self._literal[other])
        if mine == 0 and theirs == 0:
            return None
        here = (int(self._left[one]), int(self._right[one]))
        there = (int(self._left[other]), int(self._right[other]))
        if mine == theirs:
            return mine, (here[0], there[0]), (here[1], there[1])
        if mine:
            return mine, (here[0], other), (here[1], other)
        return theirs, (one, there[0]), (one, there[1])

    def _some_leaf(self, node: int) -> int:
        while self._literal[node]:
            node = int(self._left[node])
        return int(self._trees.leaf[node])

    # -- together ----------------------------------------------------------------------------------------------

    def made(self, spans: list[tuple[int, int, bool]]) -> Between:
        """Return all trees: shared ones and copies in the order of the model, then those of pairs."""
        trees, n = self._trees, self._trees.n_leaves
        nothing = np.zeros_like(trees.values)
        n_pairs = len(self._rows)
        values = np.vstack(
            [
                np.hstack([trees.values, trees.values]), np.hstack([trees.values, nothing]),
                np.hstack([nothing, trees.values]), np.zeros((n_pairs, 2 * trees.n_outputs)),
            ]
        )  # fmt: skip
        first, second = (np.full(len(values), -1, np.int32) for _ in range(2))
        if n_pairs:
            rows = np.array(self._rows, np.int32)
            first[3 * n :], second[3 * n :] = rows[:, 0] + n, rows[:, 1] + 2 * n
        copied = np.zeros(len(values), np.bool_)
        base = np.concatenate([trees.base, trees.base])
        parts = list(self._parts(spans, copied))
        pairs = self._pairs.arrays(values, base, trees)
        pairs = replace(pairs, leaf=np.where(pairs.leaf >= 0, pairs.leaf + 3 * n, -1).astype(np.int32))
        alone = [part for part, changes in parts if changes]
        joined = _concatenated([*(part for part, _ in parts), pairs], values, base, trees)
        pairing = Pairing(first, second, copied, not alone)
        return Between(joined, pairing, _concatenated([*alone, pairs], values, base, trees))

    def _parts(self, spans: list[tuple[int, int, bool]], copied: Bools) -> Iterator[tuple[EnsembleArrays, bool]]:
        """Yield trees in their order, and whether they are copies that no tree of pairs stands for."""
        trees, n = self._trees, self._trees.n_leaves
        run: list[int] = []
        for tree, (_, _, differs) in enumerate(spans):
            if not differs:
                run.append(tree)
                continue
            if run:
                yield _some(trees, spans, run[0], run[-1]), False
                run = []
            for copy, nodes in enumerate(self._both[tree], 1):
                made = nodes.arrays(trees.values, trees.base, trees)
                leaf = np.where(made.leaf >= 0, made.leaf + copy * n, -1).astype(np.int32)
                if tree in self._paired:
                    copied[leaf[leaf >= 0]] = True
                yield replace(made, leaf=leaf), tree not in self._paired
        if run:
            yield _some(trees, spans, run[0], run[-1]), False


def _some(trees: EnsembleArrays, spans: list[tuple[int, int, bool]], first: int, last: int) -> EnsembleArrays:
    begin, end = spans[first][0], spans[last][1]
    nodes = slice(begin, end)
    return replace(
        trees, root=trees.root[first : last + 1] - begin, literal=trees.literal[nodes],
        left=trees.left[nodes] - begin, right=trees.right[nodes] - begin, leaf=trees.leaf[nodes],
    )  # fmt: skip


def _concatenated(parts: list[EnsembleArrays], values: F64, base: F64, like: EnsembleArrays) -> EnsembleArrays:
    at = np.cumsum([0, *(len(part.literal) for part in parts)])
    shifts = list(zip(parts, at[:-1].tolist(), strict=True))

    def joined(columns: list[I32]) -> I32:
        return np.concatenate([np.zeros(0, np.int32), *columns]).astype(np.int32)

    return EnsembleArrays(
        joined([part.root + shift for part, shift in shifts]), joined([part.literal for part in parts]),
        joined([part.left + shift for part, shift in shifts]), joined([part.right + shift for part, shift in shifts]),
        joined([part.leaf for part in parts]), values, base, like.divisor, like.single,
    )  # fmt: skip
