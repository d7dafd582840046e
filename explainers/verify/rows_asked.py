"""Given rows, and what becomes of them if some of their features are others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...engine.arrays import F64
from ...engine.domain.instance import Situation, situate
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import TheoryError
from .given import Place
from .hunt import Hunt, Shower
from .sought import Classes, Numbers, Sought
from .steady import fixed, has
from .subject import Subject
from .verdict import Witness


class RowsAsked:
    """Asks of given rows whether they are decided otherwise where some of their features are others.

    Parameters
    ----------
    subject, place : Subject, Place
        The model, and where the changed rows may be.
    features : tuple of int
        The features.
    rows : rows
        The given rows.
    margin : float
        Of a regressor: how far its prediction has to move.
    """

    def __init__(self, subject: Subject, place: Place, features: tuple[int, ...], rows: Any, margin: float) -> None:
        hunt = Hunt(subject.form, place, subject.clauses)
        self._subject, self._hunt, self._margin = subject, hunt, margin
        self._given = plain_rows(rows)
        session = subject.session
        self._read: F64 = session.compiled.read(self._given)
        self._kind = session.instances.kind_of(self._given)
        attributes = hunt.place.space.attributes
        self._still = [i for i, a in enumerate(attributes) if a.feature not in features]

    def __len__(self) -> int:
        return len(self._read)

    def meets(self, number: int) -> bool:
        """Tell whether a row itself is where changed rows may be."""
        try:
            here = situate(self._hunt.place.space, self._read[number])
        except TheoryError:
            return False
        cells = here.cells.tolist()
        return any(all(has(box, i, cell) for i, cell in enumerate(cells)) for box in self._hunt.place.boxes)

    def one(self, number: int, deadline: Any) -> tuple[bool | None, Witness | None]:
        """Return whether a row would be decided otherwise, and how."""
        if deadline.expired():
            return None, None
        try:
            here = situate(self._hunt.place.space, self._read[number])
        except TheoryError:
            return None, None
        sought = self._sought(here)
        if sought is None:
            return None, None
        for question in self._hunt.questions(sought, False):
            if question is not None:
                question.guide = here.cells.copy()
        found = self._hunt.find(sought, deadline, list(self._boxes(here)))
        if found.code == NONE:
            return False, None
        if found.code != FOUND or found.point is None:
            return None, None
        return True, self._shown(number, here, sought, found.point)

    def _sought(self, here: Situation) -> Sought | None:
        """Return all decisions but a row's own; None where rounding decides that."""
        form = self._hunt.form
        scores = form.trees.scores_at(here.truth)
        if form.slack and form.doubtful(scores[None])[0]:
            return None
        if not form.regression:
            return Classes(frozenset(range(len(form.classes))) - {form.outcome_at(here.truth)})
        value = form.value_at(here.truth)
        if self._margin == 0.0:
            return Numbers(value, value, False)
        low, high = value - self._margin, value + self._margin
        return Numbers(math.nextafter(low, math.inf), math.nextafter(high, -math.inf), False)

    def _boxes(self, here: Situation) -> Iterator[Region]:
        own = {i: int(here.cells[i]) for i in self._still}
        for box in self._hunt.place.boxes:
            if all(has(box, i, cell) for i, cell in own.items()):
                yield fixed(box, own)

    def _shown(self, number: int, here: Situation, sought: Sought, point: Any) -> Witness:
        session = self._subject.session
        kind = self._kind
        teller = session.instances.teller(session.compiled, self._given, number, self._read[number], kind, kind)
        row, outcome = Shower(teller, here).shown(self._hunt.form, sought, point)
        own = teller.own()
        return Witness((own, row), (np.asarray(teller.predictions([own]))[0], outcome), near=number)
