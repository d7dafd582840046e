"""Exact checks: whether a set of literals (features) is a reason of that kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine.budget import Deadline
from ..engine.errors import BadInputError, UndecidedError
from ..engine.kernels import Bools
from ..engine.reasons import Check
from ..engine.region import reached_cells, region_of
from ..engine.universe import Universe, bits, mask_of
from .tree_counts import TreeCounts
from .tree_generic import Question
from .tree_oracles import checked_row, row_of_cells


class TreeChecks(TreeCounts):
    """Checks; each is exact, and a refuted one carries a counterexample."""

    def is_implicant(self, reason: Iterable[int], *, prediction: Any = None, time_limit: float | None = None) -> Check:
        """Tell whether every input of the domain that satisfies the literals is predicted like the instance.

        Parameters
        ----------
        reason : iterable of int
            Literals, true at the instance or not.
        prediction : label, optional
            Another outcome to check for.
        time_limit : float, optional
            Seconds; a check that was not done by then has the value ``None`` (and is no bool).

        Returns
        -------
        Check
            Use it as a bool. ``witness``: a counterexample (rows of values; ``None`` with the theory off).
        """
        literals = self._compiled.vocabulary.check_literals(reason)
        if prediction is None:
            good = self._good()
        else:
            good = np.zeros(len(self._compiled.classes), dtype=np.bool_)
            good[self._compiled.class_index(prediction)] = True
        return self._checked(time_limit, lambda deadline: self._forced(literals, good, deadline))

    def is_reason(
        self,
        reason: Iterable[Any],
        *,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether keeping these literals (features) of the instance forces the outcome.

        `n_samples` is accepted and not needed: the check is exact.
        """
        per_feature = self._check_over(over)
        literals, why = self._literals_here(reason, per_feature)
        if literals is None:
            return Check(False, why)
        return self._checked(time_limit, lambda deadline: self._forced(literals, self._good(), deadline))

    def is_sufficient_reason(
        self,
        reason: Iterable[Any],
        *,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a sufficient reason.

        They are if they force the outcome, and none can be weakened.

        `n_samples` is accepted and not needed: the check is exact.
        """
        per_feature = self._check_over(over)
        items = list(reason)
        literals, why = self._literals_here(items, per_feature)
        if literals is None:
            return Check(False, why)
        question = self._question(self._good(), per_feature, None)
        universe = question.universe
        named = self._elements(universe, items, per_feature)
        if named is None:
            return Check(False, "it uses an excluded feature")
        kept = universe.close(named)

        def ask(deadline: Deadline) -> Check:
            forced = self._forced(literals, self._good(), deadline)
            if not forced:
                return forced
            for move in universe.moves:
                smaller = kept & ~move
                if smaller != kept and _holds(question, smaller, deadline):
                    left_out = self._name_elements(question, universe.written(kept) & ~smaller or kept & ~smaller)
                    return Check(False, f"it forces the outcome, but still does without {left_out}")
            return Check(True, "it forces the outcome, and nothing can be left out")

        return self._checked(time_limit, ask)

    def is_contrastive_reason(
        self,
        reason: Iterable[Any],
        *,
        target: Any = None,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a contrastive reason.

        They are if changing them can change the outcome, and changing fewer cannot.

        Parameters
        ----------
        reason : iterable
            Literals of the instance (what implies them falls with them), or names of features.
        target : label, optional
            The class that is wanted instead.
        """
        per_feature, good = self._check_over(over), self._good(target)
        items = list(reason)
        literals, why = self._literals_here(items, per_feature)
        if literals is None:
            return Check(False, why)
        question = self._question(good, per_feature, None, keep_excluded=True)
        universe = question.universe
        named = self._elements(universe, items, per_feature)
        if named is None:
            return Check(False, "it uses an excluded feature")
        return self._checked(time_limit, lambda deadline: _contrasts(question, named, deadline))

    # -- how ---------------------------------------------------------------------------------------------------

    def _literals_here(self, reason: Iterable[Any], per_feature: bool) -> tuple[tuple[int, ...] | None, str]:
        """Return the literals that a reason keeps, or why it is none of this instance."""
        situation = self._here
        if per_feature:
            wanted = {self._feature_index(name) for name in reason}
            kept = [v + 1 for v in range(len(situation.truth)) if self._space.feature_of(v + 1) in wanted]
            return tuple(v if situation.truth[v - 1] else -v for v in kept), ""
        literals = self._compiled.vocabulary.check_literals(reason)
        for literal in literals:
            if situation.truth[abs(literal) - 1] != (literal > 0):
                return None, f"literal {literal} ({self._words.literal(literal)}) is not true at the instance"
        return literals, ""

    def _elements(self, universe: Universe, items: list[Any], per_feature: bool) -> int | None:
        """Return items as elements of a universe, None if one is excluded; features not tested are left out."""
        place = {name: e for e, name in enumerate(universe.names)}
        if per_feature:
            wanted = [self._feature_index(item) for item in items]
            if not self._excluded.isdisjoint(wanted):
                return None
            untested = [i for i in wanted if i not in place]
            if untested:
                raise BadInputError(
                    f"feature {self._features[untested[0]].name!r} is not tested by the model: leave it out"
                )
            return mask_of(place[i] for i in wanted)
        wanted = [abs(v) - 1 for v in items]
        return mask_of(place[v] for v in wanted) if all(v in place for v in wanted) else None

    def _forced(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        """Tell whether literals force an outcome in O, with a counterexample if not."""
        if {v for v in literals if -v in literals}:
            return Check(True, "no input satisfies the literals: two of them contradict each other")
        if self._theory_on and self._clauses:
            return self._forced_by_sat(literals, good, deadline)
        region = region_of(self._space, np.array(literals, dtype=np.int32))
        if region.empty:
            return Check(True, "no input of the domain satisfies the literals")
        cells = reached_cells(region, self._table, good, self._here.cells)
        if cells is None:
            return Check(True, "every leaf that the literals allow has the outcome")
        return self._refuted(cells, good)

    def _refuted(self, cells: Any, good: Bools) -> Check:
        why = "an input that satisfies the literals has another outcome"
        if self._space.theory is None:
            return Check(False, why)
        return Check(False, why, checked_row(self._compiled, row_of_cells(self._here, cells), good))

    def _forced_by_sat(self, literals: tuple[int, ...], good: Bools, deadline: Deadline) -> Check:
        from ..encoders.cnf import counterexample_cnf, models_of_conditions
        from .backends import DEFAULT_SAT, open_sat

        cnf = counterexample_cnf(self._compiled, self._space, good)
        session = open_sat(DEFAULT_SAT, cnf, timed=deadline.seconds is not None)
        answer = session.solve(list(literals), deadline)
        if answer.model is None and not answer.is_unsat:
            raise UndecidedError
        if answer.model is None:
            return Check(True, "no input of the domain satisfies the literals and has another outcome")
        truth = models_of_conditions(answer.model, len(self._space.vocabulary))
        return self._refuted(self._space.locate(truth), good)


def _holds(question: Question, kept: int, deadline: Deadline) -> bool:
    """Tell whether a closed set holds."""
    found = None if deadline.expired() else question.oracle.holds(kept, deadline).holds
    if found is None:
        raise UndecidedError
    return found


def _contrasts(question: Question, named: int, deadline: Deadline) -> Check:
    """Tell whether elements, with those that imply them, are a contrastive reason."""
    universe = question.universe
    dropped = named
    for element in range(universe.n):  # stronger literals fall with the weaker ones that they imply
        if any(universe.moves_of[i] & ~universe.moves_of[element] == 0 for i in bits(named)):
            dropped |= 1 << element
    kept = universe.full & ~dropped
    if universe.close(kept) != kept:
        return Check(False, "the literals that are left imply some of it")
    if _holds(question, kept, deadline):
        return Check(False, "changing it cannot change the outcome")
    for element in bits(dropped):
        if not _holds(question, universe.close(kept | 1 << element), deadline):
            return Check(False, "a part of it is enough to change the outcome")
    return Check(True, "changing it can change the outcome, and changing less cannot")
