"""``monotone``: whether more of a feature never makes the outcome lower (or never higher)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, situate
from ...engine.domain.theory import Kind
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.errors import BadInputError, shown
from ...engine.given import items_in
from ...engine.models import CompiledEnsemble
from .asking import Told, within
from .claims import classes_of
from .differing import features_said, pair_of
from .given import Place, place_of
from .hunt import DOUBT, Found
from .proving import with_proof_of_pairs
from .scores import raw_form
from .steady import CellHunt, has, moved
from .subject import Subject, subject_of
from .verdict import Verdict
from .wanted import PairsWanted

_UP, _DOWN = ("increasing", "up", 1), ("decreasing", "down", -1)


def monotone(
    model: Any,
    feature: str | int,
    direction: str = "increasing",
    *,
    given: Any = None,
    order: Sequence[Any] | None = None,
    of: str = "decision",
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Verdict:
    """Tell whether a greater value of a feature, all else equal, never makes the outcome lower (or never higher).

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer.
    feature : str or int
        A number or a bit.
    direction : {"increasing", "decreasing"}
        Whether the outcome may not fall, or may not rise.
    given : conditions, optional
        What both inputs meet, as of ``verify``.
    order : list of labels, optional
        Of a classifier: its labels from the lowest to the highest; default: as the model orders them.
    of : {"decision", "score"}
        Of a classifier with one score: whether it is about the label, or about the score itself.
    time_limit, features_type, **how
        As of ``verify``.

    Returns
    -------
    Verdict
        A proof, or a pair.

    Raises
    ------
    BadInputError
        If the feature has no order, or an argument cannot be read.

    Notes
    -----
    Neighbouring cells are enough, unless clauses name the feature. Between them only the trees differ that test the
    border between them, so that a model that was fitted with monotone constraints is proved in moments.
    """
    subject = subject_of(model, features_type, **how)
    if not isinstance(direction, (str, int)) or direction not in (*_UP, *_DOWN):
        raise BadInputError(f"direction={shown(direction)}: expected 'increasing' or 'decreasing'")
    (index,) = features_said(subject, [feature])
    with within(time_limit) as deadline:
        wanted = _wanted(subject, order, of)
        place = place_of(subject, given)
        rises = direction in _UP
        said = _said(subject, place, index, rises, wanted, order, of)
        worse = f"a greater value makes it {'lower' if rises else 'higher'}"
        told = Told(subject, said, "no two values refute it", worse)
        (found, n), around = _search(subject, place, index, rises, wanted, deadline), _with_number(place, index)
        verdict = told.verdict(found, deadline, lambda found: pair_of(subject, place, wanted, found, around), n)
        return with_proof_of_pairs(verdict, subject, place, [index], wanted, 1 if rises else -1)


def _wanted(subject: Subject, order: Sequence[Any] | None, of: str) -> PairsWanted:
    """Return pairs of which the first has the higher outcome."""
    form = subject.form
    if not isinstance(of, str) or of not in ("decision", "score"):
        raise BadInputError(f"of={shown(of)}: expected 'decision' or 'score'")
    if of == "score" and not form.regression:
        if not form.one_score:
            raise BadInputError("of='score': the model has a score for each class; ask about the decision, with order=")
        form = raw_form(form)
    if form.regression:
        if order is not None:
            raise BadInputError("order is of labels, and this is about numbers: leave it out")
        return PairsWanted(form, raw=not subject.form.regression)
    rank = _ranks(form, order)
    n = len(form.classes)
    return PairsWanted(form, tuple((k, j) for k in range(n) for j in range(n) if rank[k] > rank[j]))


def _ranks(form: CompiledEnsemble, order: Sequence[Any] | None) -> list[int]:
    if order is None:
        return list(range(len(form.classes)))
    labels = items_in(order)
    if labels is None:
        raise BadInputError(f"order={shown(order)}: expected the labels from the lowest to the highest")
    rank = [-1] * len(form.classes)
    for place, label in enumerate(labels):
        for k in classes_of(form, label):
            rank[k] = place
    if min(rank) < 0:
        missing = form.classes[rank.index(-1)]
        raise BadInputError(f"order={shown(labels)}: label {shown(missing)} has no place in it")
    return rank


def _said(subject: Subject, place: Place, feature: int, rises: bool, wanted: PairsWanted, order: Any, of: str) -> str:
    name = subject.features[feature].name
    what = "score" if of == "score" else "prediction"
    if wanted.decisions:
        labels = list(subject.form.classes) if order is None else list(order)
        what = f"decision ({' < '.join(map(str, labels))})"
    return f"more {name} never makes the {what} {'lower' if rises else 'higher'}{place.where_said}"


def _search(
    subject: Subject, place: Place, feature: int, rises: bool, wanted: PairsWanted, deadline: Deadline
) -> tuple[Found, int]:
    """Go through neighbouring cells (all pairs, where clauses may bar some); return what is found, of how many."""
    cells = _cells_in_order(subject, place, feature)
    if not place.boxes or cells is None:
        return Found(NONE), 1
    number, ordered = cells
    hunt = CellHunt(place, subject.clauses, wanted)
    named = {abs(literal) - 1 for clause in subject.clauses for literal in clause}
    apart = not named.isdisjoint(place.space.attributes[number].variables.tolist())
    pairs = list(itertools.combinations(ordered, 2) if apart else itertools.pairwise(ordered))
    doubt = False
    for done, (low, high) in enumerate(pairs):
        first, second = ({number: low}, {number: high}) if rises else ({number: high}, {number: low})
        found = hunt.find(first, second, deadline)
        if found.code == UNKNOWN:
            return Found(UNKNOWN, None, done), len(pairs)
        if found.code == FOUND:
            assert found.point is not None
            return Found(FOUND, found.point, second=moved(found.point, second)), len(pairs)
        doubt = doubt or found.code == DOUBT
    return Found(DOUBT if doubt else NONE), len(pairs)


def _with_number(place: Place, feature: int) -> Situation:
    """Return some input of the domain in which a feature is not missing."""
    declared, row = place.space.features[feature], place.somewhere.row.copy()
    column = declared.columns[0]
    if not np.isnan(row[column]):
        return place.somewhere
    row[column] = declared.values[0] if declared.values else min(max(0.0, declared.low), declared.high)
    return situate(place.space, row)


def _cells_in_order(subject: Subject, place: Place, feature: int) -> tuple[int, list[int]] | None:
    """Return the attribute of a feature and its cells by their values; None where the model does not test it.

    Raises
    ------
    BadInputError
        If it has no order, or a cell has numbers on both sides of another one.
    """
    declared = subject.features[feature]
    if len(declared.columns) > 1 or (declared.kind is Kind.CATEGORICAL and not declared.listed):
        raise BadInputError(f"feature={declared.name!r}: a category has no order")
    number = next((i for i, a in enumerate(place.space.attributes) if a.feature == feature), None)
    if number is None:
        return None
    attribute, column = place.space.attributes[number], declared.columns[0]
    allowed = [c for c in range(attribute.n_cells) if any(has(box, number, c) for box in place.boxes)]
    if attribute.ranges is None:
        zero = np.zeros_like(place.somewhere.row)
        value = {c: float(attribute.nearest(c, zero).get(column, np.nan)) for c in allowed}
        parts = sorted((number, c) for c, number in value.items() if not np.isnan(number))
    else:
        parts = sorted((low, c) for c in allowed for low, _ in attribute.ranges(c) if not np.isnan(low))
    order = [c for c, _ in itertools.groupby(c for _, c in parts)]
    if len(set(order)) < len(order) or (declared.listed and not attribute.interval):
        raise BadInputError(
            f"feature={declared.name!r}: expected a number that is only compared by order; this one is tested for "
            "equality"
        )
    return number, order
