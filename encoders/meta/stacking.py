"""scikit-learn's ``StackingClassifier``: a linear classifier over what its members say.

Over shares of classes (trees, forests, bagging) the scores of the last step are sums of trees; over other members they
are gates above these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.circuits import DOUBLE, CircuitBuilder
from ..assembly.additive import LEAST, check_finite
from ..encoder import Names, class_in
from ..sklearn import linear as sklearn_linear
from .composing import ComposedMember, Composition, compose
from .members import Members
from .nesting import last_of
from .responses import probabilities_of, response_of
from .scores import range_of_column
from .voting import placed_votes
from .wrapped import estimators_of, plain

TAKEN = "StackingClassifier with a linear last step"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a stacking classifier, or a pipeline that ends with one (fitted or not)."""
    return bool(class_in(last_of(model), "sklearn", ("StackingClassifier",)))


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a stacking classifier.

    Parameters
    ----------
    model : StackingClassifier, or a pipeline that ends with one
        Fitted, with a linear last step and ``passthrough=False``.
    names, missing, types, dtypes
        As of its members.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, its last step is another one, or a member is not taken.
    """
    firsts, last = estimators_of(model), last_of(model)
    final = _final(last)
    classes = label_tuple(np.asarray(last.classes_))
    weights = sklearn_linear.weights_of(final).reshape(-1, int(final.n_features_in_))
    starts = np.broadcast_to(np.asarray(final.intercept_, np.float64).ravel(), (len(weights),)).copy()
    check_finite(final, coef_=weights, intercept_=starts)
    composed = compose(
        firsts, names or column_names(model), model, own=MEMBERS.own_names(model), missing=missing, types=types,
        dtypes=dtypes, ways=np.sign(weights[0]).tolist() if weights.shape == (1, len(firsts)) else None,
    )  # fmt: skip
    if weights.dtype != final.coef_.dtype:
        raise UnsupportedModelError("the last step of StackingClassifier adds in float32: fit it on float64 numbers")
    if all(_is_shares(m, method) for m, method in zip(composed.members, last.stack_method_, strict=True)):
        return composed.finish_sums(_of_shares(composed, weights, len(classes)), starts, classes, model)
    told = [_told(composed, i, method, len(classes)) for i, method in enumerate(last.stack_method_)]
    gates = [gate for one, _ in told for gate in one]
    sizes = np.concatenate([np.full(len(one), size) for one, size in told])
    scores = [_sum(composed.circuit, gates, row, start, sizes) for row, start in zip(weights, starts, strict=True)]
    ends = composed.circuit.at_least(scores[0], LEAST) if len(scores) == 1 else scores
    return composed.finish(ends, classes, model)


def _final(last: Any) -> Any:
    final = plain(last.final_estimator_)
    if not sklearn_linear.accepts(final):
        raise UnsupportedModelError(
            f"StackingClassifier ends with a {type(final).__name__}: expected a linear classifier, such as "
            "LogisticRegression, the usual one; SurrogateExplainer(model.predict, rows, instance) explains any predict"
        )
    if last.passthrough:
        raise UnsupportedModelError(
            "StackingClassifier has passthrough=True, so that its last step weighs the columns as well, which may be "
            "any number: expected passthrough=False; SurrogateExplainer(model.predict, rows, instance) explains any "
            "predict"
        )
    return final


def _is_shares(member: ComposedMember, method: str) -> bool:
    return method == "predict_proba" and member.compiled.voting == "soft" and member.compiled.circuit is None


def _of_shares(composed: Composition, weights: F64, n_classes: int) -> F64:
    """Return what the shares of all members, not divided yet, are multiplied with: of two classes the second counts."""
    blocks, at = [], 0
    for member in composed.members:
        block = np.zeros((n_classes, len(weights)))
        used = [1] if n_classes == 2 else list(range(n_classes))
        block[used] = weights[:, at : at + len(used)].T / member.compiled.trees.divisor
        blocks.append(block)
        at += len(used)
    return np.concatenate(blocks)


def _told(composed: Composition, place: int, method: str, n_classes: int) -> tuple[list[int], float]:
    """Return the gates of what a member says, and how large they can be."""
    circuit, member = composed.circuit, composed.members[place]
    if method == "predict_proba":
        gates = probabilities_of(circuit, member).gates
        return (gates[1:] if n_classes == 2 else gates), 1.0 + 1e-6
    if method == "predict":
        votes = placed_votes(circuit, member, n_classes)  # members predict the places of the classes
        return [circuit.total([circuit.scale(vote, float(c)) for c, vote in enumerate(votes)])], float(n_classes)
    before = sum(one.compiled.trees.n_outputs for one in composed.members[:place])
    compiled = member.compiled
    each = [range_of_column(composed.trees, before + i) for i in range(compiled.trees.n_outputs)]
    largest = max(max(abs(r.low), abs(r.high)) for r in each) / compiled.trees.divisor + 8 * compiled.slack
    return response_of(circuit, member).gates, largest


def _sum(circuit: CircuitBuilder, gates: list[int], weights: F64, start: float, sizes: F64) -> int:
    """Return a matrix product: it is added in an order of the library's own, which widens it by a proved error."""
    terms = [circuit.scale(gate, float(weight)) for gate, weight in zip(gates, weights, strict=True) if weight != 0]
    total = circuit.total([*terms, circuit.constant(start)])
    count = len(weights) + 8
    largest = float(np.abs(weights) @ sizes) + abs(start)
    return circuit.widen(total, 0.0, 4.0 * count * DOUBLE / (1.0 - count * DOUBLE) * largest)


MEMBERS = Members(estimators_of)
column_names, takes_missing = MEMBERS.column_names, MEMBERS.takes_missing
TRAITS = MEMBERS.traits()
