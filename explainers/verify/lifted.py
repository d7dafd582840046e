"""Any model of one outcome as an ensemble: what the questions about whole models are asked of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.around import around_of
from ...engine.models.ensembles import EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel
from ..forest.answers import ForestAnswers
from ..forest.core import ForestCore
from ..session.gate import twin_of
from ..session.session import Session


def as_ensemble(compiled: CompiledTree) -> CompiledEnsemble:
    """Return a decision tree as an ensemble of one tree, whose leaves give 1 to their class."""
    tree = compiled.tree
    inner = tree.literal != 0
    leaf = np.where(inner, -1, np.cumsum(~inner) - 1).astype(np.int32)
    values = np.eye(max(1, len(compiled.classes)))[tree.outcome[~inner]]
    arrays = EnsembleArrays(
        np.zeros(1, np.int32), tree.literal, np.where(inner, tree.left, 0).astype(np.int32),
        np.where(inner, tree.right, 0).astype(np.int32), leaf, np.ascontiguousarray(values),
        np.zeros(values.shape[1]),
    )  # fmt: skip
    return CompiledEnsemble(
        arrays, compiled.vocabulary, compiled.classes, compiled.features, compiled.read, compiled.to_user_row,
        compiled.predict, compiled.missing, compiled.source, dtypes=compiled.dtypes, around=compiled.around,
    )  # fmt: skip


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
