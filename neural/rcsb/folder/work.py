"""One batch of a run over a folder: read, look at, explain, write."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ....engine.budget import Deadline
from ....engine.errors import BadInputError, SufficeError
from ....engine.status import Status, Stop
from ....engine.whole_files import write_whole
from ...pictures import png
from ..asking import read_masks
from ..explainer import RCSB
from ..images.pixels import read_image, unit
from ..regions.regions import NoRegionError
from ..results.result import RCSBResult
from ..results.saving import json_bytes, pictures_of, plain, tensors_of, to_dict
from ..results.tensors import tensor_bytes
from ..sampling.classifier import Classifier
from ..sampling.models import home_of, undisturbed
from ..sampling.targets import Wanted, read_targets
from .job import RESULTS, Job

Row = dict[str, Any]


class StoppedError(Exception):
    """A batch was not finished: time was up, or Ctrl-C was pressed."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(str(stop))
        self.stop = stop


@dataclass
class _Told:
    """What is known of the images of a batch: their rows, and those whose setting or network did not go with them."""

    rows: dict[str, Row] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)

    def failed(self, file: str, error: Exception, source: Any = None) -> None:
        """Say why an image has no result."""
        said = str(error).removeprefix("image 0: ")
        if not isinstance(error, SufficeError):
            said = f"{type(error).__name__}: {said}"
        if not isinstance(error, NoRegionError):
            self.unfit.append(file)
        self.rows[file] = _row(file, "failed", source=source, reason=said)


def work(job: Job, explainer: RCSB, number: int, time_limit: float | None = None) -> float:
    """Explain one batch and write what came out; return the seconds it took.

    The record is written last: where it is, everything else of the batch is.

    Raises
    ------
    StoppedError
        If the batch was not finished; nothing of it counts then.
    BadInputError
        If target or source are none of the classifier's. Whatever fails for one image (it cannot be read, has no
        region, or is of a size or of channels that a network does not take) is no error: its row says so.
    """
    deadline = Deadline(time_limit)
    told = _Told()
    groups: dict[tuple[int, ...], list[str]] = {}
    images: dict[str, Tensor] = {}
    for file in job.batch_files(number):
        try:
            images[file] = read_image(job.images / file, size=job.size, grey=job.grey)
            groups.setdefault(tuple(images[file].shape), []).append(file)
        except BadInputError as error:
            told.rows[file] = _row(file, "failed", reason=str(error))
    results: list[Row] = []
    for files in groups.values():
        for chosen, result in _explain(job, explainer, files, images, told, deadline):
            _write(job, number, len(results), files=chosen, result=result, rows=told.rows)
            results.append({**to_dict(result), "seconds": 0.0, "files": chosen})  # the same bits in every run
    ordered = [told.rows[file] for file in job.batch_files(number)]
    write_whole(job.record(number), json_bytes({"rows": ordered, "results": results, "unfit": told.unfit}), sync=True)
    return deadline.elapsed


def left(deadline: Deadline) -> float | None:
    """Return the seconds that are left, as a limit for a part of the work; None without one."""
    return None if deadline.seconds is None else max(1e-6, deadline.remaining)  # 0 would be no limit that can be set


def _explain(
    job: Job, explainer: RCSB, files: list[str], images: dict[str, Tensor], told: _Told, deadline: Deadline
) -> list[tuple[list[str], RCSBResult]]:
    """Explain images of one size; fill in the rows of those that are left out."""
    reader = explainer.tools(Deadline()).classifier
    answers = _answers(reader, files, images, explainer, told)
    files = list(answers)
    if not files:
        return []
    logits = torch.cat([answers[file] for file in files])
    source = reader.answers(logits)
    wanted = _wanted(job, explainer, files, source, logits)
    masks: dict[str, Tensor] = {}
    for place, file in enumerate(files):
        own = plain(source[place])
        reason = _left_out(job, explainer, source[place], bool(wanted.reached(logits)[place]))
        if reason:
            told.rows[file] = _row(file, "skipped", source=own, reason=reason)
            continue
        try:
            image, label = images[file][None], source[place : place + 1]
            masks[file] = _mask(job, reader, file, image, label, wanted, place)
            read_masks(masks[file], unit(image))  # of the right size
        except Exception as error:  # whatever a detector raises
            masks.pop(file, None)
            told.failed(file, error, own)
    return _together(job, explainer, images, masks, told, deadline) if masks else []


