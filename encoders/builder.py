"""Hand-built trees: ``Builder.DecisionNode``, ``LeafNode`` and ``DecisionTree``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import Condition, Operator, Reading
from ..engine.errors import BadInputError
from ..engine.models import CompiledTree
from ..engine.theory import numerical_features
from ..engine.vocabulary import Vocabulary
from .growth import Split, grow
from .rows import read_numbers


class LeafNode:
    """A leaf that decides for a label.

    Parameters
    ----------
    value : label
        Any label: a number, a string, a bool.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"LeafNode({self.value!r})"


class DecisionNode:
    """An inner node that tests ``feature operator threshold``.

    Parameters
    ----------
    id_feature : int
        The feature, from 1.
    threshold : float
        The number it is compared with.
    operator : Operator or str
        ``Builder.GE`` (default), ``GT``, ``LE``, ``LT``, ``EQ`` or ``NEQ``, or its sign or name.
    left, right : DecisionNode, LeafNode or label
        What follows where the test is false, and where it is true.
    missing : bool
        Whether the test is true for a missing value (NaN).

    Raises
    ------
    BadInputError
        If an argument is out of range.
    """

    def __init__(
        self,
        id_feature: int,
        *,
        threshold: float = 0.5,
        operator: Operator | str = Operator.GE,
        left: Any,
        right: Any,
        missing: bool = False,
    ) -> None:
        if isinstance(id_feature, bool) or not isinstance(id_feature, (int, np.integer)) or id_feature < 1:
            raise BadInputError(f"id_feature={id_feature!r}: expected a number from 1")
        try:
            number = float(threshold)
        except (TypeError, ValueError):
            raise BadInputError(f"threshold={threshold!r}: expected a number") from None
        if np.isnan(number):
            raise BadInputError(f"threshold={threshold!r}: expected a number")
        self.id_feature = int(id_feature)
        self.threshold = number
        self.operator = Operator.parse(operator)
        self.missing = bool(missing)
        self.left = left if isinstance(left, (DecisionNode, LeafNode)) else LeafNode(left)
        self.right = right if isinstance(right, (DecisionNode, LeafNode)) else LeafNode(right)

    @property
    def condition(self) -> Condition:
        """The test as a condition on a 0-based column."""
        return Condition(self.id_feature - 1, self.operator, self.threshold, self.missing)

    def __repr__(self) -> str:
        return f"DecisionNode(f{self.id_feature} {self.operator} {self.threshold:g})"


class DecisionTree:
    """A hand-built decision tree. It reads numbers as float64.

    Parameters
    ----------
    n_features : int
        Number of features.
    root : DecisionNode, LeafNode or label
        The root.
    force_features_equal_to_binaries : bool
        Number the condition of feature i with i; each feature must then have one condition at most.
    feature_names : sequence of str, optional
        f1, f2, … by default.
    class_names : sequence, optional
        Names for the labels 0, 1, …: predictions are then these names.

    Raises
    ------
    BadInputError
        If a node tests a feature beyond `n_features`, nodes form a cycle, or names do not fit.
    """

    def __init__(
        self,
        n_features: int,
        root: Any,
        *,
        force_features_equal_to_binaries: bool = False,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
    ) -> None:
        if isinstance(n_features, bool) or not isinstance(n_features, (int, np.integer)) or n_features < 1:
            raise BadInputError(f"n_features={n_features!r}: expected a number from 1")
        self.n_features = int(n_features)
        self.root = root if isinstance(root, (DecisionNode, LeafNode)) else LeafNode(root)
        self.force_features_equal_to_binaries = force_features_equal_to_binaries
        names = feature_names if feature_names is not None else [f"f{i + 1}" for i in range(self.n_features)]
        if len(names) != self.n_features or len(set(map(str, names))) != self.n_features:
            raise BadInputError(f"feature_names={list(names)!r}: expected {self.n_features} distinct names")
        self.feature_names = tuple(str(name) for name in names)
        values = _leaf_values(self.root, self.n_features)
        self.classes = self._labels(values, class_names)
        # A tree that stands for another model (a rectified one) reads its rows as that model does.
        self.origin: CompiledTree | None = None

    def _labels(self, values: list[Any], class_names: Sequence[Any] | None) -> tuple[Any, ...]:
        if class_names is None:
            self._index = {_key(value): i for i, value in enumerate(values)}
            return tuple(values)
        if any(isinstance(v, bool) or not isinstance(v, int) or not 0 <= v < len(class_names) for v in values):
            raise BadInputError(
                f"class_names={list(class_names)!r}: expected a name for each of the leaves' labels {values}"
            )
        self._index = {_key(i): i for i in range(len(class_names))}
        return tuple(class_names)

    def index_of(self, value: Any) -> int:
        """Return the class index of a leaf's value."""
        return self._index[_key(value)]

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row, by walking the nodes."""
        if self.origin is not None:
            return self.predict_read(self.origin.read(rows))
        matrix = np.asarray(rows, dtype=np.float64)
        return self.predict_read(matrix.reshape(1, -1) if matrix.ndim == 1 else matrix)

    def predict_read(self, matrix: NDArray[np.float64]) -> NDArray[Any]:
        """Return the label of each row of numbers in the tree's own reading."""
        out = np.empty(len(matrix), dtype=object)
        for i, row in enumerate(matrix):
            node = self.root
            while isinstance(node, DecisionNode):
                value = row[node.id_feature - 1 : node.id_feature]
                node = node.right if node.condition.true_at(value)[0] else node.left
            out[i] = self.classes[self.index_of(node.value)]
        return out

    def __repr__(self) -> str:
        return f"DecisionTree({self.n_features} features, root {self.root!r}, classes {list(self.classes)})"


