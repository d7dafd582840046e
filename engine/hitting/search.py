"""Hitting sets within a budget, by branch and bound over clauses that come in while it searches.

Clauses are sets of variables as bits of words. A node has variables that are in, and others that are out; what is left
of a clause without the latter is its **rest**. A rest of one variable forces it in. Let each clause have some weight:
a set that hits all of them hits the whole weight. If even the variables that hit most for their price cannot do that
within what is left of the budget, there is nothing to be found; a variable without (with) which they could not is in
(out).

Where a set hits all clauses it is handed out. Clauses that are added then are seen by all open nodes: the search goes
on where it is, and proves in the end that no set within the budget hits all clauses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels import F64, I32, I64, Bools, Num, inner_kernel, kernel
from ..kernels.bits import WIDTH, count, lowest

NONE, FOUND, UNKNOWN, ROOM = 0, 1, 2, 3
_DEPTH, _CLAUSES, _BUDGET, _NODES, _LIMIT, _LEAVE, _BEYOND, _EQUAL = range(8)  # of ``Tree.number``
_COST, _VARIABLE, _STAGE, _FIRST, _LAST, _STAMP = range(6)  # of ``Tree.frame``
_ENDLESS = 2**62
_SLACK = 1e-9
_LIGHTER = 0.25  # what a clause weighs less for each variable that it has more
_RATE = 200_000  # words of clauses that nodes look at in a millisecond
_LONG = 400  # variables; from there on all weigh the same, and more than nothing


class Tree(NamedTuple):
    """Where a search stands, with its clauses and its room.

    Attributes
    ----------
    clause, rest : ndarray of int64, shape (m, n_words)
        The clauses; what is left of those on the list at hand.
    size : ndarray of int32, shape (m,)
        Number of variables of each rest.
    inside, outside : ndarray of int64, shape (n_variables + 2, n_words)
        The variables that are in and out, level by level.
    frame : ndarray of int64, shape (n_variables + 2, 6)
        ``COST`` of what is in, branching ``VARIABLE``, ``STAGE`` (0: in is next, 1: out is next, 2: done), ``FIRST``
        and ``LAST`` place of its list, number of clauses when that was made (``STAMP``).
    list : ndarray of int32
        Clauses that are not hit, level after level.
    price : ndarray of int64, shape (n_variables,)
        Of each variable, not negative.
    hits : ndarray of float64, shape (n_variables,)
        Weight that each variable hits.
    order : ndarray of int32, shape (n_variables,)
        Variables, greatest ``hits`` for their price first.
    number : ndarray of int64, shape (8,)
        ``DEPTH``, number of ``CLAUSES``, ``BUDGET``, ``NODES`` so far, their ``LIMIT``, whether the node at hand is
        done (``LEAVE``), the least cost ``BEYOND`` the budget that may do, the price of all variables if it is one
        (``EQUAL``, else 0).
    """

    clause: I64
    rest: I64
    size: I32
    inside: I64
    outside: I64
    frame: I64
    list: I32
    price: I64
    hits: F64
    order: I32
    number: I64


class HittingSearch:
    """Sets of variables that hit all clauses and cost no more than a budget, one after another.

    Parameters
    ----------
    prices : ndarray of int64, shape (n_variables,)
        Cost of each variable, not negative.
    """

    def __init__(self, prices: I64) -> None:
        n, words = len(prices), max(1, -(-len(prices) // WIDTH))
        self._n, self._words = n, words
        self._tree = Tree(
            np.zeros((64, words), np.int64), np.zeros((64, words), np.int64), np.zeros(64, np.int32),
            np.zeros((n + 2, words), np.int64), np.zeros((n + 2, words), np.int64), np.zeros((n + 2, 6), np.int64),
            np.zeros(1024, np.int32), prices.astype(np.int64), np.zeros(n), np.zeros(n, np.int32),
            np.array([-1, 0, -1, 0, 0, 0, _ENDLESS, 0], np.int64),
        )  # fmt: skip
        if n and prices.min() == prices.max():
            self._tree.number[_EQUAL] = prices.min()

    def _packed(self, rows: Bools) -> I64:
        """Return bool vectors over the variables as words."""
        room = np.zeros((len(rows), self._words * 8), np.uint8)
        packed = np.packbits(rows, axis=1, bitorder="little")
        room[:, : packed.shape[1]] = packed
        return room.view(np.int64)

    def add(self, rows: Bools) -> None:
        """Add clauses: bool vectors over the variables, shape (m, n_variables)."""
        tree, begin = self._tree, int(self._tree.number[_CLAUSES])
        end = begin + len(rows)
        if end > len(tree.clause):
            size = max(end, 2 * len(tree.clause))
            clause = np.zeros((size, self._words), np.int64)
            clause[:begin] = tree.clause[:begin]
            self._tree = tree = tree._replace(
                clause=clause, rest=np.zeros((size, self._words), np.int64), size=np.zeros(size, np.int32)
            )
        tree.clause[begin:end] = self._packed(rows)
        tree.number[_CLAUSES] = end

    def restart(self, budget: int) -> None:
        """Begin anew, with another budget."""
        tree = self._tree
        tree.number[_DEPTH], tree.number[_BUDGET], tree.number[_LEAVE], tree.number[_BEYOND] = 0, budget, 0, _ENDLESS
        tree.inside[0] = self._packed((tree.price == 0).reshape(1, -1))[0]
        tree.outside[0] = 0
        tree.frame[0] = 0

    def step(self, nodes: int) -> int:
        """Search on: ``FOUND`` (``chosen``), ``NONE`` (there is no more), or ``UNKNOWN`` after so many nodes."""
        number = self._tree.number
        number[_LIMIT] = number[_NODES] + nodes
        while (code := int(explore(self._tree))) == ROOM:
            longer = np.zeros(2 * len(self._tree.list) + int(number[_CLAUSES]), np.int32)
            longer[: len(self._tree.list)] = self._tree.list
            self._tree = self._tree._replace(list=longer)
        return code

    def tighten(self, budget: int) -> None:
        """Go on with a smaller budget."""
        self._tree.number[_BUDGET] = min(self._tree.number[_BUDGET], budget)

    def nodes_in(self, milliseconds: float) -> int:
        """Return how many nodes take about so long at least (by their size, so the same on every machine)."""
        clauses = int(self._tree.number[_CLAUSES])
        return 1 + int(_RATE * milliseconds / (clauses * (1 + self._words) + 10 * self._n + 100))

    def skip(self) -> None:
        """Leave the set that was found, and all that contain it."""
        self._tree.number[_LEAVE] = 1
        self._tree.frame[self._tree.number[_DEPTH], _STAGE] = 2

    @property
    def chosen(self) -> Bools:
        """The set that was found."""
        return self._bits(self._tree.inside)

    def _bits(self, words: I64) -> Bools:
        row = words[self._tree.number[_DEPTH]].view(np.uint8)
        return np.unpackbits(row, bitorder="little")[: self._n].astype(np.bool_)

    @property
    def outside(self) -> Bools:
        """The variables that are out where it was found."""
        return self._bits(self._tree.outside)

    @property
    def beyond(self) -> int:
        """After ``NONE``: a lower bound of what a set costs that was left out because of the budget."""
        return int(self._tree.number[_BEYOND])


@kernel
def explore(tree: Tree) -> Num:
    """Search on from where it stands; return ``FOUND``, ``NONE``, ``UNKNOWN`` or ``ROOM`` (the list is too short)."""
    number, frame = tree.number, tree.frame
    while number[_DEPTH] >= 0:
        d = number[_DEPTH]
        if number[_LEAVE] == 0:
            if number[_NODES] >= number[_LIMIT]:
                return UNKNOWN
            if not _list_new(tree, d):
                return ROOM
            number[_NODES] += 1
            state = _look(tree, d)
            if state == FOUND:
                return FOUND
            frame[d, _STAGE] = 2 if state == NONE else 0
            number[_LEAVE] = 1
        elif frame[d, _STAGE] == 2:
            number[_DEPTH] -= 1
        elif not _open_child(tree, d):
            return ROOM
    return NONE


@inner_kernel
def _list_new(tree: Tree, d: Num) -> Num:
    """Put clauses that have come since on the list of a level; False: there is no room."""
    frame, m = tree.frame, tree.number[_CLAUSES]
    if frame[d, _LAST] + m - frame[d, _STAMP] > len(tree.list):
        return False
    for k in range(frame[d, _STAMP], m):
        tree.list[frame[d, _LAST]] = k
        frame[d, _LAST] += 1
    frame[d, _STAMP] = m
    return True


@inner_kernel
def _open_child(tree: Tree, d: Num) -> Num:
    """Go one level deeper, with the branching variable in, then out; False: there is no room."""
    frame, number = tree.frame, tree.number
    first, last = frame[d, _FIRST], frame[d, _LAST]
    if last + (last - first) + number[_CLAUSES] > len(tree.list):
        return False
    for w in range(tree.inside.shape[1]):
        tree.inside[d + 1, w], tree.outside[d + 1, w] = tree.inside[d, w], tree.outside[d, w]
    v = frame[d, _VARIABLE]
    frame[d + 1, _COST] = frame[d, _COST]
    if frame[d, _STAGE] == 0:
        _put_in(tree, d + 1, v)
    else:
        _put_out(tree, d + 1, v)
    frame[d, _STAGE] += 1
    frame[d + 1, _FIRST], frame[d + 1, _LAST], frame[d + 1, _STAMP] = last, 2 * last - first, frame[d, _STAMP]
    for i in range(first, last):
        tree.list[last + i - first] = tree.list[i]
    number[_DEPTH], number[_LEAVE] = d + 1, 0
    return True


@inner_kernel
def _put_in(tree: Tree, d: Num, v: Num) -> None:
    tree.inside[d, v // WIDTH] |= np.int64(1) << np.int64(v % WIDTH)
    tree.frame[d, _COST] += tree.price[v]


@inner_kernel
def _put_out(tree: Tree, d: Num, v: Num) -> None:
    tree.outside[d, v // WIDTH] |= np.int64(1) << np.int64(v % WIDTH)


@kernel
def _look(tree: Tree, d: Num) -> Num:
    """Draw what follows at a node: ``NONE`` (nothing is to be found), ``FOUND``, or ``UNKNOWN`` (branch)."""
    number, frame = tree.number, tree.frame
    while True:
        if not _propagate(tree, d):
            return NONE
        if frame[d, _COST] > number[_BUDGET]:
            number[_BEYOND] = min(number[_BEYOND], frame[d, _COST])
            return NONE
        if frame[d, _FIRST] == frame[d, _LAST]:
            return FOUND
        weight = _weigh(tree, d)
        n = _sort(tree)
        state = _bound(tree, d, n, weight)
        if state == NONE:
            return NONE
        if state == FOUND:
            frame[d, _VARIABLE] = tree.order[0]
            return UNKNOWN


@inner_kernel
def _propagate(tree: Tree, d: Num) -> Num:
    """Take hit clauses off the list, write the rests of the others, and put in what is forced; False: it fails."""
    frame, n_words = tree.frame, tree.clause.shape[1]
    again = True
    while again:
        again = False
        end = frame[d, _FIRST]
        for i in range(frame[d, _FIRST], frame[d, _LAST]):
            k = tree.list[i]
            hit, size = False, 0
            for w in range(n_words):
                hit = hit or (tree.clause[k, w] & tree.inside[d, w]) != 0
                tree.rest[k, w] = tree.clause[k, w] & ~tree.outside[d, w]
                size += count(tree.rest[k, w])
            if hit:
                continue
            tree.list[end] = k
            end += 1
            tree.size[k] = size
            if size == 0:
                return False
            if size == 1:
                for w in range(n_words):
                    if tree.rest[k, w] != 0:
                        _put_in(tree, d, w * WIDTH + lowest(tree.rest[k, w]))
                again = True
                end -= 1
        frame[d, _LAST] = end
    return True


@inner_kernel
def _weigh(tree: Tree, d: Num) -> float:
    """Let each clause on the list weigh 4^-size; write how much each variable hits, and return the whole."""
    for v in range(len(tree.hits)):
        tree.hits[v] = 0.0
    total = 0.0
    for i in range(tree.frame[d, _FIRST], tree.frame[d, _LAST]):
        k = tree.list[i]
        weight = _LIGHTER ** min(tree.size[k], _LONG)
        total += weight
        for w in range(tree.clause.shape[1]):
            word = tree.rest[k, w]
            while word != 0:
                tree.hits[w * WIDTH + lowest(word)] += weight
                word &= word - 1
    return total


@kernel
def _sort(tree: Tree) -> Num:
    """Sort the variables that hit something by what they hit for their price; return their number."""
    rank = np.argsort(-tree.hits / np.maximum(tree.price, 1), kind="mergesort")
    n = 0
    for v in rank:
        if tree.hits[v] > 0:
            tree.order[n] = v
            n += 1
    return n


@inner_kernel
def _bound(tree: Tree, d: Num, n: Num, weight: float) -> Num:
    """Compare what can be hit with what must be: ``NONE`` (it fails), ``UNKNOWN`` (more is forced), ``FOUND``."""
    number, cost = tree.number, tree.frame[d, _COST]
    need, spent = weight * (1 - _SLACK), 0.0
    for i in range(n):
        v = tree.order[i]
        if tree.hits[v] >= need:
            spent += tree.price[v] * (need / tree.hits[v])
            break
        need -= tree.hits[v]
        spent += tree.price[v]
    least = cost + np.int64(np.ceil(spent - 1e-6))
    if least > number[_BUDGET]:
        number[_BEYOND] = min(number[_BEYOND], least)
        return NONE
    return _fix(tree, d, n, weight) if number[_EQUAL] > 0 else FOUND


@inner_kernel
def _fix(tree: Tree, d: Num, n: Num, weight: float) -> Num:
    """Put variables of equal price in (out) without (with) which the weight cannot be hit; as ``_bound`` returns."""
    number = tree.number
    left = (number[_BUDGET] - tree.frame[d, _COST]) // number[_EQUAL]
    if n <= left:
        return FOUND
    top = 0.0
    for i in range(left):
        top += tree.hits[tree.order[i]]
    last, next_one = tree.hits[tree.order[left - 1]], tree.hits[tree.order[left]]
    need = weight * (1 - _SLACK)
    fixed = False
    for i in range(n):
        v = tree.order[i]
        if i < left and top - tree.hits[v] + next_one < need:
            _put_in(tree, d, v)
            fixed = True
        elif i >= left and top - last + tree.hits[v] < need:
            _put_out(tree, d, v)
            fixed = True
    if not fixed:
        return FOUND
    number[_BEYOND] = min(number[_BEYOND], number[_BUDGET] + 1)
    return UNKNOWN
