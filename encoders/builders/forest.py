"""Hand-built forests of hand-built trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, list_of
from ...engine.models import CompiledEnsemble, CompiledModel, label_array
from ...engine.models.ensembles import EnsembleArrays
from ..assembly.growth import grow_many
from ..assembly.members import check_voting, vote_of
from ..columns.rows import as_matrix, listed_names
from ..encoder import Traits
from .learner import LearnerInformation, names_told
from .nodes import is_index, is_row, label_key, leaves_of_rows, listed_classes, sorted_labels
from .published import PublishedForest
from .tree import (
    DecisionTree,
    check_known,
    column_names,
    frame_of,
    index_labels,
    one_condition_a_feature,
    own_names,
    source_of,
    split_of,
    takes_missing,
)

__all__ = ["RandomForest", "accepts", "column_names", "compile_model", "own_names", "takes_missing", "takes_voting"]


class RandomForest(PublishedForest):
    """A hand-built forest: each tree gives one vote to a class, or a probability to each class.

    Parameters
    ----------
    forest : sequence of DecisionTree
        Hand-built trees over the same features.
    n_features : int, optional
        Number of features, that of the trees.
    n_classes : int, optional
        Number of classes. If the leaves' labels are among 0 … n_classes - 1, these are the classes.
    feature_names : sequence of str, optional
        Those of the trees by default.
    class_names : sequence, optional
        Names for the labels 0, 1, …, those of the trees by default: predictions are then these names.
    voting : str
        ``"soft"``: the class with the greatest mean probability (a leaf's label has probability 1). ``"hard"``: the
        class with the most votes, where leaves with probabilities vote for the first greatest one. Ties go to the
        first class.
    learner_information : LearnerInformation, optional
        Names that are not given are taken from it.

    Raises
    ------
    BadInputError
        If there is no tree, or trees, labels and names do not go together.
    """

    def __init__(
        self,
        forest: Sequence[DecisionTree],
        *,
        n_features: int | None = None,
        n_classes: int | None = None,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
        voting: str = "soft",
        learner_information: LearnerInformation | None = None,
    ) -> None:
        check_voting(voting)
        self.voting = voting
        self.learner_information = learner_information
        feature_names, class_names = names_told(learner_information, feature_names, class_names)
        self.trees = checked_trees(forest, n_features)
        self.n_features = self.trees[0].n_features
        self.feature_names = common_names(self.trees, feature_names)
        self.force_features_equal_to_binaries = bool(self.trees[0].force_features_equal_to_binaries)
        self.classes, self._index = self._classes(n_classes, class_names)
        # A forest that stands for another model (a rectified one) reads its rows as that model does.
        self.origin: CompiledModel | None = None

    def _classes(
        self, n_classes: int | None, class_names: Sequence[Any] | None
    ) -> tuple[tuple[Any, ...], dict[tuple[str, Any], int]]:
        if n_classes is not None and not is_index(n_classes, 2**31):
            raise BadInputError(f"n_classes={shown(n_classes)}: expected a number from 1")
        named = {repr(tree.class_names): tree.class_names for tree in self.trees}
        names = listed_classes(class_names) if class_names is not None else next(iter(named.values()))
        if len(named) > 1 or next(iter(named)) not in ("None", repr(names)):
            raise BadInputError(
                f"class_names of the trees are {shown(list(named.values()), 200)}: expected the same for all trees"
            )
        widths = sorted({tree.width for tree in self.trees if tree.width is not None})
        if len(widths) > 1:
            raise BadInputError(f"leaves give {widths} probabilities: expected one number of classes for all trees")
        labels = sorted_labels(list({label_key(v): v for tree in self.trees for v in tree.labels}.values()))
        count = None if n_classes is None else int(n_classes)
        if count is not None and names is None and not widths and all(is_index(label, count) for label in labels):
            names = tuple(range(count))
        classes, index = index_labels(labels, widths[0] if widths else None, names)
        if count not in (None, len(classes)):
            raise BadInputError(
                f"n_classes={n_classes}: the forest has {len(classes)} classes, {shown(list(classes), 200)}; expected "
                "labels from 0 to n_classes - 1, or as many labels, names or probabilities"
            )
        return classes, index

    def row_of(self, value: Any) -> NDArray[np.float64]:
        """Return the probability that a leaf's value gives to each class."""
        if is_row(value):
            return np.array(value, dtype=np.float64)
        row = np.zeros(len(self.classes))
        row[self._index[label_key(value)]] = 1.0
        return row

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row, by walking the nodes."""
        return self.predict_read(self._read(rows))

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:
        """Return the mean probability of each class (its share of the votes, for hard voting), shape (m, n_classes)."""
        return self.sums(self._read(rows), self.voting) / len(self.trees)

    def _read(self, rows: Any) -> NDArray[np.float64]:
        if self.origin is not None:
            return self.origin.read(rows)
        return as_matrix(rows, self.feature_names, own=own_names(self), absent=0.0)

    def predict_read(self, matrix: NDArray[np.float64], voting: str | None = None) -> NDArray[Any]:
        """Return the label of each row of numbers in the forest's own reading."""
        voting = voting or self.voting
        scores = self.sums(matrix, voting) / (1 if voting == "hard" else len(self.trees))
        labels: NDArray[Any] = label_array(self.classes)[scores.argmax(axis=1)]
        return labels

    def sums(self, matrix: NDArray[np.float64], voting: str) -> NDArray[np.float64]:
        """Return what the trees give to each class in all, in their order, shape (m, n_classes)."""
        out = np.zeros((len(matrix), len(self.classes)))
        for tree in self.trees:
            for leaf, rows in leaves_of_rows(tree.root, matrix):
                row = self.row_of(leaf.value)
                out[rows] += vote_of(row[None, :])[0] if voting == "hard" else row
        return out

    def __repr__(self) -> str:
        return (
            f"RandomForest({len(self.trees)} trees, {self.n_features} features, classes {shown(list(self.classes))}, "
            f"{self.voting} voting)"
        )


def common_names(trees: Sequence[DecisionTree], feature_names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the features of all trees, or those that are given.

    Raises
    ------
    BadInputError
        If the trees have different names, or there are not as many as features.
    """
    if feature_names is None:
        first, *others = dict.fromkeys(tree.feature_names for tree in trees)
        if others:
            raise BadInputError(
                f"the trees name their features {list(first)[:12]} and {list(others[0])[:12]}: expected the same "
                "names, or feature_names=… for the forest"
            )
        return first
    names, count = listed_names(feature_names), trees[0].n_features
    if len(names) != count or len(set(names)) != count:
        raise BadInputError(f"feature_names={shown(list(names))}: expected {count} distinct names")
    return names


def checked_trees(forest: Any, n_features: int | None) -> tuple[DecisionTree, ...]:
    """Return the trees of a forest, or say why they are none."""
    trees = tuple(list_of(forest, "forest", "a list of Builder.DecisionTree"))
    if n_features is not None:
        count_of(n_features, "n_features")
    if any(isinstance(tree, DecisionTree) and tree.grew for tree in trees):  # they warned: all are as wide
        wide = max(tree.n_features for tree in trees if isinstance(tree, DecisionTree))
        trees = tuple(tree.widened(wide) if isinstance(tree, DecisionTree) else tree for tree in trees)
    if not trees:
        raise BadInputError("forest is empty: expected at least one Builder.DecisionTree")
    for i, tree in enumerate(trees, 1):
        if not isinstance(tree, DecisionTree):
            raise BadInputError(f"tree {i} of the forest is {shown(tree)}: expected a Builder.DecisionTree")
        if tree.origin is not None:
            raise BadInputError(f"tree {i} of the forest is a rectified one: expected trees that are built by hand")
        if tree.n_features != trees[0].n_features or n_features not in (None, tree.n_features):
            raise BadInputError(
                f"tree {i} of the forest has n_features={tree.n_features}: expected "
                f"{trees[0].n_features if n_features is None else shown(n_features)}"
            )
        if bool(tree.force_features_equal_to_binaries) != bool(trees[0].force_features_equal_to_binaries):
            raise BadInputError(
                "force_features_equal_to_binaries is True for some trees: expected the same for all trees of a forest"
            )
    return trees


def accepts(model: Any) -> bool:
    """Tell whether `model` is a hand-built forest."""
    return isinstance(model, RandomForest)


def takes_voting(model: Any) -> bool:
    """Tell whether `model` is a forest of classifiers: it is."""
    return True


def compile_model(
    model: RandomForest,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
) -> CompiledEnsemble:
    """Compile a hand-built forest.

    Parameters
    ----------
    model : RandomForest
        The forest.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.
    voting : str
        ``"soft"`` leaves it to the forest, ``"hard"`` lets a forest of either kind count votes.

    Raises
    ------
    BadInputError
        If condition numbers are to equal feature ids and a feature has two conditions, or names do not fit.
    """
    check_voting(voting)
    voting = "hard" if "hard" in (voting, model.voting) else "soft"
    frame = frame_of(model, names, missing)
    roots = [tree.root for tree in model.trees]
    known = one_condition_a_feature(roots, model.n_features) if model.force_features_equal_to_binaries else ()
    grown = grow_many(roots, lambda _, node: split_of(node), frame.reading, known, frame.missing)
    check_known(known, grown.conditions)
    values = np.array([model.row_of(leaf.value) for _, leaf in grown.leaves])
    trees = EnsembleArrays(
        grown.root, grown.literal, grown.left, grown.right, grown.leaf, vote_of(values) if voting == "hard" else values,
        np.zeros(len(model.classes)), 1.0 if voting == "hard" else float(len(roots)),
    )  # fmt: skip

    def predict(rows: Any) -> NDArray[Any]:
        return model.predict_read(rows, voting)

    return CompiledEnsemble(
        trees, Vocabulary(grown.conditions, frame.names, frame.reading, frame.labels), model.classes, frame.features,
        frame.read, frame.to_user_row, predict, frame.missing, model, voting,
    )  # fmt: skip


TRAITS = Traits(own_names=own_names, takes_voting=takes_voting, made_of=source_of)
