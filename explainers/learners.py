"""Which estimator learns what, and how rows are split, under the names of published scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.errors import BadInputError, UnsupportedModelError, shown

CLASSIFICATION, REGRESSION = "classification", "regression"
HOLD_OUT, K_FOLDS = "hold-out", "k-folds"
DT, RF, BT = "decision-tree", "random-forest", "boosted-tree"
LINEAR_SIMPLE, LINEAR_RIDGE, LINEAR_LASSO = "linear-simple", "linear-ridge", "linear-lasso"
LINEAR_ELASTIC, LINEAR_LOGISTIC = "linear-elastic", "linear-logistic"

Split = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows to learn from, and rows held out

_ESTIMATORS: Mapping[tuple[str, str, str], str] = {  # library, problem, kind -> class
    ("scikit-learn", CLASSIFICATION, DT): "sklearn.tree.DecisionTreeClassifier",
    ("scikit-learn", CLASSIFICATION, RF): "sklearn.ensemble.RandomForestClassifier",
    ("scikit-learn", CLASSIFICATION, LINEAR_RIDGE): "sklearn.linear_model.RidgeClassifier",
    ("scikit-learn", CLASSIFICATION, LINEAR_LOGISTIC): "sklearn.linear_model.LogisticRegression",
    ("scikit-learn", REGRESSION, LINEAR_SIMPLE): "sklearn.linear_model.LinearRegression",
    ("scikit-learn", REGRESSION, LINEAR_RIDGE): "sklearn.linear_model.Ridge",
    ("scikit-learn", REGRESSION, LINEAR_LASSO): "sklearn.linear_model.Lasso",
    ("scikit-learn", REGRESSION, LINEAR_ELASTIC): "sklearn.linear_model.ElasticNet",
    ("xgboost", CLASSIFICATION, BT): "xgboost.XGBClassifier",
    ("xgboost", REGRESSION, BT): "xgboost.XGBRegressor",
    ("lightgbm", REGRESSION, BT): "lightgbm.LGBMRegressor",
    ("lightgbm", CLASSIFICATION, BT): "lightgbm.LGBMClassifier",
}


def estimator_of(library: str, problem: str, kind: str) -> Callable[..., Any]:
    """Return the class that learns a kind of model.

    Raises
    ------
    UnsupportedModelError
        If the library learns no such model for this problem.
    BadInputError
        If the library is not installed.
    """
    path = _ESTIMATORS.get((library, problem, kind)) if isinstance(kind, str) else None
    if path is None:
        known = [found for one, other, found in _ESTIMATORS if (one, other) == (library, problem)]
        raise UnsupportedModelError(f"model_type={shown(kind)}: {library} learns {', '.join(known)} for {problem} here")
    module, _, name = path.rpartition(".")
    try:
        found: Callable[..., Any] = getattr(import_module(module), name)
    except ImportError:
        raise BadInputError(f"{library} is not installed: pip install {library}") from None
    return found


def splits_of(method: Any, count: int, parameters: Mapping[str, Any]) -> list[Split]:
    """Return which rows are learned from and which are held out: one pair, or one a fold.

    Parameters
    ----------
    method : {"hold-out", "k-folds"}
        How rows are split.
    count : int
        How many rows there are.
    parameters : mapping
        Of scikit-learn's ``train_test_split``; for folds ``n_models``, how many there are (10), ``shuffle`` and
        ``random_state``.

    Raises
    ------
    BadInputError
        If the method is something else, or scikit-learn does not take a parameter.
    """
    from sklearn.model_selection import KFold, train_test_split

    rows, told = np.arange(count), dict(parameters)
    try:
        if method == HOLD_OUT:
            told.pop("n_models", None)
            train, test = train_test_split(rows, **told)
            return [(train, test)]
        if method == K_FOLDS:
            folds = {"n_splits": told.pop("n_models", 10), **told}
            if folds.get("random_state") is not None:
                folds.setdefault("shuffle", True)
            return list(KFold(**folds).split(rows))
    except (TypeError, ValueError) as error:
        raise BadInputError(f"splitting_parameters={shown(dict(parameters))}: {error}") from None
    raise BadInputError(f"splitting method {shown(method)}: expected Learning.HOLD_OUT or Learning.K_FOLDS")


def measured(problem: str, truth: NDArray[Any], said: NDArray[Any]) -> dict[str, float]:
    """Return how well predictions fit: the accuracy in per cent, or errors of numbers."""
    if problem == CLASSIFICATION:
        return {"accuracy": 100 * float((said == truth).mean())}
    gap = np.asarray(said, np.float64).reshape(-1) - np.asarray(truth, np.float64)
    return {"mean_absolute_error": float(np.abs(gap).mean()), "mean_squared_error": float((gap**2).mean())}
