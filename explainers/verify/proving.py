"""What certificates have to know of a question about a whole model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.clauses import unmet
from ...engine.domain.instance import Situation, situate
from ...engine.domain.space import Space
from ...engine.ensembles.outside import Wanted
from ..certificates.outcomes import Outcomes, classes_claimed, labels_claimed, numbers_claimed
from ..certificates.pairs import ProvenPairs
from ..certificates.regions import Proven
from .copies import doubled
from .cover_rows import RuleBox
from .given import Place
from .sought import Classes, Numbers, Sought
from .subject import Subject
from .verdict import Verdict
from .wanted import PairsWanted


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


def with_proof_of_pairs(
    verdict: Verdict, subject: Subject, place: Place, features: Iterable[int], wanted: PairsWanted, order: int = 0
) -> Verdict:
    """Return a verdict that can be certified: no two inputs that differ in some features alone are as wanted.

    `order`: 1 where the second input has no less of the feature than the first one, -1 where it has no more.
    """
    apart = sorted(set(features))
    columns = [column for feature in apart for column in subject.features[feature].columns]
    if order and not all(c.operator.by_order for c in place.space.vocabulary.conditions if c.feature in columns):
        return verdict  # the checker knows which number is greater by comparisons
    numbers = wanted.raw or wanted.form.regression
    pairs = {
        "apart": apart, "order": order, "outcomes": None if numbers else [list(one) for one in wanted.decisions],
        "margin": float(wanted.margin).hex(),
    }  # fmt: skip

    def both() -> Situation:
        return doubled(place.space, subject.clauses, apart, present=order != 0).somewhere(place.usual)

    form = subject.session.compiled
    return replace(verdict, proven=ProvenPairs(form, place.space, place.boxes, place.somewhere, both, pairs))


def range_proven(subject: Subject, place: Place, form: Any, low: float, high: float) -> Proven:
    """Return what a certificate of a range has to know (`form`: the model of one number, `low`, `high`: its sums)."""
    ends = [float(low).hex(), float(high).hex()]
    return Proven(
        form, place.space, place.boxes, place.somewhere, Outcomes([{"label": 0, "range": ends, "classes": [1]}])
    )


def rule_proven(subject: Subject, space: Space, box: RuleBox, wanted: Wanted, rows: F64) -> Proven:
    """Return what a certificate has to know of a box in which all outcomes are wanted (classes, or an interval).

    It is said to be maximal of one of the rows in it that keeps all clauses.
    """
    if isinstance(wanted, tuple):
        outcomes = numbers_claimed(subject.form, *wanted)
    else:
        outcomes = classes_claimed(np.nonzero(wanted)[0])
    for row in rows if box.maximal else ():
        here = situate(space, row)
        if unmet(subject.clauses, here.truth) is None:
            return Proven(subject.session.compiled, space, (box.region,), here, outcomes, literals=box.literals)
    somewhere = Place(space, (), (), subject.usual).somewhere
    return Proven(subject.session.compiled, space, (box.region,), somewhere, outcomes)


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
