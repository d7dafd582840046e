"""Queries for majoritary reasons.

Audemard, Bellart, Bounia, Koriche, Lagniez, Marquis: Trading complexity for sparsity in random forest explanations
(AAAI 2022). Bounia, Setitra: Computing improved explanations for random forests: k-majoritary reasons (ICAART 2025).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ...engine.reasons import Check
from ..chances.search import locally_minimal
from ..queries.chances import ChanceQueries, Told
from ..queries.explaining import Explaining
from ..queries.preferences import Method, preferred_costs
from ..queries.weights import unit_costs
from ..session.running import over_features
from ..words.shares import delta_of
from .answers import ForestAnswers
from .checks import MAJORITY, NO_REASON, told_of

if TYPE_CHECKING:
    from ...engine.reasons import Answered, Reason, Reasons
    from ..words.query_types import MajorityAsking, MajorityPreferring, Voting


class MajoritaryQueries(Explaining):
    """Queries for majoritary reasons."""

    answers: ForestAnswers

    @overload
    def majoritary_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[Voting]
    ) -> Reason | None: ...
    @overload
    def majoritary_reason(self, *, n: int | None, **how: Unpack[Voting]) -> Reasons: ...
    def majoritary_reason(
        self,
        *,
        n: int | None = 1,
        n_iterations: int = 50,
        time_limit: float | None = None,
        seed: int = 0,
        over: str = "literals",
        k: int | None = None,
    ) -> Answered:
        """Return one, several or all majoritary reasons.

        A majoritary reason forces more than half of the trees, each tree on its own, to vote for the predicted class,
        and nothing of it can be left out. Under hard votes it forces the forest's decision; under soft votes it speaks
        of the trees' votes only.

        Parameters
        ----------
        n : int or ALL
            How many. One is the shortest of `n_iterations` randomised greedy runs.
        n_iterations : int
            Number of runs (the first one is not random).
        time_limit : float, optional
            Seconds; the runs made by then count.
        seed : int
            The same seed gives the same reason on every machine.
        over : {"literals", "features"}
            What reasons are made of.
        k : int, optional
            How many trees are to be forced (a "k-majoritary" reason), from a strict majority, the default, to all of
            them.

        Returns
        -------
        Reason, Reasons or None
            ``None`` if the trees that vote for the predicted class are no strict majority, or less than k (or excluded
            features leave none).

        Raises
        ------
        BadInputError
            If k is less than a strict majority, or more than there are trees.
        """
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            return self.answers.majoritary(n, per_feature, n_iterations, seed, deadline, k)

    @overload
    def minimal_majoritary_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[MajorityAsking]
    ) -> Reason | None: ...
    @overload
    def minimal_majoritary_reason(self, *, n: int | None, **how: Unpack[MajorityAsking]) -> Reasons: ...
    def minimal_majoritary_reason(
        self,
        *,
        n: int | None = 1,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        k: int | None = None,
    ) -> Answered:
        """Return one, several or all majoritary reasons with the fewest literals (features).

        Parameters
        ----------
        n, time_limit, over, k
            As in ``majoritary_reason``.
        solver : str, optional
            Name of a MIP or MaxSAT backend (default: CP-SAT).

        Returns
        -------
        Reason, Reasons or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound in ``proof.lower``.
        """
        per_feature = over_features(over)
        costs = unit_costs(self.session.space, per_feature)
        with self.session.query(time_limit) as deadline:
            return self.answers.cheapest_majority(n, per_feature, costs, solver, "minimal", deadline, k)

    @overload
    def preferred_majoritary_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, method: Method | str, n: Literal[1] = 1, **how: Unpack[MajorityPreferring]
    ) -> Reason | None: ...
    @overload
    def preferred_majoritary_reason(
        self, *, method: Method | str, n: int | None, **how: Unpack[MajorityPreferring]
    ) -> Reasons: ...
    def preferred_majoritary_reason(
        self,
        *,
        method: Method | str,
        n: int | None = 1,
        time_limit: float | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
        features_partition: Sequence[Sequence[str]] | None = None,
        over: str = "literals",
        solver: str | None = None,
        k: int | None = None,
    ) -> Answered:
        """Return majoritary reasons with the least sum of weights.

        Arguments as in ``preferred_sufficient_reason``, and `k` as in ``majoritary_reason``.
        """
        per_feature = over_features(over)
        costs = preferred_costs(self.session, method, weights, features_partition, per_feature)
        with self.session.query(time_limit) as deadline:
            return self.answers.cheapest_majority(n, per_feature, costs, solver, "preferred", deadline, k)

    def is_majoritary_reason(
        self,
        reason: Iterable[Any] | None,
        *,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
        k: int | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a majoritary reason.

        They are if they force more than half of the trees, each on its own, to vote for the predicted class, and none
        can be weakened.

        Parameters
        ----------
        reason, over, n_samples, time_limit
            As in ``is_reason``; ``None``, the answer of a query that finds none, is no reason.
        k : int, optional
            As in ``majoritary_reason``.
        """
        self.answers.needed(k)
        if reason is None:
            return NO_REASON
        given, told = self.answers.asked.given(reason, over), MAJORITY if k is None else told_of(k)
        return self.answers.check_alone(given, partial(self.answers.votes, k=k), told, time_limit, minimal=True)


class ProbableMajorityQueries(ChanceQueries):
    """Queries for sets with which a majority of the trees is likely to vote as now."""

    answers: ForestAnswers

    def probable_majoritary_reason(
        self, *, delta: float | Fraction = 0.95, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> Reason | None:  # fmt: skip
        """Return a locally minimal set with which, with a chance of at least delta, a majority votes as now.

        More than half of the trees then vote for the class that the model predicts for the instance.

        Parameters
        ----------
        delta, distribution, data, over, time_limit
            As in ``probable_reason``.

        Returns
        -------
        Reason or None
            As in ``probable_reason``; ``None`` also if the trees that vote for the predicted class are no majority now.
        """
        with self.session.query(time_limit) as deadline:
            weighing = self._weighing(over_features(over), distribution, data, deadline, votes=True)
            if not weighing.holds_here():
                return None
            found = locally_minimal(weighing, delta_of(delta), deadline)
            return self._as_reason(weighing, found, "probable majoritary", deadline)
