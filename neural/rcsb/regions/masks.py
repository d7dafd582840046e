"""Regions by hand: masks from arrays, from image files, and from a folder with one file an image."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ..images.pixels import as_tensor, centred, image_files, open_image
from .regions import Asked, NoRegionError, Region


class MaskRegion(Region):
    """Masks as they are given: true, or white, where the image may change.

    Parameters
    ----------
    source : array, path, sequence or mapping
        An array: (H, W) or (1, H, W) for all images; (n, H, W) or (n, 1, H, W) with one mask an image; bool, or two
        values of which one is 0. A path of an image file: for all images. A folder: one file an image, which in runs
        over a folder of images is the one of the same name, else the files in the order of their names. A sequence of
        arrays and paths: one an image. A mapping from names of images to arrays or paths.
    fit : {"exact", "centre"}
        ``"exact"``: a mask of another size is an error. ``"centre"``: files are resized and cut to a square as
        `read_image` does with images, for masks that were painted on the whole of an image.

    Notes
    -----
    In a grey or coloured file, pixels from half of the largest level on are true. A file with an alpha channel that
    varies is refused, as it does not say which of the two is meant.
    """

    def __init__(self, source: Any, *, fit: Literal["exact", "centre"] = "exact") -> None:
        if fit not in ("exact", "centre"):
            raise BadInputError(f"fit={shown(fit)}: expected 'exact' or 'centre'")
        self.fit: Literal["exact", "centre"] = fit
        self.source = source
        self._named: dict[str, Any] | None = None
        self._of_names = False
        if isinstance(source, (str, Path)):
            path = Path(source)
            if path.is_dir():
                self._named = _by_stem(path)
            elif not path.is_file():
                raise BadInputError(f"{path}: there is no such mask file or folder")
        elif isinstance(source, Mapping):
            self._named = {str(name): mask for name, mask in source.items()}
        elif not _is_list(source):
            self.source = read_mask_array(source, "source")

    def for_names(self, names: Sequence[str]) -> Region:
        """Return the region for images with these names; raise `BadInputError` where one has no mask."""
        if self._named is None:
            if _is_list(self.source) or (isinstance(self.source, Tensor) and self.source.ndim == 3):
                raise BadInputError(
                    "masks in a list do not say whose they are: give a folder, or a mapping from names of images"
                )
            return self
        missing = [name for name in names if name not in self._named]
        if missing:
            raise NoRegionError(f"there is no mask for {missing[0]!r}; there are masks for {shown(list(self._named))}")
        found = MaskRegion([self._named[name] for name in names], fit=self.fit)
        found._of_names = True
        return found

    def _masks(self, images: Tensor, asked: Asked) -> Tensor:
        try:
            return self._fitting(images)
        except BadInputError as error:
            if self._of_names:  # other images have other masks
                raise NoRegionError(str(error)) from None
            raise

    def _fitting(self, images: Tensor) -> Tensor:
        """Return the masks (n, H, W), all of the images' size."""
        count, (height, width) = len(images), images.shape[2:]
        found = self._read(count, height)
        for place, mask in enumerate(found):
            if mask.shape != (height, width):
                whose = "the mask" if len(found) == 1 else f"mask {place}"
                raise BadInputError(
                    f"{whose} has {mask.shape[0]} x {mask.shape[1]} pixels (height x width): the images have "
                    f"{height} x {width}"
                )
        if len(found) not in (1, count):
            raise BadInputError(f"{len(found)} masks for {count} images: expected one for all, or one for each")
        if not count:
            return torch.zeros(0, height, width, dtype=torch.bool)
        return torch.stack([found[0]] * count if len(found) == 1 else found)

    def _read(self, count: int, height: int) -> list[Tensor]:
        """Return one mask for all, or one for each; files are read now."""
        if isinstance(self.source, Tensor):
            return [self.source] if self.source.ndim == 2 else list(self.source)
        if _is_list(self.source):
            items = list(self.source)
        elif self._named is not None:
            items = list(self._named.values())
            if len(items) != count:
                raise BadInputError(f"{len(items)} masks for {count} images: expected one for each")
        else:
            items = [self.source]
        size = height if self.fit == "centre" else None
        masks = [
            read_mask(item, size) if isinstance(item, (str, Path)) else read_mask_array(item, f"mask {place}")
            for place, item in enumerate(items)
        ]
        for place, mask in enumerate(masks):
            if mask.ndim != 2:
                raise BadInputError(f"mask {place} has shape {tuple(mask.shape)}: expected (height, width)")
        if len(masks) == 1 and count > 1 and not isinstance(self.source, (str, Path)):
            raise BadInputError(f"1 mask in a list for {count} images: expected one for each")
        return masks

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        raise NotImplementedError("masks are read for all images at once")

    def __repr__(self) -> str:
        if isinstance(self.source, Tensor):
            bits = np.packbits(self.source.numpy()).tobytes()
            return f"MaskRegion(array {tuple(self.source.shape)}, {hashlib.sha256(bits).hexdigest()[:12]})"
        return f"MaskRegion({shown(self.source)})"


