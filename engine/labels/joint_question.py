"""Whether several classifiers can all leave O in a region: the joint ensemble finds points, the models confirm them.

Where a point is not confirmed (only rounding tells it from one that is), the inputs that reach the same leaves are cut
out of the region, and what is left is searched, piece by piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import I32, Bools
from ..budget import Deadline
from ..domain.cuts import flat_cuts
from ..domain.instance import Situation
from ..domain.region import Region, region_of, without
from ..domain.space import Space
from ..ensembles.answers import FOUND, NONE
from ..ensembles.layout import lay_out
from ..ensembles.question import EnsembleQuestion
from ..ensembles.sums import Arithmetic, class_columns, whole_values
from .joint import Part, join, own_question


class JointQuestion:
    """Whether an input of a region makes all parts leave O.

    Parameters
    ----------
    parts : sequence of Part
        One: any O. Several: see ``join``.
    situation : Situation
        The instance (points near it are preferred).
    clauses : tuple of clauses
        The user's.
    """

    def __init__(self, parts: Sequence[Part], situation: Situation, clauses: tuple[tuple[int, ...], ...]) -> None:
        self._parts = list(parts)
        self._situation = situation
        if len(self._parts) == 1:
            sums, columns = own_question(self._parts[0])
            trees, self._exact = self._parts[0].trees, True
        else:
            joint = join(self._parts, together=True)
            trees, self._exact = joint.trees, joint.exact
            good = np.arange(trees.n_outputs) > 0
            sums = Arithmetic(trees.values, trees.base, 1.0, good, 0.0, 0.0)
            columns = class_columns(whole_values(trees), good)
        layout = lay_out(trees, situation.space, clauses)
        self._question = EnsembleQuestion(layout, sums, columns, situation.cells)

    def find(self, region: Region, deadline: Deadline) -> tuple[int, I32 | None]:
        """Return NONE, FOUND with a point (a cell for each attribute), or UNKNOWN."""
        left = [region]
        while left:
            piece = left.pop()
            if piece.empty:
                continue
            self._question.set_region(piece)
            code = self._question.answer(deadline)
            if code == NONE:
                continue
            if code != FOUND:
                return code, None
            point = self._question.point.copy()
            if self._exact or self.confirms(point):
                return FOUND, point
            left += without(piece, self._same_leaves(point))
        return NONE, None

    def confirms(self, point: I32) -> bool:
        """Tell whether the models' own sums leave O at a point."""
        truth = truth_of_cells(self._situation.space, point)
        return not any(part.good[replace(part.model, trees=part.trees).outcome_at(truth)] for part in self._parts)

    def _same_leaves(self, point: I32) -> Region:
        """Return the inputs that reach the same leaves as a point."""
        truth = truth_of_cells(self._situation.space, point)
        literals = set().union(*(part.model.trees.path_literals(truth) for part in self._parts))
        return region_of(self._situation.space, np.array(sorted(literals), np.int32))


def truth_of_cells(space: Space, cells: I32) -> Bools:
    """Return the truth of all conditions at a point (a cell for each attribute)."""
    truth = np.empty(len(space.vocabulary), dtype=np.bool_)
    variable, cut, rising, attribute, others = flat_cuts(space)
    truth[variable] = np.where(cut < 0, rising, (cells[attribute] > cut) == rising)
    for i in others:
        truth[space.attributes[i].variables] = space.attributes[i].truth[:, cells[i]]
    return truth
