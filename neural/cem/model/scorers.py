"""Scorers: one call gives the scores of many points, another one the slope of the loss as well.

The points of a search are flat rows; the model sees its own shape. The slope comes from PyTorch where the model is a
module, and from central differences of predictions otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch

from ....engine.errors import BadInputError
from ..holes import Holes
from .arrays import Array
from .blocks import Blocked, Columns
from .margins import loss_gradient, loss_slope
from .modules import gradients, mixed
from .scores import module_scores
from .sums import row_sum

_CELLS = 20_000_000  # numbers in one block of perturbed points
Sample = Callable[[int], torch.Tensor]


class Scorer(Protocol):
    """What the search asks a model."""

    classes: int

    dtype: torch.dtype
    device: torch.device
    holes: Holes

    @property
    def calls(self) -> int:
        """Calls of the model so far."""

    @property
    def rows(self) -> int:
        """Points that the model has seen so far."""

    @property
    def reproducible(self) -> bool:
        """Whether identical calls gave identical bits."""

    def scores(self, points: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (n, K), of points of shape (n, d)."""

    def slope(
        self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, free: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores and the loss differentiated by the features, shapes (n, K) and (n, d).

        `free` marks the features that may move; the slope along the others is not needed.
        """

    def most_slope_calls(self, rows: int, features: int) -> int:
        """Return how many prediction calls one slope of this many rows takes at most."""

    def most_score_calls(self, rows: int) -> int:
        """Return how many prediction calls the scores of this many rows take at most."""


class ModuleScorer:
    """A PyTorch module: slopes by back-propagation.

    Parameters
    ----------
    module : Module
        In evaluation mode, on `device`, of type `dtype`.
    shape : tuple of int
        The shape of one instance.
    kind, loss : str
        What the outputs are, and what the loss is taken on.
    low : dtype or None
        Type of the mixed-precision slopes; scores are always computed in `dtype`.
    """

    def __init__(
        self,
        module: Callable[[torch.Tensor], torch.Tensor],
        shape: tuple[int, ...],
        kind: str,
        loss: str,
        sample: Sample,
        ladder: Sequence[int],
        *,
        exact: bool = True,
        low: torch.dtype | None = None,
    ) -> None:
        self._module, self._shape, self._kind, self._loss, self._low = module, shape, kind, loss, low
        first = sample(1)
        self.dtype, self.device, self.holes = first.dtype, first.device, Holes()
        self.classes = self._forward(first)[0].shape[1]
        self._scores = Blocked(self._forward, ladder, lambda n: (sample(n),), exact)
        self._slopes = Blocked(self._backward, ladder, lambda n: (sample(n), *self._masks(n)), exact)

    def _masks(self, rows: int) -> Columns:
        """Arguments for a probe: every row wants another class."""
        wanted = torch.nn.functional.one_hot(torch.arange(rows) % self.classes, self.classes).bool().to(self.device)
        return wanted, ~wanted

    @property
    def calls(self) -> int:
        """Calls of the module so far."""
        return self._scores.calls + self._slopes.calls

    @property
    def rows(self) -> int:
        """Points that the module has seen so far."""
        return self._scores.rows + self._slopes.rows

    @property
    def reproducible(self) -> bool:
        """Whether identical calls gave identical bits."""
        return self._scores.reproducible and self._slopes.reproducible

    def _outputs(self, instances: torch.Tensor) -> torch.Tensor:
        return module_scores(self._module(instances), instances.shape[0], self._kind, self._loss).to(self.dtype)

    def _shaped(self, points: torch.Tensor) -> torch.Tensor:
        return points if len(self._shape) == 1 else points.reshape(-1, *self._shape)

    def _forward(self, points: torch.Tensor) -> Columns:
        with torch.no_grad():
            return (self._outputs(self._shaped(points)),)

    def _backward(
        self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float = torch.inf
    ) -> Columns:
        with gradients():
            own = points.clone() if points.is_inference() else points.detach()
            leaf = self._shaped(own).requires_grad_(True)
            given = leaf.clone()  # a module may work in place
            with mixed(self.device.type, self._low):
                scores = self._outputs(given)
            if not scores.requires_grad:
                raise BadInputError(
                    'the model\'s outputs have no gradients (detached, or computed outside PyTorch): use grad="numeric"'
                )
            told = scores.detach()
            (slope,) = torch.autograd.grad(scores, leaf, loss_gradient(told, wanted, others, kappa))
        return told, slope.reshape(points.shape)

    def scores(self, points: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (n, K)."""
        return self._scores(points)[0]

    def slope(
        self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, free: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores and slope by back-propagation."""
        scores, slope = self._slopes(points, wanted, others, kappa=kappa)
        return scores, self.holes.filled(slope)

    def most_slope_calls(self, rows: int, features: int) -> int:
        """One call a block, whatever the number of features."""
        return self._slopes.most_calls(rows)

    def most_score_calls(self, rows: int) -> int:
        """One call a block."""
        return self._scores.most_calls(rows)


class NumericScorer:
    """Any function from points to scores: slopes by central differences, dL/ds times ds/dx.

    Parameters
    ----------
    function : callable
        Tensor (m, d) -> tensor (m, K); a module's scores, or a black box behind `from_arrays`.
    eps : tuple of (Tensor (K,), Tensor (d,))
        Half of the differences of scores and of features.
    bounds : tuple of (Tensor (d,), Tensor (d,)) or None
        The model is not asked beyond them: at the edge differences are one-sided.
    """

    def __init__(
        self,
        function: Callable[[torch.Tensor], torch.Tensor],
        sample: Sample,
        ladder: Sequence[int],
        eps: tuple[torch.Tensor, torch.Tensor],
        bounds: tuple[torch.Tensor, torch.Tensor] | None,
        *,
        exact: bool = True,
    ) -> None:
        first = sample(1)
        self.dtype, self.device, self.holes = first.dtype, first.device, Holes()
        self._blocked = Blocked(lambda points: (function(points),), ladder, lambda n: (sample(n),), exact)
        self._eps, self._bounds = eps, bounds
        self.classes = len(eps[0])

    @property
    def calls(self) -> int:
        """Prediction calls so far."""
        return self._blocked.calls

    @property
    def rows(self) -> int:
        """Points predicted so far."""
        return self._blocked.rows

    @property
    def reproducible(self) -> bool:
        """Whether identical calls gave identical bits."""
        return self._blocked.reproducible

    def scores(self, points: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (n, K)."""
        return self._blocked(points)[0]

    def slope(
        self, points: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, free: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores and slope; the points of all rows and features share their calls."""
        scores = self.scores(points)
        by_score = loss_slope(scores, wanted, others, kappa, self._eps[0])
        slope = torch.zeros_like(points)
        moving = free & (by_score != 0).any(dim=1, keepdim=True)  # where the loss is flat nothing has to be asked
        rows, features = torch.nonzero(moving, as_tuple=True)
        size = max(1, _CELLS // (2 * points.shape[1]))
        for start in range(0, len(rows), size):
            row, feature = rows[start : start + size], features[start : start + size]
            ahead, back = self._pair(points, row, feature)
            width = ahead - back
            both = self.scores(torch.cat([self._moved(points, row, feature, to) for to in (ahead, back)]))
            rise = row_sum(by_score[row] * (both[: len(row)] - both[len(row) :]))
            slope[row, feature] = torch.where(width > 0, rise / torch.where(width > 0, width, 1.0), 0.0)
        return scores, slope

    def _pair(
        self, points: torch.Tensor, row: torch.Tensor, feature: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the two values that a feature takes for one difference."""
        here, eps = points[row, feature], self._eps[1][feature]
        ahead, back = here + eps, here - eps
        if self._bounds is not None:
            low, high = self._bounds[0][feature], self._bounds[1][feature]
            inside = (here >= low) & (here <= high)
            ahead = torch.where(inside, torch.minimum(ahead, high), ahead)
            back = torch.where(inside, torch.maximum(back, low), back)
        return ahead, back

    @staticmethod
    def _moved(points: torch.Tensor, row: torch.Tensor, feature: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        moved = points[row]
        moved[torch.arange(len(row), device=moved.device), feature] = to
        return moved

    def most_slope_calls(self, rows: int, features: int) -> int:
        """One score and two differences a feature, in blocks; the last block of each part may be short."""
        points = rows * features
        parts = max(1, -(-points // max(1, _CELLS // (2 * features)))) if features else 1
        return self._blocked.most_calls(rows) + self._blocked.most_calls(2 * points) + parts

    def most_score_calls(self, rows: int) -> int:
        """One call a block."""
        return self._blocked.most_calls(rows)


def from_arrays(function: Callable[[Array], Array], shape: tuple[int, ...]) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a function of flat tensors that asks a function of arrays in the model's own shape."""

    def scores(points: torch.Tensor) -> torch.Tensor:
        rows = points.cpu().numpy().reshape(len(points), *shape)
        return torch.from_numpy(np.ascontiguousarray(function(rows), dtype=np.float64))

    return scores
