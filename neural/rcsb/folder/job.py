"""What a run over a folder of images does, as data: which images, in which batches, with which settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ....engine.budget import Deadline
from ....engine.errors import BadInputError, shown
from ....engine.whole_files import read_object, write_whole
from ...arguments import whole
from ..explainer import RCSB
from ..images.pixels import image_files
from ..regions.masks import MaskRegion
from ..regions.regions import Region
from ..results.saving import json_bytes, plain, read_parts

MANIFEST, RESULTS, TABLE, LOG = "run.json", "results", "table.csv", "log.jsonl"
_VERSION = 1
Explainer = Any  # an RCSB, or a function without arguments that makes one


@dataclass(frozen=True)
class Job:
    """A run over a folder.

    Attributes
    ----------
    images, out : Path
        The folder of images; the folder of results.
    files : tuple of str
        Images, relative to their folder, in the order of their names.
    target : Any
        What is wanted of all images.
    targets : mapping of str to Any
        What is wanted of single ones, by file.
    region : Region
    source : Any
        Only images of this class are explained; None: all.
    samples : int
    seed : int
    batch : int
        Images explained together: this, not the number of devices, is what a result may depend on, by rounding.
    size : int or None
    grey : bool
    pictures : tuple of str
    """

    images: Path
    out: Path
    files: tuple[str, ...]
    target: Any
    targets: Mapping[str, Any]
    region: Region
    source: Any
    samples: int
    seed: int
    batch: int
    size: int | None
    grey: bool
    pictures: tuple[str, ...]

    def __len__(self) -> int:
        return (len(self.files) + self.batch - 1) // self.batch

    def batch_files(self, number: int) -> tuple[str, ...]:
        """Return the files of one batch."""
        return self.files[number * self.batch : (number + 1) * self.batch]

    def record(self, number: int) -> Path:
        """Return the file that tells that a batch is done, and what came out."""
        return self.out / RESULTS / f"{number:06d}.json"

    def pending(self) -> list[int]:
        """Return the batches that are not done."""
        return [number for number in range(len(self)) if not self.record(number).is_file()]

    def seed_of(self, file: str) -> int:
        """Return the seed of an image: of the run's seed and its name alone, whatever else is in the folder."""
        digest = hashlib.sha256(f"{self.seed}/{file}".encode()).digest()
        return int.from_bytes(digest[:8], "little") >> 1


def make_job(
    explainer: RCSB,
    images: str | Path,
    out: str | Path,
    *,
    target: Any,
    region: Any,
    targets: Mapping[str, Any] | None,
    source: Any,
    n: int | None,
    seed: int,
    batch: int,
    size: int | None,
    grey: bool,
    pictures: Any,
) -> Job:
    """Check what a run is told; raise `BadInputError` where it cannot be used."""
    root = Path(images)
    files = tuple(path.relative_to(root).as_posix() for path in image_files(root))
    _distinct(files)
    unknown = [name for name in targets or {} if name not in files]
    if unknown:
        raise BadInputError(f"targets: there is no image {unknown[0]!r} in {root}")
    if source is not None and explainer.multi_label:
        raise BadInputError(f"source={shown(source)}: is for classifiers of one class at a time")
    place = Path(out)
    if place.exists() and not place.is_dir():
        raise BadInputError(f"{place} is a file: expected the name of a folder")
    if place.resolve() == root.resolve() or root.resolve() in place.resolve().parents:
        raise BadInputError(f"{place} lies within the folder of images: choose a folder for results outside it")
    return Job(
        root, place, files, target, dict(targets or {}), region if isinstance(region, Region) else MaskRegion(region),
        source, explainer.samples if n is None else whole("n", n), whole("seed", seed, 0), whole("batch", batch),
        None if size is None else whole("size", size), bool(grey), read_parts(pictures),
    )  # fmt: skip


def prepare(job: Job, explainer: RCSB) -> None:
    """Make the folder of results, or check that what is there belongs to the same run.

    Raises
    ------
    BadInputError
        If it holds another run, or anything else.
    """
    told = _manifest(job, explainer)
    path = job.out / MANIFEST
    if path.is_file():
        differing = _differing(read_object(path, "choose another folder for results"), told)
        if differing:
            raise BadInputError(
                f"{job.out} holds another run: {'; '.join(differing)}. Choose another folder for results, or the same "
                "settings to go on"
            )
    elif job.out.is_dir() and any(job.out.iterdir()):
        raise BadInputError(f"{job.out} is not empty, and holds no run: choose another folder for results")
    (job.out / RESULTS).mkdir(parents=True, exist_ok=True)
    for left in job.out.rglob(".*.part"):  # of a process that was killed while it wrote
        left.unlink(missing_ok=True)
    write_whole(path, json_bytes(told), sync=True)


def _manifest(job: Job, explainer: RCSB) -> dict[str, Any]:
    """Return all that results depend on."""
    return {
        "version": _VERSION,
        "settings": {
            **plain(dict(explainer.tools(Deadline()).told)),
            "target": plain(job.target),
            "targets": plain(dict(job.targets)),
            "region": repr(job.region),
            "source": plain(job.source),
            "samples": job.samples,
            "seed": job.seed,
            "batch": job.batch,
            "size": job.size,
            "grey": job.grey,
            "pictures": list(job.pictures),
            "denoiser": digest(explainer.denoiser),
            "classifier": digest(explainer.classifier),
        },
        "files": [[name, (job.images / name).stat().st_size] for name in job.files],
    }


def digest(network: Any) -> str:
    """Return a fingerprint of a network's weights and buffers; of a plain function, its name."""
    if not isinstance(network, nn.Module):
        return str(getattr(network, "__qualname__", type(network).__qualname__))
    told = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        told.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        told.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return f"{type(network).__qualname__} {told.hexdigest()[:16]}"


def _differing(found: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """Return in words what two runs do not share."""
    if found.get("version") != told["version"]:
        return ["it was written by another version"]
    old, new = found.get("settings", {}), json.loads(json.dumps(told["settings"]))
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    lines = [f"{name} is {shown(old.get(name))} there and {shown(new.get(name))} here" for name in names]
    if found.get("files") != told["files"]:
        lines.append("the images are not the same")
    return lines


def _distinct(files: tuple[str, ...]) -> None:
    """Refuse two images whose results would have the same name."""
    seen: dict[str, str] = {}
    for file in files:
        stem = str(Path(file).with_suffix(""))
        if stem in seen:
            raise BadInputError(f"{seen[stem]} and {file} differ in their ending alone: rename one of them")
        seen[stem] = file
