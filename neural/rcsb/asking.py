"""Images, regions and seeds as users give them, checked and in one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...engine.errors import BadInputError, shown
from .images.noise import sample_seeds
from .images.pixels import as_tensor, unit
from .regions.regions import Region


def read_images(images: Any) -> tuple[Tensor, Tensor]:
    """Return the images as given, and as numbers in [0, 1].

    Raises
    ------
    BadInputError
        If shape, type or range cannot be used, or there are none.
    """
    given = as_tensor(images, "images").clone()
    if given.ndim in (2, 3):
        raise BadInputError(
            f"images has shape {tuple(given.shape)}: expected (n, channels, height, width); write images[None] for one "
            "image with channels, images[:, None] for grey images without"
        )
    numbers = unit(given)
    if not len(given):
        raise BadInputError("images: there is none to explain")
    return given, numbers


def read_masks(regions: Any, images: Tensor, **asked: Any) -> Tensor:
    """Return where images may change: bool (n, 1, H, W).

    Parameters
    ----------
    regions : Region, array, or a sequence of n of them
        Arrays: bool, or 0 and 1, with shape (H, W) or (1, H, W) for all images, (n, H, W) or (n, 1, H, W) for each.
    images : Tensor, shape (n, C, H, W)
        In [0, 1].
    **asked
        What regions are asked with: classifier, labels, seeds.

    Raises
    ------
    BadInputError
        If a mask has another size or other values.
    """
    count = len(images)
    if isinstance(regions, Region):
        return _of_size(regions.masks(images, **asked), images, "regions").to(images.device)
    if isinstance(regions, (list, tuple)) and any(
        isinstance(part, Region) or getattr(part, "ndim", 0) >= 2 for part in regions
    ):
        if len(regions) != count:
            raise BadInputError(f"{len(regions)} regions for {count} images: expected one for all, or one for each")
        return torch.cat([_one(part, place, images, asked) for place, part in enumerate(regions)])
    if regions is None or isinstance(regions, (str, dict)):
        raise BadInputError(f"regions={shown(regions)}: expected a Region or masks, bool (n, 1, H, W)")
    return _of_size(_truth(regions, "regions"), images, "regions").to(images.device)


def _one(part: Any, place: int, images: Tensor, asked: dict[str, Any]) -> Tensor:
    """Return the mask (1, 1, H, W) of one image."""
    own = images[place : place + 1]
    name = f"regions[{place}]"
    if isinstance(part, Region):
        labels, seeds = asked.get("labels"), asked.get("seeds")
        told = {
            "classifier": asked.get("classifier"),
            "labels": None if labels is None else labels[place : place + 1],
            "seeds": None if seeds is None else list(seeds[place : place + 1]),
        }
        return _of_size(part.masks(own, **told), own, name).to(images.device)
    return _of_size(_truth(part, name), own, name).to(images.device)


def _truth(mask: Any, name: str) -> Tensor:
    tensor = as_tensor(mask, name)
    if tensor.dtype != torch.bool and not bool(((tensor == 0) | (tensor == 1)).all()):
        raise BadInputError(
            f"{name} holds {shown(sorted(set(tensor.reshape(-1).tolist()))[:4])} …: expected bool, or 0 and 1"
        )
    return tensor.bool()


def _of_size(mask: Tensor, images: Tensor, name: str) -> Tensor:
    """Return a mask as (n, 1, H, W)."""
    count, height, width = len(images), *images.shape[2:]
    size = (height, width)
    if tuple(mask.shape) not in {size, (1, *size), (count, *size), (1, 1, *size), (count, 1, *size)}:
        raise BadInputError(
            f"{name} has shape {tuple(mask.shape)}: expected ({height}, {width}), or ({count}, 1, {height}, {width}), "
            f"for images of {height} x {width}"
        )
    full = mask.reshape(-1, 1, height, width) if mask.ndim < 4 else mask
    return full.expand(count, 1, height, width).clone()


def read_seeds(seeds: Any, count: int, samples: int) -> Tensor:
    """Return int64 (n, k) seeds.

    Parameters
    ----------
    seeds : None, int, sequence of n, or array (n, k)
        None: 0 … n - 1. One number: for the first image; others count on from it. n numbers: one an image, from which
        those of further samples follow.
    count, samples : int
        n and k.

    Raises
    ------
    BadInputError
        If there are not as many, or they are no whole numbers from 0.
    """
    if seeds is None:
        seeds = 0
    if isinstance(seeds, (int, np.integer)) and not isinstance(seeds, bool) and seeds >= 0:
        seeds = [int(seeds) + place for place in range(count)]
    found = as_tensor(seeds, "seeds")
    if found.is_floating_point() or found.dtype == torch.bool or bool((found < 0).any()):
        raise BadInputError(f"seeds={shown(seeds)}: expected whole numbers from 0")
    if tuple(found.shape) == (count,):
        return sample_seeds([int(seed) for seed in found], samples)
    if tuple(found.shape) == (count, samples):
        return found.long().cpu()
    raise BadInputError(
        f"seeds has shape {tuple(found.shape)}: expected one an image, ({count},), or a sample, ({count}, {samples})"
    )


def read_scales(scales: Any, default: float, count: int, samples: int) -> Tensor:
    """Return float64 (n, k) scales of guidance.

    Raises
    ------
    BadInputError
        If there are not as many, or one is negative or not finite.
    """
    if scales is None:
        scales = default
    if isinstance(scales, Sequence) and not len(scales):
        raise BadInputError("scales: expected a number, or one an image")
    found = as_tensor(scales, "scales").to(torch.float64)
    if not bool(torch.isfinite(found).all()) or bool((found < 0).any()):
        raise BadInputError(f"scales={shown(scales)}: expected finite numbers from 0")
    if tuple(found.shape) not in ((), (count,), (count, samples)):
        raise BadInputError(
            f"scales has shape {tuple(found.shape)}: expected one number, ({count},) or ({count}, {samples})"
        )
    column = found.reshape(-1, 1) if found.ndim == 1 else found
    return column.expand(count, samples).clone()
