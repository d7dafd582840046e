"""Stored models, data and answers of a peer, as PyTorch modules and arrays; tests that need them skip where absent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from tests.house.layout import ROOT

FOLDER = ROOT.parent / "shared" / "peers" / "cem"
needs_peers = pytest.mark.skipif(not FOLDER.is_dir(), reason="the peer's stored answers are not here")


def stored(name):
    with np.load(FOLDER / f"{name}.npz") as data:
        return dict(data)


class Permuted(nn.Module):
    """Moves axes: the stored images have their channel last."""

    def __init__(self, *order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(*self.order)


def _linear(weight, bias):
    layer = nn.Linear(*weight.shape)
    layer.weight.data = torch.from_numpy(weight.T.copy())
    layer.bias.data = torch.from_numpy(bias.copy())
    return layer


def _conv(kernel, bias):
    layer = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
    layer.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
    layer.bias.data = torch.from_numpy(bias.copy())
    return layer


def _dense(weights):
    count = sum(name.startswith("W") for name in weights)
    layers = []
    for i in range(count):
        layers.append(_linear(weights[f"W{i}"], weights[f"b{i}"]))
        if i < count - 1:
            layers.append(nn.ReLU())
    return layers


def digits_cnn():
    w = stored("digits_cnn")
    return nn.Sequential(
        Permuted(0, 3, 1, 2), _conv(w["K0"], w["k0"]), nn.ReLU(), nn.MaxPool2d(2), _conv(w["K1"], w["k1"]), nn.ReLU(),
        nn.MaxPool2d(2), Permuted(0, 2, 3, 1), nn.Flatten(), *_dense(w),
    ).eval()  # fmt: skip


def digits_autoencoder():
    return nn.Sequential(nn.Flatten(), *_dense(stored("digits_ae")), nn.Unflatten(1, (8, 8, 1))).eval()


def iris_model(name="iris_lr"):
    return nn.Sequential(*_dense(stored(name))).eval()


@dataclass(frozen=True)
class Setting:
    """The data of a table and the peer's parameters on it."""

    train: np.ndarray
    test: np.ndarray
    options: dict


def digits():
    data = stored("digits_data")
    low, high = float(data["xtr"].min()), float(data["xtr"].max())
    images = data["xte"].reshape(-1, 8, 8, 1)
    options = {"no_info": -1.0, "feature_range": (low, high), "kappa": 0.0, "beta": 0.1}
    return Setting(data["xtr"].reshape(-1, 8, 8, 1), images, options)


def iris():
    data = stored("iris_data")
    low, high = data["xtr"].min(axis=0) - 0.1, data["xtr"].max(axis=0) + 0.1
    options = {
        "no_info": np.median(data["xtr"], axis=0), "feature_range": (low, high), "kappa": 0.2, "beta": 0.1,
        "loss": "proba", "c_init": 10.0,
    }  # fmt: skip
    return Setting(data["xtr"], data["xte"], options)


def answers(model, kind, mode, gamma=0):
    """The peer's instances, whether it found something, and the objective of what it found (NaN where not)."""
    data = stored(f"alibi_{model}_{kind}_{mode}_g{gamma}_it1000x10")
    rows = len(data["X"])
    delta = (data["res"] - data["X"] if mode == "PN" else data["res"]).reshape(rows, -1).astype(np.float64)
    objective = 0.1 * np.abs(delta).sum(axis=1) + (delta**2).sum(axis=1)
    return data["X"], data["found"], np.where(data["found"], objective, np.nan), data["res"], delta


def softmax_function(module):
    """A black box: probabilities from arrays."""

    def function(rows):
        with torch.no_grad():
            return torch.softmax(module(torch.from_numpy(np.asarray(rows, dtype=np.float32))), dim=1).numpy()

    return function
