"""Sufficient reasons of a forest: one, several, all, the cheapest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..engine.budget import Deadline
from ..engine.ensemble_enumerate import enumerate_items
from ..engine.ensemble_views import AnyView, FeatureView
from ..engine.forms import Cnf
from ..engine.kernels import I64
from ..engine.marco import Clause
from ..engine.reasons import Reason, Reasons, ReasonStream
from ..engine.status import Status, Stop
from .backends import DEFAULT_SAT, open_hitting, open_sat
from .forest_core import ForestCore
from .forest_outside import outside_reason
from .forest_planner import NATIVE, ONE_SUFFICIENT, check_size, fits_outside, named_or
from .preferences import Method, preference_costs
from .querying import by_length
from .weights import Costs, unit_costs, weighted_costs


class ForestReasons(ForestCore):
    """Queries for sufficient reasons."""

    def sufficient_reason(
        self, *, n: int | None = 1, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Any:
        """Return one, several or all sufficient reasons.

        Parameters
        ----------
        n : int or ALL
            How many (sorted by length).
        time_limit : float, optional
            Seconds; what was found by then is returned with its status.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of a SAT backend (hard votes) or a MIP backend that answers the questions, instead of this library's
            own branch and bound.

        Returns
        -------
        Reason, Reasons or None
            For ``n=1`` a reason, or ``None`` if it is proved that there is none (excluded features); else a tuple. A
            reason with status ``best_so_far`` forces the outcome, but was not proved minimal in time.
        """
        wanted, per_feature = self._check_n(n), self._check_over(over)
        with self._query(time_limit) as deadline:
            if wanted == 1:
                return self._one_sufficient(per_feature, deadline, solver)
            reasons = self._collect(self._all_sufficient(per_feature, deadline, solver), wanted, deadline)
            if not reasons and deadline.stop is not Stop.NONE:
                one = self._one_sufficient(per_feature, deadline, None)
                reasons = Reasons([] if one is None else [one], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            return by_length(reasons)

    def sufficient_reasons(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> ReasonStream:
        """Return a lazy iterator over all sufficient reasons."""
        per_feature = self._check_over(over)
        deadline = Deadline.of(time_limit)
        return ReasonStream(self._guarded(self._all_sufficient(per_feature, deadline, solver)), deadline)

    def minimal_sufficient_reason(
        self, *, n: int | None = 1, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Any:
        """Return one, several or all sufficient reasons with the fewest literals (features).

        Parameters
        ----------
        n, time_limit, over
            As in ``sufficient_reason``.
        solver : str, optional
            Name of a MaxSAT or MIP backend for the hitting sets.

        Returns
        -------
        Reason, Reasons or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound in ``proof.lower``.
        """
        per_feature = self._check_over(over)
        return self._cheapest_query(
            n, time_limit, per_feature, unit_costs(self._space, per_feature), solver, "minimal sufficient"
        )

    def preferred_sufficient_reason(
        self,
        *,
        method: Method | str,
        n: int | None = 1,
        time_limit: float | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
        features_partition: Sequence[Sequence[str]] | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> Any:
        """Return sufficient reasons with the least sum of weights.

        Parameters
        ----------
        method, weights, features_partition
            As for trees: where the weights come from.
        n, time_limit, over, solver
            As in ``minimal_sufficient_reason``.
        """
        per_feature = self._check_over(over)
        columns = preference_costs(self, method, weights, features_partition, per_feature)
        costs = weighted_costs(self._space, columns, per_feature)
        return self._cheapest_query(n, time_limit, per_feature, costs, solver, "preferred sufficient")

    prefered_sufficient_reason = preferred_sufficient_reason

    # -- how ---------------------------------------------------------------------------------------------------

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        wanted = self._wanted()
        if named_or(solver, ONE_SUFFICIENT) != NATIVE:
            assert solver is not None
            check_size(self, per_feature, solver)
            if fits_outside(self, per_feature, deadline):
                return outside_reason(self, wanted, per_feature, deadline, solver)
        view = self._view(per_feature, wanted)
        found = self._shrunk(view, deadline)
        if found is None:
            return None
        kept, proved = found
        if not proved:
            deadline.expired()
        return self._reason(
            view, view.written(kept), "sufficient", Status.PROVED if proved else Status.BEST_SO_FAR, deadline
        )

    def _all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        view = self._view(per_feature, self._wanted())
        if view.banned.any() and view.answer(view.full, deadline) == 1:
            return
        open_map = partial(open_map_on, solver or DEFAULT_SAT)
        for found in enumerate_items(view, open_map, deadline):
            if found.sufficient:
                status = Status.PROVED if found.proved else Status.BEST_SO_FAR
                yield self._reason(view, view.written(found.items), "sufficient", status, deadline, method="MARCO")

    def _cheapest_query(
        self, n: int | None, time_limit: float | None, per_feature: bool, costs: Costs, solver: str | None, kind: str
    ) -> Any:
        wanted = self._check_n(n)
        with self._query(time_limit) as deadline:
            source = self._cheapest(per_feature, costs, solver, kind, deadline)
            reasons = self._collect(source, wanted, deadline)
            if not reasons and deadline.stop is not Stop.NONE:
                one = self._one_sufficient(per_feature, deadline, None)
                rest = (
                    []
                    if one is None
                    else [one.with_proof(kind=kind, status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)]
                )
                reasons = Reasons(rest, Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            if wanted != 1:
                return by_length(reasons)
            return reasons[0] if reasons else None

    def _cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline
    ) -> Iterator[Reason]:
        """Yield reasons of least cost; if time is up before one is proved cheapest, the best one."""
        view = self._view(per_feature, self._wanted())
        if view.banned.any() and view.answer(view.full, deadline) == 1:
            return
        from ..engine.ensemble_minimum import cheapest_items

        prices = _prices(view, costs)
        open_session = partial(open_hitting, solver)
        best: tuple[int, Any] | None = None
        lower = 0
        for kept, cost, bound, _ in cheapest_items(view, prices, open_session, deadline):
            lower = max(lower, bound)
            if best is not None and bound > best[0] and deadline.stop is Stop.NONE:
                return
            if best is None or cost < best[0]:
                best = (cost, kept)
            if cost <= lower:
                yield self._cheap(view, kept, kind, cost, cost, costs, deadline)
                best = (cost, None)
        if best is not None and best[1] is not None:
            bound = best[0] if deadline.stop is Stop.NONE else lower
            yield self._cheap(view, best[1], kind, best[0], bound, costs, deadline)

    def _cheap(
        self, view: AnyView, kept: Any, kind: str, cost: int, lower: int, costs: Costs, deadline: Deadline
    ) -> Reason:
        status = Status.OPTIMAL if lower >= cost else Status.BEST_SO_FAR
        return self._reason(
            view, view.written(kept), kind, status, deadline, method="implicit hitting sets",
            cost=costs.weight(cost), lower=costs.weight(lower),
        )  # fmt: skip


def open_map_on(solver: str, clauses: list[Clause], n_variables: int) -> Any:
    """Open a SAT session on clauses."""
    return open_sat(solver, Cnf.from_clauses(clauses, n_variables), timed=True)


def _prices(view: AnyView, costs: Costs) -> I64:
    """Return the cost of each item."""
    return costs.whole[view.features] if isinstance(view, FeatureView) else np.asarray(costs.whole)
