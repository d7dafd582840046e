"""Exact reasons for the decisions of fitted models: why, and what would change it."""

from __future__ import annotations

from .encoders.builder import Builder
from .engine.errors import (
    BackendError,
    BadInputError,
    CapabilityError,
    FormatError,
    MissingBackendError,
    NoInstanceError,
    NotFittedModelError,
    SelfCheckError,
    SufficeError,
    TheoryError,
    UndecidedError,
    UnsupportedModelError,
)
from .engine.reasons import Check, Reason, Reasons
from .engine.status import Status, Stop
from .explainers.explanation import Explanation, Explanations, explain
from .explainers.facade import Explainer
from .explainers.learning import Learning
from .solvers.registry import backends

__version__ = "0.1.0"

__all__ = [
    "BackendError",
    "BadInputError",
    "Builder",
    "CapabilityError",
    "Check",
    "Explainer",
    "Explanation",
    "Explanations",
    "FormatError",
    "Learning",
    "MissingBackendError",
    "NoInstanceError",
    "NotFittedModelError",
    "Reason",
    "Reasons",
    "SelfCheckError",
    "Status",
    "Stop",
    "SufficeError",
    "TheoryError",
    "UndecidedError",
    "UnsupportedModelError",
    "__version__",
    "backends",
    "explain",
]
