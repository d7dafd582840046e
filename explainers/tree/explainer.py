"""The explainer of decision trees: all queries, artefacts and rectification."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...encoders.formulas.conditions import tree_cnf
from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.domain.theory import Theory
from ...engine.errors import UndecidedError
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.oracles.cheapest import apart_clauses, cheapest_reasons, covering_clauses
from ...engine.oracles.marco import Clause, enumerate_reasons
from ...engine.status import Stop
from ..rectify.trees import rectified_tree
from ..solving.sessions import DEFAULT_SAT, covering_program, covering_wcnf, open_hitting, open_sat
from .batch import BatchReasons, batch_sufficient
from .checks import TreeChecks
from .generic import Question


class TreeExplainer(TreeChecks):
    """Explains the decisions of a decision tree, exactly.

    Made by ``Explainer.initialize(tree, …)``; see ``BaseExplainer`` for the parameters.
    """

    def _passed(self) -> list[int]:
        return self._compiled.tree.path_literals(self._here.truth)

    # -- many rows ---------------------------------------------------------------------------------------------

    def _rows_at_once(self, per_feature: bool) -> bool:
        return not per_feature and self._space.all_interval and not (self._theory_on and self._clauses)

    def _explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        space = self._space
        if self._rows_at_once(per_feature):
            for row in rows if any(not f.anything for f in self._features) else ():
                space.check_row(row)
            feature = np.array([a.feature for a in space.attributes], dtype=np.int32)
            banned = np.isin(feature[space.element_attribute], np.array(sorted(self._excluded), dtype=np.int32))
            return batch_sufficient(
                space, self._compiled.tree, self._table, rows, banned, deadline,
                n_jobs=n_jobs, progress=progress,
            )  # fmt: skip
        return self._row_by_row(rows, per_feature, deadline, n_jobs, progress)

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None) -> Cnf:
        """Return the CNF of "the tree decides for this label" over the conditions, under the current domain.

        Parameters
        ----------
        label : label, optional
            Default: the class of the instance. A sufficient reason for it is an implicant of this formula.
        """
        return tree_cnf(self._compiled, self._space, self._only(label))

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return the MaxSAT problem of a minimal sufficient reason.

        Variable i is true iff the literal of condition i is written. The optimum is the size of a minimal sufficient
        reason, and its literals force the outcome. Where literals imply each other an optimum may use a bound that is
        tighter than it need be: ``minimal_sufficient_reason`` loosens it. Variables beyond the conditions say which
        values of a feature are excluded.

        Parameters
        ----------
        time_limit : float, optional
            Seconds, for finding the changes that have to be barred, and, where categories let a longer reason be
            written shorter, the reasons that are shortest nevertheless.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        return covering_wcnf(*self._covering(Deadline.of(time_limit)))

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return the problem of ``to_wcnf`` as a 0/1 linear program."""
        return covering_program(*self._covering(Deadline.of(time_limit)))

    def _covering(self, deadline: Deadline) -> tuple[list[Clause], int, list[int]]:
        question = self._question(self._good(), False, None)
        universe = question.universe
        n = len(self._space.vocabulary)
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
        if all(a.interval or a.n_cells < 3 for a in self._space.attributes):
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
        good = self._good()
        if self._reduced(good, False, self._excluded, deadline=deadline) is not None:
            return self._known_drops(question, good)

        def open_map(clauses: list[Clause], n_variables: int) -> Any:
            return open_sat(DEFAULT_SAT, Cnf.from_clauses(clauses, n_variables))

        found = enumerate_reasons(question.universe, question.oracle, open_map, deadline)
        return [elements for kind, elements, _ in found if kind == "contrastive"]

    # -- rectification -----------------------------------------------------------------------------------------

    def _rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        return rectified_tree(self._compiled, self._features, theory, conditions, label)
