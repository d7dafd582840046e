"""The explainer that users construct: ``RCSB(denoiser, classifier, ...).explain(images, target, regions)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ..arguments import truth, whole, word
from .asking import read_images, read_scales, read_seeds
from .bridge.denoiser import as_denoiser
from .presets import preset_settings
from .results.result import RCSBResult
from .running import Question, Tools, run
from .sampling.classifier import OUTPUTS, Classifier, Meter
from .settings import read_settings


class RCSB:
    """Region-constrained counterfactuals: what a part of an image would have to look like for another answer.

    A bridge between images and images with noise in the region is walked back, and the slope of the classifier steers
    it (Sobieski et al., *Rethinking Visual Counterfactual Explanations Through Region Constraint*, ICLR 2025; the
    bridge: Liu et al., *I2SB*, ICML 2023). What lies outside the region stays as it is, bit by bit. ``docs/rcsb.md``
    explains everything.

    Parameters
    ----------
    denoiser : BridgeDenoiser, Module or callable
        The bridge; a bare network ``f(x, t)`` is taken to tell what I2SB's networks tell.
    classifier : Module or callable
        From images (n, C, H, W) to scores (n, K); one score alone stands for two classes.
    scale : float, optional
        Length s of a guidance step, 1.5 as published; see `scale_mode`. `explain` takes others for single images.
    scale_mode : {"image", "region", "pixel"}, optional
        What `scale` measures: the step's L2 norm over the image, its norm over the region, or its root mean square over
        the image (with `mask_gradient`: over the region).
    scale_schedule : str, tuple or callable, optional
        How the scale changes along the way: ``"constant"``, ``("linear", f)``, ``("exponential", f)`` (up to factor f),
        ``("interval", a, b)`` (only there), or a function from [0, 1] to factors. Steps of factor 0 cost no classifier.
    start : float, optional
        The published tau: the share of the bridge that is walked. Less stays nearer to the original.
    nfe : int, optional
        Steps, each one call of the denoiser.
    samples : int, optional
        Samples an image, from other noise; the best one is kept.
    stabiliser : {"adam", "sign", "none"}, optional
        What smooths the slope; Adam as published.
    normaliser : {"first", "each", "none"}, optional
        What the step is divided by: the length of the first one, as published, its own, or nothing.
    through_denoiser : bool, optional
        Whether the slope is taken back through the denoiser, as published, or at its estimate: then the denoiser costs
        half, and its memory is not needed.
    mask_gradient : bool, optional
        Whether the slope is cut to the region before anything else.
    estimate : {"raw", "composite"}, optional
        Whether guidance shows the classifier the denoiser's estimate as it is, as published, or with the original
        around the region, as it will be in the result.
    early_stop : bool or float, optional
        Stop guiding a sample as soon as its estimate is answered as wanted; a number: with at least this probability.
    finish : int or "all", optional
        With `early_stop`: the unguided steps that such a sample takes to its end; it leaves only if the classifier
        answers as wanted on the image as returned. ``"all"``: it goes all steps, guided whenever it has to be.
    deterministic : bool, optional
        The OT-ODE, as published, or the stochastic bridge.
    preprocess : optional
        From images in [0, 1] to what the classifier takes: ``"unit"`` (as they are), ``"signed"`` ([-1, 1]), a pair
        (mean, std), an image processor of transformers, a function. Default: what the classifier says about itself
        (``pretrained_cfg`` of timm's models), else ``"unit"``. ``"published"``: guidance also stretches each estimate
        to [0, 1] by its own extremes.
    output : {"auto", "logits", "proba"}
        What the classifier returns.
    multi_label : bool
        Whether several labels may hold at once, each with a score of its own.
    classes : sequence of str, optional
        Names of the classes; targets may use them. Default: ``config.id2label`` of transformers' models.
    checkpointing : bool, optional
        Compute the denoiser's activations again when its slope is taken: less memory, one more forward pass.
    precision : {"float32", "float64", "bf16", "fp16"}, optional
        Of the walk; the half ones run the networks in mixed precision. Verification always uses the classifier as it
        is.
    batch_size : int, optional
        Samples under way at the same time; memory and speed depend on it, results only within rounding.
    compile : bool
        Whether the denoiser is compiled by ``torch.compile`` first; pays for long runs on a GPU.
    preset : {"default", "published", "fast"}
        Where settings that are not given come from; ``PRESETS`` holds them.

    Raises
    ------
    BadInputError
        If a parameter cannot be used.
    UnsupportedModelError
        If denoiser or classifier cannot be called.
    """

    def __init__(
        self,
        denoiser: Any,
        classifier: Callable[..., Any],
        scale: float | None = None,
        *,
        scale_mode: str | None = None,
        scale_schedule: Any = None,
        start: float | None = None,
        nfe: int | None = None,
        samples: int | None = None,
        stabiliser: str | None = None,
        normaliser: str | None = None,
        through_denoiser: bool | None = None,
        mask_gradient: bool | None = None,
        estimate: str | None = None,
        early_stop: bool | float | None = None,
        finish: int | str | None = None,
        deterministic: bool | None = None,
        preprocess: Any = None,
        output: str = "auto",
        multi_label: bool = False,
        classes: Sequence[str] | None = None,
        checkpointing: bool | None = None,
        precision: str | None = None,
        batch_size: int | None = None,
        compile: bool = False,
        preset: str = "default",
    ) -> None:
        told = preset_settings(
            preset,
            {
                "scale": scale, "scale_mode": scale_mode, "scale_schedule": scale_schedule, "start": start, "nfe": nfe,
                "samples": samples, "stabiliser": stabiliser, "normaliser": normaliser,
                "through_denoiser": through_denoiser, "mask_gradient": mask_gradient, "estimate": estimate,
                "early_stop": early_stop, "finish": finish, "deterministic": deterministic, "preprocess": preprocess,
                "checkpointing": checkpointing, "precision": precision,
            },
        )  # fmt: skip
        self.samples = whole("samples", told.pop("samples"))
        self._preprocess = told.pop("preprocess")
        if told["finish"] == "all":
            told["finish"] = None
        self.settings = read_settings(**told)
        self.preset = preset
        self.denoiser = as_denoiser(denoiser)
        self.classifier = classifier
        self._output, self.multi_label = word("output", output, OUTPUTS), truth("multi_label", multi_label)
        self.classes = _names(classifier, classes)
        self._batch = None if batch_size is None else whole("batch_size", batch_size)
        self._compile = truth("compile", compile)
        self._compiled: Any = None
        Classifier(classifier, self._preprocess, output, multi_label, Meter())  # refuses what it cannot use now

    def explain(
        self,
        images: Any,
        target: Any,
        regions: Any,
        *,
        n: int | None = None,
        seeds: Any = None,
        scales: Any = None,
        time_limit: Deadline | float | None = None,
        progress: bool = False,
        resume: RCSBResult | None = None,
    ) -> RCSBResult:
        """Find counterfactuals of images, each with its own target, region, seed and scale.

        Parameters
        ----------
        images : Tensor or array, shape (n, C, H, W)
            uint8, or floating in [0, 1].
        target : int, str, set, mapping, None, or a sequence of them, one an image
            The class to reach, by number or name; a set: any of its classes; None: any other class. For several labels
            at once: a label or set of labels that shall be on, or a mapping from labels to True (on) or False (off).
        regions : Region, array, or a sequence of them, one an image
            Where the images may change: a region, or masks (H, W), (n, H, W) or (n, 1, H, W).
        n : int, optional
            Samples an image.
        seeds : int, sequence of n, or array (n, samples), optional
            One number counts on from image to image. Default: 0.
        scales : float, sequence of n, or array (n, samples), optional
            Instead of `scale`.
        time_limit : float or Deadline, optional
            Seconds; then what was found is returned, as at Ctrl-C.
        progress : bool
        resume : RCSBResult, optional
            An earlier result of the same call that stopped early; its finished samples are taken over.

        Returns
        -------
        RCSBResult

        Raises
        ------
        BadInputError
            If an argument cannot be used.
        """
        deadline = Deadline.of(time_limit)
        samples = self.samples if n is None else whole("n", n)
        given, numbers = read_images(images)
        drawn = read_seeds(seeds, len(given), samples)
        lengths = read_scales(scales, self.settings.scale, len(given), samples)
        question = Question(given, numbers, target, regions, drawn, lengths, truth("progress", progress), resume)
        if resume is not None and not isinstance(resume, RCSBResult):
            raise BadInputError(f"resume={shown(resume)}: expected the result of an earlier call")
        return run(question, self.tools(deadline))

    def tools(self, deadline: Deadline) -> Tools:
        """Return what a run works with, the reader of the classifier among it; counts start anew."""
        meter = Meter()
        classifier = Classifier(self.classifier, self._preprocess, self._output, self.multi_label, meter)
        told = {**self.settings.plain(), "samples": self.samples, "preset": self.preset, "output": self._output}
        preprocess = self._preprocess
        told["preprocess"] = preprocess if isinstance(preprocess, str) or preprocess is None else shown(preprocess)
        return Tools(
            self.denoiser, self._network(), classifier, self.settings, meter, deadline, self._batch, self.classes, told
        )

    def _network(self) -> Any:
        """Return the denoiser as it is to be called: compiled where that is wanted."""
        if not self._compile:
            return self.denoiser
        if self._compiled is None:
            import torch

            self._compiled = torch.compile(self.denoiser)
        return self._compiled

    def __repr__(self) -> str:
        s = self.settings
        told = f"scale={s.scale:g}, scale_mode={s.scale_mode!r}, start={s.start:g}, nfe={s.nfe}, preset={self.preset!r}"
        return f"RCSB({type(self.denoiser.network).__name__}, {type(self.classifier).__name__}, {told})"


def _names(classifier: Any, classes: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names of the classes: the user's, or those that a model of transformers carries."""
    if classes is not None:
        if isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
            raise BadInputError(f"classes={shown(classes)}: expected names")
        if len(set(classes)) != len(classes):
            raise BadInputError(f"classes={shown(classes)}: expected names that differ")
        return tuple(classes)
    known = getattr(getattr(classifier, "config", None), "id2label", None)
    if isinstance(known, dict) and known and set(known) == set(range(len(known))):
        return tuple(str(known[place]) for place in range(len(known)))
    return None
