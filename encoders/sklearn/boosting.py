"""scikit-learn's gradient boosting on exact trees: GradientBoostingClassifier and GradientBoostingRegressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.quiet import quietly
from ..assembly.assemble import Table, assemble
from ..assembly.members import Parts, member_of
from ..columns.as_libraries import trees_of_sklearn
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from .starts import check_start, start_of
from .trees import own_names

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

_NAMES = ("GradientBoostingClassifier", "GradientBoostingRegressor")
TAKEN = " or ".join(_NAMES)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a gradient boosting model of scikit-learn on exact trees (fitted or not)."""
    return bool(class_in(model, "sklearn", _NAMES))


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "estimators_")


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or starts from an estimator that is not taken."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    check_start(model)


def single_job(model: Any) -> Any:
    """Return the model: it works in one job."""
    return model


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted gradient boosting model of scikit-learn.

    Parameters
    ----------
    model : GradientBoostingClassifier or GradientBoostingRegressor
        Fitted; what it starts from (``init``) is zero, the same for all rows, a tree, or another such model of numbers.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty: these models take no missing values.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, starts from another model, or missing values are wanted.

    Notes
    -----
    Numbers are read as float32; learning rate times leaf is added in float64 to the start. Two classes: the second one
    where the sum is at least 0; more: the first greatest sum.
    """
    check_fitted(model)
    table = Table(
        names or column_names(model), own_names(model), takes_missing=False, absent=0.0, seen=trees_of_sklearn
    )
    table.check(int(model.n_features_in_), missing, model)

    def predict(matrix: F64) -> NDArray[Any]:
        with quietly(".*feature names.*"):
            labels: NDArray[Any] = model.predict(matrix.astype(np.float32))
        return labels

    return assemble(parts_of(model), table, missing, predict, model)


def parts_of(model: Any, voting: str = "soft") -> Parts:
    """Return the trees of a fitted model and how their values are added."""
    estimators = model.estimators_
    outputs = int(estimators.shape[1])
    members = []
    for estimator, k in zip(estimators.ravel().tolist(), list(range(outputs)) * len(estimators), strict=True):
        values = np.zeros((estimator.tree_.node_count, outputs))
        values[:, k] = float(model.learning_rate) * estimator.tree_.value[:, 0, 0]
        members.append(member_of(estimator.tree_, values))
    before, base = start_of(model, parts_of)
    classifies = hasattr(model, "classes_")
    return Parts(
        (*before, *members), base, 1.0, label_tuple(model.classes_) if classifies else (),
        "boosted" if classifies else "value", reading=Reading.FLOAT32,
    )  # fmt: skip


TRAITS = Traits(own_names=own_names)
