"""Sufficient reasons of a tree: one, several, all, the cheapest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


class TreeSufficient(TreeGeneric):
    """How a tree finds sufficient reasons: over its leaves, by a diagram, by branch and bound, or the generic way."""

    def one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        asked = None if solver else self.ask(per_feature)
        if asked is not None:
            items = asked.sufficient()
            if items is None:
                return None
            return self.told(items, per_feature, "sufficient", "deletion over the leaves", deadline)
        good = self.good()
        edges = None if solver else self.edges(good, per_feature, self.session.excluded)
        if edges is None:
            return self._generic_one(good, per_feature, deadline, solver)
        elements = edges.minimal_elements()
        if elements is None:
            return None
        proof = Proof(
            "sufficient", method="deletion over the leaves", over=told_over(per_feature), seconds=deadline.elapsed
        )
        return self.session.make(self.items(elements, per_feature), proof)

    def all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        good = self.good()
        edges = None if solver else self.reduced(good, per_feature, self.session.excluded, deadline=deadline)
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
            yield self.session.make(self.items(ids[members], per_feature), proof)

    def _family_in_time(self, good: Bools, per_feature: bool, deadline: Deadline) -> Family | None:
        """Build the diagram in a part of the time that is left; Ctrl-C stops the query."""
        share = deadline.share(0.6)
        family = self.family(good, per_feature, share)
        if share.stop is Stop.INTERRUPT:
            deadline.halt(Stop.INTERRUPT)
        return family

    def cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline, *, one: bool
    ) -> Iterator[Reason]:
        """Yield reasons of least cost only."""
        good = self.good()
        edges = None if solver else self.reduced(good, per_feature, self.session.excluded, deadline=deadline)
        if edges is None:
            yield from self._generic_cheapest(good, per_feature, costs, kind, deadline, solver)
            return
        if edges.hopeless:
            return
        if one and edges.chains and ("family", good.tobytes(), per_feature) not in self.session.cache:
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
            yield self.session.make(self.items(ids[members], per_feature), proof)

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
        return self.session.make(self.items(elements, per_feature), proof)

    def necessary(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Return what every sufficient reason contains."""
        asked = self.ask_of_few(per_feature)
        if asked is not None:
            return self.told(asked.necessary(), per_feature, "necessary", "leaves with one way out", deadline)
        good = self.good()
        edges = self.reduced(good, per_feature, self.session.excluded, deadline=deadline)
        over = told_over(per_feature)
        if edges is None:
            return self._generic_necessary(good, per_feature, deadline)
        items = self.items(edges.necessary(), per_feature)
        return self.session.make(
            items, Proof("necessary", method="leaves with one way out", over=over, seconds=deadline.elapsed)
        )

    def _generic_necessary(self, good: Bools, per_feature: bool, deadline: Deadline) -> Reason:
        """Intersect all sufficient reasons: an element is in each iff U without the moves on it does not hold."""
        question = self.question(good, per_feature, None)
        universe, kept = question.universe, 0
        there = question.oracle.holds(universe.full, deadline.with_grace()).holds
        if there is None:
            deadline.expired()
            return self._generic_reason(question, "necessary", kept, False, deadline)
        for element in range(universe.n if there else 0):
            # the largest closed sets without the element: one for each move that drops it
            needed = True
            for number, move in enumerate(universe.moves):
                if move >> element & 1 and needed:
                    answer = question.oracle.holds(universe.full & ~universe.moves[number], deadline)
                    if answer.holds is None:
                        return self._generic_reason(question, "necessary", kept, False, deadline)
                    needed = not answer.holds
            if needed and universe.moves_of[element]:
                kept |= 1 << element
        return self._generic_reason(question, "necessary", universe.close(kept), True, deadline)

    def relevant(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Return what some sufficient reason contains."""
        asked = self.ask_of_few(per_feature)
        if asked is not None:
            return self.told(asked.relevant(), per_feature, "relevant", "minimal leaves", deadline)
        good, over = self.good(), told_over(per_feature)
        edges = self.reduced(good, per_feature, self.session.excluded, deadline=deadline)
        proof = Proof("relevant", method="minimal leaves", over=over, seconds=deadline.elapsed)
        if edges is not None and not edges.joint:
            elements = edges.ids[:0] if edges.hopeless else edges.ids  # reduced edges use them all
            return self.session.make(self.items(elements, per_feature), proof)
        found: dict[Any, None] = {}
        reasons = self.session.collect(self.all_sufficient(per_feature, deadline, None), None, deadline)
        for reason in reasons:
            found.update(dict.fromkeys(reason))
        items = sorted(found, key=self.session.feature_index if per_feature else abs)
        status = Status.PROVED if deadline.stop is Stop.NONE else Status.BEST_SO_FAR
        return self.session.make(
            items,
            Proof("relevant", status, deadline.stop, "union of all reasons", over=over, seconds=deadline.elapsed),
        )
