"""The trees of a CatBoost model as plain arrays.

Guaranteed form
---------------
A node tests ``x > border`` in float32 and goes right where it holds (a missing value where the model puts it), or
whether a column of codes is among listed ones. Symmetric trees have one test a level; what a leaf's tests cannot all be
at once is left out, with the tests that decide nothing then.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I64, Bools
from ...engine.errors import FormatError, SufficeError, shown
from ...engine.setup_limit import each_in_time
from ..assembly.assemble import renumbered
from ..assembly.members import Choice, Member
from .categories import Splits, splits_of
from .files import REMEDY, Content, single

_DEEPEST = 20  # levels of a symmetric tree
_NODES = 1 << 21  # of a tree
_LARGEST = float(np.finfo(np.float32).max)
Key = tuple[Any, ...]  # (column, border) of a number; as in ``categories`` for a category, with a mark before it


@dataclass(frozen=True, slots=True, eq=False)
class CatBoostTrees:
    """A model's trees, and what its columns of categories are."""

    members: tuple[Member, ...]
    splits: Splits


class _Reader:
    """Reads splits by what they tell, and checks them by their place among all splits of the model."""

    def __init__(self, content: Content, where: str) -> None:
        self.content, self.where = content, where
        self.borders = [(n, border) for n, one in enumerate(content.numbers) for border in one.borders]
        self.first = len(self.borders) + sum(map(len, content.listed.values()))
        self.statistics = [(s, border) for s, one in enumerate(content.statistics) for border in one.borders]
        self.known: dict[Any, tuple[Key, Any]] = {}

    def key(self, split: Any) -> Key:
        """Return what a split asks."""
        place = split["split_index"]
        known = self.known.get(place)
        if known is None:
            known = self.known[place] = (self._read(split), split)
        elif known[1] != split:
            raise ValueError("two splits of one place")
        return known[0]

    def _read(self, split: Any) -> Key:
        kind, content = split["split_type"], self.content
        if kind == "FloatFeature":
            number, border = self.borders[_place(split["split_index"])]
            if (number, border) != (split["float_feature_index"], single(split["border"])):
                raise ValueError(f"a split at {split['border']} is none of its column")
            return (content.numbers[number].column, border)
        if kind == "OneHotFeature":
            column, value = content.categories[_place(split["cat_feature_index"])], int(split["value"]) & 0xFFFFFFFF
            if value not in content.listed.get(column, ()):
                raise ValueError("a split by a category that is not listed")
            return ("category", column, value)
        if kind != "OnlineCtr":
            raise ValueError(f"a split of the kind {shown(kind, 30)}")
        place, border = self.statistics[_place(split["split_index"] - self.first)]
        told = content.statistics[place]
        if single(split["border"]) != border:
            raise ValueError("a split by a target statistic that is not listed")
        if split.get("ctr_target_border_idx", told.target) != told.target:
            raise ValueError("a split by another target statistic than is listed")
        return ("category", told.column, place, border)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is known of the splits of a model before its trees are built.

    Attributes
    ----------
    truth : mapping from split to ndarray of bool
        Of splits by categories: where they are true.
    choices : mapping from split to Choice
        The same as trees have it.
    above : frozenset of int
        Columns whose missing values are above all borders.
    only_missing : frozenset of split or None
        Splits that are true for a missing value only, above the largest number.
    never : frozenset of split
        Those of them whose columns are never missing.
    """

    truth: Mapping[Key, Bools]
    choices: Mapping[Key, Choice]
    above: frozenset[int]
    only_missing: frozenset[Key]
    never: frozenset[Key]

    def outcome(self, key: Key) -> bool | None:
        """Return the outcome of a split, if it is always the same."""
        if key[0] != "category":
            return False if key in self.never else None
        truth = self.truth[key[1:]]
        return bool(truth[0]) if truth.all() or not truth.any() else None


def _place(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{shown(number, 30)} is no place")
    return number


def trees_of(
    content: Content, rows_show: Mapping[int, Iterable[Any]], where: str, missing: frozenset[int] | None = None
) -> CatBoostTrees:
    """Return the trees of a model.

    Parameters
    ----------
    content : Content
        The model.
    rows_show : mapping from column to iterable
        Values of columns of categories that rows show.
    where : str
        What error messages call it.
    missing : frozenset of int, optional
        Columns that may be missing; None if that is not known yet.

    Raises
    ------
    FormatError
        If nodes make no tree, or something that they speak of is not there.
    """
    reader = _Reader(content, where)
    try:
        read: Any = _symmetric if content.symmetric else _free
        raw = [read(tree, reader, len(content.bias)) for tree in each_in_time(content.trees)]
        asked = dict.fromkeys(key[1:] for key, _ in reader.known.values() if key[0] == "category")
    except SufficeError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise FormatError(
            f"{where} has a damaged tree ({type(error).__name__}: {shown(error, 80)}): {REMEDY}"
        ) from None
    if not raw:
        raise FormatError(f"{where} has no trees: fit it with at least one iteration")
    splits = splits_of(content, asked, rows_show, where)
    above = frozenset(one.column for one in content.numbers if one.missing_above)
    only = {key for key, _ in reader.known.values() if key[0] != "category" and key[1] >= _LARGEST}
    only = set() if missing is None else only
    choices = {key: Choice(frozenset(map(float, np.nonzero(truth)[0])), True) for key, truth in splits.truth.items()}
    never = frozenset(key for key in only if key[0] not in (missing or ()))
    known = _Asked(splits.truth, choices, above, frozenset(only), never)
    build: Any = _from_levels if content.symmetric else _from_nodes
    return CatBoostTrees(tuple(build(tree, known) for tree in each_in_time(raw)), splits)


def _leaves(values: Any, count: int, outputs: int) -> F64:
    """Return what leaves give, shape (count, outputs)."""
    given = np.asarray(values)
    if given.dtype.kind not in "fiu" or given.size != count * outputs or not np.isfinite(given).all():
        raise ValueError(f"leaves that are no {count * outputs} finite numbers")
    return given.astype(np.float64).reshape(count, outputs)


# Symmetric trees


def _symmetric(tree: Any, reader: _Reader, outputs: int) -> tuple[list[Key], F64]:
    keys = [reader.key(split) for split in tree["splits"] or ()]
    if len(keys) > _DEEPEST:
        raise ValueError(f"{len(keys)} levels")
    return keys, _leaves(tree["leaf_values"], 1 << len(keys), outputs)


@functools.cache
def _shape(depth: int) -> tuple[I64, I64, I64, Bools]:
    """Return of a whole tree: children, levels, the leaf of each node of the last level, and its turns (leaf, level).

    Leaves are numbered as CatBoost does: bit k tells the outcome of level k.
    """
    inner = (1 << depth) - 1
    nodes = np.arange(2 * inner + 1)
    left, right = (np.where(nodes < inner, 2 * nodes + side, -1) for side in (1, 2))
    level = np.floor(np.log2(nodes + 1)).astype(np.int64)
    path = np.arange(1 << depth)
    turns = (path[:, None] >> np.arange(depth - 1, -1, -1)) & 1
    leaf = (turns << np.arange(depth)).sum(axis=1)
    return np.stack([left, right]), level, leaf, turns.astype(np.bool_)


def _from_levels(tree: tuple[list[Key], F64], asked: _Asked) -> Member:
    keys, values = tree
    depth = len(keys)
    (left, right), level, leaf, turns = _shape(depth)
    inner = (1 << depth) - 1
    whole = np.zeros((2 * inner + 1, values.shape[1]))
    whole[inner:] = values[leaf]
    goal = _goals(left, right, _possible(keys, turns, asked), inner)
    kept = _reached(left, right, goal, inner)
    at = np.minimum(level[kept], depth - 1) if depth else level[kept]
    is_inner = kept < inner
    place = np.full(len(left) + 1, -1, np.int64)
    place[kept] = np.arange(len(kept))
    children = [np.where(is_inner, place[goal[np.where(is_inner, side[kept], 0)]], -1) for side in (left, right)]
    told = [keys[k] if one else () for k, one in zip(at.tolist(), is_inner.tolist(), strict=True)]
    return _member(children, told, whole[kept], asked)


def _possible(keys: list[Key], turns: Bools, asked: _Asked) -> Bools:
    """Tell of each leaf whether some input comes there."""
    possible = np.ones(len(turns), np.bool_)
    of_column: dict[Any, list[int]] = {}
    for level, key in enumerate(keys):
        of_column.setdefault(key[:2] if key[0] == "category" else key[0], []).append(level)
    for column, levels in of_column.items():
        if isinstance(column, tuple):
            truth = np.array([asked.truth[keys[level][1:]] for level in levels])
            weights = 1 << np.arange(len(levels))
            possible &= np.isin(turns[:, levels] @ weights, np.unique(weights @ truth))
            continue
        for level in levels:
            if keys[level] in asked.never:
                possible &= ~turns[:, level]
        levels.sort(key=lambda level: float(keys[level][1]))
        for low, high in pairwise(levels):
            possible &= turns[:, low] | ~turns[:, high]
            if keys[low] == keys[high]:
                possible &= turns[:, low] == turns[:, high]
    return possible


def _goals(left: I64, right: I64, possible: Bools, inner: int) -> I64:
    """Return the node that decides for each node: itself, or one below it where only one side is possible."""
    goal = np.arange(len(left))
    reachable = np.zeros(len(left), np.bool_)
    reachable[inner:] = possible
    last = inner
    while last:
        first = last >> 1
        nodes = np.arange(first, last)
        on_left, on_right = reachable[left[nodes]], reachable[right[nodes]]
        reachable[nodes] = on_left | on_right
        goal[nodes] = np.where(on_left & on_right, nodes, np.where(on_left, goal[left[nodes]], goal[right[nodes]]))
        last = first
    return goal


def _reached(left: I64, right: I64, goal: I64, inner: int) -> I64:
    """Return the nodes that are left, the root first."""
    found = [goal[:1]]
    while True:
        nodes = found[-1][found[-1] < inner]
        if not len(nodes):
            return np.concatenate(found)
        found.append(goal[np.concatenate([left[nodes], right[nodes]])])


# Other trees


def _free(tree: Any, reader: _Reader, outputs: int) -> tuple[list[Key], list[list[int]], F64]:
    """Return the split of each node, its children, and what it gives, from the nested form."""
    keys: list[Key] = []
    children: list[list[int]] = [[], []]
    values: list[Any] = []
    stack = [(tree, -1, 0)]
    nothing = [0.0] * outputs
    while stack:
        node, parent, side = stack.pop()
        if parent >= 0:
            children[side][parent] = len(keys)
        split = node.get("split")
        keys.append(() if split is None else reader.key(split))
        children[0].append(-1)
        children[1].append(-1)
        if split is None:
            told = node["value"]
            values.append(told if isinstance(told, list) else [told])
        else:
            values.append(nothing)
            stack += [(node["right"], len(keys) - 1, 1), (node["left"], len(keys) - 1, 0)]
        if len(keys) > _NODES:
            raise ValueError("too many nodes")
    return keys, children, _leaves(values, len(keys), outputs)


def _from_nodes(tree: tuple[list[Key], list[list[int]], F64], asked: _Asked) -> Member:
    """Return a tree without the tests whose outcome is the same for all categories."""
    keys, (left, right), values = tree

    def settled(node: int) -> int:
        while keys[node]:
            outcome = asked.outcome(keys[node])
            if outcome is None:
                break
            node = right[node] if outcome else left[node]
        return node

    kept: list[int] = []
    stack = [settled(0)]
    while stack:
        node = stack.pop()
        kept.append(node)
        if keys[node]:
            left[node], right[node] = settled(left[node]), settled(right[node])
            stack += [right[node], left[node]]
    order = np.array(kept)
    children = [renumbered(np.array(side), order) for side in (left, right)]
    return _member(children, [keys[node] for node in kept], values[order], asked)


def _member(children: list[NDArray[np.int64]], keys: list[Key], values: F64, asked: _Asked) -> Member:
    columns = [key[1] if key and key[0] == "category" else key[0] if key else -1 for key in keys]
    feature = np.array(columns, np.int64)
    threshold = np.array([key[1] if key and key[0] != "category" else 0.0 for key in keys])
    threshold[[key in asked.only_missing for key in keys]] = np.inf
    missing_left = ~np.isin(feature, list(asked.above))
    chosen = {i: asked.choices[key[1:]] for i, key in enumerate(keys) if key and key[0] == "category"}
    values[children[0] >= 0] = 0.0
    return Member(children[0], children[1], feature, threshold, missing_left, values, chosen)
