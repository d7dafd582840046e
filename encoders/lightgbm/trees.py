"""The trees of a LightGBM model as plain arrays.

Guaranteed form
---------------
A node tests ``x <= threshold`` in float64 and goes left where it holds; NaN goes where ``missing_left`` says. LightGBM
reads numbers as small as `ZERO` as 0, and has three kinds of splits of numbers: NaN is 0; NaN has its own direction; or
NaN and 0 have their own direction. The last kind is told by up to three tests, below which the side of 0 is kept in
mind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, Bools
from ...engine.errors import FormatError, UnsupportedModelError
from ..assembly.assemble import Categories, anything, checked_member, finite, negative, renumbered
from ..assembly.members import Choice, Member
from ..assembly.node_tests import LIMIT
from .blocks import TextTree
from .files import ModelText

ZERO = float(np.float32(1e-35))  # numbers up to this size count as zero
_BELOW = float(np.nextafter(-ZERO, -np.inf))
_NAN_IS_ZERO, _ZERO_IS_MISSING = 0, 1

# Where the value of a feature is known to lie, below a split whose zeros go their own way.
_NEGATIVE, _SMALL, _POSITIVE = "negative", "small", "positive"
_Sides = tuple[tuple[int, str], ...]


def member_of_text(tree: TextTree, group: int, n_groups: int, n_features: int, where: str) -> Member:
    """Return one tree, whose leaves speak of one group (class).

    Raises
    ------
    FormatError, BadInputError
        If its nodes make no tree, or numbers are missing.
    """
    splits = len(tree.left)
    finite(tree.leaf, f"a leaf of {where}")
    if np.isnan(tree.threshold).any():
        raise FormatError(f"{where} has a split at NaN: save the model again")
    children = np.concatenate([tree.left, tree.right])
    if ((children < -len(tree.leaf)) | (children >= splits)).any():
        raise FormatError(f"{where}: its nodes make no tree; they lead to nodes that are not there, save it again")
    ends = np.full(len(tree.leaf), -1, np.int64)
    left, right = (
        np.concatenate([np.where(child < 0, splits + ~child, child), ends]) for child in (tree.left, tree.right)
    )
    feature = np.concatenate([tree.feature, ends])
    kept = checked_member(left, right, feature, n_features, where)
    if len(kept) < len(left):
        raise FormatError(f"{where} has nodes that nothing leads to: the model is damaged, save it again")
    values = np.zeros((splits + len(tree.leaf), n_groups))
    values[splits:, group] = tree.leaf
    decision = np.concatenate([tree.decision, ends * 0])
    threshold = np.concatenate([tree.threshold, np.zeros(len(tree.leaf))])
    by_set = (decision & 1) > 0
    threshold, missing_left, apart = _routes(threshold, decision)
    choices = {
        int(node): _choice(tree, float(threshold[node]), where) for node in kept[by_set[kept]].tolist()
    }  # fmt: skip
    missing_left[by_set] = False
    whole = Member(left, right, feature, threshold, missing_left, values, choices)
    if (apart & ~by_set)[kept].any():
        return _expanded(whole, apart & ~by_set, (decision >> 2 & 3) == _ZERO_IS_MISSING)
    place = {int(node): i for i, node in enumerate(kept)}
    return Member(
        renumbered(left, kept), renumbered(right, kept), feature[kept], threshold[kept], missing_left[kept],
        values[kept], {place[node]: choice for node, choice in choices.items()},
    )  # fmt: skip


def _routes(threshold: F64, decision: NDArray[np.int64]) -> tuple[F64, Bools, Bools]:
    """Return thresholds, where NaN goes, and the splits whose zeros go elsewhere than their neighbours."""
    default_left = (decision & 2) > 0
    kind = decision >> 2 & 3
    missing_left = np.where(kind == _NAN_IS_ZERO, threshold >= 0.0, default_left)
    zeros = kind == _ZERO_IS_MISSING
    inside = (threshold >= -ZERO) & (threshold < ZERO)  # then all small numbers go where 0 goes
    zero_left = np.where(zeros, default_left, threshold >= 0.0)
    shifted = np.where(inside, np.where(zero_left, ZERO, _BELOW), threshold)
    apart = zeros & ~inside & ((threshold >= ZERO) != default_left)
    return np.where((decision & 1) > 0, threshold, shifted), missing_left, apart


def _choice(tree: TextTree, told: float, where: str) -> Choice:
    """Return a split by categories: those in its bit set go to the left."""
    number = int(told) if 0 <= told < len(tree.bounds) - 1 else -1
    if number != told:
        raise FormatError(f"{where} names a set of categories that is not there: save the model again")
    words = tree.bits[tree.bounds[number] : tree.bounds[number + 1]].tolist()
    listed = [32 * i + bit for i, word in enumerate(words) for bit in range(32) if word >> bit & 1]
    return Choice(frozenset(map(float, listed)), False)


def _expanded(tree: Member, apart: Bools, zeros: Bools) -> Member:
    """Return a tree in which splits whose zeros go their own way are told by several tests."""
    rows: list[tuple[int, int, int, float, bool, int]] = [(-1, -1, -1, 0.0, False, 0)]
    stack: list[tuple[int, _Sides, int]] = [(0, (), 0)]

    def two(place: int, feature: int, threshold: float, missing_left: bool, node: int) -> tuple[int, int]:
        """Write a test, and make room for what follows it."""
        if len(rows) > LIMIT:
            raise UnsupportedModelError(
                f"zeros that count as missing would need more than {LIMIT} tests in one tree: fit it with fewer "
                "leaves, or with zero_as_missing=False"
            )
        first = len(rows)
        rows[place] = (first, first + 1, feature, threshold, missing_left, node)
        rows.extend([(-1, -1, -1, 0.0, False, 0)] * 2)
        return first, first + 1

    while stack:
        node, sides, place = stack.pop()
        node = _settled(tree, zeros, node, dict(sides))
        feature, threshold = int(tree.feature[node]), float(tree.threshold[node])
        default = bool(tree.missing_left[node])
        left, right = int(tree.left[node]), int(tree.right[node])
        if left < 0:
            rows[place] = (-1, -1, -1, 0.0, False, node)
        elif apart[node] and feature not in dict(sides):
            low, high = two(place, feature, ZERO, True, node)
            lower, upper = two(low, feature, _BELOW, False, node)
            stack.append((node, (*sides, (feature, _POSITIVE)), high))
            stack.append((left if default else right, (*sides, (feature, _SMALL)), upper))
            stack.append((node, (*sides, (feature, _NEGATIVE)), lower))
        else:
            low, high = two(place, feature, threshold, default, node)
            stack += [(right, sides, high), (left, sides, low)]
    told = np.array([row[:3] for row in rows], np.int64)
    origin = np.array([row[5] for row in rows], np.int64)
    choices = {i: tree.choices[row[5]] for i, row in enumerate(rows) if row[0] >= 0 and row[5] in tree.choices}
    return Member(
        told[:, 0], told[:, 1], told[:, 2], np.array([row[3] for row in rows]), np.array([row[4] for row in rows]),
        tree.values[origin], choices,
    )  # fmt: skip


def _settled(tree: Member, zeros: Bools, node: int, sides: dict[int, str]) -> int:
    """Pass over the splits whose outcome is known from the side of 0."""
    while tree.left[node] >= 0 and zeros[node] and node not in tree.choices:
        side = sides.get(int(tree.feature[node]))
        if side == _SMALL:
            goes_left = bool(tree.missing_left[node])
        elif side == _NEGATIVE and tree.threshold[node] >= _BELOW:
            goes_left = True
        elif side == _POSITIVE and tree.threshold[node] <= ZERO:
            goes_left = False
        else:
            break
        node = int(tree.left[node] if goes_left else tree.right[node])
    return node


def categories_of(text: ModelText, members: tuple[Member, ...], where: str) -> dict[int, Categories]:
    """Return the columns of categories: with the values of the data frame, else with the numbers that are known.

    Raises
    ------
    UnsupportedModelError
        If it is open which columns the data frame's categories belong to.
    """
    infos: list[str] = text.header.get("feature_infos", "").split()
    seen: dict[int, set[float]] = {c: _numbers(info) for c, info in enumerate(infos) if _lists(info)}
    told = text.parameters.get("categorical_feature", "")
    marked = [int(c) for c in told.split(",")] if told and all(c.isdigit() for c in told.split(",")) else []
    for member in members:
        for node, choice in member.choices.items():
            seen.setdefault(int(member.feature[node]), set()).update(choice.listed)
    columns = sorted(set(seen) | set(marked))
    if not text.frame_categories:
        return {c: _open(seen.get(c, set())) for c in columns}
    if len(columns) != len(text.frame_categories):
        raise UnsupportedModelError(
            f"{where} was fitted on a data frame with {len(text.frame_categories)} columns of categories, of which it "
            f"splits {len(columns)} by categories: expected all of them to be unordered; turn the others into numbers"
        )
    return {
        c: Categories(values, np.arange(len(values), dtype=np.float64), void=anything)
        for c, values in zip(columns, text.frame_categories, strict=True)
    }


def _lists(info: str) -> bool:
    """Tell whether what a text says of a column is a list of categories."""
    return info != "none" and not info.startswith("[")


def _numbers(info: str) -> set[float]:
    parts: list[Any] = info.split(":")
    return {float(part) for part in parts if part.isdigit()}


def _open(known: set[float]) -> Categories:
    """Return listed categories and one for all others."""
    tokens = sorted(known)
    other = tokens[-1] + 1.0 if tokens else 0.0
    return Categories((*tokens, other), np.array([*tokens, other]), other=True, void=negative)
