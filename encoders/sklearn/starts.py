"""What gradient boosting starts from (``init``): a constant, a tree, or a boosted model of numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ...engine.quiet import quietly
from ..assembly.members import Member, Parts, member_of
from ..encoder import class_in

_CONSTANT = {"DummyClassifier": ("prior", "most_frequent", "constant", "uniform"), "DummyRegressor": None}
_TREES = ("DecisionTreeClassifier", "ExtraTreeClassifier", "DecisionTreeRegressor", "ExtraTreeRegressor")
_BOOSTED = ("GradientBoostingRegressor",)


def check_start(model: Any) -> None:
    """Raise UnsupportedModelError if a fitted model starts from an estimator that is not taken."""
    start = model.init_
    if isinstance(start, str):
        return
    kind = class_in(start, "sklearn", (*_CONSTANT, *_TREES, *_BOOSTED))
    strategies = _CONSTANT.get(kind, ())
    if kind in _BOOSTED:
        check_start(start)
    elif kind not in _TREES and strategies is not None and getattr(start, "strategy", None) not in strategies:
        raise UnsupportedModelError(
            f"{type(model).__name__} has init={start!r}: expected init=None, 'zero', a DummyClassifier or "
            "DummyRegressor that gives the same for all rows, a decision tree, or a GradientBoostingRegressor; fit it "
            "with one of these"
        )


def start_of(model: Any, parts_of: Callable[[Any], Parts]) -> tuple[tuple[Member, ...], F64]:
    """Return the trees that a fitted model starts with, and what their sums start from.

    Parameters
    ----------
    model : GradientBoostingClassifier or GradientBoostingRegressor
        Checked by ``check_start``.
    parts_of : callable
        Such a model that another one starts from -> its trees.

    Notes
    -----
    A regressor's start is what ``init`` predicts: its own sum, to which leaves are added one by one. A classifier's is
    a function of the probabilities that ``init`` gives; those of a tree are of its leaves.
    """
    start = model.init_
    if class_in(start, "sklearn", _BOOSTED):
        own = parts_of(start)
        return own.members, own.base
    if class_in(start, "sklearn", _TREES):
        values = _started(model, start.tree_.value[:, 0, :])
        # nothing is added to a leaf beforehand: -0.0 stays what it is
        return (member_of(start.tree_, values),), np.full(values.shape[1], -0.0)
    rows = np.zeros((1, int(model.n_features_in_)), np.float32)
    with quietly(".*feature names.*"):
        return (), np.ascontiguousarray(model._raw_predict_init(rows)[0], np.float64)


class _Told:
    """Stands for a tree that has said already what it says of each row: its leaf gives so much."""

    def __init__(self, values: F64) -> None:
        self.values = values

    def predict_proba(self, rows: Any) -> NDArray[Any]:
        """Return the shares of the classes in each leaf."""
        return self.values

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the number of each leaf."""
        return self.values[:, 0]


def _started(model: Any, values: F64) -> F64:
    """Return the sums that the model's own arithmetic makes of what a tree says in each node."""
    asked = copy.copy(model)
    asked.init_ = _Told(values)
    rows = np.zeros((len(values), int(model.n_features_in_)), np.float32)
    with quietly(".*feature names.*"):
        return np.ascontiguousarray(asked._raw_predict_init(rows), np.float64)
