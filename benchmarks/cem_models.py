"""The stored models, data and answers of a peer of contrastive explanations, as PyTorch modules and arrays."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.measure import ROOT

FOLDER = ROOT.parent / "shared" / "peers" / "cem"
Array = NDArray[Any]


def stored(name: str, folder: Path = FOLDER) -> dict[str, Array]:
    """Return the arrays of one file."""
    with np.load(folder / f"{name}.npz") as data:
        return dict(data)


class Permuted(nn.Module):
    """Moves axes: the stored images have their channel last."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(*self.order)


def _linear(weight: Array, bias: Array) -> nn.Linear:
    layer = nn.Linear(*weight.shape)
    layer.weight.data = torch.from_numpy(weight.T.copy())
    layer.bias.data = torch.from_numpy(bias.copy())
    return layer


def _conv(kernel: Array, bias: Array) -> nn.Conv2d:
    layer = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
    layer.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
    if layer.bias is not None:
        layer.bias.data = torch.from_numpy(bias.copy())
    return layer


def _dense(weights: dict[str, Array]) -> list[nn.Module]:
    count = sum(name.startswith("W") for name in weights)
    layers: list[nn.Module] = []
    for i in range(count):
        layers.append(_linear(weights[f"W{i}"], weights[f"b{i}"]))
        if i < count - 1:
            layers.append(nn.ReLU())
    return layers


def digits_cnn(folder: Path = FOLDER) -> nn.Module:
    w = stored("digits_cnn", folder)
    return nn.Sequential(
        Permuted(0, 3, 1, 2), _conv(w["K0"], w["k0"]), nn.ReLU(), nn.MaxPool2d(2), _conv(w["K1"], w["k1"]), nn.ReLU(),
        nn.MaxPool2d(2), Permuted(0, 2, 3, 1), nn.Flatten(), *_dense(w),
    ).eval()  # fmt: skip


def digits_autoencoder(folder: Path = FOLDER) -> nn.Module:
    return nn.Sequential(nn.Flatten(), *_dense(stored("digits_ae", folder)), nn.Unflatten(1, (8, 8, 1))).eval()


def iris_model(name: str = "iris_lr", folder: Path = FOLDER) -> nn.Module:
    return nn.Sequential(*_dense(stored(name, folder))).eval()


@dataclass(frozen=True)
class Setting:
    """The data of a table and the peer's parameters on it."""

    train: Array
    test: Array
    options: dict[str, Any]


def digits(folder: Path = FOLDER) -> Setting:
    data = stored("digits_data", folder)
    low, high = float(data["xtr"].min()), float(data["xtr"].max())
    options = {"no_info": -1.0, "feature_range": (low, high), "kappa": 0.0, "beta": 0.1}
    return Setting(data["xtr"].reshape(-1, 8, 8, 1), data["xte"].reshape(-1, 8, 8, 1), options)


def iris(folder: Path = FOLDER) -> Setting:
    """Rows outside the range of the training data are left out of the test data, as there is no answer for them."""
    data = stored("iris_data", folder)
    low, high = data["xtr"].min(axis=0) - 0.1, data["xtr"].max(axis=0) + 0.1
    options = {
        "no_info": np.median(data["xtr"], axis=0), "feature_range": (low, high), "kappa": 0.2, "beta": 0.1,
        "loss": "proba", "c_init": 10.0,
    }  # fmt: skip
    inside = ((data["xte"] >= low) & (data["xte"] <= high)).all(axis=1)
    return Setting(data["xtr"], data["xte"][inside], options)


@dataclass(frozen=True)
class Answers:
    """The peer's instances and what it found: NaN where it found nothing; `delta` is flat."""

    X: Array
    found: Array
    objective: Array
    points: Array
    delta: Array


def answers(model: str, kind: str, mode: str, gamma: int = 0, folder: Path = FOLDER) -> Answers:
    data = stored(f"alibi_{model}_{kind}_{mode}_g{gamma}_it1000x10", folder)
    rows = len(data["X"])
    delta = (data["res"] - data["X"] if mode == "PN" else data["res"]).reshape(rows, -1).astype(np.float64)
    objective = 0.1 * np.abs(delta).sum(axis=1) + (delta**2).sum(axis=1)
    return Answers(data["X"], data["found"], np.where(data["found"], objective, np.nan), data["res"], delta)


def errors(encoder: nn.Module, points: Array) -> Array:
    """Squared reconstruction errors of points."""
    with torch.no_grad():
        away = torch.from_numpy(points) - encoder(torch.from_numpy(points))
        told: Array = away.flatten(1).double().pow(2).sum(dim=1).numpy()
    return told


def softmax_function(module: nn.Module) -> Callable[[Array], Array]:
    """Return a black box: probabilities from arrays."""

    def function(rows: Array) -> Array:
        with torch.no_grad():
            told: Array = torch.softmax(module(torch.from_numpy(np.asarray(rows, dtype=np.float32))), dim=1).numpy()
        return told

    return function


def mnist(folder: Path) -> tuple[Array, Array] | None:
    """Return images (n, 1, 28, 28) in [-0.5, 0.5] and labels; None where the files are absent."""
    files = [folder / "t10k-images-idx3-ubyte.gz", folder / "t10k-labels-idx1-ubyte.gz"]
    if not all(file.exists() for file in files):
        return None
    images, labels = (np.frombuffer(gzip.decompress(file.read_bytes()), dtype=np.uint8) for file in files)
    return images[16:].reshape(-1, 1, 28, 28).astype(np.float32) / 255 - 0.5, labels[8:].astype(np.int64)


def trained_cnn(images: Array, labels: Array, device: str, epochs: int = 2) -> nn.Module:
    """Return a convolutional network of two layers, trained for a few seconds."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 64), nn.ReLU(), nn.Linear(64, 10),
    ).to(device)  # fmt: skip
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    X, y = torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).to(device).split(128):  # type: ignore[no-untyped-call]
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return net.eval()
