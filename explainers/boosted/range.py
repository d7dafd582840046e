"""The least and the greatest prediction of an ensemble of regression trees, over the domain or a part of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine._native import reach_rows
from ...engine.budget import Deadline
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import greatest_sum, interval_columns
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.given import list_of
from ...engine.status import Status, Stop
from ..forest.core import ForestCore


class Extremes(tuple[float, float]):
    """The least and the greatest prediction, as a pair.

    Attributes
    ----------
    status : Status
        ``optimal``: both are taken by some input; ``best_so_far``: all predictions are between them, which is also all
        that is said where the model adds in an order of its own, so that its last digits are not known.
    stop : Stop
        Why the search ended early, if it did.
    """

    status: Status
    stop: Stop

    def __new__(cls, lower: float, upper: float, status: Status, stop: Stop = Stop.NONE) -> Extremes:
        """Make the pair."""
        pair = super().__new__(cls, (lower, upper))
        pair.status, pair.stop = status, stop
        return pair

    def __repr__(self) -> str:
        return f"[{self[0]!r}, {self[1]!r}] ({self.status})"


class RangeAnswers(ForestCore):
    """How ranges of predictions are found."""

    def known(self, partial: Any) -> dict[int, Any]:
        """Return the values of the known columns."""
        names = self.session.compiled.vocabulary.names
        if isinstance(partial, Mapping):
            return {self.session.compiled.vocabulary.column(name): value for name, value in partial.items()}
        values = list_of(partial, "partial", 'values by name, such as {"age": 37}, or one for each column')
        if len(values) != len(names):
            raise BadInputError(f"partial has {len(values)} values: expected {len(names)}, None where a value is open")
        return {column: value for column, value in enumerate(values) if value is not None}

    def literals_of_columns(self, known: dict[int, Any]) -> Any:
        """Return the conditions on known columns as they are true there."""
        row = self.session.compiled.to_user_row(self.session.where.row).astype(object)
        for column, value in known.items():
            row[column] = value
        read = self.session.compiled.read(row.tolist())[0]
        self.session.space.check_row(read, frozenset(known))
        truth = self.session.space.truth(read)
        conditions = self.session.compiled.vocabulary.conditions
        return np.array(
            [v + 1 if truth[v] else -v - 1 for v, c in enumerate(conditions) if c.feature in known], np.int32
        )

    def extremes(self, region: Region, deadline: Deadline) -> Extremes:
        if not self.session.compiled.regression:
            raise UnsupportedModelError("ranges of predictions are for regressors: this model predicts classes")
        low, exact_low = self._extreme(region, -1, deadline)
        high, exact_high = self._extreme(region, 1, deadline)
        compiled = self.session.compiled
        exact = exact_low and exact_high and not compiled.slack
        status = Status.OPTIMAL if exact else Status.BEST_SO_FAR
        ends = [low - compiled.slack, high + compiled.slack]
        if compiled.transform is not None:
            ends = compiled.transform(np.array(ends)).tolist()
        return Extremes(float(ends[0]), float(ends[1]), status, deadline.stop)

    def _extreme(self, region: Region, sign: int, deadline: Deadline) -> tuple[float, bool]:
        """Return the greatest (sign 1) or least score in a region, and whether some input takes it.

        Halving between the best score known and a bound; the last question is whether any score is better.
        """
        cells = np.where(
            self.session.space.interval,
            np.clip(self.session.where.cells, region.low, region.high),
            self.session.where.cells,
        )
        for a in np.nonzero(~self.session.space.interval)[0]:
            allowed = region.allowed[region.base[a] : region.base[a + 1]]
            if not allowed[cells[a]]:
                cells[a] = int(allowed.argmax())
        trees = self.session.compiled.trees
        most = 1.01 * greatest_sum(trees) / trees.divisor  # no score is beyond, rounding included
        bound = sign * most
        # with clauses the point may be outside the domain: begin with less than any score
        best = -1.5 * bound if self.session.theory_on and self.session.clauses else self.score(cells.astype(np.int32))
        question: EnsembleQuestion | None = None
        halve = False
        while True:
            middle = (best + bound) / 2
            halve = halve and middle not in (best, bound)
            goal = middle if halve else best
            ends = (-math.inf, goal) if sign > 0 else (goal, math.inf)
            columns = interval_columns(trees, *ends)
            if len(columns.need) == 0:
                return best, True  # nothing is beyond
            sums = self._arithmetic(*ends)
            if question is None:
                question = EnsembleQuestion(self.layout, sums, columns, self.session.where.cells)
            else:
                question.move(sums, columns, self.session.where.cells)
            question.set_region(region)
            answer = question.answer(deadline)
            if answer == FOUND:
                best, halve = self.score(question.point), True
            elif answer == NONE and goal == best:
                if abs(best) > most:
                    raise BadInputError("no input of the domain meets the clauses and these values")
                return best, True
            elif answer == NONE:
                bound, halve = goal, not halve
            else:
                return bound, False

    def score(self, cells: Any) -> float:
        trees = self.session.compiled.trees
        leaves = reach_rows(self.layout, cells)
        return float(trees.add_up(leaves)[0])
