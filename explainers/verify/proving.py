"""What certificates have to know of a question about a whole model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..certificates.outcomes import Outcomes, classes_claimed, labels_claimed, numbers_claimed
from ..certificates.regions import Proven
from .given import Place
from .sought import Classes, Numbers, Sought
from .subject import Subject
from .verdict import Verdict


def with_proof(verdict: Verdict, subject: Subject, place: Place, sought: Sought, *, shows: bool = False) -> Verdict:
    """Return a verdict that can be certified, if there are certificates of what was sought.

    Parameters
    ----------
    verdict : Verdict
        The answer.
    subject, place, sought : Subject, Place, Sought
        The question.
    shows : bool
        Whether an input that is sought makes the answer true.
    """
    claimed = _claimed(subject, sought)
    return verdict if claimed is None else replace(verdict, proven=_proven(subject, place, claimed, shows))


def with_proof_of_labels(
    verdict: Verdict, subject: Subject, place: Place, wanted: Mapping[int, int], *, never: bool
) -> Verdict:
    """Return a verdict about several labels that can be certified: all are as wanted, or never so together."""
    form = subject.labels
    assert form is not None
    return replace(verdict, proven=_proven(subject, place, labels_claimed(form, dict(wanted), never=never), False))


def range_proven(subject: Subject, place: Place, form: Any, low: float, high: float) -> Proven:
    """Return what a certificate of a range has to know (`form`: the model of one number, `low`, `high`: its sums)."""
    ends = [float(low).hex(), float(high).hex()]
    return Proven(
        form, place.space, place.boxes, place.somewhere, Outcomes([{"label": 0, "range": ends, "classes": [1]}])
    )


def _proven(subject: Subject, place: Place, outcomes: Outcomes, shows: bool) -> Proven:
    return Proven(subject.session.compiled, place.space, place.boxes, place.somewhere, outcomes, shows)


def _claimed(subject: Subject, sought: Sought) -> Outcomes | None:
    """Return the outcomes that are left where none of those sought comes out."""
    form = subject.form
    if isinstance(sought, Classes):
        return classes_claimed(k for k in range(len(form.classes)) if k not in sought.wanted)
    if isinstance(sought, Numbers) and sought.low <= sought.high:
        return numbers_claimed(form, sought.low, sought.high, outside=sought.inside)
    return None
