"""Which encoder takes a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.errors import BadInputError, UnsupportedModelError, shown
from ..engine.given import items_in
from ..engine.models import CompiledModel
from .assembly.members import check_voting
from .binarized import models as binarized_models
from .builders import boosting as boosting_builder
from .builders import forest as forest_builder
from .builders import labels as label_cnf
from .builders import tree as tree_builder
from .columns.missing import is_missing
from .columns.rows import as_matrix, default_names, listed_names
from .columns.sparse import columns_left_out, is_sparse
from .lightgbm import models as lightgbm_models
from .meta import multilabel, one_vs_rest
from .model_files import file_refusal, is_path
from .networks import models as binarized
from .pipelines import models as pipelines
from .refusals import refusal
from .sklearn import bayes as sklearn_bayes
from .sklearn import boosting as sklearn_boosting
from .sklearn import forests as sklearn_forests
from .sklearn import hist_boosting
from .sklearn import linear as sklearn_linear
from .sklearn import trees as sklearn_trees
from .xgboost import models as xgboost_models

ENCODERS = (
    one_vs_rest, multilabel, label_cnf, tree_builder, forest_builder, boosting_builder, sklearn_trees, sklearn_forests,
    sklearn_boosting, hist_boosting, xgboost_models, lightgbm_models, sklearn_bayes, sklearn_linear, binarized,
    binarized_models, pipelines,
)  # fmt: skip


def encoder_of(model: Any) -> Any:
    """Return the encoder module that takes a model.

    Raises
    ------
    UnsupportedModelError
        If none does; it names the way out.
    """
    if isinstance(model, type):
        such = f", such as {model.__name__}().fit(X, y)" if hasattr(model, "fit") else ""
        raise UnsupportedModelError(f"{model.__name__} is a class: expected a fitted model{such}")
    for encoder in ENCODERS:
        if encoder.accepts(model):
            return encoder
    if is_path(model):
        raise file_refusal(model)
    raise refusal(model, _accepted)


def _accepted(model: Any) -> bool:
    return any(encoder.accepts(model) for encoder in ENCODERS)


def compile_model(
    model: Any,
    *,
    feature_names: Sequence[str] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    features_type: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledModel:
    """Compile any model that an encoder takes.

    Parameters
    ----------
    model : object
        Fitted or hand-built.
    feature_names : sequence of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    voting : str
        How a forest of classifiers decides: ``"soft"``, as its library does, or ``"hard"``, by the majority of its
        trees' own predictions. A hand-built forest has its own rule, which ``"soft"`` leaves as it is.
    features_type : mapping, optional
        What the columns are, for models whose compiled form depends on it (others leave it to the explainer).
    dtypes : tuple of str, optional
        The dtypes of the rows that are explained, see ``dtypes_of``, for models that calculate in them.

    Raises
    ------
    BadInputError
        If `voting` is something else, or ``"hard"`` for a model that is no forest of classifiers.
    """
    check_voting(voting)
    encoder = encoder_of(model)
    votes = hasattr(encoder, "takes_voting") and encoder.takes_voting(model)
    if voting != "soft" and not votes:
        raise BadInputError(
            f"voting={shown(voting)}: {type(model).__name__} is no forest of classifiers, whose trees could vote; "
            "leave voting out"
        )
    names = None if feature_names is None else column_names(model, feature_names)
    how: dict[str, Any] = {"voting": voting} if votes else {}
    if takes_types(model):
        how["types"] = features_type
    if dtypes and encoder is pipelines:
        how["dtypes"] = dtypes
    compiled: CompiledModel = encoder.compile_model(model, names=names, missing=missing, **how)
    return compiled


def dtypes_of(model: Any, rows: Any, names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the dtypes of rows in which a model calculates, one a column.

    Only pipelines do: all other models round each number to their own precision. Empty if it does not matter how rows
    come; ``None`` if it does and the rows declare no dtypes (lists, mappings, arrays of objects).
    """
    return dtypes_reader(model, names)(rows)


def dtypes_reader(model: Any, names: Sequence[str]) -> Callable[[Any], tuple[str, ...] | None]:
    """Return what tells the dtypes of rows, see ``dtypes_of``."""
    return pipelines.dtypes_reader(model, tuple(names)) if encoder_of(model) is pipelines else lambda rows: ()


