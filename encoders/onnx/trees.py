"""The trees of ONNX: nodes of TreeEnsembleClassifier and TreeEnsembleRegressor, and of the newer TreeEnsemble.

Guaranteed form
---------------
All three are read into one ``Forest``: nodes of all trees side by side, each with two children that are there, one way
of testing, and the numbers that a leaf gives, one for each score. Nodes may have several parents (an exporter of
LightGBM makes them), but no way leads in a circle. onnxruntime, which trusts such files, is asked only after this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I64, Bools
from ...engine.errors import FormatError, UnsupportedModelError, shown
from .graph import REMEDY, Graph, Node

LEQ, LT, GTE, GT, EQ, NEQ, MEMBER, LEAF = range(8)
_MODES = {
    "BRANCH_LEQ": LEQ, "BRANCH_LT": LT, "BRANCH_GTE": GTE, "BRANCH_GT": GT, "BRANCH_EQ": EQ, "BRANCH_NEQ": NEQ,
    "BRANCH_MEMBER": MEMBER, "LEAF": LEAF,
}  # fmt: skip
AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")
POSTS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
OPERATORS = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")
_LONGEST = 1 << 24  # bits of a set, or rows of leaves and scores


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees of a node, see the text of the module.

    Attributes
    ----------
    roots : ndarray of int64, shape (n_trees,)
        In the order in which they are added.
    true, false : ndarray of int64, shape (n_nodes,)
        Children, -1 for leaves.
    feature, mode, threshold : ndarray, shape (n_nodes,)
        The tests.
    members : mapping from node to ndarray
        The numbers that a test of the mode ``MEMBER`` lists.
    missing_true : ndarray of bool, shape (n_nodes,)
        Whether a missing value goes where the test is true.
    leaf, target : ndarray of int64, shape (n_weights,)
        What gives something to which score.
    weight : ndarray of float64, shape (n_weights,)
        How much.
    base : ndarray of float64
        What is added at the end.
    single : bool
        Whether numbers are float32 (else float64).
    """

    roots: I64
    true: I64
    false: I64
    feature: I64
    mode: I64
    threshold: F64
    members: Mapping[int, F64]
    missing_true: Bools
    leaf: I64
    target: I64
    weight: F64
    base: F64
    single: bool
    aggregate: str
    post: str

    @property
    def width(self) -> int:
        """The number of columns that are needed at least."""
        inner = self.mode != LEAF
        return int(self.feature[inner].max()) + 1 if inner.any() else 1


def forest_of(graph: Graph, node: Node, dtype: str) -> Forest:
    """Return the trees of a node whose input has some dtype.

    Raises
    ------
    FormatError
        If they are damaged.
    """
    reader = _Reader(graph, node, dtype != "float64")
    forest = reader.newer() if node.op == "TreeEnsemble" else reader.older(node.op == "TreeEnsembleClassifier")
    reached(forest, reader.where)
    return forest


