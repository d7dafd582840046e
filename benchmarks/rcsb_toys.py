"""Small images, classifiers and bridges for tests and figures: trained here, kept on disk, nothing downloaded."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.measure import ROOT

CACHE = ROOT / "build" / "toys"
_CODE = (
    "training/training",
    "training/plan",
    "training/batches",
    "training/holes",
    "bridge/networks",
    "bridge/schedule",
    "bridge/predictions",
)  # what the weights follow from


@dataclass(frozen=True)
class Toy:
    """Images and two classifiers that were trained apart.

    Attributes
    ----------
    train, test : Tensor, shape (n, C, H, W)
        In [0, 1].
    train_labels, test_labels : Tensor of int64, shape (n,)
    classifier : Module
        The one to explain.
    judge : Module
        Of another kind, trained on other images: it says whether a change is more than a trick on the first one.
    """

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor
    classifier: nn.Module
    judge: nn.Module


def digits(steps: int = 500) -> Toy:
    """Return the digits of scikit-learn, 8 x 8, one channel, ten classes; classifiers are trained for so many steps."""
    from sklearn.datasets import load_digits

    told = load_digits()
    images = torch.tensor(told.images / 16.0, dtype=torch.float32)[:, None]
    return _toy("digits", images, torch.tensor(told.target, dtype=torch.int64), 397, 10, steps)


def shapes(size: int = 16, count: int = 3000) -> Toy:
    """Return drawings of stripes, discs, crosses and frames, one channel, four classes."""
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 4, count)
    pictures = np.stack([_drawing(int(label), size, rng) for label in labels])
    images = torch.tensor(pictures, dtype=torch.float32)[:, None]
    return _toy(f"shapes{size}", images, torch.tensor(labels), 500, 4)


def _drawing(kind: int, size: int, rng: np.random.Generator) -> Any:
    y, x = np.mgrid[:size, :size] / (size - 1) - 0.5
    shift, radius = rng.uniform(-0.12, 0.12, 2), rng.uniform(0.22, 0.34)
    y, x = y - shift[0], x - shift[1]
    width = rng.uniform(0.07, 0.12)
    if kind == 0:
        inked = np.sin((x + y * rng.uniform(-0.3, 0.3)) * rng.uniform(18, 26) + rng.uniform(0, 6)) > 0.1
    elif kind == 1:
        inked = x * x + y * y < radius * radius
    elif kind == 2:
        inked = ((abs(x) < width) | (abs(y) < width)) & (np.maximum(abs(x), abs(y)) < radius + 0.1)
    else:
        far = np.maximum(abs(x), abs(y))
        inked = (far < radius + 0.08) & (far > radius + 0.08 - 1.6 * width)
    ink, paper = rng.uniform(0.75, 1.0), rng.uniform(0.0, 0.15)
    return np.clip(np.where(inked, ink, paper) + rng.normal(0, 0.02, (size, size)), 0, 1)


def _toy(name: str, images: Tensor, labels: Tensor, held: int, classes: int, steps: int = 500) -> Toy:
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(3))
    images, labels = images[order], labels[order]
    train, test, ours, theirs = images[held:], images[:held], labels[held:], labels[:held]
    half = len(train) // 2
    size = images.shape[-1] // 2

    def convolutions() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.ReLU(), nn.Conv2d(24, 48, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(48 * size * size, 64), nn.ReLU(), nn.Linear(64, classes),
        )  # fmt: skip

    def others() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2), nn.GELU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.GELU(),
            nn.Flatten(), nn.Linear(64 * size * size, 64), nn.GELU(), nn.Linear(64, classes),
        )  # fmt: skip

    classifier = _classifier(f"{name}-cnn", convolutions, train[:half], ours[:half], steps)
    judge = _classifier(f"{name}-judge", others, train[half:], ours[half:], steps)
    return Toy(train, test, ours, theirs, classifier, judge)


def _classifier(name: str, build: Callable[[], nn.Module], images: Tensor, labels: Tensor, steps: int) -> nn.Module:
    """Return a trained classifier; it takes two to four seconds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        model = build()
        path = CACHE / f"{name}-{_key(str(model), len(images), steps)}.pt"
        if path.is_file():
            model.load_state_dict(torch.load(path, weights_only=True))
            return model.eval()
        optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
        for step in range(steps):
            places = torch.randint(len(images), (64,))
            noisy = (images[places] + 0.05 * torch.randn(64, *images.shape[1:])).clamp(0, 1)
            for group in optimizer.param_groups:
                group["lr"] = 2e-3 * (1 - step / steps)
            loss: Any = functional.cross_entropy(model(noisy), labels[places], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    _write(path, model.state_dict())
    return model.eval()


def bridge(
    toy: Toy, name: str, *, features: int = 32, widen: int = 2, steps: int = 600, **options: Any
) -> tuple[Any, float]:
    """Return a trained bridge, and the CPU seconds that its training took when it ran."""
    from suffice.neural.rcsb.bridge.denoiser import BridgeDenoiser
    from suffice.neural.rcsb.bridge.networks import make_unet
    from suffice.neural.rcsb.training.training import train_bridge

    channels, height, width = toy.train.shape[1:]
    network = make_unet(channels, height, width, features=features, widen=widen)
    path = CACHE / f"{name}-{_key(features, widen, steps, sorted(options.items()), len(toy.train), *_sources())}.pt"
    if path.is_file():
        told = torch.load(path, weights_only=True)
        network.load_state_dict(told["net"])
        return BridgeDenoiser(network.eval()).eval(), float(told["seconds"])
    started = time.process_time()
    trained = train_bridge(toy.train, network, steps=steps, **options)
    took = time.process_time() - started
    average: Any = trained.denoiser.network
    _write(path, {"net": average.state_dict(), "seconds": took})
    return trained.denoiser, took


def _sources() -> list[str]:
    folder = ROOT / "neural" / "rcsb"
    return [hashlib.sha256((folder / f"{name}.py").read_bytes()).hexdigest() for name in _CODE]


def _key(*parts: Any) -> str:
    return hashlib.sha256(json.dumps([torch.__version__, *map(str, parts)]).encode()).hexdigest()[:16]


def _write(path: Path, told: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{time.monotonic_ns()}.part")
    torch.save(told, part)
    part.replace(path)


SMALL: dict[str, Any] = {"features": 32, "widen": 1, "steps": 150, "batch_size": 32}
FULL: dict[str, Any] = {"features": 32, "widen": 2, "steps": 600, "batch_size": 64}
SHAPES: dict[str, Any] = {"features": 32, "widen": 1, "steps": 400, "batch_size": 32}


def ranked(classifier: nn.Module, images: Tensor, place: int = 2) -> Tensor:
    """Return for each image the class at a place of the classifier's ranking; 0 is its answer, 2 the third."""
    with torch.no_grad():
        return torch.as_tensor(classifier(images)).argsort(dim=1, descending=True, stable=True)[:, place]
