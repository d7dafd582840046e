"""How many sufficient reasons a forest has, in all, per literal and per feature: by enumeration."""

from __future__ import annotations

from typing import Any

from ..engine.reasons import Counted, Reasons
from ..engine.status import Status
from .forest_majority import ForestMajority


class ForestCounts(ForestMajority):
    """Counting queries. They are exact, or ``None`` with bounds in ``count_bounds``."""

    _bounds: Counted | None = None

    @property
    def count_bounds(self) -> Counted | None:
        """What the last counting query proved: the number itself, or a lower bound with the reason why it stopped."""
        return self._bounds

    def n_sufficient_reasons(self, *, time_limit: float | None = None, over: str = "literals") -> int | None:
        """Return the number of sufficient reasons, or ``None`` if the time was up (see ``count_bounds``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds.
        over : {"literals", "features"}
            What reasons are made of.
        """
        return self._counted(self._check_over(over), time_limit)[0]

    def n_sufficient_reasons_per_literal(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return for each relevant literal how many sufficient reasons are written with it (empty if time was up)."""
        return self._counted(False, time_limit)[1]

    def n_sufficient_reasons_per_attribute(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return the same as ``n_sufficient_reasons_per_literal``, under its published name."""
        return self.n_sufficient_reasons_per_literal(time_limit=time_limit)

    def n_sufficient_reasons_per_feature(
        self, *, time_limit: float | None = None, over: str = "literals"
    ) -> dict[str, int]:
        """Return for each feature how many sufficient reasons speak of it (empty if the time was up)."""
        return self._counted(self._check_over(over), time_limit)[2]

    def _counted(
        self, per_feature: bool, time_limit: float | None
    ) -> tuple[int | None, dict[int, int], dict[str, int]]:
        with self._query(time_limit) as deadline:
            key = ("numbers", per_feature)
            if key in self._cache:
                known: tuple[int, dict[int, int], dict[str, int]] = self._cache[key]
                self._bounds = Counted(known[0], known[0], known[0], Status.COMPLETE)
                return known
            reasons = self._collect(self._all_sufficient(per_feature, deadline, None), None, deadline)
            if not reasons.complete:
                self._bounds = Counted(None, len(reasons), None, Status.BEST_SO_FAR, deadline.stop)
                return None, {}, {}
            counts = self._tally(reasons, per_feature)
            self._cache[key] = (len(reasons), *counts)
            self._bounds = Counted(len(reasons), len(reasons), len(reasons), Status.COMPLETE)
            return len(reasons), *counts

    def _tally(self, reasons: Reasons, per_feature: bool) -> tuple[dict[int, int], dict[str, int]]:
        literals: dict[Any, int] = {}
        features: dict[str, int] = {}
        for reason in reasons:
            for item in reason:
                literals[item] = literals.get(item, 0) + 1
            for name in {item if per_feature else self._features[self._space.feature_of(item)].name for item in reason}:
                features[name] = features.get(name, 0) + 1
        ordered = {f.name: features[f.name] for f in self._features if f.name in features}
        return ({} if per_feature else dict(sorted(literals.items(), key=lambda item: abs(item[0])))), ordered
