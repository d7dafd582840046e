"""The trees of a fitted ensemble as plain arrays, numbered together without a walk in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...engine._native import depth_first
from ...engine.arrays import F64, I32, I64, Bools
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.errors import BadInputError, shown
from ...engine.models.ensembles import EnsembleArrays

VOTINGS = ("soft", "hard")


class Choice(NamedTuple):
    """A split by categories.

    Attributes
    ----------
    listed : frozenset of float
        Categories that the split names.
    right : bool
        Whether these go to the right, and the others to the left (else the other way round).
    known : frozenset of float or None
        Categories that the model knows, if it treats all others as missing.
    """

    listed: frozenset[float]
    right: bool
    known: frozenset[float] | None = None

    def turns(self, values: NDArray[Any], missing_left: bool) -> Bools:
        """Tell for each value, NaN for a missing one, whether it goes to the right."""
        inside = np.isin(values, list(self.listed))
        absent = np.isnan(values)
        if self.known is not None:
            absent |= ~np.isin(values, list(self.known))
        right: Bools = np.where(absent, not missing_left, inside == self.right)
        return right


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One tree: node 0 is its root, ``left[i]`` is -1 for a leaf.

    Attributes
    ----------
    left, right : ndarray of int
        Where ``x <= threshold``, and elsewhere.
    feature : ndarray of int
        Columns of the ensemble.
    threshold : ndarray of float64
        What ``x`` is compared with, in float64.
    missing_left : ndarray of bool
        Whether a missing value goes to the left.
    values : ndarray of float64, shape (n_nodes, n_outputs)
        What a leaf gives.
    choices : mapping from node to Choice
        The nodes that split by categories; their thresholds say nothing.
    """

    left: NDArray[Any]
    right: NDArray[Any]
    feature: NDArray[Any]
    threshold: F64
    missing_left: Bools
    values: F64
    choices: Mapping[int, Choice] = field(default_factory=dict)

    def turns(self, node: int, values: NDArray[Any]) -> Bools:
        """Tell for each value of a node's column whether the node sends it to the right."""
        missing_left = bool(self.missing_left[node])
        choice = self.choices.get(node)
        if choice is not None:
            return choice.turns(values, missing_left)
        past = values.astype(np.float64) > self.threshold[node]
        right: Bools = np.where(np.isnan(values), not missing_left, past)
        return right


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """An ensemble: its trees, and how what they give is added (see ``EnsembleArrays`` and ``CompiledEnsemble``).

    Attributes
    ----------
    members, base, divisor, single, classes, voting, threshold, link, transform, slack
        As there.
    reading : Reading
        Precision in which the trees read numbers.
    below : bool
        Whether the library tests ``x < t``: tests are then told by ``x >= t`` where t is the next number after a
        member's threshold (else by ``x > threshold``).
    """

    members: tuple[Member, ...]
    base: F64
    divisor: float
    classes: tuple[Any, ...]
    voting: str
    single: bool = False
    threshold: float = 0.0
    link: str = "identity"
    transform: Callable[[F64], F64] | None = None
    reading: Reading = Reading.FLOAT32
    below: bool = False
    slack: float = 0.0

    def condition_of(self, column: int, threshold: float, missing: bool) -> Condition:
        """Return the condition that is true where a test sends its input to the right."""
        if self.below:
            return Condition(column, Operator.GE, self.reading.above(threshold), missing)
        return Condition(column, Operator.GT, threshold, missing)


def member_of(tree: Any, values: F64, columns: NDArray[Any] | None = None) -> Member:
    """Return a ``sklearn.tree._tree.Tree`` as arrays.

    Parameters
    ----------
    tree : Tree
        The structure.
    values : ndarray, shape (n_nodes, n_outputs)
        What a leaf gives.
    columns : ndarray of int, optional
        The ensemble's column of each column of the tree.
    """
    feature = tree.feature
    if columns is not None:
        feature = np.where(feature >= 0, np.asarray(columns)[np.maximum(feature, 0)], -1)
    missing_left = getattr(tree, "missing_go_to_left", None)
    if missing_left is None:
        missing_left = np.zeros(tree.node_count, np.bool_)
    return Member(tree.children_left, tree.children_right, feature, tree.threshold, missing_left.astype(bool), values)


