"""A depth-first walk over minimal hitting sets of a family that grows on the way.

This is MMCS (Murakami and Uno 2014) with edges that are found when they are needed. A node is a set of chosen items.
An edge that it misses is taken, and the walk branches on the items of the edge; what was tried is no candidate below
earlier siblings, so every set is met once. A chosen item must stay **critical**: some edge that is written with it is
hit by no other chosen one. Where no known edge is missed, or none shows that an item is critical, an oracle is asked
(``walks.sufficient``, ``walks.contrastive``): its counterexample is a new edge, which nodes above miss as well, so the
walk goes on where it is.

Items are numbered by rank (what is tried first comes first) and are the bits of words. An item of an edge that is
implied by another one of the same edge hits the edge too; **written** items are those that no other one of the edge
implies, and only these can be critical there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels import I8, I32, I64, Num, inner_kernel
from ..kernels.bits import WIDTH, count, lowest

# places in ``Walk.number``
EDGES, DEPTH, FRESH, FOUND_SETS, MOST_SETS, STEPS, LAST_STEP, NODES_BEFORE, READ, LENGTH = range(10)
_LOOKED_AT = 200  # edges among which the one to branch on is chosen


class Walk(NamedTuple):
    """Where a walk is.

    Attributes
    ----------
    hit, written : ndarray of int64, shape (n_items, edge_words)
        The edges that an item hits, and those that are written with it, as bits.
    edge : ndarray of int64, shape (capacity, item_words)
        The items of each edge, as bits.
    exact : ndarray of int8, shape (capacity,)
        Whether an edge is proved minimal.
    once, twice : ndarray of int64, shape (n_items + 2, edge_words)
        For each depth the edges that the chosen items hit, and those that they hit twice.
    chosen : ndarray of int64, shape (n_items + 2,)
        The chosen items.
    candidate, todo : ndarray of int64, shape (n_items + 2, item_words)
        For each depth the items that may be chosen below, and those that are to be tried.
    number : ndarray of int64
        Counters: see the names above.
    sets : ndarray of int64, shape (room, item_words)
        Sets that were found since they were last read.
    set_point, edge_point : ndarray of int32, shape (room, n_attributes)
        The counterexamples of sets, or of edges (whichever are contrastive); of edges since they were last read.
    """

    hit: I64
    written: I64
    edge: I64
    exact: I8
    once: I64
    twice: I64
    chosen: I64
    candidate: I64
    todo: I64
    number: I64
    sets: I64
    set_point: I32
    edge_point: I32


def new_walk(n_items: int, n_attributes: int, *, capacity: int) -> Walk:
    """Return a walk over items that are all candidates, with no edge yet (`capacity`: how many fit, in 64s)."""
    words, item_words = capacity // WIDTH, max(1, -(-n_items // WIDTH))
    room = 1024 + 2 * n_items  # a step may add two edges for each chosen item

    def longs(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    walk = Walk(
        longs(n_items, words), longs(n_items, words), longs(capacity, item_words), np.zeros(capacity, np.int8),
        longs(n_items + 2, words), longs(n_items + 2, words), longs(n_items + 2), longs(n_items + 2, item_words),
        longs(n_items + 2, item_words), longs(LENGTH), longs(room, item_words),
        np.zeros((room, n_attributes), np.int32), np.zeros((room, n_attributes), np.int32),
    )  # fmt: skip
    walk.candidate[0] = words_of(np.ones((1, n_items), np.bool_))[0]
    walk.number[FRESH] = 1
    return walk


def grown(walk: Walk) -> Walk:
    """Return the same walk with room for twice as many edges."""

    def wider(array: I64) -> I64:
        return np.concatenate([array, np.zeros_like(array)], axis=1)

    return walk._replace(
        hit=wider(walk.hit), written=wider(walk.written), once=wider(walk.once), twice=wider(walk.twice),
        edge=np.concatenate([walk.edge, np.zeros_like(walk.edge)]),
        exact=np.concatenate([walk.exact, np.zeros_like(walk.exact)]),
    )  # fmt: skip


def words_of(rows: np.typing.NDArray[np.bool_]) -> I64:
    """Return rows of Booleans as bits of words."""
    n, width = rows.shape
    wide = np.zeros((n, max(1, -(-width // WIDTH)) * WIDTH), np.bool_)
    wide[:, :width] = rows
    return np.packbits(wide, axis=1, bitorder="little").view(np.int64)


def rows_of(words: I64, width: int) -> np.typing.NDArray[np.bool_]:
    """Return words as rows of Booleans."""
    raw = np.ascontiguousarray(words).view(np.uint8)
    return np.unpackbits(raw, axis=1, count=width, bitorder="little").view(np.bool_)


@inner_kernel
def has_bit(words: I64, row: Num, item: Num) -> Num:
    """Tell whether a row of words has an item."""
    return words[row, item >> 6] >> (item & 63) & 1 != 0


@inner_kernel
def put_item(walk: Walk, item: Num, written: Num) -> None:
    """Make an item part of the edge that is being added (the next one)."""
    k, one = walk.number[EDGES], np.int64(1)
    walk.edge[k, item >> 6] |= one << (item & 63)
    walk.hit[item, k >> 6] |= one << (k & 63)
    if written:
        walk.written[item, k >> 6] |= one << (k & 63)


@inner_kernel
def end_edge(walk: Walk, pending: Num, exact: Num) -> None:
    """Count the edge whose items were put; `pending`: whether an item is being tried below the current node."""
    k = walk.number[EDGES]
    word, bit = k >> 6, np.int64(1) << (k & 63)
    depth = walk.number[DEPTH] + (1 if pending else 0)
    once, twice = False, False
    for i in range(depth + 1):
        if once:
            walk.once[i, word] |= bit
        else:
            walk.once[i, word] &= ~bit
        if twice:
            walk.twice[i, word] |= bit
        else:
            walk.twice[i, word] &= ~bit
        if i < depth and has_bit(walk.edge, k, walk.chosen[i]):
            twice = twice or once
            once = True
    walk.exact[k] = 1 if exact else 0
    walk.number[EDGES] = k + 1


@inner_kernel
def missed_edge(walk: Walk) -> Num:
    """Return an edge that the chosen items miss, with few candidates; -1: there is none."""
    depth, n = walk.number[DEPTH], walk.number[EDGES]
    best, fewest, seen = np.int64(-1), np.int64(1) << 40, 0
    for word in range((n + 63) >> 6):
        missed = ~walk.once[depth, word]
        if (word + 1) << 6 > n:
            missed &= (np.int64(1) << (n & 63)) - 1
        while missed != 0:
            k = (word << 6) + lowest(missed)
            missed &= missed - 1
            size = np.int64(0)
            for j in range(walk.edge.shape[1]):
                size += count(walk.edge[k, j] & walk.candidate[depth, j])
            if size < fewest:
                best, fewest = k, size
            seen += 1
            if fewest == 0 or seen > _LOOKED_AT:
                return best
    return best


@inner_kernel
def branch(walk: Walk, k: Num) -> None:
    """Branch on an edge: its candidates are to be tried at this node."""
    depth = walk.number[DEPTH]
    for j in range(walk.edge.shape[1]):
        walk.todo[depth, j] = walk.edge[k, j] & walk.candidate[depth, j]
        walk.candidate[depth, j] &= ~walk.todo[depth, j]
    walk.number[FRESH] = 0


@inner_kernel
def next_item(walk: Walk) -> Num:
    """Take the next item that is to be tried at this node; -1: none is left."""
    depth = walk.number[DEPTH]
    for j in range(walk.edge.shape[1]):
        if walk.todo[depth, j] != 0:
            item = (j << 6) + lowest(walk.todo[depth, j])
            walk.todo[depth, j] &= walk.todo[depth, j] - 1
            return item
    return np.int64(-1)


@inner_kernel
def try_again(walk: Walk, item: Num) -> None:
    """Put an item back among those that are to be tried (a search was given up)."""
    walk.todo[walk.number[DEPTH], item >> 6] |= np.int64(1) << (item & 63)


@inner_kernel
def look_ahead(walk: Walk, item: Num) -> None:
    """Count the edges that are hit if an item is chosen too."""
    depth, n = walk.number[DEPTH], walk.number[EDGES]
    walk.chosen[depth] = item
    for word in range((n + 63) >> 6):
        hit = walk.hit[item, word]
        walk.twice[depth + 1, word] = walk.twice[depth, word] | (walk.once[depth, word] & hit)
        walk.once[depth + 1, word] = walk.once[depth, word] | hit


@inner_kernel
def descend(walk: Walk) -> None:
    """Make the node with the item that was looked at the current one; later siblings may choose that item as well."""
    depth = walk.number[DEPTH]
    item = walk.chosen[depth]
    for j in range(walk.edge.shape[1]):
        walk.candidate[depth + 1, j] = walk.candidate[depth, j]
    walk.candidate[depth, item >> 6] |= np.int64(1) << (item & 63)
    walk.number[DEPTH] = depth + 1
    walk.number[FRESH] = 1


@inner_kernel
def critical(walk: Walk, item: Num, depth: Num) -> Num:
    """Tell whether an edge is known that shows that a chosen item is critical among the first `depth`."""
    for word in range((walk.number[EDGES] + 63) >> 6):
        if walk.written[item, word] & walk.once[depth, word] & ~walk.twice[depth, word] != 0:
            return True
    return False


@inner_kernel
def record(walk: Walk, depth: Num) -> None:
    """Write the first `depth` chosen items down as a set that was found."""
    row = walk.number[FOUND_SETS]
    for j in range(walk.sets.shape[1]):
        walk.sets[row, j] = 0
    for i in range(depth):
        item = walk.chosen[i]
        walk.sets[row, item >> 6] |= np.int64(1) << (item & 63)
    walk.number[FOUND_SETS] = row + 1


@inner_kernel
def has_to_pause(walk: Walk, nodes: Num) -> Num:
    """Tell whether what was found has to be read, more room is needed, or enough was done (`nodes`: of searches)."""
    number = walk.number
    number[STEPS] += 1 + nodes - number[NODES_BEFORE]
    number[NODES_BEFORE] = nodes
    most = number[EDGES] + 2 * number[DEPTH] + 4  # so many edges there are after one step, at most
    full = number[FOUND_SETS] >= number[MOST_SETS] or most - number[READ] > len(walk.edge_point)
    return full or most > len(walk.edge) or number[STEPS] > number[LAST_STEP]
