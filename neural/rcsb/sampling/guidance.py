"""From the slope of the classifier to the step that is added to a state (Sobieski et al., ICLR 2025, section 3)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from ..settings import Settings

_BETAS, _EPS = (0.9, 0.999), 1e-8


@dataclass(slots=True)
class Momentum:
    """What guidance remembers of each row; all tensors have as many rows.

    Attributes
    ----------
    first, second : Tensor, shape (n, C, H, W)
        Adam's averages of the slope and of its square.
    turns : Tensor, shape (n, 1, 1, 1)
        Steps so far.
    norm : Tensor, shape (n, 1, 1, 1)
        Length of the first direction; 0 before there is one.
    """

    first: Tensor
    second: Tensor
    turns: Tensor
    norm: Tensor

    @classmethod
    def fresh(cls, x: Tensor) -> Momentum:
        """Return the memory of rows that were never guided."""
        one = torch.zeros(len(x), 1, 1, 1, dtype=x.dtype, device=x.device)
        return cls(torch.zeros_like(x), torch.zeros_like(x), one, one.clone())

    def take(self, places: Tensor) -> Momentum:
        """Return the memory of some rows."""
        return Momentum(*(getattr(self, item.name)[places] for item in fields(self)))

    def push(self, slope: Tensor, masks: Tensor, scales: Tensor, settings: Settings) -> Tensor:
        """Return what is added to the states, and remember the slope.

        Parameters
        ----------
        slope : Tensor, shape (n, C, H, W)
            Of the objective; a row that is not finite is not moved.
        masks : Tensor of bool, shape (n, 1, H, W)
        scales : Tensor, shape (n,)
        settings : Settings
        """
        usable = torch.isfinite(slope).flatten(1).all(1).reshape(-1, 1, 1, 1)
        slope = torch.where(usable, slope, torch.zeros_like(slope))
        if settings.mask_gradient:
            slope = slope * masks
        direction = self._stabilised(slope, settings.stabiliser)
        area = masks if settings.mask_gradient or settings.scale_mode == "region" else torch.ones_like(masks)
        norm = (direction * area).flatten(1).norm(dim=1).reshape(-1, 1, 1, 1)
        if settings.normaliser == "first":
            self.norm = torch.where(self.norm > 0, self.norm, norm)
            direction = _over(direction, self.norm)
        elif settings.normaliser == "each":
            direction = _over(direction, norm)
        step = scales.reshape(-1, 1, 1, 1) * direction
        if settings.scale_mode == "pixel":
            step = step * (area.flatten(1).sum(1) * slope.shape[1]).to(step).sqrt().reshape(-1, 1, 1, 1)
        return step * usable

    def _stabilised(self, slope: Tensor, stabiliser: str) -> Tensor:
        """Return the direction: Adam's, the signs, or the slope itself."""
        if stabiliser == "sign":
            return slope.sign()
        if stabiliser == "none":
            return slope
        self.turns = self.turns + 1
        self.first = self.first * _BETAS[0] + slope * (1 - _BETAS[0])
        self.second = self.second * _BETAS[1] + slope * slope * (1 - _BETAS[1])
        mean = self.first / (1 - _BETAS[0] ** self.turns)
        return mean / ((self.second / (1 - _BETAS[1] ** self.turns)).sqrt() + _EPS)


def _over(direction: Tensor, norm: Tensor) -> Tensor:
    """Divide by a length; where it is zero there is no direction."""
    return torch.where(norm > 0, direction / torch.where(norm > 0, norm, torch.ones_like(norm)), torch.zeros_like(norm))
