"""Regions by attribution: the cells of an image that a classifier's decision rests on most."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from ....engine.errors import BadInputError, MissingBackendError, shown
from ...arguments import whole
from ..images.pixels import unit
from ..sampling.classifier import own_type
from ..sampling.models import home_of, undisturbed
from .cells import best_cells, grid, read_area, read_cell
from .regions import Asked, NoRegionError, Region, generator, read_labels, read_seeds

_ROWS = 10_000_000  # numbers in one batch of images that goes through the classifier
_SMOOTH = ("smoothgrad", "smoothgrad_sq", "vargrad")
_STEPS = {"IntegratedGradients"}
_BASED = {"DeepLift", "DeepLiftShap", "FeatureAblation", "GradientShap", "IntegratedGradients", "KernelShap", "Lime"}
_BASED |= {"Occlusion", "ShapleyValueSampling"}
_CELLS = {"FeatureAblation", "KernelShap", "Lime", "ShapleyValueSampling"}  # one feature a cell
_HOOKS = {"Deconvolution", "DeepLift", "DeepLiftShap", "GuidedBackprop", "GuidedGradCam", "LRP", "LayerGradCam"}
_LAYER = {"GuidedGradCam", "LayerGradCam"}
METHODS = tuple(sorted(_BASED | _HOOKS | {"InputXGradient", "Saliency"}))


class AttributionRegion(Region):
    """The cells with the most attribution of the class that the classifier chose.

    The absolute attribution is summed over channels, divided by its value at 98 % of the cumulative mass, cut off at
    1 and summed in square cells; the floor(area · n) best of the n cells are the region, ties going to the cell that
    comes first in reading order (Sobieski et al., *Rethinking Visual Counterfactual Explanations Through Region
    Constraint*, ICLR 2025, section 4). By default the attribution is SmoothGrad over integrated gradients.

    Parameters
    ----------
    method : str
        A method of captum by its name, such as ``"IntegratedGradients"`` or ``"saliency"``; `METHODS` lists them.
    cell : int
        Side of a cell, in pixels.
    area : float
        Share of the cells.
    noise : float
        Standard deviation of the noise that is added to the image, for images in [0, 1]; 0 for none.
    noise_samples : int
        Noisy copies of the image.
    noise_type : {"smoothgrad", "smoothgrad_sq", "vargrad"}
        What is taken over the copies: the mean, the mean of squares, the variance.
    steps : int
        Points of the path of integrated gradients.
    baseline : float or array
        The image in [0, 1] that tells nothing; broadcasts to (C, H, W). A classifier that standardises its input takes
        its zero to be the mean colour: give that for the same result.
    channels : {"absolute", "signed"}
        Whether absolute values are taken before channels are summed, or after.
    outliers : float
        Per cent of the mass beyond which values are cut off.
    layer : str or Module, optional
        The layer that ``LayerGradCam`` and ``GuidedGradCam`` look at, or its name in the classifier.
    options : mapping, optional
        Further arguments for captum's ``attribute``.

    Raises
    ------
    BadInputError
        If an argument has a value that cannot be used.
    """

    def __init__(
        self,
        method: str = "IntegratedGradients",
        cell: int = 16,
        area: float = 0.3,
        *,
        noise: float = 0.05,
        noise_samples: int = 5,
        noise_type: Literal["smoothgrad", "smoothgrad_sq", "vargrad"] = "smoothgrad",
        steps: int = 50,
        baseline: Any = 0.0,
        channels: Literal["absolute", "signed"] = "absolute",
        outliers: float = 2.0,
        layer: str | nn.Module | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.method = _read_method(method)
        self.cell, self.area = read_cell(cell), read_area(area)
        self.noise = _number(noise, "noise", 0.0, float("inf"))
        self.noise_samples = whole("noise_samples", noise_samples)
        self.steps = whole("steps", steps)
        self.outliers = _number(outliers, "outliers", 0.0, 100.0)
        if noise_type not in _SMOOTH:
            raise BadInputError(f"noise_type={shown(noise_type)}: expected one of {', '.join(_SMOOTH)}")
        if noise_type == "vargrad" and (self.noise == 0 or self.noise_samples < 2):
            raise BadInputError("noise_type='vargrad' is a variance: it needs noise, and at least two noise_samples")
        if channels not in ("absolute", "signed"):
            raise BadInputError(f"channels={shown(channels)}: expected 'absolute' or 'signed'")
        if (layer is not None) != (self.method in _LAYER):
            some = "give the layer that it looks at, or its name" if layer is None else "only Grad-CAM looks at a layer"
            raise BadInputError(f"method={self.method!r} with layer={shown(layer)}: {some}")
        self.noise_type, self.channels, self.layer = noise_type, channels, layer
        self.baseline, self.options = _baseline(baseline), dict(options or {})

    def maps(self, images: Any, *, classifier: Any, labels: Any = None, seeds: Any = None) -> Tensor:
        """Return what is summed in the cells: attributions in [0, 1], float64 (n, H, W); arguments as of `masks`."""
        batch = unit(images)
        asked = Asked(classifier, read_labels(labels, len(batch)), read_seeds(seeds, len(batch)))
        found = [self._map(image, place, asked) for place, image in enumerate(batch)]
        return torch.stack(found) if found else torch.zeros(0, *batch.shape[2:], dtype=torch.float64)

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        return best_cells(self._map(image, place, asked), self.cell, self.area)

    def _map(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        """Return the map (H, W) of one image (C, H, W), on the CPU: it decides the same everywhere."""
        with torch.inference_mode(False), undisturbed(asked.classifier):
            given = image.to(home_of(asked.classifier) or image.device).clone()
            score = _Score(asked.classifier, _columns(asked, place, given), self.method)
            attribution = self._attribution(given, score, asked.seeds[place]).detach().to("cpu", torch.float64)
        if not bool(torch.isfinite(attribution).all()):
            raise NoRegionError(
                f"image {place}: the attribution by {self.method} is not finite; try another method, or noise=0"
            )
        flat = attribution.abs().sum(0) if self.channels == "absolute" else attribution.sum(0).abs()
        total = float(flat.sum())
        if total <= 0:
            raise NoRegionError(
                f"image {place}: the attribution by {self.method} is zero everywhere, so that no cell is better than "
                "another: the score does not depend on the image, or its slope vanished"
            )
        return (flat / _value_at(flat, 100 - self.outliers)).clamp(max=1)

    def _attribution(self, image: Tensor, score: _Score, seed: int) -> Tensor:
        """Return the attribution (C, H, W) of one image, smoothed over noisy copies."""
        copies = image[None].detach().clone()
        if self.noise > 0:
            shape = (self.noise_samples, *image.shape)
            drawn = torch.randn(shape, generator=generator(seed, "noise"), dtype=torch.float64)
            copies = copies + (self.noise * drawn).to(image)
        with _seeded(generator(seed, "captum"), image.device), torch.enable_grad(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="captum")  # tells of hooks that it sets, and removes again
            found = self._told_plainly(copies, score)
        if self.noise_type == "smoothgrad":
            return found.mean(0)
        return found.square().mean(0) if self.noise_type == "smoothgrad_sq" else found.var(0, correction=0)

    def _told_plainly(self, copies: Tensor, score: _Score) -> Tensor:
        """Return captum's attributions, or say what they lack."""
        try:
            return self._by_captum(copies, score)
        except RuntimeError as error:
            if "does not require grad" not in str(error) and "not have been used in the graph" not in str(error):
                raise
            raise BadInputError(
                f"method={self.method!r} needs the slope of the classifier's scores, and they have none: let the "
                "classifier keep its graph, or take method='Occlusion', which only asks for scores"
            ) from None
        except TypeError as error:
            if "unexpected keyword argument" not in str(error):
                raise
            raise BadInputError(
                f"options={shown(self.options)}: captum's {self.method} does not take them ({error})"
            ) from None

    def _by_captum(self, copies: Tensor, score: _Score) -> Tensor:
        """Return captum's attributions (m, C, H, W) of copies of one image."""
        captum = _captum()
        options = self._options(copies)
        copies = copies.requires_grad_() if copies.is_leaf else copies
        if self.method in _LAYER:
            kind = getattr(captum, self.method)(score, _layer_of(score, self.layer))
            found = kind.attribute(copies, **options)
            if self.method == "LayerGradCam":
                found = captum.LayerAttribution.interpolate(found, copies.shape[2:])
        else:
            found = getattr(captum, self.method)(score).attribute(copies, **options)
        return torch.as_tensor(found).detach()

    def _options(self, copies: Tensor) -> dict[str, Any]:
        """Return the arguments that a method needs; what the user gave goes first."""
        options: dict[str, Any] = {}
        channels, height, width = copies.shape[1:]
        if self.method in _BASED:
            try:
                options["baselines"] = self.baseline.to(copies).expand(1, channels, height, width).contiguous()
            except RuntimeError:
                wrong, right = tuple(self.baseline.shape), (channels, height, width)
                raise BadInputError(f"baseline has shape {wrong}: it does not broadcast to {right}") from None
        if self.method in _STEPS:
            rows = max(1, _ROWS // (channels * height * width))
            options |= {"n_steps": self.steps, "internal_batch_size": max(rows, len(copies))}
        if self.method in _CELLS:
            rows_of, columns = grid(height, width, self.cell)
            numbers = torch.arange(rows_of * columns, device=copies.device).reshape(rows_of, columns)
            large = numbers.repeat_interleave(self.cell, 0).repeat_interleave(self.cell, 1)
            options["feature_mask"] = large[:height, :width][None, None].repeat(1, channels, 1, 1)
        if self.method == "Occlusion":
            side = (channels, min(self.cell, height), min(self.cell, width))
            options |= {"sliding_window_shapes": side, "strides": side}
        return options | self.options

    def __repr__(self) -> str:
        noise = f", noise={self.noise:g}" if self.noise else ""
        return f"AttributionRegion({self.method!r}, cell={self.cell}, area={self.area:g}{noise})"


class _Score(nn.Module):
    """The score that is explained: one output of the classifier, or the sum of several; one number an image."""

    def __init__(self, classifier: Any, columns: Tensor, method: str) -> None:
        super().__init__()
        if not isinstance(classifier, nn.Module) and method in _HOOKS:
            raise BadInputError(f"method={method!r} looks into the network: it needs a PyTorch module as classifier")
        self.classifier, self.columns = classifier, columns

    def forward(self, images: Tensor) -> Tensor:
        scores = scores_of(self.classifier, images)
        return scores[:, self.columns].sum(dim=1)


def scores_of(classifier: Any, images: Tensor) -> Tensor:
    """Return the classifier's scores (m, K); one column where it returns one number an image."""
    kind = own_type(classifier)
    scores = classifier(images if kind is None else images.to(kind))
    scores = getattr(scores, "logits", scores)  # what transformers' models return
    if not isinstance(scores, Tensor) or scores.ndim not in (1, 2) or len(scores) != len(images):
        what = f"shape {tuple(scores.shape)}" if isinstance(scores, Tensor) else type(scores).__name__
        raise BadInputError(f"the classifier returns {what}: expected scores ({len(images)}, classes)")
    return (scores[:, None] if scores.ndim == 1 else scores).to(torch.promote_types(images.dtype, torch.float32))


def _columns(asked: Asked, place: int, image: Tensor) -> Tensor:
    """Return the columns of the scores that count for one image."""
    if asked.classifier is None:
        raise BadInputError("an AttributionRegion explains a classifier's decision: give classifier=…")
    with torch.no_grad():
        scores = scores_of(asked.classifier, image[None])[0]
    classes = len(scores)
    if asked.labels is not None and asked.labels.ndim == 2:
        if asked.labels.shape[1] != classes:
            raise BadInputError(f"labels has {asked.labels.shape[1]} columns: the classifier has {classes} outputs")
        columns = asked.labels[place].nonzero()[:, 0].to(scores.device)
        if not len(columns):
            raise BadInputError(f"image {place}: labels marks no class; mark at least one")
        return columns
    label = int(scores.argmax() if asked.labels is None else asked.labels[place])
    if not 0 <= label < max(classes, 2):
        raise BadInputError(f"labels[{place}]={label}: the classifier has the classes 0 to {max(classes, 2) - 1}")
    if classes == 1:
        label = 0  # one score of two classes: but for its sign it is that of either
    elif classes == 2 and scores[label] == 0:
        label = 1 - label  # the same, where the other class has the constant score 0
    return torch.tensor([label], device=scores.device)


def _value_at(values: Tensor, per_cent: float) -> Tensor:
    """Return the smallest value at which the sum of all values up to it reaches a share of the whole."""
    ordered = values.flatten().sort().values
    sums = ordered.cumsum(0)
    return ordered[int((sums >= sums[-1] * per_cent / 100).nonzero()[0])]


@contextmanager
def _seeded(numbers: torch.Generator, device: torch.device) -> Iterator[None]:
    """Seed the global random numbers, which captum draws from, and put them back afterwards."""
    seed = int(torch.randint(2**31, (1,), generator=numbers))
    before = np.random.get_state()  # noqa: NPY002  # captum draws from this one
    cuda = [device.index or 0] if device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=cuda):
            torch.manual_seed(seed)
            np.random.seed(seed)  # noqa: NPY002  # the same
            yield
    finally:
        np.random.set_state(before)  # noqa: NPY002  # the same


