"""Modules of PyTorch: read without changing them, copied where another device or type is wanted."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import torch

from ....engine.errors import BadInputError, shown

_TYPES = {
    "float64": torch.float64,
    "double": torch.float64,
    "float32": torch.float32,
    "float": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "half": torch.float16,
}
MIXED = (torch.bfloat16, torch.float16)


def read_dtype(dtype: Any) -> torch.dtype | None:
    """Return a floating type of PyTorch from its name, from numpy's or from PyTorch's.

    Raises
    ------
    BadInputError
        If it is none of those that the search can run in.
    """
    if dtype is None:
        return None
    known = dtype if isinstance(dtype, torch.dtype) else _TYPES.get(str(getattr(dtype, "__name__", dtype)))
    if known not in _TYPES.values():
        raise BadInputError(f"dtype={shown(dtype)}: expected one of {', '.join(map(repr, _TYPES))}, or None")
    return known


def read_device(device: Any) -> torch.device | None:
    """Return a device of PyTorch.

    Raises
    ------
    BadInputError
        If PyTorch does not know it, or cannot use it here.
    """
    if device is None:
        return None
    try:
        return torch.empty(1, device=torch.device(device)).device  # with its number
    except Exception as error:  # PyTorch raises RuntimeError, AssertionError or TypeError
        raise BadInputError(f"device={shown(device)} cannot be used: {error}") from None


def check_evaluating(module: torch.nn.Module, what: str) -> None:
    """Refuse a module in training mode: dropout and batch statistics would make its answers random.

    Raises
    ------
    BadInputError
        If a part of the module is in training mode.
    """
    for name, part in module.named_modules():
        if part.training:
            where = f" (its part {name!r} is)" if name else ""
            raise BadInputError(f"the {what} is in training mode{where}: call its eval() first")


def own_type(module: torch.nn.Module) -> torch.dtype:
    """Return the floating type of a module's parameters or buffers; float32 without any."""
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            return tensor.dtype
    return torch.float32


def own_device(module: torch.nn.Module) -> torch.device:
    """Return where a module's parameters or buffers lie; the processor without any."""
    for tensor in (*module.parameters(), *module.buffers()):
        return tensor.device
    return torch.device("cpu")


def working(module: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> torch.nn.Module:
    """Return the module itself where it already is as wanted, else a copy: the user's one is left as it is.

    Raises
    ------
    BadInputError
        If the module cannot be copied.
    """
    if own_device(module) == device and own_type(module) == dtype:
        return module
    try:
        return copy.deepcopy(module).to(device=device, dtype=dtype)
    except Exception as error:  # whatever the user's classes raise
        raise BadInputError(f"the model cannot be copied to {device} as {dtype}: {error}") from None


def gradients() -> contextlib.AbstractContextManager[None]:
    """Allow gradients whatever mode the caller is in."""
    if torch.is_grad_enabled() and not torch.is_inference_mode_enabled():
        return contextlib.nullcontext()
    return _allowed()


@contextlib.contextmanager
def _allowed() -> Iterator[None]:
    with torch.inference_mode(False), torch.enable_grad():
        yield


def mixed(device: str, low: torch.dtype | None) -> contextlib.AbstractContextManager[Any]:
    """Compute in mixed precision, or without any: also where the caller does so."""
    if low is None and not torch.is_autocast_enabled(device):
        return contextlib.nullcontext()
    return torch.autocast(device, dtype=low, enabled=low is not None)
