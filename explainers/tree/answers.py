"""The answers of a decision tree, and what is written of it for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.domain.theory import Theory
from ...engine.errors import UndecidedError
from ...engine.forms import Cnf
from ...engine.oracles.cheapest import apart_clauses, cheapest_reasons, covering_clauses
from ...engine.oracles.marco import Clause, enumerate_reasons
from ...engine.status import Stop
from ..batch.reasons import BatchReasons
from ..rectify.trees import rectified_tree
from ..solving.sessions import DEFAULT_SAT, open_hitting, open_sat
from .batch import batch_sufficient
from .checks import TreeChecks
from .contrastive import TreeContrastive
from .counts import TreeCounts
from .general import TreeGeneral
from .generic import Question
from .sufficient import TreeSufficient


class TreeAnswers(TreeSufficient, TreeContrastive, TreeCounts, TreeChecks, TreeGeneral):
    """Answers the queries about a decision tree, exactly.

    ``TreeSufficient`` (``sufficient.py``) finds sufficient reasons, and what is necessary and relevant;
    ``TreeContrastive`` (``contrastive.py``) changes, ``nearest.py`` the nearest; ``TreeCounts`` (``counts.py``) counts;
    ``TreeChecks`` (``checks.py``) checks. Below them lies ``TreeGeneric`` (``generic.py``), the way for any domain.
    """

    def passed(self) -> list[int]:
        return self.session.compiled.tree.path_literals(self.session.here.truth)

    # -- many rows ---------------------------------------------------------------------------------------------

    def rows_at_once(self, per_feature: bool) -> bool:
        return (
            not per_feature
            and self.session.space.all_interval
            and not (self.session.theory_on and self.session.clauses)
        )

    def explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        space = self.session.space
        if self.rows_at_once(per_feature):
            for row in rows if any(not f.anything for f in self.session.features) else ():
                space.check_row(row)
            feature = np.array([a.feature for a in space.attributes], dtype=np.int32)
            banned = np.isin(feature[space.element_attribute], np.array(sorted(self.session.excluded), dtype=np.int32))
            return batch_sufficient(
                space, self.session.compiled.tree, self._table, rows, banned, deadline,
                n_jobs=n_jobs, progress=progress,
            )  # fmt: skip
        return self.row_by_row(rows, per_feature, deadline, n_jobs, progress)

    # -- the problem of a smallest reason ----------------------------------------------------------------------

    def covering(self, deadline: Deadline) -> tuple[list[Clause], int, list[int]]:
        question = self.question(self.good(), False, None)
        universe = question.universe
        n = len(self.session.space.vocabulary)
        renamed = [*(v + 1 for v in universe.names), *(n + 1 + d for d in range(len(universe.moves)))]
        drops = self._all_drops(question, deadline)
        found = [*covering_clauses(universe, drops), *self._apart(question, drops, deadline)]
        if deadline.stop is not Stop.NONE:
            raise UndecidedError("time was up before the problem was written")
        clauses: list[Clause] = [tuple(renamed[abs(v) - 1] * (1 if v > 0 else -1) for v in clause) for clause in found]
        clauses += [(-(v + 1),) for v in range(n) if v not in set(universe.names)]
        return clauses, n + len(universe.moves), [1] * n

    def _apart(self, question: Question, drops: list[int], deadline: Deadline) -> list[Clause]:
        """Return what makes the least cost of a set that hits all drops that of a shortest reason."""
        if all(a.interval or a.n_cells < 3 for a in self.session.space.attributes):
            return []  # a weaker bound is written as short
        universe, clauses, best = question.universe, list[Clause](), math.inf

        def open_session(given: list[Clause], n: int, prices: Any) -> Any:
            return open_hitting(None, given, n, prices)

        prices = [1] * universe.n
        for reason, cost, bound in cheapest_reasons(universe, question.oracle, open_session, prices, deadline, drops):
            if bound >= best:
                break
            best = min(best, cost)
            clauses += apart_clauses(universe, reason)
            if bound >= best:
                break
        return clauses

    def _all_drops(self, question: Question, deadline: Deadline) -> list[int]:
        """Return the contrastive reasons as dropped sets; excluded features are free."""
        good = self.good()
        if self.reduced(good, False, self.session.excluded, deadline=deadline) is not None:
            return self._known_drops(question, good)

        def open_map(clauses: list[Clause], n_variables: int) -> Any:
            return open_sat(DEFAULT_SAT, Cnf.from_clauses(clauses, n_variables))

        found = enumerate_reasons(question.universe, question.oracle, open_map, deadline)
        return [elements for kind, elements, _ in found if kind == "contrastive"]

    # -- rectification -----------------------------------------------------------------------------------------

    def rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        return rectified_tree(self.session.compiled, self.session.features, theory, conditions, label)
