"""The ball around the instance: what holds in it, as an oracle of the generic algorithms."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...engine._native import Outer
from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.given import is_finite_from_0
from ...engine.models.around import around_of
from ...engine.oracles.oracle import Answer
from ...engine.oracles.universe import Universe, feature_universe, literal_mask, literal_universe
from ..queries.answers import Deciding
from ..queries.changes import Limits, allowed_cells, kept_by
from ..queries.preferences import column_weights
from ..solving.oracles import agreed_mask, truth_in_cells
from .distances import as_listed, distances
from .radius import NORMS, Ball, Cells, RadiusSearch, box_of

EDGE = 1 + 1e-9  # an input that is so near to the edge of a ball is in it


def radius_of(radius: Any) -> float:
    """Return a radius as it was given; raises BadInputError if it is none."""
    if not is_finite_from_0(radius):
        raise BadInputError(f"radius={shown(radius)}: expected a finite number from 0")
    return float(radius)


class Near:
    """Inputs near the instance.

    Parameters
    ----------
    answers : Deciding
        What the model says.
    norm : str
        One of ``NORMS``.
    weights : sequence or mapping, optional
        A weight for each column.
    target : label or interval, optional
        The outcome that is wanted instead.
    limits : Limits, optional
        What may change: then a change is looked for, and doubt counts as inside O.

    Raises
    ------
    BadInputError
        If the norm is none, or the theory is off.
    UnsupportedModelError
        If the model reads texts.
    """

    def __init__(
        self, answers: Deciding, norm: Any, weights: Any, target: Any = None, limits: Limits | None = None
    ) -> None:
        if not isinstance(norm, str) or norm not in NORMS:
            raise BadInputError(f"norm={shown(norm)}: expected one of {', '.join(map(repr, NORMS))}")
        session = answers.session
        self.situation = session.here
        if around_of(session.compiled) is not None:
            raise UnsupportedModelError("the model reads texts, between which no distances are known: ask about rows")
        if not session.theory_on:
            raise BadInputError("distances need the theory: with it off, inputs have no values")
        self.norm, self.session, self.limits = norm, session, limits
        columns = column_weights(session, weights)
        count = norm == "l0"
        at, far = distances(session, columns, count=count)
        allowed, listed = np.isfinite(far), as_listed(session, columns, at, far, count=count)
        self._listed = listed
        self.is_loose = limits is None and not np.array_equal(listed, far)  # numbers between listed ones are looked at
        if limits is not None:
            far = listed
            allowed &= np.concatenate([np.zeros(0, np.bool_), *allowed_cells(session, limits)])
        self.cells = Cells(at, far, allowed)
        self._answers, self._target = answers, target
        self._n = len(answers.ways_out(target, away=limits is not None))  # says what is wrong, if anything is

    def of_listed(self) -> Near:
        """Return the same of the listed numbers alone."""
        found = copy.copy(self)
        found.cells, found.is_loose = self.cells._replace(far=self._listed), False
        return found

    def ball(self, region: Region, deadline: Deadline) -> Ball:
        """Return the largest ball in which the inputs of a region have the outcome."""
        return _nearest([search.ball(deadline) for search in self._searches(region)])

    def within(self, region: Region, radius: float, deadline: Deadline) -> Ball:
        """Return what is known of the inputs of a region up to a distance."""
        found, most = [], radius * EDGE
        for search in self._searches(region):
            found.append(search.within(self.limits is not None, deadline, most))
            if found[-1].point is not None and found[-1].upper <= most:
                return found[-1]
        return _nearest(found)

    def box(self, radius: float) -> Outer:
        """Return the box of cells that are no further than a distance, each of them."""
        question = self._answers.ways_out(self._target, away=self.limits is not None)[0]
        return box_of(question.layout, self.cells, self.cells.allowed & (self.cells.far <= radius * EDGE))

    def _searches(self, region: Region) -> Iterator[RadiusSearch]:
        """Yield a search for each way out of O."""
        cells = self.cells._replace(allowed=self.cells.allowed & self._inside(region))
        for way in range(self._n):
            yield RadiusSearch(partial(self._asked, way), self._answers.doubts, cells, self.norm)

    def _asked(self, way: int, away: bool) -> EnsembleQuestion:
        return self._answers.ways_out(self._target, away=away)[way]

    def _inside(self, region: Region) -> Bools:
        """Return which cells are in a region, those of all attributes side by side."""
        parts = [np.zeros(0, np.bool_)]
        for a, attribute in enumerate(self.situation.space.attributes):
            place = np.arange(attribute.n_cells)
            listed = region.allowed[region.base[a] : region.base[a + 1]]
            parts.append(listed if len(listed) else (place >= region.low[a]) & (place <= region.high[a]))
        return np.concatenate(parts)

    def region(self, conditions: Bools) -> Region:
        """Return the region of the inputs that agree with the instance on some conditions."""
        return region_of(self.situation.space, self.situation.space.literals(self.situation.truth)[conditions])

    def region_of_features(self, names: Iterable[str | int]) -> Region:
        """Return the region of the inputs that agree with the instance on all conditions of some features."""
        wanted = {self.session.feature_index(name) for name in names}
        kept = np.zeros(len(self.situation.truth), np.bool_)
        for attribute in self.situation.space.attributes:
            if attribute.feature in wanted:
                kept[attribute.variables] = True
        return self.region(kept)

    def region_of_literals(self, literals: Iterable[int]) -> Region:
        """Return the region of the inputs that satisfy some literals."""
        return region_of(self.situation.space, np.array(list(literals), np.int32))


def _nearest(found: Sequence[Ball]) -> Ball:
    """Return what is known of the largest ball that is clean of all ways out."""
    best = min(found, key=lambda ball: ball.upper, default=Ball(math.inf, None, math.inf))
    return best._replace(lower=min((ball.lower for ball in found), default=math.inf))


class BallOracle:
    """Whether keeping some elements forces the outcome of all inputs up to a distance.

    Parameters
    ----------
    near : Near
        The inputs.
    per_feature : bool
        Whether elements are features.
    radius : float
        The distance.
    """

    def __init__(self, near: Near, per_feature: bool, radius: float) -> None:
        situation, limits = near.situation, near.limits
        make = feature_universe if per_feature else literal_universe
        self.universe: Universe = make(situation, near.session.excluded if limits is None else limits.still)
        self._near, self._per_feature, self._radius = near, per_feature, radius
        self._base = kept_by(situation, limits)
        self._known: dict[int, Answer] = {}

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer for the set of elements in the bit mask `kept`; the witness is a cell for each attribute."""
        known = self._known.get(kept)
        if known is not None:
            return known
        if deadline.expired():
            return Answer(None)
        near = self._near
        conditions = literal_mask(near.situation, self.universe, kept, self._per_feature) | self._base
        found = near.within(near.region(conditions), self._radius, deadline)
        if found.point is not None and found.upper <= self._radius * EDGE:
            answer = Answer(False, agreed=self._agreed(found.point) | kept, witness=found.point)
        elif found.lower > self._radius:  # a bound of sums may stay a little below their edge
            answer = Answer(True)
        else:
            return Answer(None)
        self._known[kept] = answer
        return answer

    def _agreed(self, point: I32) -> int:
        situation = self._near.situation
        same = truth_in_cells(situation, point) == situation.truth
        return agreed_mask(situation, self.universe, same, self._per_feature)