def _together(
    job: Job, explainer: RCSB, images: dict[str, Tensor], masks: dict[str, Tensor], told: _Told, deadline: Deadline
) -> list[tuple[list[str], RCSBResult]]:
    """Explain images in one call; where that fails, one by one, so that an image costs no other one its result."""
    files = list(masks)
    try:
        result = explainer.explain(
            torch.stack([images[file] for file in files]),
            [job.targets.get(file, job.target) for file in files],
            torch.cat(list(masks.values())),
            n=job.samples,
            seeds=[job.seed_of(file) for file in files],
            time_limit=left(deadline),
        )
    except Exception as error:  # memory that runs out, too: fewer images may fit
        if len(files) == 1:
            told.failed(files[0], error)
            return []
        alone = [_together(job, explainer, images, {file: masks[file]}, told, deadline) for file in files]
        return [found for part in alone for found in part]
    if result.status is not Status.COMPLETE:
        raise StoppedError(result.stop)
    return [(files, result)]


def _answers(
    reader: Classifier, files: list[str], images: dict[str, Tensor], explainer: RCSB, told: _Told
) -> dict[str, Tensor]:
    """Return what the classifier says of the images that it takes, in their order."""
    try:
        logits = _logits(reader, torch.stack([images[file] for file in files]), explainer)
        return {file: logits[place : place + 1] for place, file in enumerate(files)}
    except Exception as error:  # whatever the classifier raises
        if len(files) == 1:
            told.failed(files[0], error)
            return {}
    found: dict[str, Tensor] = {}
    for file in files:
        found |= _answers(reader, [file], images, explainer, told)
    return found


def _logits(reader: Classifier, images: Tensor, explainer: RCSB) -> Tensor:
    """Return what the classifier says of the originals."""
    home = home_of(explainer.denoiser, reader.model)
    numbers = unit(images) if home is None else unit(images).to(home)
    with torch.no_grad(), undisturbed(reader.model):
        reader.settle(numbers)
        return reader.checked(numbers).cpu()


def _wanted(job: Job, explainer: RCSB, files: list[str], source: Tensor, logits: Tensor) -> Wanted:
    each = [job.targets.get(file, job.target) for file in files]
    return read_targets(each, source, logits.shape[1], explainer.classes, explainer.multi_label)


def _left_out(job: Job, explainer: RCSB, source: Tensor, reached: bool) -> str:
    """Return why an image is not explained, or nothing."""
    names = explainer.classes
    if job.source is not None:
        label = names.index(job.source) if isinstance(job.source, str) and names and job.source in names else job.source
        if isinstance(label, bool) or not isinstance(label, int):
            raise BadInputError(f"source={job.source!r}: expected the number or the name of a class")
        if int(source) != label:
            return f"the classifier answers {names[int(source)] if names else int(source)}, not {job.source}"
    return "the classifier answers as wanted already" if reached else ""


def _mask(job: Job, reader: Classifier, file: str, image: Tensor, source: Tensor, wanted: Wanted, place: int) -> Tensor:
    """Return the mask (1, 1, H, W) of one image."""
    labels = wanted.signs[place : place + 1] != 0 if wanted.multi_label else source
    region = job.region.for_names([Path(file).with_suffix("").as_posix()])
    with torch.enable_grad():
        return region.masks(image, classifier=reader, labels=labels, seeds=[job.seed_of(file)]).cpu()


def _write(job: Job, number: int, group: int, files: list[str], result: RCSBResult, rows: dict[str, Row]) -> None:
    """Write tensors and pictures of one result, and fill in its rows."""
    name = f"{number:06d}-{group}.safetensors"
    write_whole(job.out / RESULTS / name, tensor_bytes(tensors_of(result)), sync=True)
    for which, file in enumerate(files):
        for part in job.pictures:
            for suffix, picture in pictures_of(result, part, which):
                path = job.out / part / f"{Path(file).with_suffix('').as_posix()}{suffix}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, png(picture), sync=True)
        rows[file] = _row(
            file,
            "flipped" if bool(result.flipped[which]) else "not flipped",
            source=plain(result.source[which]),
            target=plain(result.targets[which]),
            before=_wanted_probability(result, result.probabilities_before, which),
            after=_wanted_probability(result, result.probabilities_after, which),
            region=float(result.masks[which].double().mean()),
            seed=int(result.seeds[which, int(result.best[which])]),
        )


def _wanted_probability(result: RCSBResult, table: Tensor, which: int) -> float:
    """Return the probability of what was wanted: of a class, of a set together, of several labels by their product."""
    target, row = result.targets[which], table[which].double()
    if result.multi_label:
        return float(torch.where(target > 0, row, torch.where(target == 0, 1 - row, 1.0)).prod())
    return float(row[target]) if target.ndim == 0 else float((row * target).sum())


def _row(file: str, outcome: str, **told: Any) -> Row:
    names = ("source", "target", "before", "after", "region", "seed", "reason")
    return {"file": file, "outcome": outcome, **{name: told.get(name) for name in names}}
