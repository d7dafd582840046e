"""Any model of one outcome as an ensemble: what the questions about whole models are asked of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledTree
from ...engine.models.around import around_of
from ...engine.models.multilabel import CompiledMultiLabel, as_ensemble
from ..forest.answers import ForestAnswers
from ..forest.core import ForestCore
from ..session.gate import twin_of
from ..session.session import Session


class Lifted:
    """A twin of an explainer, and answers over an ensemble that follow its instance; for one thread.

    Parameters
    ----------
    explainer : explainer
        Of a model with one outcome.

    Raises
    ------
    UnsupportedModelError
        If the model has several labels, or reads texts.
    """

    def __init__(self, explainer: Any) -> None:
        compiled = explainer.session.compiled
        if isinstance(compiled, CompiledMultiLabel):
            raise UnsupportedModelError(
                "the model predicts several labels at once: ask about a model of one label (a multi-output model's "
                "suffice.Output)"
            )
        if around_of(compiled) is not None:
            raise UnsupportedModelError("the model reads texts, whose words depend on each text: ask about rows")
        self.twin = twin_of(explainer)
        self.core = self._core()

    def _core(self) -> ForestCore:
        session: Session[Any] = self.twin.session
        if isinstance(session.compiled, CompiledTree):
            return session.about(as_ensemble(session.compiled), ForestAnswers)
        answers: Any = session.answers
        return answers  # type: ignore[no-any-return]  # of the families that are ensembles

    def placed(self, place: Callable[[Any], None]) -> ForestCore:
        """Return the answers about the instance that `place` sets in the twin."""
        form, space = self.twin.session.compiled, self.twin.session.space
        place(self.twin)
        if self.core.session is self.twin.session:
            return self.core
        if self.twin.session.compiled is not form or self.twin.session.space is not space:
            self.core = self._core()  # rows of other dtypes, or a group that is left out
        else:
            self.core.session.take_place()
        return self.core
