"""Claims about several labels at once, and the search for an input that breaks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.given import items_in
from ...engine.labels.problem import Problem, others
from ...engine.labels.search import LabelSearch
from ...engine.models import class_index
from ...engine.models.multilabel import CompiledMultiLabel
from ..session.witness import outside_of_labels
from .given import Place
from .hunt import DOUBT, Found, Shower
from .subject import Subject
from .verdict import Witness


def labels_said(form: CompiledMultiLabel, then: Any) -> dict[int, int]:
    """Return the wanted class of each label that is named.

    Raises
    ------
    BadInputError
        If it is neither a mapping from labels to values nor a value for each label.
    """
    if isinstance(then, Mapping):
        pairs = [(form.label_index(name), value) for name, value in then.items()]
    else:
        values = items_in(then)
        if values is None or len(values) != len(form.labels):
            first = form.names[0]
            raise BadInputError(
                f"{shown(then)}: expected labels with their values, such as {{{first!r}: 1}}, or a value for each of "
                f"the {len(form.labels)} labels (None: any)"
            )
        pairs = [(i, value) for i, value in enumerate(values) if value is not None]
    if not pairs:
        raise BadInputError(f"{shown(then)}: expected at least one label")
    return {i: class_index(form.labels[i].classes, value) for i, value in pairs}


def said_labels(form: CompiledMultiLabel, wanted: Mapping[int, int]) -> str:
    """Return labels with their values in words."""
    return " and ".join(f"{form.names[i]} = {form.labels[i].classes[k]}" for i, k in sorted(wanted.items()))


def broken(form: CompiledMultiLabel, wanted: Mapping[int, int]) -> Problem:
    """Return the problem whose inputs have another value of some label."""
    return Problem(tuple(((i, others(form, i, k)),) for i, k in sorted(wanted.items())))


def find_labels(subject: Subject, place: Place, problem: Problem, deadline: Deadline) -> Found:
    """Return an input of a place that is sought beyond doubt, or what is known."""
    form = subject.labels
    assert form is not None
    found = _search(subject, place, problem, False, deadline)
    if found.code != FOUND or not any(label.model.slack for label in form.labels):
        return found
    sure = _search(subject, place, problem, True, deadline)
    return Found(DOUBT) if sure.code == NONE else sure


def _search(subject: Subject, place: Place, problem: Problem, away: bool, deadline: Deadline) -> Found:
    form = subject.labels
    assert form is not None
    search = LabelSearch(form, problem, place.somewhere, subject.clauses, away=away)
    for number, box in enumerate(place.boxes):
        code, point = search.find(box, deadline)
        if code == UNKNOWN:
            return Found(UNKNOWN, None, number)
        if code == FOUND and point is not None:
            return Found(FOUND, point, number)
    return Found(NONE)


def shown_labels(subject: Subject, place: Place, problem: Problem, found: Found) -> tuple[Witness, ...]:
    """Return the witness of a point; none with the theory off."""
    form = subject.labels
    assert form is not None
    if subject.session.space.theory is None or found.point is None:
        return ()
    shower = Shower(subject.session.anyones, place.somewhere)
    row = shower.row(found.point)
    said = shower.teller.predictions([row])
    if not outside_of_labels(form, problem)(said)[0]:
        raise SelfCheckError(f"the model's own predict says {said[0]!r} of {row!r}: please report this with the model")
    return (Witness((row,), (tuple(said[0].tolist()),)),)
