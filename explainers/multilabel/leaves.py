"""A problem whose bad leaves are bad on their own: all queries of decision trees, over the leaves of all labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.hitting.edges import Edges
from ...engine.labels.problem import Problem
from ...engine.models.trees import LeafTable
from ...engine.reasons import Reason
from ...engine.status import Stop
from ..queries.changes import Limits, limits_of
from ..session.witness import Outside, outside_of_labels
from ..tree.explainer import TreeExplainer
from ..tree.generic import Question
from .problems import Adopted, adopt, stand_in

if TYPE_CHECKING:
    from .core import MultiLabelCore


class SubLeaves(Adopted, TreeExplainer):
    """A problem that the leaves decide: contrastive reasons are the smallest edges, sufficient ones hit them all."""

    def __init__(self, parent: MultiLabelCore, leaves: LeafTable, problem: Problem, predict_bad: Any) -> None:
        self._form, self._problem = parent._form, problem
        self._compiled = stand_in(parent._form, predict_bad)
        self._bad_leaves = leaves
        self._o = np.array([True, False])
        adopt(self, parent)

    @property
    def _table(self) -> LeafTable:
        return self._bad_leaves

    def _outside(self, wanted: Any) -> Outside:
        return outside_of_labels(self._form, self._problem)

    def _good(self, target: Any = None) -> Bools:
        return self._o

    def _question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None = None) -> Question:
        # a named solver keeps the map of an enumeration; the questions themselves go by the leaves
        return super()._question(good, per_feature, None, limits)

    def _hint(self, edges: Edges, per_feature: bool) -> F64:
        """Return an order for diagrams: conditions as they are numbered, label by label, from the roots on."""
        space = self._space
        number = np.abs(space.element_literal).astype(np.float64)
        if not per_feature:
            return number[edges.ids]
        feature = np.array([a.feature for a in space.attributes], dtype=np.int64)[space.element_attribute]
        first = np.full(len(space.features), np.inf)
        np.minimum.at(first, feature, number)
        return first[edges.ids]

    def _all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        """Yield all sufficient reasons as they are found: a diagram of all of them would have to be built first."""
        yield from self._generic_all("sufficient", self._o, per_feature, deadline, solver)

    def contrastive_stream(
        self, per_feature: bool, deadline: Deadline, immutable: Any = (), monotone: Any = None
    ) -> Iterator[Reason]:
        """Yield all contrastive reasons, smallest first."""
        limits = limits_of(self, immutable, monotone)
        found = self._contrastive(self._o, per_feature, deadline, None, "contrastive", limits)
        if found.stop is not Stop.NONE:
            deadline.halt(found.stop)
        yield from found
