"""How many sufficient reasons there are, in all, per literal and per feature."""

from __future__ import annotations

from ...engine.reasons import Counted
from ..session.running import over_features
from .answers import Deciding, Numbers
from .explaining import Explaining


class CountQueries(Explaining):
    """Counting queries. They are exact, or ``None`` with bounds in ``count_bounds``."""

    answers: Deciding

    @property
    def count_bounds(self) -> Counted | None:
        """What the last counting query proved: the number itself, or bounds with the reason why it stopped."""
        return self.answers.bounds

    def n_sufficient_reasons(self, *, time_limit: float | None = None, over: str = "literals") -> int | None:
        """Return the number of sufficient reasons, or ``None`` if the time was up (see ``count_bounds``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds.
        over : {"literals", "features"}
            What reasons are made of.
        """
        return self._count(over_features(over), time_limit)[0]

    def n_sufficient_reasons_per_literal(self, *, time_limit: float | None = None) -> dict[int, int]:
        """Return for each relevant literal how many sufficient reasons are written with it (empty if time was up)."""
        return self._count(False, time_limit)[1]

    def n_sufficient_reasons_per_feature(
        self, *, time_limit: float | None = None, over: str = "literals"
    ) -> dict[str, int]:
        """Return for each feature how many sufficient reasons speak of it (empty if the time was up).

        With ``over="features"`` the reasons over features are counted.
        """
        return self._count(over_features(over), time_limit)[2]

    # -- how ---------------------------------------------------------------------------------------------------

    def _count(self, per_feature: bool, time_limit: float | None) -> Numbers:
        with self.session.query(time_limit) as deadline:
            return self.answers.counted(per_feature, deadline)
