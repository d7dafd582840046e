"""Inputs that are outside and differ from the row on little, by the search that queries use."""

from __future__ import annotations

import numpy as np

from ...engine.arrays import I32, I64, Bools
from ...engine.domain.region import region_of
from ...engine.ensembles.answers import FOUND
from ...engine.ensembles.cheapest.refuting import counterexamples_below
from ...engine.ensembles.outside import outside_sums
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView, LiteralView
from ...engine.errors import UnsupportedModelError
from .claims import Claims


class Nearest:
    """Finds inputs that are outside, each of which differs from the row on a minimal set of items.

    Nothing rests on it: what it finds is asked of the prover, and what it does not find is looked for by the prover.

    Parameters
    ----------
    claims : Claims
        Claims about a row.
    """

    def __init__(self, claims: Claims) -> None:
        self.claims, self.prover = claims, claims.prover
        self.view = self._view()

    def _view(self) -> AnyView | None:
        """Return the question as queries ask it; None where the claims are of another form."""
        subject, outcomes = self.prover.subject, self.prover.outcomes.labels
        if len(outcomes) != 1 or len(subject.labels) != 1 or self.prover.given or "range" in outcomes[0]:
            return None
        model = subject.models[0][1]
        good = np.isin(np.arange(len(model.classes)), outcomes[0]["classes"])
        if not 1 <= int(good.sum()) < len(good) or (not model.one_score and int(good.sum()) not in (1, len(good) - 1)):
            return None
        try:
            sums = outside_sums(model, good, True)
        except UnsupportedModelError:
            return None
        question = EnsembleQuestion(subject.layout, *sums, subject.here.cells)
        make = FeatureView if self.claims.per_feature else LiteralView
        return make(question, subject.here, np.zeros(len(subject.space.attributes), np.bool_))

    def below(self, prices: I64, cost: int, gone: Bools) -> list[I32]:
        """Return inputs that are outside, all of which no cheaper items exclude, as far as they are found.

        Parameters
        ----------
        prices : ndarray of int64, shape (n_items,)
            What items cost.
        cost : int
            What cheaper ones cost less than.
        gone : ndarray of bool
            Items that may not be used: all of a feature.
        """
        view = self.view
        if view is None:
            return []
        conditions = np.abs(view.space.element_literal) - 1
        items = view.features if isinstance(view, FeatureView) else conditions
        owner = np.array([attribute.feature for attribute in view.space.attributes], np.int64)
        banned = gone[owner] if self.claims.per_feature else np.isin(owner, self.claims.owner[gone])
        own = type(view)(view.question, view.situation, banned)
        found = counterexamples_below(own, np.ascontiguousarray(prices[items], np.int64), cost, self.prover.deadline)
        return [point for point in found if self.prover.is_witness(point)]

    def find(self, literals: I32, last: Bools) -> I32 | None:
        """Return an input that satisfies literals and is outside, if one is found; some items are kept last."""
        view = self.view
        if view is None:
            return None
        question, deadline = view.question, self.prover.deadline
        question.set_region(region_of(self.prover.subject.space, literals))
        if question.answer(deadline) != FOUND:
            return None
        found = question.point.copy()
        order = view.back_order(deadline)
        if isinstance(view, FeatureView):
            later = last[view.features[order]]
            order = np.concatenate([order[~later], order[later]])
        nearer = view.near(found, deadline, order)[1]
        return next((point for point in (nearer, found) if self.prover.is_witness(point)), None)
