"""Hand-built boosted trees of hand-built trees, for classes and for numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import is_number
from ...engine.models import CompiledEnsemble, label_array
from ...engine.models.ensembles import LINKS, EnsembleArrays, decide_rows
from ..assembly.growth import grow_many
from ..columns.rows import as_matrix
from ..encoder import Traits
from .forest import checked_trees, common_names
from .learner import LearnerInformation, base_told, names_told
from .nodes import LeafNode, is_index, leaves_of_rows, listed_classes, walk_nodes
from .published import PublishedForest
from .tree import (
    DecisionTree,
    check_known,
    column_names,
    frame_of,
    one_condition_a_feature,
    own_names,
    source_of,
    split_of,
    takes_missing,
)

__all__ = [
    "BoostedTrees", "BoostedTreesRegression", "accepts", "column_names", "compile_model", "own_names", "takes_missing"
]  # fmt: skip

_LEAST = 5e-324  # the least number above 0


class _Sums(PublishedForest):
    """Trees whose leaves are numbers, which are added up in the order of the trees (in double precision)."""

    def __init__(
        self,
        forest: Sequence[DecisionTree],
        n_features: int | None,
        feature_names: Sequence[str] | None,
        base: Any,
        n_outputs: int,
    ) -> None:
        self.trees = checked_trees(forest, n_features)
        self.n_features = self.trees[0].n_features
        self.feature_names = common_names(self.trees, feature_names)
        self.force_features_equal_to_binaries = bool(self.trees[0].force_features_equal_to_binaries)
        self.base = _start(base, n_outputs)
        self.outputs = self._outputs()
        for i, tree in enumerate(self.trees, 1):
            for node in walk_nodes(tree.root):
                if isinstance(node, LeafNode):
                    _weight(node.value, f"a leaf of tree {i}")
        # A model that stands for another one (a rectified one) reads its rows, adds and decides as that model does.
        self.origin: CompiledEnsemble | None = None

    def _outputs(self) -> tuple[int, ...]:
        """Return the sum that each tree adds to."""
        count = len(self.base)
        told = [tree.target_class for tree in self.trees]
        if count == 1 or all(target is None for target in told):
            return tuple(i % count for i in range(len(self.trees)))
        for i, target in enumerate(told, 1):
            if not is_index(target, count):
                raise BadInputError(
                    f"tree {i} has target_class={shown(target)}: expected a class from 0 to {count - 1} for each tree, "
                    "or none for all of them (they then take turns)"
                )
        return tuple(int(target) for target in told if target is not None)

    def _read(self, rows: Any) -> F64:
        if self.origin is not None:
            return self.origin.read(rows)
        return as_matrix(rows, self.feature_names, own=own_names(self), absent=0.0)

    def sums(self, matrix: F64) -> F64:
        """Return the sums of rows of numbers in the model's own reading, shape (m, n_outputs)."""
        out = np.tile(self.base, (len(matrix), 1))
        for tree, output in zip(self.trees, self.outputs, strict=True):
            for leaf, rows in leaves_of_rows(tree.root, matrix):
                out[rows, output] += float(leaf.value)
                if self.single:
                    out[rows, output] = out[rows, output].astype(np.float32)
        return out

    @property
    def single(self) -> bool:
        """Whether sums are rounded to float32."""
        return self.origin is not None and self.origin.trees.single


class BoostedTrees(_Sums):
    """Hand-built boosted trees for classes.

    Parameters
    ----------
    forest : sequence of DecisionTree
        Hand-built trees over the same features, with numbers as leaves.
    n_classes : int
        Two classes: class 1 where the sum of the leaves is above 0. More, or two with a `base` of two numbers: each
        tree adds to the sum of one class, its ``target_class`` (by default they take turns: 0, 1, …, 0, 1, …), and the
        first greatest sum wins.
    n_features : int, optional
        Number of features, that of the trees.
    feature_names : sequence of str, optional
        Those of the trees by default.
    class_names : sequence, optional
        Names for the classes 0, 1, …: predictions are then these names.
    base : float or sequence of float
        What the sums start from: one number, or one for each class; default: the told base score, or 0.
    learner_information : LearnerInformation, optional
        Names and a base score that are not given are taken from it.

    Raises
    ------
    BadInputError
        If there is no tree, leaves are no numbers, or trees, classes and names do not go together.
    """

    def __init__(
        self,
        forest: Sequence[DecisionTree],
        n_classes: int = 2,
        *,
        n_features: int | None = None,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
        base: Any = None,
        learner_information: LearnerInformation | None = None,
    ) -> None:
        self.learner_information = learner_information
        feature_names, class_names = names_told(learner_information, feature_names, class_names)
        if not is_index(n_classes, 2**31) or n_classes < 2:
            raise BadInputError(f"n_classes={shown(n_classes)}: expected a number from 2")
        self.classes = tuple(range(int(n_classes))) if class_names is None else listed_classes(class_names)
        if len(self.classes) != n_classes:
            raise BadInputError(f"class_names={shown(list(self.classes))}: expected {n_classes} names")
        base = base_told(learner_information, base)
        several = isinstance(base, (list, tuple)) or (isinstance(base, np.ndarray) and base.ndim > 0)
        each = several and len(base) == n_classes  # a sum for each class
        count = int(n_classes) if each or n_classes > 2 else 1
        super().__init__(forest, n_features, feature_names, base, count)

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row, by walking the nodes."""
        return self.predict_read(self._read(rows))

    def predict_read(self, matrix: F64) -> NDArray[Any]:
        """Return the label of each row of numbers in the model's own reading."""
        sums = self.sums(matrix)
        if sums.shape[1] == 1:
            chosen = (sums[:, 0] >= self.threshold).astype(np.intp)
        else:
            chosen = decide_rows(sums, LINKS.index(self.link)).astype(np.intp)
        labels: NDArray[Any] = label_array(self.classes)[chosen]
        return labels

    @property
    def threshold(self) -> float:
        """The least sum for class 1, where there are two classes."""
        return _LEAST if self.origin is None else self.origin.threshold

    @property
    def link(self) -> str:
        """What lies between the sums and the greatest one (see ``ensembles.LINKS``)."""
        return "identity" if self.origin is None else self.origin.link

    def __repr__(self) -> str:
        return f"BoostedTrees({len(self.trees)} trees, {self.n_features} features, classes {shown(list(self.classes))})"


