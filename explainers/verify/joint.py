"""Two models over shared conditions, in the user's columns: their joint vocabulary, domain and forms.

Each model reads a number in its own precision. A border of a model that reads float32 is, among the float64 numbers
that users write, a border between two float64 numbers: so it stands in the joint vocabulary, exactly, where the other
model reads float64. Columns that both read alike stay as both read them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.domain.conditions import Condition, Operator, Reading, codes_of, cut_of
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.ensembles.pairs import Pair, moved, side_by_side
from ...engine.errors import BadInputError, shown
from ...engine.models import CompiledEnsemble, same_label
from ..session.session import Session
from .columns_met import Met, met_columns
from .subject import Subject

_WIDTHS = {Reading.FLOAT16: 0, Reading.FLOAT32: 1, Reading.FLOAT64: 2, Reading.WHOLE: 3}


class Holder:
    """Follows the session of two models, which nothing is asked of but words and places."""

    def __init__(self, session: Session[Any]) -> None:
        self.session = session

    def domain_changed(self) -> None:
        """Forget nothing."""

    def instance_changed(self) -> None:
        """Forget nothing."""

    def own_room(self) -> None:
        """Forget nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Two models as one subject.

    Attributes
    ----------
    subject : Subject
        The joint domain.
    pair : Pair
        The models over its conditions.
    met : Met
        Which columns of each model the joint ones are.
    own : tuple of CompiledEnsemble
        The models over their own conditions, whose ``predict`` confirms.
    class_of : tuple of tuples of int
        For each model: the place of each of its classes among those of both.
    holder : Holder
        Keeps the session alive.
    """

    subject: Subject
    pair: Pair
    met: Met
    own: tuple[CompiledEnsemble, CompiledEnsemble]
    class_of: tuple[tuple[int, ...], tuple[int, ...]]
    holder: Holder

    @property
    def same(self) -> tuple[tuple[int, int], ...]:
        """Which classes of both are the same, by their places."""
        one, other = self.class_of
        return tuple((k, other.index(place)) for k, place in enumerate(one) if place in other)

    def rows_for(self, which: int, rows: F64) -> F64:
        """Return rows of the joint columns as one of the models reads them."""
        own = self.own[which].vocabulary
        out = np.zeros((len(rows), len(own.names)))
        for joint, column in enumerate(self.met.columns[which]):
            if column < 0:
                continue
            values = rows[:, joint]
            codes = self.met.codes[which].get(joint)
            if codes is not None:
                known = np.isnan(values)
                values = np.where(known, np.nan, np.array(codes, float)[np.where(known, 0, values).astype(int)])
            out[:, column] = own.reading_of(column).cast(values)
        return out

    def said(self, which: int, rows: F64) -> Any:
        """Return what a model's own ``predict`` says of rows of the joint columns."""
        return self.own[which].predict(self.rows_for(which, rows))

    def read(self, rows: Any) -> F64:
        """Return the user's rows as rows of the joint columns."""
        return self.met.joined([self.own[which].read(rows) for which in (0, 1)])


