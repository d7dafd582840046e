"""scikit-learn's support vector machines with a linear kernel, over declared values or numbers of a range."""

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
from .linear_regression import numbers_of
from .trees import complete_names, own_names, own_predict

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

_CLASSIFIERS, _REGRESSORS = ("SVC", "NuSVC"), ("SVR", "NuSVR")
_HALF = 2.0**-53
TAKEN = 'SVC or SVR with kernel="linear"'


def accepts(model: Any) -> bool:
    """Tell whether `model` is a support vector machine with a linear kernel (fitted or not)."""
    known = class_in(model, "sklearn", _CLASSIFIERS + _REGRESSORS)
    return bool(known) and getattr(model, "kernel", None) == "linear"


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
    """Raise an error if the model is not fitted, or lets models of two classes vote."""
    if not hasattr(model, "support_vectors_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    if class_in(model, "sklearn", _CLASSIFIERS) and len(model.classes_) != 2:
        raise UnsupportedModelError(
            f"{type(model).__name__} of {len(model.classes_)} classes lets models of two classes vote: expected two "
            "classes; fit a LinearSVC"
        )


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted support vector machine with a linear kernel.

    Parameters
    ----------
    model : SVC, NuSVC, SVR or NuSVR
        Fitted, of two classes if it is a classifier.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.
    types : mapping, optional
        What the columns are, as for linear classifiers.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has more classes or infinite weights, or a column that it weighs may be any number.

    Notes
    -----
    Its library adds products with its support vectors, and does not use ``coef_``, their sum: the bound on rounding is
    that of sums over all of them, of the sizes that they have there.
    """
    check_fitted(model)
    names = complete_names(model, names, missing)
    regressor = bool(class_in(model, "sklearn", _REGRESSORS))
    predict = numbers_of(model) if regressor else own_predict(model, np.float64)
    return weighted(model).compile(names, own_names(model), types, predict, model)


def weighted(model: Any) -> Weighted:
    """Return what a fitted model decides by; raises UnsupportedModelError for weights that are not finite."""
    alphas, vectors = _dense(model.dual_coef_), _dense(model.support_vectors_)
    weights, start = _dense(model.coef_).reshape(1, -1), np.asarray(model.intercept_, np.float64).reshape(1)
    check_finite(model, coef_=weights, intercept_=start, dual_coef_=alphas)
    sizes = (np.abs(alphas) @ np.abs(vectors)).reshape(-1)
    classes = () if class_in(model, "sklearn", _REGRESSORS) else label_tuple(model.classes_)
    return Weighted(type(model).__name__, weights, start, classes, 2.0**-53, sizes, len(vectors))


def _dense(array: Any) -> F64:
    return np.asarray(array.toarray() if hasattr(array, "toarray") else array, np.float64)


TRAITS = Traits(own_names=own_names, takes_types=takes_types, lists_numbers=takes_types, weighted=weighted)
