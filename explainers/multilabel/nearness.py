"""Queries about several labels of inputs near the instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.reasons import NoneInTime
from ...engine.reasons.label_reasons import LabelReason
from ...engine.reasons.reach import Reach
from ..nearness.ball import radius_of
from ..nearness.restricted import Restricted
from ..queries.explaining import Explaining
from ..session.running import over_features
from .answers import LabelAnswers


class LabelNear(Explaining):
    """Queries about inputs up to a distance from the instance, see ``NearQueries``."""

    answers: LabelAnswers

    def restricted_reason(
        self, radius: float, norm: str = "linf", *, labels: Any = None, weights: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> LabelReason | None:  # fmt: skip
        """Return a minimal set of literals (features) that forces the labels of all inputs up to a distance.

        Parameters
        ----------
        radius, norm, weights, over, time_limit
            As in ``NearQueries.restricted_reason``.
        labels : label or list of labels, optional
            The labels of interest; default: all.

        Raises
        ------
        UnsupportedModelError
            If labels ask each other so that no ensemble decides them.
        """
        return self._forcing(radius, norm, labels, weights, over, time_limit, smallest=False)

    def minimal_restricted_reason(
        self, radius: float, norm: str = "linf", *, labels: Any = None, weights: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> LabelReason | None:  # fmt: skip
        """Return one with the fewest literals (features), see ``restricted_reason``."""
        return self._forcing(radius, norm, labels, weights, over, time_limit, smallest=True)

    def restricted_contrastive_reason(
        self, radius: float, norm: str = "linf", *, target: Any = None, flip: Any = None, labels: Any = None,
        others: str = "free", weights: Any = None, over: str = "literals", immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None, time_limit: float | None = None,
    ) -> LabelReason | NoneInTime | None:  # fmt: skip
        """Return a minimal set of literals (features) whose change within a distance can change labels.

        Parameters
        ----------
        radius, norm, weights, over, time_limit
            As in ``restricted_reason``.
        target, flip, labels, others, immutable, monotone
            As in ``contrastive_reason``.
        """
        how = (radius, norm, weights, over, time_limit)
        return self._changing(*how, (target, flip, labels, others), immutable, monotone, smallest=False)

    def minimal_restricted_contrastive_reason(
        self, radius: float, norm: str = "linf", *, target: Any = None, flip: Any = None, labels: Any = None,
        others: str = "free", weights: Any = None, over: str = "literals", immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None, time_limit: float | None = None,
    ) -> LabelReason | NoneInTime | None:  # fmt: skip
        """Return one with the fewest literals (features), see ``restricted_contrastive_reason``."""
        how = (radius, norm, weights, over, time_limit)
        return self._changing(*how, (target, flip, labels, others), immutable, monotone, smallest=True)

    def reach(
        self, reason: Iterable[Any], norm: str = "linf", *, labels: Any = None, weights: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> Reach:  # fmt: skip
        """Return the largest distance within which literals (features) of the instance force the labels.

        Parameters
        ----------
        reason, norm, weights, over, time_limit
            As in ``NearQueries.reach``.
        labels : label or list of labels, optional
            The labels of interest; default: all.
        """
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            sub = self.answers.sub(self.answers.staying(named))
            return sub.reach(reason, norm, weights=weights, over=over, time_limit=deadline)  # type: ignore[arg-type]  # a deadline is taken

    # -- how ---------------------------------------------------------------------------------------------------

    def _forcing(
        self, radius: Any, norm: Any, labels: Any, weights: Any, over: str, time_limit: Any, *, smallest: bool
    ) -> LabelReason | None:
        named, far, per_feature = self.answers.named(labels), radius_of(radius), over_features(over)
        with self.session.query(time_limit) as deadline:
            sub = self.answers.sub(self.answers.staying(named))
            found = Restricted(sub.answers, far, norm, weights, per_feature, deadline).sufficient(smallest=smallest)
            return None if found is None else self.answers.saying(named)(found)

    def _changing(
        self, radius: Any, norm: Any, weights: Any, over: str, time_limit: Any, asked: tuple[Any, Any, Any, str],
        immutable: Any, monotone: Any, *, smallest: bool,
    ) -> LabelReason | NoneInTime | None:  # fmt: skip
        far, per_feature = radius_of(radius), over_features(over)
        problem, classes = self.answers.change(*asked)
        with self.session.query(time_limit) as deadline:
            near = Restricted(self.answers.sub(problem).answers, far, norm, weights, per_feature, deadline)
            found = near.contrastive(None, immutable, monotone, smallest=smallest)
            if found is None or isinstance(found, NoneInTime):
                return found
            return self.answers.changing(problem, classes)(found)