class _Reader:
    """Reads the attributes of a node."""

    def __init__(self, graph: Graph, node: Node, single: bool) -> None:
        self.where = f"{node.told} of {graph.where}"
        self.attributes = node.attributes
        self.single = single

    def fail(self, what: str) -> FormatError:
        return FormatError(f"{self.where} {what}: {REMEDY}")

    def wholes(self, key: str, count: int | None = None, default: int | None = None) -> I64:
        """Return whole numbers, `count` of them."""
        told = np.asarray(self.attributes.get(key, ()))
        if not told.size and default is not None and count is not None:
            return np.full(count, default, np.int64)
        if told.ndim != 1 or (told.size and told.dtype.kind not in "iu") or (count is not None and len(told) != count):
            raise self.fail(f"has {told.size} numbers {key}, expected {'whole ones' if count is None else count}")
        return told.astype(np.int64)

    def floats(self, *keys: str, count: int | None = None) -> F64:
        """Return the numbers of one of two attributes, as the kernel holds them."""
        found = [np.asarray(self.attributes[key]) for key in keys if np.size(self.attributes.get(key, ()))]
        if len(found) > 1:
            raise self.fail(f"has {keys[0]} twice")
        told = found[0] if found else np.zeros(0)
        if told.ndim != 1 or told.dtype.kind != "f" or (count is not None and len(told) != count):
            raise self.fail(f"has {told.size} numbers {keys[0]}, expected {'some' if count is None else count}")
        return (told.astype(np.float32) if self.single else told).astype(np.float64)

    def word(self, key: str, known: tuple[str, ...], default: str) -> str:
        """Return a word, which the newer operator tells by its number."""
        told = self.attributes.get(key, default)
        word = known[told] if isinstance(told, int) and 0 <= told < len(known) else told
        if word not in known:
            raise self.fail(f"has {key}={shown(told)}, expected one of {', '.join(known)}")
        return str(word)

    def older(self, classifier: bool) -> Forest:
        """Read a TreeEnsembleClassifier or TreeEnsembleRegressor."""
        modes = self.attributes.get("nodes_modes", [])
        count = len(modes)
        unknown = [mode for mode in dict.fromkeys(modes) if mode not in _MODES or mode == "BRANCH_MEMBER"]
        if not count or unknown:
            raise self.fail(f"has nodes_modes={shown(unknown or modes)}, expected {', '.join(list(_MODES)[:6])}, LEAF")
        mode = np.fromiter((_MODES[one] for one in modes), np.int64, count)
        keys = ("treeids", "nodeids", "featureids", "truenodeids", "falsenodeids")
        tree, own, feature, true, false = (self.wholes(f"nodes_{key}", count) for key in keys)
        places = _Places(tree, own, self)
        inner = mode != LEAF
        children = [np.full(count, -1, np.int64) for _ in range(2)]
        for out, told in zip(children, (true, false), strict=True):
            out[inner] = places.of(tree[inner], told[inner])
        tracks = self.wholes("nodes_missing_value_tracks_true", count, 0)
        what = "class" if classifier else "target"
        target = self.wholes(f"{what}_ids")
        leaf = places.of(self.wholes(f"{what}_treeids", len(target)), self.wholes(f"{what}_nodeids", len(target)))
        weight = self.floats(f"{what}_weights", f"{what}_weights_as_tensor", count=len(target))
        threshold = self.floats("nodes_values", "nodes_values_as_tensor", count=count)
        ends = mode[leaf] == LEAF  # onnxruntime leaves out what inner nodes would give
        leaf, target, weight = leaf[ends], target[ends], weight[ends]
        bare = ~inner
        bare[leaf] = False
        if (threshold[bare] != 0).any():
            raise self.fail("has leaves without a weight but with a value")
        return self.checked(
            places.roots, *children, feature, mode, threshold, {}, tracks == 1, leaf, target, weight,
            self.floats("base_values", "base_values_as_tensor"),
            "SUM" if classifier else self.word("aggregate_function", AGGREGATES, "SUM"),
        )  # fmt: skip

    def newer(self) -> Forest:
        """Read a TreeEnsemble."""
        mode = self.wholes("nodes_modes")
        count = len(mode)
        targets = self.wholes("leaf_targetids")
        if not count or (mode < 0).any() or (mode > MEMBER).any():
            raise self.fail(f"has nodes_modes={shown(mode.tolist()[:6])}, expected numbers 0 … {MEMBER}")
        splits = self.floats("nodes_splits", count=count)
        feature, true, false = (
            self.wholes(f"nodes_{key}", count) for key in ("featureids", "truenodeids", "falsenodeids")
        )
        ends = [self.wholes(f"nodes_{key}leafs", count) > 0 for key in ("true", "false")]
        for told, is_leaf in zip((true, false), ends, strict=True):
            if ((told < 0) | (told >= np.where(is_leaf, len(targets), count))).any():
                raise self.fail("leads to nodes that are not there")
        children = [np.where(is_leaf, told + count, told) for told, is_leaf in zip((true, false), ends, strict=True)]
        none = np.full(len(targets), -1, np.int64)
        weight = self.floats("leaf_weights", count=len(targets))
        roots = self.wholes("tree_roots")
        if not len(roots) or (roots < 0).any() or (roots >= count).any():
            raise self.fail(f"has tree_roots={shown(roots.tolist()[:6])}, expected nodes 0 … {count - 1}")
        tracks = self.wholes("nodes_missing_value_tracks_true", count, 0)
        return self.checked(
            roots, *(np.concatenate([child, none]) for child in children), np.concatenate([feature, none * 0]),
            np.concatenate([mode, np.full(len(targets), LEAF)]), np.concatenate([splits, np.zeros(len(targets))]),
            self.sets(mode), np.concatenate([tracks == 1, none > 0]), np.arange(len(targets)) + count, targets, weight,
            np.zeros(0), self.word("aggregate_function", AGGREGATES, "SUM"),
        )  # fmt: skip

    def sets(self, mode: I64) -> dict[int, F64]:
        """Return the sets of numbers of the nodes that have one, which NaN separates."""
        nodes = np.nonzero(mode == MEMBER)[0].tolist()
        told = self.floats("membership_values")
        ends = np.nonzero(np.isnan(told))[0].tolist()
        if len(ends) not in (len(nodes), len(nodes) - 1) or (nodes and not len(told)):
            raise self.fail(f"has {len(ends)} sets of numbers for {len(nodes)} tests of the mode BRANCH_MEMBER")
        starts = [0, *(end + 1 for end in ends)]
        return {
            node: told[start:end] for node, start, end in zip(nodes, starts, [*ends, len(told)], strict=False)
        }  # fmt: skip

    def checked(self, roots: I64, *parts: Any) -> Forest:
        """Return the forest, if its numbers make sense."""
        true, false, feature, mode, threshold, sets, missing_true, leaf, target, weight, base, aggregate = parts
        inner = mode != LEAF
        if (feature[inner] < 0).any() or (feature[inner] >= _LONGEST).any():
            raise self.fail(f"tests column {int(feature[inner].min())}, expected columns from 0")
        if np.isnan(threshold[inner & (mode != MEMBER)]).any() or any(np.isnan(one).any() for one in sets.values()):
            raise self.fail("has a test with NaN")
        for name, numbers in (("a leaf", weight), ("base_values", base)):
            if not np.isfinite(numbers).all():
                raise self.fail(f"has {name} with {float(numbers[~np.isfinite(numbers)][0])}")
        if (target < 0).any() or (target >= _LONGEST).any():
            raise self.fail("gives to scores that are not there")
        order = np.lexsort((target, leaf))
        if len(order) > 1 and ((np.diff(leaf[order]) == 0) & (np.diff(target[order]) == 0)).any():
            raise UnsupportedModelError(
                f"{self.where} has leaves that give to one score twice: expected one weight each; export it again"
            )
        return Forest(
            roots, true, false, feature, mode, threshold, sets, missing_true, leaf, target, weight, base, self.single,
            aggregate, self.word("post_transform", POSTS, "NONE"),
        )  # fmt: skip


