"""Pairs of inputs that differ in given cells of some features alone: cell by cell, with what each tree changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.layout import lay_out
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.labels.joint_question import truth_of_cells
from .between import Between, CellPairs, Cells
from .given import Place
from .hunt import DOUBT, Found
from .steps import ask_all
from .subject import Clauses
from .wanted import PairsWanted


class CellHunt:
    """Looks for pairs of inputs that have given cells in some attributes, and share all others.

    Parameters
    ----------
    place : Place
        Where both inputs lie.
    clauses : tuple of clauses
        What holds of both.
    wanted : PairsWanted
        The pairs that are looked for.
    """

    def __init__(self, place: Place, clauses: Clauses, wanted: PairsWanted) -> None:
        self.place, self.clauses, self.wanted = place, clauses, wanted
        self._pairs = CellPairs(wanted.form.trees, place.space)

    def find(self, first: Cells, second: Cells, deadline: Deadline) -> Found:
        """Return a point (the first input's cells) beyond doubt, or what is known."""
        boxes = self._boxes(first, second)
        clauses = self._clauses(second)
        if not boxes or clauses is None:
            return Found(NONE)
        between = self._pairs.between(first, second)
        if between.same or self._never(between, boxes, clauses, deadline):
            return Found(NONE)
        asked = between, boxes, clauses, deadline
        found = self._ask(*asked, away=False)
        if found.code != FOUND or self.certain(found.point, second):
            return found
        sure = self._ask(*asked, away=True)
        if sure.code == FOUND:
            return sure if self.certain(sure.point, second) else Found(DOUBT)
        return Found(DOUBT) if sure.code == NONE else sure

    def _boxes(self, first: Cells, second: Cells) -> list[Region]:
        """Return where the first input can be, so that the second one is in the place, too."""
        boxes = self.place.boxes
        if not all(any(has(box, a, cell) for box in boxes) for a, cell in second.items()):
            return []
        return [fixed(box, first) for box in boxes if all(has(box, a, cell) for a, cell in first.items())]

    def _clauses(self, second: Cells) -> Clauses | None:
        """Return what holds of the first input, so that the clauses hold of both; None if nothing does it."""
        if not self.clauses:
            return ()
        truth = self._pairs.truth(second)
        found = list(self.clauses)
        for clause in self.clauses:
            if any(truth.get(abs(v) - 1, v < 0) == (v > 0) for v in clause):
                continue  # it is met by these cells
            rest = tuple(v for v in clause if abs(v) - 1 not in truth)
            if not rest:
                return None
            found.append(rest)
        return tuple(dict.fromkeys(found))

    def _never(self, between: Between, boxes: Sequence[Region], clauses: Clauses, deadline: Deadline) -> bool:
        """Tell whether the trees that differ cannot bring about a pair, whatever the others say."""
        if self.wanted.form.circuit is not None:
            return False
        layout = lay_out(between.changing, self.place.space, clauses)
        for sums, columns in self.wanted.gaps(between.trees, between.pairing):
            question = EnsembleQuestion(layout, sums, columns, self.place.somewhere.cells)
            for box in boxes:
                question.set_region(box)
                if question.answer(deadline) != NONE:
                    return False
        return True

    def _ask(
        self, between: Between, boxes: Sequence[Region], clauses: Clauses, deadline: Deadline, *, away: bool
    ) -> Found:
        layout = lay_out(between.trees, self.place.space, clauses)
        asked = self.wanted.asked(between.trees, away=away, pairing=between.pairing)
        questions = [EnsembleQuestion(layout, *one, self.place.somewhere.cells) for one in asked]
        return ask_all([(box, question) for box in boxes for question in questions], deadline)

    def certain(self, point: I32 | None, second: Cells) -> bool:
        """Tell whether the inputs of a point are surely such a pair."""
        assert point is not None
        return self.wanted.certain(self.scores(point), self.scores(moved(point, second)))

    def scores(self, cells: I32) -> F64:
        """Return the model's scores at an input."""
        return self.wanted.form.trees.scores_at(truth_of_cells(self.place.space, cells))


def moved(point: I32, cells: Mapping[int, int]) -> I32:
    """Return a point with other cells of some attributes."""
    other = point.copy()
    for number, cell in cells.items():
        other[number] = cell
    return other


def has(box: Region, number: int, cell: int) -> bool:
    """Tell whether a box has a cell of an attribute."""
    first, end = int(box.base[number]), int(box.base[number + 1])
    return bool(box.allowed[first + cell]) if end > first else bool(box.low[number] <= cell <= box.high[number])


def fixed(box: Region, cells: Cells) -> Region:
    """Return the part of a box with given cells."""
    low, high, allowed = box.low.copy(), box.high.copy(), box.allowed.copy()
    for number, cell in cells.items():
        mine = slice(int(box.base[number]), int(box.base[number + 1]))
        if mine.stop > mine.start:
            allowed[mine] = np.arange(mine.stop - mine.start) == cell
        else:
            low[number] = high[number] = cell
    return Region(low, high, allowed, box.base)
