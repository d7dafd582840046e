"""What the leaves of an ensemble ask for: the groups that must change to reach them, and what that brings.

For one column an **edge** of a tree is a leaf: the groups (attributes or features) of which the path to it contradicts
a test, and how much more it is worth than the instance's. If only the groups F change, each tree brings at most the
greatest worth of its edges within F. Where a change leaves a group no choice, an edge also **keeps** the groups that
its path needs as they are. Edges that another edge of their tree makes useless (part of their groups, worth no less)
are left out, and so are all after one that is always there.

Guaranteed form: tree t of column k has the edges ``tree_at[k * n_trees + t] …``, greatest worth first. Edge e has the
entries ``edge_at[e] …``; each has a group and a **slot**, the number of the pair (tree of the column, group). The
worths are floats; the needs are lowered by more than their rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...kernels import F64, I32, I64, U64, Num, kernel
from ..arrays.box import side_in_cell
from ..arrays.layout import BASE, CELLS, COUNT, ELEMENT, HIGH, INTERVAL, LEAF, LOW, OWNER, PARENT, true_in
from ..search.search import reach_leaves
from .narrow import Question

_MARGIN = 1e-9  # of the greatest sum: far more than what adding thousands of floats may lose


class Edges(NamedTuple):
    """The edges of all trees: see the module's text.

    Attributes
    ----------
    n_trees : int
        Number of trees of a column.
    tree_at, edge_at : ndarray of int64
        Where the edges of trees, and the entries of edges begin.
    group, slot : ndarray of int32
        The entries.
    keep_at, keep : ndarray of int64 / int32
        The groups that edge e keeps: ``keep[keep_at[e]:keep_at[e + 1]]``.
    worth : ndarray of float64
        Of each edge.
    slot_group : ndarray of int32
        Group of each slot.
    slot_at : ndarray of int64, shape (n_columns + 1,)
        Slots of each column.
    need : ndarray of float64, shape (n_columns,)
        What the worths must reach to be bad.
    """

    n_trees: int
    tree_at: I64
    edge_at: I64
    group: I32
    slot: I32
    keep_at: I64
    keep: I32
    worth: F64
    slot_group: I32
    slot_at: I64
    need: F64


def edges_of(question: Question, group_of: I32, other: I32, flag: I32) -> Edges | None:
    """Return the edges of a question; None if it was stopped.

    Parameters
    ----------
    question : Question
        What is asked; leaves outside its outer box have no edge.
    group_of : ndarray of int32, shape (n_attributes,)
        Group of each attribute, -1 for those that do not change.
    other : ndarray of int32, shape (n_groups,)
        The one cell that a group can change to, -1 for those with a choice.
    flag : ndarray of int32, shape (1,)
        Stops it when it is no longer 0.
    """
    found = find_edges(question, group_of, other, flag)
    return None if flag[0] else Edges(len(question.layout.root), *found)


@kernel
def _outside(q: Question, e: Num, side: Num) -> Num:
    """Tell whether no cell of the outer box is on a side of an element."""
    a = q.layout.test[e, OWNER]
    if q.layout.attribute[a, INTERVAL]:
        p = e - q.layout.attribute[a, BASE]
        return q.outer.hi[a] <= p if side > 0 else q.outer.lo[a] > p
    for c in range(q.layout.attribute[a, COUNT]):
        allowed = q.outer.barred[q.layout.attribute[a, CELLS] + c] == 0
        if allowed and true_in(q.layout.test, q.layout.truth, e, c) == (side > 0):
            return False
    return True


class _Leaves(NamedTuple):
    """The leaves of all trees within the outer box: those of tree t from ``at[t]`` on."""

    at: I64
    row: I32
    size: I32
    groups: I32
    mask: U64
    n_kept: I32
    kept: I32


@kernel
def _depth(q: Question) -> Num:
    """Return the greatest number of tests on a path."""
    depth = np.zeros(len(q.layout.node), np.int32)
    deepest = 0
    for node in range(len(depth)):
        if q.layout.node[node, PARENT] >= 0:
            depth[node] = depth[q.layout.node[node, PARENT]] + 1
            deepest = max(deepest, depth[node])
    return deepest


@kernel
def _all_leaves(q: Question, group_of: I32, other: I32, flag: I32) -> _Leaves:
    """List the leaves with the groups that their paths contradict (and these as bits, of numbers modulo 64)."""
    n_nodes, deep = len(q.layout.node), _depth(q)
    leaves = _Leaves(
        np.zeros(len(q.layout.root) + 1, np.int64), np.empty(n_nodes, np.int32), np.empty(n_nodes, np.int32),
        np.empty((n_nodes, deep + 1), np.int32), np.zeros(n_nodes, np.uint64), np.empty(n_nodes, np.int32),
        np.empty((n_nodes, deep + 1), np.int32),
    )  # fmt: skip
    stack, path = np.empty((n_nodes + 2, 5), np.int32), np.empty((2, deep + 1), np.int32)
    found = 0
    for t in range(len(q.layout.root)):
        if flag[0] != 0:
            break
        found = _leaves_of(q, group_of, other, t, stack, path, leaves, found)
        leaves.at[t + 1] = found
    for i in range(found):
        for x in range(leaves.size[i]):
            leaves.mask[i] |= np.uint64(1) << np.uint64(leaves.groups[i, x] & 63)
    return leaves


@kernel
def _leaves_of(
    q: Question, group_of: I32, other: I32, t: Num, stack: I32, path: I32, leaves: _Leaves, found: Num
) -> Num:
    """List the leaves of one tree after those `found`; return how many there are then.

    A row of the stack: a node, how many groups its parent's path contradicts and keeps, and the one that the last test
    adds to the first or the second of them (-1: none).
    """
    top = 0
    stack[0, :] = 0
    stack[0, 0], stack[0, 3], stack[0, 4] = q.layout.root[t], -1, -1
    while top >= 0:
        node = stack[top, 0]
        for part in range(2):
            if stack[top, 3 + part] >= 0:
                path[part, stack[top, 1 + part]] = stack[top, 3 + part]
                stack[top, 1 + part] += 1
        n, m = stack[top, 1], stack[top, 2]
        top -= 1
        e = q.layout.node[node, ELEMENT]
        if e < 0:
            leaves.row[found], leaves.size[found], leaves.n_kept[found] = q.layout.node[node, LEAF], n, m
            leaves.groups[found, :n] = path[0, :n]
            leaves.kept[found, :m] = path[1, :m]
            found += 1
            continue
        a = q.layout.test[e, OWNER]
        here, g = side_in_cell(q.layout, a, e, q.cells[a]), group_of[a]
        for side in (-1, 1):
            if side != here and (g < 0 or _outside(q, e, side)):
                continue
            top += 1
            stack[top, 0] = q.layout.node[node, HIGH] if side > 0 else q.layout.node[node, LOW]
            stack[top, 1], stack[top, 2], stack[top, 3], stack[top, 4] = n, m, -1, -1
            if side != here and not _listed(g, path[0], n):
                stack[top, 3] = g
            elif side == here and g >= 0 and other[g] >= 0 and side_in_cell(q.layout, a, e, other[g]) != here:
                stack[top, 4] = g
    return found


@kernel
def _listed(g: Num, groups: I32, n: Num) -> Num:
    found = False
    for i in range(n):
        found = found or groups[i] == g
    return found


@kernel
def _useless(i: Num, chosen: I64, n_chosen: Num, few: Num, leaves: _Leaves) -> Num:
    """Tell whether the groups of some chosen leaf are all among those of leaf i (`few`: the bits are exact)."""
    for c in range(n_chosen):
        j = chosen[c]
        if (leaves.mask[j] & ~leaves.mask[i]) != 0:
            continue
        inside = leaves.n_kept[j] <= leaves.n_kept[i]
        for x in range(0 if few else leaves.size[j]):
            inside = inside and _listed(leaves.groups[j, x], leaves.groups[i], leaves.size[i])
        for x in range(leaves.n_kept[j] if inside else 0):
            inside = inside and _listed(leaves.kept[j, x], leaves.kept[i], leaves.n_kept[i])
        if inside:
            return True
    return False


@kernel
def _useful(q: Question, k: Num, t: Num, own: Num, few: Num, leaves: _Leaves, chosen: I64, gains: F64) -> Num:
    """Choose the leaves of a tree that are edges, greatest worth first; return their number, and write all gains."""
    begin, end = leaves.at[t], leaves.at[t + 1]
    for i in range(begin, end):
        gains[i] = float(q.columns.worth[leaves.row[i], k] - q.columns.worth[own, k])
    n_chosen = 0
    for i in begin + np.argsort(-gains[begin:end], kind="mergesort"):
        if not _useless(i, chosen, n_chosen, few, leaves):
            chosen[n_chosen] = i
            n_chosen += 1
            if leaves.size[i] + leaves.n_kept[i] == 0:
                break
    return n_chosen


@kernel
def find_edges(
    q: Question, group_of: I32, other: I32, flag: I32
) -> tuple[I64, I64, I32, I32, I64, I32, F64, I32, I64, F64]:
    """Return the arrays of ``Edges``, from ``tree_at`` on (of no use if the flag stopped it)."""
    leaves, n_trees, n_columns = _all_leaves(q, group_of, other, flag), len(q.layout.root), len(q.columns.need)
    n_groups = len(other)
    n_leaves = leaves.at[n_trees]
    entries = n_columns * leaves.size[:n_leaves].sum()
    tree_at, edge_at = np.zeros(n_trees * n_columns + 1, np.int64), np.zeros(n_leaves * n_columns + 1, np.int64)
    group, slot, worth = np.empty(entries, np.int32), np.empty(entries, np.int32), np.empty(len(edge_at), np.float64)
    slot_group, slot_at, need = np.empty(entries, np.int32), np.zeros(n_columns + 1, np.int64), np.empty(n_columns)
    keep_at, keep = np.zeros(len(edge_at), np.int64), np.empty(n_columns * leaves.n_kept[:n_leaves].sum(), np.int32)
    slot_of, seen = np.zeros(n_groups, np.int32), np.full(n_groups, -1, np.int64)
    own, chosen, gains = np.empty(n_trees, np.int32), np.empty(n_leaves, np.int64), np.empty(n_leaves)
    reach_leaves(q.layout, q.cells, own)
    n_edges, n_entries, n_slots = 0, 0, 0
    for k in range(n_columns):
        now, scale = q.columns.offset[k], abs(float(q.columns.offset[k])) + abs(float(q.columns.need[k]))
        for t in range(n_trees):
            if flag[0] != 0:
                break
            now += q.columns.worth[own[t], k]
            tree = k * n_trees + t
            for c in range(_useful(q, k, t, own[t], n_groups <= 64, leaves, chosen, gains)):
                i = chosen[c]
                for x in range(leaves.size[i]):
                    g = leaves.groups[i, x]
                    if seen[g] != tree:
                        seen[g], slot_of[g], slot_group[n_slots] = tree, n_slots, g
                        n_slots += 1
                    group[n_entries], slot[n_entries] = g, slot_of[g]
                    n_entries += 1
                worth[n_edges] = gains[i]
                kept = leaves.n_kept[i]
                keep[keep_at[n_edges] : keep_at[n_edges] + kept] = leaves.kept[i, :kept]
                keep_at[n_edges + 1] = keep_at[n_edges] + kept
                n_edges += 1
                edge_at[n_edges] = n_entries
            tree_at[tree + 1] = n_edges
        scale += np.abs(gains).sum()
        slot_at[k + 1] = n_slots
        need[k] = float(q.columns.need[k] - now) - _MARGIN * scale
    return (
        tree_at, edge_at[: n_edges + 1], group[:n_entries], slot[:n_entries], keep_at[: n_edges + 1],
        keep[: keep_at[n_edges]], worth[:n_edges], slot_group[:n_slots], slot_at, need,
    )  # fmt: skip
