"""The trees of an ensemble over the elements of a space, flat and without tests that the domain decides.

Guaranteed form
---------------
Nodes of a tree are contiguous, parents before children. Row i of ``node`` has the element that node i tests (-1: a
leaf), the child where it is true (``HIGH``; for the cut of an interval attribute: where the cell is above it) and the
other one (``LOW``). Every node is reached by some cell of each attribute on its path. Clauses are lists of
(element, wanted side); each must have one that is met.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...domain.cuts import flat_cuts
from ...domain.space import Space
from ...kernels import I8, I32, I64, Bools, Num, inner_kernel, kernel
from ...kernels.bits import WIDTH
from ...models.ensembles import EnsembleArrays

ELEMENT, LOW, HIGH, PARENT, LEAF = range(5)  # columns of ``Layout.node``
BASE, CELLS, COUNT, INTERVAL, WORDS = range(5)  # columns of ``Layout.attribute``
OWNER, ROW = range(2)  # columns of ``Layout.test``


class Layout(NamedTuple):
    """An ensemble over a space: see the module's text for the guarantees. Few arrays: kernels compile faster so.

    Attributes
    ----------
    root : ndarray of int32, shape (n_trees,)
        First node of each tree.
    node : ndarray of int32, shape (n_nodes, 5)
        ``ELEMENT``, ``LOW``, ``HIGH``, ``PARENT``; ``LEAF`` is the row of a leaf's values, -1 inside.
    at, nodes : ndarray of int64 / int32
        The nodes that test element e: ``nodes[at[e]:at[e + 1]]``.
    attribute : ndarray of int64, shape (n_attributes + 1, 5)
        ``BASE``: first element; ``CELLS``: for attributes that cuts do not describe, where their cells begin (no room
        for the others); ``COUNT``: number of cells; ``INTERVAL``: whether cuts describe it; ``WORDS``: where a set of
        its cells begins among the sets of all, 64 cells a word (no room for interval ones). The last row ends them.
    test : ndarray of int64, shape (n_elements, 2)
        ``OWNER``: the element's attribute; ``ROW``: where an element that is no cut has, in ``truth``, the set of the
        cells where it is true; -1 for cuts.
    truth : ndarray of int64
        These sets: cell c is bit c modulo 64 of word c // 64.
    clause_at, clause : ndarray of int64, shapes (n_clauses + 1,), (m, 2)
        User clauses: elements and the sides that meet them.
    """

    root: I32
    node: I32
    at: I64
    nodes: I32
    attribute: I64
    test: I64
    truth: I64
    clause_at: I64
    clause: I64

    @property
    def n_attributes(self) -> int:
        """Number of attributes."""
        return len(self.attribute) - 1

    @property
    def n_listed_cells(self) -> int:
        """Number of cells of all attributes that cuts do not describe."""
        return int(self.attribute[-1, CELLS])

    @property
    def cell_base(self) -> I64:
        """Where the cells of attributes that cuts do not describe begin, and where the last ones end."""
        return self.attribute[:, CELLS]

    @property
    def n_cells(self) -> I64:
        """Number of cells of each attribute."""
        return self.attribute[:-1, COUNT]

    @property
    def interval(self) -> Bools:
        """Which attributes cuts describe."""
        return np.asarray(self.attribute[:-1, INTERVAL] != 0)


def lay_out(trees: EnsembleArrays, space: Space, clauses: tuple[tuple[int, ...], ...] = ()) -> Layout:
    """Return the ensemble over the elements of a space (clauses of signed conditions always hold)."""
    element_of, side_of = elements_of_conditions(space)
    attribute, test, truth = _tables(space)
    node, root = _contracted(
        trees.root, trees.literal, trees.left, trees.right, trees.leaf, element_of, side_of, attribute, test, truth
    )
    at, nodes = _by_element(node[:, ELEMENT], len(test))
    return Layout(root, node, at, nodes, attribute, test, truth, *_clauses(clauses, element_of, side_of))


def elements_of_conditions(space: Space) -> tuple[I32, I8]:
    """Return the element of each condition (-1: constant), and 1 if it is true where the element is, else -1.

    For a constant the second array says whether it is true (1) or false (-1).
    """
    element = np.full(len(space.vocabulary), -1, dtype=np.int32)
    side = np.ones(len(space.vocabulary), dtype=np.int8)
    cuts = flat_cuts(space)
    element[cuts.variable] = np.where(cuts.cut >= 0, space.element_base[cuts.attribute] + cuts.cut, -1)
    side[cuts.variable] = np.where(cuts.rising, 1, -1)
    for number in cuts.others:
        variables = space.attributes[number].variables
        element[variables] = int(space.element_base[number]) + np.arange(len(variables))
    return element, side


def _tables(space: Space) -> tuple[I64, I64, I64]:
    """Return ``Layout.attribute``, ``Layout.test`` and ``Layout.truth``."""
    n = len(space.attributes)
    table = np.zeros((n + 1, 5), dtype=np.int64)
    table[:, BASE] = space.element_base
    table[:n, COUNT] = [a.n_cells for a in space.attributes]
    table[:n, INTERVAL] = space.interval
    listed = np.where(table[:n, INTERVAL] != 0, 0, table[:n, COUNT])
    table[1:, CELLS] = np.cumsum(listed)
    table[1:, WORDS] = np.cumsum((listed + WIDTH - 1) // WIDTH)
    test = np.full((len(space.element_literal), 2), -1, dtype=np.int64)
    test[:, OWNER] = space.element_attribute
    parts = []
    size = 0
    for number, attribute in enumerate(space.attributes):
        if not attribute.interval:
            first, m = int(space.element_base[number]), len(attribute.truth)
            words = int(table[number + 1, WORDS] - table[number, WORDS])
            test[first : first + m, ROW] = size + words * np.arange(m)
            padded = np.zeros((m, words * WIDTH), np.bool_)
            padded[:, : attribute.n_cells] = attribute.truth
            parts.append(np.packbits(padded, axis=1, bitorder="little").view("<i8").ravel())
            size += m * words
    truth = np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)
    return table, test, truth


@inner_kernel
def true_in(test: I64, truth: I64, e: Num, c: Num) -> Num:
    """Tell whether an element that is no cut is true in a cell of its attribute."""
    return (truth[test[e, ROW] + (c >> 6)] >> (c & 63)) & 1 != 0


def _clauses(clauses: tuple[tuple[int, ...], ...], element_of: I32, side_of: I8) -> tuple[I64, I64]:
    at, pairs = [0], []
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
            pairs += mine
            at.append(len(pairs))
    return np.array(at, np.int64), np.array(pairs, np.int64).reshape(-1, 2)


def _by_element(element: I32, n_elements: int) -> tuple[I64, I32]:
    inner = np.nonzero(element >= 0)[0]
    order = inner[np.argsort(element[inner], kind="stable")].astype(np.int32)
    counts = np.bincount(element[inner], minlength=n_elements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order


class _Path(NamedTuple):
    """What a path allows, what to come back to, and what is known of the attributes."""

    lo: I32
    hi: I32
    barred: I32
    frame: I32  # source node, parent in the copy, side of the parent, whether it was entered, range before
    attribute: I64
    test: I64
    truth: I64


@kernel
def _decided(path: _Path, e: Num) -> Num:
    """Return the side of an element that the cells still allowed leave: 1, -1, or 0 for both."""
    a = path.test[e, OWNER]
    if path.attribute[a, INTERVAL]:
        p = e - path.attribute[a, BASE]
        if p < path.lo[a]:
            return 1
        return -1 if p >= path.hi[a] else 0
    above, below = False, False
    for c in range(path.attribute[a, COUNT]):
        if path.barred[path.attribute[a, CELLS] + c] == 0:
            if true_in(path.test, path.truth, e, c):
                above = True
            else:
                below = True
    if above and below:
        return 0
    return 1 if above else -1


@kernel
def _follow(path: _Path, e: Num, side: Num, top: Num) -> None:
    """Allow only the cells on one side of an element."""
    a = path.test[e, OWNER]
    if path.attribute[a, INTERVAL]:
        path.frame[top, 4], path.frame[top, 5] = path.lo[a], path.hi[a]
        if side > 0:
            path.lo[a] = max(path.lo[a], e - path.attribute[a, BASE] + 1)
        else:
            path.hi[a] = min(path.hi[a], e - path.attribute[a, BASE])
        return
    _count_barred(path, e, side, 1)


@kernel
def _come_back(path: _Path, e: Num, side: Num, top: Num) -> None:
    """Take back what ``_follow`` did."""
    a = path.test[e, OWNER]
    if path.attribute[a, INTERVAL]:
        path.lo[a], path.hi[a] = path.frame[top, 4], path.frame[top, 5]
        return
    _count_barred(path, e, side, -1)


@kernel
def _count_barred(path: _Path, e: Num, side: Num, step: Num) -> None:
    a = path.test[e, OWNER]
    for c in range(path.attribute[a, COUNT]):
        if true_in(path.test, path.truth, e, c) != (side > 0):
            path.barred[path.attribute[a, CELLS] + c] += step


@kernel
def _first_open(path: _Path, node: Num, literal: I32, left: I32, right: I32, element_of: I32, side_of: I8) -> Num:
    """Return the first node from here on that the path does not decide (or a leaf)."""
    while literal[node] != 0:
        v = abs(literal[node]) - 1
        to_right = side_of[v] if literal[node] > 0 else -side_of[v]
        said = 1
        if element_of[v] >= 0:
            said = _decided(path, element_of[v])
            if said == 0:
                break
        node = right[node] if said == to_right else left[node]
    return node


@kernel
def _contracted(
    root: I32, literal: I32, left: I32, right: I32, leaf: I32, element_of: I32, side_of: I8,
    attribute: I64, test: I64, truth: I64,
) -> tuple[I32, I32]:  # fmt: skip
    """Copy the trees depth-first; a test that the path to it decides is left out."""
    n, n_attributes = len(literal), len(attribute) - 1
    out = np.full((n, 5), -1, np.int32)
    out_root = np.zeros(len(root), np.int32)
    path = _Path(
        np.zeros(n_attributes, np.int32), (attribute[:n_attributes, COUNT] - 1).astype(np.int32),
        np.zeros(attribute[n_attributes, CELLS], np.int32), np.empty((n + 1, 6), np.int32), attribute, test, truth,
    )  # fmt: skip
    frame, size = path.frame, 0
    for t in range(len(root)):
        top = 0
        frame[0, 0], frame[0, 1], frame[0, 2], frame[0, 3] = root[t], -1, 0, 0
        while top >= 0:
            parent, side = frame[top, 1], frame[top, 2]
            if frame[top, 3] != 0:
                if side != 0:
                    _come_back(path, out[parent, ELEMENT], side, top)
                top -= 1
                continue
            frame[top, 3] = 1
            if side != 0:
                _follow(path, out[parent, ELEMENT], side, top)
            node = _first_open(path, frame[top, 0], literal, left, right, element_of, side_of)
            here = size
            size += 1
            out[here, PARENT] = parent
            if parent < 0:
                out_root[t] = here
            else:
                out[parent, HIGH if side > 0 else LOW] = here
            if literal[node] == 0:
                out[here, LEAF] = leaf[node]
                continue
            v = abs(literal[node]) - 1
            out[here, ELEMENT] = element_of[v]
            right_is_high = (side_of[v] > 0) == (literal[node] > 0)
            for to in (1, -1):
                top += 1
                frame[top, 0] = right[node] if (to > 0) == right_is_high else left[node]
                frame[top, 1], frame[top, 2], frame[top, 3] = here, to, 0
    return out[:size].copy(), out_root
