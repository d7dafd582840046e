"""Sufficient reasons and what they share: the queries of trees, forests and boosted trees; each family says how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Unpack, overload

from ...engine.budget import Deadline
from ...engine.reasons import Answered, Reason, Reasons, ReasonStream
from ...engine.status import Status
from ..session.running import over_features
from .answers import Deciding
from .explaining import Explaining
from .preferences import Method, preferred_costs
from .weights import Costs, unit_costs

if TYPE_CHECKING:
    from ..words.query_types import Asking, Preferring


class SufficientQueries(Explaining):
    """Queries for sufficient reasons, necessary and relevant literals."""

    answers: Deciding

    @overload
    def sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[Asking]
    ) -> Reason | None: ...
    @overload
    def sufficient_reason(self, *, n: int | None, **how: Unpack[Asking]) -> Reasons: ...
    def sufficient_reason(
        self, *, n: int | None = 1, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Answered:
        """Return one, several or all sufficient reasons.

        Parameters
        ----------
        n : int or ALL
            How many; several are sorted by length (of a tree's reasons the shortest are found first).
        time_limit : float, optional
            Seconds; what was found by then is returned with its status.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of a SAT backend (of forests: where they count votes) that answers, instead of this library's own
            kernels; one reason of a forest by a MIP backend as well, or by ``"propagator"``.

        Returns
        -------
        Reason, Reasons or None
            For ``n=1`` a reason, or ``None`` if it is proved that there is none (excluded features); else a tuple. A
            reason with status ``best_so_far`` forces the outcome, but was not proved minimal in time.

        Notes
        -----
        One reason is found by deletion: of a tree in time linear in its leaves' paths, of a forest by branch and bound.
        Several come, of a tree, from the decision diagram of all of them, or, where that grows too large, from MARCO;
        of a forest from walks over the minimal hitting sets of its counterexamples, found as they are needed (after
        MMCS, Murakami and Uno 2014), or from MARCO: with a SAT backend that is named, and for literals of
        one-hot groups, categories and missing values.
        """
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            if n == 1:
                return self.answers.one_sufficient(per_feature, deadline, solver)
            source = self.answers.all_sufficient(per_feature, deadline, solver)
            return self.session.answer(
                source, n, deadline, lambda: self.answers.one_sufficient(per_feature, deadline, None)
            )

    def sufficient_reasons(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> ReasonStream:
        """Return a lazy iterator over all sufficient reasons (of a tree shortest first, where a diagram can be built).

        Parameters
        ----------
        time_limit, over, solver
            As in ``sufficient_reason``.
        """
        per_feature = over_features(over)
        deadline = Deadline.of(time_limit)
        source = self.answers.all_sufficient(per_feature, deadline, solver)
        return ReasonStream(self.session.guarded(source, deadline), deadline)

    @overload
    def minimal_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[Asking]
    ) -> Reason | None: ...
    @overload
    def minimal_sufficient_reason(self, *, n: int | None, **how: Unpack[Asking]) -> Reasons: ...
    def minimal_sufficient_reason(
        self, *, n: int | None = 1, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Answered:
        """Return one, several or all sufficient reasons with the fewest literals (features).

        Parameters
        ----------
        n, time_limit, over
            As in ``sufficient_reason``.
        solver : str, optional
            Name of a MaxSAT or MIP backend for the hitting sets, instead of this library's own branch and bound.

        Returns
        -------
        Reason, Reasons or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound in ``proof.lower``.
        """
        per_feature = over_features(over)
        costs = unit_costs(self.session.space, per_feature)
        return self._cheapest_query(n, time_limit, per_feature, costs, solver, "minimal sufficient")

    @overload
    def preferred_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, method: Method | str, n: Literal[1] = 1, **how: Unpack[Preferring]
    ) -> Reason | None: ...
    @overload
    def preferred_sufficient_reason(
        self, *, method: Method | str, n: int | None, **how: Unpack[Preferring]
    ) -> Reasons: ...
    def preferred_sufficient_reason(
        self,
        *,
        method: Method | str,
        n: int | None = 1,
        time_limit: float | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
        features_partition: Sequence[Sequence[str]] | None = None,
        over: str = "literals",
        solver: str | None = None,
    ) -> Answered:
        """Return sufficient reasons with the least sum of weights.

        Parameters
        ----------
        method : Method or str
            ``WEIGHTS``: `weights`, one a column (or a mapping by name; the lower, the more welcome).
            ``INCLUSION_PREFERRED``: `features_partition`, most welcome features first; the fewest literals of the
            last part, then of the part before, and so on. ``FEATURE_IMPORTANCE``: the model's own importances.
            ``SHAPLEY``: `weights` holds SHAP values of the instance, or the `shap` package computes them.
            ``WORD_FREQUENCY``: `weights` holds the frequencies of the names, or the `wordfreq` package tells them.
            ``MINIMAL``: all weights equal.
        weights : sequence or mapping, optional
            Numbers that the method takes.
        features_partition : list of lists of str, optional
            The parts that ``INCLUSION_PREFERRED`` takes.
        n, time_limit, over, solver
            As in ``minimal_sufficient_reason``.

        Notes
        -----
        Preferences after Audemard, Bellart, Bounia, Koriche, Lagniez, Marquis (IJCAI 2022).
        """
        per_feature = over_features(over)
        costs = preferred_costs(self.session, method, weights, features_partition, per_feature)
        return self._cheapest_query(n, time_limit, per_feature, costs, solver, "preferred sufficient")

    def necessary_literals(self, *, time_limit: float | None = None) -> Reason:
        """Return the literals that every sufficient reason contains (by their non-implied ones)."""
        with self.session.query(time_limit) as deadline:
            return self.answers.necessary(False, deadline)

    def relevant_literals(self, *, time_limit: float | None = None) -> Reason:
        """Return the literals that some sufficient reason is written with."""
        with self.session.query(time_limit) as deadline:
            return self.answers.relevant(False, deadline)

    def necessary_features(self, *, time_limit: float | None = None) -> Reason:
        """Return the features that every sufficient reason over features contains."""
        with self.session.query(time_limit) as deadline:
            return self.answers.necessary(True, deadline)

    def relevant_features(self, *, time_limit: float | None = None) -> Reason:
        """Return the features that some sufficient reason over features contains."""
        with self.session.query(time_limit) as deadline:
            return self.answers.relevant(True, deadline)

    # -- how ---------------------------------------------------------------------------------------------------

    def _cheapest_query(
        self, n: int | None, time_limit: float | None, per_feature: bool, costs: Costs, solver: str | None, kind: str
    ) -> Answered:
        with self.session.query(time_limit) as deadline:

            def late() -> Reason | None:
                one = self.answers.one_sufficient(per_feature, deadline, None)
                if one is None:
                    return None
                return one.with_proof(kind=kind, status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)

            found = self.answers.cheapest(per_feature, costs, solver, kind, deadline, one=n == 1)
            source = (_priced(reason, costs) for reason in found)
            return self.session.answer(source, n, deadline, late)


def _priced(reason: Reason, costs: Costs) -> Reason:
    """Let a reason know what its items cost."""
    reason.costs = costs
    return reason
