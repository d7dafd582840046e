"""Noticing that a model was fitted again or changed after it was compiled."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine._native import holds_same
from ..engine.errors import ModelChangedError

_NEAR = 12  # estimators whose attributes are looked at in each query, at most
_DEEP = 20_000  # objects that a checksum goes through, at most
_PRIVATE = ("_Booster", "_predictors", "_baseline_prediction", "_fit_X", "_le", "_preprocessor", "_bin_mapper")
_PARTS = ("steps", "binarizer", "model")  # of a pipeline, and of a model on bits
_ASKED = ("threshold", "pos_label", "response_method", "voting", "weights")  # arguments that wrappers' predict looks at
_IDLE = ("n_jobs", "verbose", "random_state", "copy", "memory", "sparse_output", "dtype")
_PLAIN = (str, bytes, int, float, bool, complex, type(None), type)
_COUNTS = ("num_boosted_rounds", "num_trees", "current_iteration")  # of the boosters of XGBoost and LightGBM


class Watch:
    """Remembers what a model's decisions rest on.

    Parameters
    ----------
    model : object
        The model, as it was compiled.

    Notes
    -----
    ``check`` compares the fitted attributes of the model and its steps by identity, in a few microseconds: a model that
    is fitted again has others. ``check_whole`` also compares a checksum of the numbers in them, which tells arrays that
    were written into.
    """

    __slots__ = ("_near", "_sum", "_trained", "model")

    def __init__(self, model: Any) -> None:
        self.model = model
        self._near = [(vars(one), *zip(*fitted, strict=True)) for one in _estimators(model) if (fitted := _fitted(one))]
        self._trained = [(one, told) for one in _estimators(model) if (told := _training_of(one))]
        self._sum = checksum(model)

    def check(self) -> None:
        """Raise ModelChangedError if a fitted attribute is another object than it was."""
        for now, names, values in self._near:
            if holds_same(now, names, values):
                continue
            for name, value in zip(names, values, strict=True):
                other = now.get(name)
                if other is not value and not (isinstance(value, _PLAIN) and other == value):
                    raise self._changed(f"its {name} is another one")
        for one, told in self._trained:
            if _training_of(one) != told:
                raise self._changed("its trees, or what is made of their sum, are others")

    def check_whole(self) -> None:
        """Raise ModelChangedError if a fitted attribute, or a number in one, is not what it was."""
        self.check()
        if checksum(self.model) != self._sum:
            raise self._changed("numbers in it are others")

    def _changed(self, why: str) -> ModelChangedError:
        return ModelChangedError(
            f"the {type(self.model).__name__} was fitted again or changed since its explainer was made ({why}): make a "
            "new explainer"
        )


def _training_of(model: Any) -> str:
    """Return what a model of CatBoost decides by, for it keeps its attributes when it is fitted again; else nothing."""
    if not hasattr(model, "get_scale_and_bias") or not model.is_fitted():
        return ""
    told = [model.tree_count_, model.get_scale_and_bias()]
    for name in ("model_guid", "binclass_probability_threshold"):
        try:
            told.append(model.get_metadata()[name])
        except KeyError:  # it has none
            told.append(None)
    return repr(told)


def _fitted(model: Any) -> list[tuple[str, Any]]:
    """Return the attributes that decide what a model predicts."""
    only_transforms = hasattr(model, "transform") and not hasattr(model, "predict")
    return [
        (name, value)
        for name, value in vars(model).items()
        if (name.endswith("_") and not name.startswith("_"))
        or name in _PRIVATE
        or name in _ASKED
        or (name == "estimator" and type(model).__name__ == "FrozenEstimator")
        or (name in _PARTS or (only_transforms and not name.startswith("_") and name not in _IDLE))
    ]


def _estimators(model: Any) -> Iterator[Any]:
    """Yield the model and the estimators next to it: steps, transformers, the models of labels."""
    waiting, count = [model], 0
    while waiting and count < _NEAR:
        one = waiting.pop(0)
        if isinstance(one, (list, tuple)):
            waiting += one if len(one) <= _NEAR else []  # of a forest the list itself is enough
        elif _is_estimator(one):
            yield one
            count += 1
            waiting += [
                value for name, value in _fitted(one) if isinstance(value, (list, tuple)) or _is_estimator(value)
            ]


def _is_estimator(value: Any) -> bool:
    return hasattr(value, "get_params") and hasattr(value, "__dict__") and not isinstance(value, type)


def checksum(model: Any) -> int:
    """Return a checksum of the numbers that a model holds: its arrays, its trees, those of its parts."""
    found, count = 0, 0
    waiting: list[Any] = [model]
    seen: set[int] = set()
    while waiting and count < _DEEP:
        one = waiting.pop()
        count += 1
        if isinstance(one, np.ndarray):
            if one.dtype == object:
                waiting += one.ravel().tolist()
            else:
                found = zlib.adler32(np.ascontiguousarray(one).reshape(-1).view(np.uint8).data, found)
            continue
        if isinstance(one, _PLAIN) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (list, tuple)):
            waiting += one
        elif hasattr(one, "children_left") and hasattr(one, "threshold"):
            state = one.__getstate__()  # two arrays in one piece each
            found = zlib.adler32(state["values"].data, zlib.adler32(state["nodes"].view(np.uint8).data, found))
        elif any(hasattr(one, name) for name in _COUNTS):
            counts = [int(getattr(one, name)()) for name in _COUNTS if hasattr(one, name)]
            found = zlib.adler32(repr(counts).encode(), found)
        elif _training_of(one):
            found = zlib.adler32(_training_of(one).encode(), found)
        elif _is_estimator(one):
            waiting += [value for _, value in _fitted(one)]
        elif hasattr(one, "nodes") and isinstance(getattr(one, "nodes", None), np.ndarray):
            waiting += [one.nodes, getattr(one, "raw_left_cat_bitsets", None)]
    return found
