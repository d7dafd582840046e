"""What a search is told, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.given import real
from ..arguments import number, truth, whole, word

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


def read_clip(clip: Any) -> tuple[float, float]:
    """Return the least and the largest slope.

    Raises
    ------
    BadInputError
        If they are not a pair around zero.
    """
    try:
        low, high = (real(part) for part in clip)
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
    return Settings(
        kappa=number("kappa", told["kappa"]),
        beta=number("beta", told["beta"]),
        gamma=gamma,
        c_init=number("c_init", told["c_init"], above=True),
        c_steps=whole("c_steps", told["c_steps"]),
        max_iterations=whole("max_iterations", told["max_iterations"]),
        learning_rate=number("learning_rate", told["learning_rate"], above=True),
        clip=read_clip(told["clip"]),
        prox=word("prox", told["prox"], PROXES),
        pp_space=word("pp_space", told["pp_space"], SPACES),
        patience=None if patience is None else whole("patience", patience),
        refine=truth("refine", told["refine"]),
    )
