"""Hand-built decision trees."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, numerical_features
from ...engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, truth_of
from ...engine.models import CompiledModel, CompiledTree
from ..assembly.growth import Split, grow
from ..columns.readers import read_plain, read_renamed
from ..columns.rows import as_matrix, copy_row, default_names, listed_names
from ..encoder import Traits
from .learner import LearnerInformation, names_told
from .nodes import (
    MOST_FEATURES,
    DecisionNode,
    LeafNode,
    is_index,
    is_row,
    label_key,
    leaf_labels,
    leaves_of_rows,
    listed_classes,
    walk_nodes,
)
from .published import PublishedTree, Raw, raw_of


class DecisionTree(PublishedTree):
    """A hand-built decision tree. It reads numbers as float64.

    Leaves with probabilities decide for the first greatest one.

    Parameters
    ----------
    n_features : int
        Number of features. A tree without `feature_names` that tests further ones has these too, with a warning.
    root : DecisionNode, LeafNode or the value of a leaf
        The root.
    force_features_equal_to_binaries : bool
        Number the condition of feature i with i; each feature must then have one condition at most.
    feature_names : sequence of str, optional
        f1, f2, … by default.
    class_names : sequence, optional
        Names for the labels 0, 1, …: predictions are then these names.
    target_class : int, optional
        For a tree of ``BoostedTrees`` with more than two classes: the class that its leaves speak of.
    n_classes : int, optional
        Number of classes: no leaf may have more labels.
    learner_information : LearnerInformation, optional
        Names that are not given are taken from it.

    Raises
    ------
    BadInputError
        If a node tests a feature beyond those that have names, nodes form a cycle, or names do not fit.
    """

    def __init__(
        self,
        n_features: int,
        root: Any,
        *,
        force_features_equal_to_binaries: bool = False,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
        target_class: int | None = None,
        n_classes: int | None = None,
        learner_information: LearnerInformation | None = None,
    ) -> None:
        self.learner_information = learner_information
        feature_names, class_names = names_told(learner_information, feature_names, class_names)
        self.root: DecisionNode | LeafNode = root if isinstance(root, (DecisionNode, LeafNode)) else LeafNode(root)
        told = count_of(n_features, "n_features", MOST_FEATURES)
        self.n_features = features_tested(self.root, told, feature_names)
        self.grew = self.n_features > told  # it tests more features than it was told to have
        self.force_features_equal_to_binaries = truth_of(
            force_features_equal_to_binaries, "force_features_equal_to_binaries"
        )
        self.target_class = target_class
        names = default_names(self.n_features) if feature_names is None else listed_names(feature_names)
        if len(names) != self.n_features or len(set(names)) != self.n_features:
            raise BadInputError(f"feature_names={shown(list(names))}: expected {self.n_features} distinct names")
        self.feature_names = names
        # the labels at the leaves, and how many probabilities the other leaves give
        self.labels, self.width = leaf_labels(self.root, self.n_features)
        self.class_names = None if class_names is None else listed_classes(class_names)
        self.classes, self._index = index_labels(self.labels, self.width, self.class_names)
        check_count(n_classes, self.classes)
        # A tree that stands for another model (a rectified one) reads its rows as that model does.
        self.origin: CompiledTree | None = None

    def widened(self, n_features: int) -> DecisionTree:
        """Return the same tree over more features, which it does not test; itself if its features have names."""
        if self.n_features >= n_features or self.feature_names != default_names(self.n_features):
            return self
        tree = copy(self)
        tree.n_features, tree.feature_names = n_features, default_names(n_features)
        return tree

    def index_of(self, value: Any) -> int:
        """Return the class index of a leaf's value."""
        if is_row(value):
            return int(np.asarray(value, dtype=np.float64).argmax())
        return self._index[label_key(value)]

    def number_classes(self, classes: Sequence[Any]) -> None:
        """Let the labels of the leaves, 0 to K - 1, stand for these classes."""
        self.classes, self._index = tuple(classes), {("", i): i for i in range(len(classes))}

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row, by walking the nodes."""
        if self.origin is not None:
            return self.predict_read(self.origin.read(rows))
        return self.predict_read(as_matrix(rows, self.feature_names, own=own_names(self), absent=0.0))

    def predict_read(self, matrix: NDArray[np.float64]) -> NDArray[Any]:
        """Return the label of each row of numbers in the tree's own reading."""
        out = np.empty(len(matrix), dtype=object)
        for leaf, places in leaves_of_rows(self.root, matrix):
            label = self.classes[self.index_of(leaf.value)]
            for i in places:
                out[i] = label
        return out

    def raw_data_for_CPP(self) -> tuple[int, Raw]:  # noqa: N802  # its published name
        """Return the class that the tree speaks of (0: of all), and its nodes as ``(condition, left, right)``.

        Conditions are numbered as an explainer numbers them; those of a rectified tree as in the model that it was made
        of, and new ones after these.
        """
        frame = frame_of(self, None, frozenset())
        numbers = VocabularyBuilder(frame.reading, frame.missing)
        known = one_condition_a_feature([self.root], self.n_features) if self.force_features_equal_to_binaries else ()
        for condition in known if self.origin is None else self.origin.vocabulary.conditions:
            numbers.literal(condition)
        return self.target_class or 0, raw_of(self.root, numbers)

    def __repr__(self) -> str:
        return f"DecisionTree({self.n_features} features, root {self.root!r}, classes {list(self.classes)})"


