"""``verify`` and ``never``: whether the outcomes of all inputs of a region are as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND
from ...engine.errors import BadInputError
from ...engine.given import count_of
from ...engine.labels.problem import reaching
from .asking import Told, if_said, within
from .claims import claim_of, classes_of, said_classes
from .given import Place, place_of
from .hunt import Hunt
from .labels import broken, find_labels, labels_said, said_labels, shown_labels
from .proving import with_proof, with_proof_of_labels
from .several import different, nearest, shown
from .sought import Classes, Sought
from .subject import Subject, subject_of
from .verdict import Verdict


def verify(
    model: Any,
    given: Any = None,
    then: Any = None,
    *,
    where: Any = None,
    near: Any = None,
    k: int = 1,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Verdict:
    """Tell whether every input that meets some conditions has the outcome that it should have.

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer (whose declared features and theory hold).
    given : conditions, optional
        ``"age > 37 and colour in {blue, red}"``, ``("age", ">", 37)``, lists of these, or ``{"age": (18, 30), "colour":
        "blue"}``; None: all inputs of the domain. They may cut between the model's own borders.
    then : object
        What must come out. Of a classifier: a label, several in a list, ``"not refused"``, ``"low or high"``, or a
        bound, ``"P(high) >= 0.8"``, ``"score >= 1.5"``. Of a regressor: ``">= 3.2"``, ``"3 <= it < 5"``, ``(3, 5)``
        (both ends included). Of several labels: ``{"label": value}``, all of which must hold.
    where : conditions, optional
        As `given`: what holds of the inputs that are looked at.
    near : rows, optional
        Rows such as the model was fitted on: inputs that refute it are the nearest to them (the distances of the
        features, each in units of its spread over these rows, added up; a category counts 1).
    k : int
        How many different inputs that refute it: such as reach other leaves (with `near`: near other rows).
    time_limit : float, optional
        Seconds, once the model is compiled.
    features_type, **how
        As of ``Explainer.initialize`` (``theory``, ``ranges``, ``background``, …), where a model is given.

    Returns
    -------
    Verdict
        Proved, refuted with a witness, or undecided.

    Raises
    ------
    BadInputError
        If conditions or outcome cannot be read.
    """
    subject = subject_of(model, features_type, **how)
    if then is None:
        raise BadInputError("then=None: expected what must come out, such as a label or '>= 3.2'")
    with within(time_limit) as deadline:
        place = place_of(subject, given, where)
        grounds = "no input of the domain refutes it" if place.boxes else _EMPTY, "an input has another outcome"
        if subject.labels is not None:
            wanted = labels_said(subject.labels, then)
            told = Told(subject, if_said(place, said_labels(subject.labels, wanted)), *grounds)
            return _searched_labels(subject, place, wanted, told, deadline, never=False)
        claim = claim_of(subject.form, then)
        told = Told(subject, if_said(place, claim.said), *grounds)
        return _searched(subject, place, claim.broken, told, deadline, near, count_of(k, "k"))


_EMPTY = "no input of the domain meets the conditions"


def never(
    model: Any,
    label: Any,
    given: Any = None,
    *,
    where: Any = None,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Verdict:
    """Tell whether no input (that meets some conditions) is given a label.

    Parameters
    ----------
    model : object
        A classifier, or its explainer.
    label : object
        The label, or several in a list (none of them is given); of a model of several labels ``{"label": value}``.
    given, where, time_limit, features_type, **how
        As of ``verify``.

    Returns
    -------
    Verdict
        Proved, refuted with a witness, or undecided.

    Raises
    ------
    BadInputError
        If conditions or label cannot be read.
    """
    subject = subject_of(model, features_type, **how)
    with within(time_limit) as deadline:
        place = place_of(subject, given, where)
        grounds = "no input of the domain is given it" if place.boxes else _EMPTY, "an input is given it"
        if subject.labels is not None:
            wanted = labels_said(subject.labels, label)
            told = Told(subject, if_said(place, f"never {said_labels(subject.labels, wanted)}", ""), *grounds)
            return _searched_labels(subject, place, wanted, told, deadline, never=True)
        form = subject.form
        if form.regression:
            raise BadInputError("never is about labels, and the model predicts numbers: use verify(…, then='< 3.2')")
        barred = classes_of(form, label)
        told = Told(subject, if_said(place, f"never {said_classes(form, barred)}", ""), *grounds)
        return _searched(subject, place, Classes(barred), told, deadline)


def _searched(
    subject: Subject, place: Place, sought: Sought, told: Told, deadline: Deadline, near: Any = None, k: int = 1
) -> Verdict:
    """Return the verdict of a search; it can be certified."""
    hunt = Hunt(subject.form, place, subject.clauses)
    found = hunt.find(sought, deadline)
    if found.code != FOUND or subject.session.space.theory is None or (near is None and k == 1):
        verdict = told.verdict(found, deadline, partial(shown, subject, hunt, sought), len(place.boxes))
    elif near is None:
        witnesses = tuple(different(subject, hunt, sought, found, k, deadline))
        verdict = told.made(False, told.refuted, deadline, witnesses)
    else:
        witnesses, proved = nearest(subject, hunt, sought, near, k, deadline)
        if not witnesses:  # time was up, or all rows are outside the domain
            witnesses = shown(subject, hunt, sought, found)
        why = f"{told.refuted}; {'the' if proved else 'not proved to be the'} nearest to the given rows"
        verdict = told.made(False, why, deadline, witnesses)
    return with_proof(verdict, subject, place, sought)


def _searched_labels(
    subject: Subject, place: Place, wanted: Mapping[int, int], told: Told, deadline: Deadline, *, never: bool
) -> Verdict:
    """Return the verdict about several labels: all are as wanted, or never so together; it can be certified."""
    assert subject.labels is not None
    problem = reaching(wanted) if never else broken(subject.labels, wanted)
    found = find_labels(subject, place, problem, deadline)
    verdict = told.verdict(found, deadline, partial(shown_labels, subject, place, problem), len(place.boxes))
    return with_proof_of_labels(verdict, subject, place, wanted, never=never)
