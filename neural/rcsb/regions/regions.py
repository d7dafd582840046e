"""Regions: where an image may change. Every region gives one mask an image, and can be looked at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ..images.pixels import as_tensor, unit
from .cells import best, grid, pixels_of, read_area, read_cell, share_of


class NoRegionError(BadInputError):
    """An image has no region: nothing was found in it, or there is no mask for it; other images may have one."""


@dataclass(frozen=True)
class Asked:
    """What a region is asked with: one label and one seed an image, and the classifier.

    Attributes
    ----------
    classifier : callable or None
        From images in [0, 1], (m, C, H, W), to scores (m, K).
    labels : Tensor or None
        int64 (n,): the output that counts. bool (n, K): the sum of these outputs.
    seeds : tuple of int
    """

    classifier: Any
    labels: Tensor | None
    seeds: tuple[int, ...]


class Region(ABC):
    """Where an image may change.

    ``~region`` is the rest of the image; ``a | b`` is what is in one of two regions, ``a & b`` what is in both.
    """

    def masks(
        self,
        images: Any,
        *,
        classifier: Any = None,
        labels: Any = None,
        seeds: Sequence[int] | Tensor | None = None,
    ) -> Tensor:
        """Return the mask of each image: the same, whatever else is in the batch.

        Parameters
        ----------
        images : Tensor or array, shape (n, C, H, W)
            uint8, or floating in [0, 1].
        classifier : callable, optional
            From images in [0, 1] to scores (n, K); regions that explain a decision need it.
        labels : int64 (n,) or bool (n, K), optional
            The class whose score is explained, or several of them. Default: the class that the classifier prefers.
        seeds : sequence of int, optional
            One an image. Default: 0, 1, …

        Returns
        -------
        Tensor of bool, shape (n, 1, H, W)
            True where the image may change.

        Raises
        ------
        BadInputError
            If an argument has another shape, or the region cannot be had for an image; the message says which.
        """
        batch = unit(images)
        asked = Asked(classifier, read_labels(labels, len(batch)), read_seeds(seeds, len(batch)))
        found = self._masks(batch, asked)
        return found.to(device=batch.device, dtype=torch.bool)[:, None]

    def for_names(self, names: Sequence[str]) -> Region:
        """Return the region for images with these names (paths without their ending); most do not look at them."""
        del names
        return self

    def overlay(self, images: Any, **options: Any) -> Tensor:
        """Return the images with their region tinted, the rest darkened: uint8 (n, 3, H, W); options as of `masks`."""
        from ..results.pictures import overlay

        return overlay(unit(images), self.masks(images, **options))

    def plot(self, images: Any, *, size: float = 1.6, path: str | Path | None = None, **options: Any) -> Any:
        """Draw the images and their regions, and return the figure; options as of `masks`."""
        from ..results.pictures import plot_regions

        return plot_regions(unit(images), self.masks(images, **options), size=size, path=path)

    def _masks(self, images: Tensor, asked: Asked) -> Tensor:
        """Return the masks (n, H, W), image by image: so the batch cannot matter."""
        found = [self._mask(image, place, asked) for place, image in enumerate(images)]
        return torch.stack(found) if found else torch.zeros(0, *images.shape[2:], dtype=torch.bool)

    @abstractmethod
    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        """Return the mask (H, W) of one image (C, H, W)."""

    def __invert__(self) -> Region:
        return InverseRegion(self)

    def __or__(self, other: Region) -> Region:
        return JoinedRegion(self, other, "or")

    def __and__(self, other: Region) -> Region:
        return JoinedRegion(self, other, "and")


class FullRegion(Region):
    """The whole image."""

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        return torch.ones(image.shape[1:], dtype=torch.bool)

    def __repr__(self) -> str:
        return "FullRegion()"


class EmptyRegion(Region):
    """Nothing: the image stays as it is."""

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        return torch.zeros(image.shape[1:], dtype=torch.bool)

    def __repr__(self) -> str:
        return "EmptyRegion()"


class InverseRegion(Region):
    """What another region leaves.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self.region = _read_region(region)

    def for_names(self, names: Sequence[str]) -> Region:
        """Return the region for images with these names."""
        return InverseRegion(self.region.for_names(names))

    def _masks(self, images: Tensor, asked: Asked) -> Tensor:
        return ~self.region._masks(images, asked)

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        return ~self.region._mask(image, place, asked)

    def __repr__(self) -> str:
        return f"~{self.region!r}"


