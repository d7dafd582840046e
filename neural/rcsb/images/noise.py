"""Between the user's images, bytes or numbers in [0, 1], and the sampler's, in [-1, 1]."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def signed(images: Tensor) -> Tensor:
    """Return images from [0, 1] in [-1, 1]."""
    return images * 2 - 1


def as_given(images: Tensor, originals: Tensor) -> Tensor:
    """Return images from [-1, 1] in the type and range of the originals."""
    inside = (images / 2 + 0.5).clamp(0, 1)
    if originals.dtype == torch.uint8:
        return (inside * 255).round().to(torch.uint8)
    return inside.to(originals.dtype)


def composite(images: Tensor, originals: Tensor, masks: Tensor) -> Tensor:
    """Return images (n, C, H, W) in [-1, 1] inside the region, and the originals' own bits outside it."""
    return torch.where(masks, as_given(images, originals), originals)


def sample_seeds(seeds: list[int], samples: int) -> Tensor:
    """Return int64 (n, k) seeds: an image's own one first, then others that follow from it alone."""
    rows = []
    for seed in seeds:
        drawn = [
            np.random.SeedSequence([seed % 2**64, place]).generate_state(1, np.uint64)[0] for place in range(1, samples)
        ]
        rows.append([seed, *(int(value) >> 1 for value in drawn)])
    return torch.tensor(rows, dtype=torch.int64).reshape(len(seeds), samples)


class Noise:
    """Standard noise of n rows, each from its own seed: a row draws the same, whatever else is in the batch.

    Parameters
    ----------
    seeds : Tensor of int64, shape (n,)
    """

    def __init__(self, seeds: Tensor) -> None:
        self._generators = [torch.Generator().manual_seed(int(seed) % 2**63) for seed in seeds]

    def like(self, x: Tensor) -> Tensor:
        """Return fresh noise of the shape, type and place of `x`; drawn on the CPU, so that devices agree."""
        drawn = [torch.randn(x.shape[1:], generator=own, dtype=torch.float64) for own in self._generators]
        return (torch.stack(drawn) if drawn else torch.zeros(x.shape)).to(x)

    def take(self, places: Tensor) -> Noise:
        """Return the noise of some rows."""
        part = Noise(torch.zeros(0))
        part._generators = [self._generators[place] for place in places.tolist()]
        return part
