"""The trees of an ensemble over the elements of a space, flat and without tests that the domain decides.

Guaranteed form
---------------
Nodes of a tree are contiguous, parents before children. ``element[i]`` is the element that node i tests (-1: a leaf);
``high[i]`` is the child where it is true (for the cut of an interval attribute: where the cell is above it),
``low[i]`` the other one. Every node is reached by some cell of each attribute on its path. Clauses are lists of
(element, wanted side); each must have one that is met.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .ensembles import EnsembleArrays
from .kernels import I8, I32, I64, Bools, Num, kernel
from .space import Space


class Layout(NamedTuple):
    """An ensemble over a space: see the module's text for the guarantees.

    Attributes
    ----------
    root : ndarray of int32, shape (n_trees,)
        First node of each tree.
    element, low, high, parent, leaf : ndarray of int32, shape (n_nodes,)
        The nodes; ``leaf`` is the row of a leaf's values, -1 inside.
    at, nodes : ndarray of int64 / int32
        The nodes that test element e: ``nodes[at[e]:at[e + 1]]``.
    base, owner : ndarray of int64 / int32
        First element of each attribute, attribute of each element.
    interval, n_cells : ndarray of bool / int32, shape (n_attributes,)
        What the attributes are.
    cell_base : ndarray of int64, shape (n_attributes + 1,)
        Where the cells of attributes that cuts do not describe begin (no room for the others).
    row : ndarray of int64, shape (n_elements,)
        Where such an attribute's element has its truth values in ``truth``, one a cell; -1 for cuts.
    truth : ndarray of bool
        These truth values.
    clause_at, clause_element, clause_side : ndarray of int64 / int32 / int8
        User clauses.
    """

    root: I32
    element: I32
    low: I32
    high: I32
    parent: I32
    leaf: I32
    at: I64
    nodes: I32
    base: I64
    owner: I32
    interval: Bools
    n_cells: I32
    cell_base: I64
    row: I64
    truth: Bools
    clause_at: I64
    clause_element: I32
    clause_side: I8


def lay_out(trees: EnsembleArrays, space: Space, clauses: tuple[tuple[int, ...], ...] = ()) -> Layout:
    """Return the ensemble over the elements of a space (clauses of signed conditions always hold)."""
    element_of, side_of = elements_of_conditions(space)
    interval = space.interval.astype(np.bool_)
    n_cells = np.array([a.n_cells for a in space.attributes], dtype=np.int32)
    cell_base, row, truth = _tables(space, n_cells)
    element, low, high, parent, leaf, root = _contracted(
        trees.root, trees.literal, trees.left, trees.right, trees.leaf, element_of, side_of,
        space.element_base, space.element_attribute, interval, n_cells, cell_base, row, truth,
    )  # fmt: skip
    at, nodes = _by_element(element, len(space.element_literal))
    return Layout(
        root, element, low, high, parent, leaf, at, nodes, space.element_base, space.element_attribute,
        interval, n_cells, cell_base, row, truth, *_clauses(clauses, element_of, side_of),
    )  # fmt: skip


def elements_of_conditions(space: Space) -> tuple[I32, I8]:
    """Return the element of each condition (-1: constant), and 1 if it is true where the element is, else -1.

    For a constant the second array says whether it is true (1) or false (-1).
    """
    element = np.full(len(space.vocabulary), -1, dtype=np.int32)
    side = np.ones(len(space.vocabulary), dtype=np.int8)
    for number, attribute in enumerate(space.attributes):
        base = int(space.element_base[number])
        if attribute.interval:
            element[attribute.variables] = np.where(attribute.cut >= 0, base + attribute.cut, -1)
            side[attribute.variables] = np.where(attribute.rising, 1, -1)
        else:
            element[attribute.variables] = base + np.arange(len(attribute.variables))
    return element, side


def _tables(space: Space, n_cells: I32) -> tuple[I64, I64, Bools]:
    listed = np.where(space.interval, 0, n_cells) if len(n_cells) else n_cells
    cell_base = np.concatenate([[0], np.cumsum(listed)]).astype(np.int64)
    row = np.full(len(space.element_literal), -1, dtype=np.int64)
    parts = []
    size = 0
    for number, attribute in enumerate(space.attributes):
        if not attribute.interval:
            for i, line in enumerate(attribute.truth):
                row[int(space.element_base[number]) + i] = size
                parts.append(line)
                size += len(line)
    truth = np.concatenate(parts).astype(np.bool_) if parts else np.zeros(0, dtype=np.bool_)
    return cell_base, row, truth


def _clauses(clauses: tuple[tuple[int, ...], ...], element_of: I32, side_of: I8) -> tuple[I64, I32, I8]:
    at, element, side = [0], [], []
    for clause in clauses:
        mine = []
        for literal in clause:
            v = abs(literal) - 1
            wanted = int(side_of[v]) * (1 if literal > 0 else -1)
            if element_of[v] >= 0:
                mine.append((int(element_of[v]), wanted))
            elif wanted > 0:
                break  # a constant makes the clause true
        else:
            element += [e for e, _ in mine]
            side += [s for _, s in mine]
            at.append(len(element))
    return np.array(at, np.int64), np.array(element, np.int32), np.array(side, np.int8)


def _by_element(element: I32, n_elements: int) -> tuple[I64, I32]:
    inner = np.nonzero(element >= 0)[0]
    order = inner[np.argsort(element[inner], kind="stable")].astype(np.int32)
    counts = np.bincount(element[inner], minlength=n_elements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order


@kernel
def _decided(e: Num, a: Num, lo: I32, hi: I32, barred: I32, base: I64, interval: Bools, n_cells: I32,
             cell_base: I64, row: I64, truth: Bools) -> Num:  # fmt: skip
    """Return the side of an element that the cells still allowed leave: 1, -1, or 0 for both."""
    if interval[a]:
        p = e - base[a]
        if p < lo[a]:
            return 1
        return -1 if p >= hi[a] else 0
    above, below = False, False
    for c in range(n_cells[a]):
        if barred[cell_base[a] + c] == 0:
            if truth[row[e] + c]:
                above = True
            else:
                below = True
    if above and below:
        return 0
    return 1 if above else -1


class _Path(NamedTuple):
    """What a path allows, what to come back to, and what is known of the attributes."""

    lo: I32
    hi: I32
    barred: I32
    frame: I32  # source node, parent in the copy, side of the parent, whether it was entered, range before
    base: I64
    owner: I32
    interval: Bools
    n_cells: I32
    cell_base: I64
    row: I64
    truth: Bools


@kernel
def _follow(path: _Path, e: Num, side: Num, top: Num) -> None:
    """Allow only the cells on one side of an element."""
    a = path.owner[e]
    if path.interval[a]:
        path.frame[top, 4], path.frame[top, 5] = path.lo[a], path.hi[a]
        if side > 0:
            path.lo[a] = max(path.lo[a], e - path.base[a] + 1)
        else:
            path.hi[a] = min(path.hi[a], e - path.base[a])
        return
    _count_barred(path, e, side, 1)


@kernel
def _come_back(path: _Path, e: Num, side: Num, top: Num) -> None:
    """Take back what ``_follow`` did."""
    a = path.owner[e]
    if path.interval[a]:
        path.lo[a], path.hi[a] = path.frame[top, 4], path.frame[top, 5]
        return
    _count_barred(path, e, side, -1)


@kernel
def _count_barred(path: _Path, e: Num, side: Num, step: Num) -> None:
    a = path.owner[e]
    for c in range(path.n_cells[a]):
        if path.truth[path.row[e] + c] != (side > 0):
            path.barred[path.cell_base[a] + c] += step


@kernel
def _first_open(path: _Path, node: Num, literal: I32, left: I32, right: I32, element_of: I32, side_of: I8) -> Num:
    """Return the first node from here on that the path does not decide (or a leaf)."""
    while literal[node] != 0:
        v = abs(literal[node]) - 1
        to_right = side_of[v] if literal[node] > 0 else -side_of[v]
        e = element_of[v]
        said = 1
        if e >= 0:
            said = _decided(
                e, path.owner[e], path.lo, path.hi, path.barred, path.base, path.interval, path.n_cells,
                path.cell_base, path.row, path.truth,
            )  # fmt: skip
            if said == 0:
                break
        node = right[node] if said == to_right else left[node]
    return node


@kernel
def _contracted(
    root: I32, literal: I32, left: I32, right: I32, leaf: I32, element_of: I32, side_of: I8,
    base: I64, owner: I32, interval: Bools, n_cells: I32, cell_base: I64, row: I64, truth: Bools,
) -> tuple[I32, I32, I32, I32, I32, I32]:  # fmt: skip
    """Copy the trees depth-first; a test that the path to it decides is left out."""
    n = len(literal)
    out_element, out_low, out_high = np.full(n, -1, np.int32), np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    out_parent, out_leaf = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    out_root = np.zeros(len(root), np.int32)
    path = _Path(
        np.zeros(len(n_cells), np.int32), (n_cells - 1).astype(np.int32), np.zeros(cell_base[-1], np.int32),
        np.empty((n + 1, 6), np.int32), base, owner, interval, n_cells, cell_base, row, truth,
    )  # fmt: skip
    frame, size = path.frame, 0
    for t in range(len(root)):
        top = 0
        frame[0, 0], frame[0, 1], frame[0, 2], frame[0, 3] = root[t], -1, 0, 0
        while top >= 0:
            parent, side = frame[top, 1], frame[top, 2]
            if frame[top, 3] != 0:
                if side != 0:
                    _come_back(path, out_element[parent], side, top)
                top -= 1
                continue
            frame[top, 3] = 1
            if side != 0:
                _follow(path, out_element[parent], side, top)
            node = _first_open(path, frame[top, 0], literal, left, right, element_of, side_of)
            here = size
            size += 1
            out_parent[here] = parent
            if parent < 0:
                out_root[t] = here
            elif side > 0:
                out_high[parent] = here
            else:
                out_low[parent] = here
            if literal[node] == 0:
                out_leaf[here] = leaf[node]
                continue
            v = abs(literal[node]) - 1
            out_element[here] = element_of[v]
            right_is_high = (side_of[v] > 0) == (literal[node] > 0)
            for to in (1, -1):
                top += 1
                frame[top, 0] = right[node] if (to > 0) == right_is_high else left[node]
                frame[top, 1], frame[top, 2], frame[top, 3] = here, to, 0
    return (
        out_element[:size].copy(), out_low[:size].copy(), out_high[:size].copy(), out_parent[:size].copy(),
        out_leaf[:size].copy(), out_root,
    )  # fmt: skip
