"""LightGBM's own model text: a header, one block a tree, the parameters, and the categories of a data frame.

Guaranteed form
---------------
Every tree has the fields that its shape needs, as arrays of the right lengths. Nothing in a text is executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.errors import FormatError, UnsupportedModelError, shown

_END = "end of trees"
_REMEDY = "expected a text that LightGBM's save_model wrote; save the model again"


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


@dataclass(frozen=True, slots=True, eq=False)
class ModelText:
    """What a text says.

    Attributes
    ----------
    header : mapping
        Its first lines; those without a value are empty.
    trees : tuple of TextTree
        All trees.
    parameters : mapping
        What it was trained with, if the text tells that.
    frame_categories : tuple of tuple
        Categories of the columns of the data frame that it was trained on.
    """

    header: Mapping[str, str]
    trees: tuple[TextTree, ...]
    parameters: Mapping[str, str]
    frame_categories: tuple[tuple[Any, ...], ...]

    def number(self, key: str, where: str) -> int:
        """Return a whole number of the header."""
        try:
            return int(self.header[key])
        except (KeyError, ValueError):
            raise FormatError(f"{where} has {key}={shown(self.header.get(key))}: {_REMEDY}") from None


def parse_text(text: str, where: str) -> ModelText:
    """Parse a model text; `where` is what error messages call it.

    Raises
    ------
    FormatError
        If it is no such text, or ends too early.
    UnsupportedModelError
        If its leaves hold linear models.
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != "tree":
        raise FormatError(f"{where} begins with {shown(lines[0] if lines else '')}: {_REMEDY}")
    if _END not in lines:
        raise FormatError(f"{where} has no line {_END!r}: it is cut off; {_REMEDY}")
    end = lines.index(_END)
    starts = [i for i in range(end) if lines[i].startswith("Tree=")]
    header = _fields(lines[: starts[0] if starts else end])
    sizes = header.get("tree_sizes", "").split()
    if sizes and len(sizes) != len(starts):
        raise FormatError(f"{where} has {len(starts)} of {len(sizes)} trees: it is damaged; {_REMEDY}")
    blocks = [_fields(lines[a:b]) for a, b in zip(starts, [*starts[1:], end], strict=True)]
    trees = tuple(_tree(block, f"tree {i} of {where}") for i, block in enumerate(blocks))
    rest = lines[end + 1 :]
    parameters = {}
    for line in rest:
        key, colon, value = line.strip().removeprefix("[").removesuffix("]").partition(": ")
        if colon and line.startswith("["):
            parameters[key] = value.strip()
    frames = [line for line in rest if line.startswith("pandas_categorical:")]
    return ModelText(header, trees, parameters, _frame_categories(frames[-1] if frames else "", where))


def _fields(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if line.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _frame_categories(line: str, where: str) -> tuple[tuple[Any, ...], ...]:
    told = line.removeprefix("pandas_categorical:").strip()
    try:
        listed = json.loads(told) if told else None
        return tuple(tuple(one) for one in listed or ())
    except (ValueError, TypeError, RecursionError):
        raise FormatError(f"{where} has pandas_categorical={shown(told)}: {_REMEDY}") from None


def _tree(block: Mapping[str, str], where: str) -> TextTree:
    """Return one tree."""
    if block.get("is_linear", "0") != "0":
        raise UnsupportedModelError(
            f"{where} has linear models in its leaves: expected numbers; fit it with linear_tree=False"
        )

    def numbers(key: str, kind: type, count: int) -> NDArray[Any]:
        told = block.get(key)
        if told is None:
            raise FormatError(f"{where} has no field {key!r}: {_REMEDY}")
        try:
            array: NDArray[Any] = np.array(told.split(), dtype=kind)
        except (ValueError, OverflowError):
            raise FormatError(f"{where} has {key}={shown(told)}: expected numbers; {_REMEDY}") from None
        if count >= 0 and len(array) != count:
            raise FormatError(f"{where} has {len(array)} numbers in {key!r}: expected {count}; {_REMEDY}")
        return array

    leaves, sets = (int(numbers(key, np.int64, 1)[0]) for key in ("num_leaves", "num_cat"))
    splits = leaves - 1
    left, right, feature, decision = (
        numbers(key, np.int64, splits) if splits else np.zeros(0, np.int64)
        for key in ("left_child", "right_child", "split_feature", "decision_type")
    )
    threshold = numbers("threshold", np.float64, splits) if splits else np.zeros(0)
    bounds, bits = np.zeros(1, np.int64), np.zeros(0, np.int64)
    if sets > 0:
        bounds, bits = numbers("cat_boundaries", np.int64, sets + 1), numbers("cat_threshold", np.int64, -1)
        if bounds[0] < 0 or (np.diff(bounds) < 0).any() or bounds[-1] > len(bits) or (bits < 0).any():
            raise FormatError(f"{where} lists categories that are not there; {_REMEDY}")
    leaf = numbers("leaf_value", np.float64, leaves)
    return TextTree(left, right, feature, decision, threshold, leaf, bounds, bits)
