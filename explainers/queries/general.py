"""The most general reason: the largest box around the instance on which the decision never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, UNKNOWN
from ...engine.ensembles.cheapest.boxes import heaviest_box
from ...engine.ensembles.views.literals import importance_order
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from .answers import Deciding
from .box_weights import Seen, weighing_of
from .explaining import Explaining

KIND = "most general"


class GeneralQueries(Explaining):
    """The largest box."""

    answers: Deciding

    def most_general_reason(
        self,
        *,
        weight: str | Sequence[float] | Mapping[str, float] = "cells",
        data: Any = None,
        time_limit: float | None = None,
    ) -> Reason | None:
        """Return the sufficient reason with the largest box: a range or a set of values a feature, decided alike.

        Parameters
        ----------
        weight : {"cells", "volume", "coverage"} or sequence or mapping of numbers
            What is as large as can be. ``"cells"``: the number of cells (stretches between the model's thresholds)
            that the box has, added up over the features; numbers, one a column, are what a cell of it counts.
            ``"volume"``: the product of the shares of each feature's range that the box has. ``"coverage"``: the
            product of the shares of `data` in the box's range of each feature.
        data : array-like, optional
            Rows, as the model takes them; default: the explainer's background. ``proof.coverage`` is the share of
            them that lies in the box.
        time_limit : float, optional
            Seconds; the largest box that was found by then, of which no side can move (or ``best_so_far``).

        Returns
        -------
        Reason or None
            A sufficient reason with status ``optimal``: no box weighs more (by a part of 1e-9, where weights are no
            whole numbers); else ``best_so_far``. ``proof.cost`` is what it weighs, ``proof.upper`` what no box
            exceeds. ``None`` if there is no reason without the excluded features.

        Notes
        -----
        Worst-case exponential. Cells as in Izza, Ignatiev, Stuckey, Marques-Silva (IJCAI 2024, "inflated"
        explanations) and their maximum. The bounds are this library's own.
        """
        seen = self._seen_data(data)
        with self.session.query(time_limit) as deadline:
            weighing = weighing_of(self.session, weight, seen)
            view = self.answers.literal_view()
            start = view.full
            if view.banned.any():
                code = view.answer(start, deadline.with_grace())
                if code == FOUND:
                    return None
                if code == UNKNOWN:
                    raise deadline.undecided("whether there is a reason without the excluded features")
            start, _ = view.shrink(start, importance_order(view, deadline), deadline)
            found = heaviest_box(view, weighing, start, deadline)
            literals = view.names(view.written(found.kept))
            coverage = None if seen is None else seen.covered(literals)
            return self.session.make(
                literals, _proof(found.proved and found.maximal, found.weight, found.bound, coverage, deadline)
            )

    def _seen_data(self, data: Any) -> Seen | None:
        """Return the rows that boxes are counted in."""
        if data is None:
            data = self.session.background
        return None if data is None else Seen(self.session, data)


def _proof(proved: bool, weight: float, bound: float, coverage: float | None, deadline: Deadline) -> Proof:
    if not proved:
        deadline.expired()
    return Proof(
        KIND, Status.OPTIMAL if proved else Status.BEST_SO_FAR, Stop.NONE if proved else deadline.stop,
        "branch and bound over the sides of boxes", seconds=deadline.elapsed, cost=weight, upper=bound,
        coverage=coverage,
    )  # fmt: skip
