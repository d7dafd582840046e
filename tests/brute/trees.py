"""Decision trees as nested splits, walked by rows of values or by truth assignments."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

OPERATORS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``column operator threshold``; `missing` is its truth at a missing value (None: it has no opinion)."""

    column: int
    operator: str
    threshold: float
    missing: bool | None = None

    def __repr__(self) -> str:
        known = "" if self.missing is None else f", {self.missing}"
        return f"Condition({self.column}, {self.operator!r}, {self.threshold!r}{known})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def truth(self, values: np.ndarray) -> np.ndarray:
        """Truth at each of `values`, which are what the model reads (after any rounding)."""
        values = np.asarray(values, dtype=np.float64)
        found = OPERATORS[self.operator](values, self.threshold)
        if self.missing is None:
            return found
        return np.where(np.isnan(values), self.missing, found)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An outcome, as an index into the list of classes."""

    label: int

    def __repr__(self) -> str:
        return f"Leaf({self.label})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


@dataclass(frozen=True, slots=True)
class Split:
    """A test; `right` is taken where the condition is true."""

    condition: Condition
    left: Split | Leaf
    right: Split | Leaf

    def __repr__(self) -> str:
        return f"Split({self.condition!r}, {self.left!r}, {self.right!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


Tree = Split | Leaf


def walk(model: Any) -> Iterator[Condition]:
    """Conditions of the inner nodes of a tree, depth first: node, left, right; of a forest tree after tree."""
    if isinstance(model, Split):
        yield model.condition
        yield from walk(model.left)
        yield from walk(model.right)
    for tree in getattr(model, "trees", ()):
        yield from walk(tree)


def labels_of_rows(tree: Tree, rows: np.ndarray) -> np.ndarray:
    """Label of each row of values (as the model reads them)."""
    if isinstance(tree, Leaf):
        return np.full(len(rows), tree.label)
    right = tree.condition.truth(rows[:, tree.condition.column])
    return np.where(right, labels_of_rows(tree.right, rows), labels_of_rows(tree.left, rows))


def labels_of_assignments(tree: Tree, assignments: np.ndarray, literal: Mapping[Condition, int]) -> np.ndarray:
    """Label of each truth assignment (bit v - 1 of a mask tells whether condition v is true)."""
    if isinstance(tree, Leaf):
        return np.full(len(assignments), tree.label)
    number = literal[tree.condition]
    right = ((assignments >> (abs(number) - 1)) & 1) == (number > 0)
    return np.where(
        right,
        labels_of_assignments(tree.right, assignments, literal),
        labels_of_assignments(tree.left, assignments, literal),
    )


def path(tree: Tree, row: np.ndarray) -> Iterator[Condition]:
    """Conditions that one row meets from the root to its leaf."""
    while isinstance(tree, Split):
        yield tree.condition
        right = bool(tree.condition.truth(row[[tree.condition.column]])[0])
        tree = tree.right if right else tree.left


def best_label(weights: np.ndarray) -> Leaf:
    """Make the leaf of a classifier: the first greatest weight decides."""
    return Leaf(int(np.argmax(weights)))


def of_sklearn(model: Any, leaf: Callable[[np.ndarray], Any] = best_label, columns: Sequence[int] = ()) -> Any:
    """Read a fitted scikit-learn tree: ``x <= t`` goes left, so the condition is ``x > t``.

    `leaf` makes a leaf of its values; `columns` are those of the tree's features, where it saw only some.
    """
    fitted = model.tree_

    def node(at: int) -> Any:
        if fitted.children_left[at] < 0:
            return leaf(fitted.value[at][0])
        column = int(fitted.feature[at])
        condition = Condition(
            int(columns[column]) if len(columns) else column,
            ">",
            float(fitted.threshold[at]),
            not fitted.missing_go_to_left[at],
        )
        return Split(condition, node(fitted.children_left[at]), node(fitted.children_right[at]))

    return node(0)
