"""What each leaf of an ensemble contradicts at an instance, tree by tree, in compiled loops.

Guaranteed form
---------------
Cells of all attributes are numbered in one row: cell c of attribute a is ``cell_base[a] + c``. A leaf that the domain
reaches is shut out by keeping literals exactly if, on one of the attributes where its box leaves out the instance's
cell, all cells of the box are shut out. ``LeafBlocks`` lists for each unwanted leaf these attributes as entries: a
number of a cell (the box's nearest to the instance: on an interval attribute it is shut out last), or, for an
attribute that cuts do not describe, ``-1 - s`` where span s lists the cells of the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..engine.domain.space import Space
from ..engine.kernels import I32, I64, Bools, Num, kernel
from ..engine.models.ensembles import EnsembleArrays


@dataclass(frozen=True, slots=True, eq=False)
class FlatSpace:
    """The attributes of a space as flat arrays.

    Attributes
    ----------
    cell_base : ndarray of int64, shape (n_attributes + 1,)
        First cell number of each attribute.
    cut, rising : ndarray, shape (n,)
        As in ``Attribute``, for each condition (on interval attributes).
    truth_at : ndarray of int64, shape (n,)
        Where the truth of a condition in the cells of its attribute begins in `truth`; -1 on interval attributes.
    truth : ndarray of bool
        Truth in the cells, for the attributes that cuts do not describe.
    """

    attribute_of: I32
    interval: Bools
    cell_base: I64
    cut: I32
    rising: Bools
    truth_at: I64
    truth: Bools


def flat_space(space: Space) -> FlatSpace:
    """Return the attributes of a space as flat arrays."""
    n = len(space.vocabulary)
    cells = np.array([0, *(attribute.n_cells for attribute in space.attributes)], dtype=np.int64)
    cut, rising = np.full(n, -1, np.int32), np.zeros(n, np.bool_)
    truth_at = np.full(n, -1, np.int64)
    tables: list[Bools] = []
    length = 0
    for attribute in space.attributes:
        if attribute.interval:
            cut[attribute.variables] = attribute.cut
            rising[attribute.variables] = attribute.rising
        else:
            truth_at[attribute.variables] = length + attribute.n_cells * np.arange(len(attribute.variables))
            tables.append(attribute.truth.ravel())
            length += attribute.truth.size
    truth = np.concatenate(tables).astype(np.bool_) if tables else np.zeros(0, np.bool_)
    return FlatSpace(space.attribute_of, space.interval, np.cumsum(cells), cut, rising, truth_at, truth)


def leaf_votes(trees: EnsembleArrays) -> I32:
    """Return the class that each row of leaf values votes for: the first greatest value."""
    votes: I32 = trees.values.argmax(axis=1).astype(np.int32)
    return votes


@dataclass(frozen=True, slots=True, eq=False)
class LeafBlocks:
    """The unwanted leaves of each tree as what shuts them out: see the module's text.

    Attributes
    ----------
    tree : ndarray of int64, shape (n_trees + 1,)
        First unwanted leaf of each tree.
    start : ndarray of int64, shape (n_unwanted + 1,)
        First entry of each unwanted leaf. A tree whose leaf at the instance is unwanted has that leaf only, without
        entries.
    entry : ndarray of int64
        The entries.
    span : ndarray of int64, shape (n_spans + 1,)
        First cell of each span.
    cell : ndarray of int64
        Cells of the spans.
    """

    tree: I64
    start: I64
    entry: I64
    span: I64
    cell: I64

    @property
    def spans(self) -> list[tuple[int, ...]]:
        """The cells of each span."""
        flat, ends = self.cell.tolist(), self.span.tolist()
        return [tuple(flat[ends[s] : ends[s + 1]]) for s in range(len(ends) - 1)]


def leaf_blocks(trees: EnsembleArrays, flat: FlatSpace, cells: I32, wanted: Bools) -> LeafBlocks:
    """Return what shuts out each unwanted leaf.

    Parameters
    ----------
    cells : ndarray of int32
        Cell of each attribute at the instance.
    wanted : ndarray of bool, shape (n_leaves,)
        For each row of leaf values whether it may be reached.
    """
    return LeafBlocks(
        *_blocks(
            trees.root, trees.literal, trees.left, trees.right, trees.leaf, wanted,
            flat.attribute_of, flat.interval, flat.cell_base, flat.cut, flat.rising, flat.truth_at, flat.truth, cells,
        )
    )  # fmt: skip


@kernel
def _longer(array: I64, length: Num) -> I64:
    """Return the array with room for more."""
    if length < len(array):
        return array
    out = np.empty(2 * length + 16, np.int64)
    out[: len(array)] = array
    return out


@kernel
def _narrow(
    side: Num, low: I32, high: I32, shut: I32, left_over: I32, trail: I64,
    attribute_of: I32, interval: Bools, cell_base: I64, cut: I32, rising: Bools, truth_at: I64, truth: Bools,
) -> Num:  # fmt: skip
    """Narrow the box by a literal, note in `trail` how to undo it, and tell whether a cell is left."""
    v = abs(side) - 1
    a = attribute_of[v]
    trail[0], trail[1], trail[2], trail[3] = side, a, low[a], high[a]
    if interval[a]:
        if cut[v] < 0:
            return rising[v] == (side > 0)
        if rising[v] == (side > 0):
            low[a] = max(low[a], cut[v] + 1)
        else:
            high[a] = min(high[a], cut[v])
        return low[a] <= high[a]
    for c in range(cell_base[a + 1] - cell_base[a]):
        if truth[truth_at[v] + c] != (side > 0):
            shut[cell_base[a] + c] += 1
            if shut[cell_base[a] + c] == 1:
                left_over[a] -= 1
    return left_over[a] > 0


@kernel
def _undo(
    trail: I64, low: I32, high: I32, shut: I32, left_over: I32,
    interval: Bools, cell_base: I64, truth_at: I64, truth: Bools,
) -> None:  # fmt: skip
    """Take back what a literal narrowed."""
    side, a = trail[0], trail[1]
    if interval[a]:
        low[a], high[a] = trail[2], trail[3]
        return
    for c in range(cell_base[a + 1] - cell_base[a]):
        if truth[truth_at[abs(side) - 1] + c] != (side > 0):
            shut[cell_base[a] + c] -= 1
            if shut[cell_base[a] + c] == 0:
                left_over[a] += 1


@kernel
def _emit(
    head: I64, trail: I64, depth: Num, low: I32, high: I32, shut: I32, seen: I64, entry: I64, span: I64, cell: I64,
    interval: Bools, cell_base: I64, cells: I32,
) -> tuple[I64, I64, I64]:  # fmt: skip
    """Write the entries of the leaf at hand; `head` counts leaves, entries, spans and cells of spans."""
    for i in range(depth):
        a = trail[i, 1]
        if seen[a] == head[4]:
            continue
        seen[a] = head[4]
        entry = _longer(entry, head[1])
        if interval[a]:
            if low[a] > cells[a] or high[a] < cells[a]:
                entry[head[1]] = cell_base[a] + (low[a] if low[a] > cells[a] else high[a])
                head[1] += 1
        elif shut[cell_base[a] + cells[a]] > 0:
            for c in range(cell_base[a], cell_base[a + 1]):
                if shut[c] == 0:
                    cell = _longer(cell, head[3])
                    cell[head[3]] = c
                    head[3] += 1
            head[2] += 1
            span = _longer(span, head[2])
            span[head[2]] = head[3]
            entry[head[1]] = -head[2]
            head[1] += 1
    return entry, span, cell


@kernel
def _blocks(
    root: I32, literal: I32, left: I32, right: I32, leaf: I32, wanted: Bools,
    attribute_of: I32, interval: Bools, cell_base: I64, cut: I32, rising: Bools, truth_at: I64, truth: Bools,
    cells: I32,
) -> tuple[I64, I64, I64, I64, I64]:  # fmt: skip
    """Walk every tree depth first and list what shuts out its unwanted leaves."""
    n_attributes = len(interval)
    left_over = np.diff(cell_base).astype(np.int32)
    low, high = np.zeros(n_attributes, np.int32), (left_over - 1).astype(np.int32)
    shut, seen = np.zeros(cell_base[n_attributes], np.int32), np.zeros(n_attributes, np.int64)
    stack, trail = np.empty((len(literal) + 1, 3), np.int64), np.empty((len(literal) + 1, 4), np.int64)
    tree, start, entry = np.zeros(len(root) + 1, np.int64), np.zeros(16, np.int64), np.zeros(64, np.int64)
    span, cell, head = np.zeros(16, np.int64), np.zeros(64, np.int64), np.zeros(5, np.int64)
    for t in range(len(root)):
        tree[t] = head[0]
        stack[0, 0], stack[0, 1], stack[0, 2] = root[t], 0, 0  # node, literal that leads there, its level
        height, depth = 1, 0
        while height > 0:
            height -= 1
            node, side, level = stack[height, 0], stack[height, 1], stack[height, 2]
            while depth > max(level - 1, 0):
                depth -= 1
                _undo(trail[depth], low, high, shut, left_over, interval, cell_base, truth_at, truth)
            if side != 0:
                depth += 1
                if not _narrow(
                    side, low, high, shut, left_over, trail[depth - 1],
                    attribute_of, interval, cell_base, cut, rising, truth_at, truth,
                ):  # fmt: skip
                    continue
            if literal[node] != 0:
                stack[height, 0], stack[height, 1], stack[height, 2] = right[node], literal[node], level + 1
                stack[height + 1, 0], stack[height + 1, 1], stack[height + 1, 2] = left[node], -literal[node], level + 1
                height += 2
                continue
            if wanted[leaf[node]]:
                continue
            before = head[1]
            head[4] += 1
            entry, span, cell = _emit(
                head, trail, depth, low, high, shut, seen, entry, span, cell, interval, cell_base, cells
            )
            if head[1] == before:  # the instance's own leaf: nothing else of this tree matters
                head[0], head[1], height = tree[t], start[tree[t]], 0
            head[0] += 1
            start = _longer(start, head[0])
            start[head[0]] = head[1]
        while depth > 0:
            depth -= 1
            _undo(trail[depth], low, high, shut, left_over, interval, cell_base, truth_at, truth)
    tree[len(root)] = head[0]
    return tree, start[: head[0] + 1], entry[: head[1]], span[: head[2] + 1], cell[: head[3]]


@kernel
def reduce_leaves(tree: I64, start: I64, entry: I64, side: I64, level: I64) -> tuple[I64, I64, I64]:
    """Drop within each tree the leaves that are shut out whenever another one is.

    Entries are variables; variable v speaks of one side of an attribute, ``side[v]``, and is true whenever a variable
    of the same side with a smaller or equal ``level`` is. Entries of a leaf are sorted by side on return.
    """
    n = len(start) - 1
    signature = np.zeros(n, np.uint64)
    for i in range(n):
        for p in range(start[i], start[i + 1]):
            v = entry[p]
            signature[i] |= np.uint64(1) << np.uint64(side[v] & 63)
            q = p
            while q > start[i] and side[entry[q - 1]] > side[v]:
                entry[q] = entry[q - 1]
                q -= 1
            entry[q] = v
    new_tree, new_start = np.zeros(len(tree), np.int64), np.zeros(n + 1, np.int64)
    new_entry = np.empty(len(entry), np.int64)
    kept, length = 0, 0
    for t in range(len(tree) - 1):
        for i in range(tree[t], tree[t + 1]):
            covered = False
            for j in range(tree[t], tree[t + 1]):
                if j == i or signature[j] & ~signature[i] or start[j + 1] - start[j] > start[i + 1] - start[i]:
                    continue
                if _covers(j, i, start, entry, side, level) and (j < i or not _covers(i, j, start, entry, side, level)):
                    covered = True
                    break
            if covered:
                continue
            for p in range(start[i], start[i + 1]):
                if p == start[i] or entry[p] != entry[p - 1]:  # features may repeat
                    new_entry[length] = entry[p]
                    length += 1
            kept += 1
            new_start[kept] = length
        new_tree[t + 1] = kept
    return new_tree, new_start[: kept + 1], new_entry[:length]


@kernel
def _covers(j: Num, i: Num, start: I64, entry: I64, side: I64, level: I64) -> Num:
    """Tell whether leaf i is shut out whenever leaf j is."""
    q = start[i]
    for p in range(start[j], start[j + 1]):
        v = entry[p]
        while q < start[i + 1] and side[entry[q]] < side[v]:
            q += 1
        if q == start[i + 1] or side[entry[q]] != side[v] or level[entry[q]] < level[v]:
            return False
    return True


@kernel
def forced_trees(tree: I64, start: I64, entry: I64, true: Bools) -> Bools:
    """Tell for each tree whether every leaf has an entry that is true."""
    out = np.ones(len(tree) - 1, np.bool_)
    for t in range(len(out)):
        for i in range(tree[t], tree[t + 1]):
            hit = False
            for p in range(start[i], start[i + 1]):
                if true[entry[p]]:
                    hit = True
                    break
            if not hit:
                out[t] = False
                break
    return out
