"""The search for two inputs that share all features but some, and for which the model decides otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.instance import anywhere
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.labels.joint_question import truth_of_cells
from ...engine.models import CompiledEnsemble
from .copies import Copies, copies_of
from .given import Place
from .hunt import DOUBT, Found
from .steps import ask_all
from .subject import Clauses
from .wanted import PairsWanted


class PairHunt:
    """Looks for pairs of inputs.

    Parameters
    ----------
    place : Place
        Where both inputs lie.
    clauses : tuple of clauses
        What holds of both.
    features : iterable of int
        The features in which they may differ.
    wanted : PairsWanted
        The pairs that are looked for.
    """

    def __init__(self, place: Place, clauses: Clauses, features: Iterable[int], wanted: PairsWanted) -> None:
        self.form: CompiledEnsemble = wanted.form
        self.place, self.wanted = place, wanted
        self.features = tuple(sorted(set(features)))
        self.copies: Copies = copies_of(self.form.trees, place.space, clauses, self.features)
        self._questions: dict[bool, list[EnsembleQuestion]] = {}

    @property
    def untested(self) -> bool:
        """Whether no tree tests any of the features."""
        return not self.copies.testing.any()

    @cached_property
    def layout(self) -> Layout:
        """The trees of both copies over the cells of both."""
        return lay_out(self.copies.trees, self.copies.space, self.copies.clauses)

    @cached_property
    def boxes(self) -> tuple[Region, ...]:
        """The boxes of both copies."""
        return tuple(self._boxes())

    def _boxes(self) -> Iterable[Region]:
        space = self.copies.space
        whole = region_of(space, np.zeros(0, np.int32))
        n = len(self.place.space.attributes)
        twins = self.twins
        for one, other in itertools.product(self.place.boxes, repeat=2):
            shared = np.ones(n, np.bool_)
            shared[[mine for mine, _ in twins]] = False
            if not ((one.low == other.low) & (one.high == other.high))[shared].all():
                continue  # their difference lies in what both share
            low, high, allowed = whole.low.copy(), whole.high.copy(), whole.allowed.copy()
            low[:n], high[:n], allowed[: len(one.allowed)] = one.low, one.high, one.allowed
            for mine, twin in twins:
                low[twin], high[twin] = other.low[mine], other.high[mine]
                allowed[whole.base[twin] : whole.base[twin + 1]] = other.allowed[
                    other.base[mine] : other.base[mine + 1]
                ]
            yield Region(low, high, allowed, whole.base)

    @cached_property
    def twins(self) -> list[tuple[int, int]]:
        """For each attribute of the features: it, and that of the second copy."""
        attributes = self.copies.space.attributes
        place = {a.feature: i for i, a in enumerate(attributes)}
        return [(place[mine], place[twin]) for mine, twin in self.copies.twin.items() if mine in place]

    def split(self, point: I32) -> tuple[I32, I32]:
        """Return the cells of both inputs of a point."""
        one = point[: len(self.place.space.attributes)].copy()
        other = one.copy()
        for mine, twin in self.twins:
            other[mine] = point[twin]
        return one, other

    def scores(self, point: I32) -> tuple[Any, Any]:
        """Return the scores of both inputs of a point."""
        both = self.copies.trees.scores_at(truth_of_cells(self.copies.space, point))
        n = self.form.trees.n_outputs
        return both[:n], both[n:]

    # -- search ------------------------------------------------------------------------------------------------

    def find(self, deadline: Deadline, *, quickly: bool = False, guide: I32 | None = None) -> Found:
        """Return a pair beyond doubt, or what is known (`quickly`: what is found in moments)."""
        if self.untested:
            return Found(NONE)
        found = self._ask(False, deadline, quickly, guide)
        if found.code != FOUND:
            return found
        assert found.point is not None
        if self.wanted.certain(*self.scores(found.point)):
            return found
        sure = self._ask(True, deadline, quickly, guide)
        if sure.code == FOUND and sure.point is not None:
            return sure if self.wanted.certain(*self.scores(sure.point)) else Found(DOUBT)
        return Found(DOUBT) if sure.code == NONE else sure

    def questions(self, away: bool) -> list[EnsembleQuestion]:
        """Return the questions of which one must be answered with yes, kept from call to call."""
        if away not in self._questions:
            cells = anywhere(self.copies.space).cells
            asked = self.wanted.asked(self.copies.trees, away=away)
            self._questions[away] = [EnsembleQuestion(self.layout, *one, cells) for one in asked]
        return self._questions[away]

    def _ask(self, away: bool, deadline: Deadline, quickly: bool, guide: I32 | None) -> Found:
        questions = self.questions(away)
        if guide is not None:
            for question in questions:
                question.guide = guide
        return ask_all([(box, question) for box in self.boxes for question in questions], deadline, quickly=quickly)
