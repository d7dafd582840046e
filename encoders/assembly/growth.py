"""Turning linked or library trees into arrays with a numbered vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import I32
from ...engine.domain.conditions import Condition, Reading
from ...engine.domain.vocabulary import VocabularyBuilder
from ...engine.models.trees import TreeArrays

# children(node) -> None for a leaf, else (condition, child where it is false, child where it is true)
Split = tuple[Condition, Any, Any]


class Grown(NamedTuple):
    """Trees as arrays (see ``EnsembleArrays``), the node that each leaf row stands for, and the conditions."""

    root: I32
    literal: I32
    left: I32
    right: I32
    leaf: I32
    leaves: list[tuple[int, Any]]
    conditions: tuple[Condition, ...]


def grow_many(
    roots: Sequence[Any],
    split_of: Callable[[int, Any], Split | None],
    reading: Reading,
    known: tuple[Condition, ...] = (),
    missing: frozenset[int] = frozenset(),
) -> Grown:
    """Walk trees depth-first (node, left, right), number their conditions together and return them as arrays.

    Parameters
    ----------
    roots : sequence of nodes
        The roots, in whatever form `split_of` understands.
    split_of : callable
        Returns the condition and both children of a node of tree t, or ``None`` for a leaf.
    reading : Reading
        Precision in which the model reads its inputs.
    known : tuple of Condition
        Conditions that are numbered beforehand.
    missing : frozenset of int
        Columns that may be missing.

    Returns
    -------
    Grown
        ``leaves[i]`` is (tree, node) of leaf row i.
    """
    builder = VocabularyBuilder(reading, missing)
    for condition in known:
        builder.literal(condition)
    starts: list[int] = []
    literal: list[int] = []
    left: list[int] = []
    right: list[int] = []
    leaf: list[int] = []
    leaves: list[tuple[int, Any]] = []
    for number, root in enumerate(roots):
        starts.append(len(literal))
        stack: list[tuple[Any, int]] = [(root, len(literal))]
        for column, empty in ((literal, 0), (left, 0), (right, 0), (leaf, -1)):
            column.append(empty)
        while stack:
            node, place = stack.pop()
            split = split_of(number, node)
            if split is None:
                leaf[place] = len(leaves)
                leaves.append((number, node))
                continue
            condition, when_false, when_true = split
            literal[place] = builder.literal(condition)
            left[place], right[place] = len(literal), len(literal) + 1
            for column in (literal, left, right):
                column += [0, 0]
            leaf += [-1, -1]
            stack.append((when_true, right[place]))
            stack.append((when_false, left[place]))
    first, numbers, false, true, row = (
        np.array(column, dtype=np.int32) for column in (starts, literal, left, right, leaf)
    )
    return Grown(first, numbers, false, true, row, leaves, tuple(builder.conditions))


def grow(
    root: Any,
    split_of: Callable[[Any], Split | None],
    outcome_of: Callable[[Any], int],
    reading: Reading,
    known: tuple[Condition, ...] = (),
    missing: frozenset[int] = frozenset(),
) -> tuple[TreeArrays, tuple[Condition, ...]]:
    """Walk one tree as ``grow_many`` does; `outcome_of` tells the class index of a leaf."""
    grown = grow_many([root], lambda _, node: split_of(node), reading, known, missing)
    return one_tree(grown, outcome_of), grown.conditions


def one_tree(grown: Grown, outcome_of: Callable[[Any], int]) -> TreeArrays:
    """Return a single tree that was grown; `outcome_of` tells the class index of a leaf."""
    outcomes = np.array([outcome_of(node) for _, node in grown.leaves], dtype=np.int32)
    outcome = np.where(grown.leaf >= 0, outcomes[grown.leaf], -1).astype(np.int32)
    return TreeArrays(grown.literal, grown.left, grown.right, outcome)
