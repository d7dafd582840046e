"""Which file format a suffix means, for linear programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import BadInputError, shown
from .lp import from_lp, to_lp
from .mps import from_mps, to_mps
from .opb import from_opb, to_opb
from .rows import Builder, Form
from .text import read_text, write_text

if TYPE_CHECKING:
    from ..linear import Linear

Writer: TypeAlias = "Callable[[Linear], str]"
Reader: TypeAlias = Callable[[str, Builder[Any]], Any]

_FORMATS: dict[str, tuple[Writer, Reader]] = {
    ".lp": (to_lp, from_lp),
    ".mps": (to_mps, from_mps),
    ".opb": (to_opb, from_opb),
}


def write_linear(linear: Linear, path: str | Path) -> None:
    """Write a program in the format that the suffix of `path` names (atomically)."""
    to_text = _of(path)[0]
    write_text(path, to_text(linear))


def read_linear(path: str | Path, build: Builder[Form]) -> Form:
    """Read a program in the format that the suffix of `path` names; `build` makes it of its parts."""
    from_text = _of(path)[1]
    form: Form = from_text(read_text(path), build)
    return form


def _of(path: str | Path) -> tuple[Writer, Reader]:
    try:
        suffix = Path(path).suffix.lower()
    except TypeError:
        raise BadInputError(f"{shown(path)} is no path: expected a file name") from None
    if suffix not in _FORMATS:
        raise BadInputError(f"{path}: expected a file name that ends in {', '.join(_FORMATS)}")
    return _FORMATS[suffix]
