"""From the numbers of a term, one for each combination of bins, to a tree over its columns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ..assembly.members import Choice, Member
from .bins import Bins

_MOST = 1 << 20  # numbers of one term


@dataclass(slots=True)
class _Nodes:
    """A tree that grows: node after node, children later than their parents."""

    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    missing_left: list[bool] = field(default_factory=list)
    values: list[F64] = field(default_factory=list)
    choices: dict[int, Choice] = field(default_factory=dict)

    def add(self, column: int, threshold: float, missing_left: bool, value: F64) -> int:
        """Add a node without children; return its number."""
        self.left.append(-1)
        self.right.append(-1)
        self.feature.append(column)
        self.threshold.append(threshold)
        self.missing_left.append(missing_left)
        self.values.append(value)
        return len(self.left) - 1


def member_of_tensor(scores: F64, bins: tuple[Bins, ...], n_scores: int, name: str) -> Member:
    """Return the tree of a term.

    Parameters
    ----------
    scores : ndarray of float64
        An axis for each column (bin 0: missing, the last: unknown), and one of scores.
    bins : tuple of Bins
        The columns.
    n_scores : int
        Number of scores.
    name : str
        Of the term, for errors.

    Raises
    ------
    UnsupportedModelError
        If the term has too many numbers, as interactions of many columns have.

    Notes
    -----
    Neighbouring bins that add the same are one: no test tells them apart.
    """
    if scores.size > _MOST:
        raise UnsupportedModelError(
            f"the term {name!r} has {scores.size} numbers: expected at most {_MOST}; fit the model with fewer bins "
            "(max_interaction_bins), or interactions of fewer columns"
        )
    nodes = _Nodes()
    _grow(nodes, scores, bins, np.zeros(n_scores))
    inner = np.array(nodes.left) >= 0
    return Member(
        np.array(nodes.left), np.array(nodes.right), np.where(inner, nodes.feature, -1), np.array(nodes.threshold),
        np.array(nodes.missing_left, np.bool_), np.array(nodes.values).reshape(-1, n_scores), nodes.choices,
    )  # fmt: skip


def _grow(nodes: _Nodes, scores: F64, bins: tuple[Bins, ...], nothing: F64) -> int:
    """Add the tree of the remaining columns; return its root."""
    if not bins:
        return nodes.add(-1, 0.0, False, scores)
    first, rest = bins[0], bins[1:]
    if first.cuts is None:
        return _by_code(nodes, scores, first, rest, nothing)
    slices = scores[first.place]
    begins = np.nonzero(_changes(slices))[0] + 1  # of runs of bins, but the first one
    runs = [slices[0], *slices[begins]]
    cuts = first.cuts[begins - 1].tolist()
    if not first.missing or np.array_equal(scores[0], runs[-1]):
        return _by_cut(nodes, runs, cuts, first.column, rest, nothing)
    root = nodes.add(first.column, np.inf, False, nothing)  # a missing value goes to the right, all others to the left
    nodes.left[root] = _by_cut(nodes, runs, cuts, first.column, rest, nothing)
    nodes.right[root] = _grow(nodes, scores[0], rest, nothing)
    return root


def _changes(slices: F64) -> NDArray[np.bool_]:
    """Tell of each slice but the first whether it differs from the one before."""
    flat = slices.reshape(len(slices), -1)
    changed: NDArray[np.bool_] = (flat[1:] != flat[:-1]).any(axis=1)
    return changed


def _by_cut(
    nodes: _Nodes, runs: list[F64], cuts: list[float], column: int, rest: tuple[Bins, ...], nothing: F64
) -> int:
    """Add a tree that looks for the run of a number by halves."""
    if not cuts:
        return _grow(nodes, runs[0], rest, nothing)
    middle = len(cuts) // 2
    node = nodes.add(column, float(np.nextafter(cuts[middle], -np.inf)), False, nothing)
    nodes.left[node] = _by_cut(nodes, runs[: middle + 1], cuts[:middle], column, rest, nothing)
    nodes.right[node] = _by_cut(nodes, runs[middle + 1 :], cuts[middle + 1 :], column, rest, nothing)
    return node


def _by_code(nodes: _Nodes, scores: F64, bins: Bins, rest: tuple[Bins, ...], nothing: F64) -> int:
    """Add a tree that asks for one group of categories after the other; the largest group is what is left."""
    groups: dict[bytes, list[float]] = {}
    slices: dict[bytes, F64] = {}
    for code, place in enumerate(bins.place.tolist()):
        groups.setdefault(scores[place].tobytes(), []).append(float(code))
        slices[scores[place].tobytes()] = scores[place]
    absent = scores[0].tobytes() if bins.missing else None
    if absent is not None:
        groups.setdefault(absent, [])
        slices[absent] = scores[0]
    last = max(groups, key=lambda key: len(groups[key]))
    root = parent = -1
    for key, codes in [(key, codes) for key, codes in groups.items() if key != last]:
        node = nodes.add(bins.column, 0.0, key != absent, nothing)
        nodes.choices[node] = Choice(frozenset(codes), True)
        root = node if root < 0 else root
        if parent >= 0:
            nodes.left[parent] = node
        nodes.right[node] = _grow(nodes, slices[key], rest, nothing)
        parent = node
    end = _grow(nodes, slices[last], rest, nothing)
    if parent < 0:
        return end
    nodes.left[parent] = end
    return root
