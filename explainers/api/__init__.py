"""Exact reasons for the decisions of fitted models: why, and what would change it."""

from __future__ import annotations

from .encoders.binarized.binarizer import Binarizer
from .encoders.builder import Builder
from .encoders.columns.told import Row
from .engine.errors import (
    BackendError,
    BadInputError,
    CapabilityError,
    FidelityError,
    FormatError,
    MissingBackendError,
    MissingQueryError,
    ModelChangedError,
    NoInstanceError,
    NotFittedModelError,
    SelfCheckError,
    SetupLimitError,
    SufficeError,
    TheoryError,
    UndecidedError,
    UnsupportedModelError,
)
from .engine.reasons import Check, Reason, Reasons
from .engine.status import Status, Stop
from .explainers.batch.batch import Batch
from .explainers.explanation import Explanation, Explanations, explain
from .explainers.facade import Explainer
from .explainers.learning import Learning
from .explainers.surrogate.explainer import SurrogateExplainer
from .solvers.registry import backends

__version__ = "0.1.0"

__all__ = [
    "BackendError",
    "BadInputError",
    "Batch",
    "Binarizer",
    "Builder",
    "CapabilityError",
    "Check",
    "Explainer",
    "Explanation",
    "Explanations",
    "FidelityError",
    "FormatError",
    "Learning",
    "MissingBackendError",
    "MissingQueryError",
    "ModelChangedError",
    "NoInstanceError",
    "NotFittedModelError",
    "Reason",
    "Reasons",
    "Row",
    "SelfCheckError",
    "SetupLimitError",
    "Status",
    "Stop",
    "SufficeError",
    "SurrogateExplainer",
    "TheoryError",
    "UndecidedError",
    "UnsupportedModelError",
    "__version__",
    "backends",
    "explain",
]
