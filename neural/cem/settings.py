"""What a search is told, checked once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, shown
from ..arguments import whole

MODES = ("PN", "PP", "both")
LOSSES = ("auto", "logit", "proba")
OUTPUTS = ("auto", "logits", "proba")
PROXES = ("exact", "paper")
SPACES = ("data", "delta")
GRADIENTS = ("auto", "numeric")
SCALES = ("std", "mad")


@dataclass(frozen=True, slots=True)
class Settings:
    """The parameters of the objective and of the search; see ``CEM`` for their meaning."""

    kappa: float
    beta: float
    gamma: float
    c_init: float
    c_steps: int
    max_iterations: int
    learning_rate: float
    clip: tuple[float, float]
    prox: str
    pp_space: str
    patience: int | None
    refine: bool


def chosen(name: str, value: Any, known: Sequence[str]) -> str:
    """Return one of the known words.

    Raises
    ------
    BadInputError
        If it is another one.
    """
    if not isinstance(value, str) or value not in known:
        raise BadInputError(f"{name}={shown(value)}: expected {' or '.join(map(repr, known))}")
    return value


def number(name: str, value: Any, low: float = 0.0, *, above: bool = False) -> float:
    """Return a finite number from `low` (`above`: strictly) on.

    Raises
    ------
    BadInputError
        If it is none.
    """
    known = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not known or not math.isfinite(value) or value < low or (above and value <= low):
        raise BadInputError(f"{name}={shown(value)}: expected a number {'above' if above else 'from'} {low:g}")
    return float(value)


def read_clip(clip: Any) -> tuple[float, float]:
    """Return the least and the largest slope.

    Raises
    ------
    BadInputError
        If they are not a pair around zero.
    """
    try:
        low, high = (float(part) for part in clip)
    except (TypeError, ValueError):
        raise BadInputError(f"clip={shown(clip)}: expected (least, largest)") from None
    if not low < 0 < high:
        raise BadInputError(f"clip={shown(clip)}: expected a negative and a positive number")
    return low, high


def read_settings(**told: Any) -> Settings:
    """Check the parameters.

    Raises
    ------
    BadInputError
        Names the parameter, its value and what was expected.
    """
    patience, gamma = told["patience"], number("gamma", told["gamma"])
    if gamma > 0 and told["autoencoder"] is None:
        raise BadInputError(f"gamma={gamma:g}: needs an autoencoder")
    if not isinstance(told["refine"], bool):
        raise BadInputError(f"refine={shown(told['refine'])}: expected True or False")
    return Settings(
        kappa=number("kappa", told["kappa"]),
        beta=number("beta", told["beta"]),
        gamma=gamma,
        c_init=number("c_init", told["c_init"], above=True),
        c_steps=whole("c_steps", told["c_steps"]),
        max_iterations=whole("max_iterations", told["max_iterations"]),
        learning_rate=number("learning_rate", told["learning_rate"], above=True),
        clip=read_clip(told["clip"]),
        prox=chosen("prox", told["prox"], PROXES),
        pp_space=chosen("pp_space", told["pp_space"], SPACES),
        patience=None if patience is None else whole("patience", patience),
        refine=told["refine"],
    )
