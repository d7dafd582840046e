"""scikit-learn's ``VotingRegressor`` and ``StackingRegressor``: weighted sums of what their members predict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.ensembles.sums import rounding_of
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.circuits import DOUBLE, SINGLE
from ..assembly.additive import check_finite
from ..encoder import Names, class_in
from ..sklearn import linear_regression
from .composing import Composition, compose
from .members import Members
from .nesting import last_of
from .wrapped import estimators_of, plain

TAKEN = "VotingRegressor, StackingRegressor with a linear last step"
_NAMES = ("VotingRegressor", "StackingRegressor")
_ONE_BY_ONE = 8  # fewer numbers are added in their order by numpy


def accepts(model: Any) -> bool:
    """Tell whether `model` is one of these regressors, or a pipeline that ends with one (fitted or not)."""
    return bool(class_in(last_of(model), "sklearn", _NAMES))


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a regressor that is made of others.

    Parameters
    ----------
    model : VotingRegressor or StackingRegressor, or a pipeline that ends with one
        Fitted, on one target; its members predict sums.
    names, missing, types, dtypes
        As of its members.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, or a member or the last step is not taken.

    Notes
    -----
    A mean of single trees is added as ``numpy.average`` does. Other sums are the members' own, added in another order:
    ``slack`` bounds how far they can be off.
    """
    firsts, last = estimators_of(model), last_of(model)
    voting = bool(class_in(last, "sklearn", ("VotingRegressor",)))
    weights, start = _voting(last, len(firsts)) if voting else _stacking(last)
    composed = compose(
        firsts, names or column_names(model), model, own=MEMBERS.own_names(model), missing=missing, types=types,
        dtypes=dtypes, numbers=True, ways=np.sign(weights).tolist(),
    )  # fmt: skip
    for member in composed.members:
        if member.compiled.transform is not None or not member.compiled.regression:
            raise UnsupportedModelError(
                f"{type(last).__name__} has a member, {type(member.final).__name__}, that predicts no plain sum: "
                "expected regressors with the identity between their sums and predictions"
            )
    trees = [member.compiled.trees for member in composed.members]
    exact = all(one.n_trees == 1 and not one.single for one in trees)
    if voting and exact and len(trees) < _ONE_BY_ONE and not any(m.compiled.slack for m in composed.members):
        return _single_trees(composed, last, weights, model)
    total = float(np.sum(weights)) if voting else 1.0
    each = np.array([w / total / one.divisor for w, one in zip(weights, trees, strict=True)]).reshape(-1, 1)
    form = composed.finish_sums(each, np.array([start]), (), model)
    return replace(form, slack=form.slack + _noise(composed, each.ravel()))


def _voting(last: Any, count: int) -> tuple[F64, float]:
    """Return the weights of the members that were not dropped."""
    if last.weights is None:
        return np.ones(count), 0.0
    kept = [weight for (_, one), weight in zip(last.estimators, last.weights, strict=True) if one != "drop"]
    weights = np.array(kept, np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0.0:
        raise UnsupportedModelError(
            f"VotingRegressor has weights={kept}: expected finite numbers that are at least 0, one above it"
        )
    return weights, 0.0


def _stacking(last: Any) -> tuple[F64, float]:
    """Return the weights of the last step and what it adds."""
    final = plain(last.final_estimator_)
    if not linear_regression.accepts(final):
        raise UnsupportedModelError(
            f"StackingRegressor ends with a {type(final).__name__}: expected a linear regressor, such as RidgeCV, the "
            "usual one"
        )
    if last.passthrough:
        raise UnsupportedModelError(
            "StackingRegressor has passthrough=True, so that its last step weighs the columns as well: expected "
            "passthrough=False"
        )
    weights = np.asarray(final.coef_, np.float64).ravel()
    start = float(np.asarray(final.intercept_, np.float64).ravel()[0])
    check_finite(final, coef_=weights, intercept_=np.array([start]))
    return weights, start


def _noise(composed: Composition, each: F64) -> float:
    """Return how far the members' own sums, and sums of them in single precision, can be off beside the order."""
    found = 0.0
    for member, weight in zip(composed.members, each.tolist(), strict=True):
        trees = member.compiled.trees
        found += abs(weight) * (member.compiled.slack * trees.divisor + (rounding_of(trees) if trees.single else 0.0))
    sizes = np.abs(composed.trees.values) @ np.abs(each)
    reach = float(np.abs(composed.trees.base) @ np.abs(each)) + float(sizes.max(initial=0.0)) * composed.trees.n_trees
    unit = SINGLE if any(member.compiled.trees.single for member in composed.members) else DOUBLE
    return found + 8 * (len(each) + 4) * unit * reach


def _single_trees(composed: Composition, last: Any, weights: F64, model: Any) -> CompiledEnsemble:
    weighted = last.weights is not None
    values = np.array(composed.trees.values.sum(axis=1))  # a leaf speaks of one member, plus the start of its tree
    nodes = np.nonzero(composed.trees.leaf >= 0)[0]
    tree = np.searchsorted(composed.trees.root, nodes, side="right") - 1
    rows = composed.trees.leaf[nodes]
    for node_tree, row in zip(tree.tolist(), rows.tolist(), strict=True):
        own = composed.members[node_tree].compiled.trees
        told = (float(own.base[0]) + values[row]) / own.divisor
        values[row] = told * weights[node_tree] if weighted else told
    divisor = float(np.sum(weights)) if weighted else float(len(weights))
    trees = replace(composed.trees, values=values.reshape(-1, 1), base=np.array([-0.0]), divisor=divisor)
    return composed.finish_trees(trees, (), model, "value")


MEMBERS = Members(estimators_of)
column_names, takes_missing = MEMBERS.column_names, MEMBERS.takes_missing
TRAITS = MEMBERS.traits()
