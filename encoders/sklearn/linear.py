"""scikit-learn's linear classifiers, over columns with few declared values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import check_finite
from ..assembly.weighted import Weighted
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from .trees import complete_names, own_names, own_predict

__all__ = [
    "TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing", "takes_types",
    "unit_of", "weights_of",
]  # fmt: skip

_NAMES = (
    "LogisticRegression", "RidgeClassifier", "RidgeClassifierCV", "SGDClassifier", "LinearSVC", "Perceptron",
    "PassiveAggressiveClassifier", "LinearDiscriminantAnalysis",
)  # fmt: skip  # subclasses, such as LogisticRegressionCV, come with them
TAKEN = "LogisticRegression, RidgeClassifier, SGDClassifier, LinearSVC, Perceptron or LinearDiscriminantAnalysis"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a linear classifier of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", _NAMES))


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_types(model: Any) -> bool:
    """Tell that the compiled form depends on what the columns are declared to be."""
    return True


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or has several outputs."""
    if not hasattr(model, "coef_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    if np.shape(model.classes_) == (1,):
        only = np.asarray(model.classes_).tolist()[0]
        raise UnsupportedModelError(f"{type(model).__name__} knows one class, {only!r}: there is nothing to explain")
    several = str(getattr(getattr(model, "_label_binarizer", None), "y_type_", "")).startswith("multilabel")
    if (
        several
        or np.ndim(model.classes_) != 1
        or (len(model.classes_) == 2) != (np.atleast_2d(weights_of(model)).shape[0] == 1)
    ):
        raise UnsupportedModelError(
            f"{type(model).__name__} was fitted with several labels a row: fit one model a label "
            "(MultiOutputClassifier does)"
        )


def unit_of(model: Any) -> float:
    """Return half the distance from 1 to the next number in the precision in which the library may add.

    Models that were fitted on float32 have such weights, and add in float32 where their rows are float32 too.
    """
    return 2.0**-24 if model.coef_.dtype == np.float32 else 2.0**-53


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted linear classifier.

    Parameters
    ----------
    model : linear classifier
        Fitted.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.
    types : mapping, optional
        What the columns are, see ``Explaining.set_features_type``: binary, one-hot, or with a list of values.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has several outputs or infinite weights, or a column that it weighs may be any number.

    Notes
    -----
    Numbers are read as float64. Two classes: the second one where the sum is above 0; more: the first greatest sum. The
    library adds by a matrix product; see ``additive`` for what follows.
    """
    check_fitted(model)
    names = complete_names(model, names, missing)
    return weighted(model).compile(names, own_names(model), types, own_predict(model, np.float64), model)


def weighted(model: Any) -> Weighted:
    """Return what a fitted model decides by; raises UnsupportedModelError for weights that are not finite."""
    weights = np.atleast_2d(weights_of(model))
    starts = np.broadcast_to(np.asarray(model.intercept_, np.float64).ravel(), (len(weights),)).copy()
    check_finite(model, coef_=weights, intercept_=starts)
    return Weighted(type(model).__name__, weights, starts, label_tuple(model.classes_), unit_of(model))


def weights_of(model: Any) -> F64:
    """Return the weights as a matrix of float64, shape (n_scores, n_columns)."""
    weights = model.coef_.toarray() if hasattr(model.coef_, "toarray") else model.coef_
    return np.asarray(weights, dtype=np.float64)


TRAITS = Traits(own_names=own_names, takes_types=takes_types, lists_numbers=takes_types, weighted=weighted)
