"""How many sufficient reasons a tree has, in all, per literal and per feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.diagrams.family import DEFAULT_NODE_LIMIT, Building, Family
from ...engine.errors import CapabilityError, UndecidedError
from ...engine.hitting.edges import Edges
from ...engine.hitting.listing import Listed, Listing
from ...engine.reasons import Counted
from ...engine.status import Status, Stop
from ..queries.answers import Numbers
from .generic import TreeGeneric


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many sufficient reasons there are: in all, with each of `ids` (global elements), with each feature."""

    total: int
    ids: I32
    each: list[int]
    grouped: list[int]


# way, nodes allowed (None: no limit), part of the remaining time
_WAYS: tuple[tuple[str, Any, float], ...] = (
    ("diagram", 1 << 16, 0.5),
    ("listing", 3_000_000, 0.5),
    ("diagram", DEFAULT_NODE_LIMIT, 0.6),
    ("listing", None, 0.98),
)


class TreeCounts(TreeGeneric):
    """How a tree counts its sufficient reasons: by a diagram of all of them, or by listing them."""

    def counted(self, per_feature: bool, deadline: Deadline) -> Numbers:
        try:
            edges = self.reduced(self.good(), per_feature, self.session.excluded, deadline=deadline)
        except UndecidedError:
            if not deadline.expired():
                raise
            self.bounds = Counted(None, 0, None, Status.BEST_SO_FAR, deadline.stop)
            return None, {}, {}
        if edges is None:
            return self.count_by_marco(per_feature, deadline)
        found = self._counts(per_feature, deadline)
        if found is None:
            return None, {}, {}
        literals: dict[int, int] = {}
        if not per_feature:
            literals = {self.session.here.literal(int(e)): c for e, c in zip(found.ids, found.each, strict=True) if c}
        features = {feature.name: c for feature, c in zip(self.session.features, found.grouped, strict=True) if c}
        return self.exactly(found.total), dict(sorted(literals.items(), key=lambda item: abs(item[0]))), features

    def _counts(self, per_feature: bool, deadline: Deadline) -> Counts | None:
        """Count by a small diagram, a short listing, a large diagram, a long listing: what ends first.

        Diagrams count astronomic numbers at once, listing is better where literals are shared and reasons are few.
        None if the time is up; ``count_bounds`` then tells what was proved.
        """
        key = ("numbers", per_feature)
        if key in self.session.cache:
            known: Counts = self.session.cache[key]
            return known
        edges = self.reduced(self.good(), per_feature, self.session.excluded, deadline=deadline)
        assert edges is not None
        group = np.array(self.owners(edges.all_ids, per_feature), dtype=np.int32)
        building = Building(edges, self.hint(edges, per_feature))
        listing: Listing | None = None
        listed: Listed | None = None
        for way, effort, part in _WAYS:
            found: Counts | None = None
            share = deadline.share(part)
            if way == "diagram":
                family = self.family(self.good(), per_feature, share, effort, building)
                found = None if family is None else self._counts_of(family, edges, group, share)
            elif Listing.takes(edges):
                listing = listing or Listing(edges, group[: len(edges.ids)], len(self.session.features))
                listed = listing.go_on(share, effort)
                if listed.complete:
                    found = Counts(listed.total, edges.ids, listed.each.tolist(), listed.grouped.tolist())
            if found is not None:
                self.session.cache[key] = found
                return found
            if share.stop is Stop.INTERRUPT:
                deadline.halt(Stop.INTERRUPT)
            if deadline.expired():
                break
        lower = 0 if listed is None else listed.total
        stop = deadline.stop if deadline.stop is not Stop.NONE else Stop.NODE_LIMIT
        self.bounds = Counted(None, lower, None, Status.BEST_SO_FAR, stop)
        deadline.halt(stop)
        return None

    def _counts_of(self, family: Family, edges: Edges, group: I32, deadline: Deadline) -> Counts | None:
        try:
            total, each = family.count_each(deadline)
            return Counts(total, edges.all_ids, each, family.count_groups(group, len(self.session.features), deadline))
        except OutOfTimeError:
            return None

    def count_by_marco(self, per_feature: bool, deadline: Deadline) -> Numbers:
        source = self._generic_all("sufficient", self.good(), per_feature, deadline, None)
        return self.tally(self.session.collect(source, None, deadline), per_feature)

    def count_with(self, solver: str, per_feature: bool, deadline: Deadline) -> int | None:
        from ...encoders.formulas.conditions import transversal_cnf
        from ...solvers.protocols import Kind
        from ...solvers.registry import get

        backend: Any = get(solver, Kind.COUNTER)
        edges = self.reduced(self.good(), per_feature, self.session.excluded, deadline=deadline)
        if edges is None or (edges.parent >= 0).any() or edges.joint:
            raise CapabilityError(
                f"solver={solver!r} counts transversals where no literal implies another: switch the theory off, "
                "count over features, or leave the solver out"
            )
        cnf = transversal_cnf([tuple((edge + 1).tolist()) for edge in edges], len(edges.ids))
        answer = backend.count(cnf, deadline)
        if answer.value is not None:
            return self.exactly(answer.value)
        self.bounds = Counted(None, answer.lower, answer.upper, Status.BEST_SO_FAR, answer.stop)
        deadline.halt(answer.stop)
        return None
