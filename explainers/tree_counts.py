"""How many sufficient reasons a tree has, in all, per literal and per feature."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.budget import Deadline
from ..engine.errors import CapabilityError
from ..engine.family import Family
from ..engine.reasons import Counted, Reasons
from ..engine.status import Status, Stop
from .tree_contrast import TreeContrast


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
            family = self._count_family(per_feature, deadline)
            if family is not None:
                return self._exactly(family.count())
            return self._count_by_listing(per_feature, deadline)[0]

    def n_sufficient_reasons_per_literal(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return, for each relevant literal, the number of sufficient reasons that are written with it.

        The answer is {} if the time was up.
        """
        with self._query(time_limit) as deadline:
            family = self._count_family(False, deadline)
            if family is None:
                return self._count_by_listing(False, deadline)[1]
            total, each = family.count_each()
            self._exactly(total)
            edges = self._reduced(self._good(), False, self._excluded)
            assert edges is not None
            counts = {self._here.literal(int(e)): c for e, c in zip(edges.all_ids, each, strict=True) if c}
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
            family = self._count_family(per_feature, deadline)
            if family is None:
                return self._count_by_listing(per_feature, deadline)[2]
            edges = self._reduced(self._good(), per_feature, self._excluded)
            assert edges is not None
            if per_feature:
                group = edges.all_ids
            else:
                feature = np.array([a.feature for a in self._space.attributes], dtype=np.int32)
                group = feature[self._space.element_attribute[edges.all_ids]] if len(edges.all_ids) else edges.all_ids
            counts = family.count_groups(group.astype(np.int32), len(self._features))
            self._exactly(family.count())
            return {feature.name: c for feature, c in zip(self._features, counts, strict=True) if c}

    # -- how ---------------------------------------------------------------------------------------------------

    def _count_family(self, per_feature: bool, deadline: Deadline) -> Family | None:
        if self._reduced(self._good(), per_feature, self._excluded) is None:
            return None
        share = Deadline(None if deadline.seconds is None else max(deadline.remaining * 0.8, 1e-6))
        family = self._family(self._good(), per_feature, share)
        if family is None and share.stop is Stop.INTERRUPT:
            deadline.halt(Stop.INTERRUPT)
        return family

    def _exactly(self, value: int) -> int:
        self._bounds = Counted(value, value, value, Status.COMPLETE)
        return value

    def _count_by_listing(
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
