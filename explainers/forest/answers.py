"""The answers of a forest, and what is written of it for other programs."""

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
from ...engine.errors import BadInputError
from ...engine.forms import Cnf
from ...engine.oracles.universe import Universe, literal_universe
from ..batch.reasons import BatchReasons
from ..queries.weights import unit_costs
from ..rectify.boosted import rectified_boosted
from ..rectify.forests import rectified_forest
from .batch import explain_many
from .checks import ForestChecks
from .contrastive import ForestContrastive
from .counts import ForestCounts
from .majoritary import ForestMajoritary
from .oracles import forest_cnf


class ForestWhole(ForestMajoritary):
    """Many rows, the forest written for other programs, and rectified."""

    def passed(self) -> set[int]:
        return self.session.compiled.trees.path_literals(self.session.here.truth)

    def rows_at_once(self, per_feature: bool) -> bool:
        return bool(self.session.compiled.classes) and not (self.session.theory_on and self.session.clauses)

    def explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        if self.session.compiled.regression and intervals is None:
            if self.session.interval is None:
                raise BadInputError("this model predicts numbers: rows need intervals, or call set_interval for all")
            intervals = np.tile(np.array(self.session.interval), (len(rows), 1))
        if self.session.theory_on and self.session.clauses:
            return self.row_by_row(rows, per_feature, deadline, n_jobs, progress, intervals)
        return explain_many(self, rows, per_feature, deadline, n_jobs, progress, intervals)

    def cnf_of(self, good: Bools) -> Cnf:
        """Return the CNF of "the class is in O"."""
        compiled = voting_alone(self.session.compiled)
        if votes_hard(compiled.trees):
            return forest_cnf(compiled, self.session.space, good)
        return sums_cnf(self.session.compiled, self.session.space, good, self.new_sums(good, False)[1])

    def majority_prices(self, deadline: Deadline) -> tuple[Any, Situation, Universe, list[int]]:
        self._check_votes()
        universe = literal_universe(self.session.here, self.session.excluded, deadline)
        return (
            self.session.compiled,
            self.session.here,
            universe,
            self._condition_prices(universe, unit_costs(self.session.space, False), False),
        )

    def rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        make = rectified_boosted if self.session.compiled.voting == "boosted" else rectified_forest
        return make(self.session.compiled, self.session.features, theory, conditions, label)


class ForestAnswers(ForestCounts, ForestContrastive, ForestChecks, ForestWhole):
    """Answers the queries about a forest, exactly.

    ``ForestSufficient`` (``sufficient.py``, below ``ForestCounts``) finds sufficient reasons, ``ForestCounts``
    (``counts.py``) counts them; ``ForestContrastive`` (``contrastive.py``) finds changes, and what is necessary and
    relevant; ``ForestChecks`` (``checks.py``) checks; ``ForestMajoritary`` (``majoritary.py``, below ``ForestWhole``)
    finds majoritary reasons. All stand on ``ForestCore`` (``core.py``): the layout, questions and views.
    """
