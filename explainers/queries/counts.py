"""How many sufficient reasons there are, in all, per literal and per feature: the queries of trees and forests."""

from __future__ import annotations

from typing import Any

from ...engine.budget import Deadline
from ...engine.reasons import Counted, Reasons
from ...engine.status import Status
from .sufficient import SufficientQueries

Numbers = tuple[int | None, dict[int, int], dict[str, int]]  # in all, per literal, per feature


class CountQueries(SufficientQueries):
    """Counting queries. They are exact, or ``None`` with bounds in ``count_bounds``."""

    _bounds: Counted | None = None

    @property
    def count_bounds(self) -> Counted | None:
        """What the last counting query proved: the number itself, or bounds with the reason why it stopped."""
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
        return self._count(self._check_over(over), time_limit)[0]

    def n_sufficient_reasons_per_literal(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return for each relevant literal how many sufficient reasons are written with it (empty if time was up)."""
        return self._count(False, time_limit)[1]

    n_sufficient_reasons_per_attribute = n_sufficient_reasons_per_literal

    def n_sufficient_reasons_per_feature(
        self, *, time_limit: float | None = None, over: str = "literals"
    ) -> dict[str, int]:
        """Return for each feature how many sufficient reasons speak of it (empty if the time was up).

        With ``over="features"`` the reasons over features are counted.
        """
        return self._count(self._check_over(over), time_limit)[2]

    # -- how ---------------------------------------------------------------------------------------------------

    def _count(self, per_feature: bool, time_limit: float | None) -> Numbers:
        with self._query(time_limit) as deadline:
            return self._counted(per_feature, deadline)

    def _counted(self, per_feature: bool, deadline: Deadline) -> Numbers:
        """Return the numbers, and note in ``_bounds`` what is proved; ``(None, {}, {})`` if time was up."""
        raise NotImplementedError

    def _exactly(self, value: int) -> int:
        self._bounds = Counted(value, value, value, Status.COMPLETE)
        return value

    def _tally(self, reasons: Reasons, per_feature: bool) -> Numbers:
        """Count reasons of an enumeration; where it was cut short, their number is a lower bound."""
        if not reasons.complete:
            self._bounds = Counted(None, len(reasons), None, Status.BEST_SO_FAR, reasons.stop)
            return None, {}, {}
        literals: dict[Any, int] = {}
        features: dict[str, int] = {}
        for reason in reasons:
            for item in reason:
                literals[item] = literals.get(item, 0) + 1
            for name in {item if per_feature else self._features[self._space.feature_of(item)].name for item in reason}:
                features[name] = features.get(name, 0) + 1
        ordered = {f.name: features[f.name] for f in self._features if f.name in features}
        if per_feature:
            literals = {}
        return self._exactly(len(reasons)), dict(sorted(literals.items(), key=lambda item: abs(item[0]))), ordered
