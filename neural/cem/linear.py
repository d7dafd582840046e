"""The cheapest change under one linear condition: what a step of the refinement solves, for many rows at once.

    minimise   beta |d|_1 + |d|_2^2 + h . d + (L/2) |d - e|_2^2
    such that  g . d >= need,   lo <= d <= hi

For a price t of the condition each coordinate is its own soft threshold; ``g . d`` grows with t, so the right price is
found by bisection. Boxes need not contain zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .sums import row_sum, soft

_DOUBLINGS = 40
_HALVINGS = 26


@dataclass(frozen=True)
class LinearQuestion:
    """One such question a row; see the module.

    Attributes
    ----------
    g, h, e, lo, hi : Tensor, shape (n, d)
    need, damping : Tensor, shape (n,)
        The right-hand side, and L.
    """

    beta: float
    g: torch.Tensor
    h: torch.Tensor
    e: torch.Tensor
    lo: torch.Tensor
    hi: torch.Tensor
    need: torch.Tensor
    damping: torch.Tensor

    def at(self, price: torch.Tensor) -> torch.Tensor:
        """Return the best change when the condition has this price, (n, d)."""
        damping = self.damping[:, None]
        pull = damping * self.e - self.h + price[:, None] * self.g
        return torch.minimum(torch.maximum(soft(pull, self.beta) / (2 + damping), self.lo), self.hi)

    def solve(self) -> torch.Tensor:
        """Return the best change; where the condition cannot be met, the change that comes nearest."""
        low = torch.zeros_like(self.need)
        met = row_sum(self.g * self.at(low)) >= self.need
        high = torch.ones_like(low)
        for _ in range(_DOUBLINGS):
            short = ~met & (row_sum(self.g * self.at(high)) < self.need)
            if not bool(short.any()):
                break
            low = torch.where(short, high, low)
            high = torch.where(short, high * 4, high)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            enough = row_sum(self.g * self.at(middle)) >= self.need
            high = torch.where(enough, middle, high)
            low = torch.where(enough, low, middle)
        return self.at(torch.where(met, 0.0, high))
