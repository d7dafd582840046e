"""scikit-learn's linear regressors, over declared values or numbers of a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ..assembly.additive import check_finite
from ..assembly.weighted import Weighted
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from .linear import unit_of
from .trees import complete_names, own_names, own_predict

__all__ = [
    "TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing", "takes_types",
    "unit_of", "weights_of",
]  # fmt: skip

_NAMES = (
    "LinearRegression", "Ridge", "RidgeCV", "ElasticNet", "ElasticNetCV", "LassoCV", "Lars", "BayesianRidge",
    "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV", "ARDRegression", "HuberRegressor", "TheilSenRegressor",
    "QuantileRegressor", "SGDRegressor", "PassiveAggressiveRegressor", "LinearSVR",
)  # fmt: skip  # Lasso is an ElasticNet, LassoLars a Lars
TAKEN = "LinearRegression, Ridge, Lasso, ElasticNet, SGDRegressor or LinearSVR"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a linear regressor of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", _NAMES)) and "MultiTask" not in type(model).__name__


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_types(model: Any) -> bool:
    """Tell that the compiled form depends on what the columns are declared to be."""
    return True


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(weights_of(model).shape[1])


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or predicts several numbers."""
    if not hasattr(model, "coef_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    count = weights_of(model).shape[0]
    if count != 1:
        raise UnsupportedModelError(
            f"{type(model).__name__} predicts {count} numbers: expected one; fit a model for each"
        )


def weights_of(model: Any) -> F64:
    """Return the weights as a matrix of float64, shape (1, n_columns)."""
    weights = model.coef_.toarray() if hasattr(model.coef_, "toarray") else model.coef_
    return np.atleast_2d(np.asarray(weights, dtype=np.float64))


def start_of(model: Any) -> F64:
    """Return what the sum starts from, shape (1,)."""
    return np.asarray(model.intercept_, np.float64).reshape(-1)[:1].copy()


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted linear regressor.

    Parameters
    ----------
    model : linear regressor
        Fitted, with one output.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.
    types : mapping, optional
        What the columns are, as for linear classifiers.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has several outputs or infinite weights, or a column that it weighs may be any number.

    Notes
    -----
    Numbers are read as float64. The library adds by a matrix product, whose order ``additive.any_order_slack`` allows
    for: predictions nearer to an end of an interval than that are not decided.
    """
    check_fitted(model)
    names = complete_names(model, names, missing)
    return weighted(model).compile(names, own_names(model), types, numbers_of(model), model)


def weighted(model: Any) -> Weighted:
    """Return what a fitted model predicts by; raises UnsupportedModelError for weights that are not finite."""
    weights, start = weights_of(model), start_of(model)
    check_finite(model, coef_=weights, intercept_=start)
    return Weighted(type(model).__name__, weights, start, (), unit_of(model))


def numbers_of(model: Any) -> Callable[[F64], F64]:
    """Return the regressor's own ``predict`` as numbers of float64."""
    predict = own_predict(model, np.float64)
    return lambda rows: np.asarray(predict(rows), np.float64).reshape(-1)


TRAITS = Traits(own_names=own_names, takes_types=takes_types, lists_numbers=takes_types, weighted=weighted)
