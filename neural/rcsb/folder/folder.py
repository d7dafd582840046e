"""Runs over a folder of images: in batches that are kept as they are done, on one or several devices."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....engine.budget import Deadline
from ....engine.errors import BadInputError
from ....engine.spread.engines import spread_of
from ....engine.status import Status, Stop
from ....engine.whole_files import read_object, write_whole
from ...arguments import whole
from ..explainer import RCSB
from ..results.joined import join
from ..results.reading import result_from
from ..results.result import RCSBResult
from ..results.tensors import read_tensors
from .job import LOG, MANIFEST, RESULTS, TABLE, Explainer, Job, make_job, prepare
from .work import StoppedError, left, work
from .workers import Done, device_of, made, moved, run_workers

_COLUMNS = ("file", "outcome", "source", "target", "before", "after", "region", "seed", "reason")


@dataclass(frozen=True)
class FolderRun:
    """What a run over a folder has found so far.

    Attributes
    ----------
    out : Path
        The folder of results.
    rows : tuple of dict
        One an image of the finished batches: ``file``; ``outcome``: ``"flipped"``, ``"not flipped"``, ``"skipped"`` (of
        another class, or answered as wanted already) or ``"failed"`` (cannot be read, or has no region); ``source``,
        ``target``; the probability of what was wanted ``before`` and ``after``; the ``region``'s share of the image;
        ``seed`` of the best sample; ``reason``.
    total : int
        Images in the folder.
    stop : Stop
        Why the run ended early.
    problems : tuple of str
        Batches that were given up, as their process died again and again.
    """

    out: Path
    rows: tuple[dict[str, Any], ...]
    total: int
    stop: Stop = Stop.NONE
    problems: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Whether all images have their row."""
        return Status.COMPLETE if len(self.rows) == self.total else Status.BEST_SO_FAR

    @property
    def pending(self) -> int:
        """Images of batches that are not done; the same call goes on with them."""
        return self.total - len(self.rows)

    def count(self, outcome: str) -> int:
        """Return how many images ended in this way."""
        return sum(row["outcome"] == outcome for row in self.rows)

    @property
    def flip_rate(self) -> float:
        """Share of flips among the images that were explained; NaN if none was."""
        explained = self.count("flipped") + self.count("not flipped")
        return self.count("flipped") / explained if explained else float("nan")

    def results(self) -> list[tuple[tuple[str, ...], RCSBResult]]:
        """Return what is kept of each batch: its files, and their result with all tensors.

        Raises
        ------
        FormatError
            If a file is damaged.
        """
        found = []
        for path in sorted((self.out / RESULTS).glob("*.json")):
            for group, told in enumerate(_record(path)["results"]):
                tensors = read_tensors(path.with_name(f"{path.stem}-{group}.safetensors"))
                found.append((tuple(told["files"]), result_from(told, tensors)))
        return found

    def result(self) -> RCSBResult:
        """Return all images that were explained as one result, such as for ``evaluate``.

        Raises
        ------
        BadInputError
            If there is none, or they are of several sizes; then see `results`.
        """
        return join([result for _, result in self.results()])

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(name)} {name}" for name in ("flipped", "not flipped", "skipped", "failed"))
        why = f", {self.stop}" if self.stop is not Stop.NONE else ""
        left = f", {self.pending} pending ({self.status}{why})" if self.pending else ""
        return f"FolderRun({self.total} images: {counts}{left}; {self.out})"


def run_folder(
    explainer: Explainer, images: str | Path, out: str | Path, target: Any, region: Any, *,
    targets: Mapping[str, Any] | None = None, source: Any = None, n: int | None = None, seed: int = 0, batch: int = 16,
    size: int | None = None, grey: bool = False, pictures: Any = ("counterfactuals", "masks"), devices: int = 1,
    accelerator: str | None = None, fabric: Any = None, time_limit: float | None = None, progress: bool = False,
    engine: str = "local", settings: Mapping[str, Any] | None = None,
) -> FolderRun:  # fmt: skip
    """Explain all images of a folder, and keep every batch as soon as it is done.

    The same call goes on where an earlier one ended, whatever ended it. Seeds follow from `seed` and the names of the
    files, batches from their order: the result depends neither on interruptions nor on the number of devices.

    Parameters
    ----------
    explainer : RCSB or callable
        Or a function without arguments that makes one; several devices make their own from it.
    images, out : path
        The folder of images, with its sub-folders; the folder for results, new or of the same run.
    target : Any
        What is wanted, as for ``RCSB.explain``.
    region : Region or array
        Of all images; a `MaskRegion` of a folder or mapping finds masks by the names of the images.
    targets, source : mapping, int or str
        Other targets for single files, by their path in the folder; only images of this class are explained.
    n, seed, batch : int
        Samples an image; the run's seed; images explained together.
    size : int, optional
        Shorter sides are resized to this, and the centre is cut out. Default: images stay as large as they are.
    grey, pictures : bool, sequence of str
        Whether images are read with one channel; which PNG files are written, see ``save``.
    devices, accelerator : int, str
        Processes, each with a device of its own; what Lightning Fabric calls it: ``"cpu"``, ``"cuda"``, ``"auto"``
        (default: where the networks are; with several devices ``"auto"``).
    fabric : Fabric, optional
        A launched Fabric: this process then takes its share of the batches, on the device that Fabric gave it.
    time_limit, progress : float, bool
        Seconds: a batch that is not done by then is left for the next call. Whether to show a progress bar.
    engine, settings : str, mapping
        ``"ray"``, ``"dask"`` or ``"spark"``: workers of a cluster do the batches, which see the folders by the same
        paths; `settings` as for ``suffice.batch.run``.

    Raises
    ------
    BadInputError
        If an argument cannot be used, or `out` holds another run; the message says what differs. Also where networks or
        settings go with no image at all; the table is written before.
    """
    deadline = Deadline(time_limit)
    own = made(explainer)
    job = make_job(
        own, images, out, target=target, region=region, targets=targets, source=source, n=n, seed=seed, batch=batch,
        size=size, grey=grey, pictures=pictures,
    )  # fmt: skip
    where = _Where(whole("devices", devices), accelerator, fabric, engine, settings or {})
    return _run(job, own, explainer, where, deadline, progress)


