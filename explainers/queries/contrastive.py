"""Contrastive reasons: what would change the outcome, and to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ...engine.budget import Deadline
from ...engine.reasons import Reason, Reasons, ReasonStream
from ...engine.reasons.certified import Limits
from ..session.running import over_features
from .answers import Change, Deciding, change_of
from .changes import check_distance, kept_by, limits_of
from .explaining import Explaining
from .realised import first_with_texts, is_free, with_texts

if TYPE_CHECKING:
    from ...engine.reasons import Answered, NoneInTime
    from ..words.query_types import Changing, Nearing


class ContrastiveQueries(Explaining):
    """Queries for contrastive reasons."""

    answers: Deciding

    @overload
    def contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[Changing]
    ) -> Reason | NoneInTime | None: ...
    @overload
    def contrastive_reason(self, *, n: int | None, **how: Unpack[Changing]) -> Reasons: ...
    def contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> Answered:
        """Return one, several or all contrastive reasons.

        Parameters
        ----------
        n : int or ALL
            How many. A tree gives the smallest first; one of a forest is inclusion-minimal, but need not be the
            smallest: ``minimal_contrastive_reason`` finds that.
        target : label or interval, optional
            The class (for a regressor: the interval) that is wanted instead ("why not this one?"); default: any other.
        time_limit, over
            As in ``sufficient_reason``.
        solver : str, optional
            Name of a SAT backend (of forests: that keeps the map of an enumeration).
        immutable : iterable of str
            Features that stay as they are.
        monotone : mapping, optional
            Numbers that may only go one way: ``{"age": "increasing"}``.

        Returns
        -------
        Reason, Reasons or None
            For ``n=1`` a reason, or ``None`` if it is proved that there is none (``NoneInTime``, which is empty, if the
            time was up before one was found); else a tuple. ``reason.witness`` is the changed instance,
            ``reason.features`` what has to become true.
        """
        change = change_of(n, target, over_features(over), solver, immutable, monotone)
        with self.session.query(time_limit) as deadline:
            if is_free(self.session):
                every = change_of(None, target, over_features(over), solver, immutable, monotone)
                return first_with_texts(self.answers.each_change(every, deadline), change.n, deadline)
            found = self.answers.contrastive(change, deadline)
            if isinstance(found, Reasons) or (monotone and isinstance(found, Reason)):
                found.limits = self._limits(change)
            return found

    def contrastive_reasons(
        self,
        *,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> ReasonStream:
        """Return a lazy iterator over all contrastive reasons (of a tree, in general, the smallest first).

        Parameters
        ----------
        target, time_limit, over, solver, immutable, monotone
            As in ``contrastive_reason``.
        """
        change = Change(None, target, over_features(over), solver, immutable, monotone)
        deadline = Deadline.of(time_limit)
        source = self.answers.each_change(change, deadline)
        if is_free(self.session):
            source = with_texts(source)
        return ReasonStream(self.session.guarded(source, deadline), deadline)

    @overload
    def minimal_contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[Nearing]
    ) -> Reason | NoneInTime | None: ...
    @overload
    def minimal_contrastive_reason(self, *, n: int | None, **how: Unpack[Nearing]) -> Reasons: ...
    def minimal_contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
        distance: str | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
    ) -> Answered:
        """Return one, several or all contrastive reasons with the fewest literals (features), or the nearest change.

        Parameters
        ----------
        n, target, time_limit, over, solver, immutable, monotone
            As in ``contrastive_reason``.
        distance : None or "l1"
            ``"l1"``: the witness has the least weighted sum of ``|change|`` over numbers (a changed category counts
            one unit), instead of the fewest changes; one reason only.
        weights : sequence or mapping, optional
            Cost of one unit of each column (default 1), for ``distance="l1"``.
        """
        check_distance(distance, weights)
        change = change_of(n, target, over_features(over), solver, immutable, monotone, distance, weights)
        with self.session.query(time_limit) as deadline:
            found = self.answers.fewest(change, deadline)
            if is_free(self.session) and found is not None:
                listed = [found] if isinstance(found, Reason) else list(found)
                return first_with_texts(listed, change.n, deadline)
            if distance is None and (isinstance(found, Reasons) or (monotone and isinstance(found, Reason))):
                found.limits = self._limits(change)
            return found

    def _limits(self, change: Change) -> Limits:
        """Return what a list of changes was asked to keep to."""
        kept = partial(kept_by, self.session.here, limits_of(self.session, change.immutable, change.monotone))
        return Limits(change.target is not None, kept)
