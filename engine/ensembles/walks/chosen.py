"""All contrastive reasons of questions that the leaves of each tree decide: several labels with a tree each.

An input is bad if each tree reaches one of some leaves. The core chooses leaves tree by tree, and leaves out what makes
a known change in any case: each counterexample, brought near, is a new reason, and when there are no more the list is
complete (``engine/native/ensembles/chosen_changes.hpp``).
"""

from __future__ import annotations

import numpy as np

from ..._native import ChosenChanges
from ...budget import STEPS_A_SECOND, Deadline
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView
from .walk import Batch, BothKinds, Searching
from .written import written_changes

_MOST = 256  # changes of one turn
_TURN = 5000  # groups that choose in it


def choosable(view: AnyView) -> bool:
    """Tell whether leaves decide tree by tree, over literals of attributes that cuts describe."""
    return not isinstance(view, FeatureView) and not view.listed and view.question.problem.by_leaves


class Chosen(Searching):
    """The changes of a view that is ``choosable``: takes turns with walks.

    Parameters
    ----------
    view : LiteralView
        What the changes are made of.
    deadline : Deadline
        Shared limit.
    """

    full = False

    def __init__(self, view: AnyView, deadline: Deadline) -> None:
        super().__init__()
        self._view = view
        self._core = ChosenChanges(view.inner, view.back_order(deadline))
        self._room = 1

    def advance(self, deadline: Deadline) -> BothKinds:
        """Go on for a while; return what was found."""
        question = self._view.question
        points = np.zeros((self._room, len(question.cells)), np.int32)
        code = question.run(deadline, self._core.go_on, points, _TURN, question.work)
        self.seconds += question.spent / STEPS_A_SECOND
        self.ended, self.stopped = code == NONE, code not in (NONE, FOUND)
        found = points[: self._core.n_found].copy()
        self._room = min(4 * self._room, _MOST)
        none = Batch(np.zeros((0, self._view.n_items), np.bool_), np.zeros((0, points.shape[1]), np.int32))
        return BothKinds(none, Batch(written_changes(self._view, found), found))
