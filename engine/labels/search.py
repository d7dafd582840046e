"""Whether a region holds an input that is bad for a problem about labels; and how a problem becomes one ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import I32, Bools
from ..budget import Deadline
from ..domain.instance import Situation
from ..domain.region import Region
from ..ensembles.answers import FOUND, NONE, UNKNOWN
from ..models import CompiledEnsemble
from ..models.multilabel import CompiledMultiLabel
from ..oracles.oracle import Answer
from ..oracles.universe import Universe, literal_mask, mask_of
from .joint import Part, join
from .joint_question import JointQuestion, truth_of_cells
from .problem import Plan, Problem, plans
from .regions import KeptRegions

Clauses = tuple[tuple[int, ...], ...]
_POOL = 64  # bad points that are tried again


@dataclass(frozen=True, slots=True, eq=False)
class Single:
    """A problem as one ensemble: it is bad where another class than those of O wins.

    Attributes
    ----------
    model : CompiledEnsemble
        A label's own, or a joint one.
    good : ndarray of bool
        O.
    """

    model: CompiledEnsemble
    good: Bools


def single_form(model: CompiledMultiLabel, problem: Problem, template: CompiledEnsemble) -> Single | None:
    """Return a problem as one ensemble that decides exactly as the labels do; None if it takes a search.

    Parameters
    ----------
    model, problem : CompiledMultiLabel, Problem
        The question.
    template : CompiledEnsemble
        What a joint ensemble takes all but its trees from.
    """
    parts = _cases(model, problem)
    if not parts:
        return None
    if len(parts) == 1 and len(parts[0]) == 1:
        return Single(parts[0][0].model, parts[0][0].good)
    flat = [part for case in parts for part in case]
    if any(part.model.slack for part in flat):
        return None
    together = len(parts) == 1
    if not together and any(len(case) > 1 for case in parts):
        return None
    joint = join(flat, together=together)
    if not joint.exact:
        return None
    good = np.zeros(joint.trees.n_outputs, np.bool_)
    good[0] = True
    made = CompiledEnsemble(
        joint.trees, template.vocabulary, tuple(range(joint.trees.n_outputs)), template.features, template.read,
        template.to_user_row, template.predict, template.missing, template.source, "soft",
    )  # fmt: skip
    return Single(made, ~good if together else good)


def parts_alone(model: CompiledMultiLabel, problem: Problem) -> list[Part] | None:
    """Return the classifiers of a problem that is bad as soon as one of them leaves O; None for other problems."""
    parts = _cases(model, problem)
    return [part for case in parts for part in case] if parts and all(len(case) == 1 for case in parts) else None


def _cases(model: CompiledMultiLabel, problem: Problem) -> list[list[Part]]:
    """Return the classifiers of each case; nothing where labels have to be gone through."""
    found = plans(model, problem)
    if any(plan.open for plan in found):
        return []
    return [plan.parts(model, {}, [i for i, _ in plan.wanted], away=False) for plan in found]


class LabelSearch:
    """Looks for inputs that are bad for a problem.

    Parameters
    ----------
    model, problem : CompiledMultiLabel, Problem
        The question.
    situation : Situation
        The instance; points near it are preferred.
    clauses : tuple of clauses
        The user's.
    away : bool
        Where a model's own sums are in doubt: whether that counts as inside O.
    """

    def __init__(
        self, model: CompiledMultiLabel, problem: Problem, situation: Situation, clauses: Clauses, *, away: bool
    ) -> None:
        self._model = model
        self._situation = situation
        self._clauses = clauses
        self._away = away
        self._plans = plans(model, problem)
        self._vector = model.vector_at(situation.truth)
        self._questions: dict[Any, JointQuestion] = {}
        self._pool: I32 = np.zeros((0, len(situation.cells)), np.int32)  # the latest first

    def find(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point (a cell for each attribute), or UNKNOWN."""
        known = self._known(region)
        if known is not None:
            return FOUND, known
        for number, plan in enumerate(self._plans):
            code, point = self._open(number, plan, {}, region, deadline)
            if code == FOUND and point is not None:
                self._pool = np.concatenate([point.reshape(1, -1), self._pool[: _POOL - 1]])
            if code != NONE:
                return code, point
        return NONE, None

    def _known(self, region: Region) -> I32 | None:
        """Return the latest bad point that lies in a region."""
        listed = np.diff(region.base) > 0
        pool = self._pool
        inside = (((pool >= region.low) & (pool <= region.high)) | listed).all(axis=1)
        inside &= region.allowed[region.base[:-1][listed] + pool[:, listed]].all(axis=1)
        places = np.nonzero(inside)[0]
        return pool[places[0]] if len(places) else None

    def _open(
        self, number: int, plan: Plan, values: dict[int, int], region: Region, deadline: Deadline
    ) -> tuple[int, I32 | None]:
        """Go through the classes of the open labels that have none yet; what no input has is not gone into."""
        if deadline.expired():
            return UNKNOWN, None
        done = len(values)
        if done == len(plan.open):
            return self._ask(number, plan, values, [*(i for i, _ in plan.wanted), *plan.open], region, deadline)
        label = plan.open[done]
        own = self._vector[label]
        for k in sorted(range(len(self._model.labels[label].classes)), key=lambda k: k != own):
            further = {**values, label: k}
            if done + 1 < len(plan.open):
                code, _ = self._ask(number, plan, further, plan.open[: done + 1], region, deadline)
                if code == UNKNOWN:
                    return UNKNOWN, None
                if code == NONE:
                    continue
            code, point = self._open(number, plan, further, region, deadline)
            if code != NONE:
                return code, point
        return NONE, None

    def _ask(
        self, number: int, plan: Plan, values: dict[int, int], labels: Any, region: Region, deadline: Deadline
    ) -> tuple[int, I32 | None]:
        key = (number, tuple(sorted(values.items())), tuple(labels))
        if key not in self._questions:
            parts: list[Part] = plan.parts(self._model, values, labels, away=self._away)
            self._questions[key] = JointQuestion(parts, self._situation, self._clauses)
        return self._questions[key].find(region, deadline)


class LabelOracle:
    """The oracle of a problem about labels, for the generic algorithms.

    Parameters
    ----------
    search : LabelSearch
        Finds bad inputs.
    situation, universe : Situation, Universe
        The instance, and what is kept of it.
    per_feature : bool
        Whether the elements are features.
    base : ndarray of bool
        Conditions that are always kept.
    """

    def __init__(
        self, search: LabelSearch, situation: Situation, universe: Universe, per_feature: bool, base: Bools
    ) -> None:
        self._search = search
        self._situation = situation
        self._universe = universe
        self._per_feature = per_feature
        self._base = base
        self._regions = KeptRegions(situation)

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer for the set of elements in the bit mask `kept`; the witness is a cell for each attribute."""
        if deadline.expired():
            return Answer(None)
        conditions = literal_mask(self._situation, self._universe, kept, self._per_feature) | self._base
        code, point = self._search.find(self._regions.of(conditions), deadline)
        if code == NONE:
            return Answer(True)
        if code != FOUND or point is None:
            return Answer(None)
        return Answer(False, agreed=self.agreed(point), witness=point)

    def agreed(self, point: I32) -> int:
        """Return the elements on which a point agrees with the instance."""
        same = truth_of_cells(self._situation.space, point) == self._situation.truth
        if not self._per_feature:
            return mask_of(e for e, v in enumerate(self._universe.names) if same[v])
        differs = {a.feature for a in self._situation.space.attributes if not same[a.variables].all()}
        return mask_of(e for e, feature in enumerate(self._universe.names) if feature not in differs)