class JoinedRegion(Region):
    """What is in one of two regions, or in both.

    Parameters
    ----------
    first, second : Region
    join : {"or", "and"}
    """

    def __init__(self, first: Region, second: Region, join: Literal["or", "and"]) -> None:
        if join not in ("or", "and"):
            raise BadInputError(f"join={shown(join)}: expected 'or' or 'and'")
        self.first, self.second, self.join = _read_region(first), _read_region(second), join

    def for_names(self, names: Sequence[str]) -> Region:
        """Return the region for images with these names."""
        return JoinedRegion(self.first.for_names(names), self.second.for_names(names), self.join)

    def _masks(self, images: Tensor, asked: Asked) -> Tensor:
        first, second = (part._masks(images, asked).to(images.device) for part in (self.first, self.second))
        return first | second if self.join == "or" else first & second

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        first, second = (part._mask(image, place, asked).to(image.device) for part in (self.first, self.second))
        return first | second if self.join == "or" else first & second

    def __repr__(self) -> str:
        return f"({self.first!r} {'|' if self.join == 'or' else '&'} {self.second!r})"


class RandomRegion(Region):
    """Cells drawn at random, as many as an attribution region has: the control of an experiment.

    Parameters
    ----------
    cell : int
        Side of a cell, in pixels.
    area : float
        Share of the n cells: exactly floor(area · n) are drawn, each set equally likely.
    """

    def __init__(self, cell: int = 16, area: float = 0.3) -> None:
        self.cell, self.area = read_cell(cell), read_area(area)

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        height, width = image.shape[1:]
        rows, columns = grid(height, width, self.cell)
        order = torch.rand(rows * columns, generator=generator(asked.seeds[place], "region"), dtype=torch.float64)
        chosen = best(order.reshape(rows, columns), share_of(self.area, rows * columns))
        return pixels_of(chosen, self.cell, height, width)

    def __repr__(self) -> str:
        return f"RandomRegion(cell={self.cell}, area={self.area:g})"


def generator(seed: int, use: str) -> torch.Generator:
    """Return the random numbers of one image for one use, so that two uses of a seed do not draw the same ones."""
    salt = int.from_bytes(use.encode(), "little")
    drawn = np.random.SeedSequence([seed % 2**64, salt]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(drawn) % 2**63)


def read_seeds(seeds: Any, count: int) -> tuple[int, ...]:
    """Return one seed an image; raise `BadInputError` if their number is another one, or they are no whole numbers."""
    if seeds is None:
        return tuple(range(count))
    if isinstance(seeds, (int, np.integer)) and not isinstance(seeds, bool) and count == 1:
        seeds = [seeds]
    found = as_tensor(seeds, "seeds")
    if found.ndim != 1 or len(found) != count or found.is_floating_point() or found.dtype == torch.bool:
        raise BadInputError(f"seeds={shown(seeds)}: expected one whole number for each of {count} images")
    return tuple(int(seed) for seed in found)


def read_labels(labels: Any, count: int) -> Tensor | None:
    """Return the labels of `count` images, checked: whole numbers (n,) or truth values (n, K); None stays None."""
    if labels is None:
        return None
    found = as_tensor(labels, "labels")
    one = found.ndim == 1 and not found.is_floating_point() and found.dtype != torch.bool
    several = found.ndim == 2 and found.dtype == torch.bool
    if len(found.shape) < 1 or len(found) != count or not (one or several):
        raise BadInputError(
            f"labels has shape {tuple(found.shape)} and type {found.dtype}: expected the number of one class for each "
            f"of {count} images, or truth values (n, K) of several"
        )
    return found.long() if one else found


def _read_region(region: Any) -> Region:
    if not isinstance(region, Region):
        raise BadInputError(f"region={shown(region)}: expected a Region, such as MaskRegion(masks)")
    return region
