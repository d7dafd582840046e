"""A run from its question to its result: batches of samples, verification, the best of each image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.status import Status, Stop
from .asking import read_masks
from .bridge.denoiser import BridgeDenoiser
from .images.noise import signed
from .images.pixels import unit
from .results.result import Calls, RCSBResult, Step
from .sampling.classifier import Classifier, Meter
from .sampling.models import checkpointed, home_of, undisturbed
from .sampling.sampler import Rows, Sampler
from .sampling.targets import Wanted, read_targets
from .settings import Settings

_CELLS, _MOST = 4_000_000, 256  # numbers, and samples, under way at the same time


@dataclass(frozen=True, eq=False)
class Question:
    """What a call asks; see ``RCSB.explain``.

    Attributes
    ----------
    given : Tensor, shape (n, C, H, W)
        As given.
    numbers : Tensor, shape (n, C, H, W)
        In [0, 1].
    target, regions : as given
    seeds : Tensor of int64, shape (n, k)
    scales : Tensor of float64, shape (n, k)
    progress : bool
    resume : RCSBResult or None
    """

    given: Tensor
    numbers: Tensor
    target: Any
    regions: Any
    seeds: Tensor
    scales: Tensor
    progress: bool
    resume: RCSBResult | None


@dataclass(frozen=True, eq=False)
class Tools:
    """What a run works with.

    Attributes
    ----------
    denoiser : BridgeDenoiser
    network : callable
        The denoiser as it is to be called: itself, or compiled.
    classifier : Classifier
    settings : Settings
    meter : Meter
    deadline : Deadline
    batch : int or None
    classes : tuple of str or None
    told : mapping
        The settings as the result tells them.
    """

    denoiser: BridgeDenoiser
    network: Any
    classifier: Classifier
    settings: Settings
    meter: Meter
    deadline: Deadline
    batch: int | None
    classes: tuple[str, ...] | None
    told: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Setting:
    """What is known before the walk: the classifier's answers, targets and regions of n images."""

    logits: Tensor
    source: Tensor
    wanted: Wanted
    masks: Tensor


def run(question: Question, tools: Tools) -> RCSBResult:
    """Answer a question; the networks are given back as they were found.

    Raises
    ------
    BadInputError
        If the question, or what a network returns, cannot be used.
    """
    with (
        torch.inference_mode(False),
        torch.no_grad(),
        undisturbed(tools.denoiser, tools.classifier.model),
        checkpointed(tools.network, tools.settings.checkpointing and tools.settings.through_denoiser) as network,
    ):
        tools = replace(tools, network=network)
        setting = _look(question, tools)
        images, finished, trace = _walk(question, setting, tools)
        return _result(question, setting, tools, images, finished, trace)


def _look(question: Question, tools: Tools) -> Setting:
    """Ask the classifier about the originals, and read targets and regions."""
    numbers = question.numbers.to(_home(question, tools))
    tools.classifier.settle(numbers[: _batch(question, tools)])
    logits = _asked(numbers, question, tools)
    if tools.classes is not None and len(tools.classes) != logits.shape[1]:
        raise BadInputError(f"{len(tools.classes)} names of classes, but the classifier has {logits.shape[1]}")
    source = tools.classifier.answers(logits)
    wanted = read_targets(question.target, source.cpu(), logits.shape[1], tools.classes, tools.classifier.multi_label)
    already = wanted.reached(logits.cpu()).nonzero()[:, 0].tolist()
    if already:
        some = ", ".join(map(str, already[:8])) + (", …" if len(already) > 8 else "")
        raise BadInputError(
            f"the classifier already answers as wanted on {len(already)} of {len(numbers)} images ({some}): "
            "leave them out, or choose another target for them"
        )
    with torch.enable_grad():
        masks = read_masks(
            question.regions, question.numbers, classifier=tools.classifier,
            labels=wanted.signs != 0 if wanted.multi_label else source,
            seeds=question.seeds[:, 0].tolist(),
        )  # fmt: skip
    return Setting(logits, source, wanted, masks)


def _walk(question: Question, setting: Setting, tools: Tools) -> tuple[Tensor, Tensor, list[Step]]:
    """Walk all samples, batch after batch; return images (n k, C, H, W), which finished, and the steps."""
    from tqdm import tqdm

    count, samples = question.seeds.shape
    of = torch.arange(count).repeat_interleave(samples)
    images = question.given[of].clone()
    finished = ~setting.masks.flatten(1).any(1).cpu()[of]  # nothing may change: the original it is
    if question.resume is not None:
        _take_over(question, setting, tools, images, finished)
    todo = (~finished).nonzero()[:, 0]
    trace: list[Step] = []
    with tqdm(total=len(todo) * tools.settings.nfe, unit="step", disable=not question.progress) as bar:
        for places in torch.split(todo, _batch(question, tools)):
            if tools.deadline.expired():
                break
            try:
                sampler = _sampler(tools, bar.update)
                found, ended = sampler.run(_rows(question, setting, tools, places, of[places]))
                images[places], finished[places] = found.to(images.device), ended
                trace += sampler.trace
            except KeyboardInterrupt:
                tools.deadline.halt(Stop.INTERRUPT)
    return images, finished, trace


