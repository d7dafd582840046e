"""One problem about labels, explained by the explainers of forests (where one ensemble decides it) or the generic way.

Both see the domain and the instance of the explainer that made them, and what is bad as "the outcome has changed".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.answers import NONE, UNKNOWN
from ...engine.ensembles.views.literals import importance_order
from ...engine.errors import BadInputError, UndecidedError
from ...engine.forms import Cnf
from ...engine.labels.problem import Problem
from ...engine.labels.search import LabelOracle, LabelSearch, Single
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.models.trees import LeafTable, TreeArrays
from ...engine.oracles.marco import Clause, enumerate_reasons
from ...engine.oracles.shrink import grow, shrink
from ...engine.oracles.universe import feature_universe, literal_universe
from ...engine.reasons import Check, Reason, Reasons
from ...engine.status import Status, Stop
from ..forest.allowed import outer_of
from ..forest.explainer import ForestExplainer
from ..queries.changes import Limits, kept_by, limits_of
from ..session.witness import Outside, Teller, outside_of_labels
from ..solving.sessions import DEFAULT_SAT, open_sat
from ..tree.explainer import TreeExplainer
from ..tree.generic import Question

if TYPE_CHECKING:
    from .core import MultiLabelCore

_DOMAIN = ("_clauses", "_theory_on", "_types", "_features", "_spaces", "_space", "_words", "_gate")
_PLACE = ("_instance", "_situation", "_excluded", "_excluded_columns", "_around", "_instances")


class Adopted:
    """Tells rows as the explainer of all labels does, whose ``predict`` the user knows."""

    _parent: MultiLabelCore
    _own_leaves = False  # the question is about labels

    @property
    def _anyones(self) -> Teller:
        return self._parent._anyones


def adopt(sub: Any, parent: MultiLabelCore) -> None:
    """Give an explainer the domain of another one."""
    sub._parent = parent
    for name in _DOMAIN:
        setattr(sub, name, getattr(parent, name))
    sub._elapsed, sub._last_stop = 0.0, Stop.NONE
    sub._situation = None
    sub._excluded = sub._excluded_columns = frozenset()
    sub._domain_changed()


def follow(sub: Any, parent: MultiLabelCore) -> None:
    """Give an explainer the instance and the excluded features of another one."""
    same = sub._situation is parent._situation and sub._excluded == parent._excluded
    for name in _PLACE:
        setattr(sub, name, getattr(parent, name))
    if not same:
        sub._situation_changed()


class SubForest(Adopted, ForestExplainer):
    """A problem that one ensemble decides."""

    def __init__(self, parent: MultiLabelCore, single: Single, problem: Problem, predict_bad: Any) -> None:
        self._form_of_all, self._problem = parent._form, problem
        good = single.good
        inside, outside = int(good.argmax()), int((~good).argmax())

        def predict(rows: F64) -> Any:
            return np.array(
                [single.model.classes[outside if bad else inside] for bad in predict_bad(rows)], dtype=object
            )

        own = single.model
        self._compiled = CompiledEnsemble(
            own.trees, own.vocabulary, own.classes, own.features, own.read, own.unread, predict, own.missing,
            own.source, own.voting, own.threshold, own.link, own.transform, own.slack,
        )  # fmt: skip
        self._o = good
        adopt(self, parent)

    def _outside(self, wanted: Any) -> Outside:
        return outside_of_labels(self._form_of_all, self._problem)

    def _wanted(self, target: Any = None) -> Any:
        self._check_doubt()
        return self._o

    def _good(self, target: Any = None) -> Bools:
        return self._o

    def _predicted(self, prediction: Any) -> Bools:
        return self._o

    def contrastive_stream(
        self, per_feature: bool, deadline: Deadline, immutable: Any = (), monotone: Any = None
    ) -> Iterator[Reason]:
        """Yield all contrastive reasons until time is up."""
        view = self._view(per_feature, self._o, outer_of(self, immutable, monotone))
        yield from self._all_contrastive(view, self._o, deadline, None)

    def part_of(self, reason: Iterable[Any], per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a sufficient reason of this problem within literals (features) that hold."""
        view = self._view(per_feature, self._o)
        kept = view.closed(self._items_of(view, list(reason)))
        order = importance_order(view, deadline)
        return view.names(view.written(view.shrink(kept, order, deadline)[0]))

    def change_within(self, point: I32, per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a contrastive reason of this problem among the differences of a bad point."""
        view = self._view(per_feature, self._o, outer_of(self, (), None))
        return view.names(view.written_change(view.near(point.copy(), deadline)[0]))

    def point_within(self, literals: I32, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a bad point that satisfies literals, or UNKNOWN."""
        region = region_of(self._space, literals)
        if region.empty:
            return NONE, None
        question = self._question(self._o)
        question.set_region(region)
        code = question.answer(deadline)
        return code, None if code in (NONE, UNKNOWN) else question.point.copy()

    def point_in(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point of a region that is bad beyond doubt, or UNKNOWN."""
        question = self._question(self._o, away=True)
        question.set_region(region)
        code = question.answer(deadline)
        return code, None if code in (NONE, UNKNOWN) else question.point.copy()


def stand_in(form: CompiledMultiLabel, predict_bad: Any) -> CompiledTree:
    """Return a tree of one leaf that lends its conditions to a problem, with "is it bad?" as its labels."""
    zero = np.zeros(1, np.int32)

    def predict(rows: F64) -> Any:
        return np.array([int(bad) for bad in predict_bad(rows)], dtype=object)

    return CompiledTree(
        TreeArrays(zero, zero, zero, zero), form.vocabulary, (0, 1), form.features, form.read, form.unread, predict,
        form.missing, form.source,
    )  # fmt: skip


class SubGeneric(Adopted, TreeExplainer):
    """A problem that takes a search; all queries go by oracle calls."""

    def __init__(self, parent: MultiLabelCore, problem: Problem, predict_bad: Any) -> None:
        self._compiled = stand_in(parent._form, predict_bad)
        self._model = parent._form
        self._problem = problem
        self._o = np.array([True, False])
        adopt(self, parent)

    def _outside(self, wanted: Any) -> Outside:
        return outside_of_labels(self._model, self._problem)

    def _good(self, target: Any = None) -> Bools:
        return self._o

    def _predicted(self, prediction: Any) -> Bools:
        return self._o

    def _edges(
        self, good: Bools, per_feature: bool, banned: frozenset[int], limits: Limits | None = None
    ) -> None:  # all queries then go by the oracle
        return None

    def _table_within(self, limits: Limits | None) -> LeafTable:
        return self._table

    @property
    def _table(self) -> LeafTable:
        raise AssertionError("a problem about labels has no table of leaves")

    def _search(self, away: bool) -> LabelSearch:
        slack = any(label.model.slack for label in self._model.labels)
        key = ("search", away and slack)
        if key not in self._cache:
            clauses = self._clauses if self._theory_on else ()
            self._cache[key] = LabelSearch(self._model, self._problem, self._where, clauses, away=away and slack)
        found: LabelSearch = self._cache[key]
        return found

    def _question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None = None) -> Question:
        key = ("question", per_feature, limits)
        if key not in self._cache:
            situation = self._here
            make = feature_universe if per_feature else literal_universe
            universe = make(situation, self._excluded if limits is None else limits.still)
            base = kept_by(situation, limits)
            oracle = LabelOracle(self._search(limits is not None), situation, universe, per_feature, base)
            self._cache[key] = Question(universe, oracle, self._o, per_feature, "native")
        question: Question = self._cache[key]
        return question

    # -- contrastive -------------------------------------------------------------------------------------------

    def contrastive_reason(self, *, n: int | None = 1, **ask: Any) -> Any:
        """Return one, several or all contrastive reasons, see ``ForestExplainer.contrastive_reason``."""
        return self._one_change(**ask) if n == 1 else super().contrastive_reason(n=n, **ask)

    def _nearest(self, good: Bools, per_feature: bool, weights: Any, limits: Limits, deadline: Deadline) -> Any:
        raise BadInputError(
            "distance='l1' is for labels that one exact ensemble or few leaves decide: these labels' sums are rounded, "
            "or they ask each other; leave the distance out"
        )

    def _one_change(
        self, *, time_limit: Any = None, over: str = "literals", immutable: Any = (), monotone: Any = None
    ) -> Any:
        per_feature, limits = self._check_over(over), limits_of(self, immutable, monotone)
        with self._query(time_limit) as deadline:
            question = self._question(self._o, per_feature, None, limits)
            answer = question.oracle.holds(0, deadline)
            if answer.holds is None:
                return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            if answer.holds:
                return None
            universe = question.universe
            agreed, proved = grow(universe, question.oracle, universe.close(answer.agreed), deadline)
            return self._generic_reason(question, "contrastive", universe.full & ~agreed, proved, deadline)

    def contrastive_stream(
        self, per_feature: bool, deadline: Deadline, immutable: Any = (), monotone: Any = None
    ) -> Iterator[Reason]:
        """Yield all contrastive reasons until time is up."""
        question = self._question(self._o, per_feature, None, limits_of(self, immutable, monotone))

        def open_map(clauses: list[Clause], n_variables: int) -> Any:
            cnf = Cnf.from_clauses(clauses, n_variables)
            return open_sat(DEFAULT_SAT, cnf, timed=deadline.seconds is not None)

        for kind, elements, proved in enumerate_reasons(question.universe, question.oracle, open_map, deadline):
            if kind == "contrastive":
                yield self._generic_reason(question, kind, elements, proved, deadline)

    # -- parts, points -----------------------------------------------------------------------------------------

    def part_of(self, reason: Iterable[Any], per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a sufficient reason of this problem within literals (features) that hold."""
        question = self._question(self._o, per_feature, None)
        universe = question.universe
        kept = universe.close(self._mask_of(question, list(reason)))
        found, _ = shrink(universe, question.oracle, kept, deadline)
        return self._name_elements(question, universe.written(found))

    def _mask_of(self, question: Question, items: list[Any]) -> int:
        place = {name: e for e, name in enumerate(question.universe.names)}
        wanted = [self._feature_index(i) if question.per_feature else abs(i) - 1 for i in items]
        return sum(1 << place[name] for name in dict.fromkeys(wanted) if name in place)

    def change_within(self, point: I32, per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a contrastive reason of this problem among the differences of a bad point."""
        question = self._question(self._o, per_feature, None, limits_of(self))
        universe = question.universe
        oracle = question.oracle
        assert isinstance(oracle, LabelOracle)
        agreed, _ = grow(universe, oracle, universe.close(oracle.agreed(point)), deadline)
        return self._name_elements(question, universe.written_change(universe.full & ~agreed))

    def point_within(self, literals: I32, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a bad point that satisfies literals, or UNKNOWN."""
        region = region_of(self._space, literals)
        return (NONE, None) if region.empty else self._search(False).find(region, deadline)

    def point_in(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point of a region that is bad beyond doubt, or UNKNOWN."""
        return self._search(True).find(region, deadline)

    def _forced(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        if {v for v in literals if -v in literals}:
            return Check(True, "no input satisfies the literals: two of them contradict each other")
        code, point = self.point_within(np.array(literals, np.int32), deadline)
        if code == UNKNOWN:
            raise UndecidedError
        if code == NONE or point is None:
            return Check(True, "no input that satisfies the literals has other labels")
        return self._refuted(point, good)


Sub = SubForest | SubGeneric
