"""Batches of training images that follow from a seed and the number of the step alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ..images.pixels import unit


class Batches:
    """Images of a data set, epoch after epoch in another order.

    Parameters
    ----------
    dataset : Tensor, array or Dataset
    size : int
        Images in a batch.
    seed : int
    workers : int
        Processes that load a data set.

    Attributes
    ----------
    shape : tuple of int
        Channels, height and width.

    Raises
    ------
    BadInputError
        If there are no images, or they cannot be used.
    """

    def __init__(self, dataset: Any, size: int, seed: int, workers: int = 0) -> None:
        self.size, self.seed, self.workers = size, seed, workers
        self._images: Tensor | None = None
        self._dataset = dataset
        if isinstance(dataset, (Tensor, np.ndarray)):
            self._images = unit(dataset, "dataset")
            self.shape = tuple(self._images.shape[1:])
        elif not hasattr(dataset, "__getitem__") or not hasattr(dataset, "__len__"):
            raise BadInputError(f"dataset={shown(dataset)}: expected images (n, C, H, W), or a data set with a length")
        self._length = len(dataset)
        if not self._length:
            raise BadInputError("dataset: it holds no image")
        if self._images is None:
            self.shape = tuple(image_of(dataset, 0).shape)

    def places(self, step: int) -> list[int]:
        """Return which images a step takes; every epoch takes each image once."""
        wanted = range(step * self.size, (step + 1) * self.size)
        found: list[int] = []
        for epoch in range(wanted.start // self._length, (wanted.stop - 1) // self._length + 1):
            order = np.random.default_rng([self.seed, epoch]).permutation(self._length)
            low = max(0, wanted.start - epoch * self._length)
            found += order[low : wanted.stop - epoch * self._length].tolist()
        return found

    def from_step(self, step: int) -> Iterator[Tensor]:
        """Yield batches (size, C, H, W) in [0, 1], from a step on, without end."""
        if self._images is None and self.workers:
            yield from self._loaded(step)
        while True:
            places = self.places(step)
            if self._images is not None:
                yield self._images[places]
            else:
                yield torch.stack([self._checked(image_of(self._dataset, place)) for place in places])
            step += 1

    def _loaded(self, step: int) -> Iterator[Tensor]:
        """Yield batches that other processes load ahead."""
        from torch.utils.data import DataLoader

        images: Any = _Images(self._dataset)  # what a loader needs of a data set, no more
        loader: DataLoader[Tensor] = DataLoader(
            images,
            batch_sampler=_Places(self, step),
            num_workers=self.workers,
            persistent_workers=False,
        )
        for batch in loader:
            yield self._checked(batch)

    def _checked(self, images: Tensor) -> Tensor:
        if tuple(images.shape[-3:]) != self.shape:
            raise BadInputError(
                f"dataset: an image has shape {tuple(images.shape[-3:])}, the first one {self.shape}; "
                "expected the same size"
            )
        return images


class _Places:
    """The places of all steps from one on, as a sampler of batches; without end."""

    def __init__(self, batches: Batches, step: int) -> None:
        self._batches, self._step = batches, step

    def __iter__(self) -> Iterator[list[int]]:
        step = self._step
        while True:
            yield self._batches.places(step)
            step += 1

    def __len__(self) -> int:
        return 2**31


class _Images:
    """A data set of the images alone."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, place: int) -> Tensor:
        return image_of(self._dataset, place)


def image_of(dataset: Any, place: int) -> Tensor:
    """Return one image (C, H, W) of a data set, in [0, 1].

    Raises
    ------
    BadInputError
        If the item is no such image.
    """
    item = dataset[place]
    if isinstance(item, (tuple, list)):
        item = item[0]
    if isinstance(item, dict):
        item = item.get("image", item.get("pixel_values"))
    if not isinstance(item, (Tensor, np.ndarray)) or item.ndim != 3:
        raise BadInputError(
            f"dataset[{place}] is {shown(item)}: expected an image (C, H, W), or a tuple that begins so"
        )
    return unit(item[None], f"dataset[{place}]")[0]
