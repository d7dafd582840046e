"""scikit-learn's single classification trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import numerical_features
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledTree, label_tuple
from ...engine.models.trees import TreeArrays
from ...engine.quiet import quietly
from ..assembly.growth import Split, grow
from ..assembly.members import Parts, member_of
from ..columns.as_libraries import trees_of_sklearn
from ..columns.checks import check_columns, missing_remedy
from ..columns.rows import copy_row, default_names, read_numbers
from ..columns.sparse import is_sparse
from ..encoder import Traits, class_in

_NAMES = ("DecisionTreeClassifier", "ExtraTreeClassifier")


def accepts(model: Any) -> bool:
    """Tell whether `model` is a classification tree of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", _NAMES))


def takes_missing(model: Any) -> bool:
    """Tell whether the model's ``predict`` takes NaN."""
    from sklearn.utils import get_tags

    return bool(get_tags(model).input_tags.allow_nan) and getattr(model, "monotonic_cst", None) is None


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a fitted model was trained on, None if they had none."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else tuple(str(name) for name in names)


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "tree_")


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model has no fitted tree."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    if int(model.n_outputs_) != 1:
        raise UnsupportedModelError(
            f"{type(model).__name__} predicts {model.n_outputs_} outputs: expected one; fit a tree for each output"
        )


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledTree:
    """Compile a fitted classification tree.

    Parameters
    ----------
    model : DecisionTreeClassifier or ExtraTreeClassifier
        Fitted, with one output; any labels, class weights, pruning.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has several outputs, or takes no missing values where some are wanted.

    Notes
    -----
    A node tests ``x <= t`` with x rounded to float32 and t in float64, and goes left if it holds; it is numbered as
    the condition ``x > t``. A leaf's class is the first one with the greatest weight, as in scikit-learn.
    """
    check_fitted(model)
    names = names or column_names(model)
    takes = takes_missing(model)
    check_columns(names, int(model.n_features_in_), missing, takes, model)
    arrays, conditions = _grown(model.tree_, missing)
    vocabulary = Vocabulary(conditions, names, Reading.FLOAT32)
    return CompiledTree(
        arrays, vocabulary, label_tuple(model.classes_), numerical_features(names),
        reader(model, names, missing, takes), copy_row, own_predict(model), missing, model,
        rounded=True,
    )  # fmt: skip


def reader(
    model: Any, names: tuple[str, ...], missing: frozenset[int], takes: bool
) -> Callable[[Any], NDArray[np.float64]]:
    """Return what reads the user's rows as the model does: as float32, NaN only in the columns of `missing`."""
    return partial(read_as_trees, type(model).__name__, names, missing, takes, missing_remedy(takes), own_names(model))


def read_as_trees(
    kind: str, names: tuple[str, ...], missing: frozenset[int], takes: bool, remedy: str, own: Sequence[str] | None,
    rows: Any,
) -> NDArray[np.float64]:  # fmt: skip
    """Read the user's rows as scikit-learn's trees do, see ``reader``."""
    if takes and is_sparse(rows) and np.isnan(rows.data).any():
        raise BadInputError(f"a sparse row stores NaN, which {kind} takes only in dense rows: pass .toarray() of it")
    return read_numbers(trees_of_sklearn(rows), names, Reading.FLOAT32, missing, remedy, own, 0.0)


def parts_of(model: Any, voting: str = "soft") -> Parts:
    """Return a fitted tree as an ensemble of one, whose values are the shares of the classes in a leaf."""
    classes = label_tuple(model.classes_)
    member = member_of(model.tree_, np.ascontiguousarray(model.tree_.value[:, 0, : len(classes)]))
    return Parts((member,), np.zeros(len(classes)), 1.0, classes, "soft")


def _grown(tree: Any, missing: frozenset[int]) -> tuple[TreeArrays, tuple[Condition, ...]]:
    """Return scikit-learn's tree structure as arrays, with its conditions."""
    false_child, true_child = tree.children_left.tolist(), tree.children_right.tolist()
    feature, threshold = tree.feature.tolist(), tree.threshold.tolist()
    missing_left = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count, np.uint8)).tolist()
    best = tree.value[:, 0, :].argmax(axis=1).tolist()

    def split_of(node: int) -> Split | None:
        if false_child[node] == -1:
            return None
        column = feature[node]
        goes_right = column in missing and not missing_left[node]
        condition = Condition(column, Operator.GT, threshold[node], bool(goes_right))
        return condition, false_child[node], true_child[node]

    return grow(0, split_of, lambda node: int(best[node]), Reading.FLOAT32, missing=missing)


def own_predict(model: Any, dtype: Any = np.float32) -> Callable[[NDArray[np.float64]], NDArray[Any]]:
    """Return the model's own ``predict`` on (copies of) matrices, without the warning about absent column names."""

    def predict(rows: NDArray[np.float64]) -> NDArray[Any]:
        with quietly(".*feature names.*"):
            labels: NDArray[Any] = model.predict(rows.astype(dtype))
        return labels

    return predict


def complete_names(model: Any, names: tuple[str, ...] | None, missing: frozenset[int]) -> tuple[str, ...]:
    """Return a name for each column of a fitted model that takes no missing values: those given, or its own.

    Raises
    ------
    BadInputError
        If there are more or fewer, or some columns may be missing.
    """
    names = names or own_names(model) or default_names(int(model.n_features_in_))
    if len(names) != int(model.n_features_in_) or missing:
        raise BadInputError(
            f"{type(model).__name__} has {int(model.n_features_in_)} columns and takes no missing values: got "
            f"{len(names)} names and missing values in columns {sorted(missing)}"
        )
    return names


TRAITS = Traits(own_names=own_names)
