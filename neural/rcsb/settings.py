"""What a run is told, checked once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, shown
from ..arguments import number, truth, whole, word

SCALE_MODES = ("image", "region", "pixel")
STABILISERS = ("adam", "sign", "none")
NORMALISERS = ("first", "each", "none")
ESTIMATES = ("raw", "composite")
PRECISIONS = ("float32", "float64", "bf16", "fp16")
_WORDS = {"constant": 0, "linear": 1, "exponential": 1, "interval": 2}

Factor = Callable[[float], float]


@dataclass(frozen=True)
class Settings:
    """The parameters of the sampler and of its guidance; see ``RCSB`` for their meaning."""

    scale: float
    scale_mode: str
    scale_schedule: Any
    start: float
    nfe: int
    stabiliser: str
    normaliser: str
    through_denoiser: bool
    mask_gradient: bool
    estimate: str
    early_stop: float | None
    finish: int | None
    deterministic: bool
    checkpointing: bool
    precision: str

    def plain(self) -> dict[str, Any]:
        """Return the parameters as values that JSON knows."""
        told = asdict(self)
        if callable(self.scale_schedule):
            told["scale_schedule"] = getattr(self.scale_schedule, "__name__", "function")
        return told


def read_settings(**told: Any) -> Settings:
    """Check the parameters.

    Raises
    ------
    BadInputError
        Names the parameter, its value and what was expected.
    """
    stop, finish = told["early_stop"], told["finish"]
    if isinstance(stop, (bool, np.bool_)) or stop is None:
        stop = 0.0 if stop else None
    else:
        stop = number("early_stop", stop, 0.0, 1.0)
    read_factor(told["scale_schedule"])
    return Settings(
        scale=number("scale", told["scale"]),
        scale_mode=word("scale_mode", told["scale_mode"], SCALE_MODES),
        scale_schedule=told["scale_schedule"],
        start=number("start", told["start"], 0.0, 1.0),
        nfe=whole("nfe", told["nfe"]),
        stabiliser=word("stabiliser", told["stabiliser"], STABILISERS),
        normaliser=word("normaliser", told["normaliser"], NORMALISERS),
        through_denoiser=truth("through_denoiser", told["through_denoiser"]),
        mask_gradient=truth("mask_gradient", told["mask_gradient"]),
        estimate=word("estimate", told["estimate"], ESTIMATES),
        early_stop=stop,
        finish=None if finish is None else whole("finish", finish, 0),
        deterministic=truth("deterministic", told["deterministic"]),
        checkpointing=truth("checkpointing", told["checkpointing"]),
        precision=word("precision", told["precision"], PRECISIONS),
    )


def read_factor(schedule: Any) -> Factor:
    """Return the factor of the scale at each point of a run, 0 at its first step and 1 at its last.

    Parameters
    ----------
    schedule : str, sequence or callable
        ``"constant"``; ``("linear", f)``: from 1 to f, evenly; ``("exponential", f)``: from 1 to f, by equal ratios;
        ``("interval", a, b)``: 1 within [a, b], else 0; or a function from [0, 1] to factors.

    Raises
    ------
    BadInputError
        If it is none of these.
    """
    if callable(schedule):
        return _checked(schedule)
    parts = (schedule,) if isinstance(schedule, str) else tuple(schedule) if isinstance(schedule, Sequence) else ()
    if not parts or parts[0] not in _WORDS or len(parts) != 1 + _WORDS[parts[0]]:
        raise BadInputError(
            f"scale_schedule={shown(schedule)}: expected 'constant', ('linear', end), ('exponential', end), "
            "('interval', from, to), or a function"
        )
    numbers = [number("scale_schedule", part) for part in parts[1:]]
    if parts[0] == "linear":
        return lambda point: 1 + (numbers[0] - 1) * point
    if parts[0] == "exponential":
        if numbers[0] <= 0:
            raise BadInputError(f"scale_schedule={shown(schedule)}: expected an end above 0")
        return lambda point: float(numbers[0] ** point)
    if parts[0] == "interval":
        if not numbers[0] <= numbers[1] <= 1:
            raise BadInputError(f"scale_schedule={shown(schedule)}: expected 0 <= from <= to <= 1")
        return lambda point: float(numbers[0] <= point <= numbers[1])
    return lambda point: 1.0


def _checked(function: Callable[[float], Any]) -> Factor:
    """Return a user's function of the point whose factors are checked as they come."""

    def factor(point: float) -> float:
        return number("scale_schedule(...)", function(point))

    return factor
