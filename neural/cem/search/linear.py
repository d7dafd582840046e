"""The cheapest change under one linear condition: what a step of the refinement solves, for many rows at once.

    minimise   beta |d|_1 + |d|_2^2 + h . d + (L/2) |d - e|_2^2
    such that  g . d >= need,   lo <= d <= hi

For a price t of the condition each coordinate is its own soft threshold; ``g . d`` grows with t and is piecewise
linear, so the right price is found by false position. Boxes need not contain zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..core import CHEAPEST_CHANGE, on_core, seen
from ..model.sums import row_sum, soft

_GROWTHS = 12
_STEPS = 16


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
        if not on_core(self.g) or type(self) is not LinearQuestion:
            return self.solve_by_tensors()
        g, h, e, lo, hi = (seen(part) for part in (self.g, self.h, self.e, self.lo, self.hi))
        need, damping = seen(self.need), seen(self.damping)
        solve = CHEAPEST_CHANGE[self.g.dtype]
        return torch.from_numpy(solve(self.beta, g, h, e, lo, hi, need, damping, _GROWTHS, _STEPS))

    def solve_by_tensors(self) -> torch.Tensor:
        """Return the same, computed by tensors."""
        low = torch.zeros_like(self.need)
        below = self._reached(low)
        met = below >= 0
        high = torch.ones_like(low)
        above = self._reached(high)
        for _ in range(_GROWTHS):
            short = ~met & (above < 0)
            if not bool(short.any()):
                break
            low, below = torch.where(short, high, low), torch.where(short, above, below)
            high = torch.where(short, high * 16, high)
            above = torch.where(short, self._reached(high), above)
        side = torch.zeros_like(low)
        for _ in range(_STEPS):
            share = torch.where(above > below, below / (below - above), 0.5)
            middle = torch.where((share > 0) & (share < 1), low + share * (high - low), (low + high) / 2)
            value = self._reached(middle)
            enough = value >= 0
            # An end that stays twice counts half (Illinois): else it would stay for ever on a kink.
            below = torch.where(enough, torch.where(side > 0, below / 2, below), value)
            above = torch.where(enough, value, torch.where(side < 0, above / 2, above))
            high, low = torch.where(enough, middle, high), torch.where(enough, low, middle)
            side = torch.where(enough, 1.0, -1.0)
        return self.at(torch.where(met, 0.0, high))

    def _reached(self, price: torch.Tensor) -> torch.Tensor:
        """Return by how much the condition is exceeded at a price, (n,)."""
        return row_sum(self.g * self.at(price)) - self.need
