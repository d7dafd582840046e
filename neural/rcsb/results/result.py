"""What a run found: images, regions, probabilities, seeds, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from ....engine.status import Status, Stop


@dataclass(frozen=True)
class Step:
    """One step of the sampler, over the samples that were under way.

    Attributes
    ----------
    index : int
        The place in the schedule that the samples came from.
    active : int
        Samples that took the step: those that had already flipped may have left.
    objective : float
        Mean logarithm of the target's probability at the estimates of the final image; NaN where nothing guided.
    gradient : float
        Mean norm of its slope before it was stabilised; 0 where nothing guided.
    flipped : float
        Share of the active samples whose estimate was of the target already; NaN where nothing guided.
    """

    index: int
    active: int
    objective: float
    gradient: float
    flipped: float


@dataclass(frozen=True)
class Calls:
    """How often the networks ran; a row is one image in one call.

    Attributes
    ----------
    denoiser, classifier : int
        Forward calls.
    denoiser_rows, classifier_rows : int
        Images in these calls together: what the run cost, whatever its batches.
    denoiser_backward_rows, classifier_backward_rows : int
        Images whose slope was taken back through the network.
    """

    denoiser: int = 0
    classifier: int = 0
    denoiser_rows: int = 0
    classifier_rows: int = 0
    denoiser_backward_rows: int = 0
    classifier_backward_rows: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class RCSBResult:
    """Counterfactuals of n images, k samples each, for K classes.

    Outside the region every image equals its original bit by bit. A sample that did not finish, as time was up, is the
    last estimate that there was, or its original; whether it flipped is told of the images as they are here.

    Attributes
    ----------
    originals : Tensor, shape (n, C, H, W)
        The images as given: uint8, or floating in [0, 1].
    images : Tensor, shape (n, C, H, W)
        The best counterfactual of each image, in the same type.
    samples : Tensor, shape (n, k, C, H, W)
        All of them.
    masks : Tensor of bool, shape (n, 1, H, W)
        The regions: true where the image may change.
    source : Tensor
        The classifier's answer before: int64 (n,) classes, or bool (n, K) for several labels at once.
    targets : Tensor
        What was wanted: int64 (n,) classes; bool (n, K) where any class of a set would do; for several labels at once
        int8 (n, K), 1 on, 0 off, -1 whatever.
    probabilities_before, probabilities_after : Tensor, shape (n, K)
        Of the originals, and of `images` as they are returned.
    sample_probabilities : Tensor, shape (n, k, K)
    flipped : Tensor of bool, shape (n,)
        Whether the classifier answers as wanted on `images` as they are returned.
    sample_flipped : Tensor of bool, shape (n, k)
    seeds : Tensor of int64, shape (n, k)
        The same image, region, target and seed give the same sample, whatever else is in the batch.
    best : Tensor of int64, shape (n,)
        Which sample is in `images`: flipped before not flipped, then the larger objective.
    finished : Tensor of bool, shape (n, k)
        Samples that reached the end of the sampler.
    trace : tuple of Step
        The steps in the order in which they ran, batch after batch.
    calls : Calls
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR``; then `stop` tells why.
    stop : Stop
    seconds : float
        Wall-clock time.
    settings : mapping
        The settings of the run, as plain values.
    multi_label : bool
        Whether several labels may hold at once.
    classes : tuple of str or None
        The names of the classes.
    """

    originals: Tensor
    images: Tensor
    samples: Tensor
    masks: Tensor
    source: Tensor
    targets: Tensor
    probabilities_before: Tensor
    probabilities_after: Tensor
    sample_probabilities: Tensor
    flipped: Tensor
    sample_flipped: Tensor
    seeds: Tensor
    best: Tensor
    finished: Tensor
    trace: tuple[Step, ...] = ()
    calls: Calls = field(default_factory=Calls)
    status: Status = Status.COMPLETE
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    multi_label: bool = False
    classes: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.originals)

    @property
    def flip_rate(self) -> float:
        """Share of the images whose best sample is answered as wanted."""
        return float(self.flipped.double().mean()) if len(self) else 0.0

    @property
    def changed(self) -> Tensor:
        """Where the best counterfactual differs from its original in any channel: bool (n, 1, H, W)."""
        return (self.images != self.originals).any(1, keepdim=True)

    def class_name(self, label: int) -> str:
        """Return the name of a class, or its number."""
        return str(label) if self.classes is None else self.classes[label]

    def plot(self, *arguments: Any, **options: Any) -> Any:
        """Draw original, region, counterfactual and difference; see ``pictures.plot``."""
        from .pictures import plot

        return plot(self, *arguments, **options)

    def save(self, folder: str | Path, **options: Any) -> Any:
        """Write images, numbers and tensors into a folder; see ``saving.save``."""
        from .saving import save

        return save(self, folder, **options)

    def to_dict(self, **options: Any) -> dict[str, Any]:
        """Return everything but the images as plain values; see ``saving.to_dict``."""
        from .saving import to_dict

        told: dict[str, Any] = to_dict(self, **options)
        return told

    def _repr_html_(self) -> str:
        from .pictures import html

        told: str = html(self)
        return told

    def __repr__(self) -> str:
        n, k = self.seeds.shape
        end = "" if self.status is Status.COMPLETE else f", {self.status} ({self.stop})"
        part = float(self.masks.double().mean()) if self.masks.numel() else 0.0
        return (
            f"RCSBResult({n} images, {k} samples each, {int(self.flipped.sum())} flipped, "
            f"region {part:.0%} of the pixels, {self.calls.denoiser_rows} denoiser rows, {self.seconds:.3g} s{end})"
        )
