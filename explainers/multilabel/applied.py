"""The input on which a united change is made exactly as it is told: what it names is another, all else as it was.

Over literals this is one point: the truth of what is dropped is inverted. Where the changes of two labels contradict
each other, or a clause of the user forbids it, no input of the domain has this truth. Over features each one that is
told takes some other value, so that a search goes through the other cells of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...engine.arrays import I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.domain.clauses import unmet
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import TheoryError
from ...engine.labels.joint_question import truth_of_cells
from ...engine.labels.problem import Problem
from ...engine.labels.regions import KeptRegions

if TYPE_CHECKING:
    from .answers import LabelAnswers


class Applied:
    """Makes changes at the instance of an explainer, and tells whether they do what is wanted.

    Parameters
    ----------
    parent : LabelAnswers
        The explainer.
    problem : Problem
        What is wanted: an input that is bad for it.
    """

    def __init__(self, parent: LabelAnswers, problem: Problem) -> None:
        self._parent, self.problem = parent, problem
        self._form, self._space, self._here = parent.form, parent.session.space, parent.session.here
        self._clauses = parent.session.clauses if parent.session.theory_on else ()
        # of two cells each, all that is inverted fits together
        self._bits = all(a.n_cells == 2 and len(a.variables) == 1 for a in self._space.attributes)
        asked = [i for case in problem.cases for i, _ in case]
        self._order = tuple(i for i in self._form.order if i in {*asked, *self._form.ancestors(asked)})
        self._regions: KeptRegions | None = None

    def inverted(self, conditions: I64) -> I32 | None:
        """Return the point where exactly these conditions are others; None if there is none, or not as wanted."""
        truth = self._here.truth.copy()
        truth[conditions] = ~truth[conditions]
        if not self._bad(truth) or unmet(self._clauses, truth) is not None:
            return None
        try:
            cells = self._space.locate(truth)
        except TheoryError:  # no value of a category answers its tests this way
            return None
        fits = self._bits or np.array_equal(truth_of_cells(self._space, cells), truth)
        return cells if fits else None

    def _bad(self, truth: Bools) -> bool:
        """Tell whether an input with this truth is bad beyond doubt, by the labels' own sums."""
        found: dict[int, int] = {}
        for i in self._order:
            model = self._form.labels[i].given(found)
            if model.slack and model.doubtful(model.trees.scores_at(truth)[None])[0]:
                return False
            found[i] = model.outcome_at(truth)
        return any(all(found[i] in wanted for i, wanted in case) for case in self.problem.cases)

    def moved(self, features: list[int], deadline: Deadline) -> tuple[int, I32 | None]:
        """Return FOUND with a bad point that differs in each of these features and in no others, NONE or UNKNOWN."""
        told = set(features)
        kept = np.ones(len(self._space.vocabulary), np.bool_)
        by_feature: dict[int, list[int]] = {feature: [] for feature in features}
        for a, attribute in enumerate(self._space.attributes):
            if attribute.feature in told:
                kept[attribute.variables] = False
                by_feature[int(attribute.feature)].append(a)
        if self._regions is None:
            self._regions = KeptRegions(self._here)
        sub = self._parent.sub(self.problem)
        left = [self._regions.of(kept)]
        while left:
            region = left.pop()
            code, point = (NONE, None) if region.empty else sub.answers.point_in(region, deadline)
            if code == NONE:
                continue
            if code != FOUND or point is None:
                return code, None
            still = next((own for own in by_feature.values() if self._unmoved(own, point)), None)
            if still is None:
                return FOUND, point
            left += self._moving(region, still)
        return NONE, None

    def _unmoved(self, attributes: list[int], point: I32) -> bool:
        return bool((point[attributes] == self._here.cells[attributes]).all())

    def _moving(self, region: Region, attributes: list[int]) -> Iterator[Region]:
        """Yield disjoint regions, where one of the attributes (of a feature) leaves the cell of the instance."""
        low, high, allowed = region.low.copy(), region.high.copy(), region.allowed.copy()
        for a in attributes:
            own = int(self._here.cells[a])
            first, last = int(region.base[a]), int(region.base[a + 1])
            if first < last:
                others = allowed.copy()
                others[first + own] = False
                yield Region(low.copy(), high.copy(), others, region.base)
                here = allowed[first + own]
                allowed[first:last] = False
                allowed[first + own] = here
                continue
            below, above = high.copy(), low.copy()
            below[a], above[a] = min(high[a], own - 1), max(low[a], own + 1)
            yield Region(low.copy(), below, allowed.copy(), region.base)
            yield Region(above, high.copy(), allowed.copy(), region.base)
            low[a], high[a] = max(low[a], own), min(high[a], own)
