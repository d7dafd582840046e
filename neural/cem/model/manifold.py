"""The auto-encoder's term: how far a point is from its reconstruction, ``|p - AE(p)|_2 ** 2``, and its slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch

from ....engine.errors import BadInputError
from ..holes import Holes
from .blocks import Blocked, Columns
from .modules import gradients, mixed
from .scorers import Sample
from .sums import row_sum

Encoder = Callable[[torch.Tensor], torch.Tensor]
_CELLS = 20_000_000


class Term(Protocol):
    """What is added to the objective of a point."""

    def value(self, points: torch.Tensor) -> torch.Tensor:
        """Return the term of the points, (n,)."""

    def slope(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the term and its slope, (n,) and (n, d)."""


class Manifold:
    """Squared reconstruction error of points.

    Parameters
    ----------
    encoder : callable
        Tensor (m, *shape) -> reconstruction of as many numbers; a module, or an array function behind `from_arrays`.
    eps : Tensor, shape (d,), or None
        Half of the differences where the encoder has no gradients of its own.
    low : dtype or None
        Type of the mixed-precision slopes.
    """

    def __init__(
        self,
        encoder: Encoder,
        shape: tuple[int, ...],
        sample: Sample,
        ladder: Sequence[int],
        eps: torch.Tensor | None,
        *,
        exact: bool = True,
        low: torch.dtype | None = None,
    ) -> None:
        self._encoder, self._shape, self._eps, self._low = encoder, shape, eps, low
        self._device, self.holes = sample(1).device, Holes()
        self._values = Blocked(self._forward, ladder, lambda n: (sample(n),), exact)
        self._slopes = Blocked(self._backward, ladder, lambda n: (sample(n),), exact)

    def _errors(self, points: torch.Tensor) -> torch.Tensor:
        told = self._encoder(points.reshape(-1, *self._shape))
        if told.numel() != points.numel():
            raise BadInputError(
                f"the auto-encoder returns shape {tuple(told.shape)} for {(len(points), *self._shape)}: "
                "expected the same"
            )
        away = points - told.reshape(points.shape).to(points)
        return row_sum(away * away)

    def _forward(self, points: torch.Tensor) -> Columns:
        with torch.no_grad():
            return (self._errors(points),)

    def _backward(self, points: torch.Tensor) -> Columns:
        with gradients():
            leaf = points.detach().clone().requires_grad_(True)
            with mixed(self._device.type, self._low):
                values = self._errors(leaf)
            (slope,) = torch.autograd.grad(values.sum(), leaf)
        return values.detach(), slope

    def value(self, points: torch.Tensor) -> torch.Tensor:
        """Return the term of the points, (n,)."""
        return self._values(points)[0]

    def slope(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the term and its slope, (n,) and (n, d)."""
        if self._eps is None:
            value, slope = self._slopes(points)
            return value, self.holes.filled(slope)
        value = self.value(points)
        count, width = points.shape
        slope = torch.empty_like(points)
        step = max(1, _CELLS // (2 * width * width))
        moves = torch.diag(self._eps)
        for start in range(0, count, step):
            part = points[start : start + step]
            ahead, back = part[:, None] + moves, part[:, None] - moves
            both = self.value(torch.cat([ahead.reshape(-1, width), back.reshape(-1, width)]))
            half = len(part) * width
            slope[start : start + step] = (both[:half] - both[half:]).reshape(-1, width) / (2 * self._eps)
        return value, slope
