"""Exact reasons for the decisions of fitted models: why, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from .engine.reasons import Check, Counted, NoneInTime, Precision, Reason, Reasons, ReasonStream
from .engine.reasons.attribution import Attribution
from .engine.status import Status, Stop
from .explainers.batch.batch import Batch
from .explainers.explain import explain
from .explainers.explanation import Explanation
from .explainers.explanations import Explanations
from .explainers.facade import Explainer
from .explainers.keeping.reading import from_json
from .explainers.queries.preferences import Method
from .solvers.registry import backends

if TYPE_CHECKING:
    from .encoders.binarized.binarizer import Binarizer
    from .encoders.builder import Builder
    from .encoders.meta.between import Between
    from .encoders.meta.output import Output
    from .engine.reasons.label_reasons import LabelReason
    from .explainers.boosted.explainer import BoostedExplainer
    from .explainers.desk.opening import desk
    from .explainers.forest.composed import ComposedExplainer
    from .explainers.forest.explainer import ForestExplainer
    from .explainers.learning import Learning
    from .explainers.multilabel.explainer import MultiLabelExplainer
    from .explainers.population.asking import audit_recourse
    from .explainers.population.audit import RecourseAudit
    from .explainers.recourse.alone import recourse
    from .explainers.recourse.frontier import Frontier
    from .explainers.recourse.plan import Plan
    from .explainers.recourse.results import Recourse
    from .explainers.recourse.stages import Stages
    from .explainers.saving.loading import load
    from .explainers.surrogate.explainer import SurrogateExplainer
    from .explainers.tools import Tools
    from .explainers.tree.explainer import TreeExplainer

Explaining = Explainer  # as scripts of later versions of the published library call it

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "BackendError",
    "BadInputError",
    "Batch",
    "Between",
    "Binarizer",
    "BoostedExplainer",
    "Builder",
    "CapabilityError",
    "Check",
    "ComposedExplainer",
    "Counted",
    "Explainer",
    "Explaining",
    "Explanation",
    "Explanations",
    "FidelityError",
    "ForestExplainer",
    "FormatError",
    "Frontier",
    "LabelReason",
    "Learning",
    "Method",
    "MissingBackendError",
    "MissingQueryError",
    "ModelChangedError",
    "MultiLabelExplainer",
    "NoInstanceError",
    "NoneInTime",
    "NotFittedModelError",
    "Output",
    "Plan",
    "Precision",
    "Reason",
    "ReasonStream",
    "Reasons",
    "Recourse",
    "RecourseAudit",
    "Row",
    "SelfCheckError",
    "SetupLimitError",
    "Stages",
    "Status",
    "Stop",
    "SufficeError",
    "SurrogateExplainer",
    "TheoryError",
    "Tools",
    "TreeExplainer",
    "UndecidedError",
    "UnsupportedModelError",
    "__version__",
    "audit_recourse",
    "backends",
    "desk",
    "explain",
    "from_json",
    "load",
    "recourse",
]

_LATER = {  # where classes are that are loaded when they are asked for: a family with its first explainer
    "Between": "encoders.meta.between",
    "Binarizer": "encoders.binarized.binarizer",
    "Builder": "encoders.builder",
    "BoostedExplainer": "explainers.boosted.explainer",
    "ComposedExplainer": "explainers.forest.composed",
    "ForestExplainer": "explainers.forest.explainer",
    "LabelReason": "engine.reasons.label_reasons",
    "Learning": "explainers.learning",
    "MultiLabelExplainer": "explainers.multilabel.explainer",
    "Output": "encoders.meta.output",
    "Plan": "explainers.recourse.plan",
    "Recourse": "explainers.recourse.results",
    "RecourseAudit": "explainers.population.audit",
    "Frontier": "explainers.recourse.frontier",
    "Stages": "explainers.recourse.stages",
    "SurrogateExplainer": "explainers.surrogate.explainer",
    "Tools": "explainers.tools",
    "TreeExplainer": "explainers.tree.explainer",
    "audit_recourse": "explainers.population.asking",
    "desk": "explainers.desk.opening",
    "load": "explainers.saving.loading",
    "recourse": "explainers.recourse.alone",
}

if not TYPE_CHECKING:  # type checkers know these names, and that there are no others

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name == "verify":
            return import_module(".verify", __name__)
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
        return found


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name.startswith("__"))]
