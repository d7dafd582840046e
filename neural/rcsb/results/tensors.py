"""The files of a saved result, and tensors to the bit."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from ....engine.errors import FormatError, MissingBackendError

NUMBERS, TENSORS = "result.json", "tensors.safetensors"
VERSION = 1


def tensor_bytes(tensors: dict[str, Tensor]) -> bytes:
    """Return tensors as the bytes of a safetensors file; raise `MissingBackendError` without that package."""
    try:
        from safetensors.torch import save as serialise
    except ImportError:
        raise MissingBackendError('tensors are kept by safetensors: pip install "suffice[rcsb]"') from None
    data: bytes = serialise(tensors)
    return data


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file; raise `FormatError` if it is none."""
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load as parse
    except ImportError:
        raise MissingBackendError('tensors are kept by safetensors: pip install "suffice[rcsb]"') from None
    try:
        found: dict[str, Tensor] = parse(path.read_bytes())
    except (SafetensorError, ValueError, KeyError) as error:
        raise FormatError(f"{path}: not a file of tensors, or not the whole of one ({error})") from None
    return found
