"""Several classifiers that stay in O all together, or not: both questions as ensembles over one layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import I32
from ..domain.space import Space
from ..ensembles.chances import TwoSides
from ..ensembles.layout import lay_out
from ..ensembles.sums import Arithmetic, Columns, class_columns, whole_values
from ..models import CompiledEnsemble
from .joint import Joint, Part, join
from .joint_question import truth_of_cells


def sides_of_parts(parts: Sequence[Part], space: Space, clauses: tuple[tuple[int, ...], ...]) -> TwoSides:
    """Return whether one of some classifiers can leave its O, and whether all of them can be in it.

    Both joint ensembles call too much possible where sums are rounded (see ``joint``): an input of which both are
    called possible is settled by the classifiers' own sums.

    Parameters
    ----------
    parts : sequence of Part
        The classifiers; O is one class of each.
    space : Space
        The domain.
    clauses : tuple of clauses
        The user's.
    """
    opposite = [Part(part.model, ~part.good) for part in parts]
    leave, stay = join(parts, together=False), join(opposite, together=True)

    def settle(point: I32) -> bool | None:
        truth = truth_of_cells(space, point)
        can_leave = any(not part.good[_own(part).outcome_at(truth)] for part in parts)
        can_stay = all(not part.good[_own(part).outcome_at(truth)] for part in opposite)
        return None if can_leave and can_stay else can_stay

    layout = lay_out(leave.trees, space, clauses)
    return TwoSides(layout, *_asked(leave, out=False), *_asked(stay, out=True), settle)


def _own(part: Part) -> CompiledEnsemble:
    return replace(part.model, trees=part.trees)


def _asked(joint: Joint, *, out: bool) -> tuple[Arithmetic, Columns]:
    """Return the question of a joint ensemble: whether another score than the first wins, or (`out`) the first."""
    first = np.arange(joint.trees.n_outputs) == 0
    good = ~first if out else first
    trees = joint.trees
    return Arithmetic(trees.values, trees.base, 1.0, good, 0.0, 0.0), class_columns(whole_values(trees), good)
