"""The trees of a forest of ONNX as plain arrays: tests ``x <= threshold``, or by listed numbers.

A column that is only asked which number it is (``BRANCH_EQ``, ``BRANCH_NEQ``, ``BRANCH_MEMBER``) is one of categories.
Where such a test meets a column of numbers it is told by comparisons, and so are nodes with several parents by copies:
what is known of a column on the way is kept in mind, so that copies stay few.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...engine._native import depth_first
from ...engine.arrays import F64, I64, Bools
from ...engine.errors import UnsupportedModelError
from ..assembly.members import Choice, Member
from ..assembly.node_tests import LIMIT
from .trees import EQ, GT, GTE, LEAF, LEQ, LT, MEMBER, NEQ, Forest, reached

_BY_SET = (EQ, NEQ, MEMBER)


class Tests(NamedTuple):
    """The tests of a forest by their sides: a number goes to ``left`` up to ``threshold``, or as a choice says."""

    left: I64
    right: I64
    threshold: F64
    missing_left: Bools
    by_set: Bools


def set_columns(forest: Forest) -> dict[int, F64]:
    """Return the columns that are only asked which number they are, with these numbers, ascending.

    Infinite numbers are left out: no row holds them.
    """
    inner = forest.mode != LEAF
    by_set = np.isin(forest.mode, _BY_SET)
    ordered = set(forest.feature[inner & ~by_set].tolist())
    found: dict[int, list[float]] = {}
    for node in np.nonzero(by_set)[0].tolist():
        column = int(forest.feature[node])
        if column not in ordered:
            found.setdefault(column, []).extend(filter(math.isfinite, _listed(forest, node)))
    return {column: np.unique(np.array(listed)) + 0.0 for column, listed in sorted(found.items())}


def members_of(forest: Forest, values: F64, listed: set[int], where: str) -> tuple[Member, ...]:
    """Return the trees.

    Parameters
    ----------
    forest : Forest
        The nodes.
    values : ndarray of float64, shape (n_nodes, n_scores)
        What each leaf gives.
    listed : set of int
        Columns whose tests may be told by the numbers that they list.
    where : str
        The model, in error messages.

    Raises
    ------
    FormatError, UnsupportedModelError
        If nodes lie in a circle, or the trees would need too many tests.
    """
    parents = reached(forest, where)
    tests = _tests(forest)
    loose = tests.by_set & ~np.isin(forest.feature, list(listed))
    if (parents > 1).any() or loose.any():
        return _Copies(forest, tests, values, loose, where).members()
    order = depth_first(forest.roots, tests.left, tests.right)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    starts = [*place[forest.roots].tolist(), len(order)]
    base = np.repeat(place[forest.roots], np.diff(starts))
    left, right = (np.where(child[order] < 0, -1, place[child[order]] - base) for child in (tests.left, tests.right))
    feature, threshold, missing_left = forest.feature[order], tests.threshold[order], tests.missing_left[order]
    sets = tests.by_set[order]
    given = values[order]
    made = []
    for start, end in itertools.pairwise(starts):
        span = slice(start, end)
        choices = {int(i): _choice(forest, int(order[start + i])) for i in np.nonzero(sets[span])[0]}
        made.append(
            Member(left[span], right[span], feature[span], threshold[span], missing_left[span], given[span], choices)
        )
    return tuple(made)


def _tests(forest: Forest) -> Tests:
    """Return the tests, those of all modes alike."""
    mode, missing = forest.mode, forest.missing_true.copy()
    leaf, by_set = mode == LEAF, np.isin(mode, _BY_SET)
    missing[mode == NEQ] = True  # NaN is unequal to all numbers
    true_left = (mode == LEQ) | (mode == LT)
    left = np.where(leaf, -1, np.where(true_left, forest.true, forest.false))
    right = np.where(leaf, -1, np.where(true_left, forest.false, forest.true))
    strict = (mode == LT) | (mode == GTE)
    threshold = np.where(strict, _before(forest, forest.threshold), forest.threshold)
    assert ((mode == GT) | true_left | strict | by_set | leaf).all()
    return Tests(left, right, np.where(leaf | by_set, 0.0, threshold), missing == true_left, by_set)


def _before(forest: Forest, numbers: F64) -> F64:
    """Return the next numbers below, in the precision of the trees."""
    kind: Any = np.float32 if forest.single else np.float64
    below: F64 = np.nextafter(numbers.astype(kind), kind(-np.inf)).astype(np.float64)
    return below


def _listed(forest: Forest, node: int) -> list[float]:
    if forest.mode[node] == MEMBER:
        return [float(number) for number in forest.members[node]]
    return [float(forest.threshold[node])]


def _choice(forest: Forest, node: int) -> Choice:
    """Return the numbers that a test lists; the right child is where it is true."""
    return Choice(frozenset(_listed(forest, node)), bool(forest.mode[node] != NEQ))


class _Known(NamedTuple):
    """What is known of a column: numbers above ``low`` up to ``high`` (none if they are equal), or a missing value."""

    low: float = -np.inf
    high: float = np.inf
    missing: bool = True


_Row = tuple[int, int, int, float, bool, int]  # left, right, feature, threshold, missing left, node


class _Copies:
    """Writes trees anew, node by node."""

    def __init__(self, forest: Forest, tests: Tests, values: F64, loose: Bools, where: str) -> None:
        self._forest, self._values, self._where = forest, values, where
        self._tests = Tests(*(part.tolist() for part in tests))  # lists are quicker to walk
        self._cuts = {node: self._cuts_of(node) for node in np.nonzero(loose)[0].tolist()}
        self._kept = {int(forest.feature[node]) for node in self._cuts}
        self._room = LIMIT + len(forest.mode)

    def _cuts_of(self, node: int) -> list[float]:
        """Return the numbers up to which a test has one outcome, ascending."""
        told = np.array(_listed(self._forest, node))
        return sorted({*told.tolist(), *_before(self._forest, told).tolist()})

    def members(self) -> tuple[Member, ...]:
        """Return all trees."""
        return tuple(self._member(int(root)) for root in self._forest.roots)

    def _member(self, root: int) -> Member:
        rows: list[_Row] = [(-1, -1, 0, 0.0, False, root)]
        stack: list[tuple[int, dict[int, _Known], int]] = [(root, {}, 0)]
        while stack:
            node, known, place = stack.pop()
            node, split = self._settled(node, known)
            if split is None:
                rows[place] = (-1, -1, 0, 0.0, False, node)
                continue
            feature, threshold, missing_left, sides = split
            first = len(rows)
            rows[place] = (first, first + 1, feature, threshold, missing_left, node)
            rows += [(-1, -1, 0, 0.0, False, node)] * 2
            if len(rows) > self._room:
                raise UnsupportedModelError(
                    f"{self._where} shares nodes, or asks numbers for equality, in so many ways that its trees need "
                    f"more than {LIMIT} tests: export it again with columns of categories as such"
                )
            stack += [(*sides[1], first + 1), (*sides[0], first)]
        self._room -= len(rows)
        told = np.array([row[:3] for row in rows], np.int64)
        origin = np.array([row[5] for row in rows], np.int64)
        choices = {
            i: _choice(self._forest, row[5])
            for i, row in enumerate(rows)
            if row[0] >= 0 and self._tests.by_set[row[5]] and row[5] not in self._cuts
        }
        return Member(
            told[:, 0], told[:, 1], told[:, 2], np.array([row[3] for row in rows]),
            np.array([row[4] for row in rows], np.bool_), self._values[origin], choices,
        )  # fmt: skip

    def _settled(self, node: int, known: dict[int, _Known]) -> tuple[int, Any]:
        """Pass over tests whose outcome is known; return the next node, and how it is split (None: a leaf)."""
        tests = self._tests
        while tests.left[node] >= 0:
            feature = int(self._forest.feature[node])
            if feature not in self._kept:
                sides = (tests.left[node], known), (tests.right[node], known)
                return node, (feature, float(tests.threshold[node]), bool(tests.missing_left[node]), sides)
            here = known.get(feature, _Known())
            split = self._asked(node, feature, here, known)
            if not isinstance(split, int):
                return node, split
            node = split
        return node, None

    def _asked(self, node: int, feature: int, here: _Known, known: dict[int, _Known]) -> Any:
        """Return the child that is known to follow, or how the node is split."""
        tests = self._tests
        left, right, missing_left = int(tests.left[node]), int(tests.right[node]), bool(tests.missing_left[node])
        absent = left if missing_left else right
        if here.low == here.high:
            return absent
        if node in self._cuts:
            inside = [cut for cut in self._cuts[node] if here.low < cut < here.high]
            if inside:
                low, high = here._replace(high=inside[0], missing=False), here._replace(low=inside[0])
                return feature, inside[0], False, ((node, known | {feature: low}), (node, known | {feature: high}))
            within = here.high in _listed(self._forest, node)
            present = right if within == (self._forest.mode[node] != NEQ) else left
            if not here.missing or present == absent:
                return present
            apart = here._replace(low=here.high)
            sides = (present, known | {feature: here._replace(missing=False)}), (absent, known | {feature: apart})
            return feature, here.high, False, sides
        cut = float(tests.threshold[node])
        if cut >= here.high or cut <= here.low:
            present = left if cut >= here.high else right
            if not here.missing or present == absent:
                return present
        below = here._replace(high=min(max(cut, here.low), here.high), missing=here.missing and missing_left)
        above = here._replace(low=min(max(cut, here.low), here.high), missing=here.missing and not missing_left)
        return feature, cut, missing_left, ((left, known | {feature: below}), (right, known | {feature: above}))


def values_of(forest: Forest, targets: NDArray[np.int64]) -> F64:
    """Return what each leaf gives to the scores of some targets, shape (n_nodes, n_targets)."""
    column = np.full(int(forest.target.max(initial=-1)) + 2, -1, np.int64)
    within = targets < len(column)
    column[targets[within]] = np.nonzero(within)[0]
    values = np.zeros((len(forest.mode), len(targets)))
    chosen = column[forest.target]
    kept = chosen >= 0
    values[forest.leaf[kept], chosen[kept]] = forest.weight[kept]
    return values
