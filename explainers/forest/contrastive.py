"""Contrastive reasons of a forest: what would change the outcome, and to what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ...engine._native import Outer
from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView, LiteralView
from ...engine.reasons import Answered, NoneInTime, Proof, Reason, Reasons
from ...engine.status import Status, Stop
from ..queries.answers import Change
from ..queries.changes import cell_costs, check_nearest
from ..queries.preferences import column_weights
from ..session.running import by_length, first_of, told_over
from ..session.witness import Shown
from .additive import METHOD, shortest_change
from .allowed import outer_of
from .core import ForestCore
from .fewest import fewest_changes, nearest_change, smaller_views, written_prices
from .necessary import necessary_items
from .sufficient import found_items


class ForestContrastive(ForestCore):
    """How a forest finds changes; what is necessary and relevant."""

    def contrastive(self, change: Change, deadline: Deadline) -> Answered:
        """Return one contrastive reason, the first n, or all."""
        wanted = self.wanted(change.target)
        view = self.view(change.per_feature, wanted, outer_of(self, change.immutable, change.monotone))
        if change.n == 1:
            return self._one_contrastive(view, wanted, deadline)
        source = self._all_contrastive(view, wanted, deadline, change.solver)
        return first_of(by_length(self.session.collect(source, change.n, deadline)), change.n)

    def each_change(self, change: Change, deadline: Deadline) -> Iterator[Reason]:
        """Return an iterator over all contrastive reasons until the deadline."""
        wanted = self.wanted(change.target)
        view = self.view(change.per_feature, wanted, outer_of(self, change.immutable, change.monotone))
        return self._all_contrastive(view, wanted, deadline, change.solver)

    def fewest(self, change: Change, deadline: Deadline) -> Answered:
        """Return contrastive reasons with the fewest literals (features), or the nearest change."""
        wanted = self.wanted(change.target)
        view = self.view(change.per_feature, wanted, outer_of(self, change.immutable, change.monotone))
        if change.distance is not None:
            return self.nearest(view, wanted, column_weights(self.session, change.weights), change.n, deadline)
        return first_of(self.smallest(view, wanted, change.n, deadline, change.solver), change.n)

    def fewest_in(self, outer: Outer, target: Any, per_feature: bool, deadline: Deadline) -> Reasons | None:
        """Return a contrastive reason of the fewest items within a box of cells; None if no literals say it."""
        wanted = self.wanted(target)
        view = self.view(per_feature, wanted, outer)
        if isinstance(view, LiteralView) and view.in_part:
            return None
        return self.smallest(view, wanted, 1, deadline, None)

    # -- how ---------------------------------------------------------------------------------------------------

    def _one_contrastive(self, view: AnyView, wanted: Any, deadline: Deadline) -> Answered:
        fewest = None if self.apart is None else shortest_change(self, view, deadline)
        if fewest is not None:
            return self.change(view, wanted, fewest.dropped, fewest.point, "contrastive", True, deadline, method=METHOD)
        nothing = np.zeros(view.n_items, np.bool_)
        code = view.answer(nothing, deadline)
        if code == NONE:
            return None
        if code == UNKNOWN:
            deadline.expired()
            return NoneInTime.of(deadline)
        dropped, point, proved = view.near(view.question.point.copy(), deadline)
        return self.change(view, wanted, dropped, point, "contrastive", proved, deadline)

    def _all_contrastive(self, view: AnyView, wanted: Any, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        for found in found_items(view, False, deadline, solver):
            assert found.point is not None
            items = found.written_in(view)
            yield self.written_change(view, wanted, items, found.point, "contrastive", found.proved, deadline)

    def change(
        self, view: AnyView, wanted: Any, dropped: Bools, point: I32, kind: str, proved: bool, deadline: Deadline,
        **more: Any,
    ) -> Reason:  # fmt: skip
        """Make a contrastive reason of a dropped set with its counterexample."""
        items = view.written_change(dropped)
        return self.written_change(view, wanted, items, point, kind, proved, deadline, **more)

    def written_change(
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
        show = Shown(self.session.teller, self.session.here, lambda: point, self.outside(wanted), nearest=exact)
        return Reason(
            view.names(items),
            proof,
            self.session.words.say_names if per_feature else self.session.words.say_change,
            show,
            self.session.own_row(),
        )

    def smallest(self, view: AnyView, wanted: Any, n: int | None, deadline: Deadline, solver: str | None) -> Reasons:
        found: list[Reason] = []
        kind = "minimal contrastive"
        if n == 1:
            best = fewest_changes(view, deadline, partial(shortest_change, self))
            if best is None:
                if deadline.expired():
                    return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
                return Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
            if best.lower < best.cost and deadline.stop is Stop.NONE:  # written with more literals than it costs
                every = by_length(
                    self.session.collect(self._all_contrastive(view, wanted, deadline, solver), None, deadline)
                )
                status = Status.OPTIMAL if every.complete else Status.BEST_SO_FAR
                first = [every[0].with_proof(kind=kind, status=status, stop=every.stop)] if every else []
                return Reasons(first, every.status, every.stop, every.seconds)
            status = Status.OPTIMAL if best.lower >= best.cost else Status.BEST_SO_FAR
            reason = self.change(
                view, wanted, best.dropped, best.point, kind, True, deadline, status=status, cost=float(best.cost),
                lower=float(best.lower), method="bounds over sets of changes",
            )  # fmt: skip
            return Reasons([reason], Status.COMPLETE, deadline.stop, deadline.elapsed)
        source = self._every_fewest(view, wanted, deadline, solver)
        everything = by_length(self.session.collect(source, None, deadline))
        least = len(everything[0]) if everything else 0
        status = Status.OPTIMAL if everything.complete else Status.BEST_SO_FAR
        found = [r.with_proof(kind=kind, status=status, stop=everything.stop) for r in everything if len(r) == least]
        return Reasons(found, everything.status, everything.stop, everything.seconds)

    def _every_fewest(self, view: AnyView, wanted: Any, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        """Yield all contrastive reasons with the fewest items, and perhaps others."""
        best = fewest_changes(view, deadline, partial(shortest_change, self))
        if best is None or best.lower < best.cost or written_prices(view, deadline) is not None:
            yield from self._all_contrastive(view, wanted, deadline, solver)
            return
        per_feature = isinstance(view, FeatureView)
        for outer in smaller_views(view, deadline, int(best.cost)):
            smaller = self.view(per_feature, wanted, outer)
            yield from self._all_contrastive(smaller, wanted, deadline, solver)

    def nearest(self, view: AnyView, wanted: Any, weights: Any, n: int | None, deadline: Deadline) -> Answered:
        check_nearest(self.session, n)
        best = nearest_change(view, *cell_costs(self.session, weights), deadline)
        if best is None:
            if deadline.expired():
                return NoneInTime.of(deadline)
            return None
        status = Status.OPTIMAL if best.lower >= best.cost else Status.BEST_SO_FAR
        return self.change(
            view, wanted, best.dropped, best.point, "nearest contrastive", True, deadline, status=status,
            cost=best.cost, lower=best.lower, method="branch and bound on the distance",
        )  # fmt: skip

    def necessary(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Return what every sufficient reason contains."""
        view = self.view(per_feature, self.wanted())
        kept = np.zeros(view.n_items, np.bool_)
        if view.banned.any() and (code := view.answer(view.full, deadline)) != NONE:
            status = Status.PROVED if code == FOUND else Status.BEST_SO_FAR
            return self.reason(view, view.written(kept), "necessary", status, deadline)
        try:
            proved = necessary_items(view, kept, deadline)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            proved = False
        status = Status.PROVED if proved else Status.BEST_SO_FAR
        return self.reason(view, view.written(kept), "necessary", status, deadline)

    def relevant(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Unite the reasons of an enumeration; it ends early once every item that could be is relevant."""
        view = self.view(per_feature, self.wanted())
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
        return self.reason(
            view, np.nonzero(seen)[0].astype(np.int32), "relevant", status, deadline, method="union of all reasons"
        )
