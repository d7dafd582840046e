"""What certificates of plans say of each model, and of sums beside them: that what is wanted is not reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.arrays import I32, I64
from ...engine.domain.conditions import Condition, Reading
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel
from ..certificates.outcomes import classes_claimed
from ..certificates.subject import Form, ensembles_of
from ..certificates.tables import number_of
from .outcomes import Wanted, ends_of_sum, lead_of, lost_of
from .planning import View

_FLOATS = (Reading.FLOAT16, Reading.FLOAT32, Reading.FLOAT64)


def not_reached(label: int, model: CompiledEnsemble, wanted: Wanted) -> list[dict[str, Any]]:
    """Return outcomes that a row is out of together where a model, by the number of its label, decides as wanted."""
    classes, asked = wanted.classes, wanted._replace(classes=None)
    if classes is None or (model.one_score and asked != Wanted(None)):
        return [_between(label, *ends_of_sum(model, wanted))]
    found: dict[str, Any] = {**classes_claimed(np.nonzero(~classes)[0], label).labels[0]}
    if model.one_score:
        return [found]
    if lead := lead_of(model, wanted):
        found["lead"] = float(lead).hex()
    if math.isinf(wanted.low) and math.isinf(wanted.high):
        return [found]
    (own,), lost = np.nonzero(classes)[0].tolist(), lost_of(model, wanted, 1.0)
    return [found, {**_between(label, wanted.low + lost, wanted.high - lost), "of": own}]


def _between(label: int, low: float, high: float) -> dict[str, Any]:
    """Return the outcomes of a number that does not lie between two ends."""
    return {"label": label, "range": [float(low).hex(), float(high).hex()], "classes": [0, 2]}


class Claimed:
    """The labels of a certificate beside those of the model, and outcomes that no row is out of all together.

    Parameters
    ----------
    form : compiled model
        The model.
    """

    def __init__(self, form: Form) -> None:
        self.models = [model for _, model in ensembles_of(form)]
        self.more: list[tuple[str, CompiledEnsemble, str]] = []
        self.outcomes: list[dict[str, Any]] = []

    def add(self, name: str, model: CompiledEnsemble, told: str = "") -> int:
        """Add a label; `told` is what the checker cannot know of it."""
        self.more.append((name, model, told))
        return len(self.models) + len(self.more) - 1

    def limit(self, name: str, model: CompiledEnsemble, low: float, high: float, told: str = "") -> None:
        """Add a number that lies between two ends where a row is a plan."""
        self.outcomes.append(_between(self.add(name, model, told), low, high))

    def decided(self, view: View) -> None:
        """Add what is wanted of the model."""
        for place, wanted in view.wanted:
            self.outcomes += not_reached(place, self.models[place], wanted)

    def further(self, name: str, view: View, numbers: I32) -> None:
        """Add a further model, and what is wanted of it (`numbers`: those of its conditions)."""
        assert view.session is not None
        listed = ensembles_of(view.session.compiled)
        several = isinstance(view.session.compiled, CompiledMultiLabel)
        for place, wanted in view.wanted:
            label, model = listed[place]
            literal = model.trees.literal
            signed = (np.sign(literal) * np.append(numbers, 0)[np.abs(literal) - 1]).astype(np.int32)
            model = replace(model, trees=replace(model.trees, literal=signed))
            number = self.add(f"{name}: {label}" if several else name, model)
            self.outcomes += not_reached(number, model, wanted)

    def of_leaves(self, name: str, place: int, worth: I64, need: int, told: str) -> None:
        """Add the least sum of whole numbers over the leaves of a label."""
        model = self.models[place]
        self.limit(name, number_of(model, over_leaves(model.trees, worth)), float(need), math.inf, told)


def over_leaves(trees: EnsembleArrays, worth: I64) -> EnsembleArrays:
    """Return the same trees with other numbers in their leaves."""
    values = worth.astype(np.float64).reshape(-1, 1)
    return replace(trees, values=values, base=np.zeros(1), divisor=1.0, single=False)


def joined(views: Sequence[View]) -> tuple[Vocabulary, list[I32]]:
    """Return the conditions of all models, those of the first one first, and the numbers that those of each have.

    Raises
    ------
    BadInputError
        If the models read a column otherwise, such as codes that stand for other values.
    """
    first, known = views[0].vocabulary, dict[Condition, int]()
    readings = dict(first.own_readings)
    numbers = []
    for view in views:
        own = view.vocabulary
        numbers.append(np.array([known.setdefault(c, len(known) + 1) for c in own.conditions], np.int32))
        for column in sorted({c.feature for c in own.conditions}) if own is not first else ():
            if own.labels.get(column) != first.labels.get(column):
                raise BadInputError(f"models with other codes of {first.names[column]!r} are not certified together")
            both = {readings.get(column, first.reading), own.reading_of(column)}
            if len(both) > 1 and not both <= {*_FLOATS}:
                raise BadInputError(
                    f"models of which some read {first.names[column]!r} as whole numbers are not certified together"
                )
            if len(both) > 1:
                readings[column] = min(both, key=_FLOATS.index)  # plans have numbers that all of them have
    return replace(first, conditions=tuple(known), own_readings=readings), numbers
