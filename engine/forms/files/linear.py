"""Which file format a suffix means, for linear programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import BadInputError, shown
from .lp import read_lp, write_lp
from .mps import read_mps, write_mps
from .opb import read_opb, write_opb
from .rows import Builder, Form

if TYPE_CHECKING:
    from ..linear import Linear

Writer: TypeAlias = "Callable[[Linear, str | Path], None]"
Reader: TypeAlias = Callable[[str | Path, Builder[Any]], Any]

_FORMATS: dict[str, tuple[Writer, Reader]] = {
    ".lp": (write_lp, read_lp),
    ".mps": (write_mps, read_mps),
    ".opb": (write_opb, read_opb),
}


def write_linear(linear: Linear, path: str | Path) -> None:
    """Write a program in the format that the suffix of `path` names (atomically)."""
    _of(path)[0](linear, path)


def read_linear(path: str | Path, build: Builder[Form]) -> Form:
    """Read a program in the format that the suffix of `path` names; `build` makes it of its parts."""
    form: Form = _of(path)[1](path, build)
    return form


def _of(path: str | Path) -> tuple[Writer, Reader]:
    try:
        suffix = Path(path).suffix.lower()
    except TypeError:
        raise BadInputError(f"{shown(path)} is no path: expected a file name") from None
    if suffix not in _FORMATS:
        raise BadInputError(f"{path}: expected a file name that ends in {', '.join(_FORMATS)}")
    return _FORMATS[suffix]
