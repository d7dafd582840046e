"""The parts of LightGBM's model text: its header, and one block a tree.

Guaranteed form
---------------
A header names all of its columns and its numbers fit each other. Every tree has the fields that its shape needs, as
arrays of the right lengths; each number is spelt as LightGBM spells numbers. Whether the children of its nodes make a
tree is checked when it is compiled (``trees``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import FormatError, UnsupportedModelError, shown

REMEDY = "expected a text that LightGBM's save_model wrote; save the model again"
_WHOLES = re.compile(r"[ \d-]*", re.ASCII)
_NUMBERS = re.compile(r"[ \d.eE+-]*", re.ASCII)
_FREE = re.compile(r"[ \d.eE+\-infa]*", re.ASCII)  # also inf and nan
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_FLAGS = ("average_output",)
_INFO = re.compile(r"none|\[[-+.\deE]+:[-+.\deE]+\]|-?\d+(:-?\d+)*|\[-?inf:-?inf\]", re.ASCII)
_OBJECTIVE = re.compile(r"([a-z_0-9]+( [a-z_0-9]+(:[-+.\deE]+)?)*)?", re.ASCII)
_INT32 = 2**31 - 1
_OPTIONAL = {  # fields that we do not read: the library does, one number a leaf or a split
    "leaf_weight": 0, "leaf_count": 0, "split_gain": -1, "internal_value": -1, "internal_weight": -1,
    "internal_count": -1,
}  # fmt: skip
_LINEAR = ("num_features", "leaf_features", "leaf_coeff", "leaf_const")  # of linear models in leaves, which are refused
_KNOWN = {
    "Tree", "num_leaves", "num_cat", "split_feature", "threshold", "decision_type", "left_child", "right_child",
    "leaf_value", "cat_boundaries", "cat_threshold", "shrinkage", "is_linear", "has_categorical", "leaf_parent",
    *_LINEAR, *_OPTIONAL,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class TextTree:
    """One tree; children below 0 are leaves, ``~child`` is their number.

    Attributes
    ----------
    left, right, feature, decision : ndarray of int64, shape (n_leaves - 1,)
        The splits; bits of ``decision``: categorical, default left, and two for the missing type.
    threshold : ndarray of float64
        What values are compared with; for a split by categories the number of its bit set.
    leaf : ndarray of float64, shape (n_leaves,)
        What the leaves give.
    bounds, bits : ndarray of int64
        The words of bit set i are ``bits[bounds[i]:bounds[i + 1]]``.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    decision: NDArray[np.int64]
    threshold: NDArray[np.float64]
    leaf: NDArray[np.float64]
    bounds: NDArray[np.int64]
    bits: NDArray[np.int64]


def fields(lines: Sequence[str], where: str) -> dict[str, str]:
    """Return the fields of some lines.

    Raises
    ------
    FormatError
        If one is told twice, or a line is none.
    """
    found: dict[str, str] = {}
    for line in lines:
        key, equals, value = line.partition("=")
        blank = value != value.strip(" \t") and key not in _LINEAR  # the library would read another number
        if line and (blank or key in found or not (equals or key in _FLAGS)):
            raise FormatError(f"{where} has the line {shown(line)}: it is damaged; {REMEDY}")
        if line:
            found[key] = value
    return found


def check_header(header: Mapping[str, str], where: str) -> None:
    """Raise FormatError if numbers of the header are absent, or do not fit each other."""

    def whole(key: str, least: int) -> int:
        told = header.get(key)
        if told is None or not _WHOLE.fullmatch(told) or not least <= int(told) <= _INT32:
            raise FormatError(f"{where} has {key}={shown(told)}: expected a whole number from {least}; {REMEDY}")
        return int(told)

    columns = whole("max_feature_idx", 0) + 1
    groups = whole("num_tree_per_iteration", 1)
    if whole("num_class", 1) != groups:
        raise FormatError(f"{where} has {groups} trees an iteration for {header['num_class']} classes; {REMEDY}")
    if not re.fullmatch(r"v\d+", header.get("version", "v2"), re.ASCII):
        raise FormatError(f"{where} has version={shown(header['version'])}: expected v2, v3 or v4; {REMEDY}")
    whole("label_index", 0)
    names = header.get("feature_names", "").split(" ")
    if len(names) != columns or len(set(names)) != columns or not all(names):
        raise FormatError(f"{where} does not name its {columns} columns, each once; {REMEDY}")
    infos = header.get("feature_infos", "").split()
    if len(infos) != columns or not all(_INFO.fullmatch(info) for info in infos):
        raise FormatError(f"{where} does not tell the values of its {columns} columns (feature_infos); {REMEDY}")
    objective = header.get("objective", "")
    if not _OBJECTIVE.fullmatch(objective):
        raise FormatError(f"{where} has objective={shown(objective)}: it is damaged; {REMEDY}")
    for word in objective.split():
        if word.startswith("num_class:") and word != f"num_class:{groups}":
            raise FormatError(f"{where} has objective={objective!r} for {groups} classes; {REMEDY}")
    for key in ("monotone_constraints", "tree_sizes"):
        if not re.fullmatch(r"-?\d{1,15}( -?\d{1,15})*", header.get(key, "0"), re.ASCII):
            raise FormatError(f"{where} has {key}={shown(header[key])}: expected whole numbers; {REMEDY}")


