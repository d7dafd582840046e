"""What CatBoost makes of the sums of its trees, asked of CatBoost itself.

Its exponential is its own (it differs from that of the C library in the last digit, and from one processor to another),
so that a model of one tree whose leaves are the sums is asked for it. It falls by a unit in the last place at a few
edges of its table: bounds of predictions are met up to that unit.
"""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.models.floats import Transform, first_float
from .library import loaded

_LEVELS = 10
_LEAVES = 1 << _LEVELS
_ROWS: NDArray[np.float32] = ((np.arange(_LEAVES)[:, None] >> np.arange(_LEVELS)) & 1).astype(np.float32)


def exponent(sums: F64) -> F64:
    """Return the exponentials of sums as CatBoost computes them."""
    given = np.ascontiguousarray(sums, np.float64).ravel()
    made = np.empty(len(given))
    for begin in range(0, len(given), _LEAVES):
        part = given[begin : begin + _LEAVES]
        leaves = np.zeros(_LEAVES)
        leaves[: len(part)] = part
        model = _with_leaves(leaves)
        rows = _ROWS[: max(2, len(part))]
        made[begin : begin + len(part)] = model.predict(rows, prediction_type="Exponent", thread_count=1)[: len(part)]
    return made


def squared_exponent(sums: F64) -> F64:
    """Return the squares of the exponentials, as CatBoost tells variances."""
    with np.errstate(over="ignore"):
        return exponent(2.0 * sums)


def _with_leaves(leaves: F64) -> Any:
    """Return a model of one tree with these leaves."""
    model = loaded(_SKELETON, "json")
    model.set_leaf_values(leaves)
    return model


def _skeleton() -> bytes:
    columns = range(_LEVELS)
    features = [
        {
            "borders": [0.5], "feature_id": str(i), "feature_index": i, "flat_feature_index": i, "has_nans": False,
            "nan_value_treatment": "AsIs",
        }
        for i in columns
    ]  # fmt: skip
    splits = [
        {"border": 0.5, "float_feature_index": i, "split_index": i, "split_type": "FloatFeature"} for i in columns
    ]
    tree = {"leaf_values": [0] * _LEAVES, "leaf_weights": [1] * _LEAVES, "splits": splits}
    return json.dumps(
        {"features_info": {"float_features": features}, "oblivious_trees": [tree], "scale_and_bias": [1, [0]]}
    ).encode()


_SKELETON = _skeleton()


def affine(scale: float, bias: float, then: Transform | None = None) -> Transform | None:
    """Return what is made of the sums of one score: multiplied, shifted, then transformed; None if nothing."""
    if scale == 1.0 and bias == 0.0:
        return then
    return partial(moved, scale, bias, then)


def moved(scale: float, bias: float, then: Transform | None, sums: F64) -> F64:
    """Return sums multiplied, shifted, then transformed."""
    with np.errstate(over="ignore"):
        told: F64 = sums * scale + bias
    return told if then is None else then(told)


def cut_at(probability: float) -> float:
    """Return the number above which a class of a probability is predicted, as CatBoost computes it."""
    if probability <= 0.0:
        return -math.inf
    odds = 1.0 / probability - 1.0
    return -math.log(odds) if odds > 0.0 else math.inf


def first_above(cut: float, then: Transform | None) -> float:
    """Return the least sum that is above a number when it is moved; ``inf`` if none is."""

    def holds(sums: F64) -> NDArray[np.bool_]:
        above: NDArray[np.bool_] = (sums if then is None else then(sums)) > cut
        return above

    return first_float(holds, False)
