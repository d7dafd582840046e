"""Exact checks: whether a set of literals (features) is a reason of that kind."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.region import region_of
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.layout import elements_of_conditions
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView
from ...engine.errors import BadInputError, NoInstanceError, UndecidedError, shown
from ...engine.reasons import Check
from ..queries.asked_checks import Given
from ..session.witness import Shown
from ..solving.oracles import truth_in_cells
from ..words.how_far import CANNOT_CHANGE, MAY_CHANGE, no_less, no_less_changes
from .allowed import outer_of
from .core import ForestCore, forces_alone


class Told(NamedTuple):
    """What a check of a reason that takes each tree on its own says."""

    fails: str
    more: str
    holds: str


NO_REASON = Check(False, "there is none: the query that was to find it answered None")
MAJORITY = Told(
    "it does not force a strict majority of the trees",
    "it forces a majority of the trees, but still does",
    "it forces a strict majority of the trees, and nothing can be left out",
)


def told_of(k: int) -> Told:
    """Return what the check of a reason that is to force k trees says."""
    return Told(
        f"it does not force {k} of the trees",
        f"it forces {k} of the trees, but still does",
        f"it forces {k} of the trees, and nothing can be left out",
    )


class ForestChecks(ForestCore):
    """How a forest checks: by its bounds, and by branch and bound."""

    def predicted(self, prediction: Any) -> Any:
        if not self.session.compiled.regression:
            return super().predicted(prediction)
        if prediction is not None:
            raise BadInputError("prediction=… is for classifiers: call set_interval for another interval")
        if self.session.situation is not None:
            return self.wanted()
        if self.session.interval is None:
            raise NoInstanceError("no interval and no instance is set: call set_interval(lower, upper) first")
        return self.session.interval

    def suffices(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        view = self.view(per_feature, wanted)
        view.banned = np.zeros_like(view.banned)  # whether it is a reason does not depend on what is excluded
        return self._decided(view, view.closed(self.items_of(view, items)), wanted, deadline)

    def suffices_barely(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        view = self.view(per_feature, wanted)
        kept = view.closed(self.items_of(view, items))
        forced = self._decided(view, kept, wanted, deadline)
        if not forced:
            return forced
        for rest in view.lesser(kept):
            if _code(view, rest, deadline) == NONE:
                left_out = view.names(view.written(kept & ~rest))
                return Check(False, f"it forces the outcome, but still does without {left_out}")
        return Check(True, no_less(self.session.compiled.rounding))

    def contrasts(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        view = self.view(per_feature, wanted, outer_of(self, (), None))
        named = self.items_of(view, items)
        if not per_feature and self._never_falls(items):
            return Check(False, "a part of it holds everywhere and cannot change")
        dropped = view.falls_with(named)
        kept = view.full & ~dropped
        if (view.closed(kept) != kept).any():
            return Check(False, "the literals that are left imply some of it")
        if _code(view, kept, deadline) == NONE:
            if self.session.compiled.rounding and not self._surely_stays(view, kept, wanted, deadline):
                raise UndecidedError(MAY_CHANGE)
            return Check(False, CANNOT_CHANGE)
        for item in np.nonzero(dropped)[0]:
            larger = kept.copy()
            larger[item] = True
            if _code(view, view.closed(larger), deadline) == FOUND:
                return Check(False, "a part of it is enough to change the outcome")
        return Check(True, no_less_changes(self.session.compiled.rounding))

    def _surely_stays(self, view: AnyView, kept: Bools, wanted: Any, deadline: Deadline) -> bool:
        """Tell whether items that force the outcome beyond near ties force it near ties too."""
        sure = type(view)(self.question(wanted), self.session.here, view.banned, outer_of(self, (), None))
        return _code(sure, kept, deadline) == NONE

    def check_alone(self, given: Given, view: Any, told: Told, time_limit: Any, *, minimal: bool) -> Check:
        """Check what was asked about by what each tree does on its own; `view`: whether over features -> a view."""
        why = self.asked.why_not(given, excluded=True)
        if not why and not given.exact:
            less = " and ".join(given.region.weaker) if given.region else ""
            why = f"the model's own conditions do not say it; they say {less}"
        if why:
            return Check(False, why)
        return self.session.checked(
            time_limit, lambda d: self.alone(view(given.per_feature), given.items, told, d, minimal=minimal)
        )

    def alone(self, view: AnyView, items: list[Any], told: Told, deadline: Deadline, *, minimal: bool = True) -> Check:
        """Tell whether items force the outcome by what each tree does on its own, and (if `minimal`) no less does."""
        kept = view.closed(self.items_of(view, items))
        if not forces_alone(view, kept):
            return Check(False, told.fails)
        for rest in view.lesser(kept) if minimal else ():
            if deadline.expired():
                raise UndecidedError
            if forces_alone(view, rest):
                return Check(False, f"{told.more} without {view.names(view.written(kept & ~rest))}")
        return Check(True, told.holds)

    def not_here(self, items: list[Any], per_feature: bool) -> str:
        why = super().not_here(items, per_feature)
        if per_feature:
            tested = {a.feature for a in self.session.space.attributes}
            for name in items:
                if self.session.feature_index(name) not in tested:
                    raise BadInputError(f"feature {shown(name)} is not tested by the model: leave it out")
        return why

    def items_of(self, view: AnyView, items: list[Any]) -> Bools:
        """Return items of the user as items of a view."""
        kept = np.zeros(view.n_items, np.bool_)
        if isinstance(view, FeatureView):
            wanted = {self.session.feature_index(item) for item in items}
            kept[[i for i, feature in enumerate(view.features) if int(feature) in wanted]] = True
            return kept
        element = self.form("elements", lambda: elements_of_conditions(self.session.space)[0])
        chosen = [int(element[abs(v) - 1]) for v in items]
        kept[[e for e in chosen if e >= 0]] = True
        return kept

    def _never_falls(self, literals: list[int]) -> bool:
        """Tell whether a literal holds in the whole domain."""
        for literal in literals:
            attribute = self.session.space.attributes[int(self.session.space.attribute_of[abs(literal) - 1])]
            place = int(np.nonzero(attribute.variables == abs(literal) - 1)[0][0])
            row = attribute.cut[place] >= 0 if attribute.interval else attribute.truth[place]
            if not np.any(row) or (not attribute.interval and row.all()):
                return True
        return False

    def _decided(self, view: AnyView, kept: Bools, wanted: Any, deadline: Deadline) -> Check:
        if _code(view, kept, deadline) == NONE:
            return Check(True, "no input that satisfies it has another outcome")
        return self._refuted(view.question.point.copy(), wanted)

    def _refuted(self, point: I32, wanted: Any) -> Check:
        why = "an input that satisfies it has another outcome"
        if self.session.compiled.slack:
            scores = self.session.compiled.trees.scores_at(truth_in_cells(self.session.where, point))
            near = isinstance(wanted, tuple) and self.session.compiled.doubtful_interval(float(scores[0]), wanted)
            if near or self.session.compiled.doubtful(scores[None])[0]:
                raise UndecidedError("an input that satisfies it is so near to a tie that rounding decides its outcome")
        if self.session.space.theory is None:
            return Check(False, why)
        return Check(False, why, Shown(self.session.teller, self.session.where, lambda: point, self.outside(wanted))())

    def forced(self, literals: tuple[int, ...], wanted: Any, deadline: Deadline) -> Check:
        """Tell whether literals force an outcome in O, with a counterexample if not."""
        region, chosen = region_of(self.session.space, np.array(literals, dtype=np.int32)), set(literals)
        if region.empty or any(-v in chosen for v in chosen):
            return Check(True, "no input of the domain satisfies the literals")
        question = self.question(wanted)
        question.set_region(region)
        code = question.answer(deadline)
        if code == UNKNOWN:
            raise UndecidedError
        if code == NONE:
            return Check(True, "no input that satisfies the literals has another outcome")
        return self._refuted(question.point.copy(), wanted)


def _code(view: AnyView, kept: Bools, deadline: Deadline) -> int:
    """Return NONE or FOUND."""
    code = UNKNOWN if deadline.expired() else view.answer(kept, deadline)
    if code == UNKNOWN:
        raise UndecidedError
    return code
