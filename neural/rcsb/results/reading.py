"""Results back from a folder that they were saved in."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from torch import Tensor

from ....engine.errors import BadInputError, FormatError, shown
from ....engine.status import Status, Stop
from .result import Calls, RCSBResult, Step
from .tensors import NUMBERS, TENSORS, VERSION, read_tensors


def load_result(folder: str | Path) -> RCSBResult:
    """Read a result that `save` wrote; its tensors are the same to the bit.

    Raises
    ------
    BadInputError
        If there is no result in the folder.
    FormatError
        If its files are not as `save` writes them.
    """
    root = Path(folder)
    for name in (NUMBERS, TENSORS):
        if not (root / name).is_file():
            raise BadInputError(f"{root}: there is no {name}; expected a folder that a result was saved in")
    try:
        told = json.loads((root / NUMBERS).read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise FormatError(f"{root / NUMBERS}: version {shown(told['version'])} is not known; expected {VERSION}")
        return result_from(told, read_tensors(root / TENSORS))
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, BadInputError):
            raise
        raise FormatError(f"{root / NUMBERS}: not a saved result ({type(error).__name__}: {error})") from None


def result_from(told: dict[str, Any], tensors: dict[str, Tensor]) -> RCSBResult:
    """Return the result of plain values and tensors.

    Raises
    ------
    FormatError
        If a tensor is missing or not as long as the others.
    """
    wanted = {item.name for item in fields(RCSBResult)} - set(_PLAIN)
    if wanted != set(tensors):
        raise FormatError(f"the tensors {shown(sorted(wanted ^ set(tensors)))} are missing or unknown")
    lengths = {len(tensor) for tensor in tensors.values()}
    if len(lengths) != 1:
        raise FormatError(f"the tensors are of {len(lengths)} different lengths: expected one row an image")
    return RCSBResult(
        **tensors,
        trace=tuple(Step(**_numbers(step)) for step in told.get("trace", ())),
        calls=Calls(**told["calls"]),
        status=Status(told["status"]),
        stop=Stop(told["stop"]),
        seconds=float(told["seconds"]),
        settings=told["settings"],
        multi_label=bool(told["multi_label"]),
        classes=None if told["classes"] is None else tuple(told["classes"]),
    )


_PLAIN = ("trace", "calls", "status", "stop", "seconds", "settings", "multi_label", "classes")


def _numbers(step: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a step; what was not measured is NaN again."""
    return {name: math.nan if value is None else value for name, value in step.items()}
