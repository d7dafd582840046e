"""The classifier as the explainer sees it: images in, logits out, calls counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ....engine.errors import BadInputError, UnsupportedModelError, shown
from ...exported import Exported, is_exported
from ...outputs import scores_of
from ..calling import called

OUTPUTS = ("auto", "logits", "proba")
_TINY = 1e-30
Preprocess = Callable[[Tensor], Tensor]


@dataclass
class Meter:
    """Calls of the networks so far; fields as of ``Calls``."""

    denoiser: int = 0
    classifier: int = 0
    denoiser_rows: int = 0
    classifier_rows: int = 0
    denoiser_backward_rows: int = 0
    classifier_backward_rows: int = 0


class Classifier(nn.Module):
    """A user's classifier with its own normalisation, from images in [0, 1] to logits (n, K).

    Parameters
    ----------
    model : Module or callable
        To a tensor (n, K), (n, 1) or (n,), or to an object or dict with such a tensor in ``logits``.
    preprocess : None, str, pair, object or callable
        See ``RCSB``.
    output : {"auto", "logits", "proba"}
    multi_label : bool
    meter : Meter

    Raises
    ------
    BadInputError
        If `preprocess` or `output` is unknown.
    UnsupportedModelError
        If the model cannot be called.
    """

    def __init__(self, model: Any, preprocess: Any, output: str, multi_label: bool, meter: Meter) -> None:
        super().__init__()
        if is_exported(model):
            model = Exported(model)
        if not callable(model):
            raise UnsupportedModelError(f"classifier={shown(model)}: expected a module or a function of images")
        if output not in OUTPUTS:
            raise BadInputError(f"output={shown(output)}: expected {' or '.join(map(repr, OUTPUTS))}")
        self.model: Any = model
        self.stretch = isinstance(preprocess, str) and preprocess == "published"
        self.preprocess = read_preprocess(model, preprocess)
        self.output, self.multi_label, self.meter = output, multi_label, meter

    def get_submodule(self, target: str) -> nn.Module:
        """Return a part of the user's model by the name that it has there."""
        inner = self.model
        whole = not target or not isinstance(inner, nn.Module)
        found: nn.Module = super().get_submodule(target) if whole else inner.get_submodule(target)
        return found

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of images in [0, 1]."""
        return self._logits(self.preprocess(images))

    def of_signed(self, images: Tensor) -> Tensor:
        """Return the logits of estimates, in [-1, 1] or somewhat beyond."""
        if self.stretch:
            return self._logits(self.preprocess(stretched(images)))
        return self.forward(images / 2 + 0.5)

    def _logits(self, prepared: Tensor) -> Tensor:
        return self._as_logits(self._scores(prepared))

    def _scores(self, prepared: Tensor) -> Tensor:
        """Call the model and return its own scores (n, k), in float32 at least."""
        self.meter.classifier += 1
        self.meter.classifier_rows += len(prepared)
        kind = own_type(self.model)
        told = scores_of(
            called("classifier", self.model, prepared if kind is None else prepared.to(kind)), "the classifier"
        )
        if told.ndim not in (1, 2) or len(told) != len(prepared):
            raise BadInputError(
                f"the classifier returns shape {tuple(told.shape)} for {len(prepared)} images: expected (n, classes)"
            )
        if not told.is_floating_point():
            raise BadInputError(
                f"the classifier returns {told.dtype}: these look like labels; expected the scores of the classes"
            )
        scores: Tensor = told[:, None] if told.ndim == 1 else told
        return scores.to(torch.promote_types(prepared.dtype, torch.float32))

    def _as_logits(self, scores: Tensor) -> Tensor:
        """Return logits (n, K); a single score of two classes becomes that of the second one."""
        if self.output == "proba":
            logs = scores.clamp_min(_TINY).log()
            apart = self.multi_label or scores.shape[1] == 1
            scores = logs - (1 - scores).clamp_min(_TINY).log() if apart else logs
        if scores.shape[1] == 1 and not self.multi_label:
            scores = torch.cat([torch.zeros_like(scores), scores], dim=1)
        return scores

    def settle(self, images: Tensor) -> None:
        """Find out from images in [0, 1] whether the model returns probabilities, where it was not told.

        Raises
        ------
        BadInputError
            If it cannot be told.
        """
        if self.output != "auto":
            return
        with torch.no_grad():
            scores = self._scores(self.preprocess(images.clone()))
        self.output = "logits"
        if not bool(((scores >= 0) & (scores <= 1)).all()):
            return
        if self.multi_label or scores.shape[1] == 1:
            self.output = "auto"
            raise BadInputError(
                "all outputs of the classifier lie in [0, 1], and do not tell whether they are probabilities: "
                "pass output='proba' or output='logits'"
            )
        if bool((scores.sum(1) - 1).abs().max() < 1e-3):
            self.output = "proba"

    def checked(self, images: Tensor, first: int = 0) -> Tensor:
        """Return the logits of images in [0, 1] without a graph; `first` numbers them in messages.

        Raises
        ------
        BadInputError
            If one is not finite.
        """
        with torch.no_grad():
            logits = self.forward(images.clone())  # a model may work in place
        bad = ~torch.isfinite(logits).all(1)
        if bool(bad.any()):
            row = int(bad.nonzero()[0, 0])
            raise BadInputError(
                f"the classifier's output for image {first + row} is not finite: {shown(logits[row].tolist())}"
            )
        return logits

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities that follow from logits."""
        return logits.sigmoid() if self.multi_label else logits.softmax(1)

    def answers(self, logits: Tensor) -> Tensor:
        """Return the classes (n,), or the labels that are on (n, K)."""
        return logits > 0 if self.multi_label else logits.argmax(1)


