"""The nodes of hand-built trees, and the labels of their leaves."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, is_whole, list_of, real, reals, truth_of
from ...engine.models import is_bool, label_tuple, same_label

_SUM = 0.01  # how far the probabilities of a leaf may be from 1 in all: people round them

MOST_FEATURES = 10**6  # each has a name and columns of its own in rows


class LeafNode:
    """A leaf that decides for a label, or gives each class a probability.

    Parameters
    ----------
    value : label, or list or array of numbers
        Any label: a number, a string, a bool, a tuple. A list or an array holds the probabilities of the classes
        0, 1, … instead.
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
    left, right : DecisionNode, LeafNode or the value of a leaf
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
        count_of(id_feature, "id_feature", MOST_FEATURES)
        try:
            number = real(threshold)
        except (TypeError, ValueError, OverflowError):
            raise BadInputError(f"threshold={shown(threshold)}: expected a number") from None
        if np.isnan(number):
            raise BadInputError(f"threshold={shown(threshold)}: expected a number")
        self.id_feature = int(id_feature)
        self.threshold = number
        self.operator = Operator.parse(operator)
        self.missing = truth_of(missing, "missing")
        self.left = left if isinstance(left, (DecisionNode, LeafNode)) else LeafNode(left)
        self.right = right if isinstance(right, (DecisionNode, LeafNode)) else LeafNode(right)

    @property
    def condition(self) -> Condition:
        """The test as a condition on a 0-based column."""
        return Condition(self.id_feature - 1, self.operator, self.threshold, self.missing)

    def __repr__(self) -> str:
        return f"DecisionNode(f{self.id_feature} {self.operator} {self.threshold:g})"


def is_row(value: Any) -> bool:
    """Tell whether a leaf's value is a row of probabilities; a tuple is a label."""
    return isinstance(value, (list, np.ndarray))


def probabilities(leaf: LeafNode) -> NDArray[np.float64]:
    """Return the row of a leaf that gives probabilities.

    Raises
    ------
    BadInputError
        If they are no numbers from 0 that sum to 1.
    """
    hint = "expected the probability of each class, such as [0.2, 0.8]"
    try:
        row = reals(leaf.value)
    except (TypeError, ValueError, OverflowError):
        raise BadInputError(f"leaf value {shown(leaf.value)}: {hint}") from None
    if row.ndim != 1 or not len(row) or np.asarray(leaf.value).dtype.kind not in "fiub":
        raise BadInputError(f"leaf value {shown(leaf.value)}: {hint}")
    if not (np.isfinite(row).all() and (row >= 0).all()):
        raise BadInputError(f"leaf value {shown(leaf.value)}: expected finite numbers from 0, one for each class")
    if abs(float(row.sum()) - 1.0) > _SUM:
        raise BadInputError(f"leaf value {shown(leaf.value)} sums to {float(row.sum()):g}: expected 1")
    return row


def label_key(value: Any) -> tuple[str, Any]:
    """Tell labels apart that Python holds for equal, such as 1 and True; NaN is equal to NaN."""
    if isinstance(value, (float, np.floating)) and np.isnan(value):
        return ("nan", None)
    return ("bool" if is_bool(value) else "", value)


def is_index(value: Any, count: int) -> bool:
    """Tell whether a label is one of the numbers 0 … count - 1."""
    return is_whole(value) and bool(0 <= value < count)


def sorted_labels(values: list[Any]) -> list[Any]:
    """Return labels in their own order if they have one, else by type and text."""
    try:
        if not any(isinstance(value, Set) or label_key(value)[0] == "nan" for value in values):
            return sorted(values)
    except TypeError:
        pass
    return sorted(values, key=_by_text)


def _by_text(value: Any) -> tuple[str, str]:
    # the text of a set depends on the run, that of its sorted members does not
    text = str(sorted(map(str, value))) if isinstance(value, Set) else str(value)
    return type(value).__name__, text


def listed_classes(names: Any) -> tuple[Any, ...]:
    """Return the names of classes, or say why they are none."""
    if isinstance(names, Set):
        raise BadInputError(f"class_names={shown(names)}: expected a list of names, in the order of the labels 0, 1, …")
    told = list_of(names, "class_names", "a list of names, one for each of the labels 0, 1, …")
    listed = label_tuple(names) if isinstance(names, np.ndarray) else tuple(told)
    if any(same_label(a, b) and is_bool(a) == is_bool(b) for a, b in combinations(listed, 2)):
        raise BadInputError(f"class_names={shown(list(listed), 400)}: expected distinct names")
    return listed


def leaf_labels(root: DecisionNode | LeafNode, n_features: int) -> tuple[list[Any], int | None]:
    """Check the nodes; return the distinct labels (sorted if they can be) and the length of rows, if leaves have any.

    Raises
    ------
    BadInputError
        If nodes form a cycle or test a feature that is not there, or a leaf's value is no label and no row.
    """
    found: dict[tuple[str, Any], Any] = {}
    widths: dict[int, Any] = {}
    for node in walk_nodes(root):
        if isinstance(node, LeafNode):
            if is_row(node.value):
                widths.setdefault(len(probabilities(node)), node.value)
                continue
            try:
                found.setdefault(label_key(node.value), node.value)
            except TypeError:
                raise BadInputError(
                    f"leaf value {shown(node.value)}: expected a label such as a number or a string"
                ) from None
        elif node.id_feature > n_features:
            raise BadInputError(f"{node!r} tests feature {node.id_feature}: the tree has n_features={n_features}")
    if len(widths) > 1:
        one, other = list(widths.values())[:2]
        raise BadInputError(
            f"leaf values {shown(one)} and {shown(other)}: expected rows of one length, a number for each class"
        )
    return sorted_labels(list(found.values())), next(iter(widths), None)


def walk_nodes(root: DecisionNode | LeafNode) -> Iterator[DecisionNode | LeafNode]:
    """Yield each node of a tree once, in the order node, left, right.

    Raises
    ------
    BadInputError
        If a node lies below itself.
    """
    stack: list[tuple[DecisionNode | LeafNode, bool]] = [(root, False)]
    on_path: set[int] = set()
    done: set[int] = set()
    while stack:
        node, leaving = stack.pop()
        if leaving:
            on_path.discard(id(node))
            done.add(id(node))
            continue
        if id(node) in on_path:
            raise BadInputError(f"{node!r} lies below itself: expected a tree")
        if id(node) in done:
            continue
        yield node
        if isinstance(node, DecisionNode):
            on_path.add(id(node))
            stack += [(node, True), (node.right, False), (node.left, False)]
        else:
            done.add(id(node))


def leaves_of_rows(
    root: DecisionNode | LeafNode, matrix: NDArray[np.float64]
) -> Iterator[tuple[LeafNode, NDArray[np.intp]]]:
    """Yield the leaves that rows of numbers reach, by walking the nodes, each with the numbers of its rows."""
    stack: list[tuple[DecisionNode | LeafNode, NDArray[np.intp]]] = [(root, np.arange(len(matrix)))]
    while stack:
        node, rows = stack.pop()
        if isinstance(node, LeafNode):
            yield node, rows
            continue
        truth = node.condition.true_at(matrix[rows, node.id_feature - 1])
        stack += [(child, part) for child, part in ((node.right, rows[truth]), (node.left, rows[~truth])) if len(part)]
