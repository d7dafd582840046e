"""Forests as lists of nested splits whose leaves carry values; what they say of rows and of truth assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.brute.trees import Condition, Split, of_sklearn, path


@dataclass(frozen=True, slots=True)
class Values:
    """A leaf: one number a class, or the one number of a regression tree."""

    values: tuple[float, ...]

    def __repr__(self) -> str:
        return f"Values({self.values!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def vote(self) -> int:
        """The first greatest value."""
        return self.values.index(max(self.values))


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees, and how they decide.

    ``"soft"``: the values are averaged; ``"hard"``: each tree votes; ``"value"``: the mean of the values is a number.
    """

    trees: tuple[Split | Values, ...]
    voting: str = "soft"

    @property
    def n_outputs(self) -> int:
        """Number of values of each leaf."""
        return len(next(leaves(self.trees[0])).values)


def leaves(tree: Split | Values) -> Iterator[Values]:
    """All leaves of a tree."""
    if isinstance(tree, Split):
        yield from leaves(tree.left)
        yield from leaves(tree.right)
    else:
        yield tree


def fall(tree: Any, truth: Callable[[Condition], np.ndarray], m: int) -> np.ndarray:
    """Values of the leaves that `m` inputs reach, one row an input; `truth` gives the truth of a condition at each."""
    if isinstance(tree, Values):
        return np.tile(np.array(tree.values, dtype=np.float64), (m, 1))
    right = truth(tree.condition)
    return np.where(right[:, None], fall(tree.right, truth, m), fall(tree.left, truth, m))


def _of_rows(rows: np.ndarray) -> Callable[[Condition], np.ndarray]:
    return lambda condition: condition.truth(rows[:, condition.column])


def _of_assignments(masks: np.ndarray, literal: Mapping[Condition, int]) -> Callable[[Condition], np.ndarray]:
    def truth(condition: Condition) -> np.ndarray:
        number = literal[condition]
        return ((masks >> (abs(number) - 1)) & 1) == (number > 0)

    return truth


def votes(forest: Forest, truth: Callable[[Condition], np.ndarray], m: int) -> np.ndarray:
    """What each tree votes for, shape (m, n_trees)."""
    return np.column_stack([fall(tree, truth, m).argmax(axis=1) for tree in forest.trees])


def scores(forest: Forest, truth: Callable[[Condition], np.ndarray], m: int) -> np.ndarray:
    """Mean of the values (or of the votes), added in the order of the trees, shape (m, n_outputs)."""
    total = np.zeros((m, forest.n_outputs))
    for tree in forest.trees:
        reached = fall(tree, truth, m)
        total += np.eye(forest.n_outputs)[reached.argmax(axis=1)] if forest.voting == "hard" else reached
    return total / len(forest.trees)


def scores_of_rows(forest: Forest, rows: np.ndarray) -> np.ndarray:
    """Scores of rows of values (as the model reads them)."""
    return scores(forest, _of_rows(rows), len(rows))


def scores_of_assignments(forest: Forest, masks: np.ndarray, literal: Mapping[Condition, int]) -> np.ndarray:
    """Scores of truth assignments (bit v - 1 of a mask tells whether condition v is true)."""
    return scores(forest, _of_assignments(masks, literal), len(masks))


def votes_of_rows(forest: Forest, rows: np.ndarray) -> np.ndarray:
    """Votes at rows of values."""
    return votes(forest, _of_rows(rows), len(rows))


def votes_of_assignments(forest: Forest, masks: np.ndarray, literal: Mapping[Condition, int]) -> np.ndarray:
    """Votes at truth assignments."""
    return votes(forest, _of_assignments(masks, literal), len(masks))


def paths(forest: Forest, row: np.ndarray) -> Iterator[Condition]:
    """Conditions that one row meets in all trees."""
    for tree in forest.trees:
        yield from path(tree, row)


def of_ensemble(model: Any, voting: str) -> Forest:
    """Read a fitted forest or bagging ensemble of scikit-learn."""
    members = list(getattr(model, "estimators_", [model]))
    bagging = hasattr(model, "estimators_features_")
    columns: Sequence[Sequence[int]] = model.estimators_features_ if bagging else [()] * len(members)
    classes = getattr(model, "classes_", None)

    def leaf(member: Any) -> Callable[[np.ndarray], Values]:
        if classes is None:
            return lambda found: Values((float(found[0]),))
        # bagging fits its trees on class numbers, and a tree may have seen only some of them
        known = np.asarray(member.classes_, dtype=np.int64) if bagging else np.arange(len(classes))
        return lambda found: Values(_spread(found, known, len(classes)))

    trees = [of_sklearn(m, leaf(m), seen) for m, seen in zip(members, columns, strict=True)]
    return Forest(tuple(trees), voting)


def _spread(found: np.ndarray, known: np.ndarray, n: int) -> tuple[float, ...]:
    values = [0.0] * n
    for label, value in zip(known.tolist(), found.tolist(), strict=False):
        values[label] = float(value)
    return tuple(values)