def load_folder(out: str | Path) -> FolderRun:
    """Return what a run has found so far, from its folder of results.

    Raises
    ------
    BadInputError
        If there is no run in the folder.
    FormatError
        If its files are damaged.
    """
    place = Path(out)
    if not (place / MANIFEST).is_file():
        raise BadInputError(f"{place}: there is no {MANIFEST}; expected a folder that run_folder wrote")
    files = _record(place / MANIFEST)["files"]
    return FolderRun(place, _rows(sorted((place / RESULTS).glob("*.json"))), len(files))


@dataclass(frozen=True)
class _Where:
    """On which devices a run goes; see `run_folder`."""

    devices: int
    accelerator: str | None
    fabric: Any
    engine: str = "local"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spread_of(self.engine)
        if self.engine != "local" and (self.devices > 1 or self.accelerator is not None or self.fabric is not None):
            raise BadInputError("devices, accelerator and fabric are of engine='local': clusters know their workers")
        if self.engine == "local" and self.settings:
            raise BadInputError("settings are of engine='ray', 'dask' or 'spark'")
        if self.fabric is not None and (self.devices > 1 or self.accelerator is not None):
            raise BadInputError("fabric knows its devices: leave devices and accelerator alone")


def _run(job: Job, own: RCSB, explainer: Explainer, where: _Where, deadline: Deadline, progress: bool) -> FolderRun:
    """Do what is left of a run."""
    prepare(job, own)
    problems: list[str] = []
    with _followed(job, progress) as done:
        if where.engine != "local":
            from .clusters import run_on

            run_on(where.engine, job, explainer, job.pending(), dict(where.settings), deadline, done)
        elif where.devices > 1:
            kind = where.accelerator or "auto"
            problems = run_workers(job, explainer, job.pending(), where.devices, kind, deadline, done)
        else:
            fabric = where.fabric
            device = fabric.device if fabric is not None else None
            if where.accelerator is not None:
                device = device_of(where.accelerator)
            rank, world = (fabric.global_rank, fabric.world_size) if fabric is not None else (0, 1)
            with moved(own, device):
                _here(job, own, [number for number in job.pending() if number % world == rank], deadline, done)
    return _told(job, deadline.stop, tuple(problems))


def _here(job: Job, explainer: RCSB, todo: list[int], deadline: Deadline, done: Done) -> None:
    """Do batches in this process."""
    for number in todo:
        if deadline.expired():
            return
        try:
            done(number, work(job, explainer, number, left(deadline)))
        except StoppedError as stopped:
            deadline.halt(stopped.stop)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)


def _told(job: Job, stop: Stop, problems: tuple[str, ...]) -> FolderRun:
    """Write the table of what is there, and return it."""
    records = [path for path in map(job.record, range(len(job))) if path.is_file()]
    rows = _rows(records)
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows({name: "" if row[name] is None else row[name] for name in _COLUMNS} for row in rows)
    write_whole(job.out / TABLE, text.getvalue().encode(), sync=True)
    unfit = {file for path in records for file in _record(path).get("unfit", ())}
    if unfit and len(rows) == len(job.files) and all(row["outcome"] in ("failed", "skipped") for row in rows):
        first = next(row for row in rows if row["file"] in unfit)
        raise BadInputError(f"{first['file']}: {first['reason']} (no image could be explained; see {job.out / TABLE})")
    return FolderRun(job.out, rows, len(job.files), stop if len(rows) < len(job.files) else Stop.NONE, problems)


def _rows(records: list[Path]) -> tuple[dict[str, Any], ...]:
    return tuple(row for path in records for row in _record(path)["rows"])


def _record(path: Path) -> dict[str, Any]:
    return read_object(path, "remove it, and run again")


@contextlib.contextmanager
def _followed(job: Job, wanted: bool) -> Iterator[Done]:
    """Yield what is called when a batch is done: it moves a progress bar over images, and logs the seconds."""
    from tqdm import tqdm

    left = sum(len(job.batch_files(number)) for number in job.pending())
    with tqdm(total=len(job.files), initial=len(job.files) - left, disable=not wanted, unit="image") as bar:

        def done(number: int, seconds: float) -> None:
            bar.update(len(job.batch_files(number)))
            with (job.out / LOG).open("a", encoding="utf-8") as log:
                log.write(json.dumps({"batch": number, "seconds": round(seconds, 3)}) + "\n")

        yield done
