"""Which pairs of inputs are looked for: the decisions that both must have, as bounds on the scores of two copies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import _native
from ...engine.arrays import F64
from ...engine.ensembles.goals import goal_of_questions
from ...engine.ensembles.relaxation import Pair
from ...engine.ensembles.sums import Arithmetic, Columns, whole_values
from ...engine.ensembles.together import Bound, Pairing, bounds_together, columns_together
from ...engine.models import CompiledEnsemble
from ...engine.models.circuits import Circuit, CircuitBuilder
from ...engine.models.ensembles import NEAR, EnsembleArrays

Asked = tuple[Arithmetic, Columns]


@dataclass(frozen=True, slots=True, eq=False)
class PairsWanted:
    """Pairs that are looked for.

    Attributes
    ----------
    form : CompiledEnsemble
        The model.
    decisions : tuple of (int, int)
        Classes of the first input and of the second one; of a regressor nothing: the first prediction is greater.
    margin : float
        How far apart their scores (predictions) must be at least; 0: however little.
    raw : bool
        Whether what is compared is a classifier's score, as if it were a regressor's prediction.
    """

    form: CompiledEnsemble
    decisions: tuple[tuple[int, int], ...] = ()
    margin: float = 0.0
    raw: bool = False

    def asked(self, both: EnsembleArrays, *, away: bool, pairing: Pairing | None = None) -> list[Asked]:
        """Return questions about two copies of which one must be answered with yes.

        `away`: whether what rounding decides counts as no pair.
        """
        form = self.form
        if form.circuit is not None:
            questions, circuit = self._of_circuit(form.circuit)
            return [goal_of_questions(both, circuit, questions, whole_values(both), away=away)] if questions else []
        doubt = 4 * form.slack + NEAR[form.link_code]
        return [
            bounds_together(both, bounds, doubt=doubt, away=away, pairing=pairing, rises=self._rises(bounds))
            for bounds in self.bounds()
        ]

    def gaps(self, both: EnsembleArrays, pairing: Pairing) -> list[Asked]:
        """Return questions that are answered with yes wherever the trees alone that differ can bring about a pair."""
        doubt = 4 * self.form.slack + NEAR[self.form.link_code]
        none = np.zeros(0, np.bool_)
        found = []
        for bounds in self.bounds():
            crossing = [bound for bound in bounds if len({score < self._n for score, _ in bound.factors}) > 1]
            columns = columns_together(both, crossing, doubt=doubt, pairing=pairing, rises=self._rises(bounds))
            anything = Arithmetic(both.values, both.base, 1.0, none, math.inf, -math.inf)
            found.append((anything, columns))
        return found

    @property
    def _n(self) -> int:
        return self.form.trees.n_outputs

    def _rises(self, bounds: Sequence[Bound]) -> int:
        """Return whose score is greater, where models have one score."""
        if self._n != 1:
            return 0
        return next(sign for bound in bounds if len(bound.factors) == 2 for score, sign in bound.factors if score == 0)

    def bounds(self) -> list[list[Bound]]:
        """Return lists of bounds of which one must be met."""
        form, n, margin = self.form, self._n, self.margin
        if form.regression:
            return [[Bound(((0, 1), (1, -1)), margin, margin == 0.0)]]
        if form.one_score:
            return [self._of_one_score(k) for k, _ in self.decisions] if math.isfinite(form.threshold) else []
        found = []
        for one, other in self.decisions:
            both = [*_wins(one, n, 0), *_wins(other, n, n)]
            gap = Bound(((one, 1), (other, -1), (n + one, -1), (n + other, 1)), 0.0, True, implied=True)
            if margin == 0.0:
                found.append([*both, gap])
            else:
                found.append([*both, gap, Bound(((one, 1), (n + one, -1)), margin)])
                found.append([*both, gap, Bound(((n + other, 1), (other, -1)), margin)])
        return found

    def _of_one_score(self, first: int) -> list[Bound]:
        """Return that the first input is in this class of two, and the second one in the other."""
        high, low = (0, 1) if first == 1 else (1, 0)  # the copies
        threshold, margin = self.form.threshold, self.margin
        gap = Bound(((high, 1), (low, -1)), margin, margin == 0.0, implied=margin == 0.0)
        return [Bound(((high, 1),), threshold), Bound(((low, -1),), -threshold, True), gap]

    def _of_circuit(self, circuit: Circuit) -> tuple[list[list[Pair]], Circuit]:
        builder, n = CircuitBuilder(), self._n
        ends = [builder.graft(circuit, [builder.raw(i + shift) for i in range(n)]) for shift in (0, n)]
        found: list[list[Pair]] = []
        for one, other in self.decisions:
            both = [
                (own[wins], own[j], j < wins)
                for own, wins in zip(ends, (one, other), strict=True) for j in range(len(own)) if j != wins
            ]  # fmt: skip
            if self.margin == 0.0:
                found.append(both)
                continue
            least = builder.constant(self.margin)
            for wins, (high, low) in ((one, ends), (other, ends[::-1])):
                found.append([*both, (builder.subtract(high[wins], low[wins]), least, False)])
        return found, builder.circuit(ends[0], 2 * n)

    # -- at points ---------------------------------------------------------------------------------------------

    def certain(self, one: F64, other: F64) -> bool:
        """Tell whether two inputs with these scores surely are such a pair."""
        form, margin = self.form, self.margin
        if form.regression:
            return self._numbers_certain(one, other)
        if form.slack and form.doubtful(np.stack([one, other])).any():
            return False
        first, second = class_at(form, one), class_at(form, other)
        if (first, second) not in self.decisions:
            return False
        if margin == 0.0:
            return True
        if form.circuit is not None:
            scores = np.stack([one, other])
            low, high = form.circuit.intervals(scores, scores, form.circuit.ends)
            return bool(low[0, first] - high[1, first] >= margin or low[1, second] - high[0, second] >= margin)
        gaps = (one[0] - other[0],) if form.one_score else (one[first] - other[first], other[second] - one[second])
        return any((abs(gap) if form.one_score else gap) - 8 * form.slack >= margin for gap in gaps)

    def _numbers_certain(self, one: F64, other: F64) -> bool:
        form, ends = self.form, np.array([one[0], other[0]])
        told = ends if form.transform is None else form.transform(ends)
        gap = float(told[0]) - float(told[1]) - 8 * form.slack
        return gap >= self.margin if self.margin > 0 else gap > 0


def _wins(k: int, n: int, shift: int) -> list[Bound]:
    """Return that class k has the first greatest of n scores."""
    return [Bound(((shift + k, 1), (shift + j, -1)), 0.0, j < k) for j in range(n) if j != k]


def class_at(form: CompiledEnsemble, scores: F64) -> int:
    """Return the class that is decided for."""
    if form.circuit is not None:
        return int(form.circuit.outcomes(scores[None])[0])
    return int(scores[0] >= form.threshold) if form.one_score else int(_native.decide(scores, form.link_code))
