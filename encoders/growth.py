"""Turning linked or library trees into ``TreeArrays`` with a numbered vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.conditions import Condition, Reading
from ..engine.trees import TreeArrays
from ..engine.vocabulary import VocabularyBuilder

# children(node) -> None for a leaf, else (condition, child where it is false, child where it is true)
Split = tuple[Condition, Any, Any]


def grow(
    root: Any,
    split_of: Callable[[Any], Split | None],
    outcome_of: Callable[[Any], int],
    reading: Reading,
    known: tuple[Condition, ...] = (),
    missing: frozenset[int] = frozenset(),
) -> tuple[TreeArrays, tuple[Condition, ...]]:
    """Walk a tree depth-first (node, left, right), number its conditions and return it as arrays.

    Parameters
    ----------
    root : any node
        The root, in whatever form `split_of` understands.
    split_of : callable
        Returns the condition and both children of a node, or ``None`` for a leaf.
    outcome_of : callable
        Class index of a leaf.
    reading : Reading
        Precision in which the model reads its inputs.
    known : tuple of Condition
        Conditions that are numbered beforehand.
    missing : frozenset of int
        Columns that may be missing.
    """
    builder = VocabularyBuilder(reading, missing)
    for condition in known:
        builder.literal(condition)
    literal, left, right, outcome = [0], [0], [0], [-1]
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        node, place = stack.pop()
        split = split_of(node)
        if split is None:
            outcome[place] = outcome_of(node)
            continue
        condition, when_false, when_true = split
        literal[place] = builder.literal(condition)
        left[place], right[place] = len(literal), len(literal) + 1
        for column in (literal, left, right):
            column += [0, 0]
        outcome += [-1, -1]
        stack.append((when_true, right[place]))
        stack.append((when_false, left[place]))
    arrays = TreeArrays(*(np.array(column, dtype=np.int32) for column in (literal, left, right, outcome)))
    return arrays, tuple(builder.conditions)
