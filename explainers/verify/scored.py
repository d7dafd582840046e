"""Bounds on a probability or on a score, as outcomes that are looked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.meta.composing import ComposedMember
from ...encoders.meta.responses import probabilities_of
from ...engine.arrays import F64
from ...engine.ensembles.goals import goal_of_questions
from ...engine.ensembles.relaxation import Pair
from ...engine.ensembles.sums import whole_values
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.circuits import Circuit, CircuitBuilder
from ...engine.models.ensembles import NEAR
from .sought import Asked


@dataclass(frozen=True, slots=True)
class Scored:
    """Inputs whose probability (or raw score) of a class is outside ``[low, high]``.

    Attributes
    ----------
    of : int
        The class; of a raw score of a model with one score: 0.
    probable : bool
        Whether it is about the probability that ``predict_proba`` tells; else the score that is added up.
    low, high : float
        The interval.
    """

    of: int
    probable: bool
    low: float
    high: float

    def circuit(self, form: CompiledEnsemble) -> tuple[Circuit, int, list[int]]:
        """Return the circuit over the scores, the gate of the number, and those of the ends of the interval.

        Raises
        ------
        UnsupportedModelError
            If it is not known what the model's library computes.
        """
        builder = CircuitBuilder()
        n, trees = form.trees.n_outputs, form.trees
        doubt = 4 * form.slack + NEAR[form.link_code] if form.circuit is None else 0.0
        raw = [builder.raw(i) for i in range(n)]
        scores = [builder.widen(builder.divide(one, trees.divisor), 0.0, doubt) for one in raw]
        if form.circuit is not None:
            scores = builder.graft(form.circuit, raw)
        gate = scores[self.of] if not self.probable else _probabilities(builder, form, scores)[self.of]
        ends = [builder.constant(self.low), builder.constant(self.high)]
        return builder.circuit([gate, *ends], n), gate, ends

    def questions(self, form: CompiledEnsemble, *, away: bool) -> list[Asked]:
        """See ``Sought``."""
        circuit, gate, (low, high) = self.circuit(form)
        pairs: list[list[Pair]] = []
        if self.low > -math.inf:
            pairs.append([(low, gate, True)])
        if self.high < math.inf:
            pairs.append([(gate, high, True)])
        if not pairs:
            return []
        return [goal_of_questions(form.trees, circuit, pairs, whole_values(form.trees), away=away)]

    def doubts(self, form: CompiledEnsemble) -> bool:
        """See ``Sought``."""
        return True

    def in_doubt(self, form: CompiledEnsemble, scores: F64) -> bool:
        """See ``Sought``."""
        circuit, gate, _ = self.circuit(form)
        sums = scores[None] * form.trees.divisor
        near = 4 * np.spacing(np.abs(sums)) if form.trees.divisor != 1.0 else 0.0  # a quotient, and back
        low, high = circuit.intervals(sums - near, sums + near, np.array([gate], np.int32))
        return not (high[0, 0] < self.low or low[0, 0] > self.high)

    def seen(self, form: CompiledEnsemble, predictions: Any) -> Sequence[bool]:
        """See ``Sought``: labels tell nothing of it."""
        return [True] * len(predictions)


def _probabilities(builder: CircuitBuilder, form: CompiledEnsemble, scores: Sequence[int]) -> Sequence[int]:
    if form.voting == "hard":
        raise UnsupportedModelError(
            "probabilities: this model's form has votes, not shares; a single tree is a forest of one "
            "(RandomForestClassifier(1)), of which they are known"
        )
    return probabilities_of(builder, ComposedMember(form.source, form, tuple(scores))).gates
