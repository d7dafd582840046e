"""Contrastive reasons of a forest: what would change the outcome, and to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.views.literals import AnyView, FeatureView, LiteralView
from ...engine.reasons import Proof, Reason, Reasons
from ...engine.status import Status, Stop
from ..queries.changes import cell_costs, check_distance, check_nearest
from ..queries.preferences import column_weights
from ..session.running import by_length, first_of, told_over
from ..session.witness import Shown
from .allowed import outer_of
from .fewest import fewest_changes, nearest_change, smaller_views, written_prices
from .necessary import necessary_items
from .sufficient import ForestReasons, found_items


class ForestContrast(ForestReasons):
    """Queries for contrastive reasons; what is necessary and relevant."""

    def contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> Any:
        """Return one, several or all contrastive reasons.

        Parameters
        ----------
        n : int or ALL
            How many. One is inclusion-minimal, but need not be the smallest; ``minimal_contrastive_reason`` finds that.
        target : label or interval, optional
            The class (for a regressor: the interval) that is wanted instead; default: any other outcome.
        time_limit, over
            As in ``sufficient_reason``.
        solver : str, optional
            Name of the SAT backend that keeps the map of an enumeration.
        immutable : iterable of str
            Features that stay as they are.
        monotone : mapping, optional
            Numbers that may only go one way: ``{"age": "increasing"}``.

        Returns
        -------
        Reason, Reasons or None
            ``None`` if it is proved that there is none (an empty ``Reasons`` with its status if the time was up before
            one was found). ``reason.witness`` is the changed instance, ``reason.features`` what has to become true.
        """
        number, per_feature, wanted = self._check_n(n), self._check_over(over), self._wanted(target)
        outer = outer_of(self, immutable, monotone)
        with self._query(time_limit) as deadline:
            view = self._view(per_feature, wanted, outer)
            if number == 1:
                return self._one_contrastive(view, wanted, deadline)
            source = self._all_contrastive(view, wanted, deadline, solver)
            return first_of(by_length(self._collect(source, number, deadline)), number)

    def minimal_contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
        distance: str | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
    ) -> Any:
        """Return one, several or all contrastive reasons with the fewest literals (features), or the nearest change.

        Parameters
        ----------
        n, target, time_limit, over, solver, immutable, monotone
            As in ``contrastive_reason``.
        distance : None or "l1"
            ``"l1"``: the witness has the least weighted sum of ``|change|`` over numbers (a changed category counts
            one unit), instead of the fewest changes; one reason only.
        weights : sequence or mapping, optional
            Cost of one unit of each column (default 1), for ``distance="l1"``.
        """
        number, per_feature, wanted = self._check_n(n), self._check_over(over), self._wanted(target)
        check_distance(distance, weights)
        outer = outer_of(self, immutable, monotone)
        with self._query(time_limit) as deadline:
            view = self._view(per_feature, wanted, outer)
            if distance is not None:
                return self._nearest(view, wanted, column_weights(self, weights), number, deadline)
            found = self._fewest(view, wanted, number, deadline, solver)
            return first_of(found, number)

    # -- how ---------------------------------------------------------------------------------------------------

    def _one_contrastive(self, view: AnyView, wanted: Any, deadline: Deadline) -> Any:
        nothing = np.zeros(view.n_items, np.bool_)
        code = view.answer(nothing, deadline)
        if code == NONE:
            return None
        if code == UNKNOWN:
            deadline.expired()
            return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
        dropped, point, proved = view.near(view.question.point.copy(), deadline)
        return self._change(view, wanted, dropped, point, "contrastive", proved, deadline)

    def _all_contrastive(self, view: AnyView, wanted: Any, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        for found in found_items(view, False, deadline, solver):
            assert found.point is not None
            items = found.written_in(view)
            yield self._written_change(view, wanted, items, found.point, "contrastive", found.proved, deadline)

    def _change(
        self, view: AnyView, wanted: Any, dropped: Bools, point: I32, kind: str, proved: bool, deadline: Deadline,
        **more: Any,
    ) -> Reason:  # fmt: skip
        """Make a contrastive reason of a dropped set with its counterexample."""
        items = view.written_change(dropped)
        return self._written_change(view, wanted, items, point, kind, proved, deadline, **more)

    def _written_change(
        self, view: AnyView, wanted: Any, items: I32, point: I32, kind: str, proved: bool, deadline: Deadline,
        **more: Any,
    ) -> Reason:  # fmt: skip
        """Make a contrastive reason of the items that it is written with."""
        status = more.pop("status", Status.PROVED if proved else Status.BEST_SO_FAR)
        per_feature = isinstance(view, FeatureView)
        proof = Proof(
            kind, status, deadline.stop if status is Status.BEST_SO_FAR else Stop.NONE,
            more.pop("method", "branch and bound"), "native", deadline.elapsed,
            told_over(per_feature), **more,
        )  # fmt: skip
        exact = kind.startswith("nearest")  # what it costs is told of the nearest numbers
        show = Shown(self._teller, self._here, lambda: point, self._outside(wanted), nearest=exact)
        return Reason(
            view.names(items),
            proof,
            self._words.say_names if per_feature else self._words.say_change,
            show,
            self._own_row(),
        )

    def _fewest(self, view: AnyView, wanted: Any, n: int | None, deadline: Deadline, solver: str | None) -> Reasons:
        found: list[Reason] = []
        kind = "minimal contrastive"
        if n == 1:
            best = fewest_changes(view, deadline)
            if best is None:
                if deadline.expired():
                    return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
                return Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
            if best.lower < best.cost and deadline.stop is Stop.NONE:  # written with more literals than it costs
                every = by_length(self._collect(self._all_contrastive(view, wanted, deadline, solver), None, deadline))
                status = Status.OPTIMAL if every.complete else Status.BEST_SO_FAR
                first = [every[0].with_proof(kind=kind, status=status, stop=every.stop)] if every else []
                return Reasons(first, every.status, every.stop, every.seconds)
            status = Status.OPTIMAL if best.lower >= best.cost else Status.BEST_SO_FAR
            reason = self._change(
                view, wanted, best.dropped, best.point, kind, True, deadline, status=status, cost=float(best.cost),
                lower=float(best.lower), method="bounds over sets of changes",
            )  # fmt: skip
            return Reasons([reason], Status.COMPLETE, deadline.stop, deadline.elapsed)
        source = self._every_fewest(view, wanted, deadline, solver)
        everything = by_length(self._collect(source, None, deadline))
        least = len(everything[0]) if everything else 0
        status = Status.OPTIMAL if everything.complete else Status.BEST_SO_FAR
        found = [r.with_proof(kind=kind, status=status, stop=everything.stop) for r in everything if len(r) == least]
        return Reasons(found, everything.status, everything.stop, everything.seconds)

    def _every_fewest(self, view: AnyView, wanted: Any, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        """Yield all contrastive reasons with the fewest items, and perhaps others."""
        best = fewest_changes(view, deadline)
        if best is None or best.lower < best.cost or written_prices(view, deadline) is not None:
            yield from self._all_contrastive(view, wanted, deadline, solver)
            return
        per_feature = isinstance(view, FeatureView)
        for outer in smaller_views(view, deadline, int(best.cost)):
            smaller = self._view(per_feature, wanted, outer)
            yield from self._all_contrastive(smaller, wanted, deadline, solver)

    def _nearest(self, view: AnyView, wanted: Any, weights: Any, n: int | None, deadline: Deadline) -> Any:
        check_nearest(self, n)
        best = nearest_change(view, *cell_costs(self, weights), deadline)
        if best is None:
            if deadline.expired():
                return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            return None
        status = Status.OPTIMAL if best.lower >= best.cost else Status.BEST_SO_FAR
        return self._change(
            view, wanted, best.dropped, best.point, "nearest contrastive", True, deadline, status=status,
            cost=best.cost, lower=best.lower, method="branch and bound on the distance",
        )  # fmt: skip

    def _necessary(self, per_feature: bool, time_limit: float | None) -> Reason:
        with self._query(time_limit) as deadline:
            view = self._view(per_feature, self._wanted())
            kept = np.zeros(view.n_items, np.bool_)
            if view.banned.any() and (code := view.answer(view.full, deadline)) != NONE:
                status = Status.PROVED if code == FOUND else Status.BEST_SO_FAR
                return self._reason(view, view.written(kept), "necessary", status, deadline)
            try:
                proved = necessary_items(view, kept, deadline)
            except KeyboardInterrupt:
                deadline.halt(Stop.INTERRUPT)
                proved = False
            status = Status.PROVED if proved else Status.BEST_SO_FAR
            return self._reason(view, view.written(kept), "necessary", status, deadline)

    def _relevant(self, per_feature: bool, time_limit: float | None) -> Reason:
        """Unite the reasons of an enumeration; it ends early once every item that could be is relevant."""
        with self._query(time_limit) as deadline:
            view = self._view(per_feature, self._wanted())
            seen = np.zeros(view.n_items, np.bool_)
            status = Status.PROVED
            try:
                if not (view.banned.any() and view.answer(view.full, deadline) == FOUND):
                    for found in found_items(view, True, deadline, None):
                        seen[found.written_in(view)] = True
                        if seen[view.full].all():
                            break
            except KeyboardInterrupt:
                deadline.halt(Stop.INTERRUPT)
            if deadline.stop is not Stop.NONE and not seen[view.full].all():
                status = Status.BEST_SO_FAR
            return self._reason(
                view, np.nonzero(seen)[0].astype(np.int32), "relevant", status, deadline, method="union of all reasons"
            )


__all__ = ["ForestContrast", "LiteralView"]