def check_count(n_classes: int | None, classes: Sequence[Any]) -> None:
    """Raise BadInputError if there are more classes than were announced."""
    if n_classes is None:
        return
    if not is_index(n_classes, 2**31) or len(classes) > max(int(n_classes), 1):
        raise BadInputError(
            f"n_classes={shown(n_classes)}: expected a number from {len(classes)}, for the labels "
            f"{shown(list(classes), 200)}"
        )


def features_tested(root: DecisionNode | LeafNode, told: int, names: Sequence[Any] | None) -> int:
    """Return how many features a tree has: as many as are told, or up to the last one that it tests, with a warning.

    Trees with names for their features have as many as names: others are refused later.
    """
    last = max((node.id_feature for node in walk_nodes(root) if isinstance(node, DecisionNode)), default=0)
    if names is not None or last <= told:
        return told
    warnings.warn(f"a tree tests feature {last}: it is taken to have {last} features, not {told}", stacklevel=3)
    return last


def index_labels(
    labels: list[Any], width: int | None, class_names: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...], dict[tuple[str, Any], int]]:
    """Return the classes of a model whose leaves have these labels, or `width` probabilities, and where labels are.

    Raises
    ------
    BadInputError
        If names, labels and probabilities do not go together.
    """
    count = width if class_names is None else len(class_names)
    if count is None:
        return tuple(labels), {label_key(value): i for i, value in enumerate(labels)}
    names = tuple(range(count)) if class_names is None else class_names
    if width not in (None, count):
        raise BadInputError(f"class_names={shown(list(names))}: expected a name for each of the {width} probabilities")
    if not all(is_index(value, count) for value in labels):
        if class_names is None:
            raise BadInputError(
                f"leaves have the labels {labels} and {width} probabilities: expected a label from 0 to {count - 1}"
            )
        raise BadInputError(
            f"class_names={shown(list(names))}: expected a name for each of the leaves' labels {labels}"
        )
    return names, {label_key(i): i for i in range(count)}


def accepts(model: Any) -> bool:
    """Tell whether `model` is a hand-built tree."""
    return isinstance(model, DecisionTree)


