"""One problem about labels, explained by the explainers of forests (where one ensemble decides it) or the generic way.

Both see the domain and the instance of the explainer that made them, and what is bad as "the outcome has changed".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.answers import NONE, UNKNOWN
from ...engine.ensembles.chances import TwoSides
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.literals import importance_order
from ...engine.errors import BadInputError, UndecidedError, UnsupportedModelError
from ...engine.labels.both_sides import sides_of_parts
from ...engine.labels.problem import Problem
from ...engine.labels.search import LabelOracle, LabelSearch, Single, parts_alone, single_form
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.models.trees import LeafTable, TreeArrays
from ...engine.oracles.shrink import grow, shrink
from ...engine.oracles.universe import feature_universe, literal_universe
from ...engine.reasons import Answered, Check, NoneInTime
from ..forest.allowed import outer_of
from ..forest.answers import ForestWhole
from ..forest.checks import ForestChecks
from ..forest.contrastive import ForestContrastive
from ..forest.counts import ForestCounts
from ..forest.explainer import EnsembleExplainer
from ..queries.answers import Change
from ..queries.changes import Limits, kept_by, limits_of
from ..session.gate import over
from ..session.session import Session
from ..session.witness import Outside, outside_of_labels
from ..tree.checks import TreeChecks
from ..tree.contrastive import TreeContrastive
from ..tree.counts import TreeCounts
from ..tree.explainer import TreeExplainer
from ..tree.generic import Question
from ..tree.sufficient import TreeSufficient

_NO_ENSEMBLE = (
    "no single ensemble decides these labels together: their sums are rounded, or they ask each other; name one of "
    "them with labels=[…]"
)


class ForestProblemAnswers(ForestCounts, ForestContrastive, ForestChecks, ForestWhole):
    """Answers about a problem that one ensemble decides.

    Parameters
    ----------
    session : Session
        That of the problem.
    problem : Problem
        What is asked about the labels.
    o : ndarray of bool
        The classes of the ensemble that are not bad.
    """

    def __init__(self, session: Session[CompiledEnsemble], problem: Problem, o: Bools) -> None:
        super().__init__(session)
        self.problem, self.o = problem, o

    def outside(self, wanted: Any) -> Outside:
        return outside_of_labels(form_of_all(self.session), self.problem)

    def wanted(self, target: Any = None) -> Any:
        self._check_doubt()
        return self.o

    def good(self, target: Any = None) -> Bools:
        return self.o

    def predicted(self, prediction: Any) -> Bools:
        return self.o

    def part_of(self, reason: Iterable[Any], per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a sufficient reason of this problem within literals (features) that hold."""
        view = self.view(per_feature, self.o)
        kept = view.closed(self.items_of(view, list(reason)))
        order = importance_order(view, deadline)
        return view.names(view.written(view.shrink(kept, order, deadline)[0]))

    def change_within(self, point: I32, per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a contrastive reason of this problem among the differences of a bad point."""
        view = self.view(per_feature, self.o, outer_of(self, (), None))
        return view.names(view.written_change(view.near(point.copy(), deadline)[0]))

    def _point_within(self, literals: I32, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a bad point that satisfies literals, or UNKNOWN."""
        region = region_of(self.session.space, literals)
        if region.empty:
            return NONE, None
        question = self.question(self.o)
        question.set_region(region)
        code = question.answer(deadline)
        return code, None if code in (NONE, UNKNOWN) else question.point.copy()

    def point_in(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point of a region that is bad beyond doubt, or UNKNOWN."""
        question = self.question(self.o, away=True)
        question.set_region(region)
        code = question.answer(deadline)
        return code, None if code in (NONE, UNKNOWN) else question.point.copy()


def stand_in(form: CompiledMultiLabel, predict_bad: Any) -> CompiledTree:
    """Return a tree of one leaf that lends its conditions to a problem, with "is it bad?" as its labels."""
    zero = np.zeros(1, np.int32)

    def predict(rows: F64) -> Any:
        return np.array([int(bad) for bad in predict_bad(rows)], dtype=object)

    return CompiledTree(
        TreeArrays(zero, zero, zero, zero), form.vocabulary, (0, 1), form.features, form.read, form.to_user_row,
        predict, form.missing, form.source,
    )  # fmt: skip


class GenericProblemAnswers(TreeSufficient, TreeContrastive, TreeCounts, TreeChecks):
    """Answers about a problem that takes a search; all queries go by oracle calls."""

    own_leaves = False  # the question is about labels

    def __init__(self, session: Session[CompiledTree], problem: Problem) -> None:
        super().__init__(session)
        self.problem, self.o = problem, np.array([True, False])

    @property
    def rounding(self) -> bool:
        return form_of_all(self.session).rounding

    def outside(self, wanted: Any) -> Outside:
        return outside_of_labels(form_of_all(self.session), self.problem)

    def good(self, target: Any = None) -> Bools:
        return self.o

    def predicted(self, prediction: Any) -> Bools:
        return self.o

    def edges(
        self, good: Bools, per_feature: bool, banned: frozenset[int], limits: Limits | None = None
    ) -> None:  # all queries then go by the oracle
        return None

    def _table_within(self, limits: Limits | None) -> LeafTable:
        return self._table

    @property
    def _table(self) -> LeafTable:
        raise AssertionError("a problem about labels has no table of leaves")

    def search(self, away: bool) -> LabelSearch:
        slack = any(label.model.slack for label in form_of_all(self.session).labels)
        key = ("search", away and slack)
        if key not in self.session.cache:
            clauses = self.session.clauses if self.session.theory_on else ()
            self.session.cache[key] = LabelSearch(
                form_of_all(self.session), self.problem, self.session.where, clauses, away=away and slack
            )
        found: LabelSearch = self.session.cache[key]
        return found

    def question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None = None) -> Question:
        key = ("question", per_feature, limits)
        if key not in self.session.cache:
            situation = self.session.here
            make = feature_universe if per_feature else literal_universe
            universe = make(situation, self.session.excluded if limits is None else limits.still)
            base = kept_by(situation, limits)
            oracle = LabelOracle(self.search(limits is not None), situation, universe, per_feature, base)
            self.session.cache[key] = Question(universe, oracle, self.o, per_feature, "native")
        question: Question = self.session.cache[key]
        return question

    # -- contrastive -------------------------------------------------------------------------------------------

    def contrastive(self, change: Change, deadline: Deadline) -> Answered:
        """Return one contrastive reason by growing what may stay, or several by an enumeration."""
        return self._one_change(change, deadline) if change.n == 1 else super().contrastive(change, deadline)

    def nearest(self, good: Bools, per_feature: bool, weights: Any, limits: Limits, deadline: Deadline) -> Answered:
        raise BadInputError(
            "distance='l1' is for labels that one exact ensemble or few leaves decide: these labels' sums are rounded, "
            "or they ask each other; leave the distance out"
        )

    def _one_change(self, change: Change, deadline: Deadline) -> Answered:
        """Return one contrastive reason; None if there is none."""
        limits = limits_of(self.session, change.immutable, change.monotone)
        question = self.question(self.o, change.per_feature, None, limits)
        answer = question.oracle.holds(0, deadline)
        if answer.holds is None:
            return NoneInTime.of(deadline)
        if answer.holds:
            return None
        universe = question.universe
        agreed, proved = grow(universe, question.oracle, universe.close(answer.agreed), deadline)
        return self._generic_reason(question, "contrastive", universe.full & ~agreed, proved, deadline)

    def leaving(self, target: Any = None, *, away: bool = False) -> EnsembleQuestion:
        raise UnsupportedModelError(_NO_ENSEMBLE)

    @property
    def doubts(self) -> bool:
        """Whether rounding may leave labels in doubt."""
        return any(label.model.slack for label in form_of_all(self.session).labels)

    def ways_out(self, target: Any = None, *, away: bool = False) -> Sequence[EnsembleQuestion]:
        """Return a question for each case of the problem."""
        return [case.answers.leaving(away=away) for case in self._by_case()]

    def _by_case(self) -> list[ForestProblem]:
        """Return the explainers of the cases, each of which one ensemble decides."""
        parent, form = self.session.parent, form_of_all(self.session)
        assert parent is not None
        key = "cases"
        if key not in self.session.cache:
            found = []
            for case in self.problem.cases:
                own = Problem((case,), self.problem.assumed)
                single = single_form(form, own, form.labels[0].model)
                if single is None:
                    raise UnsupportedModelError(_NO_ENSEMBLE)
                found.append(forest_problem(parent, single, own, own.bad))
            self.session.cache[key] = found
        cases: list[ForestProblem] = self.session.cache[key]
        for one in cases:
            one.session.take_place()
        return cases

    def sides(self, *, votes: bool = False) -> TwoSides:
        """Return whether the labels can leave O, and be in it, where each is decided by an ensemble of its own."""
        parts = parts_alone(form_of_all(self.session), self.problem)
        if parts is None:
            raise UnsupportedModelError(_NO_ENSEMBLE)
        if "sides" not in self.session.cache:
            clauses = self.session.clauses if self.session.theory_on else ()
            self.session.cache["sides"] = sides_of_parts(parts, self.session.space, clauses)
        found: TwoSides = self.session.cache["sides"]
        return found

    # -- parts, points -----------------------------------------------------------------------------------------

    def part_of(self, reason: Iterable[Any], per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a sufficient reason of this problem within literals (features) that hold."""
        question = self.question(self.o, per_feature, None)
        universe = question.universe
        kept = universe.close(self._mask_of(question, list(reason)))
        found, _ = shrink(universe, question.oracle, kept, deadline)
        return self._name_elements(question, universe.written(found))

    def _mask_of(self, question: Question, items: list[Any]) -> int:
        place = {name: e for e, name in enumerate(question.universe.names)}
        wanted = [self.session.feature_index(i) if question.per_feature else abs(i) - 1 for i in items]
        return sum(1 << place[name] for name in dict.fromkeys(wanted) if name in place)

    def change_within(self, point: I32, per_feature: bool, deadline: Deadline) -> tuple[Any, ...]:
        """Return a contrastive reason of this problem among the differences of a bad point."""
        question = self.question(self.o, per_feature, None, limits_of(self.session))
        universe = question.universe
        oracle = question.oracle
        assert isinstance(oracle, LabelOracle)
        agreed, _ = grow(universe, oracle, universe.close(oracle.agreed(point)), deadline)
        return self._name_elements(question, universe.written_change(universe.full & ~agreed))

    def _point_within(self, literals: I32, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a bad point that satisfies literals, or UNKNOWN."""
        region = region_of(self.session.space, literals)
        return (NONE, None) if region.empty else self.search(False).find(region, deadline)

    def point_in(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point of a region that is bad beyond doubt, or UNKNOWN."""
        return self.search(True).find(region, deadline)

    def forced(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        if {v for v in literals if -v in literals}:
            return Check(True, "no input satisfies the literals: two of them contradict each other")
        code, point = self._point_within(np.array(literals, np.int32), deadline)
        if code == UNKNOWN:
            raise UndecidedError
        if code == NONE or point is None:
            return Check(True, "no input that satisfies the literals has other labels")
        return self._refuted(point, good)


class ForestProblem(EnsembleExplainer):
    """The explainer of a problem that one ensemble decides."""

    family = "forest"
    answers: ForestProblemAnswers  # type: ignore[assignment]  # the hooks of a forest, and more


class GenericProblem(TreeExplainer):
    """The explainer of a problem that takes a search."""

    answers: GenericProblemAnswers  # type: ignore[assignment]  # the hooks of a tree, and more


Sub = ForestProblem | GenericProblem


def form_of_all(session: Session[Any]) -> CompiledMultiLabel:
    """Return the model of all labels, of the session of a problem about some."""
    assert session.parent is not None
    form: CompiledMultiLabel = session.parent.compiled
    return form


def forest_problem(session: Session[Any], single: Single, problem: Problem, predict_bad: Any) -> ForestProblem:
    """Return the explainer of a problem that one ensemble decides, over the session of all labels."""
    good = single.good
    inside, outside = int(good.argmax()), int((~good).argmax())

    def predict(rows: F64) -> Any:
        return np.array([single.model.classes[outside if bad else inside] for bad in predict_bad(rows)], dtype=object)

    own = single.model
    compiled = CompiledEnsemble(
        own.trees, own.vocabulary, own.classes, own.features, own.read, own.to_user_row, predict, own.missing,
        own.source, own.voting, own.threshold, own.link, own.transform, own.slack,
    )  # fmt: skip
    return over(ForestProblem, session.about(compiled, lambda new: ForestProblemAnswers(new, problem, good)))


def generic_problem(session: Session[Any], problem: Problem, predict_bad: Any) -> GenericProblem:
    """Return the explainer of a problem that takes a search, over the session of all labels."""
    compiled = stand_in(session.compiled, predict_bad)
    return over(GenericProblem, session.about(compiled, lambda new: GenericProblemAnswers(new, problem)))