class _Places:
    """Where nodes lie that are named by the number of their tree and their own."""

    def __init__(self, tree: I64, own: I64, reader: _Reader) -> None:
        self._reader = reader
        starts = np.nonzero(np.concatenate([[True], tree[1:] != tree[:-1]]))[0]
        if len(np.unique(tree)) != len(starts):
            raise reader.fail("mixes the nodes of its trees")
        self.roots = starts
        self._step = int(own.max(initial=0)) + 2
        if (own < 0).any() or (tree < 0).any() or (int(tree.max()) + 1) * self._step >= 2**62:
            raise reader.fail("numbers its nodes below 0 or beyond all bounds")
        keys = tree * self._step + own
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        if (np.diff(self._keys) == 0).any():
            raise reader.fail("has nodes of one number twice in a tree")

    def of(self, tree: I64, own: I64) -> I64:
        """Return the places of nodes."""
        keys = np.where((own < 0) | (own >= self._step) | (tree < 0), -1, tree * self._step + own)
        rank = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        if (self._keys[rank] != keys).any():
            raise self._reader.fail("leads to nodes that are not there")
        return self._order[rank]


def reached(forest: Forest, where: str) -> NDArray[np.int64]:
    """Return how many parents each node has, roots one more.

    Raises
    ------
    FormatError
        If a way leads in a circle, or nodes are never reached.
    """
    count = len(forest.mode)
    inner = forest.mode != LEAF
    parents = np.bincount(np.concatenate([forest.roots, forest.true[inner], forest.false[inner]]), minlength=count)
    # nodes are taken away whose parents are: what is left lies in a circle
    left = parents.copy()
    np.subtract.at(left, forest.roots, 1)
    front = np.unique(forest.roots[left[forest.roots] == 0])
    seen = 0
    while len(front):
        seen += len(front)
        inside = front[inner[front]]
        below = np.concatenate([forest.true[inside], forest.false[inside]])
        np.subtract.at(left, below, 1)
        front = np.unique(below[left[below] == 0])
    if seen < count:
        raise FormatError(f"{where} has nodes that nothing leads to, or that lead in a circle: {REMEDY}")
    return parents
