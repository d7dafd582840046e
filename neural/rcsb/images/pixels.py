"""Images as users have them: arrays, tensors and files, bytes or numbers in [0, 1]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, MissingBackendError, shown

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


def unit(images: Any, name: str = "images") -> Tensor:
    """Return images as numbers in [0, 1].

    Parameters
    ----------
    images : Tensor or array, shape (n, C, H, W)
        uint8, or floating in [0, 1].
    name : str
        What messages call it.

    Returns
    -------
    Tensor of float32 (float64 stays), shape (n, C, H, W)

    Raises
    ------
    BadInputError
        If the shape, the type or the range is another one.
    """
    tensor = as_tensor(images, name)
    if tensor.ndim != 4 or not tensor.shape[1:].numel():
        raise BadInputError(f"{name} has shape {tuple(tensor.shape)}: expected (n, channels, height, width)")
    if tensor.dtype == torch.uint8:
        return tensor.to(torch.float32) / 255
    if not tensor.is_floating_point():
        raise BadInputError(f"{name} has type {tensor.dtype}: expected uint8, or floating-point numbers in [0, 1]")
    if tensor.numel():
        low, high = float(tensor.min()), float(tensor.max())
        if not (low >= 0 and high <= 1):  # NaN fails as well
            raise BadInputError(
                f"{name} holds values from {low:g} to {high:g}: expected [0, 1], or uint8 from 0 to 255"
            )
    return tensor if tensor.dtype == torch.float64 else tensor.to(torch.float32)


def as_tensor(values: Any, name: str) -> Tensor:
    """Return a tensor that stands apart from any graph; raise `BadInputError` if there is none to be had."""
    if isinstance(values, Tensor):
        return values.detach()
    try:
        array = np.asarray(values)
        return torch.from_numpy(np.array(array, order="C"))
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={shown(values)}: expected a tensor or an array of numbers") from None


def to_bytes(images: Tensor) -> Tensor:
    """Return images as uint8: as they are, or the nearest of 256 levels."""
    if images.dtype == torch.uint8:
        return images
    return (images.to(torch.float64) * 255).round().clamp(0, 255).to(torch.uint8)


def open_image(path: str | Path) -> Any:
    """Open and decode an image file with Pillow.

    Raises
    ------
    BadInputError
        If there is no such file, or it is no image that can be read.
    MissingBackendError
        If Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise MissingBackendError('image files need Pillow: pip install "suffice[rcsb]"') from None
    if not Path(path).is_file():
        raise BadInputError(f"{path}: there is no such file")
    try:
        with Image.open(path) as image:
            image.load()
            return ImageOps.exif_transpose(image)  # as cameras mean it, and viewers show it
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:  # Pillow raises all of these
        reason = str(error) or type(error).__name__
        raise BadInputError(f"{path}: this file cannot be read as an image ({reason})") from None


def read_image(path: str | Path, *, size: int | None = None, grey: bool = False) -> Tensor:
    """Read an image file.

    Parameters
    ----------
    path : path
    size : int, optional
        The shorter side is resized to this (bicubic, antialiased) and the centre is cut out as a square, as
        evaluations on ImageNet do. Default: as large as the file.
    grey : bool
        One channel instead of three.

    Returns
    -------
    Tensor of uint8, shape (3, H, W) or (1, H, W)

    Raises
    ------
    BadInputError
        If the file cannot be read, or has more than 8 bits a channel.
    """
    image = open_image(path)
    if image.mode.startswith("I") or image.mode == "F":
        raise BadInputError(f"{path}: {image.mode} is an image of more than 8 bits; save it with 8 bits")
    image = image.convert("L" if grey else "RGB")
    if size is not None:
        image = centred(image, size, smooth=True)
    array = np.array(image, dtype=np.uint8)
    return torch.from_numpy(array[None] if grey else np.ascontiguousarray(np.moveaxis(array, 2, 0)))


def centred(image: Any, size: int, *, smooth: bool) -> Any:
    """Return the centre of a Pillow image as a square of `size` pixels, after resizing its shorter side to that."""
    from PIL import Image

    width, height = image.size
    short = min(width, height)
    new = (max(size, round(width * size / short)), max(size, round(height * size / short)))
    if new != image.size:
        image = image.resize(new, Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST)
    left, top = (new[0] - size) // 2, (new[1] - size) // 2
    return image.crop((left, top, left + size, top + size))


def image_files(folder: str | Path) -> list[Path]:
    """Return the image files below a folder, in the order of their names.

    Raises
    ------
    BadInputError
        If there is no such folder, or it holds no image.
    """
    root = Path(folder)
    if not root.is_dir():
        raise BadInputError(f"{root}: there is no such folder")
    found = [path for path in root.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file()]
    if not found:
        raise BadInputError(f"{root}: no image files in this folder; expected {', '.join(ENDINGS)}")
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def file_bytes(image: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return one image (C, H, W) as bytes (H, W, 3); one channel becomes grey, of more than three the first three."""
    levels = to_bytes(image).cpu()
    levels = levels.expand(3, -1, -1) if levels.shape[0] == 1 else levels[:3]
    if levels.shape[0] == 2:
        levels = torch.cat([levels, torch.zeros_like(levels[:1])])
    return np.ascontiguousarray(np.moveaxis(levels.numpy(), 0, 2))
