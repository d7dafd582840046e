"""Sufficient reasons of a tree: one, several, all, the cheapest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.branch_bound import cheapest_units
from ..engine.budget import Deadline
from ..engine.edges import Edges
from ..engine.family import Family
from ..engine.kernels import I64, Bools
from ..engine.reasons import Proof, Reason, Reasons, ReasonStream
from ..engine.status import Status, Stop
from .preferences import Method, preference_costs
from .querying import by_length
from .tree_generic import TreeGeneric
from .weights import Costs, unit_costs, weighted_costs

_UNIT_NODES = 200_000


class TreeReasons(TreeGeneric):
    """Queries for sufficient reasons."""

    def sufficient_reason(
        self, *, n: int | None = 1, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Any:
        """Return one, several or all sufficient reasons.

        Parameters
        ----------
        n : int or ALL
            How many; the smallest come first when more than one is asked for.
        time_limit : float, optional
            Seconds; what was found by then is returned with its status.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of a SAT backend to enumerate with, instead of this library's own kernels.

        Returns
        -------
        Reason, Reasons or None
            For ``n=1`` a reason, or ``None`` if it is proved that there is none (excluded features); else a tuple.

        Notes
        -----
        One reason takes time linear in the leaves' paths (deletion). Several come from the decision diagram of all
        of them; where it grows too large, from MARCO.
        """
        wanted, per_feature = self._check_n(n), self._check_over(over)
        with self._query(time_limit) as deadline:
            if wanted == 1:
                return self._one_sufficient(per_feature, deadline, solver)
            reasons = self._collect(self._all_sufficient(per_feature, deadline, solver), wanted, deadline)
            if not reasons and deadline.stop is not Stop.NONE:  # one is to be had at once
                one = self._one_sufficient(per_feature, deadline, None)
                reasons = Reasons([] if one is None else [one], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            return by_length(reasons)

    def sufficient_reasons(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> ReasonStream:
        """Return a lazy iterator over all sufficient reasons (shortest first where the diagram of all can be built)."""
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
            Name of a MaxSAT or MIP backend, instead of this library's own branch and bound.

        Returns
        -------
        Reason, Reasons or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound in ``proof.lower``.
        """
        per_feature = self._check_over(over)
        costs = unit_costs(self._space, per_feature)
        return self._cheapest_query(n, time_limit, per_feature, costs, solver, "minimal sufficient")

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
        method : Method or str
            ``WEIGHTS``: `weights`, one a column (or a mapping by name; the lower, the more welcome).
            ``INCLUSION_PREFERRED``: `features_partition`, most welcome features first; the fewest literals of the
            last part, then of the part before, and so on. ``FEATURE_IMPORTANCE``: the model's own importances.
            ``SHAPLEY``: `weights` holds SHAP values of the instance, or the `shap` package computes them.
            ``WORD_FREQUENCY``: `weights` holds the frequencies of the names, or the `wordfreq` package tells them.
            ``MINIMAL``: all weights equal.
        n, time_limit, over, solver
            As in ``minimal_sufficient_reason``.

        Notes
        -----
        Preferences after Audemard, Bellart, Bounia, Koriche, Lagniez, Marquis (IJCAI 2022).
        """
        per_feature = self._check_over(over)
        columns = preference_costs(self, method, weights, features_partition, per_feature)
        costs = weighted_costs(self._space, columns, per_feature)
        return self._cheapest_query(n, time_limit, per_feature, costs, solver, "preferred sufficient")

    prefered_sufficient_reason = preferred_sufficient_reason

    # -- how ---------------------------------------------------------------------------------------------------

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        good = self._good()
        edges = None if solver else self._edges(good, per_feature, self._excluded)
        if edges is None:
            return self._generic_one(good, per_feature, deadline, solver)
        kept = self._greedy(edges, self._unit_costs(per_feature))
        if kept is None:
            return None
        proof = Proof(
            "sufficient", method="deletion over the leaves", over=_over(per_feature), seconds=deadline.elapsed
        )
        return self._make(self._items(edges.written(kept), per_feature), proof)

    def _all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        good = self._good()
        edges = None if solver else self._reduced(good, per_feature, self._excluded)
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
            proof = Proof("sufficient", method="decision diagram", over=_over(per_feature), seconds=deadline.elapsed)
            yield self._make(self._items(ids[list(members)], per_feature), proof)

    def _family_in_time(self, good: Bools, per_feature: bool, deadline: Deadline) -> Family | None:
        """Build the diagram in a part of the time that is left; Ctrl-C stops the query."""
        share = Deadline(None if deadline.seconds is None else max(deadline.remaining * 0.6, 1e-6))
        family = self._family(good, per_feature, share)
        if share.stop is Stop.INTERRUPT:
            deadline.halt(Stop.INTERRUPT)
        return family

    def _cheapest_query(
        self, n: int | None, time_limit: float | None, per_feature: bool, costs: Costs, solver: str | None, kind: str
    ) -> Any:
        wanted = self._check_n(n)
        with self._query(time_limit) as deadline:
            source = self._cheapest(per_feature, costs, solver, kind, deadline, one=wanted == 1)
            reasons = self._collect(source, wanted, deadline)
            if not reasons and deadline.stop is not Stop.NONE:
                one = self._fallback(per_feature, kind, deadline)
                reasons = Reasons([] if one is None else [one], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            if wanted != 1:
                return by_length(reasons)
            return reasons[0] if reasons else None

    def _fallback(self, per_feature: bool, kind: str, deadline: Deadline) -> Reason | None:
        """Return some sufficient reason where the time was up before the search had one."""
        reason = self._one_sufficient(per_feature, deadline, None)
        if reason is None:
            return None
        proof = replace(reason.proof, kind=kind, status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)
        return self._make(reason, proof)

    def _cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline, *, one: bool
    ) -> Iterator[Reason]:
        """Yield reasons of least cost only."""
        good = self._good()
        edges = None if solver else self._reduced(good, per_feature, self._excluded)
        if edges is None:
            yield from self._generic_cheapest(good, per_feature, costs, kind, deadline, solver)
            return
        if len(edges) and not np.diff(edges.start).all():
            return  # an edge that nothing hits
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
                kind, Status.OPTIMAL, method="decision diagram", over=_over(per_feature), cost=cost, lower=cost,
                seconds=deadline.elapsed,
            )  # fmt: skip
            yield self._make(self._items(ids[list(members)], per_feature), proof)

    def _by_units(self, edges: Edges, per_feature: bool, costs: Costs, kind: str, deadline: Deadline) -> Reason | None:
        """Choose chains by branch and bound, then weaken them as far as possible."""
        whole = costs.whole[edges.ids]
        root = _roots(edges)
        units, unit_of = np.unique(root, return_inverse=True)
        chosen, upper, lower = cheapest_units(
            edges.start, unit_of[edges.member].astype(np.int32), len(units), whole[units], _UNIT_NODES
        )
        if upper != lower:
            return None
        kept: Bools | None = chosen[unit_of].copy()
        kept = self._greedy(edges, costs.whole.astype(np.float64), kept)
        assert kept is not None
        proof = Proof(
            kind, Status.OPTIMAL, method="branch and bound", over=_over(per_feature),
            cost=costs.weight(upper), lower=costs.weight(lower), seconds=deadline.elapsed,
        )  # fmt: skip
        return self._make(self._items(edges.written(kept), per_feature), proof)


def _over(per_feature: bool) -> str:
    return "features" if per_feature else "literals"


def _roots(edges: Edges) -> I64:
    root = np.arange(len(edges.parent))
    while True:
        above = edges.parent[root]
        if (above < 0).all():
            return root
        root = np.where(above >= 0, above, root)
