"""scikit-learn's AdaBoostClassifier of trees: each tree votes for one class, with a weight.

A tree adds its weight w to the class that it predicts and ``-w / (K - 1)`` to each of the other K - 1 ones, in the
order of the trees; the sums are divided by that of all weights, and the first greatest one decides. Two classes have
one sum, that of the second class, which wins above 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.setup_limit import each_in_time
from ..assembly.additive import LEAST
from ..assembly.assemble import Table, assemble
from ..assembly.members import Parts, member_of
from ..columns.as_libraries import trees_of_sklearn
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from . import trees as sklearn_trees
from .trees import own_names, own_predict

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

TAKEN = "AdaBoostClassifier of trees"


def accepts(model: Any) -> bool:
    """Tell whether `model` is an AdaBoostClassifier of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", ("AdaBoostClassifier",)))


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values, whatever their trees do."""
    return False


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "estimators_")


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, is made of other models than trees, or adds probabilities."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    for member in {type(member): member for member in model.estimators_}.values():
        if not sklearn_trees.accepts(member):
            raise UnsupportedModelError(
                f"{type(model).__name__} is made of {type(member).__name__}: expected DecisionTreeClassifier or "
                "ExtraTreeClassifier, whose votes are leaves; "
                "SurrogateExplainer(model.predict, rows, instance) explains any predict"
            )
    if str(getattr(model, "algorithm", "")).upper() == "SAMME.R":
        raise UnsupportedModelError(
            f"{type(model).__name__} has algorithm='SAMME.R', which newer versions of scikit-learn do not know: "
            "expected weighted votes; fit it with algorithm='SAMME', or with scikit-learn 1.6 or newer"
        )
    weights = np.asarray(model.estimator_weights_, np.float64)
    if not (np.isfinite(weights).all() and (weights >= 0.0).all() and weights.sum() > 0.0):
        raise UnsupportedModelError(
            f"{type(model).__name__} has estimator_weights_ {weights.tolist()[:5]} …: expected finite numbers above 0; "
            "fit it again"
        )


def single_job(model: Any) -> Any:
    """Return the model: it works in one job."""
    return model


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted AdaBoostClassifier.

    Parameters
    ----------
    model : AdaBoostClassifier
        Fitted, made of decision trees or extra trees.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty: these models take no missing values.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, made of other models, or missing values are wanted.
    """
    check_fitted(model)
    table = Table(
        names or column_names(model), own_names(model), takes_missing=False, absent=0.0, seen=trees_of_sklearn
    )
    table.check(int(model.n_features_in_), missing, model)
    return assemble(parts_of(model), table, missing, own_predict(model), model)


def parts_of(model: Any, voting: str = "soft") -> Parts:
    """Return the trees of a fitted model and how their votes are added."""
    weights = np.asarray(model.estimator_weights_, np.float64)
    classes = label_tuple(np.asarray(model.classes_))
    count = len(classes)
    members = tuple(
        member_of(tree.tree_, _votes(tree, float(weight), np.asarray(model.classes_)))
        for tree, weight in each_in_time(list(zip(model.estimators_, weights, strict=False)))
    )
    threshold = {1: np.inf, 2: LEAST}.get(count, 0.0)
    base = np.zeros(count if count > 2 else 1)
    return Parts(
        members, base, float(weights.sum()), classes, "boosted", threshold=threshold, reading=Reading.FLOAT32
    )  # fmt: skip


def _votes(tree: Any, weight: float, classes: Any) -> F64:
    """Return what each node adds to the sums: of all classes, or of the second of two."""
    said = np.asarray(tree.classes_).take(tree.tree_.value[:, 0, :].argmax(axis=1), axis=0)
    if len(classes) == 1:
        return np.zeros((len(said), 1))
    others = -1 / (len(classes) - 1) * weight
    votes: F64 = np.where(said[:, np.newaxis] == classes, weight, others)
    return votes[:, 1:] if len(classes) == 2 else votes


TRAITS = Traits(own_names=own_names)
