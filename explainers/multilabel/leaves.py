"""A problem whose bad leaves are bad on their own: all queries of decision trees, over the leaves of all labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.hitting.edges import Edges
from ...engine.labels.problem import Problem
from ...engine.models import CompiledTree
from ...engine.models.trees import LeafTable
from ...engine.reasons import Reason
from ..queries.changes import Limits
from ..session.gate import over
from ..session.session import Session
from ..session.witness import Outside, outside_of_labels
from ..tree.checks import TreeChecks
from ..tree.contrastive import TreeContrastive
from ..tree.counts import TreeCounts
from ..tree.explainer import TreeExplainer
from ..tree.generic import Question
from ..tree.sufficient import TreeSufficient
from .problems import form_of_all, stand_in


class LeafProblemAnswers(TreeSufficient, TreeContrastive, TreeCounts, TreeChecks):
    """Answers about a problem that leaves decide: changes are the smallest edges, sufficient reasons hit them all."""

    own_leaves = False  # the question is about labels

    def __init__(self, session: Session[CompiledTree], leaves: LeafTable, problem: Problem) -> None:
        super().__init__(session)
        self.bad_leaves, self.problem, self.o = leaves, problem, np.array([True, False])

    @property
    def _table(self) -> LeafTable:
        return self.bad_leaves

    def outside(self, wanted: Any) -> Outside:
        return outside_of_labels(form_of_all(self.session), self.problem)

    def good(self, target: Any = None) -> Bools:
        return self.o

    def question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None = None) -> Question:
        # a named solver keeps the map of an enumeration; the questions themselves go by the leaves
        return super().question(good, per_feature, None, limits)

    def hint(self, edges: Edges, per_feature: bool) -> F64:
        """Return an order for diagrams: conditions as they are numbered, label by label, from the roots on."""
        space = self.session.space
        number = np.abs(space.element_literal).astype(np.float64)
        if not per_feature:
            return number[edges.ids]
        feature = np.array([a.feature for a in space.attributes], dtype=np.int64)[space.element_attribute]
        first = np.full(len(space.features), np.inf)
        np.minimum.at(first, feature, number)
        return first[edges.ids]

    def all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        """Yield all sufficient reasons as they are found: a diagram of all of them would have to be built first."""
        yield from self._generic_all("sufficient", self.o, per_feature, deadline, solver)


class LeafProblem(TreeExplainer):
    """The explainer of a problem that leaves decide."""

    answers: LeafProblemAnswers  # type: ignore[assignment]  # the hooks of a tree, and more


def leaf_problem(session: Session[Any], leaves: LeafTable, problem: Problem, predict_bad: Any) -> LeafProblem:
    """Return the explainer of a problem that leaves decide, over the session of all labels."""
    compiled = stand_in(session.compiled, predict_bad)
    return over(LeafProblem, session.about(compiled, lambda new: LeafProblemAnswers(new, leaves, problem)))
