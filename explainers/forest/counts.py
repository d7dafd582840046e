"""How many sufficient reasons a forest has, in all, per literal and per feature: by enumeration."""

from __future__ import annotations

from ...engine.budget import Deadline
from ..queries.answers import Numbers
from .sufficient import ForestSufficient


class ForestCounts(ForestSufficient):
    """How a forest counts its sufficient reasons."""

    def counted(self, per_feature: bool, deadline: Deadline) -> Numbers:
        key = ("numbers", per_feature)
        if key in self.session.cache:
            known: Numbers
            known, self.bounds = self.session.cache[key]
            return known
        reasons = self.session.collect(self.all_sufficient(per_feature, deadline, None), None, deadline)
        counts = self.tally(reasons, per_feature)
        if reasons.complete:
            self.session.cache[key] = counts, self.bounds
        return counts