def joint_of(old: Subject, new: Subject, data: Any = None) -> Joint:
    """Return two models as one subject.

    Raises
    ------
    BadInputError
        If their columns, classes or domains do not go together.
    """
    sessions = (old.session, new.session)
    forms = (old.form, new.form)
    if not all(session.theory_on for session in sessions):
        raise BadInputError("models are compared over values of features: switch the theory of both on")
    met = met_columns([form.vocabulary for form in forms])
    readings = _readings(forms, met)
    features = _features(sessions, met)
    conditions: dict[Condition, int] = {}
    moves = tuple(_literals(forms[which], which, met, readings, features, conditions) for which in (0, 1))
    vocabulary = Vocabulary(
        tuple(conditions), met.names, Reading.FLOAT64, met.labels,
        {c: reading for c, reading in enumerate(readings) if reading is not Reading.FLOAT64},
    )  # fmt: skip
    models = tuple(moved(forms[which], moves[which], vocabulary=vocabulary, features=features) for which in (0, 1))
    pair = side_by_side(*models)
    missing = frozenset(
        c for c in range(len(met.names))
        if all(met.columns[w][c] < 0 or met.columns[w][c] in sessions[w].compiled.missing for w in (0, 1))
    )  # fmt: skip
    clauses = tuple(
        tuple(int(np.sign(v)) * int(moves[w][abs(v) - 1]) for v in clause)
        for w in (0, 1) for clause in (old, new)[w].clauses
    )  # fmt: skip
    form = replace(
        models[0], trees=pair.trees, missing=missing, circuit=None, dtypes=(), around=None,
        read=lambda rows: met.joined([forms[which].read(rows) for which in (0, 1)]),
        to_user_row=met.to_user_row, predict=lambda rows: np.zeros(len(rows)),
    )  # fmt: skip
    holder: list[Holder] = []

    def follow(session: Session[Any]) -> Holder:
        holder.append(Holder(session))
        return holder[-1]

    session: Session[Any] = Session(
        form, follow, theory=clauses or "auto", background=data if data is not None else sessions[0].background,
        check=False, missing=[met.names[c] for c in sorted(missing)] or False,
    )  # fmt: skip
    return Joint(Subject(session), pair, met, forms, _class_of(forms), holder[0])


def _readings(forms: Sequence[CompiledEnsemble], met: Met) -> list[Reading]:
    """Return the precision of each joint column: that of both, or the finer one."""
    found = []
    for column in range(len(met.names)):
        own = [
            form.vocabulary.reading_of(columns[column])
            for form, columns in zip(forms, met.columns, strict=True) if columns[column] >= 0
        ]  # fmt: skip
        found.append(max(own, key=lambda reading: _WIDTHS[reading]))
    return found


def _features(sessions: Sequence[Session[Any]], met: Met) -> tuple[Feature, ...]:
    """Return the joint features: what either of the models knows of them."""
    found: dict[tuple[int, ...], Feature] = {}
    for which, session in enumerate(sessions):
        place = {own: joint for joint, own in enumerate(met.columns[which]) if own >= 0}
        for feature in session.features:
            columns = tuple(place[c] for c in feature.columns)
            moved_to = replace(feature, columns=columns, **_values(feature, which, columns[0], met))
            known = found.get(columns)
            found[columns] = moved_to if known is None else _both(known, moved_to)
    taken: dict[int, tuple[int, ...]] = {}
    for columns in sorted(found, key=len, reverse=True):  # a group that only one model knows holds for both
        for column in columns:
            if taken.setdefault(column, columns) != columns and len(columns) > 1:
                raise BadInputError(f"column {met.names[column]!r} is in two one-hot groups: declare it alike for both")
    return tuple(found[columns] for columns in sorted(set(taken.values())))


def _values(feature: Feature, which: int, column: int, met: Met) -> dict[str, Any]:
    """Return the values of a column of categories in the joint codes."""
    codes = met.codes[which].get(column)
    if codes is None:
        return {}
    known = {own: joint for joint, own in enumerate(codes)}
    return {"values": tuple(sorted(float(known[int(v)]) for v in feature.values if int(v) in known))}


def _both(one: Feature, other: Feature) -> Feature:
    """Return a feature as two models know it."""
    kinds = {one.kind, other.kind}
    if kinds == {Kind.NUMERICAL}:
        kind = one
    elif Kind.NUMERICAL in kinds:
        kind = other if one.kind is Kind.NUMERICAL else one
    elif len(kinds) == 1:
        kind = one
    elif Kind.INTEGER in kinds and (one.listed or other.listed):  # a model that weighs whole numbers lists them
        kind = one if one.listed else other
    else:
        raise BadInputError(
            f"feature {one.name!r} is {one.kind.value} for the one model and {other.kind.value} for the other: declare "
            "it alike for both (features_type=…)"
        )
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        raise BadInputError(f"feature {one.name!r} has no number in the ranges of both models")
    if kind.kind is Kind.CATEGORICAL and kind.values:
        values = tuple(v for v in kind.values if all(_has(feature, v) for feature in (one, other)))
        if not values:
            raise BadInputError(f"feature {one.name!r} has no value that both models know")
        return replace(kind, values=values, listed=one.listed or other.listed)
    if kind.kind in (Kind.NUMERICAL, Kind.INTEGER):
        return replace(kind, low=low, high=high)
    return replace(kind, optional=one.optional or other.optional, reference=one.reference or other.reference)


