"""A small world: images, a classifier, a bridge and results that cost nothing; all can be sent to other processes."""

from __future__ import annotations

import numpy as np
import torch
from suffice.neural.rcsb import RCSB
from suffice.neural.rcsb.results.result import RCSBResult
from torch import nn


class Linear(nn.Module):
    """Scores of 3 classes from 8 x 8 images of any channels; the first class likes the left, the second the right."""

    def __init__(self, channels=3, side=8, classes=3, seed=0):
        super().__init__()
        numbers = torch.Generator().manual_seed(seed)
        weight = 0.02 * torch.randn(classes, channels, side, side, generator=numbers)
        weight[0, :, :, : side // 2] += 0.3
        weight[1, :, :, side // 2 :] += 0.3
        self.weight = nn.Parameter(weight.reshape(classes, -1))

    def forward(self, images):
        return (images.flatten(1) - 0.5) @ self.weight.T


class Shrink(nn.Module):
    """A bridge that has learned little: the estimate is a part of the state."""

    def __init__(self, share=0.9):
        super().__init__()
        self.share = nn.Parameter(torch.tensor(share))

    def forward(self, x, t):
        return x * self.share


def explainer(**options):
    from suffice.neural.rcsb import BridgeDenoiser

    told = {"nfe": 3, "scale": 1.0, "scale_mode": "pixel", "samples": 2, "mask_gradient": True} | options
    return RCSB(BridgeDenoiser(Shrink(), "x0"), Linear().eval(), **told)


def images(count, channels=3, side=8, seed=0, width=None):
    numbers = torch.Generator().manual_seed(seed)
    return torch.rand(count, channels, side, width or side, generator=numbers)


def write_images(folder, count=7, side=8, seed=0):
    """Write images whose left or right half is brighter, by turns."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    numbers = np.random.default_rng(seed)
    for place in range(count):
        image = numbers.integers(0, 120, (side, side, 3)).astype(np.uint8)
        half = slice(0, side // 2) if place % 2 == 0 else slice(side // 2, side)
        image[:, half] += 120
        Image.fromarray(image).save(folder / f"{place:02d}.png")
    return folder


def made_result(count=6, flips=(True, True, False, True, True, True), seed=0):
    """A result of made-up numbers: what metrics and pictures are told."""
    originals = images(count, seed=seed)
    samples = images(count * 2, seed=seed + 1).reshape(count, 2, 3, 8, 8)
    masks = torch.zeros(count, 1, 8, 8, dtype=torch.bool)
    masks[:, :, 2:7, 1:6] = True
    samples = torch.where(masks[:, None], samples, originals[:, None])
    net = Linear()
    table = net(originals).softmax(1).detach()
    after = net(samples.flatten(0, 1)).softmax(1).detach().reshape(count, 2, 3)
    best = torch.tensor([place % 2 for place in range(count)])
    row = torch.arange(count)
    flipped = torch.tensor(flips[:count])
    return RCSBResult(
        originals=originals, images=samples[row, best], samples=samples, masks=masks, source=table.argmax(1),
        targets=(table.argmax(1) + 1) % 3, probabilities_before=table, probabilities_after=after[row, best],
        sample_probabilities=after, flipped=flipped, sample_flipped=flipped[:, None].expand(count, 2).clone(),
        seeds=torch.arange(2 * count).reshape(count, 2), best=best, finished=torch.ones(count, 2, dtype=torch.bool),
        seconds=0.25, settings={"scale": 1.5},
    )  # fmt: skip
