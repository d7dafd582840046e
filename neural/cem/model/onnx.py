"""ONNX files as functions on arrays (the extra ``suffice[onnx]``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....engine.errors import BadInputError, MissingBackendError, UnsupportedModelError
from .arrays import ArrayModel

_TYPES: dict[str, Any] = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


def onnx_model(model: Any) -> ArrayModel:
    """Wrap an ONNX file, model or session.

    Parameters
    ----------
    model : path, onnx.ModelProto or onnxruntime.InferenceSession
        One input of rows; the scores are the output called ``prob…`` or else the last floating output.

    Raises
    ------
    MissingBackendError
        If onnxruntime is not installed.
    BadInputError
        If the file is absent.
    UnsupportedModelError
        If the model has several inputs, or no floating output.
    """
    session = _session(model)
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type not in _TYPES:
        told = ", ".join(f"{item.name}: {item.type}" for item in inputs)
        raise UnsupportedModelError(f"the ONNX model takes ({told}): expected one input of floating numbers")
    entry, kind = inputs[0].name, _TYPES[inputs[0].type]
    fixed = inputs[0].shape[0] if inputs[0].shape and isinstance(inputs[0].shape[0], int) else None
    output = _scores_output(session)
    is_map = "map" in next(item.type for item in session.get_outputs() if item.name == output)

    def run(rows: NDArray[Any]) -> NDArray[Any]:
        (told,) = session.run([output], {entry: np.ascontiguousarray(rows, dtype=kind)})
        if is_map:  # a converter's list of {label: probability}
            return np.array([[row[label] for label in sorted(row)] for row in told])
        return np.asarray(told)

    def outputs(rows: NDArray[Any]) -> NDArray[Any]:
        if fixed is None or len(rows) == fixed:
            return run(rows)
        return _in_fixed_blocks(run, rows, fixed)

    precision = "float64" if kind is np.float64 else "float32"
    return ArrayModel(outputs, "auto", None, None, "the ONNX model", precision)


def _session(model: Any) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise MissingBackendError('ONNX models need onnxruntime: pip install "suffice[onnx]"') from None
    if isinstance(model, (str, Path)):
        if not Path(model).is_file():
            raise BadInputError(f"model={str(model)!r}: there is no such ONNX file")
        return onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    if hasattr(model, "SerializeToString"):
        return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return model


def _scores_output(session: Any) -> str:
    """Return the output that holds the scores."""
    usable = [
        item for item in session.get_outputs() if item.type in _TYPES or ("map" in item.type and "float" in item.type)
    ]
    if not usable:
        raise UnsupportedModelError(
            "the ONNX model has no output of floating numbers: the scores of the classes are needed"
        )
    named = [item for item in usable if "prob" in item.name.lower()]
    return str((named or usable)[-1].name)


def _in_fixed_blocks(run: Any, rows: NDArray[Any], size: int) -> NDArray[Any]:
    """Call a model whose number of rows is fixed in the file."""
    parts = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        filled = np.concatenate([part, np.repeat(part[:1], size - len(part), axis=0)])
        parts.append(run(filled)[: len(part)])
    return np.concatenate(parts)
