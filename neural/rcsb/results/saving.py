"""Results into a folder: pictures as PNG, numbers as JSON, tensors to the bit."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ....engine.whole_files import write_whole
from ...pictures import png
from ..images.pixels import file_bytes
from .pictures import differences, overlay
from .tensors import NUMBERS, TENSORS, VERSION, tensor_bytes

if TYPE_CHECKING:
    from .result import RCSBResult

_PARTS = ("originals", "counterfactuals", "masks", "regions", "differences", "samples")


def save(
    result: RCSBResult,
    folder: str | Path,
    *,
    names: Sequence[str] | None = None,
    pictures: bool | Sequence[str] = True,
    overwrite: bool = False,
) -> Path:
    """Write a result into a folder.

    ``result.json`` holds the numbers (see `to_dict`), ``tensors.safetensors`` the tensors to the bit, and the folders
    ``originals``, ``counterfactuals``, ``masks``, ``regions``, ``differences`` and ``samples`` PNG files of 8 bits.

    Parameters
    ----------
    result : RCSBResult
    folder : path
        Made where it does not exist.
    names : sequence of str, optional
        Names of the PNG files without their ending, one an image; default their numbers.
    pictures : bool or sequence of str
        Whether PNG files are written, or which of the folders.
    overwrite : bool
        Whether a result that is there already is replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BadInputError
        If a result is there already, or the names are too few, or would leave the folder.
    MissingBackendError
        If safetensors is not installed.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise BadInputError(f"{root} is a file: expected the name of a folder")
    if (root / NUMBERS).exists() and not overwrite:
        raise BadInputError(f"{root} holds a result already: choose another folder, or pass overwrite=True")
    wanted = read_parts(pictures)
    stems = _stems(names, len(result))
    root.mkdir(parents=True, exist_ok=True)
    write_whole(root / TENSORS, tensor_bytes(tensors_of(result)), sync=True)
    for part in wanted:
        for which, stem in enumerate(stems):
            for suffix, picture in pictures_of(result, part, which):
                path = root / part / f"{stem}{suffix}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, png(picture), sync=True)
    told = {"version": VERSION, "names": stems, **to_dict(result)}
    write_whole(root / NUMBERS, json_bytes(told), sync=True)  # the last file: where it is, all of them are
    return root


def to_dict(result: RCSBResult, *, trace: bool = True) -> dict[str, Any]:
    """Return everything but the images as plain values, ready for JSON.

    Parameters
    ----------
    result : RCSBResult
    trace : bool
        Whether the steps of the sampler are told too.
    """
    told: dict[str, Any] = {
        "status": str(result.status),
        "stop": str(result.stop),
        "seconds": result.seconds,
        "flip_rate": result.flip_rate,
        "multi_label": result.multi_label,
        "classes": None if result.classes is None else list(result.classes),
        "settings": plain(dict(result.settings)),
        "calls": asdict(result.calls),
        "images": [_image(result, which) for which in range(len(result))],
    }
    if trace:
        told["trace"] = [plain(asdict(step)) for step in result.trace]
    return told


def tensors_of(result: RCSBResult) -> dict[str, Tensor]:
    """Return the tensors of a result by their names."""
    values = {item.name: getattr(result, item.name) for item in fields(result)}
    return {
        name: value.detach().cpu().contiguous().clone() for name, value in values.items() if isinstance(value, Tensor)
    }


def json_bytes(told: Any) -> bytes:
    """Return plain values as an indented JSON file."""
    return (json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; what it does not know is told by its text, a number that is none by null."""
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in value]
    if isinstance(value, (Tensor, np.ndarray)):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else shown(value)


def _image(result: RCSBResult, which: int) -> dict[str, Any]:
    """Return the numbers of one image."""
    rows = {
        "source": result.source, "target": result.targets, "flipped": result.flipped, "best": result.best,
        "seeds": result.seeds, "sample_flipped": result.sample_flipped, "finished": result.finished,
        "probabilities_before": result.probabilities_before, "probabilities_after": result.probabilities_after,
    }  # fmt: skip
    told = {name: plain(tensor[which]) for name, tensor in rows.items()}
    return {**told, "region": float(result.masks[which].double().mean())}


def pictures_of(result: RCSBResult, part: str, which: int) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Return the pictures of one image in one of the folders, each with the end of its name."""
    if part == "differences":
        return [("", differences(result, which))]
    if part == "samples":
        return [(f"-{place}", file_bytes(image)) for place, image in enumerate(result.samples[which])]
    if part == "regions":
        image = overlay(result.originals[which : which + 1], result.masks[which : which + 1])[0]
    elif part == "masks":
        image = result.masks[which].float()
    else:
        image = (result.originals if part == "originals" else result.images)[which]
    return [("", file_bytes(image))]


def read_parts(pictures: bool | Sequence[str]) -> tuple[str, ...]:
    """Return the folders that an argument `pictures` asks for; raise `BadInputError` for what is none."""
    if isinstance(pictures, bool):
        return _PARTS if pictures else ()
    unknown = [part for part in pictures if part not in _PARTS]
    if unknown or isinstance(pictures, str):
        raise BadInputError(f"pictures={shown(pictures)}: expected True, False, or some of {', '.join(_PARTS)}")
    return tuple(pictures)


def _stems(names: Sequence[str] | None, count: int) -> list[str]:
    """Return the names of the files, each within the folder."""
    if names is None:
        return [f"{which:0{len(str(max(count - 1, 0)))}d}" for which in range(count)]
    stems = [str(name) for name in names]
    if len(stems) != count or len(set(stems)) != count:
        raise BadInputError(f"names: {len(set(stems))} different ones for {count} images; expected one for each")
    outside = [stem for stem in stems if not stem or Path(stem).is_absolute() or ".." in Path(stem).parts]
    if outside:
        raise BadInputError(f"names: {outside[0]!r} does not stay within the folder")
    return stems
