"""Hand-built trees: ``Builder.DecisionNode``, ``LeafNode`` and ``DecisionTree``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import Condition, Operator, Reading
from ..engine.errors import BadInputError, shown
from ..engine.models import CompiledTree, is_bool, label_tuple, same_label
from ..engine.theory import numerical_features
from ..engine.vocabulary import Vocabulary
from .growth import Split, grow
from .rows import as_matrix, default_names, listed_names, read_numbers


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
        names = default_names(self.n_features) if feature_names is None else listed_names(feature_names)
        if len(names) != self.n_features or len(set(names)) != self.n_features:
            raise BadInputError(f"feature_names={list(names)!r}: expected {self.n_features} distinct names")
        self.feature_names = names
        values = _leaf_values(self.root, self.n_features)
        self.classes = self._labels(values, class_names)
        # A tree that stands for another model (a rectified one) reads its rows as that model does.
        self.origin: CompiledTree | None = None

    def _labels(self, values: list[Any], class_names: Sequence[Any] | None) -> tuple[Any, ...]:
        if class_names is None:
            self._index = {_key(value): i for i, value in enumerate(values)}
            return tuple(values)
        class_names = _class_names(class_names)
        if any(is_bool(v) or not isinstance(v, (int, np.integer)) or not 0 <= v < len(class_names) for v in values):
            raise BadInputError(
                f"class_names={list(class_names)!r}: expected a name for each of the leaves' labels {values}"
            )
        self._index = {_key(i): i for i in range(len(class_names))}
        return class_names

    def index_of(self, value: Any) -> int:
        """Return the class index of a leaf's value."""
        return self._index[_key(value)]

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row, by walking the nodes."""
        if self.origin is not None:
            return self.predict_read(self.origin.read(rows))
        return self.predict_read(as_matrix(rows, self.feature_names, own=own_names(self)))

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


def _class_names(names: Any) -> tuple[Any, ...]:
    """Return the names of classes, or say why they are none."""
    if isinstance(names, (str, bytes, Mapping, Set)) or not isinstance(names, Iterable):
        raise BadInputError(f"class_names={shown(names)}: expected a list of names, one for each of the labels 0, 1, …")
    listed = label_tuple(names) if isinstance(names, np.ndarray) else tuple(names)
    if any(same_label(a, b) and is_bool(a) == is_bool(b) for a, b in combinations(listed, 2)):
        raise BadInputError(f"class_names={shown(list(listed), 400)}: expected distinct names")
    return listed


def _key(value: Any) -> tuple[str, Any]:
    """Tell labels apart that Python holds for equal, such as 1 and True; NaN is equal to NaN."""
    if isinstance(value, (float, np.floating)) and np.isnan(value):
        return ("nan", None)
    return ("bool" if is_bool(value) else "", value)


def _sorted_labels(values: list[Any]) -> list[Any]:
    """Return labels in their own order if they have one, else by type and text."""
    try:
        if not any(isinstance(value, Set) or _key(value)[0] == "nan" for value in values):
            return sorted(values)
    except TypeError:
        pass
    return sorted(values, key=_by_text)


def _by_text(value: Any) -> tuple[str, str]:
    # the text of a set depends on the run, that of its sorted members does not
    text = str(sorted(map(str, value))) if isinstance(value, Set) else str(value)
    return type(value).__name__, text


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
    return _sorted_labels(list(found.values()))


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
        raise BadInputError(
            f"feature_names has {len(names)} names: the model has {model.n_features} columns, "
            f"expected {model.n_features}"
        )

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
            arrays, vocabulary, model.classes, origin.features, _read_of(origin, names), origin.unread,
            model.predict_read, missing, model,
        )  # fmt: skip
    vocabulary = Vocabulary(conditions, names, reading)
    remedy = "give a number, or declare missing=True (every test of a missing value is then false)"

    def read(rows: Any) -> NDArray[np.float64]:
        return read_numbers(rows, names, Reading.FLOAT64, missing, remedy, own_names(model))

    return CompiledTree(
        arrays, vocabulary, model.classes, numerical_features(names), read, lambda row: row.copy(),
        model.predict, missing, model,
    )  # fmt: skip


def own_names(model: DecisionTree) -> tuple[str, ...] | None:
    """Return the names that the tree was made with, None if they are the default ones."""
    return None if model.feature_names == default_names(model.n_features) else model.feature_names


def _read_of(origin: CompiledTree, names: tuple[str, ...]) -> Callable[[Any], NDArray[np.float64]]:
    """Return the reading of another model's rows, under other names of the columns if they have them."""
    own = origin.vocabulary.names
    if names == own:
        return origin.read
    return lambda rows: origin.read(as_matrix(rows, names, numeric=False, own=own))


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


def column_names(model: DecisionTree) -> tuple[str, ...]:
    """Return the names of the columns."""
    return model.feature_names


def takes_missing(model: DecisionTree) -> bool:
    """Hand-built trees take NaN only where it is declared (every test of it is then false)."""
    return False
