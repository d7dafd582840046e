"""What a search minimises and when a state counts as found: the model, the auto-encoder and the settings together."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..model.manifold import Term
from ..model.margins import excess
from ..model.scorers import Scorer
from ..settings import Settings
from .problem import Problem

ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-9}


@dataclass(frozen=True)
class Objective:
    """``c * loss + beta |z - o|_1 + |z - o|_2^2 + gamma |p - AE(p)|^2`` (Dhurandhar et al. 2018, equations 1 and 3)."""

    scorer: Scorer
    manifold: Term | None
    settings: Settings
    guide: Objective | None = None  # the same on log-probabilities: far from the boundary it shows the way better

    @property
    def penalised(self) -> bool:
        """Whether the auto-encoder counts."""
        return self.manifold is not None and self.settings.gamma > 0

    def total(self, problem: Problem, states: torch.Tensor) -> torch.Tensor:
        """Return distance plus auto-encoder term, (n,): what is compared between valid states."""
        return self.total_at(problem.distance(states, self.settings.beta), problem.points(states))

    def total_at(self, distance: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """Return the same from distances and points."""
        if self.manifold is None or not self.penalised:
            return distance
        return distance + self.settings.gamma * self.manifold.value(points)

    def excess(self, problem: Problem, states: torch.Tensor) -> torch.Tensor:
        """Return by how much the margin exceeds `kappa` and a rounding error, (n,): not negative means valid."""
        return self.excess_at(problem.points(states), problem.wanted, problem.others)

    def excess_at(self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
        """Return the same from points."""
        return self.excess_of(self.scorer.scores(points), wanted, others)

    def excess_of(self, scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
        """Return the same from scores; what is no number is not valid."""
        return excess(scores, wanted, others, self.settings.kappa, ROUNDING[scores.dtype])

    def slope(
        self, problem: Problem, states: torch.Tensor, kappa: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        """Return scores, slope of the loss, auto-encoder term and its slope, the slopes by the state."""
        points = problem.points(states)
        scores, by_point = self.scorer.slope(points, problem.wanted, problem.others, kappa, problem.free)
        slope = problem.to_state(by_point)
        if self.manifold is None or not self.penalised:
            return scores, slope, None, None
        value, pull = self.manifold.slope(points)
        return scores, slope, value, problem.to_state(pull)
