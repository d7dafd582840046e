"""scikit-learn's IsolationForest: outliers are rows whose paths, summed over the trees, are short.

A leaf adds its depth and the length that a path through its rows would have, in the order of the trees. The score is
``-2 ** (-sum / (T c))``, where T is the number of trees and c the length of a usual path; a row is an outlier (-1)
where the score is below ``offset_``. The score never falls with the sum, so that this is a sum below some number: the
library's own arithmetic is asked for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError
from ...engine.models import CompiledEnsemble
from ...engine.setup_limit import each_in_time
from ..assembly.assemble import Table, assemble
from ..assembly.members import Parts, member_of
from ..columns.as_libraries import trees_of_sklearn
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from . import trees as sklearn_trees
from .trees import own_names, own_predict

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

TAKEN = "IsolationForest"
_CLASSES = (-1, 1)
_ERROR = 16 * 2.0**-53  # of a score, as a part of it: division, power and difference, several times over
_MOST = 1 << 20  # floats around the border that are asked for, at most
_ALONE = 256  # of these in rows of their own, about


def accepts(model: Any) -> bool:
    """Tell whether `model` is an IsolationForest of scikit-learn (fitted or not)."""
    return bool(class_in(model, "sklearn", ("IsolationForest",)))


def takes_missing(model: Any) -> bool:
    """Tell whether the model's ``predict`` takes NaN."""
    return sklearn_trees.takes_missing(model)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "estimators_")


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model is not fitted."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X) before explaining it")


def single_job(model: Any) -> Any:
    """Return the model: its ``predict`` works in one job, whatever its ``n_jobs``."""
    return model


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted IsolationForest; its classes are -1, outliers, and 1.

    Parameters
    ----------
    model : IsolationForest
        Fitted.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.

    Raises
    ------
    NotFittedModelError, BadInputError
        If it is not fitted, or names do not fit.
    """
    check_fitted(model)
    table = Table(
        names or column_names(model), own_names(model), takes_missing=takes_missing(model), absent=0.0,
        seen=trees_of_sklearn,
    )  # fmt: skip
    table.check(int(model.n_features_in_), missing, model)
    return assemble(parts_of(model), table, missing, own_predict(model), model)


def parts_of(model: Any, voting: str = "soft") -> Parts:
    """Return the trees of a fitted model, whose leaves add lengths of paths, and the border between the classes."""
    whole = int(model._max_features) == int(model.n_features_in_)
    members = []
    for tree, columns in each_in_time(list(zip(model.estimators_, model.estimators_features_, strict=True))):
        lengths = _lengths(tree.tree_)
        members.append(member_of(tree.tree_, lengths[:, np.newaxis], None if whole else columns))
    greatest = float(sum(member.values.max() for member in members))
    threshold, slack = _border(model, greatest)
    return Parts(
        tuple(members), np.zeros(1), 1.0, _CLASSES, "boosted", threshold=threshold, reading=Reading.FLOAT32,
        slack=slack,
    )  # fmt: skip


def _lengths(tree: Any) -> F64:
    """Return what each node adds to the sum of a row that ends there, as the library computes it."""
    from sklearn.ensemble._iforest import _average_path_length

    lengths: F64 = tree.compute_node_depths() + _average_path_length(tree.n_node_samples) - 1.0
    return lengths


def _border(model: Any, greatest: float) -> tuple[float, float]:
    """Return the least sum of an ordinary row, and how far sums may be from it and still be judged by chance.

    The power is computed by code that differs between machines and has small errors. Sums that are so near to the
    border that these could matter are all asked for; if they do not fall back, nothing is left to chance.
    """
    from sklearn.ensemble._iforest import _average_path_length

    usual = _average_path_length([model._max_samples])
    denominator = len(model.estimators_) * usual
    offset = float(model.offset_)

    def ordinary(sums: F64) -> Bools:
        """Tell for each sum whether the library calls a row with it ordinary."""
        scores = 2 ** (-np.divide(sums, denominator, out=np.ones_like(sums), where=denominator != 0))
        said: Bools = ~(-scores - offset < 0)
        return said

    def one(number: float) -> bool:
        return bool(ordinary(np.array([number]))[0])

    if one(0.0) or not float(denominator[0]):
        return (-np.inf if one(0.0) else np.inf), 0.0
    top = 2.0 * greatest + 1.0
    if not one(top):
        return np.inf, 0.0
    low, high = 0.0, top  # the score rises with the sum, but for errors of rounding
    while np.nextafter(low, np.inf) < high:
        middle = low + (high - low) / 2.0
        low, high = (low, middle) if one(middle) else (middle, high)
    width = (float(denominator[0]) / math.log(2.0) + high) * _ERROR
    return _settled(ordinary, high, width)


def _settled(ordinary: Callable[[F64], Bools], border: float, width: float) -> tuple[float, float]:
    """Return the border, without slack if all sums around it are on the right side of it, alone and in arrays."""
    ends = np.array([max(0.0, border - width), border + width])
    first, last = ends.view(np.int64).tolist()  # floats from 0 are ordered as these numbers are
    count = last - first + 1
    if count > _MOST:
        return border, width
    sums = np.arange(first, last + 1).view(np.float64)
    wanted = sums >= border
    alone = range(0, count, max(1, count // _ALONE))
    same = bool((ordinary(sums) == wanted).all() and (ordinary(sums[1:]) == wanted[1:]).all())
    same = same and all(bool(ordinary(sums[i : i + 1])[0]) == bool(wanted[i]) for i in alone)
    return border, 0.0 if same else width


TRAITS = Traits(own_names=own_names)
