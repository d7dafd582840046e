"""Sufficient reasons of a tree: one, several, all, the cheapest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...engine.arrays import Bools
from ...engine.budget import Deadline
from ...engine.clock import run
from ...engine.diagrams.family import Family
from ...engine.hitting.edges import Edges
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..queries.weights import Costs
from ..session.running import told_over
from .generic import TreeGeneric

_UNIT_NODES = 200_000


class TreeReasons(TreeGeneric):
    """How a tree finds sufficient reasons: over its leaves, by a diagram, by branch and bound, or the generic way."""

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        asked = None if solver else self._ask(per_feature)
        if asked is not None:
            items = asked.sufficient()
            if items is None:
                return None
            return self._told(items, per_feature, "sufficient", "deletion over the leaves", deadline)
        good = self._good()
        edges = None if solver else self._edges(good, per_feature, self._excluded)
        if edges is None:
            return self._generic_one(good, per_feature, deadline, solver)
        elements = edges.minimal_elements()
        if elements is None:
            return None
        proof = Proof(
            "sufficient", method="deletion over the leaves", over=told_over(per_feature), seconds=deadline.elapsed
        )
        return self._make(self._items(elements, per_feature), proof)

    def _all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        good = self._good()
        edges = None if solver else self._reduced(good, per_feature, self._excluded, deadline=deadline)
        family = None if edges is None else self._family_in_time(good, per_feature, deadline)
        if deadline.stop is Stop.INTERRUPT:
            return
        if edges is None or family is None:
            yield from self._generic_all("sufficient", good, per_feature, deadline, solver)
            return
        ids = edges.all_ids
        for _, members in family.by_cost(np.ones(len(ids))):
            if deadline.expired():
                return
            proof = Proof(
                "sufficient", method="decision diagram", over=told_over(per_feature), seconds=deadline.elapsed
            )
            yield self._make(self._items(ids[members], per_feature), proof)

    def _family_in_time(self, good: Bools, per_feature: bool, deadline: Deadline) -> Family | None:
        """Build the diagram in a part of the time that is left; Ctrl-C stops the query."""
        share = deadline.part(None if deadline.seconds is None else deadline.remaining * 0.6)
        family = self._family(good, per_feature, share)
        if share.stop is Stop.INTERRUPT:
            deadline.halt(Stop.INTERRUPT)
        return family

    def _cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline, *, one: bool
    ) -> Iterator[Reason]:
        """Yield reasons of least cost only."""
        good = self._good()
        edges = None if solver else self._reduced(good, per_feature, self._excluded, deadline=deadline)
        if edges is None:
            yield from self._generic_cheapest(good, per_feature, costs, kind, deadline, solver)
            return
        if edges.hopeless:
            return
        if one and edges.chains and ("family", good.tobytes(), per_feature) not in self._cache:
            reason = self._by_units(edges, per_feature, costs, kind, deadline)
            if reason is not None:
                yield reason
                return
        ids = edges.all_ids
        price = costs.whole[ids].astype(np.float64)
        exact = price.sum() < 2.0**53  # then sums in floating point are exact
        family = self._family_in_time(good, per_feature, deadline) if exact else None
        if deadline.stop is Stop.INTERRUPT:
            return
        if family is None:
            yield from self._generic_cheapest(good, per_feature, costs, kind, deadline, solver)
            return
        least = None
        for total, members in family.by_cost(price):
            least = total if least is None else least
            if total > least or deadline.expired():
                return
            cost = costs.weight(int(total))
            proof = Proof(
                kind, Status.OPTIMAL, method="decision diagram", over=told_over(per_feature), cost=cost, lower=cost,
                seconds=deadline.elapsed,
            )  # fmt: skip
            yield self._make(self._items(ids[members], per_feature), proof)

    def _by_units(self, edges: Edges, per_feature: bool, costs: Costs, kind: str, deadline: Deadline) -> Reason | None:
        """Choose chains by branch and bound, then weaken them as far as possible."""
        found = run(deadline, edges.core.cheapest, costs.whole[edges.ids], _UNIT_NODES)
        if found is None:
            return None
        elements, total = found
        cost = costs.weight(total)
        proof = Proof(
            kind, Status.OPTIMAL, method="branch and bound", over=told_over(per_feature),
            cost=cost, lower=cost, seconds=deadline.elapsed,
        )  # fmt: skip
        return self._make(self._items(elements, per_feature), proof)