def tree_of(lines: Sequence[str], number: int, where: str) -> TextTree:
    """Return one tree.

    Raises
    ------
    FormatError
        If a field is absent, unknown, or of another length than its shape needs.
    UnsupportedModelError
        If its leaves hold linear models.
    """
    _check_gap(lines, where)
    block = fields(lines, where)
    unknown = [key for key in block if key not in _KNOWN]
    if unknown or block["Tree"] != str(number):
        raise FormatError(f"{where} has the field {shown(unknown[0] if unknown else block['Tree'])}; {REMEDY}")
    if block.get("is_linear", "0") != "0":
        raise UnsupportedModelError(
            f"{where} has linear models in its leaves: expected numbers; fit it with linear_tree=False"
        )
    leaves, sets = (int(_numbers(block, key, np.int64, 1, where)[0]) for key in ("num_leaves", "num_cat"))
    if leaves < 1 or sets < 0:
        raise FormatError(f"{where} has num_leaves={leaves}, num_cat={sets}: expected numbers from 1 and 0; {REMEDY}")
    splits = leaves - 1
    left, right, feature, decision = (
        _numbers(block, key, np.int64, splits, where) if splits else np.zeros(0, np.int64)
        for key in ("left_child", "right_child", "split_feature", "decision_type")
    )
    threshold = _numbers(block, "threshold", np.float64, splits, where) if splits else np.zeros(0)
    if ((decision < 0) | (decision > 15) | (decision >> 2 == 3)).any():
        raise FormatError(f"{where} has a decision_type that is none: expected 0 … 11; {REMEDY}")
    bounds, bits = _sets(block, sets, where)
    leaf = _numbers(block, "leaf_value", np.float64, leaves, where)
    for key, fewer in _OPTIONAL.items():
        told = block.get(key, "")
        if told and (told.count(" ") != leaves + fewer - 1 or not _FREE.fullmatch(told)):
            raise FormatError(f"{where} has {key}={shown(told)}: expected {leaves + fewer} numbers; {REMEDY}")
    if "shrinkage" in block:
        _numbers(block, "shrinkage", np.float64, 1, where)
    return TextTree(left, right, feature, decision, threshold, leaf, bounds, bits)


def _check_gap(lines: Sequence[str], where: str) -> None:
    """Check that empty lines follow the fields of a tree, and none is among them: the library goes by that."""
    told = sum(line != "" for line in lines)
    if told == len(lines) or any(line != "" for line in lines[told:]):
        raise FormatError(f"{where} is not followed by an empty line, or has one inside: it is damaged; {REMEDY}")


def _sets(block: Mapping[str, str], sets: int, where: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bit sets of categories: where each begins, and their words."""
    if not sets:
        return np.zeros(1, np.int64), np.zeros(0, np.int64)
    bounds = _numbers(block, "cat_boundaries", np.int64, sets + 1, where)
    bits = _numbers(block, "cat_threshold", np.int64, -1, where)
    inside = bounds[0] == 0 and (np.diff(bounds) >= 0).all() and bounds[-1] == len(bits)
    if not inside or ((bits < 0) | (bits >= 2**32)).any():
        raise FormatError(f"{where} lists categories that are not there; {REMEDY}")
    return bounds, bits


def _numbers(block: Mapping[str, str], key: str, kind: type, count: int, where: str) -> NDArray[Any]:
    """Return the numbers of a field; `count` below 0: as many as there are."""
    told = block.get(key)
    if told is None:
        raise FormatError(f"{where} has no field {key!r}: {REMEDY}")
    plain = told.replace("nan", "0").replace("inf", "0") if kind is np.float64 else told
    try:
        if not (_WHOLES if kind is np.int64 else _NUMBERS).fullmatch(plain):
            raise ValueError
        array: NDArray[Any] = np.array(told.split(), dtype=kind)
    except (ValueError, OverflowError):
        raise FormatError(f"{where} has {key}={shown(told)}: expected numbers; {REMEDY}") from None
    if count >= 0 and len(array) != count:
        raise FormatError(f"{where} has {len(array)} numbers in {key!r}: expected {count}; {REMEDY}")
    return array
