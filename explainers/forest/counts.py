"""How many sufficient reasons a forest has, in all, per literal and per feature: by enumeration."""

from __future__ import annotations

from ...engine.budget import Deadline
from ..queries.counts import Numbers
from .majoritary import ForestMajority


class ForestCounts(ForestMajority):
    """How a forest counts its sufficient reasons."""

    def _counted(self, per_feature: bool, deadline: Deadline) -> Numbers:
        key = ("numbers", per_feature)
        if key in self._cache:
            known: Numbers
            known, self._bounds = self._cache[key]
            return known
        reasons = self._collect(self._all_sufficient(per_feature, deadline, None), None, deadline)
        counts = self._tally(reasons, per_feature)
        if reasons.complete:
            self._cache[key] = counts, self._bounds
        return counts