def _sampler(tools: Tools, progress: Any) -> Sampler:
    def estimate(x: Tensor, step: int) -> Tensor:
        return tools.denoiser.estimate(x, step, tools.network)

    return Sampler(
        estimate, tools.denoiser.schedule, tools.classifier, tools.settings, tools.meter, tools.deadline, progress
    )


def _rows(question: Question, setting: Setting, tools: Tools, places: Tensor, of: Tensor) -> Rows:
    """Return some samples as the sampler takes them."""
    home = _home(question, tools)
    kind = torch.float64 if tools.settings.precision == "float64" else torch.float32
    return Rows(
        originals=question.given[of].to(home),
        x=signed(question.numbers[of].to(home, kind)),
        masks=setting.masks[of].to(home),
        wanted=setting.wanted.take(of).to(home),
        scales=question.scales.reshape(-1)[places].to(home, kind),
        seeds=question.seeds.reshape(-1)[places],
    )


def _take_over(question: Question, setting: Setting, tools: Tools, images: Tensor, finished: Tensor) -> None:
    """Take finished samples from an earlier result of the same question.

    Raises
    ------
    BadInputError
        If it is of another question.
    """
    old = question.resume
    assert old is not None
    pairs = {
        "images": (old.originals, question.given),
        "regions": (old.masks, setting.masks),
        "seeds": (old.seeds, question.seeds),
        "target": (old.targets, setting.wanted.told()),
    }
    for name, (one, other) in pairs.items():
        if one.shape != other.shape or one.dtype != other.dtype or not torch.equal(one.cpu(), other.cpu()):
            raise BadInputError(f"resume is the result of another call: its {name} are not the same")
    for name, value in tools.told.items():
        if name in old.settings and old.settings[name] != value:
            raise BadInputError(
                "resume is the result of another call: its settings are not the same: "
                f"{name} was {shown(old.settings[name])}, now {shown(value)}"
            )
    taken = old.finished.reshape(-1).cpu()
    images[taken] = old.samples.flatten(0, 1)[taken].to(images.device)
    finished |= taken


def _result(
    question: Question, setting: Setting, tools: Tools, images: Tensor, finished: Tensor, trace: list[Step]
) -> RCSBResult:
    """Verify all samples as they are returned, and choose the best of each image."""
    count, samples = question.seeds.shape
    of = torch.arange(count).repeat_interleave(samples)
    logits = _asked(unit(images).to(_home(question, tools)), question, tools).cpu()
    wanted = setting.wanted.take(of)
    flipped = wanted.reached(logits).reshape(count, samples)
    objective = wanted.objective(logits.double()).reshape(count, samples)
    best = torch.where(flipped, objective + 1e6, objective).argmax(1)  # a logarithm is never near a million
    grid = images.reshape(count, samples, *images.shape[1:])
    probabilities = tools.classifier.probabilities(logits).reshape(count, samples, -1)
    row = torch.arange(count)
    stop = Stop.NONE if bool(finished.all()) else tools.deadline.stop
    return RCSBResult(
        originals=question.given,
        images=grid[row, best],
        samples=grid,
        masks=setting.masks,
        source=setting.source.cpu(),
        targets=setting.wanted.told(),
        probabilities_before=tools.classifier.probabilities(setting.logits).cpu(),
        probabilities_after=probabilities[row, best],
        sample_probabilities=probabilities,
        flipped=flipped[row, best],
        sample_flipped=flipped,
        seeds=question.seeds,
        best=best,
        finished=finished.reshape(count, samples),
        trace=tuple(trace),
        calls=Calls(**asdict(tools.meter)),
        status=Status.COMPLETE if stop is Stop.NONE else Status.BEST_SO_FAR,
        stop=stop,
        seconds=tools.deadline.elapsed,
        settings=dict(tools.told),
        multi_label=tools.classifier.multi_label,
        classes=tools.classes,
    )


def _asked(numbers: Tensor, question: Question, tools: Tools) -> Tensor:
    """Return the classifier's logits of images in [0, 1], as it is, in batches."""
    size = _batch(question, tools)
    parts = enumerate(torch.split(numbers, size))
    return torch.cat([tools.classifier.checked(part, place * size) for place, part in parts])


def _batch(question: Question, tools: Tools) -> int:
    if tools.batch is not None:
        return tools.batch
    return max(1, min(_MOST, _CELLS // question.given[0].numel()))


def _home(question: Question, tools: Tools) -> torch.device:
    """Return where the networks live.

    Raises
    ------
    BadInputError
        If they live in different places.
    """
    first, second = home_of(tools.denoiser), home_of(tools.classifier.model)
    if first is not None and second is not None and first != second:
        raise BadInputError(f"the denoiser is on {first}, the classifier on {second}: move one of them")
    return first or second or question.given.device
