"""Where two models decide differently: a point of a box, and disjoint boxes that cover all of it, biggest first.

A point where they differ is widened to a box in which both decide as at the point; it is cut out of the piece in which
it was found, and what is left falls into disjoint pieces. A piece without such a point is done. The piece with the
greatest mass comes next, so that the mass of what is not known falls as fast as it can; in pieces where differences
are small, boxes in which both models decide alike are cut out as well.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...engine._native import Problem
from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region, without
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.layout import lay_out
from ...engine.ensembles.pairs import Asked, both, either, further
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.labels.joint_question import truth_of_cells
from .given import Place
from .joint import Joint
from .masses import Masses

_DRAWN = 24  # random points of a piece that are looked at before it is searched
_WORTH = 1e-4  # what boxes in which both agree must have on average, to be looked for
_SMALL = 0.05  # part of a piece: where a difference is smaller, a box where both agree is cut out as well


class Transition(NamedTuple):
    """What the old and the new model decide: indices of their classes; of regressors 1, 0 or 0, 1."""

    old: int
    new: int


class Met(NamedTuple):
    """A box in which both models decide as at one of its points."""

    region: Region
    transition: Transition
    point: I32


class Differing:
    """Finds where two models differ.

    Parameters
    ----------
    joint : Joint
        The models.
    place : Place
        Where: its space has their conditions.
    tolerance : float
        Of regressors: how far predictions may lie apart.
    """

    def __init__(self, joint: Joint, place: Place, tolerance: float = 0.0) -> None:
        self.joint, self._tolerance = joint, tolerance
        self.space = place.space
        self.layout = lay_out(joint.pair.trees, self.space, joint.subject.clauses)
        self._questions: dict[Any, EnsembleQuestion | None] = {}
        self._somewhere: I32 = place.somewhere.cells
        self.doubtful = any(model.slack > 0 for model in joint.own)

    @property
    def regression(self) -> bool:
        """Whether the models predict numbers."""
        return self.joint.own[0].regression

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """In which ways the models can differ."""
        if self.regression:
            return Transition(1, 0), Transition(0, 1)
        old, new = self.joint.class_of
        pairs = itertools.product(range(len(old)), range(len(new)))
        return tuple(Transition(c, d) for c, d in pairs if old[c] != new[d])

    def at(self, points: I32) -> list[Transition]:
        """Return what the models decide at points of cells (of regressors: 0, 0 where they agree)."""
        truth = np.array([truth_of_cells(self.space, point) for point in points])
        return [self._at(row) for row in truth]

    def _at(self, truth: Bools) -> Transition:
        one, other = self.joint.pair.models
        if not self.regression:
            return Transition(one.outcome_at(truth), other.outcome_at(truth))
        gap = one.value_at(truth) - other.value_at(truth)
        return Transition(int(gap > self._tolerance), int(-gap > self._tolerance))

    def surely(self, point: I32) -> bool:
        """Tell whether the models differ at a point whatever rounding does."""
        transition = self.at(point[None])[0]
        if not self.differ(transition):
            return False
        question = self.question(transition, away=True)
        return question is not None and question.bad(point)

    def differ(self, transition: Transition) -> bool:
        """Tell whether a transition is a difference."""
        if self.regression:
            return transition != (0, 0)
        old, new = self.joint.class_of
        return old[transition.old] != new[transition.new]

    def find(
        self, region: Region, transitions: Sequence[Transition], deadline: Deadline, *, away: bool = False,
        guide: I32 | None = None,
    ) -> tuple[int, I32 | None, list[Transition]]:  # fmt: skip
        """Return NONE, FOUND with a point, or UNKNOWN, and the transitions that are left to look for in the region.

        `away`: whether what rounding decides counts as no difference (else as one).
        """
        left = list(transitions)
        for transition in transitions:
            question = self.question(transition, away)
            if question is None:
                left.remove(transition)
                continue
            question.guide = self._somewhere if guide is None else guide
            question.set_region(region)
            code = question.answer(deadline)
            if code == NONE:
                left.remove(transition)
                continue
            if code == UNKNOWN:
                deadline.expired()
                return UNKNOWN, None, left
            return FOUND, question.point.copy(), left
        return NONE, None, left

    def question(self, transition: Transition, away: bool = False) -> EnsembleQuestion | None:
        """Return the question whether the models decide so; None: they never do."""
        key = (transition, away)
        if key not in self._questions:
            pair = self.joint.pair
            asked: Asked | None
            if self.regression:
                asked = further(pair, self._tolerance, turned=transition.new == 1)
            else:
                asked = both(pair, self._all_but(0, transition.old), self._all_but(1, transition.new), away=away)
            self._questions[key] = self._made(asked, self._somewhere)
        return self._questions[key]

    def _made(self, asked: Asked | None, cells: I32) -> EnsembleQuestion | None:
        return None if asked is None else EnsembleQuestion(self.layout, asked[0], asked[1], cells)

    def _all_but(self, which: int, k: int) -> Bools:
        good = np.ones(len(self.joint.own[which].classes), np.bool_)
        good[k] = False
        return good

    def _leaving(self, transition: Transition) -> EnsembleQuestion:
        """Return the question whether one of the models can decide otherwise than a transition says."""
        key = ("leaving", transition)
        if key not in self._questions:
            pair = self.joint.pair
            if self.regression:
                apart = float(np.nextafter(-self._tolerance, -np.inf))
                asked = further(pair, apart, turned=transition.old == 1)
            else:
                own = ~self._all_but(0, transition.old), ~self._all_but(1, transition.new)
                asked = either(pair, *own, away=False)
            self._questions[key] = self._made(asked, self._somewhere)
        found = self._questions[key]
        assert found is not None
        return found

    def sides(self, transition: Transition) -> tuple[Problem, Problem] | None:
        """Return the questions whether the models can decide so, and whether they can decide otherwise."""
        question = self.question(transition)
        return None if question is None else (question.problem, self._leaving(transition).problem)

    # -- boxes -------------------------------------------------------------------------------------------------

    def box_around(self, point: I32, transition: Transition, within: Region, deadline: Deadline) -> Region | None:
        """Return a box around a point, within another one, in which both models decide as at the point.

        None: rounding decides at the point itself.
        """
        truth = truth_of_cells(self.space, point)
        situation = Situation(self.space, np.zeros(len(self.space.vocabulary.names)), truth, point)
        question = self._leaving(transition)
        if question.bad(point):
            return None
        question.move(question.sums, question.columns, point)
        view = LiteralView(question, situation, np.zeros(len(point), np.bool_))
        kept, _ = view.shrink(view.full, importance_order(view, deadline), deadline)
        view.place(kept)
        box = question.box
        wide = Region(box.lo.astype(np.int32), box.hi.astype(np.int32), box.barred == 0, within.base)
        return met(within, wide, self.space.interval)


def met(one: Region, other: Region, interval: Bools) -> Region:
    """Return what two boxes have in common."""
    low = np.where(interval, np.maximum(one.low, other.low), one.low)
    high = np.where(interval, np.minimum(one.high, other.high), one.high)
    return Region(low.astype(np.int32), high.astype(np.int32), one.allowed & other.allowed, one.base)


@dataclass(order=True, slots=True)
class _Piece:
    rank: tuple[float, int]
    region: Region = field(compare=False)
    left: list[Transition] = field(compare=False)


class Cover:
    """Covers the difference of two models by disjoint boxes, until it ends or time is up.

    Parameters
    ----------
    differing : Differing
        The models.
    boxes : sequence of Region
        Where to look: disjoint boxes.
    masses : Masses
        What inputs are like.
    seeds : ndarray of int32
        Points that are looked at first: rows at which they differ.
    most : int
        Boxes at which to stop.
    """

    def __init__(
        self, differing: Differing, boxes: Sequence[Region], masses: Masses, seeds: I32, most: int
    ) -> None:  # fmt: skip
        self._d, self._masses, self._most = differing, masses, most
        self._numbers = itertools.count()
        self._heap: list[_Piece] = []
        self._rng = np.random.default_rng(0)
        self.found: list[Met] = []
        self.agreed: list[Region] = []
        self.doubt: list[Region] = []  # where only rounding may make a difference
        self._seeds = seeds
        self._gained, self._pays = 10 * _WORTH, True
        for box in boxes:
            self._push(box, list(differing.transitions))

    @property
    def open(self) -> list[Region]:
        """The pieces of which it is not known whether the models differ there."""
        return [*self.doubt, *(piece.region for piece in self._heap)]

    def _push(self, region: Region, left: list[Transition]) -> None:
        if not region.empty and left:
            rough = self._masses.rough(region, self._d.space.interval.tolist())
            heapq.heappush(self._heap, _Piece((-rough, next(self._numbers)), region, left))

    def run(self, deadline: Deadline, tell: Callable[[Cover], None] | None = None) -> None:
        """Look for boxes until all are found, or time is up."""
        for seed in self._seeds:
            if deadline.expired() or len(self.found) >= self._most:
                return
            self._around(seed, deadline)
        while self._heap and len(self.found) < self._most and not deadline.expired():
            piece = heapq.heappop(self._heap)
            drawn = self._drawn(piece.region)
            if drawn is not None:
                self._cut(piece.region, piece.left, drawn, deadline)
                continue
            code, point, left = self._d.find(piece.region, piece.left, deadline)
            if code == FOUND and self._d.doubtful and point is not None and not self._d.surely(point):
                code, point, _ = self._d.find(piece.region, left, deadline, away=True)
                if code == NONE:
                    self.doubt.append(piece.region)
                    continue
            if code == UNKNOWN:
                heapq.heappush(self._heap, piece)
                return
            if code == FOUND and point is not None:
                self._cut(piece.region, left, point, deadline)
            if tell is not None:
                tell(self)

    def _drawn(self, region: Region) -> I32 | None:
        """Return a random point of a box at which the models differ, by the masses of cells: a frequent one."""
        if self._d.doubtful:
            return None
        for _ in range(_DRAWN):
            point = self._sample(region)
            if self._d.differ(self._d.at(point[None])[0]):
                return point
        return None

    def _around(self, seed: I32, deadline: Deadline) -> None:
        """Cut out the box around a point, if its piece is still open."""
        for place, piece in enumerate(self._heap):
            if holds(piece.region, seed, self._d.space.interval):
                self._heap.pop(place)
                heapq.heapify(self._heap)
                self._cut(piece.region, piece.left, seed, deadline)
                return

    def _cut(self, region: Region, left: list[Transition], point: I32, deadline: Deadline) -> None:
        """Cut the box around a point out of a piece."""
        d = self._d
        transition = d.at(point[None])[0]
        box = d.box_around(point, transition, region, deadline) if d.differ(transition) or not d.regression else None
        if box is None:  # of its cell nothing can be told
            box = point_box(region, point, d.space.interval)
            self.doubt.append(box)
            for piece in without(region, box):
                self._push(piece, left)
            return
        if d.differ(transition):
            self.found.append(Met(box, transition, point))
        else:
            self.agreed.append(box)
        interval = d.space.interval.tolist()
        rest = sorted(without(region, box), key=lambda piece: -self._masses.rough(piece, interval))
        small = self._masses.rough(box, interval) < _SMALL * self._masses.rough(region, interval)
        if small and rest and d.differ(transition) and not d.regression and self._pays:
            self._agree(rest.pop(0), left, deadline)
        for piece in rest:
            self._push(piece, left)

    def _agree(self, region: Region, left: list[Transition], deadline: Deadline) -> None:
        """Cut a box in which both models agree out of a piece, around a random point, where there is one."""
        if region.empty:
            return
        point = self._sample(region)
        transition = self._d.at(point[None])[0]
        box = None
        if not self._d.differ(transition) and not deadline.expired():
            box = self._d.box_around(point, transition, region, deadline)
        if box is None:
            self._push(region, left)
            return
        self.agreed.append(box)
        share = self._masses.rough(box, self._d.space.interval.tolist())
        self._gained = 0.9 * self._gained + 0.1 * share
        self._pays = self._gained > _WORTH
        for piece in without(region, box):
            self._push(piece, left)

    def _sample(self, region: Region) -> I32:
        """Return a random point of a box, by the masses of its cells."""
        point = np.zeros(len(region.low), np.int32)
        for number, masses in enumerate(self._masses.of_cells):
            if self._d.space.interval[number]:
                cells = np.arange(region.low[number], region.high[number] + 1)
            else:
                cells = np.nonzero(region.allowed[region.base[number] : region.base[number + 1]])[0]
            weights = np.array([float(masses[c]) for c in cells])
            chances = weights / weights.sum() if weights.sum() > 0 else None
            point[number] = self._rng.choice(cells, p=chances)
        return point


def held(region: Region, points: I32, interval: Bools) -> Bools:
    """Tell which points of cells, shape (n_points, n_attributes), a box has."""
    ranged = np.nonzero(interval)[0]
    mine = points[:, ranged]
    inside: Bools = np.all((mine >= region.low[ranged]) & (mine <= region.high[ranged]), axis=1)
    for a in np.nonzero(~interval)[0].tolist():
        inside = inside & region.allowed[region.base[a] + points[:, a]]
    return inside


def holds(region: Region, point: I32, interval: Bools) -> bool:
    """Tell whether a box has a point."""
    return bool(held(region, point[None], interval)[0])


def point_box(region: Region, point: I32, interval: Bools) -> Region:
    """Return the box of one point."""
    low, high = np.where(interval, point, region.low), np.where(interval, point, region.high)
    allowed = np.zeros(len(region.allowed), np.bool_)
    for a in np.nonzero(~interval)[0].tolist():
        allowed[region.base[a] + point[a]] = True
    return Region(low.astype(np.int32), high.astype(np.int32), allowed, region.base)
