"""The search for an input of a place with an outcome that is sought, and the row that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.errors import SelfCheckError
from ...engine.labels.joint_question import truth_of_cells
from ...engine.models import CompiledEnsemble
from ..session.witness import Teller
from .given import Place
from .sought import Sought
from .subject import Clauses

DOUBT = 3  # only inputs at which rounding decides, beside NONE, FOUND, UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search came to.

    Attributes
    ----------
    code : int
        ``NONE`` (proved), ``FOUND`` (`point`), ``UNKNOWN`` (given up) or ``DOUBT``: only inputs at which rounding
        decides.
    point : ndarray of int32 or None
        A cell for each attribute.
    second : ndarray of int32 or None
        Of a pair: the cells of the second input.
    box : int
        In which of the boxes it lies; where it is given up, how many boxes were decided before.
    """

    code: int
    point: I32 | None = None
    box: int = 0
    second: I32 | None = None


class Hunt:
    """Looks for inputs of a place.

    Parameters
    ----------
    form : CompiledEnsemble
        The model.
    place : Place
        Where.
    clauses : tuple of clauses
        What holds everywhere.
    guide : ndarray of int32, optional
        A cell for each attribute: inputs near it are preferred.
    """

    def __init__(self, form: CompiledEnsemble, place: Place, clauses: Clauses, guide: I32 | None = None) -> None:
        self.form, self.place = form, place
        self.layout: Layout = lay_out(form.trees, place.space, clauses)
        self.guide = place.somewhere.cells if guide is None else guide
        self._questions: dict[Any, list[EnsembleQuestion | None]] = {}

    def find(self, sought: Sought, deadline: Deadline, boxes: Iterable[Region] | None = None) -> Found:
        """Return an input with an outcome that is sought, beyond doubt; or what is known."""
        within = list(self.place.boxes if boxes is None else boxes)
        found = self._ask(sought, False, within, deadline)
        if found.code != FOUND or not sought.doubts(self.form):
            return found
        assert found.point is not None
        if not sought.in_doubt(self.form, self.scores(found.point)):
            return found
        sure = self._ask(sought, True, within, deadline)
        return Found(DOUBT) if sure.code == NONE else sure

    def scores(self, point: I32) -> Any:
        """Return the model's scores at a point of cells."""
        return self.form.trees.scores_at(truth_of_cells(self.place.space, point))

    def questions(self, sought: Sought, away: bool) -> list[EnsembleQuestion | None]:
        """Return the questions of what is sought (None: what no input answers with yes), kept from call to call."""
        key = (sought, away and sought.doubts(self.form))
        if key not in self._questions:
            self._questions[key] = [self._question(*asked) for asked in sought.questions(self.form, away=away)]
        return self._questions[key]

    def _question(self, *asked: Any) -> EnsembleQuestion | None:
        sums, columns = asked
        return EnsembleQuestion(self.layout, sums, columns, self.guide) if len(columns.need) else None

    def _ask(self, sought: Sought, away: bool, boxes: Sequence[Region], deadline: Deadline) -> Found:
        for number, box in enumerate(boxes):
            if box.empty:
                continue
            for question in self.questions(sought, away):
                if question is None:
                    continue
                question.set_region(box)
                code = question.answer(deadline)
                if code == FOUND:
                    return Found(FOUND, question.point.copy(), number)
                if code == UNKNOWN:
                    deadline.expired()
                    return Found(UNKNOWN, None, number)
        return Found(NONE)


class Shower:
    """Makes rows of points, and lets the model's own ``predict`` confirm them.

    Parameters
    ----------
    teller : Teller
        Tells rows in the user's types.
    situation : Situation
        The input that rows are told around.
    """

    def __init__(self, teller: Teller, situation: Situation) -> None:
        self.teller, self.situation = teller, situation

    def row(self, point: I32, *, nearest: bool = False) -> Any:
        """Return the row of a point."""
        return self.teller.changed(self.situation, point, nearest=nearest)

    def shown(self, form: CompiledEnsemble, sought: Sought, point: I32, *, nearest: bool = False) -> tuple[Any, Any]:
        """Return the row of a point, and what the model predicts for it.

        Raises
        ------
        SelfCheckError
            If that is not what was sought.
        """
        row = self.row(point, nearest=nearest)
        said = self.teller.predictions([row])
        if not sought.seen(form, said)[0]:
            raise SelfCheckError(
                f"the model's own predict says {said[0]!r} of {row!r}, which is not what was found: please report this "
                "with the model"
            )
        return row, np.asarray(said)[0]