def _key(value: Any) -> tuple[str, Any]:
    """Tell labels apart that Python holds for equal, such as 1 and True."""
    return ("bool" if isinstance(value, (bool, np.bool_)) else "", value)


def _leaf_values(root: Any, n_features: int) -> list[Any]:
    """Return the distinct labels (sorted if they can be), and check the nodes."""
    found: dict[tuple[str, Any], Any] = {}
    stack: list[tuple[Any, bool]] = [(root, False)]
    on_path: set[int] = set()
    done: set[int] = set()
    while stack:
        node, leaving = stack.pop()
        if isinstance(node, LeafNode):
            try:
                found.setdefault(_key(node.value), node.value)
            except TypeError:
                raise BadInputError(
                    f"leaf value {node.value!r}: expected a label such as a number or a string"
                ) from None
            continue
        if leaving:
            on_path.discard(id(node))
            done.add(id(node))
            continue
        if id(node) in on_path:
            raise BadInputError(f"{node!r} lies below itself: expected a tree")
        if id(node) in done:
            continue
        if node.id_feature > n_features:
            raise BadInputError(f"{node!r} tests feature {node.id_feature}: the tree has n_features={n_features}")
        on_path.add(id(node))
        stack += [(node, True), (node.right, False), (node.left, False)]
    values = list(found.values())
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda value: (type(value).__name__, str(value)))


def accepts(model: Any) -> bool:
    """Tell whether `model` is a hand-built tree."""
    return isinstance(model, DecisionTree)


def compile_tree(
    model: DecisionTree, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledTree:
    """Compile a hand-built tree (see ``DecisionTree``); a missing value makes every test false.

    Raises
    ------
    BadInputError
        If condition numbers are to equal feature ids and a feature has two conditions, or names do not fit.
    """
    names = names or model.feature_names
    if len(names) != model.n_features:
        raise BadInputError(f"{len(names)} feature names: expected {model.n_features}, one for each feature")

    origin = model.origin
    reading = Reading.FLOAT64 if origin is None else origin.vocabulary.reading
    if origin is not None:
        missing = origin.missing
    known = _one_condition_a_feature(model) if model.force_features_equal_to_binaries else ()
    arrays, conditions = grow(model.root, _split_of, lambda leaf: model.index_of(leaf.value), reading, known, missing)
    if known and len(conditions) != model.n_features:
        raise BadInputError("force_features_equal_to_binaries=True: some feature has two conditions; leave it out")
    if origin is not None:
        vocabulary = Vocabulary(conditions, names, reading, origin.vocabulary.labels)
        return CompiledTree(
            arrays, vocabulary, model.classes, origin.features, origin.read, origin.unread,
            model.predict_read, missing, model,
        )  # fmt: skip
    vocabulary = Vocabulary(conditions, names, reading)
    remedy = "give a number, or declare missing=True (every test of a missing value is then false)"

    def read(rows: Any) -> NDArray[np.float64]:
        return read_numbers(rows, names, Reading.FLOAT64, missing, remedy)

    return CompiledTree(
        arrays, vocabulary, model.classes, numerical_features(names), read, lambda row: row,
        model.predict, missing, model,
    )  # fmt: skip


def _split_of(node: DecisionNode | LeafNode) -> Split | None:
    return (node.condition, node.left, node.right) if isinstance(node, DecisionNode) else None


def _one_condition_a_feature(model: DecisionTree) -> tuple[Condition, ...]:
    """Return the condition of each feature (``f >= 0.5`` where it is not tested), in their order."""
    chosen: dict[int, Condition] = {}
    stack: list[Any] = [model.root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if isinstance(node, DecisionNode) and id(node) not in seen:
            seen.add(id(node))
            chosen.setdefault(node.id_feature - 1, node.condition)
            stack += [node.right, node.left]
    default = [Condition(column, Operator.GE, 0.5) for column in range(model.n_features)]
    return tuple(chosen.get(column, default[column]) for column in range(model.n_features))


class Builder:
    """Names for hand-built models."""

    GE, GT, LE, LT, EQ, NEQ = Operator.GE, Operator.GT, Operator.LE, Operator.LT, Operator.EQ, Operator.NEQ
    DecisionNode = DecisionNode
    LeafNode = LeafNode
    DecisionTree = DecisionTree


def takes_missing(model: DecisionTree) -> bool:
    """Hand-built trees take NaN only where it is declared (every test of it is then false)."""
    return False