def compile_model(
    model: DecisionTree, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledTree:
    """Compile a hand-built tree (see ``DecisionTree``); a missing value makes every test false.

    Raises
    ------
    BadInputError
        If condition numbers are to equal feature ids and a feature has two conditions, or names do not fit.
    """
    frame = frame_of(model, names, missing)
    known = one_condition_a_feature([model.root], model.n_features) if model.force_features_equal_to_binaries else ()
    arrays, conditions = grow(
        model.root, split_of, lambda leaf: model.index_of(leaf.value), frame.reading, known, frame.missing
    )
    check_known(known, conditions)
    return CompiledTree(
        arrays, Vocabulary(conditions, frame.names, frame.reading, frame.labels), model.classes, frame.features,
        frame.read, frame.to_user_row, model.predict if model.origin is None else model.predict_read,
        frame.missing, model,
    )  # fmt: skip


class Frame(NamedTuple):
    """What a hand-built model reads: its own columns, or those of the model that it stands for."""

    names: tuple[str, ...]
    reading: Reading
    missing: frozenset[int]
    labels: Mapping[int, tuple[Any, ...]]
    features: tuple[Feature, ...]
    read: Callable[[Any], NDArray[np.float64]]
    to_user_row: Callable[[NDArray[np.float64]], NDArray[Any]]


def frame_of(model: Any, names: tuple[str, ...] | None, missing: frozenset[int]) -> Frame:
    """Return what a hand-built tree or forest reads.

    Raises
    ------
    BadInputError
        If there are not as many names as columns.
    """
    names = names or model.feature_names
    if len(names) != model.n_features:
        raise BadInputError(
            f"feature_names has {len(names)} names: the model has {model.n_features} columns, "
            f"expected {model.n_features}"
        )
    origin: CompiledModel | None = model.origin
    if origin is not None:
        vocabulary = origin.vocabulary
        return Frame(
            names, vocabulary.reading, origin.missing, vocabulary.labels, origin.features, _read_of(origin, names),
            origin.to_user_row,
        )  # fmt: skip
    remedy = "give a number, or declare missing=True (every test of a missing value is then false)"
    own = own_names(model)

    read = partial(read_plain, None, names, Reading.FLOAT64, missing, remedy, own, 0.0)
    return Frame(names, Reading.FLOAT64, missing, {}, numerical_features(names), read, copy_row)


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that a hand-built model was made with, None if they are the default ones."""
    names: tuple[str, ...] = model.feature_names
    return None if names == default_names(model.n_features) else names


def source_of(model: Any) -> Any:
    """Return the fitted model that a hand-built one was made of, None if there is none."""
    return None if model.origin is None else model.origin.source


def _read_of(origin: CompiledModel, names: tuple[str, ...]) -> Callable[[Any], NDArray[np.float64]]:
    """Return the reading of another model's rows, under other names of the columns if they have them."""
    own = origin.vocabulary.names
    if names == own:
        return origin.read
    return partial(read_renamed, origin.read, names, own)


def split_of(node: DecisionNode | LeafNode) -> Split | None:
    """Return the condition of a node and its children, None for a leaf."""
    return (node.condition, node.left, node.right) if isinstance(node, DecisionNode) else None


def one_condition_a_feature(roots: Sequence[DecisionNode | LeafNode], n_features: int) -> tuple[Condition, ...]:
    """Return the first condition of each feature (``f >= 0.5`` where it is not tested), in the features' order."""
    chosen: dict[int, Condition] = {}
    for root in roots:
        for node in walk_nodes(root):
            if isinstance(node, DecisionNode):
                chosen.setdefault(node.id_feature - 1, node.condition)
    return tuple(chosen.get(column, Condition(column, Operator.GE, 0.5)) for column in range(n_features))


def check_known(known: tuple[Condition, ...], conditions: tuple[Condition, ...]) -> None:
    """Raise BadInputError if there are more conditions than the one of each feature."""
    if known and len(conditions) != len(known):
        raise BadInputError("force_features_equal_to_binaries=True: some feature has two conditions; leave it out")


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns."""
    names: tuple[str, ...] = model.feature_names
    return names


def takes_missing(model: Any) -> bool:
    """Hand-built models take NaN only where it is declared (every test of it is then false)."""
    return False


TRAITS = Traits(own_names=own_names, made_of=source_of)
