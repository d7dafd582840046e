"""Models that predict several numbers for a row: what their outputs are called, and that one has to be chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...engine.errors import UnsupportedModelError
from .members import Parts


def output_names(count: int) -> tuple[str, ...]:
    """Return the names of outputs that have none: y1, y2, …; empty for a single one."""
    return tuple(f"y{i + 1}" for i in range(count)) if count > 1 else ()


def chosen(model: Any, names: tuple[str, ...], output: int | None) -> int:
    """Return the place of the output that is asked about.

    Raises
    ------
    UnsupportedModelError
        If there are several, and none was chosen.
    """
    if names and output is None:
        raise UnsupportedModelError(
            f"{type(model).__name__} predicts {len(names)} numbers for a row: a question is about one of them; hand "
            f"over suffice.Output(model, {names[0]!r}), or another of {names[0]} … {names[-1]}, or its place from 0"
        )
    return output or 0


def only(parts: Parts, output: int) -> Parts:
    """Return an ensemble of several scores with one of them alone; trees that add nothing to it are left out."""
    told = [replace(member, values=member.values[:, output : output + 1]) for member in parts.members]
    kept = [member for member in told if member.values.any()] or told[:1]
    return replace(parts, members=tuple(kept), base=parts.base[output : output + 1])
