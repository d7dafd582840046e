"""scikit-learn's ``VotingClassifier``: the mean of its members' probabilities, or the most of their votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.circuits import DOUBLE, CircuitBuilder
from ..catalog import find
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from ..sklearn.trees import own_names
from .composing import compose
from .responses import Response, probabilities_of, votes_of
from .sources import absent_of

__all__ = ["TAKEN", "accepts", "column_names", "compile_model", "own_names", "takes_missing"]

TAKEN = "VotingClassifier"
_ONE_BY_ONE = 8  # fewer numbers are added in their order by numpy


def accepts(model: Any) -> bool:
    """Tell whether `model` is a voting classifier of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", ("VotingClassifier",)))


def _members(model: Any) -> list[Any]:
    if not hasattr(model, "estimators_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    return list(model.estimators_)


def takes_missing(model: Any) -> bool:
    """Tell whether all members take missing values."""
    return all(find(one).takes_missing for one in _members(model))


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return any(find(one).takes_types for one in _members(model))


def absent(model: Any) -> float | None:
    """Return what is read for the entries that a sparse matrix leaves out."""
    found = {str(value): value for value in map(absent_of, _members(model))}
    return next(iter(found.values())) if len(found) == 1 else None


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    first = find(_members(model)[0])
    return own_names(model) or first.own_names() or default_names(len(first.column_names()))


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted voting classifier.

    Parameters
    ----------
    model : VotingClassifier
        Fitted, with any members that ``responses`` knows, weighted or not.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns are, for linear members.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, a member is not taken, or names do not fit.
    """
    members = _members(model)
    if np.ndim(model.classes_[0]) > 0:
        raise UnsupportedModelError("VotingClassifier was fitted with several labels a row: fit one for each label")
    composed = compose(
        members, names or column_names(model), model, own=own_names(model), missing=missing, types=types
    )  # fmt: skip
    circuit, count = composed.circuit, len(model.classes_)
    soft = model.voting == "soft"
    each = [(probabilities_of if soft else votes_of)(circuit, member) for member in composed.members]
    if any(len(one.gates) != count for one in each):
        raise UnsupportedModelError("VotingClassifier has members that know other classes than it: fit it again")
    weights = _weights(model)
    ends = [
        (_mean if soft else _sum)(circuit, [one.gates[c] for one in each], weights, _in_single(each, weights))
        for c in range(count)
    ]
    return composed.finish(ends, label_tuple(np.asarray(model.classes_)), model)


def _weights(model: Any) -> list[float] | None:
    """Return the weights of the members that were not dropped."""
    if model.weights is None:
        return None
    return [weight for (_, one), weight in zip(model.estimators, model.weights, strict=True) if one != "drop"]


def _in_single(each: list[Response], weights: Any) -> bool:
    """Tell whether numpy adds in single precision: all members come in it, and so do the weights."""
    dtype: Any = np.float32 if all(one.single for one in each) else np.float64
    if weights is not None:
        dtype = np.result_type(dtype, np.asanyarray(weights).dtype)
    return bool(dtype == np.float32)


def _mean(circuit: CircuitBuilder, gates: list[int], weights: Any, single: bool) -> int:
    """Return the mean as ``numpy.average`` computes it."""

    def rounded(x: int) -> int:
        return circuit.single(x) if single else x

    if weights is not None:
        gates = [rounded(circuit.scale(x, float(weight))) for x, weight in zip(gates, weights, strict=True)]
    total = gates[0]
    for gate in gates[1:]:
        total = rounded(circuit.add(total, gate))
    if len(gates) >= _ONE_BY_ONE:
        total = circuit.widen(total, len(gates) * (2.0**-24 if single else DOUBLE) * 4)
    return rounded(circuit.divide(total, float(len(gates)) if weights is None else _sum_of(weights, single)))


def _sum_of(weights: Any, single: bool) -> float:
    told: F64 = np.asanyarray(weights).reshape(-1, 1, 1).sum(axis=0, dtype=np.float32 if single else np.float64)
    return float(told[0, 0])


def _sum(circuit: CircuitBuilder, gates: list[int], weights: Any, single: bool) -> int:
    """Return the votes as ``numpy.bincount`` adds them."""
    if weights is not None:
        gates = [circuit.scale(x, float(weight)) for x, weight in zip(gates, weights, strict=True)]
    return circuit.total([circuit.constant(0.0), *gates])


TRAITS = Traits(own_names=own_names, takes_types=takes_types, absent=absent)