def read_preprocess(model: Any, preprocess: Any) -> Preprocess:
    """Return the function from images in [0, 1] to what a model takes.

    Raises
    ------
    BadInputError
        If it is nothing known.
    """
    if preprocess is None or preprocess == "published":
        known = getattr(model, "pretrained_cfg", None) or getattr(model, "default_cfg", None)
        known = known if isinstance(known, dict) else {}
        return standardise(known["mean"], known["std"]) if {"mean", "std"} <= set(known) else _same
    if isinstance(preprocess, str):
        if preprocess not in ("unit", "signed"):
            raise BadInputError(
                f"preprocess={shown(preprocess)}: expected 'unit', 'signed', 'published', (mean, std), an image "
                "processor of transformers, or a function"
            )
        return _same if preprocess == "unit" else _signed
    if hasattr(preprocess, "image_mean") and hasattr(preprocess, "image_std"):
        return standardise(preprocess.image_mean, preprocess.image_std)
    if callable(preprocess):
        return _tensor_from(preprocess)
    if isinstance(preprocess, Sequence) and len(preprocess) == 2:
        return standardise(*preprocess)
    raise BadInputError(f"preprocess={shown(preprocess)}: expected 'unit', 'signed', 'published', (mean, std), …")


def standardise(mean: Any, std: Any) -> Preprocess:
    """Return the function that subtracts a mean and divides by a deviation, each a number or one a channel.

    Raises
    ------
    BadInputError
        If they are no such numbers.
    """
    try:
        centre, spread = (torch.as_tensor(part, dtype=torch.float64).reshape(-1, 1, 1) for part in (mean, std))
    except (TypeError, ValueError, RuntimeError):
        raise BadInputError(
            f"preprocess=({shown(mean)}, {shown(std)}): expected numbers, one or one a channel"
        ) from None
    if not bool(torch.isfinite(centre).all()) or not bool((torch.isfinite(spread) & (spread > 0)).all()):
        raise BadInputError(f"preprocess=({shown(mean)}, {shown(std)}): expected finite means and deviations above 0")

    def apply(images: Tensor) -> Tensor:
        if max(len(centre), len(spread)) not in (1, images.shape[1]):
            raise BadInputError(f"preprocess has {len(centre)} means for images of {images.shape[1]} channels")
        return (images - centre.to(images)) / spread.to(images)

    return apply


def stretched(images: Tensor) -> Tensor:
    """Return images with a value below 0 stretched to [0, 1] each by its own extremes, others as they are.

    The published guidance shows this to the classifier.
    """
    low, high = images.amin((1, 2, 3), keepdim=True), images.amax((1, 2, 3), keepdim=True)
    span = torch.where(high > low, high - low, torch.ones_like(low))
    return torch.where(low < 0, (images - low) / span, images)


def own_type(model: Any) -> torch.dtype | None:
    """Return the floating type of a module's first parameter; None where there is none."""
    if isinstance(model, nn.Module):
        for parameter in model.parameters():
            if parameter.is_floating_point():
                return parameter.dtype
    return None


def _same(images: Tensor) -> Tensor:
    return images


def _signed(images: Tensor) -> Tensor:
    return images * 2 - 1


def _tensor_from(function: Callable[[Tensor], Any]) -> Preprocess:
    def apply(images: Tensor) -> Tensor:
        told = function(images)
        if not isinstance(told, Tensor) or len(told) != len(images):
            raise BadInputError(f"preprocess returns {shown(told)}: expected a tensor of {len(images)} images")
        return told

    return apply
