"""Tensors as the compiled core sees them: where they lie, without a copy.

A call of the tensor library costs a microsecond, more than all arithmetic of a small row. So what the search does with
a few numbers between two calls of the model is done in one call of the core, which rounds in the same way. Elsewhere,
on a GPU, the same is written in tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...engine import _native

EXCESS_OF: dict[torch.dtype, Any] = {torch.float32: _native.excess_of32, torch.float64: _native.excess_of64}
LOSS_SLOPE: dict[torch.dtype, Any] = {torch.float32: _native.loss_slope32, torch.float64: _native.loss_slope64}
CHEAPEST_CHANGE: dict[torch.dtype, Any] = {
    torch.float32: _native.cheapest_change32,
    torch.float64: _native.cheapest_change64,
}


def on_core(tensor: torch.Tensor) -> bool:
    """Tell whether the core can work on a tensor's numbers."""
    return tensor.is_cpu and tensor.dtype in EXCESS_OF


def seen(tensor: torch.Tensor) -> NDArray[Any]:
    """Return a tensor's numbers as the core takes them, row after row; a copy only where they lie otherwise."""
    array: NDArray[Any] = tensor.numpy()
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)