def covers(model: Any, own: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Tell whether a form for some dtypes holds for rows of others: the model calculates with both alike."""
    return bool(pipelines.covers(model, own, told))


def absent_of(model: Any) -> float | None:
    """Return what a model reads for the entries that a sparse matrix of scipy leaves out; ``None`` if it takes none."""
    encoder = encoder_of(model)
    absent: float | None = encoder.absent(model) if hasattr(encoder, "absent") else 0.0
    return absent


def takes_types(model: Any) -> bool:
    """Tell whether a model's compiled form depends on what its columns are declared to be."""
    encoder = encoder_of(model)
    return bool(hasattr(encoder, "takes_types") and encoder.takes_types(model))


def column_names(model: Any, feature_names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of the columns that a model reads.

    Raises
    ------
    BadInputError
        If `feature_names` is no list of distinct names, one for each column.
    """
    own: tuple[str, ...] = encoder_of(model).column_names(model)
    if feature_names is None:
        return own
    names = listed_names(feature_names)
    if len(names) != len(own):
        raise BadInputError(
            f"feature_names has {len(names)} names: the model has {len(own)} columns, expected {len(own)} names"
        )
    if len(set(names)) != len(names):
        raise BadInputError(f"feature_names={shown(list(names))}: expected distinct names")
    return names


def labels_told(rows: Any, model: Any) -> tuple[str, ...] | None:
    """Return a frame's own labels in the order of the model's names, where those have underscores for their blanks."""
    columns = getattr(rows, "columns", None)
    labels = [label for label in columns if isinstance(label, str)] if columns is not None else []
    if not any(" " in label for label in labels):
        return None
    names = own_names(model) or ()
    by_name = {label.replace(" ", "_"): label for label in labels}
    if set(names) <= set(labels) or len(by_name) < len(labels) or not all(name in by_name for name in names):
        return None
    return tuple(by_name[name] for name in names) or None


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that a model was fitted with or made with, None if it has none."""
    while getattr(model, "origin", None) is not None and _hand_built(model):
        model = model.origin.source
    encoder = encoder_of(model)
    if hasattr(encoder, "own_names"):
        found: tuple[str, ...] | None = encoder.own_names(model)
        return found
    names: tuple[str, ...] = encoder.column_names(model)
    return None if names == default_names(len(names)) else names


def _hand_built(model: Any) -> bool:
    return any(builder.accepts(model) for builder in (tree_builder, forest_builder, boosting_builder))


def detect_missing(
    model: Any, missing: str | bool | Sequence[str], samples: Sequence[Any], feature_names: Sequence[str] | None
) -> frozenset[int]:
    """Return the columns that may be missing.

    Parameters
    ----------
    missing : "auto", bool or sequence of names
        ``"auto"``: the columns that are NaN (or None) in one of the samples, if the model takes missing values at all.
    samples : sequence of row matrices or None
        Rows to look at.

    Raises
    ------
    BadInputError
        If `missing` or `feature_names` is nothing of the kind, or a name is unknown.
    """
    names = column_names(model, feature_names)
    if isinstance(missing, (bool, np.bool_)):
        return frozenset(range(len(names))) if missing else frozenset()
    if not isinstance(missing, str):
        return _columns(missing, names)
    if missing != "auto":
        raise BadInputError(f"missing={shown(missing)}: expected 'auto', True, False or a list of feature names")
    if not encoder_of(model).takes_missing(model):
        return frozenset()
    found: set[int] = set()
    for rows in samples:
        if is_sparse(rows):
            found |= columns_left_out(rows, absent_of(model))
        elif rows is not None:
            matrix = as_matrix(rows, names, numeric=False, own=own_names(model))
            if matrix.dtype != object:
                empty = np.not_equal(matrix, matrix)
            else:
                empty = np.frompyfunc(is_missing, 1, 1)(matrix).astype(bool)
            found |= set(np.nonzero(np.asarray(empty).any(axis=0))[0].tolist())
            found |= _void(model, matrix)
    return frozenset(found)


def _void(model: Any, matrix: np.ndarray[Any, Any]) -> set[int]:
    """Return the columns of categories with a value that the model itself takes for missing."""
    encoder = encoder_of(model)
    if not hasattr(encoder, "categories"):
        return set()
    void = ((c, known.is_void) for c, known in encoder.categories(model).items())
    return {c for c, is_void in void if any(map(is_void, _distinct(matrix[:, c])))}


def _distinct(values: np.ndarray[Any, Any]) -> Iterable[Any]:
    try:
        return set(values.tolist())
    except TypeError:  # what cannot be hashed is refused when it is read
        return ()


def _columns(missing: Any, names: tuple[str, ...]) -> frozenset[int]:
    listed = [missing] if isinstance(missing, str) else items_in(missing)
    if listed is None:
        raise BadInputError(f"missing={shown(missing)}: expected 'auto', True, False or a list of feature names")
    unknown = [name for name in listed if not isinstance(name, str) or name not in names]
    if unknown:
        raise BadInputError(f"missing={shown(listed)}: {unknown} are no columns; the columns are {list(names)[:12]}")
    return frozenset(names.index(name) for name in listed)
