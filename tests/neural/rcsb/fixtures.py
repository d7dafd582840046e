"""Stored numbers of the published loop, small networks, small helpers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural.rcsb import RCSB
from torch import nn

from tests.house.layout import ROOT

FOLDER = ROOT.parent / "shared" / "peers" / "rcsb"
needs_numbers = pytest.mark.skipif(not FOLDER.is_dir(), reason="the stored numbers are not here")


def stored(name):
    """The arrays of a file, as tensors."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


class TinyNet(nn.Module):
    """The denoiser of the stored loop."""

    def __init__(self, channels=1):
        super().__init__()
        self.a = nn.Conv2d(channels, 8, 3, padding=1)
        self.b = nn.Conv2d(8, channels, 3, padding=1)

    def forward(self, x, t):
        return self.b(torch.tanh(self.a(x)) * (1 + t.reshape(-1, 1, 1, 1) / 1000).to(x.dtype))


def part(arrays, prefix):
    return {key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)}


def seeded(build, seed=0):
    """Build a module with seeded weights; the generator of PyTorch is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build()


def tiny_net(channels=1, seed=0):
    return seeded(lambda: TinyNet(channels), seed).eval()


def tiny_classifier(channels=1, height=8, width=8, classes=5, seed=1, gain=3.0):
    def build():
        net = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, 32), nn.Tanh(), nn.Linear(32, classes))
        net[1].weight.data *= gain
        return net

    return seeded(build, seed).eval()


def pictures(count=4, channels=1, height=8, width=8, seed=0, kind="float32"):
    """Random images: floating in [0, 1], or uint8."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, channels, height, width, generator=generator, dtype=torch.float64)
    return (images * 255).round().to(torch.uint8) if kind == "uint8" else images.to(getattr(torch, kind))


def left_half(count=4, height=8, width=8):
    mask = torch.zeros(count, 1, height, width, dtype=torch.bool)
    mask[..., : width // 2] = True
    return mask


def others(classifier, images, classes=5, shift=1):
    """For each image, a class that is not its own."""
    with torch.no_grad():
        return (classifier(images.float() if images.is_floating_point() else images / 255).argmax(1) + shift) % classes


QUICK = {"nfe": 8, "scale": 0.2, "scale_mode": "pixel", "samples": 1}


def explainer(classifier=None, denoiser=None, **options):
    """A quick explainer of tiny networks."""
    return RCSB(denoiser or tiny_net(), classifier or tiny_classifier(), **{**QUICK, **options})
