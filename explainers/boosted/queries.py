"""Queries for reasons that force each tree on its own, and for ranges of predictions.

Audemard, Lagniez, Marquis, Szczepanski: Computing abductive explanations for boosted trees (AISTATS 2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

import numpy as np

from ...engine.domain.region import region_of
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Check
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ..forest.checks import NO_REASON, Told
from ..queries.explaining import Explaining
from ..session.running import over_features
from .answers import BoostedAnswers
from .range import Extremes
from .tree_specific import DEFAULT_SOLVER

if TYPE_CHECKING:
    from ...engine.reasons import Answered, Reason, Reasons
    from ..words.query_types import Asking

_ALONE = Told(
    "it does not force the outcome with each tree on its own",
    "it forces each tree on its own, but still does",
    "it forces the outcome with each tree on its own",
)


class TreeSpecificQueries(Explaining):
    """Queries for tree-specific reasons."""

    answers: BoostedAnswers

    def tree_specific_reason(
        self,
        *,
        n_iterations: int = 50,
        time_limit: float | None = None,
        seed: int = 0,
        history: bool = True,
        theta: float = 0.0,
        over: str = "literals",
    ) -> Reason | None:
        """Return a tree-specific reason: the shortest of randomised greedy runs.

        A tree-specific reason forces the outcome when each tree, on its own, takes the worst leaf that the reason
        leaves it: the sum of these leaves still decides alike (against each rival class). Nothing of it can be left
        out. It forces the outcome, so it contains a sufficient reason; it is found without any search.

        Parameters
        ----------
        n_iterations : int
            Number of runs (the first one is not random).
        time_limit : float, optional
            Seconds; the runs made by then count.
        seed : int
            The same seed gives the same reason on every machine.
        history : bool
            Accepted; reasons do not depend on earlier calls.
        theta : float
            By how much the worst sum must stay on its side, in units of the scores (not negative).
        over : {"literals", "features"}
            What the reason is made of.

        Returns
        -------
        Reason or None
            ``None`` if even the whole instance (without excluded features) does not force each tree so.

        Notes
        -----
        Sums within the proved rounding error of a tie count as not forced.
        """
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            return self.answers.tree_specific(per_feature, theta, n_iterations, seed, deadline)

    def model_specific_reason(
        self,
        *,
        n_iterations: int = 50,
        time_limit: float | None = None,
        seed: int = 0,
        history: bool = True,
        over: str = "features",
    ) -> Reason | None:
        """Return features of a linear model that force the outcome however the others lie between their bounds.

        A column adds a multiple of its number: the worst that it can add lies at an end of its range. The features
        force the outcome if the sum of what they add and of the others' worst still decides alike, against each rival
        class; nothing of them can be left out. This is a sufficient reason, and ties are decided as the model decides
        them. Of other sums, boosted trees among them, it is ``tree_specific_reason`` over features.

        Parameters
        ----------
        n_iterations, seed, history
            As in ``tree_specific_reason``; of a linear model accepted and not needed.
        time_limit : float, optional
            Seconds.
        over : {"features", "literals"}
            What the reason is made of.

        Returns
        -------
        Reason or None
            ``None`` if excluded features leave none; of boosted trees as ``tree_specific_reason``.
        """
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            if self.answers.one_column_a_tree:
                return self.answers.one_sufficient(per_feature, deadline, None)
            return self.answers.tree_specific(per_feature, 0.0, n_iterations, seed, deadline)

    def is_tree_specific_reason(
        self,
        reason: Iterable[Any] | None,
        check_minimal_inclusion: bool = False,
        *,
        theta: float = 0.0,
        over: str = "literals",
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) force the outcome with each tree on its own.

        Parameters
        ----------
        reason : iterable or None
            Literals of the instance (names of features); ``None``, the answer of a query that finds none, is no reason.
        check_minimal_inclusion : bool
            Whether to check as well that none of them can be weakened.
        theta, over
            As in ``tree_specific_reason``.
        time_limit : float, optional
            Seconds; then the check is undecided.
        """
        if reason is None:
            return NO_REASON
        given = self.answers.asked.given(reason, over)
        view = partial(self.answers.alone_view, theta=theta)
        return self.answers.check_alone(given, view, _ALONE, time_limit, minimal=check_minimal_inclusion)

    @overload
    def minimal_tree_specific_reasons(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1], **how: Unpack[Asking]
    ) -> Reason | None: ...
    @overload
    def minimal_tree_specific_reasons(self, *, n: int | None = 10, **how: Unpack[Asking]) -> Reasons: ...
    def minimal_tree_specific_reasons(
        self, *, n: int | None = 10, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Answered:
        """Return several or all tree-specific reasons with the fewest literals (features).

        Parameters
        ----------
        n : int or ALL
            How many; only reasons of the least size are returned, none of them twice.
        time_limit : float, optional
            Seconds; then what was found so far is returned.
        over : {"literals", "features"}
            What the reasons are made of.
        solver : str, optional
            Name of a MIP backend (default: CP-SAT).

        Returns
        -------
        Reasons, Reason or None
            With status ``optimal``; if time was up before there was one, the shortest so far with status
            ``best_so_far`` and a proved lower bound in ``proof.lower``. With ``n=1`` the reason itself, or ``None`` if
            even the whole instance (without excluded features) does not force each tree on its own.
        """
        per_feature = over_features(over)
        get(solver or DEFAULT_SOLVER, Kind.MIP)
        with self.session.query(time_limit) as deadline:
            return self.answers.shortest_tree_specific(n, per_feature, solver or DEFAULT_SOLVER, deadline)

    def minimal_tree_specific_reason(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> Reason | None:
        """Return one tree-specific reason with the fewest literals (features), as the query for several does."""
        return self.minimal_tree_specific_reasons(n=1, time_limit=time_limit, over=over, solver=solver)


class RangeQueries(Explaining):
    """Ranges of predictions."""

    answers: BoostedAnswers

    @property
    def lower_bound(self) -> float | None:
        """The lower end of the interval that ``set_interval`` set; ``None`` before."""
        return None if self.session.interval is None else self.session.interval[0]

    @property
    def upper_bound(self) -> float | None:
        """The upper end of the interval that ``set_interval`` set; ``None`` before."""
        return None if self.session.interval is None else self.session.interval[1]

    def extremum_range(self, *, time_limit: float | None = None) -> Extremes:
        """Return the least and the greatest prediction over the whole domain.

        Parameters
        ----------
        time_limit : float, optional
            Seconds; then the pair has status ``best_so_far``: it encloses all predictions.

        Raises
        ------
        UnsupportedModelError
            If the model is a classifier.
        """
        with self.session.query(time_limit) as deadline:
            return self.answers.extremes(region_of(self.session.space, np.zeros(0, np.int32)), deadline)

    def range_for_partial_instance(
        self, partial: Mapping[str, Any] | Sequence[Any], *, time_limit: float | None = None
    ) -> Extremes:
        """Return the least and the greatest prediction over all completions of a partial instance.

        Parameters
        ----------
        partial : mapping or sequence
            Values of some columns by name, or one value a column with ``None`` where it is open.
        time_limit : float, optional
            As in ``extremum_range``.

        Raises
        ------
        BadInputError, TheoryError
            If a column is unknown, or no input of the domain has these values.
        UnsupportedModelError
            If the model is a classifier.
        """
        with self.session.query(time_limit) as deadline:
            region = region_of(self.session.space, self.answers.literals_of_columns(self.answers.known(partial)))
            if region.empty:
                raise BadInputError(f"partial={shown(partial)}: no input of the domain has these values")
            return self.answers.extremes(region, deadline)
