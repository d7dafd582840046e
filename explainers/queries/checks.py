"""Exact checks: whether literals (features) are a reason of some kind; the queries of trees and forests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from ...engine.reasons import Check
from .answers import Deciding
from .asked_checks import Given
from .explaining import Explaining


class CheckQueries(Explaining):
    """Checks; each is exact, and a refuted one carries a counterexample."""

    answers: Deciding

    def is_implicant(self, reason: Iterable[Any], *, prediction: Any = None, time_limit: float | None = None) -> Check:
        """Tell whether every input of the domain that satisfies the literals is predicted like the instance.

        With a `prediction` (of a regressor: after ``set_interval``) no instance is needed.

        Parameters
        ----------
        reason : iterable of int, str or tuple
            Literals, true at the instance or not; a reason; statements such as ``"age > 37.5"``, ``"3 < x <= 5"``,
            ``"colour in {red, blue}"``, ``"x is missing"``; or tuples (feature, operator, value) with or without a
            sign. A border that the model lacks is taken as it is.
        prediction : label, optional
            Another outcome to check for (classifiers).
        time_limit : float, optional
            Seconds; a check that was not done by then has the value ``None`` (and is no bool).

        Returns
        -------
        Check
            Use it as a bool. ``witness``: a counterexample (a row of values; ``None`` with the theory off).
        """
        region, wanted = self.session.words.asking.region(reason), self.answers.predicted(prediction)
        check = self.session.checked(time_limit, partial(self.answers.asked.all_forced, region, wanted))
        if len(region.parts) != 1 or not (region.exact or check.value):
            return check  # what is shown lies in the region, which no literals say
        return self.session.sought(check, "is_implicant", region.parts[0], False, wanted)

    def is_reason(
        self,
        reason: Iterable[Any],
        *,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether keeping these literals (features) of the instance forces the outcome.

        Parameters
        ----------
        reason : iterable
            Literals of the instance, statements or tuples as in ``is_implicant``; or names of features.
        over : {"literals", "features"}
            What the reason is made of.
        n_samples : int, optional
            Accepted and not needed: the check is exact.
        time_limit : float, optional
            As in ``is_implicant``.
        """
        given, wanted = self.answers.asked.given(reason, over), self.answers.wanted()
        check = self.answers.asked.check_of(
            given, time_limit, self.answers.suffices, wanted, excluded=False, minimal=False
        )
        return self._sought(check, "is_reason", given, wanted)

    def is_sufficient_reason(
        self,
        reason: Iterable[Any],
        *,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a sufficient reason.

        They are if they force the outcome, and none can be weakened.

        Parameters
        ----------
        reason, over, n_samples, time_limit
            As in ``is_reason``.
        """
        given, wanted = self.answers.asked.given(reason, over), self.answers.wanted()
        check = self.answers.asked.check_of(given, time_limit, self.answers.suffices_barely, wanted)
        return self._sought(check, "is_sufficient_reason", given, wanted)

    def is_contrastive_reason(
        self,
        reason: Iterable[Any],
        *,
        target: Any = None,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a contrastive reason.

        They are if changing them can change the outcome, and changing fewer cannot.

        Parameters
        ----------
        reason : iterable
            Literals of the instance (what implies them falls with them), statements of what becomes true, or names of
            features.
        target : label or interval, optional
            The outcome that is wanted instead.
        over, n_samples, time_limit
            As in ``is_reason``.
        """
        given, wanted = self.answers.asked.given_change(reason, over), self.answers.wanted(target)
        if not given.exact:
            less = " and ".join(given.region.weaker) if given.region else ""
            return Check(
                False, f"the model's own conditions do not say it: {less or 'no change of the instance'} is less"
            )
        check = self.answers.asked.check_of(given, time_limit, self.answers.contrasts, wanted)
        return self._sought(check, "is_contrastive_reason", given, wanted)

    def _sought(self, check: Check, query: str, given: Given, wanted: Any) -> Check:
        """Return a check that can be certified, where literals (features) say what was asked."""
        if not given.exact:
            return check
        return self.session.sought(check, query, given.items, given.per_feature, wanted)
