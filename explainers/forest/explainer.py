"""The explainer of forests: all queries, artefacts and rectification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...encoders.formulas.sums import sums_cnf
from ...encoders.formulas.votes import votes_hard, voting_alone
from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.theory import Theory
from ...engine.errors import BadInputError, CapabilityError, shown
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.oracles.universe import Universe, literal_universe
from ..queries.weights import unit_costs
from ..rectify.boosted import rectified_boosted
from ..rectify.forests import rectified_forest
from ..tree.batch import BatchReasons
from .batch import explain_many
from .checks import ForestChecks
from .oracles import counterexample_programs, forest_cnf, majoritary_program, majoritary_wcnf
from .planner import written_in_time


class ForestExplainer(ForestChecks):
    """Explains the decisions of a forest (random forest, extra trees, bagged trees), exactly.

    Made by ``Explainer.initialize(forest, …)``; see ``BaseExplainer`` for the parameters.
    """

    @property
    def voting(self) -> str:
        """How the trees decide together: ``"soft"``, ``"hard"`` or, for a regressor, ``"value"``."""
        return self._compiled.voting

    def _passed(self) -> set[int]:
        return self._compiled.trees.path_literals(self._here.truth)

    # -- many rows ---------------------------------------------------------------------------------------------

    def _rows_at_once(self, per_feature: bool) -> bool:
        return bool(self._compiled.classes) and not (self._theory_on and self._clauses)

    def _explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        if self._compiled.regression and intervals is None:
            if self._interval is None:
                raise BadInputError("this model predicts numbers: rows need intervals, or call set_interval for all")
            intervals = np.tile(np.array(self._interval), (len(rows), 1))
        if self._theory_on and self._clauses:
            return self._row_by_row(rows, per_feature, deadline, n_jobs, progress, intervals)
        return explain_many(self, rows, per_feature, deadline, n_jobs, progress, intervals)

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None) -> Cnf:
        """Return the CNF of "the model decides for this label" over the conditions.

        Parameters
        ----------
        label : label, optional
            Default: the class of the instance. A sufficient reason for it is an implicant of this formula. Variables
            beyond the conditions are defined by them.

        Raises
        ------
        CapabilityError
            For a regressor, and if the formula would have more than five million clauses: ``to_counterexample_mips``
            takes these.

        Notes
        -----
        Votes are counted; other numbers are added in binary. Where rounding could decide between two classes, a truth
        of the conditions is in the formula of neither.
        """
        if self._compiled.regression:
            raise CapabilityError("to_cnf asks for a class, and this model gives numbers: use to_counterexample_mips")
        return self._cnf_of(self._only(label))

    def _cnf_of(self, good: Bools) -> Cnf:
        """Return the CNF of "the class is in O"."""
        compiled = voting_alone(self._compiled)
        if votes_hard(compiled.trees):
            return forest_cnf(compiled, self._space, good)
        return sums_cnf(self._compiled, self._space, good, self._new_sums(good, False)[1])

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return the MaxSAT problem of a minimal majoritary reason.

        The optimum is the length of the reason that ``minimal_majoritary_reason`` proves ``optimal``, and the literals
        of what a solution blocks force a majority of the trees.

        Parameters
        ----------
        time_limit : float, optional
            Seconds. Only where categories let a longer reason be written shorter, reasons have to be looked for.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return majoritary_wcnf(*self._majority_prices(deadline), deadline=deadline)

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return the problem of a minimal majoritary reason as a 0/1 linear program, see ``to_wcnf``."""
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return majoritary_program(*self._majority_prices(deadline), deadline=deadline)

    def to_counterexample_mips(self, reason: Iterable[int] = ()) -> dict[str, Linear]:
        """Return 0/1 programs for "an input that satisfies the literals has another outcome", one for each way out.

        All of them are infeasible iff the literals force the outcome (sums are relaxed by a proved rounding error).
        """
        region = self._words.asking.region(reason)
        if len(region.parts) != 1:
            raise BadInputError(f"reason={shown(reason)} falls into {len(region.parts)} parts: export each on its own")
        literals = region.parts[0]
        return counterexample_programs(self._compiled, self._space, self._predicted(None), np.array(literals, np.int32))

    def _majority_prices(self, deadline: Deadline) -> tuple[Any, Situation, Universe, list[int]]:
        self._check_votes()
        universe = literal_universe(self._here, self._excluded, deadline)
        return (
            self._compiled,
            self._here,
            universe,
            self._condition_prices(universe, unit_costs(self._space, False), False),
        )

    # -- rectification -----------------------------------------------------------------------------------------

    def _rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        make = rectified_boosted if self._compiled.voting == "boosted" else rectified_forest
        return make(self._compiled, self._features, theory, conditions, label)
