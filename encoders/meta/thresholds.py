"""scikit-learn's thresholds over models of models: the probability of a class, or a decision, against a number.

Over models of one score they move its cut, which ``cuts`` takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.errors import NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble, label_tuple
from ..encoder import Names, class_in
from .composing import Composition, compose
from .members import Members
from .nesting import behind_steps, last_of
from .responses import probabilities_of, response_of
from .wrapped import plain

TAKEN = "FixedThresholdClassifier, TunedThresholdClassifierCV"


def accepts(model: Any) -> bool:
    """Tell whether `model` is such a classifier, or a pipeline that ends with one (fitted or not)."""
    return bool(class_in(last_of(model), "sklearn", ("BaseThresholdClassifier",)))


def _inner(model: Any) -> Any:
    last = last_of(model)
    inner = plain(behind_steps(model, getattr(last, "estimator_", last.estimator)))
    if not hasattr(last_of(inner), "classes_"):
        raise NotFittedModelError(f"{type(last).__name__} is not fitted: call fit(X, y) before explaining it")
    return inner


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a classifier with a threshold over a model of models.

    Parameters
    ----------
    model : FixedThresholdClassifier or TunedThresholdClassifierCV, or a pipeline that ends with one
        Fitted.
    names, missing, types, dtypes
        As of the model inside.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If it is not fitted, or it is not known what its model's scores are.
    """
    composed = compose(
        [_inner(model)], names or column_names(model), model, own=MEMBERS.own_names(model), missing=missing,
        types=types, dtypes=dtypes,
    )  # fmt: skip
    last = last_of(model)
    classes = label_tuple(np.asarray(last.classes_))
    place = _place(last, classes)
    score, threshold = _score(composed, last, place)
    ends = composed.circuit.at_least(score, threshold)
    return composed.finish(ends, (classes[1 - place], classes[place]), model)


def _place(last: Any, classes: tuple[Any, ...]) -> int:
    """Return which of two classes is predicted from the threshold on."""
    if last.pos_label is None if hasattr(last, "pos_label") else True:
        return 1
    if last.pos_label not in classes:
        raise UnsupportedModelError(
            f"{type(last).__name__} has pos_label={shown(last.pos_label)}: expected one of {list(classes)!r}"
        )
    return classes.index(last.pos_label)


def _score(composed: Composition, last: Any, place: int) -> tuple[int, float]:
    """Return the gate of the score that is compared, and the threshold."""
    (member,) = composed.members
    wanted = ("predict_proba", "decision_function") if last.response_method == "auto" else (last.response_method,)
    method = next((name for name in wanted if hasattr(member.final, name)), wanted[0])
    told = getattr(last, "best_threshold_", getattr(last, "threshold", "auto"))
    if method == "predict_proba":
        found = probabilities_of(composed.circuit, member)
        threshold = 0.5 if isinstance(told, str) else told
        kind = np.result_type(np.float32 if found.single else np.float64, threshold)
        return found.gates[place], float(np.asarray(threshold, kind))
    (score,) = response_of(composed.circuit, member).gates
    threshold = 0.0 if isinstance(told, str) else float(told)
    return (composed.circuit.scale(score, -1.0) if place == 0 else score), threshold


MEMBERS = Members(lambda model: [_inner(model)])
column_names, takes_missing = MEMBERS.column_names, MEMBERS.takes_missing
TRAITS = MEMBERS.traits()
