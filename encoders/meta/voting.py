"""scikit-learn's ``VotingClassifier``: the mean of its members' probabilities, or the votes of its members.

Means of shares of classes (trees, forests, bagging) are sums of trees, and so are votes of single trees; whatever else
members say goes through a circuit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.circuits import DOUBLE, SINGLE, CircuitBuilder
from ..assembly.members import vote_of
from ..encoder import Names, class_in
from .composing import ComposedMember, Composition, compose
from .members import Members
from .nesting import last_of
from .responses import Response, probabilities_of, votes_of
from .wrapped import estimators_of

TAKEN = "VotingClassifier"
_ONE_BY_ONE = 8  # fewer numbers are added in their order by numpy


def accepts(model: Any) -> bool:
    """Tell whether `model` is a classifier that lets others vote, or a pipeline that ends with one (fitted or not)."""
    return bool(class_in(last_of(model), "sklearn", ("VotingClassifier",)))


def members(model: Any) -> list[Any]:
    """Return the models that vote, behind the steps before them."""
    found = estimators_of(model)
    if np.ndim(last_of(model).classes_[0]) > 0:
        raise UnsupportedModelError("VotingClassifier was fitted with several labels a row: fit one for each label")
    return found


def _weights(last: Any) -> list[Any] | None:
    """Return the weights of the members that were not dropped; None if there are none."""
    if last.weights is None:
        return None
    kept = [weight for (_, one), weight in zip(last.estimators, last.weights, strict=True) if one != "drop"]
    if min(kept) < 0 or not np.isfinite(kept).all() or sum(kept) <= 0:
        raise UnsupportedModelError(
            f"{type(last).__name__} has weights={list(map(float, kept))}: expected finite numbers that are at least 0, "
            "one above it"
        )
    return kept


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a classifier that lets others vote.

    Parameters
    ----------
    model : VotingClassifier, or a pipeline that ends with one
        Fitted.
    names, missing, types, dtypes
        As of its members.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, a member is not taken, or members read their columns in ways that do not go together.
    """
    last = last_of(model)
    composed = compose(
        members(model), names or column_names(model), model, own=MEMBERS.own_names(model), missing=missing,
        types=types, dtypes=dtypes, ways=[1.0] * len(last.estimators_) if len(last.classes_) == 2 else None,
    )  # fmt: skip
    weights = _weights(last)
    classes = label_tuple(np.asarray(last.classes_))
    if last.voting == "hard":
        return _hard(composed, weights, classes, model)
    if all(_shares(member) for member in composed.members):
        each = list(map(float, weights or [1.0] * len(composed.members)))
        blocks = [
            np.eye(len(classes)) * (weight / sum(each) / member.compiled.trees.divisor)
            for member, weight in zip(composed.members, each, strict=True)
        ]
        return composed.finish_sums(np.concatenate(blocks), np.zeros(len(classes)), classes, model)
    return composed.finish(_means(composed, weights, len(classes)), classes, model)


def _shares(member: ComposedMember) -> bool:
    """Tell whether a member's scores are the shares of the classes."""
    return member.compiled.voting == "soft" and member.compiled.circuit is None


def _means(composed: Composition, weights: Sequence[float] | None, n_classes: int) -> list[int]:
    """Return the mean probability of each class, as ``numpy.average`` computes it."""
    circuit = composed.circuit
    told = [probabilities_of(circuit, member) for member in composed.members]
    single = _in_single(told, weights)
    ends = []
    for c in range(n_classes):
        gates = [one.gates[c] for one in told]
        if weights is not None:
            gates = [
                _rounded(circuit, circuit.scale(x, float(weight)), single)
                for x, weight in zip(gates, weights, strict=True)
            ]
        total = gates[0]
        for x in gates[1:]:
            total = _rounded(circuit, circuit.add(total, x), single)
        if len(gates) >= _ONE_BY_ONE:
            total = circuit.widen(total, len(gates) * (SINGLE if single else DOUBLE) * 4)
        divisor = float(len(gates)) if weights is None else _sum_of(weights, single)
        ends.append(_rounded(circuit, circuit.divide(total, divisor), single))
    return ends


def _in_single(told: Sequence[Response], weights: Any) -> bool:
    """Tell whether numpy adds in single precision: all members come in it, and so do the weights."""
    dtype: Any = np.float32 if all(one.single for one in told) else np.float64
    if weights is not None:
        dtype = np.result_type(dtype, np.asanyarray(weights).dtype)
    return bool(dtype == np.float32)


def _sum_of(weights: Any, single: bool) -> float:
    told: F64 = np.asanyarray(weights).reshape(-1, 1, 1).sum(axis=0, dtype=np.float32 if single else np.float64)
    return float(told[0, 0])


def _rounded(circuit: CircuitBuilder, x: int, single: bool) -> int:
    return circuit.single(x) if single else x


# -- votes -------------------------------------------------------------------------------------------------------


def _hard(
    composed: Composition, weights: Sequence[float] | None, classes: tuple[Any, ...], model: Any
) -> CompiledEnsemble:
    each = list(map(float, weights or [1.0] * len(composed.members)))
    if all(_shares(member) and member.compiled.trees.n_trees == 1 for member in composed.members):
        return _trees(composed, each, classes, model)
    votes = [placed_votes(composed.circuit, member, len(classes)) for member in composed.members]
    circuit = composed.circuit
    ends = [
        circuit.total([circuit.scale(vote[c], float(weight)) for vote, weight in zip(votes, each, strict=True)])
        for c in range(len(classes))
    ]
    return composed.finish(ends, classes, model)


def placed_votes(circuit: CircuitBuilder, member: ComposedMember, n_classes: int) -> list[int]:
    """Return for each class 1 where a member's own ``predict`` says it, else 0; members say the places of classes."""
    known = np.asarray(member.model.classes_).tolist()
    places = [c if isinstance(c, int) and 0 <= c < n_classes else -1 for c in known]
    if -1 in places:
        raise UnsupportedModelError(
            f"a member, {type(member.final).__name__}, has classes other than 0 … {n_classes - 1}, as which the model "
            "around it numbers them: fit it again with the members not fitted"
        )
    told = dict(zip(places, votes_of(circuit, member).gates, strict=True))
    return [told[c] if c in told else circuit.constant(0.0) for c in range(n_classes)]


def _trees(composed: Composition, each: Sequence[float], classes: tuple[Any, ...], model: Any) -> CompiledEnsemble:
    """Return single trees, whose leaves vote: they are added as ``numpy.bincount`` does, one after another."""
    n, count = len(classes), len(composed.members)
    blocks: list[F64] = [vote_of(composed.trees.values[:, i * n : (i + 1) * n]) for i in range(count)]
    nodes = np.nonzero(composed.trees.leaf >= 0)[0]
    tree = np.searchsorted(composed.trees.root, nodes, side="right") - 1
    values = np.zeros((composed.trees.n_leaves, n))
    for node, t in zip(nodes.tolist(), tree.tolist(), strict=True):
        row = composed.trees.leaf[node]
        values[row] = blocks[t][row] * each[t]
    plain_votes = len(set(each)) == 1
    trees = replace(composed.trees, values=values / each[0] if plain_votes else values, base=np.zeros(n), divisor=1.0)
    return composed.finish_trees(trees, classes, model, "hard" if plain_votes else "boosted")


MEMBERS = Members(members)
column_names, takes_missing = MEMBERS.column_names, MEMBERS.takes_missing
TRAITS = MEMBERS.traits()