class BoostedTreesRegression(_Sums):
    """Hand-built boosted trees for numbers: the prediction is the sum of the leaves.

    Parameters
    ----------
    forest, n_features, feature_names, learner_information
        See ``BoostedTrees``.
    base : float
        What the sum starts from; default: the told base score, or 0.

    Raises
    ------
    BadInputError
        If there is no tree, leaves are no numbers, or trees and names do not go together.
    """

    def __init__(
        self,
        forest: Sequence[DecisionTree],
        *,
        n_features: int | None = None,
        feature_names: Sequence[str] | None = None,
        base: Any = None,
        learner_information: LearnerInformation | None = None,
    ) -> None:
        self.classes: tuple[Any, ...] = ()
        self.learner_information = learner_information
        feature_names, _ = names_told(learner_information, feature_names, None)
        super().__init__(forest, n_features, feature_names, base_told(learner_information, base), 1)

    def predict(self, rows: Any) -> F64:
        """Return the number of each row, by walking the nodes."""
        return self.predict_read(self._read(rows))

    def predict_read(self, matrix: F64) -> F64:
        """Return the number of each row of numbers in the model's own reading."""
        return self.sums(matrix)[:, 0]

    def __repr__(self) -> str:
        return f"BoostedTreesRegression({len(self.trees)} trees, {self.n_features} features)"


def _weight(value: Any, where: str) -> float:
    """Return a number, or say why it is none."""
    try:
        found = float(value) if is_number(value) else np.nan
    except OverflowError:  # a whole number beyond all floats
        found = np.inf
    if not np.isfinite(found):
        raise BadInputError(f"{where} is {shown(value)}: expected a finite number, which is added to the others")
    return found


def _start(base: Any, n_outputs: int) -> F64:
    """Return what the sums start from."""
    listed = list(base) if isinstance(base, (list, tuple, np.ndarray)) else [base] * n_outputs
    if len(listed) != n_outputs:
        raise BadInputError(f"base={shown(base)}: expected a number, or {n_outputs} of them")
    return np.array([_weight(value, "base") for value in listed], dtype=np.float64)


def accepts(model: Any) -> bool:
    """Tell whether `model` is made of hand-built boosted trees."""
    return isinstance(model, (BoostedTrees, BoostedTreesRegression))


def compile_model(
    model: BoostedTrees | BoostedTreesRegression,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
) -> CompiledEnsemble:
    """Compile hand-built boosted trees.

    Parameters
    ----------
    model : BoostedTrees or BoostedTreesRegression
        The model.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.

    Raises
    ------
    BadInputError
        If condition numbers are to equal feature ids and a feature has two conditions, or names do not fit.
    """
    frame = frame_of(model, names, missing)
    roots = [tree.root for tree in model.trees]
    known = one_condition_a_feature(roots, model.n_features) if model.force_features_equal_to_binaries else ()
    grown = grow_many(roots, lambda _, node: split_of(node), frame.reading, known, frame.missing)
    check_known(known, grown.conditions)
    values = np.zeros((len(grown.leaves), len(model.base)))
    for row, (t, leaf) in enumerate(grown.leaves):
        values[row, model.outputs[t]] = float(leaf.value)
    trees = EnsembleArrays(
        grown.root, grown.literal, grown.left, grown.right, grown.leaf, values, model.base.copy(), single=model.single
    )
    threshold, link = (model.threshold, model.link) if isinstance(model, BoostedTrees) else (0.0, "identity")
    return CompiledEnsemble(
        trees, Vocabulary(grown.conditions, frame.names, frame.reading, frame.labels), model.classes, frame.features,
        frame.read, frame.to_user_row, model.predict_read, frame.missing, model,
        "boosted" if model.classes else "value", threshold, link,
    )  # fmt: skip


TRAITS = Traits(own_names=own_names, made_of=source_of)
