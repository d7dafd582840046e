"""The model that questions are asked about: its compiled form, its domain, and what tells its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...engine.arrays import F64
from ...engine.domain.theory import Feature, Theory
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.around import around_of
from ...engine.models.multilabel import CompiledMultiLabel, as_ensemble
from ..facade import Explainer
from ..queries.explaining import Explaining
from ..session.session import Session
from ..surrogate.explainer import SurrogateExplainer

Clauses = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A model that questions are asked about.

    Attributes
    ----------
    session : Session
        Its compiled form, domain and words.
    of_surrogate : bool
        Whether it is the surrogate of a function.
    """

    session: Session[Any]
    of_surrogate: bool = False

    @property
    def labels(self) -> CompiledMultiLabel | None:
        """The form of a model of several labels; None for others."""
        form = self.session.compiled
        return form if isinstance(form, CompiledMultiLabel) else None

    @property
    def form(self) -> CompiledEnsemble:
        """The form of a model that decides about one thing, as trees whose values are added up."""
        if self.labels is not None:
            raise UnsupportedModelError(
                "this question is about one decision, and the model has several labels: "
                "ask about suffice.Output(model, label)"
            )
        return as_ensemble(self.session.compiled)

    @property
    def theory(self) -> Theory | None:
        """What is known of the features; None where conditions are free Booleans."""
        theory = self.session.space.theory
        return None if theory is None else Theory(self.features, self.clauses, theory.missing)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features as they are declared."""
        return self.session.features

    @property
    def clauses(self) -> Clauses:
        """The user's clauses, where the theory is on."""
        return self.session.clauses if self.session.theory_on else ()

    @property
    def usual(self) -> F64 | None:
        """The first row of the background, as the model reads it; None where there is none."""
        rows = self.session.background
        if rows is None:
            return None
        read: F64 = self.session.compiled.read(rows)
        return read[0] if len(read) else None

    @property
    def about(self) -> str:
        """What the inputs are of which something is said, where that is not all that the model reads."""
        listed = [feature.name for feature in self.features if feature.listed]
        return f"over the listed numbers of {', '.join(listed[:4])}{', …' if len(listed) > 4 else ''}" if listed else ""


def subject_of(model: Any, features_type: Mapping[str, Any] | None = None, **how: Any) -> Subject:
    """Return what questions about a model need.

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer, whose declared features, theory and domain hold.
    features_type, **how
        As of ``Explainer.initialize``, where a model is given.

    Raises
    ------
    BadInputError
        If options are given beside an explainer.
    UnsupportedModelError
        If no encoder takes the model, or it has a form around each instance only (texts).
    """
    if isinstance(model, (Explaining, SurrogateExplainer)):
        given = [*how, *(["features_type"] if features_type is not None else [])]
        if given:
            raise BadInputError(f"{given[0]} is said when an explainer is made: this one is there already")
        of_surrogate = isinstance(model, SurrogateExplainer)
        explainer = model.explainer if isinstance(model, SurrogateExplainer) else model
        session: Session[Any] = explainer.session
        session.instances.watch.check()
    else:
        of_surrogate = False
        session = Explainer.initialize(model, None, features_type, **how).session
    if around_of(session.compiled) is not None:
        raise UnsupportedModelError(
            "a model of texts has a form around each text alone: there is none that a question about all texts could "
            "be asked of; explain texts one by one"
        )
    return Subject(session, of_surrogate)