def read_mask_array(values: Any, name: str) -> Tensor:
    """Return masks (H, W) or (n, H, W) as bool; raise `BadInputError` unless they are bool or have two values, one 0.

    A tensor of shape (1, H, W) or (1, 1, H, W) becomes (H, W).
    """
    tensor = as_tensor(values, name).cpu()
    if tensor.ndim == 4 and tensor.shape[1] == 1:
        tensor = tensor[:, 0]
    if tensor.ndim not in (2, 3) or not tensor.shape[-2:].numel():
        raise BadInputError(
            f"{name} has shape {tuple(tensor.shape)}: expected masks (height, width), (n, height, width) or "
            "(n, 1, height, width)"
        )
    if tensor.ndim == 3 and len(tensor) == 1:
        tensor = tensor[0]
    if tensor.dtype == torch.bool:
        return tensor.clone()
    levels: Tensor = torch.unique(tensor)
    others = levels[levels != 0]
    if len(others) > 1 or not bool((others > 0).all()):  # NaN is not above 0
        raise BadInputError(
            f"{name} holds the values {shown(levels.tolist())}: expected truth values, or 0 and one other"
        )
    return tensor != 0


def read_mask(path: str | Path, size: int | None = None) -> Tensor:
    """Read a mask from an image file, as bool (H, W).

    Parameters
    ----------
    path : path
        White, or anything from half of the largest level on, is true; a file of two levels of which one is 0 is taken
        as it is.
    size : int, optional
        Resize the shorter side to this and cut out the centre.

    Raises
    ------
    BadInputError
        If the file cannot be read, or has an alpha channel that varies.
    """
    image = open_image(path)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        alpha = np.asarray(image.convert("RGBA"))[:, :, 3]
        if alpha.min() != alpha.max():
            raise BadInputError(
                f"{path}: parts of this mask are transparent; save it in black and white, without alpha"
            )
    if image.mode.startswith("I") or image.mode == "F":
        levels = np.asarray(image).astype(np.float64)
        image_levels, largest = levels, 65535.0 if image.mode.startswith("I") else max(1.0, float(levels.max()))
        if size is not None:
            raise BadInputError(f"{path}: a mask of more than 8 bits is not resized; save it with 8 bits")
    else:
        grey = image.convert("RGB").convert("L")
        grey = grey if size is None else centred(grey, size, smooth=False)
        image_levels, largest = np.asarray(grey).astype(np.float64), 255.0
    found = np.unique(image_levels)
    if len(found) == 1 and 0 < found[0] < largest / 2:
        raise BadInputError(f"{path}: all pixels of this mask have level {found[0]:g}: expected 0 or {largest:g}")
    two = len(found) <= 2 and found[0] == 0
    return torch.from_numpy(image_levels > 0 if two else image_levels >= largest / 2)


def save_mask(mask: Any, path: str | Path) -> None:
    """Write one mask (H, W) as a black and white PNG that `MaskRegion` reads back."""
    from ...pictures import png

    found = read_mask_array(mask, "mask")
    if found.ndim != 2:
        raise BadInputError(f"mask has shape {tuple(found.shape)}: expected (height, width)")
    levels = found.numpy().astype(np.uint8)[:, :, None].repeat(3, axis=2) * 255
    Path(path).write_bytes(png(levels))


def _by_stem(folder: Path) -> dict[str, Any]:
    """Return the mask files of a folder by the name of their image."""
    named: dict[str, Any] = {}
    for path in image_files(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in named:
            raise BadInputError(f"{named[name]} and {path} are masks of the same image: remove one of them")
        named[name] = path
    return named


def _is_list(source: Any) -> bool:
    """Tell whether masks come one by one: a list of paths and arrays, not of numbers."""
    if not isinstance(source, (list, tuple)) or not len(source):
        return False
    return all(isinstance(item, (str, Path, Tensor, np.ndarray)) for item in source)
