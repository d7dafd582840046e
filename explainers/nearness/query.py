"""Queries about inputs near the instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.reasons import NoneInTime, Reason
from ...engine.reasons.reach import Reach
from ..queries.answers import Deciding
from ..queries.explaining import Explaining
from ..session.running import over_features
from .ball import Near, radius_of
from .restricted import Restricted, reach_of


class NearQueries(Explaining):
    """Queries about inputs up to a distance from the instance: distance-restricted explanations."""

    answers: Deciding

    def restricted_reason(
        self, radius: float, norm: str = "linf", *, weights: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> Reason | None:  # fmt: skip
        """Return a minimal set of literals (features) that forces the outcome of all inputs up to a distance.

        Parameters
        ----------
        radius : float
            All inputs that agree with the reason and are no further from the instance have the outcome.
        norm : {"linf", "l1", "l0"}
            Distance: the largest change of a column, the sum of changes, or how many features change. A changed
            category counts as 1.
        weights : sequence or mapping, optional
            A weight for each column, by which its changes are multiplied; a one-hot group weighs the mean of its own.
        over : {"literals", "features"}
            What reasons are made of.
        time_limit : float, optional
            Seconds; a reason that may not be minimal is ``best_so_far``.

        Returns
        -------
        Reason or None
            Of kind ``"restricted sufficient"``; ``proof.note`` tells the distance. Empty: no input so near differs.
            ``None`` if it is proved that none without excluded features does.

        Raises
        ------
        BadInputError
            If the radius or the norm is none, or the theory is off.
        UndecidedError
            If time was up before it was known whether excluded features leave one.

        Notes
        -----
        Distance-restricted abductive explanations (Izza, Huang, Morgado, Planes, Ignatiev, Marques-Silva 2024). A
        feature is dropped, or its bounds are, by halving; each step is a search for the nearest input with another
        outcome (NP-hard of an ensemble).
        """
        far, per_feature = radius_of(radius), over_features(over)
        with self.session.query(time_limit) as deadline:
            return Restricted(self.answers, far, norm, weights, per_feature, deadline).sufficient(smallest=False)

    def minimal_restricted_reason(
        self, radius: float, norm: str = "linf", *, weights: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> Reason | None:  # fmt: skip
        """Return one with the fewest literals (features), see ``restricted_reason``.

        Parameters
        ----------
        radius, norm, weights, over, time_limit
            As in ``restricted_reason``.

        Returns
        -------
        Reason or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound of its size in ``proof.lower``.
        """
        far, per_feature = radius_of(radius), over_features(over)
        with self.session.query(time_limit) as deadline:
            return Restricted(self.answers, far, norm, weights, per_feature, deadline).sufficient(smallest=True)

    def restricted_contrastive_reason(
        self, radius: float, norm: str = "linf", *, target: Any = None, weights: Any = None, over: str = "literals",
        immutable: Iterable[str | int] = (), monotone: Mapping[str, str] | None = None,
        time_limit: float | None = None,
    ) -> Reason | NoneInTime | None:  # fmt: skip
        """Return a minimal set of literals (features) whose change within a distance can change the outcome.

        Parameters
        ----------
        radius, norm, weights, over, time_limit
            As in ``restricted_reason``.
        target : label, optional
            The class that is wanted; of a regressor an interval. Default: any other outcome.
        immutable, monotone
            As in ``contrastive_reason``.

        Returns
        -------
        Reason, NoneInTime or None
            Of kind ``"restricted contrastive"``; ``witness`` is an input so near that the model's own ``predict``
            confirms. ``None``: it is proved that no input so near has another outcome.
        """
        far, per_feature = radius_of(radius), over_features(over)
        with self.session.query(time_limit) as deadline:
            asked = Restricted(self.answers, far, norm, weights, per_feature, deadline)
            return asked.contrastive(target, immutable, monotone, smallest=False)

    def minimal_restricted_contrastive_reason(
        self, radius: float, norm: str = "linf", *, target: Any = None, weights: Any = None, over: str = "literals",
        immutable: Iterable[str | int] = (), monotone: Mapping[str, str] | None = None,
        time_limit: float | None = None,
    ) -> Reason | NoneInTime | None:  # fmt: skip
        """Return one with the fewest literals (features), see ``restricted_contrastive_reason``.

        Parameters
        ----------
        radius, norm, target, weights, over, immutable, monotone, time_limit
            As in ``restricted_contrastive_reason``.

        Returns
        -------
        Reason, NoneInTime or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound of its size in ``proof.lower``.
        """
        far, per_feature = radius_of(radius), over_features(over)
        with self.session.query(time_limit) as deadline:
            asked = Restricted(self.answers, far, norm, weights, per_feature, deadline)
            return asked.contrastive(target, immutable, monotone, smallest=True)

    def reach(
        self, reason: Iterable[Any], norm: str = "linf", *, weights: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> Reach:  # fmt: skip
        """Return the largest distance within which literals (features) of the instance force its outcome.

        Parameters
        ----------
        reason : iterable
            What is true at the instance: literals, such as a reason; statements; or names of features.
        norm, weights, over
            As in ``restricted_reason``.
        time_limit : float, optional
            Seconds; what is known by then is returned.

        Returns
        -------
        Reach
            ``lower`` and ``upper`` bounds of the distance, which meet where it is proved; infinite: the reason holds
            wherever inputs are (distances that no float holds, of numbers beyond 1e300, count as infinite).

        Raises
        ------
        BadInputError
            If a literal is not true at the instance, statements have borders that the model lacks, the norm is none,
            or the theory is off.
        """
        given = self.answers.asked.given(reason, over)
        if not given.exact:
            less = " and ".join(given.region.weaker) if given.region else ""
            raise BadInputError(
                f"reason={shown(reason)}: the model's own conditions do not say it; they say {less or 'something else'}"
            )
        why = self.answers.not_here(given.items, given.per_feature)
        if why:
            raise BadInputError(f"reason={shown(reason)}: {why}")
        with self.session.query(time_limit) as deadline:
            near = Near(self.answers, norm, weights)
            region = near.region_of_features(given.items) if given.per_feature else near.region_of_literals(given.items)
            return reach_of(near, region, deadline)
