"""Where onnxruntime does not do what a graph with tests for equality says: such graphs are refused, or rows are.

It makes one test of a chain of them (``x == 1``, else ``x == 2``, …) whose true branches it takes for the same, and
looks at the first weight of each leaf alone; and it cuts numbers off before it looks them up in a set that is not
small.
"""

from __future__ import annotations

import numpy as np

from ...engine.arrays import I64
from ...engine.errors import UnsupportedModelError
from .trees import EQ, LEAF, MEMBER, Forest

_SMALL = 30.0  # sets of at most so many numbers from 0 to this one are chains of tests


def large_sets(forest: Forest) -> set[int]:
    """Return the columns that are looked up in sets that are not small: numbers are cut off there."""
    return {
        int(forest.feature[node])
        for node, listed in forest.members.items()
        if len(listed) > _SMALL or listed.max(initial=0.0) > _SMALL or listed.min(initial=0.0) < 0.0
    }


def check_chains(forest: Forest, where: str) -> None:
    """Raise UnsupportedModelError if onnxruntime would make one test of two that differ."""
    by_set = (forest.mode == EQ) | (forest.mode == MEMBER)
    first = np.nonzero(by_set)[0]
    first = first[by_set[forest.false[first]]] if len(first) else first
    second = forest.false[first]
    same = forest.feature[first] == forest.feature[second]
    if not same.any():
        return
    leaves = _Leaves(forest)
    for one, other in zip(first[same].tolist(), second[same].tolist(), strict=True):
        alike, equal = leaves.compared(int(forest.true[one]), int(forest.true[other]))
        if alike and not (equal and forest.missing_true[one] == forest.missing_true[other]):
            raise UnsupportedModelError(
                f"{where} asks column {int(forest.feature[one])} for equality twice in a row, and onnxruntime takes "
                "both for one test though what follows differs: its predictions are not those of the model; export it "
                "with other tests"
            )


class _Leaves:
    """Compares what follows nodes."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        order = np.argsort(forest.leaf, kind="stable")
        self._order: I64 = order
        self._leaf = forest.leaf[order]

    def _given(self, leaf: int) -> list[tuple[int, float]]:
        first, last = np.searchsorted(self._leaf, [leaf, leaf + 1]).tolist()
        rows = self._order[first:last]
        return list(zip(self._forest.target[rows].tolist(), self._forest.weight[rows].tolist(), strict=True))

    def compared(self, one: int, other: int) -> tuple[bool, bool]:
        """Return whether two nodes look alike to onnxruntime, and whether they are."""
        forest, equal = self._forest, True
        waiting = [(one, other)]
        while waiting:
            a, b = waiting.pop()
            if a == b:
                continue
            told = [(forest.mode[i], forest.feature[i] * (forest.mode[i] != LEAF), forest.threshold[i]) for i in (a, b)]
            if told[0] != told[1] and forest.mode[a] != LEAF:
                return False, False
            if forest.mode[a] != forest.mode[b]:
                return False, False
            if forest.mode[a] != LEAF:
                sets = [forest.members.get(i) for i in (a, b)]
                if sets[0] is not None and sets[1] is not None and not np.array_equal(sets[0], sets[1]):
                    return False, False
                equal &= bool(forest.missing_true[a] == forest.missing_true[b])
                waiting += [(int(forest.true[a]), int(forest.true[b])), (int(forest.false[a]), int(forest.false[b]))]
                continue
            given = self._given(a), self._given(b)
            if given[0] and given[1] and given[0][0][1] != given[1][0][1]:
                return False, False
            equal &= sorted(given[0]) == sorted(given[1])
        return True, equal
