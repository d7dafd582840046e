"""Which encoder takes a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.errors import BadInputError, UnsupportedModelError
from ..engine.models import CompiledTree
from . import builder, pipelines, sklearn_trees
from .rows import as_matrix

ENCODERS = (builder, sklearn_trees, pipelines)


def encoder_of(model: Any) -> Any:
    """Return the encoder module that takes a model.

    Raises
    ------
    UnsupportedModelError
        If none does; it lists what is taken.
    """
    if isinstance(model, type):
        raise UnsupportedModelError(
            f"{model.__name__} is a class: expected a fitted model, such as {model.__name__}().fit(X, y)"
        )
    for encoder in ENCODERS:
        if encoder.accepts(model):
            return encoder
    raise UnsupportedModelError(
        f"no encoder takes {type(model).__module__}.{type(model).__name__}: expected a scikit-learn "
        "DecisionTreeClassifier or ExtraTreeClassifier, a Pipeline that ends with one, or a Builder.DecisionTree"
    )


def compile_model(
    model: Any, *, feature_names: Sequence[str] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledTree:
    """Compile any model that an encoder takes."""
    names = None if feature_names is None else tuple(str(name) for name in feature_names)
    if names is not None and len(set(names)) != len(names):
        raise BadInputError(f"feature_names={list(names)!r}: expected distinct names")
    compiled: CompiledTree = encoder_of(model).compile_tree(model, names=names, missing=missing)
    return compiled


def column_names(model: Any, feature_names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of the columns that a model reads."""
    if feature_names is not None:
        return tuple(str(name) for name in feature_names)
    if isinstance(model, builder.DecisionTree):
        return model.feature_names
    names: tuple[str, ...] = encoder_of(model).column_names(model)
    return names


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
    """
    names = column_names(model, feature_names)
    if missing is False:
        return frozenset()
    if missing is True:
        return frozenset(range(len(names)))
    if not isinstance(missing, str):
        unknown = [name for name in missing if name not in names]
        if unknown:
            raise BadInputError(
                f"missing={list(missing)!r}: {unknown} are no columns; the columns are {list(names)[:12]}"
            )
        return frozenset(names.index(name) for name in missing)
    if missing != "auto":
        raise BadInputError(f"missing={missing!r}: expected 'auto', True, False or a list of feature names")
    if not encoder_of(model).takes_missing(model):
        return frozenset()
    found: set[int] = set()
    for rows in samples:
        if rows is not None:
            matrix = as_matrix(rows, names, numeric=False)
            if matrix.dtype != object:
                empty = np.not_equal(matrix, matrix)
            else:
                empty = np.vectorize(_is_missing, otypes=[bool])(matrix)
            found |= set(np.nonzero(np.asarray(empty).any(axis=0))[0].tolist())
    return frozenset(found)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))
