"""All contrastive reasons of questions that the leaves of each tree decide: several labels with a tree each.

An input is bad if each tree reaches one of some leaves. The core chooses leaves tree by tree, and leaves out what makes
a known change in any case: each counterexample, brought near, is a new reason, and when there are no more the list is
complete (``engine/native/ensembles/chosen_changes.hpp``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..._native import ChosenChanges
from ...arrays import I32
from ...budget import Deadline
from ..answers import FOUND, NONE
from ..views.features import FeatureView
from ..views.literals import AnyView

_BATCHES = (1, 4, 16, 64, 256)


def choosable(view: AnyView) -> bool:
    """Tell whether leaves decide tree by tree, over literals of attributes that cuts describe."""
    return not isinstance(view, FeatureView) and not view.listed and view.question.problem.by_leaves


class Chosen:
    """The changes of a view that is ``choosable``, in batches.

    Parameters
    ----------
    view : LiteralView
        What the changes are made of.
    deadline : Deadline
        Shared limit.

    Attributes
    ----------
    ended : bool
        Whether none is missing.
    """

    def __init__(self, view: AnyView, deadline: Deadline) -> None:
        self._view, self._deadline = view, deadline
        self._core = ChosenChanges(view.inner, view.back_order(deadline))
        self.ended = False

    def batches(self) -> Iterator[I32]:
        """Yield the points of changes, a row each, until none is missing or a search was given up."""
        question, batch = self._view.question, 0
        while not self.ended:
            points = np.zeros((_BATCHES[batch], len(question.cells)), np.int32)
            code = question.run(self._deadline, self._core.go_on, points, question.work)
            self.ended = code == NONE
            if self._core.n_found:
                yield points[: self._core.n_found].copy()
            if code != FOUND:
                return
            batch = min(batch + 1, len(_BATCHES) - 1)
