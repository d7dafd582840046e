"""scikit-learn's ``CalibratedClassifierCV``: the mean of monotone functions of its folds' scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.circuits import DOUBLE, SINGLE, CircuitBuilder
from ..encoder import class_in
from .composing import ComposedMember, compose
from .members import Members
from .nesting import behind_steps, last_of
from .responses import Response, probabilities_of, response_of
from .wrapped import plain

TAKEN = "CalibratedClassifierCV"
_EPSILON = 1e-12  # what is added to a probability before its logarithm is taken
_METHODS = ("sigmoid", "isotonic", "temperature")


def accepts(model: Any) -> bool:
    """Tell whether `model` is a calibrated classifier of scikit-learn, or a pipeline that ends with one."""
    return bool(class_in(last_of(model), "sklearn", ("CalibratedClassifierCV",)))


def folds(model: Any) -> list[Any]:
    """Return the models of the folds, behind the steps before them."""
    last = last_of(model)
    if not hasattr(last, "calibrated_classifiers_"):
        raise NotFittedModelError(f"{type(last).__name__} is not fitted: call fit(X, y) before explaining it")
    return [behind_steps(model, plain(_estimator(one))) for one in last.calibrated_classifiers_]


def _estimator(one: Any) -> Any:
    """Return the model of a fold, which older versions called otherwise."""
    found = getattr(one, "estimator", None)
    return one.base_estimator if found is None else found


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted calibrated classifier.

    Parameters
    ----------
    model : CalibratedClassifierCV
        Fitted, with any number of folds, classes and any of its methods; its estimators are members that ``responses``
        knows.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns are, for linear estimators.
    dtypes : tuple of str, optional
        The dtypes of the rows, for estimators behind steps.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, its estimator is not taken, or names do not fit.
    """
    composed = compose(
        folds(model), names or column_names(model), model, own=MEMBERS.own_names(model), missing=missing, types=types,
        dtypes=dtypes, ways=_ways(last_of(model)),
    )  # fmt: skip
    last = last_of(model)
    circuit, classes = composed.circuit, np.asarray(last.classes_)
    each = [
        _fold(circuit, member, one, classes)
        for member, one in zip(composed.members, last.calibrated_classifiers_, strict=True)
    ]
    ends = [circuit.divide(circuit.total([fold[c] for fold in each]), float(len(each))) for c in range(len(classes))]
    return composed.finish(ends, label_tuple(classes), model)


def _ways(last: Any) -> list[float] | None:
    """Return the sign of what a greater score does to the calibrated probability, for each fold of two classes."""
    if len(last.classes_) != 2 or any(len(one.calibrators) != 1 for one in last.calibrated_classifiers_):
        return None
    return [_way(one.calibrators[0]) for one in last.calibrated_classifiers_]


def _way(calibrator: Any) -> float:
    if hasattr(calibrator, "a_"):
        return float(np.sign(-calibrator.a_))
    if hasattr(calibrator, "beta_"):
        return float(np.sign(calibrator.beta_))
    return 1.0 if calibrator.increasing_ else -1.0


def _fold(circuit: CircuitBuilder, member: ComposedMember, one: Any, classes: Any) -> list[int]:
    """Return the calibrated probability of each class in one fold, as ``_CalibratedClassifier`` computes it."""
    if one.method not in _METHODS:
        raise UnsupportedModelError(f"CalibratedClassifierCV has method={one.method!r}: expected one of {_METHODS}")
    if one.method == "temperature":
        told = _temperature(circuit, member, one.calibrators[0], len(classes))
        return [circuit.clip(x, 0.0, 1.0) for x in told]
    response = response_of(circuit, member)
    places = np.searchsorted(classes, member.model.classes_).tolist()
    out = [circuit.constant(0.0)] * len(classes)
    for place, score, calibrator in zip(places, response.gates, one.calibrators, strict=False):
        at = place + 1 if len(classes) == 2 else place
        out[at] = _calibrated(circuit, score, calibrator, response.single)
    if len(classes) == 2:
        out[0] = circuit.subtract(circuit.constant(1.0), out[1])
    else:
        out = circuit.shares(out)
    return [circuit.clip(x, 0.0, 1.0) for x in out]  # 1 and a little more counts as 1


def _calibrated(circuit: CircuitBuilder, score: int, calibrator: Any, single: bool) -> int:
    """Return what a calibrator makes of a score."""
    if hasattr(calibrator, "a_"):
        line = circuit.add(circuit.scale(score, float(calibrator.a_)), circuit.constant(float(calibrator.b_)))
        return circuit.logistic(circuit.scale(line, -1.0))
    points, values = np.asarray(calibrator.X_thresholds_), np.asarray(calibrator.y_thresholds_)
    coarse = single or points.dtype == np.float32
    return circuit.table(circuit.single(score) if coarse else score, points, values, SINGLE if coarse else DOUBLE)


def _temperature(circuit: CircuitBuilder, member: ComposedMember, calibrator: Any, n_classes: int) -> list[int]:
    """Return the softmax of scaled scores, or of scaled logarithms of probabilities."""
    response = response_of(circuit, member)
    if not response.probable:
        if n_classes > 2 or len(response.gates) != 1:
            raise UnsupportedModelError(
                "CalibratedClassifierCV has method='temperature' over a decision_function of several classes, which it "
                "takes for probabilities where all rows of a call look like some: expected method='sigmoid' or "
                "'isotonic', or an estimator with predict_proba alone"
            )
        (score,) = response.gates
        logits = [circuit.scale(score, -1.0), score]
        return _scaled(circuit, logits, calibrator, response.single)
    found: Response = probabilities_of(circuit, member)
    unit = SINGLE if found.single else DOUBLE
    least = circuit.constant(_EPSILON)
    logits = []
    for x in found.gates:
        raised = circuit.add(circuit.clip(x, 0.0, 1.0), least)
        logits.append(circuit.logarithm(circuit.widen(raised, 2 * unit if found.single else 0.0), unit))
    return _scaled(circuit, logits, calibrator, found.single)


def _scaled(circuit: CircuitBuilder, logits: list[int], calibrator: Any, single: bool) -> list[int]:
    by = float(calibrator.beta_)
    unit = SINGLE if single else DOUBLE
    return circuit.softmax([circuit.widen(circuit.scale(x, by), 2 * unit if single else 0.0) for x in logits], unit)


MEMBERS = Members(folds)
column_names, takes_missing = MEMBERS.column_names, MEMBERS.takes_missing
TRAITS = MEMBERS.traits()
