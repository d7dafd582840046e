"""Exact checks: whether literals (features) are a reason of some kind; the queries of trees and forests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import NoInstanceError
from ...engine.reasons import Check
from .asked_checks import AskedChecks
from .counts import CountQueries


class CheckQueries(AskedChecks, CountQueries):
    """Checks; each is exact, and a refuted one carries a counterexample."""

    def is_implicant(self, reason: Iterable[int], *, prediction: Any = None, time_limit: float | None = None) -> Check:
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
        region = self._words.asking.region(reason)
        return self._checked(time_limit, partial(self._all_forced, region, self._predicted(prediction)))

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
        given, wanted = self._given(reason, over), self._wanted()
        return self._check_of(given, time_limit, self._suffices, wanted, excluded=False, minimal=False)

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
        return self._check_of(self._given(reason, over), time_limit, self._suffices_barely, self._wanted())

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
        given, wanted = self._given_change(reason, over), self._wanted(target)
        if not given.exact:
            less = " and ".join(given.region.weaker) if given.region else ""
            return Check(
                False, f"the model's own conditions do not say it: {less or 'no change of the instance'} is less"
            )
        return self._check_of(given, time_limit, self._contrasts, wanted)

    # -- what families say -------------------------------------------------------------------------------------

    def _forced(self, literals: tuple[int, ...], wanted: Any, deadline: Deadline) -> Check:
        """Tell whether literals force an outcome in O, with a counterexample if not."""
        raise NotImplementedError

    def _suffices(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether items of the instance force an outcome in O, with a counterexample if not."""
        raise NotImplementedError

    def _suffices_barely(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether they do, and no longer do where any is weakened."""
        raise NotImplementedError

    def _contrasts(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether changing items can lead out of O, and changing fewer cannot."""
        raise NotImplementedError

    # -- how ---------------------------------------------------------------------------------------------------

    def _predicted(self, prediction: Any) -> Any:
        """Return O as the outcome of the instance, or as another prediction."""
        if prediction is None and self._situation is None:
            raise NoInstanceError(
                "no instance is set: name an outcome with prediction=…, or call set_instance(x) first"
            )
        return self._wanted() if prediction is None else self._only(prediction)

    def _not_here(self, items: list[Any], per_feature: bool) -> str:
        """Return why items are none of this instance, if so."""
        situation = self._here
        if per_feature:
            for name in items:
                self._feature_index(name)
            return ""
        for literal in self._compiled.vocabulary.check_literals(items):
            if situation.truth[abs(literal) - 1] != (literal > 0):
                return f"literal {literal} ({self._words.literal(literal)}) is not true at the instance"
        return ""

    def _unfit(self, items: list[Any], per_feature: bool) -> str:
        """Return why items can be no reason, if so: they are none of this instance, or excluded."""
        why = self._not_here(items, per_feature)
        if why:
            return why
        features = [self._feature_index(i) if per_feature else self._space.feature_of(i) for i in items]
        return "it uses an excluded feature" if self._excluded & set(features) else ""
