"""The explainer of boosted trees: the queries of forests, and reasons that force each tree on its own.

Audemard, Lagniez, Marquis, Szczepanski: Computing abductive explanations for boosted trees (AISTATS 2023).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, Columns, Whole, interval_columns, whole_values
from ...engine.ensembles.views.literals import AnyView, FeatureView, LiteralView
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, seed_of
from ...engine.reasons import Check
from ..forest.checks import Told
from .tree_specific import BoostedMinimal

_ALONE = Told(
    "it does not force the outcome with each tree on its own",
    "it forces each tree on its own, but still does",
    "it forces the outcome with each tree on its own",
)


class BoostedExplainer(BoostedMinimal):
    """Explains the decisions of boosted trees, and the predictions of regressors of every kind of tree, exactly.

    Made by ``Explainer.initialize(model, …)``; see ``BaseExplainer`` for the parameters. Majoritary reasons are for
    trees that vote; here **tree-specific** reasons take their place.
    """

    def tree_specific_reason(
        self,
        *,
        n_iterations: int = 50,
        time_limit: float | None = None,
        seed: int = 0,
        history: bool = True,
        theta: float = 0.0,
        over: str = "literals",
    ) -> Any:
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
        per_feature = self._check_over(over)
        runs, start = count_of(n_iterations, "n_iterations"), seed_of(seed)
        with self._query(time_limit) as deadline:
            view = self._alone_view(per_feature, theta)
            if not self._majority(view, view.full):
                return None
            return self._greedy_majority(view, runs, start, deadline, "tree-specific")

    def is_tree_specific_reason(
        self,
        reason: Iterable[Any],
        check_minimal_inclusion: bool = False,
        *,
        theta: float = 0.0,
        over: str = "literals",
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) force the outcome with each tree on its own.

        Parameters
        ----------
        reason : iterable
            Literals of the instance (names of features).
        check_minimal_inclusion : bool
            Whether to check as well that none of them can be weakened.
        theta, over
            As in ``tree_specific_reason``.
        time_limit : float, optional
            Seconds; then the check is undecided.
        """
        return self._check_alone(
            self._given(reason, over), lambda per_feature: self._alone_view(per_feature, theta), _ALONE, time_limit,
            minimal=check_minimal_inclusion,
        )  # fmt: skip

    # -- how ---------------------------------------------------------------------------------------------------

    def _alone_view(self, per_feature: bool, theta: float) -> AnyView:
        """Return a view of the question whether each tree's worst leaf still leaves the outcome as it is."""
        if isinstance(theta, bool) or not isinstance(theta, (int, float, np.number)) or not 0 <= theta < np.inf:
            raise BadInputError(f"theta={shown(theta)}: expected a number from 0")
        wanted = self._wanted()
        if theta == 0:
            return self._view(per_feature, wanted)
        sums, columns = self._stricter(wanted, float(theta))
        question = EnsembleQuestion(self._layout, sums, columns, self._here.cells)
        banned = self._attributes_of(self._excluded)
        return (FeatureView if per_feature else LiteralView)(question, self._here, banned, None)

    def _stricter(self, wanted: Any, theta: float) -> tuple[Arithmetic, Columns]:
        """Return the question whether a sum comes nearer than `theta` to the other side."""
        sums, columns = self._sums(wanted)
        if len(sums.good):
            whole: Whole = whole_values(replace(self._compiled.trees, base=sums.start))
            return sums, columns._replace(need=columns.need - math.ceil(math.ldexp(theta, whole.shift)))
        lower, upper = sums.lower + theta, sums.upper - theta
        trees = replace(self._compiled.trees, base=sums.start)
        return sums._replace(lower=lower, upper=upper), interval_columns(trees, lower, upper)
