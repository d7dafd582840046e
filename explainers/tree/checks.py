"""Exact checks: whether a set of literals (features) is a reason of that kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import Bools
from ...engine.budget import Deadline
from ...engine.domain.region import region_of
from ...engine.errors import BadInputError, UndecidedError
from ...engine.oracles.universe import Universe, bits, mask_of
from ...engine.reasons import Check
from ...engine.trees.reach import reached_cells
from ..queries.changes import limits_of
from ..session.witness import Shown
from ..words.how_far import CANNOT_CHANGE, MAY_CHANGE, no_less, no_less_changes
from .generic import Question, TreeGeneric


class TreeChecks(TreeGeneric):
    """How a tree checks: over its leaves; with clauses by SAT."""

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide inputs near ties."""
        return self.session.compiled.rounding

    def suffices(self, items: list[Any], per_feature: bool, wanted: Bools, deadline: Deadline) -> Check:
        return self.forced(self.literals_of(items, per_feature), wanted, deadline)

    def suffices_barely(self, items: list[Any], per_feature: bool, wanted: Bools, deadline: Deadline) -> Check:
        question = self.question(wanted, per_feature, None)
        universe = question.universe
        kept = universe.close(self.elements(universe, items, per_feature))
        forced = self.suffices(items, per_feature, wanted, deadline)
        if not forced:
            return forced
        for move in universe.moves:
            smaller = kept & ~move
            if smaller != kept and _holds(question, smaller, deadline):
                left_out = self._name_elements(question, universe.written(kept) & ~smaller or kept & ~smaller)
                return Check(False, f"it forces the outcome, but still does without {left_out}")
        return Check(True, no_less(self.rounding))

    def contrasts(self, items: list[Any], per_feature: bool, wanted: Bools, deadline: Deadline) -> Check:
        question = self.question(wanted, per_feature, None, limits_of(self.session))
        named = self.elements(question.universe, items, per_feature)
        return _contrasts(question, named, deadline, self.rounding)

    def literals_of(self, items: list[Any], per_feature: bool) -> tuple[int, ...]:
        """Return the literals of the instance that items keep."""
        if not per_feature:
            return self.session.compiled.vocabulary.check_literals(items)
        wanted, truth = {self.session.feature_index(name) for name in items}, self.session.here.truth
        kept = [v + 1 for v in range(len(truth)) if self.session.space.feature_of(v + 1) in wanted]
        return tuple(v if truth[v - 1] else -v for v in kept)

    def unfit(self, items: list[Any], per_feature: bool) -> str:
        why = super().unfit(items, per_feature)
        if why or not per_feature:
            return why
        tested = {a.feature for a in self.session.space.attributes}
        for index in map(self.session.feature_index, items):
            if index not in tested:
                raise BadInputError(
                    f"feature {self.session.features[index].name!r} is not tested by the model: leave it out"
                )
        return ""

    def elements(self, universe: Universe, items: list[Any], per_feature: bool) -> int:
        """Return items as elements of a universe."""
        place = {name: e for e, name in enumerate(universe.names)}
        return mask_of(place[self.session.feature_index(i) if per_feature else abs(i) - 1] for i in items)

    def forced(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        """Tell whether literals force an outcome in O, with a counterexample if not."""
        if {v for v in literals if -v in literals}:
            return Check(True, "no input satisfies the literals: two of them contradict each other")
        if self.session.theory_on and self.session.clauses:
            return self._forced_by_sat(literals, good, deadline)
        region = region_of(self.session.space, np.array(literals, dtype=np.int32))
        if region.empty:
            return Check(True, "no input of the domain satisfies the literals")
        cells = reached_cells(region, self._table, good, self.session.where.cells)
        if cells is None:
            return Check(True, "every leaf that the literals allow has the outcome")
        return self._refuted(cells, good)

    def _refuted(self, cells: Any, good: Bools) -> Check:
        why = "an input that satisfies the literals has another outcome"
        return Check(False, why, Shown(self.session.teller, self.session.where, lambda: cells, self.outside(good))())

    def _forced_by_sat(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        from ...encoders.formulas.conditions import counterexample_cnf, models_of_conditions
        from ..solving.sessions import DEFAULT_SAT, open_sat

        cnf = counterexample_cnf(self.session.compiled, self.session.space, good)
        session = open_sat(DEFAULT_SAT, cnf, timed=deadline.seconds is not None)
        answer = session.solve(list(literals), deadline)
        if answer.model is None and not answer.is_unsat:
            raise UndecidedError
        if answer.model is None:
            return Check(True, "no input of the domain satisfies the literals and has another outcome")
        truth = models_of_conditions(answer.model, len(self.session.space.vocabulary))
        return self._refuted(self.session.space.locate(truth), good)


def _holds(question: Question, kept: int, deadline: Deadline) -> bool:
    """Tell whether a closed set holds."""
    found = None if deadline.expired() else question.oracle.holds(kept, deadline).holds
    if found is None:
        raise UndecidedError
    return found


def _contrasts(question: Question, named: int, deadline: Deadline, rounding: bool) -> Check:
    """Tell whether elements, with those that imply them, are a contrastive reason."""
    universe = question.universe
    dropped = universe.completed_change(named)
    kept = universe.full & ~dropped
    if universe.close(kept) != kept:
        return Check(False, "the literals that are left imply some of it")
    if _holds(question, kept, deadline):
        if rounding:
            raise UndecidedError(MAY_CHANGE)
        return Check(False, CANNOT_CHANGE)
    for element in bits(dropped):
        if not _holds(question, universe.close(kept | 1 << element), deadline):
            return Check(False, "a part of it is enough to change the outcome")
    return Check(True, no_less_changes(rounding))