def _captum() -> Any:
    try:
        import captum.attr
    except ImportError:
        raise MissingBackendError('attribution regions need captum: pip install "suffice[rcsb]"') from None
    return captum.attr


def _layer_of(score: _Score, layer: str | nn.Module | None) -> nn.Module:
    if isinstance(layer, nn.Module):
        return layer
    try:
        found: nn.Module = score.classifier.get_submodule(str(layer))
        return found
    except AttributeError:
        parts = [name for name, _ in score.classifier.named_modules() if name]
        raise BadInputError(f"layer={shown(layer)}: the classifier has no such part; it has {shown(parts)}") from None


def _read_method(method: Any) -> str:
    names = {name.lower(): name for name in METHODS}
    found = names.get(str(method).replace("_", "").replace(" ", "").lower())
    if found is None:
        raise BadInputError(f"method={shown(method)}: expected a method of captum, one of {', '.join(METHODS)}")
    return found


def _baseline(values: Any) -> Tensor:
    try:
        found = torch.as_tensor(values, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        raise BadInputError(f"baseline={shown(values)}: expected a number, or an image of numbers") from None
    if not bool(torch.isfinite(found).all()):
        raise BadInputError(f"baseline={shown(values)}: expected finite numbers")
    return found


def _number(value: Any, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value < high:
        raise BadInputError(f"{name}={shown(value)}: expected a number from {low:g}, below {high:g}")
    return float(value)
