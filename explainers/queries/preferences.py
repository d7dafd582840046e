"""Weights of features for preferred reasons: where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.catalog import find
from ...engine.arrays import F64
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.given import items_in, numbers_of
from .weights import Costs, weighted_costs

if TYPE_CHECKING:
    from ..session.session import Session


class Method(str, Enum):
    """Where the weights of a preference come from."""

    MINIMAL = "minimal"
    WEIGHTS = "weights"
    INCLUSION_PREFERRED = "inclusion-preferred"
    FEATURE_IMPORTANCE = "feature-importance"
    SHAPLEY = "shapley"
    WORD_FREQUENCY = "word-frequency"

    @classmethod
    def parse(cls, value: Any) -> Method:
        """Read a method from itself, its name or its value."""
        named = getattr(value, "value", value)
        text = (named if isinstance(named, str) else "").lower().replace("_", "-")
        aliases = {"shap": "shapley", "inclusion": "inclusion-preferred", "importance": "feature-importance"}
        text = aliases.get(text, text)
        for method in cls:
            if text == method.value:
                return method
        raise BadInputError(f"method={shown(value)}: expected one of {', '.join(m.name for m in cls)}")


def preference_costs(
    session: Session[Any],
    method: Any,
    weights: Sequence[float] | Mapping[str, float] | None,
    partition: Sequence[Sequence[str]] | None,
    per_feature: bool,
) -> F64:
    """Return a non-negative weight for each column.

    Raises
    ------
    BadInputError
        If the weights or the partition do not fit the columns.
    """
    chosen = Method.parse(method)
    if chosen in (Method.MINIMAL, Method.INCLUSION_PREFERRED) and weights is not None:
        raise BadInputError(f"weights={shown(weights)}: method={chosen.value!r} takes none, leave them out")
    if chosen is not Method.INCLUSION_PREFERRED and partition is not None:
        raise BadInputError(f"features_partition={shown(partition)}: method={chosen.value!r} takes none, leave it out")
    features = session.features
    if chosen is Method.MINIMAL:
        return np.ones(len(session.compiled.vocabulary.names))
    if chosen is Method.INCLUSION_PREFERRED:
        by_feature = _partition_costs(session, partition, per_feature)
        columns = np.zeros(len(session.compiled.vocabulary.names))
        for feature, weight in zip(features, by_feature, strict=True):
            columns[list(feature.columns)] = weight
        return columns
    if chosen is Method.WEIGHTS:
        columns = _columns(session, weights, "weights")
    elif chosen is Method.FEATURE_IMPORTANCE:
        columns = _importance(session, weights)
    elif chosen is Method.SHAPLEY:
        columns = _shapley(session, weights)
    else:
        columns = _word_frequency(session, weights)
    return columns


def column_weights(session: Session[Any], weights: Any) -> F64:
    """Return a weight for each column, 1 where none are given."""
    return np.ones(len(session.compiled.vocabulary.names)) if weights is None else _columns(session, weights, "weights")


def _columns(session: Session[Any], weights: Any, name: str, *, signed: bool = False) -> F64:
    names = session.compiled.vocabulary.names
    if weights is None:
        raise BadInputError(f"{name}=None: expected {len(names)} numbers, one for each of {names[:8]}")
    if hasattr(weights, "to_dict") and any(isinstance(label, str) for label in getattr(weights, "index", ())):
        weights = weights.to_dict()  # a series that bears names
    if isinstance(weights, Mapping):
        absent = [n for n in names if n not in weights]
        if absent:
            raise BadInputError(f"{name} has no number for {absent[:8]}")
        weights = [weights[n] for n in names]
    numbers = numbers_of(weights, name)
    if numbers.shape != (len(names),):
        raise BadInputError(f"{name} has shape {numbers.shape}: expected {len(names)} numbers, one for each column")
    if not np.isfinite(numbers).all() or (not signed and (numbers < 0).any()):
        raise BadInputError(
            f"{name}={numbers.tolist()}: expected {'finite' if signed else 'non-negative finite'} numbers"
        )
    if len(numbers) and not np.isfinite(float(numbers.max()) - float(numbers.min())):  # a text may have no columns
        raise BadInputError(
            f"{name} from {numbers.min():g} to {numbers.max():g} cannot be compared: use smaller numbers"
        )
    return numbers


def _decreasing(scores: F64) -> F64:
    """Turn scores (the higher, the more welcome) into positive whole costs, by a decreasing affine map."""
    if not len(scores):
        return scores
    positive = np.abs(scores[scores != 0])
    step = positive.min() if len(positive) else 1.0
    spread = (scores.max() - scores) / max(step, (scores.max() - scores.min()) * 1e-6, 1e-300) * 10
    costs: F64 = np.rint(spread) + 1.0
    return costs


def _inside(session: Session[Any]) -> Any:
    """Return the model itself, which may be inside a wrapper."""
    return find(session.compiled.source).reads_rows.model


def _importance(session: Session[Any], given: Any) -> F64:
    scores = given if given is not None else getattr(_inside(session), "feature_importances_", None)
    if scores is None:
        raise UnsupportedModelError(
            f"{type(session.compiled.source).__name__} has no feature_importances_: give them as weights=…"
        )
    return _decreasing(_columns(session, scores, "weights"))


def _shapley(session: Session[Any], given: Any) -> F64:
    if given is None:
        try:
            import shap
        except ImportError:
            raise BadInputError(
                "method=SHAPLEY without weights needs the package shap (pip install shap), "
                "or pass the values as weights=…"
            ) from None
        row = np.asarray(session.own_row()(), dtype=np.float64).reshape(1, -1)
        values = np.asarray(shap.TreeExplainer(_inside(session)).shap_values(row), dtype=np.float64)
        values = values.reshape(-1, row.shape[1]) if values.ndim < 3 else values[0].T
        given = np.abs(values).max(axis=0)
    return _decreasing(_columns(session, given, "weights", signed=True))


def shap_values(session: Session[Any], given: Any) -> F64:
    """Return SHAP values of the instance, one a column: as they were given, or (``"model"``) as XGBoost computes them.

    Raises
    ------
    BadInputError
        If they are no numbers, or the model computes none.
    """
    if not (isinstance(given, str) and given == "model"):
        return _columns(session, given, "shap", signed=True)
    model = _inside(session)
    booster = getattr(model, "get_booster", lambda: model)()
    if type(booster).__module__.partition(".")[0] != "xgboost":
        raise BadInputError(
            f"shap='model': {type(model).__name__} computes no SHAP values itself: pass them, one a column of the "
            "instance, such as shap.TreeExplainer(model).shap_values(row)[0]"
        )
    import xgboost

    row = np.asarray(session.here.row, dtype=np.float64).reshape(1, -1)
    told = booster.predict(
        xgboost.DMatrix(row, feature_names=booster.feature_names, feature_types=booster.feature_types),
        pred_contribs=True,
    )
    values = np.asarray(told, dtype=np.float64).reshape(-1, row.shape[1] + 1)[:, :-1]
    return np.ascontiguousarray(values[session.outcome() if len(values) > 1 else 0])


def _word_frequency(session: Session[Any], given: Any) -> F64:
    if given is None:
        try:
            import wordfreq
        except ImportError:
            raise BadInputError(
                "method=WORD_FREQUENCY without weights needs the package wordfreq (pip install wordfreq), or pass the "
                "frequencies of the names as weights=…"
            ) from None
        given = [wordfreq.zipf_frequency(name, "en") for name in session.compiled.vocabulary.names]
    return _decreasing(_columns(session, given, "weights"))


def _listed(names: Any) -> list[Any]:
    if (listed := items_in(names)) is None:
        raise BadInputError(
            f"features_partition: {shown(names)} is no list; expected lists of feature names, such as [['age'], ['f2']]"
        )
    return listed


def _partition_costs(session: Session[Any], partition: Sequence[Sequence[str]] | None, per_feature: bool) -> F64:
    """Give each part a weight that no number of literals of the more welcome parts outweighs."""
    features = session.features
    if partition is None:
        raise BadInputError("features_partition=None: expected lists of feature names, most welcome first")
    parts = [_listed(part) for part in _listed(partition)]
    part_of: dict[int, int] = {}
    for number, part in enumerate(parts):
        for name in part:
            index = session.feature_index(name)
            if part_of.get(index, number) != number:
                raise BadInputError(f"features_partition: {shown(name)} is in two parts")
            part_of[index] = number
    absent = [feature.name for i, feature in enumerate(features) if i not in part_of]
    if absent:
        raise BadInputError(f"features_partition leaves out {absent[:8]}: expected every feature in one part")
    room = [0] * len(parts)
    for index, number in part_of.items():
        room[number] += 1 if per_feature else session.literals_of(index)
    weight, total = [], 0
    for number in range(len(parts)):
        weight.append(total + 1)
        total += weight[-1] * room[number]
    if total >= 2**52:
        raise BadInputError(
            f"features_partition has {len(parts)} parts over so many literals that weights overflow: use fewer"
        )
    return np.array([float(weight[part_of[i]]) for i in range(len(features))])


def preferred_costs(session: Session[Any], method: Any, weights: Any, partition: Any, per_feature: bool) -> Costs:
    """Return the costs of what reasons are made of, by a preference of the user's."""
    return weighted_costs(
        session.space, preference_costs(session, method, weights, partition, per_feature), per_feature
    )
