"""Outcomes that are looked for, as questions about an ensemble, in the model's own arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...engine.arrays import F64
from ...engine.ensembles.outside import outside_sums
from ...engine.ensembles.sums import Arithmetic, Columns
from ...engine.models import CompiledEnsemble, label_tuple

Asked = tuple[Arithmetic, Columns]


class Sought(Protocol):
    """Outcomes that are looked for."""

    def questions(self, form: CompiledEnsemble, *, away: bool) -> list[Asked]:
        """Return questions; an outcome is among those sought where one of them is answered yes.

        `away`: whether what rounding decides counts as not sought (else as sought).
        """

    def doubts(self, form: CompiledEnsemble) -> bool:
        """Tell whether rounding may decide anything."""

    def in_doubt(self, form: CompiledEnsemble, scores: F64) -> bool:
        """Tell whether scores, shape (n_outputs,), are so near to a border that rounding decides."""

    def seen(self, form: CompiledEnsemble, predictions: Any) -> Sequence[bool]:
        """Tell which of the model's own predictions are among those sought."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Some classes, by their indices."""

    wanted: frozenset[int]

    def questions(self, form: CompiledEnsemble, *, away: bool) -> list[Asked]:
        """See ``Sought``."""
        n = len(form.classes)
        wanted = sorted(self.wanted)
        if not wanted:
            return []
        if len(wanted) == n:
            return [everything(form)]
        good = np.ones(n, np.bool_)
        if len(wanted) == n - 1:
            good[wanted] = False
            return [outside_sums(form, good, away)]
        found = []
        for k in wanted:
            others = good.copy()
            others[k] = False
            found.append(outside_sums(form, others, away))
        return found

    def doubts(self, form: CompiledEnsemble) -> bool:
        """See ``Sought``."""
        return form.slack > 0

    def in_doubt(self, form: CompiledEnsemble, scores: F64) -> bool:
        """See ``Sought``."""
        return bool(form.slack) and bool(form.doubtful(scores[None])[0])

    def seen(self, form: CompiledEnsemble, predictions: Any) -> Sequence[bool]:
        """See ``Sought``."""
        return [form.class_index(label) in self.wanted for label in label_tuple(predictions)]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Predictions of a regressor in ``[low, high]``, or outside it."""

    low: float
    high: float
    inside: bool

    def questions(self, form: CompiledEnsemble, *, away: bool) -> list[Asked]:
        """See ``Sought``."""
        if self.low > self.high:
            return [] if self.inside else [everything(form)]
        return [outside_sums(form, (self.low, self.high, self.inside), away)]

    def doubts(self, form: CompiledEnsemble) -> bool:
        """See ``Sought``."""
        return form.slack > 0

    def in_doubt(self, form: CompiledEnsemble, scores: F64) -> bool:
        """See ``Sought``."""
        return form.doubtful_interval(float(scores[0]), (self.low, self.high))

    def seen(self, form: CompiledEnsemble, predictions: Any) -> Sequence[bool]:
        """See ``Sought``."""
        return [bool(self.low <= value <= self.high) == self.inside for value in predictions.tolist()]


def everything(form: CompiledEnsemble) -> Asked:
    """Return the question that every input answers with yes."""
    none = np.zeros(0, np.bool_)
    sums = Arithmetic(form.trees.values, form.trees.base, 1.0, none, math.inf, -math.inf, False, form.trees.single)
    zeros = np.zeros((form.trees.n_leaves, 1), np.int64)
    return sums, Columns(zeros, np.zeros(1, np.int64), np.zeros(1, np.int64), True)
