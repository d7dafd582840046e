"""How many sufficient reasons a tree has, in all, per literal and per feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.budget import Deadline
from ..engine.edges import Edges
from ..engine.errors import CapabilityError
from ..engine.family import DEFAULT_NODE_LIMIT, Family
from ..engine.kernels import I32
from ..engine.listing import count_by_listing
from ..engine.reasons import Counted, Reasons
from ..engine.status import Status, Stop
from .tree_contrast import TreeContrast


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
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


class TreeCounts(TreeContrast):
    """Counting queries. They are exact, or ``None`` with bounds in ``count_bounds``."""

    _bounds: Counted | None = None

    @property
    def count_bounds(self) -> Counted | None:
        """What the last counting query proved: the number itself, or bounds with the reason why it stopped."""
        return self._bounds

    def n_sufficient_reasons(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> int | None:
        """Return the number of sufficient reasons, or ``None`` if the time was up (see ``count_bounds``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of a model counter, instead of this library's own decision diagram; for questions where nothing is
            implied (theory off, or features).

        Notes
        -----
        The minimal transversals of the leaves' sets are built as a zero-suppressed diagram and counted modulo
        primes; the exact integer comes from the Chinese remainder theorem.
        """
        per_feature = self._check_over(over)
        with self._query(time_limit) as deadline:
            if solver is not None:
                return self._count_with(solver, per_feature, deadline)
            if self._listable(per_feature):
                numbers = self._numbers(per_feature, deadline)
                return None if numbers is None else self._exactly(numbers.total)
            return self._count_by_marco(per_feature, deadline)[0]

    def n_sufficient_reasons_per_literal(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return, for each relevant literal, the number of sufficient reasons that are written with it.

        The answer is {} if the time was up.
        """
        with self._query(time_limit) as deadline:
            if not self._listable(False):
                return self._count_by_marco(False, deadline)[1]
            numbers = self._numbers(False, deadline)
            if numbers is None:
                return {}
            self._exactly(numbers.total)
            counts = {self._here.literal(int(e)): c for e, c in zip(numbers.ids, numbers.each, strict=True) if c}
            return dict(sorted(counts.items(), key=lambda item: abs(item[0])))

    n_sufficient_reasons_per_attribute = n_sufficient_reasons_per_literal

    def n_sufficient_reasons_per_feature(
        self, *, time_limit: float | None = None, over: str = "literals"
    ) -> dict[str, int]:
        """Return, for each feature, the number of sufficient reasons with a literal of it ({} if the time was up).

        With ``over="features"`` the reasons over features are counted.
        """
        per_feature = self._check_over(over)
        with self._query(time_limit) as deadline:
            if not self._listable(per_feature):
                return self._count_by_marco(per_feature, deadline)[2]
            numbers = self._numbers(per_feature, deadline)
            if numbers is None:
                return {}
            self._exactly(numbers.total)
            return {feature.name: c for feature, c in zip(self._features, numbers.grouped, strict=True) if c}

    # -- how ---------------------------------------------------------------------------------------------------

    def _listable(self, per_feature: bool) -> bool:
        """Whether leaves give the edges of the question."""
        return self._reduced(self._good(), per_feature, self._excluded) is not None

    def _numbers(self, per_feature: bool, deadline: Deadline) -> Numbers | None:
        """Count by a small diagram, a short listing, a large diagram, a long listing: what ends first.

        Diagrams count astronomic numbers at once, listing is better where literals are shared and reasons are few.
        None if the time is up; ``count_bounds`` then tells what was proved.
        """
        key = ("numbers", per_feature)
        if key in self._cache:
            known: Numbers = self._cache[key]
            return known
        good = self._good()
        edges = self._reduced(good, per_feature, self._excluded)
        assert edges is not None
        group = np.array(self._owners(edges.all_ids, per_feature), dtype=np.int32)
        listed = None
        found: Numbers | None = None
        for way, effort, part in _WAYS:
            share = Deadline(None if deadline.seconds is None else max(deadline.remaining * part, 1e-6))
            if way == "diagram":
                family = self._family(good, per_feature, share, effort)
                found = None if family is None else self._numbers_of(family, edges, group)
            else:
                listed = count_by_listing(edges, group[: len(edges.ids)], len(self._features), share, effort) or listed
                if listed is not None and listed.complete:
                    found = Numbers(listed.total, edges.ids, listed.each.tolist(), listed.grouped.tolist())
            if found is not None:
                self._cache[key] = found
                return found
            if share.stop is Stop.INTERRUPT:
                deadline.halt(Stop.INTERRUPT)
            if deadline.expired():
                break
        lower = 0 if listed is None else listed.total
        stop = deadline.stop if deadline.stop is not Stop.NONE else Stop.NODE_LIMIT
        self._bounds = Counted(None, lower, None, Status.BEST_SO_FAR, stop)
        deadline.halt(stop)
        return None

    def _numbers_of(self, family: Family, edges: Edges, group: I32) -> Numbers:
        total, each = family.count_each()
        return Numbers(total, edges.all_ids, each, family.count_groups(group, len(self._features)))

    def _exactly(self, value: int) -> int:
        self._bounds = Counted(value, value, value, Status.COMPLETE)
        return value

    def _count_by_marco(
        self, per_feature: bool, deadline: Deadline
    ) -> tuple[int | None, dict[int, int], dict[str, int]]:
        """Count by enumeration; where it is cut short, its number so far is a lower bound."""
        reasons: Reasons = self._collect(
            self._generic_all("sufficient", self._good(), per_feature, deadline, None), None, deadline
        )
        if not reasons.complete:
            self._bounds = Counted(None, len(reasons), None, Status.BEST_SO_FAR, deadline.stop)
            return None, {}, {}
        literals: dict[Any, int] = {}
        features: dict[str, int] = {}
        for reason in reasons:
            for item in reason:
                literals[item] = literals.get(item, 0) + 1
            for name in {item if per_feature else self._features[self._space.feature_of(item)].name for item in reason}:
                features[name] = features.get(name, 0) + 1
        ordered = {f.name: features[f.name] for f in self._features if f.name in features}
        if not per_feature:
            literals = dict(sorted(literals.items(), key=lambda item: abs(item[0])))
        return self._exactly(len(reasons)), literals, ordered

    def _count_with(self, solver: str, per_feature: bool, deadline: Deadline) -> int | None:
        from ..encoders.cnf import transversal_cnf
        from ..solvers.protocols import Kind
        from ..solvers.registry import get

        backend: Any = get(solver, Kind.COUNTER)
        edges = self._reduced(self._good(), per_feature, self._excluded)
        if edges is None or (edges.parent >= 0).any() or edges.joint:
            raise CapabilityError(
                f"solver={solver!r} counts transversals where no literal implies another: switch the theory off, "
                "count over features, or leave the solver out"
            )
        cnf = transversal_cnf([tuple((edge + 1).tolist()) for edge in edges], len(edges.ids))
        answer = backend.count(cnf, deadline)
        if answer.value is not None:
            return self._exactly(answer.value)
        self._bounds = Counted(None, answer.lower, answer.upper, Status.BEST_SO_FAR, answer.stop)
        deadline.halt(answer.stop)
        return None
