"""Features in units of their own: the search runs on numbers divided by a scale a feature, all else on the user's.

Dividing the rows by the scales and multiplying before the model is asked is the same as weighing each feature's change,
``beta |d / s| + (d / s) ** 2``; so nothing in the search has to know of scales.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from .inputs import F64
from .model.manifold import Term
from .model.scorers import Scorer
from .search.domains import Domain
from .search.objective import Objective


def scaled_domain(domain: Domain, scale: F64) -> Domain:
    """Return where the rows may lie in units of the scales."""
    names = ("instance", "origin", "near_lo", "near_hi", "far_lo", "far_hi")
    return replace(domain, **{name: getattr(domain, name) / scale for name in names})


def scaled_objective(objective: Objective, scale: F64) -> Objective:
    """Return what is minimised as a function of points in units of the scales."""
    manifold = objective.manifold
    return replace(
        objective,
        scorer=ScaledScorer(objective.scorer, scale),
        manifold=None if manifold is None else ScaledTerm(manifold, scale),
        guide=None if objective.guide is None else scaled_objective(objective.guide, scale),
    )


class ScaledScorer:
    """Asks a scorer about points in units of the scales."""

    def __init__(self, inner: Scorer, scale: F64) -> None:
        self._inner = inner
        self._scale = torch.from_numpy(scale).to(device=inner.device, dtype=inner.dtype)
        self.classes, self.dtype, self.device, self.holes = inner.classes, inner.dtype, inner.device, inner.holes

    @property
    def calls(self) -> int:
        """Calls of the model so far."""
        return self._inner.calls

    @property
    def rows(self) -> int:
        """Points that the model has seen so far."""
        return self._inner.rows

    @property
    def reproducible(self) -> bool:
        """Whether identical calls gave identical bits."""
        return self._inner.reproducible

    def scores(self, points: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (n, K)."""
        return self._inner.scores(points * self._scale)

    def slope(
        self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, free: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores, and the slope by the scaled features."""
        scores, slope = self._inner.slope(points * self._scale, wanted, others, kappa, free)
        return scores, slope * self._scale

    def most_slope_calls(self, rows: int, features: int) -> int:
        """As many as without scales."""
        return self._inner.most_slope_calls(rows, features)

    def most_score_calls(self, rows: int) -> int:
        """As many as without scales."""
        return self._inner.most_score_calls(rows)


class ScaledTerm:
    """The auto-encoder's term of points in units of the scales."""

    def __init__(self, inner: Term, scale: F64) -> None:
        self._inner, self._scale = inner, scale

    def _factor(self, points: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(self._scale).to(points)

    def value(self, points: torch.Tensor) -> torch.Tensor:
        """Return the term of the points, (n,)."""
        return self._inner.value(points * self._factor(points))

    def slope(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the term, and its slope by the scaled features."""
        factor = self._factor(points)
        value, slope = self._inner.slope(points * factor)
        return value, slope * factor
