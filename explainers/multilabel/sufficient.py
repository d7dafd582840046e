"""Sufficient reasons for several labels: one, several, all, the cheapest; what they share, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Answered, Counted, NoneInTime, Reason, Reasons, ReasonStream
from ...engine.reasons.label_reasons import LabelReason
from ..queries.direct import direct_reason
from ..queries.explaining import Explaining
from ..queries.preferences import Method
from ..session.running import by_length, first_of, over_features
from .answers import LabelAnswers
from .joined import Joiner

if TYPE_CHECKING:
    from ..words.query_types import LabelAsking, LabelPreferring, LabelSufficing


class LabelSufficient(Explaining):
    """Queries for sufficient reasons."""

    answers: LabelAnswers

    @overload
    def sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[LabelSufficing]
    ) -> LabelReason | NoneInTime | None: ...
    @overload
    def sufficient_reason(self, *, n: int | None, **how: Unpack[LabelSufficing]) -> Reasons: ...
    def sufficient_reason(
        self,
        *,
        labels: Any = None,
        n: int | None = 1,
        mode: str = "exact",
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> Answered:
        """Return one, several or all sufficient reasons for the values of labels.

        Parameters
        ----------
        labels : label or list of labels, optional
            Names (or positions) of the labels of interest; default: all, the entire outcome.
        n : int or ALL
            How many (sorted by length).
        mode : {"exact", "joined"}
            ``"exact"``: subset-minimal for all the labels at once. ``"joined"``: unions of a reason for each label,
            each union once; they force the labels, and may hold more than they need.
        time_limit : float, optional
            Seconds; what was found by then is returned with its status.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of the SAT backend that keeps the map of an enumeration (exact mode).

        Returns
        -------
        LabelReason, Reasons or None
            ``None`` if it is proved that there is none (excluded features). ``reason.labels`` tells what it forces,
            ``reason.by_label`` which part of it serves which label, ``reason.mode`` the mode.
        """
        named, joined = self.answers.named(labels), LabelAnswers.check_mode(mode, solver)
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            if joined:
                source = Joiner(self.answers, named, per_feature, deadline).sufficient()
                found = self.session.collect(source, n, deadline)
                return first_of(by_length(found), n)
            sub = self.answers.leaves_or(self.answers.staying(named))
            how: dict[str, Any] = {"n": n, "time_limit": deadline, "over": over, "solver": None if n == 1 else solver}
            return self.answers.told(sub.sufficient_reason(**how), self.answers.forcing(named))

    def sufficient_reasons(
        self,
        *,
        labels: Any = None,
        mode: str = "exact",
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> ReasonStream:
        """Return a lazy iterator over all sufficient reasons, see ``sufficient_reason``."""
        named, joined = self.answers.named(labels), LabelAnswers.check_mode(mode, solver)
        per_feature, deadline = over_features(over), Deadline.of(time_limit)
        if joined:
            source: Iterator[Reason] = Joiner(self.answers, named, per_feature, deadline).sufficient()
        else:
            sub, wrap = self.answers.leaves_or(self.answers.staying(named)), self.answers.forcing(named)
            source = (wrap(reason) for reason in sub.answers.all_sufficient(per_feature, deadline, solver))
        return ReasonStream(self.session.guarded(source, deadline), deadline)

    @overload
    def minimal_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[LabelAsking]
    ) -> LabelReason | None: ...
    @overload
    def minimal_sufficient_reason(self, *, n: int | None, **how: Unpack[LabelAsking]) -> Reasons: ...
    def minimal_sufficient_reason(
        self,
        *,
        labels: Any = None,
        n: int | None = 1,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> Answered:
        """Return one, several or all sufficient reasons for labels with the fewest literals (features).

        Parameters
        ----------
        labels, n, time_limit, over
            As in ``sufficient_reason``.
        solver : str, optional
            Name of a MaxSAT or MIP backend for the hitting sets.

        Returns
        -------
        LabelReason, Reasons or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound in ``proof.lower``.
        """
        return self._cheapest("minimal_sufficient_reason", labels, time_limit, n=n, over=over, solver=solver)

    @overload
    def preferred_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, method: Method | str, n: Literal[1] = 1, **how: Unpack[LabelPreferring]
    ) -> LabelReason | None: ...
    @overload
    def preferred_sufficient_reason(
        self, *, method: Method | str, n: int | None, **how: Unpack[LabelPreferring]
    ) -> Reasons: ...
    def preferred_sufficient_reason(
        self,
        *,
        method: Method | str,
        labels: Any = None,
        n: int | None = 1,
        time_limit: float | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
        features_partition: Sequence[Sequence[str]] | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> Answered:
        """Return sufficient reasons for labels with the least sum of weights.

        Parameters
        ----------
        method, weights, features_partition
            As for trees: where the weights come from.
        labels, n, time_limit, over, solver
            As in ``minimal_sufficient_reason``.
        """
        if str(getattr(method, "value", method)) in ("feature-importance", "shapley"):
            raise BadInputError(
                f"method={shown(method)} takes the importances of one model: expected weights, inclusion-preferred or "
                "minimal"
            )
        return self._cheapest(
            "preferred_sufficient_reason", labels, time_limit, n=n, over=over, solver=solver,
            method=method, weights=weights, features_partition=features_partition,
        )  # fmt: skip

    def _cheapest(self, query: str, labels: Any, time_limit: float | None, **how: Any) -> Answered:
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            found = getattr(self.answers.leaves_or(self.answers.staying(named)), query)(time_limit=deadline, **how)
            return self.answers.told(found, self.answers.forcing(named))

    def direct_reason(self, *, labels: Any = None) -> Reason | None:
        """Return the literals on the paths that the instance takes in the trees of labels, and of those that they ask.

        Returns
        -------
        Reason or None
            ``None`` if one of them is on an excluded feature.
        """
        named = self.answers.named(labels)
        with self.session.query(None) as deadline:
            own = dict(enumerate(self.answers.vector))
            passed: set[int] = set()
            for i in (*named, *self.answers.form.ancestors(named)):
                passed |= self.answers.form.labels[i].given(own).trees.path_literals(self.session.here.truth)
            made = direct_reason(self.session, passed, deadline)
            return (
                None
                if made is None
                else LabelReason.of(made, "exact", self.answers.values({i: own[i] for i in named}), {})
            )

    # -- what reasons share, and how many there are ------------------------------------------------------------

    def necessary_literals(self, *, labels: Any = None, time_limit: float | None = None) -> Reason:
        """Return the literals that every sufficient reason for the labels contains (by their non-implied ones)."""
        return self._shared("necessary_literals", labels, time_limit)

    def relevant_literals(self, *, labels: Any = None, time_limit: float | None = None) -> Reason:
        """Return the literals that some sufficient reason for the labels is written with."""
        return self._shared("relevant_literals", labels, time_limit)

    def necessary_features(self, *, labels: Any = None, time_limit: float | None = None) -> Reason:
        """Return the features that every sufficient reason over features for the labels contains."""
        return self._shared("necessary_features", labels, time_limit)

    def relevant_features(self, *, labels: Any = None, time_limit: float | None = None) -> Reason:
        """Return the features that some sufficient reason over features for the labels contains."""
        return self._shared("relevant_features", labels, time_limit)

    def _shared(self, query: str, labels: Any, time_limit: float | None) -> Reason:
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            found: Reason = getattr(self.answers.leaves_or(self.answers.staying(named)), query)(time_limit=deadline)
            return found

    @property
    def count_bounds(self) -> Counted | None:
        """What the last count proved: the number itself, or a lower bound with the reason why it stopped."""
        counted = self.answers.counted_by
        return None if counted is None else counted.count_bounds

    def n_sufficient_reasons(
        self, *, labels: Any = None, time_limit: float | None = None, over: str = "literals"
    ) -> int | None:
        """Return the number of exact sufficient reasons for labels; ``None`` if time was up (``count_bounds``)."""
        found: int | None = self._count("n_sufficient_reasons", labels, time_limit, over=over)
        return found

    def n_sufficient_reasons_per_literal(
        self, *, labels: Any = None, time_limit: float | None = None
    ) -> dict[int, int]:
        """Return for each relevant literal how many reasons for labels are written with it (empty if time was up)."""
        found: dict[int, int] = self._count("n_sufficient_reasons_per_literal", labels, time_limit)
        return found

    def n_sufficient_reasons_per_feature(
        self, *, labels: Any = None, time_limit: float | None = None, over: str = "literals"
    ) -> dict[str, int]:
        """Return for each feature how many reasons for the labels speak of it (empty if time was up)."""
        found: dict[str, int] = self._count("n_sufficient_reasons_per_feature", labels, time_limit, over=over)
        return found

    def _count(self, query: str, labels: Any, time_limit: float | None, **more: Any) -> Any:
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            self.answers.counted_by = self.answers.leaves_or(self.answers.staying(named))
            return getattr(self.answers.counted_by, query)(time_limit=deadline, **more)
