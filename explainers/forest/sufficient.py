"""Sufficient reasons of a forest: one, several, all, the cheapest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ...engine.arrays import I64
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView
from ...engine.ensembles.walks.all import all_items
from ...engine.ensembles.walks.marco import Found, enumerate_items
from ...engine.errors import MissingBackendError
from ...engine.forms import Cnf
from ...engine.oracles.marco import Clause
from ...engine.reasons import Reason
from ...engine.status import Status, Stop
from ..queries.weights import Costs
from ..solving.sessions import DEFAULT_SAT, open_hitting, open_sat
from .additive import METHOD, Prefix, shortest_prefix
from .alone import Bounds, bounds_of_single_trees
from .core import ForestCore
from .outside import outside_reason
from .planner import NATIVE, check_size, fits_outside


class ForestSufficient(ForestCore):
    """How a forest finds sufficient reasons: by branch and bound, walks or MARCO, and hitting sets."""

    def one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        wanted = self.wanted()
        if solver is not None and solver != NATIVE:
            check_size(self, per_feature, solver)
            if fits_outside(self, per_feature, deadline):
                return outside_reason(self, wanted, per_feature, deadline, solver)
        view = self.view(per_feature, wanted)
        alone = solver is None and self.apart is not None
        if alone and (fewest := shortest_prefix(self, view, deadline).kept) is not None:
            # no fewer items do, so none can be left out
            return self.reason(view, view.written(fewest), "sufficient", Status.PROVED, deadline, method=METHOD)
        found = self._shrunk(view, deadline)
        if found is None:
            return None
        kept, proved = found
        if not proved:
            deadline.expired()
        return self.reason(
            view, view.written(kept), "sufficient", Status.PROVED if proved else Status.BEST_SO_FAR, deadline
        )

    def all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        view = self.view(per_feature, self.wanted())
        if view.banned.any() and (code := view.answer(view.full, deadline)) != NONE:
            if code == UNKNOWN and not deadline.expired():
                deadline.halt(Stop.SOLVER)
            return
        for found in found_items(view, True, deadline, solver):
            status = Status.PROVED if found.proved else Status.BEST_SO_FAR
            yield self.reason(view, found.written_in(view), "sufficient", status, deadline, method="hitting sets")

    def cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline, *, one: bool
    ) -> Iterator[Reason]:
        """Yield reasons of least cost; if time is up before one is proved cheapest, the best one."""
        view = self.view(per_feature, self.wanted())
        if view.banned.any() and view.answer(view.full, deadline) == FOUND:
            return
        from ...engine.ensembles.cheapest.cheapest import cheapest_items

        prices = _prices(view, costs)
        alike = len(prices) > 0 and bool((prices == prices[0]).all())
        prefix = shortest_prefix(self, view, deadline) if alike and solver is None else Prefix()
        if one and prefix.kept is not None:
            cost = int(prefix.lower * prices[0])
            yield self._cheap(view, prefix.kept, kind, cost, cost, costs, deadline, METHOD)
            return
        open_session = partial(open_hitting, solver)
        best: tuple[int, Any] | None = None
        lower = 0
        if prefix.lower > 0:
            known = Bounds(int(prefix.lower * prices[0]), prefix.kept)
        else:
            trees = self.session.compiled.trees
            known = bounds_of_single_trees(trees, view, deadline) if (prices == 1).all() else Bounds()
        found = cheapest_items(view, prices, open_session, deadline, lower=known.lower, start=known.kept)
        for kept, cost, bound, _ in found:
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
        self,
        view: AnyView,
        kept: Any,
        kind: str,
        cost: int,
        lower: int,
        costs: Costs,
        deadline: Deadline,
        method: str = "implicit hitting sets",
    ) -> Reason:
        status = Status.OPTIMAL if lower >= cost else Status.BEST_SO_FAR
        return self.reason(
            view, view.written(kept), kind, status, deadline, method=method,
            cost=costs.weight(cost), lower=costs.weight(lower),
        )  # fmt: skip


def found_items(view: AnyView, sufficient: bool, deadline: Deadline, solver: str | None) -> Iterator[Found]:
    """Yield all reasons of one kind; a SAT backend that is named keeps the map of an enumeration by MARCO."""
    open_map = partial(open_map_on, solver or DEFAULT_SAT)
    if solver is None:
        return all_items(view, sufficient, open_map, deadline)
    return (found for found in enumerate_items(view, open_map, deadline) if found.sufficient is sufficient)


def open_map_on(solver: str, clauses: list[Clause], n_variables: int) -> Any:
    """Open a SAT session on clauses.

    Raises
    ------
    MissingBackendError
        If the solver answers one reason only.
    """
    try:
        return open_sat(solver, Cnf.from_clauses(clauses, n_variables), timed=True)
    except MissingBackendError as error:
        raise MissingBackendError(f"solver={solver!r} finds one reason, several need a SAT backend: {error}") from None


def _prices(view: AnyView, costs: Costs) -> I64:
    """Return the cost of each item."""
    return costs.whole[view.features] if isinstance(view, FeatureView) else np.asarray(costs.whole)
