"""What counts as a model: PyTorch modules, scikit-learn estimators, callables on arrays, ONNX files.

Everything that is no module becomes a plain function from arrays to scores; nothing here needs PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....engine.errors import BadInputError, UnsupportedModelError, shown
from .arrays import Array, ArrayModel


def is_module(model: Any) -> bool:
    """Tell whether a model is a PyTorch module, without importing PyTorch for it."""
    return any(base.__name__ == "Module" and base.__module__.startswith("torch.nn") for base in type(model).__mro__)


def array_model(model: Any) -> ArrayModel:
    """Wrap a model that is no PyTorch module.

    Raises
    ------
    UnsupportedModelError
        If it is no callable, no classifier with scores, and no ONNX model.
    """
    if is_onnx(model):
        from .onnx import onnx_model

        return onnx_model(model)
    owner = model if hasattr(model, "predict_proba") or hasattr(model, "decision_function") else None
    if owner is not None:
        name = "predict_proba" if hasattr(model, "predict_proba") else "decision_function"
        return _bound(getattr(model, name), model, name)
    if getattr(model, "__name__", "") == "predict" and hasattr(getattr(model, "__self__", None), "predict_proba"):
        raise BadInputError(
            f"{type(model.__self__).__name__}.predict tells labels only: pass the estimator or its predict_proba"
        )
    if callable(model):
        return _bound(model, getattr(model, "__self__", None), getattr(model, "__name__", ""))
    if hasattr(model, "predict"):
        raise UnsupportedModelError(
            f"{type(model).__name__} has no predict_proba and no decision_function: a label alone tells no direction; "
            "pass a function that returns the scores of all classes"
        )
    raise UnsupportedModelError(
        f"model={shown(model)}: expected a PyTorch module, a scikit-learn classifier, a function on arrays, "
        "or an ONNX file"
    )


def _bound(function: Callable[..., Any], owner: Any, name: str) -> ArrayModel:
    """Wrap a function, or the method of an estimator that knows its classes and columns."""
    classes = getattr(owner, "classes_", None)
    columns = getattr(owner, "feature_names_in_", None)
    names = None if columns is None else tuple(str(column) for column in columns)
    if name == "decision_function":
        kind = "logits"
    elif name in ("predict_proba", "predict_log_proba"):
        kind = "proba" if name == "predict_proba" else "logits"
    else:
        kind = "proba"

    def outputs(rows: Array) -> Array:
        given = rows if columns is None or rows.ndim != 2 else _frame(rows, columns)
        return _as_array(function(given))

    said = name if owner is None else f"{type(owner).__name__}.{name}"
    return ArrayModel(outputs, kind, None if classes is None else tuple(np.asarray(classes).tolist()), names, said)


def _frame(rows: Array, columns: Sequence[Any]) -> Any:
    """Return rows under the names that the estimator was fitted with."""
    import pandas

    return pandas.DataFrame(rows, columns=list(columns))


def _as_array(told: Any) -> Array:
    """Return what a model told as an array; tensors of other libraries hand over their numbers."""
    if hasattr(told, "detach"):
        told = told.detach().cpu()
    if hasattr(told, "numpy") and callable(told.numpy):
        told = told.numpy()
    array = np.asarray(told)
    if array.dtype.kind not in "fiub":
        raise BadInputError(
            f"the model returns {array.dtype} values, shape {array.shape}: expected numbers, the scores of the classes"
        )
    return array


def is_onnx(model: Any) -> bool:
    """Tell whether a model is an ONNX file, session or model."""
    if isinstance(model, (str, Path)):
        return True
    return type(model).__module__.split(".")[0] in ("onnxruntime", "onnx")


def scores_array(told: Array, rows: int, said: str) -> Array:
    """Return outputs as a matrix (rows, columns) of float64, checked.

    Raises
    ------
    BadInputError
        If the shape is not that of scores, or a score is not finite.
    """
    if told.ndim == 1 and len(told) == rows:
        told = told[:, None]
    elif told.ndim > 2 and told.shape[0] == rows and told.size == rows * told.shape[1]:
        told = told.reshape(rows, told.shape[1])
    if told.ndim != 2 or told.shape[0] != rows or told.shape[1] == 0:
        raise BadInputError(
            f"{said or 'the model'} returns shape {told.shape} for {rows} rows: expected ({rows}, classes)"
        )
    if told.dtype.kind in "iub" and told.shape[1] == 1:
        raise BadInputError(
            f"{said or 'the model'} returns whole numbers, one a row: these look like labels; "
            "pass predict_proba instead"
        )
    return np.asarray(told, dtype=np.float64)