def _has(feature: Feature, value: float) -> bool:
    """Tell whether a value of one column is one that a model knows."""
    if feature.kind is Kind.CATEGORICAL:
        return value in feature.values
    return feature.low <= value <= feature.high and (feature.kind is Kind.NUMERICAL or value == np.floor(value))


def _literals(
    form: CompiledEnsemble, which: int, met: Met, readings: Sequence[Reading], features: Sequence[Feature],
    conditions: dict[Condition, int],
) -> I32:  # fmt: skip
    """Return the joint literal of each condition of a model; number new ones."""
    place = {own: joint for joint, own in enumerate(met.columns[which]) if own >= 0}
    whole = {c for f in features if f.kind is not Kind.NUMERICAL for c in f.columns}
    out = []
    for condition in form.vocabulary.conditions:
        column = place[condition.feature]
        own = form.vocabulary.reading_of(condition.feature)
        codes = met.codes[which].get(column)
        told = _condition(condition, column, own, readings[column], codes, column in whole, met.names[column])
        opposite = told._replace(operator=told.operator.negated, missing=not told.missing)
        if opposite in conditions:
            out.append(-conditions[opposite])
        else:
            out.append(conditions.setdefault(told, len(conditions) + 1))
    return np.array(out, np.int32)


def _condition(
    condition: Condition, column: int, own: Reading, joint: Reading, codes: Sequence[int] | None, whole: bool, name: str
) -> Condition:
    """Return a condition of a model on a joint column."""
    operator = condition.operator
    if codes is not None and not operator.by_order:
        known = {code: place for place, code in enumerate(codes)}
        if operator in (Operator.IN, Operator.NOT_IN):
            bits = sum(1 << known[c] for c in codes_of(condition.threshold) if c in known)
            return condition._replace(feature=column, threshold=float(bits))
        code = int(condition.threshold)
        return condition._replace(feature=column, threshold=float(known.get(code, len(codes) + code)))
    if codes is not None and list(codes) != list(range(len(codes))):
        raise BadInputError(f"the models number the categories of {name!r} in another order, and one compares numbers")
    if not operator.by_order:
        if own is not joint and not whole:
            raise BadInputError(
                f"one model reads {name!r} as {own.value} and asks for equality, the other one reads {joint.value}: "
                "declare the feature integer, binary or categorical"
            )
        return condition._replace(feature=column)
    cut = cut_of(condition, own)[0]
    border = cut if own is joint else written_border(cut, own, joint)
    upward = operator.upward
    return Condition(column, Operator.GT if upward else Operator.LE, border, condition.missing)


def written_border(cut: float, own: Reading, joint: Reading) -> float:
    """Return the greatest number of a finer precision that is read as a number up to a border."""
    above = own.above(cut)
    if not math.isfinite(cut) or not math.isfinite(above):
        return cut
    middle = (cut + above) / 2.0
    if joint is Reading.WHOLE:
        middle = float(math.floor(middle))
    elif joint is not Reading.FLOAT64:
        middle = joint.floor(middle)
    read = float(own.cast(np.array([middle]))[0])
    return middle if read <= cut else joint.below(middle)


def _class_of(forms: Sequence[CompiledEnsemble]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the place of each class of two classifiers among the labels of both."""
    if forms[0].regression != forms[1].regression:
        raise BadInputError("one model predicts numbers, the other one classes: they cannot be compared")
    classes: list[Any] = []
    places: list[tuple[int, ...]] = []
    for form in forms:
        own = []
        for label in form.classes:
            known = next((i for i, other in enumerate(classes) if same_label(label, other)), None)
            if known is None:
                known = len(classes)
                classes.append(label)
            own.append(known)
        places.append(tuple(own))
    if classes and not set(places[0]) & set(places[1]):
        raise BadInputError(
            f"the models have no class in common: {shown(list(forms[0].classes))} and {shown(list(forms[1].classes))}"
        )
    return places[0], places[1]
