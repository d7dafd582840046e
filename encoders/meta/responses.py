"""What scikit-learn's models of models ask of their members, as gates over the members' scores.

The probabilities are those of each library's own ``predict_proba``, in its operations and their order as far as they
are known; exponentials are wider by a proved error (see ``engine/models/circuits.py``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...engine.errors import UnsupportedModelError
from ...engine.models import class_index, label_tuple
from ...engine.models.circuits import DOUBLE, SINGLE, CircuitBuilder
from ...engine.models.ensembles import NEAR
from ..encoder import class_in
from ..lightgbm import models as lightgbm_models
from ..sklearn import ada_boost, hist_boosting
from ..sklearn import bayes as sklearn_bayes
from ..sklearn import boosting as sklearn_boosting
from ..sklearn import forests as sklearn_forests
from ..sklearn import linear as sklearn_linear
from ..sklearn import trees as sklearn_trees
from ..xgboost import models as xgboost_models
from .composing import ComposedMember

_SCORED = (sklearn_boosting, hist_boosting, sklearn_linear, lightgbm_models)  # their scores are decision_function
_MEANS = ("CalibratedClassifierCV", "VotingClassifier", "BaggingClassifier")  # their scores are the probabilities
_NORMALISED = ("SGDClassifier",)  # several classes: logistic shares; the others: softmax
_PROBABLE = ("LogisticRegression", "LogisticRegressionCV", "LinearDiscriminantAnalysis", "SGDClassifier")
TAKEN = (
    "trees, forests, AdaBoost, GradientBoosting, HistGradientBoosting, XGBoost, LightGBM, linear classifiers, naive "
    "Bayes, and pipelines that end with one of these"
)


class Response(NamedTuple):
    """Gates: one a class, or the decision of the second of two classes; and the precision that they come in."""

    gates: list[int]
    single: bool = False
    probable: bool = True


def response_of(circuit: CircuitBuilder, member: ComposedMember) -> Response:
    """Return what ``_get_response_values`` gets: the decision function, or else the probabilities.

    Of two classes it is that of the second one alone.
    """
    final, scores = member.final, list(member.scores)
    if ada_boost.accepts(final):  # of two classes it adds the sum of the second and that of the first, turned round
        return Response([circuit.scale(scores[0], 2.0)] if len(scores) == 1 else scores, probable=False)
    if hasattr(final, "decision_function"):
        if not any(encoder.accepts(final) for encoder in _SCORED):
            raise _unknown(final, "decision_function")
        return Response(scores, probable=False)
    found = probabilities_of(circuit, member)
    return found if len(found.gates) != 2 else found._replace(gates=found.gates[1:])


def probabilities_of(circuit: CircuitBuilder, member: ComposedMember) -> Response:
    """Return a gate for each class of a member: its ``predict_proba``.

    Raises
    ------
    UnsupportedModelError
        If it is not known what its library computes.
    """
    final, scores, compiled = member.final, list(member.scores), member.compiled
    if class_in(final, "sklearn", _MEANS):
        if getattr(final, "voting", "soft") == "hard":
            raise _unknown(final, "predict_proba")
        return Response(scores)
    if compiled.circuit is not None:
        raise _unknown(final, "predict_proba")
    soft = compiled.voting == "soft" or len(getattr(final, "classes_", ())) == 1  # of one class any votes are its share
    if sklearn_trees.accepts(final) or (sklearn_forests.accepts(final) and soft):
        return Response(scores)
    if xgboost_models.accepts(final):
        return Response(_xgboost(circuit, final, scores), single=True)
    return Response(_of_sums(circuit, final, scores, len(compiled.classes)))


def _of_sums(circuit: CircuitBuilder, final: Any, scores: list[int], n_classes: int) -> list[int]:
    """Return the probabilities that a member makes of sums in double precision."""
    if sklearn_boosting.accepts(final):
        exponential = getattr(final, "loss", "log_loss") == "exponential"
        return _one_or_softmax(circuit, [circuit.scale(x, 2.0) for x in scores] if exponential else scores, DOUBLE)
    if hist_boosting.accepts(final):
        return _one_or_softmax(circuit, scores, DOUBLE)
    if ada_boost.accepts(final) and n_classes > 1:
        return _weighted_votes(circuit, scores)
    if sklearn_linear.accepts(final):
        return _linear(circuit, final, scores)
    if lightgbm_models.accepts(final):
        return _lightgbm(circuit, final, scores)
    if sklearn_bayes.accepts(final) and len(scores) == n_classes:
        return circuit.softmax(scores)
    raise _unknown(final, "predict_proba")


def votes_of(circuit: CircuitBuilder, member: ComposedMember) -> Response:
    """Return a gate for each class that a member knows, in its own order: 1 if it predicts the class, else 0."""
    compiled, scores = member.compiled, list(member.scores)
    if compiled.one_score and compiled.circuit is None:
        second = circuit.step(scores[0], compiled.threshold)
        votes = [circuit.subtract(circuit.constant(1.0), second), second]
    else:
        near = NEAR[compiled.link_code]  # nearer scores may have the same probability
        votes = circuit.votes([circuit.widen(x, 0.0, near) for x in scores])
    order = [class_index(compiled.classes, label) for label in label_tuple(np.asarray(member.model.classes_))]
    return Response([votes[i] for i in order], probable=False)


def _two(circuit: CircuitBuilder, second: int, *, single: bool = False) -> list[int]:
    """Return the probabilities of two classes: 1 - p and p."""
    first = circuit.subtract(circuit.constant(1.0), second)
    return [circuit.single(first) if single else first, second]


def _one_or_softmax(circuit: CircuitBuilder, scores: list[int], unit: float) -> list[int]:
    return _two(circuit, circuit.logistic(scores[0], unit)) if len(scores) == 1 else circuit.softmax(scores, unit)


def _weighted_votes(circuit: CircuitBuilder, scores: list[int]) -> list[int]:
    """Return the probabilities of AdaBoost: shares of the exponentials of its sums."""
    if len(scores) == 1:
        return circuit.softmax([circuit.subtract(circuit.constant(0.0), scores[0]), scores[0]])
    return circuit.softmax([circuit.divide(x, float(len(scores) - 1)) for x in scores])


def _linear(circuit: CircuitBuilder, final: Any, scores: list[int]) -> list[int]:
    if not class_in(final, "sklearn", _PROBABLE) or getattr(final, "loss", "log_loss") != "log_loss":
        raise _unknown(final, "predict_proba")
    if len(scores) > 1 and class_in(final, "sklearn", _NORMALISED):
        return circuit.shares([circuit.logistic(x) for x in scores])
    return _one_or_softmax(circuit, scores, DOUBLE)


def _xgboost(circuit: CircuitBuilder, final: Any, scores: list[int]) -> list[int]:
    objective = str(getattr(final, "objective", ""))
    if len(scores) == 1 and objective == "binary:logistic":
        return _two(circuit, circuit.single(circuit.logistic(scores[0], SINGLE)), single=True)
    if len(scores) > 1 and objective == "multi:softprob":
        return [circuit.single(x) for x in circuit.softmax(scores, SINGLE)]
    raise _unknown(final, f"predict_proba with objective={objective!r}")


def _lightgbm(circuit: CircuitBuilder, final: Any, scores: list[int]) -> list[int]:
    objective = str(getattr(final, "objective_", ""))
    if len(scores) == 1 and objective == "binary":
        slope = lightgbm_models.slope_of(final)
        return _two(circuit, circuit.logistic(circuit.scale(scores[0], slope)))
    if len(scores) > 1 and objective in ("multiclass", "softmax"):
        return circuit.softmax(scores)
    raise _unknown(final, f"predict_proba with objective={objective!r}")


def _unknown(final: Any, method: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"{type(final).__name__} is a member whose {method} is not known here: expected {TAKEN}; explain it on its "
        "own, or SurrogateExplainer(model.predict, rows, instance) explains any predict near an instance"
    )