def number_members(parts: Parts, missing: frozenset[int]) -> tuple[EnsembleArrays, tuple[Condition, ...]]:
    """Return the trees as arrays, their nodes in depth-first order, and the conditions that are true to the right.

    Two tests share a number if no number that the trees can read tells them apart.
    """
    members = parts.members
    sizes = np.array([len(member.left) for member in members], dtype=np.int64)
    root = np.cumsum(sizes) - sizes
    base = np.repeat(root, sizes)
    old_left = np.concatenate([member.left for member in members])
    old_right = np.concatenate([member.right for member in members])
    is_leaf = old_left < 0
    order = depth_first(root, np.where(is_leaf, -1, old_left + base), old_right + base)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    inner = order[~is_leaf[order]]
    literal, left, right = (np.zeros(len(order), np.int32) for _ in range(3))
    at = place[inner]
    left[at], right[at] = place[(old_left + base)[inner]], place[(old_right + base)[inner]]
    literal[at], conditions = _numbered(parts, inner, missing)
    leaf = np.full(len(order), -1, np.int32)
    row = np.cumsum(is_leaf) - 1  # of a leaf among all leaves, in their old order
    leaves = order[is_leaf[order]]
    leaf[place[leaves]] = np.arange(len(leaves))
    rows = np.concatenate([member.values[member.left < 0] for member in members])[row[leaves]]
    arrays = EnsembleArrays(
        root.astype(np.int32), literal, left, right, leaf, np.ascontiguousarray(rows, np.float64), parts.base,
        parts.divisor, parts.single,
    )  # fmt: skip
    return arrays, conditions


def _numbered(parts: Parts, inner: I64, missing: frozenset[int]) -> tuple[I32, tuple[Condition, ...]]:
    """Return the literal of each inner node, given in depth-first order, and the conditions."""
    members = parts.members
    feature = np.concatenate([member.feature for member in members])[inner].astype(np.int64)
    threshold = np.concatenate([member.threshold for member in members])[inner]
    goes_right = np.zeros(len(inner), np.bool_)
    if missing:
        goes_left = np.concatenate([member.missing_left for member in members])[inner]
        goes_right = ~goes_left & np.isin(feature, list(missing))
    first, group = _groups(feature, goes_right, threshold, parts.reading)
    ranked = np.argsort(first)
    number = np.empty(len(first), np.int32)
    number[ranked] = np.arange(1, len(first) + 1)
    met = first[ranked]
    columns, bounds, absent = (array[met].tolist() for array in (feature, threshold, goes_right))
    if parts.below:
        bounds = [parts.reading.above(bound) for bound in bounds]
    operator = Operator.GE if parts.below else Operator.GT
    conditions = map(Condition._make, zip(columns, repeat(operator), bounds, absent, strict=False))
    return number[group.reshape(-1)], tuple(conditions)


def _groups(feature: I64, goes_right: Bools, threshold: F64, reading: Reading) -> tuple[I64, I64]:
    """Return the first test of each group of tests that mean the same, and the group of each test."""
    if reading is Reading.FLOAT32:
        bits = floors(threshold).view(np.uint32).astype(np.int64)
        key = (feature << 33) | (goes_right.astype(np.int64) << 32) | bits
    else:
        _, rank = np.unique(threshold + 0.0, return_inverse=True)
        key = (feature << 33) | (goes_right.astype(np.int64) << 32) | rank.reshape(-1)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return first, group


def floors(numbers: F64) -> NDArray[np.float32]:
    """Return the largest float32 that is at most each number, as ``Reading.FLOAT32.floor`` does; no negative zero."""
    with np.errstate(over="ignore"):
        rounded = numbers.astype(np.float32)
        below = np.nextafter(rounded, np.float32(-np.inf))
    floor: NDArray[np.float32] = np.where(rounded > numbers, below, rounded)
    return floor + np.float32(0.0)


def vote_of(values: F64) -> F64:
    """Return one vote for the first greatest number of each row."""
    votes = np.zeros(values.shape)
    if values.shape[1]:
        votes[np.arange(len(values)), values.argmax(axis=1)] = 1.0
    return votes


def check_voting(voting: Any) -> None:
    """Raise BadInputError if `voting` is none of the two."""
    if not isinstance(voting, str) or voting not in VOTINGS:
        raise BadInputError(f"voting={shown(voting)}: expected 'soft' or 'hard'")
