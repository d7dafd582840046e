"""Small models with seeded weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn


def seeded(build, seed=0):
    """Build a module with seeded weights, in evaluation mode; the generator of PyTorch is left as it was."""
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    module = build().eval()
    torch.random.set_rng_state(state)
    return module


def tabular(features=6, classes=3, seed=0, hidden=16, activation=nn.Tanh):
    def build():
        net = nn.Sequential(nn.Linear(features, hidden), activation(), nn.Linear(hidden, classes))
        for part in net:
            if isinstance(part, nn.Linear):
                part.weight.data *= 3
        return net

    return seeded(build, seed)


def small_cnn(channels=1, classes=4, seed=0):
    def build():
        return nn.Sequential(
            nn.Conv2d(channels, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU(), nn.Flatten(),
            nn.Linear(6 * 36, classes),
        )  # fmt: skip

    return seeded(build, seed)


def rows(n, shape, seed=0, low=-1.0, high=1.0, kind=np.float32):
    generator = np.random.default_rng(seed)
    return np.clip(generator.uniform(low, high, (n, *shape)), low, high).astype(kind)
