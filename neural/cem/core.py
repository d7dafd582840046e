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

_TYPES = (torch.float32, torch.float64)


def on_core(tensor: torch.Tensor) -> bool:
    """Tell whether the core can work on a tensor's numbers."""
    return tensor.is_cpu and tensor.dtype in _TYPES


def seen(tensor: torch.Tensor) -> NDArray[Any]:
    """Return a tensor's numbers as the core takes them, row after row; a copy only where they lie otherwise."""
    array: NDArray[Any] = tensor.numpy()
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)
