"""TransformedTargetRegressor: the sums of the regressor inside, and the inverse of what was done to the target.

The inverse must never turn back: the greatest numbers then come from the greatest sums, a range of numbers from a range
of sums. A single tree has few numbers, each of which is told as the inverse gives it, whatever that is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble
from ...engine.quiet import quietly
from ..catalog import find
from ..encoder import Names, class_in
from .members import Members, check_no_texts
from .nesting import asking, behind_steps, is_pipeline, last_of
from .scores import Range, range_of

TAKEN = "TransformedTargetRegressor"
# Transformers whose inverse is a function of each number that never turns back.
_KNOWN = (
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
)  # fmt: skip
_UFUNCS = (  # and functions
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "square", "sinh", "arcsinh", "tanh",
    "arctanh", "arctan", "negative", "positive", "reciprocal", "rint", "floor", "ceil", "deg2rad", "rad2deg", "expit",
    "logit", "inv_boxcox", "inv_boxcox1p",
)  # fmt: skip
_EVEN = 20_000  # sums all over the range at which the inverse is asked
_NEAR = 64  # and numbers one after the other, at some of them


def accepts(model: Any) -> bool:
    """Tell whether `model` is such a regressor, or a pipeline that ends with one (fitted or not)."""
    return bool(class_in(last_of(model), "sklearn", ("TransformedTargetRegressor",)))


def inside(model: Any) -> Any:
    """Return the regressor inside."""
    last = last_of(model)
    if not hasattr(last, "regressor_"):
        raise NotFittedModelError(f"{type(last).__name__} is not fitted: call fit(X, y) before explaining it")
    return behind_steps(model, last.regressor_)


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a regressor of a transformed target.

    Parameters
    ----------
    model : TransformedTargetRegressor, or a pipeline that ends with one
        Fitted on one target.
    names, missing, types, dtypes
        As of the regressor inside.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If it is not fitted, or the inverse is not known to rise or fall all over the sums that there are.
    """
    wrapper, inner = last_of(model), inside(model)
    found = find(asking(inner, model, np.ravel))
    compiled = found.compile(feature_names=names, missing=missing, features_type=types, dtypes=dtypes)
    check_no_texts(compiled, model)
    if not (isinstance(compiled, CompiledEnsemble) and compiled.regression):
        raise UnsupportedModelError(
            f"TransformedTargetRegressor asks a {type(last_of(inner)).__name__}, which is no regressor of one number"
        )
    inverse = _inverse(wrapper, compiled)
    trees, reach = compiled.trees, range_of(compiled.trees, compiled.slack)
    if _has_few_sums(compiled):
        leaves = np.array([trees.add_up(np.array([i], np.int32))[0] for i in range(trees.n_leaves)])
        values = _finite(inverse(leaves), wrapper).reshape(-1, 1)
        told = replace(trees, values=values, base=np.array([-0.0]), divisor=1.0, single=False)
        return replace(compiled, trees=told, transform=None, source=model)
    _check_known(wrapper)
    falls = _falls(inverse, reach, trees.single, wrapper)
    if falls:
        trees = replace(trees, values=-trees.values, base=-trees.base)

    def transform(sums: F64) -> F64:
        return inverse(reach.held(-sums if falls else sums))

    return replace(compiled, trees=trees, transform=transform, source=model)


def _has_few_sums(compiled: CompiledEnsemble) -> bool:
    """Tell whether all sums are those of a single tree's leaves: no slack beside them, none between listed numbers."""
    return compiled.trees.n_trees == 1 and not compiled.slack and not any(f.listed for f in compiled.features)


def _inverse(wrapper: Any, compiled: CompiledEnsemble) -> Callable[[F64], F64]:
    """Return the predictions of sums: those of the wrapper itself, whose regressor says them."""
    link, kind = compiled.transform, np.float32 if compiled.trees.single else np.float64
    teller = copy.copy(wrapper.regressor_)
    teller.predict = lambda rows, **_: np.array(rows[:, 0])
    stub = copy.copy(wrapper)
    vars(stub).pop("predict", None)  # of the model outside it
    stub.regressor_ = teller

    def inverse(sums: F64) -> F64:
        inner = (sums if link is None else link(sums)).astype(kind).reshape(-1, 1)
        try:
            with quietly(), np.errstate(all="ignore"):
                told: NDArray[Any] = np.asarray(stub.predict(inner))
        except Exception as error:  # of whatever class: it is what predict would raise
            raise UnsupportedModelError(
                f"the inverse of {type(wrapper.transformer_).__name__} raises an error: {shown(str(error), 200)}"
            ) from None
        return told.ravel().astype(np.float64)

    return inverse


def _check_known(wrapper: Any) -> None:
    """Raise UnsupportedModelError if nothing is known of the inverse."""
    waiting = [wrapper.transformer_]
    while waiting:
        one = waiting.pop()
        if is_pipeline(one):
            waiting += [step for _, step in one.steps if step not in (None, "passthrough")]
            continue
        if class_in(one, "sklearn", _KNOWN):
            continue
        function = getattr(one, "inverse_func", None)
        if class_in(one, "sklearn", ("FunctionTransformer",)) and (
            function is None or (isinstance(function, np.ufunc) and function.__name__ in _UFUNCS)
        ):
            continue
        told = getattr(function, "__name__", None) or type(one).__name__
        raise UnsupportedModelError(
            f"TransformedTargetRegressor sends many sums through {told}, of which is not known that it "
            "always rises: expected inverse_func=np.expm1 or another function of numpy, a scaler, a PowerTransformer "
            "or a QuantileTransformer; else hand over its regressor_"
        )


def _falls(inverse: Callable[[F64], F64], reach: Range, single: bool, wrapper: Any) -> bool:
    """Tell whether the inverse falls as sums grow.

    Raises
    ------
    UnsupportedModelError
        If it turns back, or has no number for some sums.
    """
    kind: Any = np.float32 if single else np.float64
    even = np.unique(np.linspace(reach.low, reach.high, _EVEN).astype(kind))
    runs = [even[:: max(1, len(even) // _NEAR)]]
    for _ in range(_NEAR):
        runs.append(np.nextafter(runs[-1], kind(np.inf)))
    for _ in range(_NEAR):  # the run at the upper end goes down
        even = np.append(even, np.nextafter(even[-1], kind(-np.inf)))
    sums = np.clip(np.unique(np.concatenate([even, *runs])).astype(np.float64), reach.low, reach.high)
    steps = np.diff(_finite(inverse(sums), wrapper))
    if (steps < 0).any() and (steps > 0).any():
        raise UnsupportedModelError(
            f"the inverse of {type(wrapper.transformer_).__name__} rises and falls between the sums "
            f"{reach.low:.6g} and {reach.high:.6g} that the regressor can have: expected one that never turns back; "
            "else hand over its regressor_"
        )
    return bool((steps < 0).any())


def _finite(numbers: F64, wrapper: Any) -> F64:
    if not np.isfinite(numbers).all():
        raise UnsupportedModelError(
            f"the inverse of {type(wrapper.transformer_).__name__} gives {float(numbers[~np.isfinite(numbers)][0])} "
            "for a sum that the regressor can have: expected finite numbers; else hand over its regressor_"
        )
    return numbers


_MEMBERS = Members(lambda model: [inside(model)])
column_names, takes_missing = _MEMBERS.column_names, _MEMBERS.takes_missing
TRAITS = _MEMBERS.traits(inside=inside)
