"""What is no module and still computes in PyTorch: exported programs, and plain functions of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...exported import Exported, is_exported
from ...outputs import scores_of
from .sources import is_module, is_onnx


class TensorFunction(torch.nn.Module):
    """A function from tensors to scores as a module of one floating type."""

    kind: torch.Tensor

    def __init__(self, function: Callable[[torch.Tensor], Any], like: torch.Tensor) -> None:
        super().__init__()
        self._function = function
        self.register_buffer("kind", like.new_zeros(0))  # where it computes, and in which type
        self.eval()

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the scores of rows."""
        return scores_of(self._function(rows))

    def __deepcopy__(self, memo: dict[int, Any]) -> TensorFunction:
        return TensorFunction(self._function, self.kind)  # the networks within stay the user's


def as_module(model: Any) -> torch.nn.Module | None:
    """Return a module or an exported program as a module; None for everything else."""
    if is_exported(model):
        return Exported(model)
    if is_module(model):
        module: torch.nn.Module = model
        return module
    return None


def tensor_function(model: Any, row: NDArray[Any], device: torch.device | None) -> torch.nn.Module | None:
    """Return a plain function as a module if it takes a tensor with one instance; None if it does not.

    Parameters
    ----------
    model : object
    row : ndarray, shape (1, *instance)
    device : device or None
        Where its tensors shall lie.
    """
    if not callable(model) or is_onnx(model) or hasattr(model, "predict_proba"):
        return None
    for dtype in (torch.float32, torch.float64):
        given = torch.from_numpy(np.ascontiguousarray(row)).to(device=device or "cpu", dtype=dtype)
        try:
            with torch.no_grad():
                told = scores_of(model(given.clone()))
        except Exception:  # whatever the user's function raises
            continue
        if told.is_floating_point():
            return TensorFunction(model, given)
    return None
