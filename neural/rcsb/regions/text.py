"""Regions by words: what a text describes, found by Grounding DINO and outlined by the Segment Anything Model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, MissingBackendError, shown
from ..images.pixels import to_bytes
from .cells import best, read_area, share_of
from .regions import Asked, NoRegionError, Region


class Detector(Protocol):
    """Finds what a text describes."""

    def __call__(self, image: Tensor, prompt: str) -> tuple[Tensor, Tensor]:
        """Return boxes (m, 4) as left, top, right, bottom in pixels, and scores (m,), of an image uint8 (3, H, W)."""


class Segmenter(Protocol):
    """Outlines what is in boxes."""

    def __call__(self, image: Tensor, boxes: Tensor) -> Tensor:
        """Return logits (m, H, W), above 0 within the outline, for boxes (m, 4) of an image uint8 (3, H, W)."""


class TextRegion(Region):
    """What a text describes in the image.

    Boxes of Grounding DINO (Liu et al., ECCV 2024) become outlines by the Segment Anything Model (Kirillov et al.,
    ICCV 2023); the region is their union. Nothing is downloaded.

    Parameters
    ----------
    prompt : str
        What to look for, such as ``"mouth"``; several things are separated by full stops.
    detector : path, model or callable
        Grounding DINO: a folder of transformers (model and processor), a model (then give `detector_processor`), or a
        `Detector` of your own.
    segmenter : path, model or callable
        The Segment Anything Model: the same (`segmenter_processor`), or a `Segmenter` of your own.
    binary : bool
        Whether the outlines are the region as they are. Else the region is at most `area` of the pixels: where the
        outlines cover more, the pixels with the highest logits, ties going to the first in reading order.
    area : float, optional
        Share of the image's pixels; needed, and only taken, without `binary`.
    box_threshold, text_threshold : float
        The scores from which on a box counts, and a word belongs to a box.

    Raises
    ------
    BadInputError
        If an argument cannot be used; from `masks`, if nothing is found in an image: the message names it.
    """

    def __init__(
        self,
        prompt: str,
        detector: Any,
        segmenter: Any,
        *,
        binary: bool = True,
        area: float | None = None,
        box_threshold: float = 0.3,
        text_threshold: float = 0.25,
        detector_processor: Any = None,
        segmenter_processor: Any = None,
    ) -> None:
        if not isinstance(prompt, str) or not prompt.strip(" ."):
            raise BadInputError(f"prompt={shown(prompt)}: expected words that say what to look for")
        if not isinstance(binary, bool):
            raise BadInputError(f"binary={shown(binary)}: expected True or False")
        if binary == (area is not None):
            more = (
                "give the share of the image"
                if area is None
                else "the outlines are taken as they are; set binary=False"
            )
            raise BadInputError(f"binary={binary} with area={shown(area)}: {more}")
        for name, value in (("box_threshold", box_threshold), ("text_threshold", text_threshold)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise BadInputError(f"{name}={shown(value)}: expected a score from 0 to 1")
        self.prompt, self.binary = prompt, binary
        self.area = None if area is None else read_area(area)
        thresholds = (float(box_threshold), float(text_threshold))
        self.detector: Detector = _detector(detector, detector_processor, *thresholds)
        self.segmenter: Segmenter = _segmenter(segmenter, segmenter_processor)

    def _mask(self, image: Tensor, place: int, asked: Asked) -> Tensor:
        logits = self._logits(image, place)
        inside = logits > 0
        if not bool(inside.any()):
            raise NoRegionError(
                f"image {place}: the outline of {self.prompt!r} is empty; try other words, or a MaskRegion"
            )
        if self.area is None:
            return inside
        number = share_of(self.area, logits.numel(), "pixels")
        return inside if int(inside.sum()) <= number else best(logits, number)

    def _logits(self, image: Tensor, place: int) -> Tensor:
        """Return the highest logit of any outline at each pixel, (H, W)."""
        levels = to_bytes(image).cpu()
        levels = levels.expand(3, -1, -1) if len(levels) == 1 else levels
        if len(levels) != 3:
            raise BadInputError(f"image {place} has {len(levels)} channels: a text is looked for in 1 or 3")
        boxes, scores = self.detector(levels, self.prompt)
        if boxes.ndim != 2 or boxes.shape[1] != 4 or len(scores) != len(boxes):
            raise BadInputError(f"the detector returns boxes {tuple(boxes.shape)}: expected (m, 4), and m scores")
        if not len(boxes):
            raise NoRegionError(
                f"image {place}: nothing that is {self.prompt!r} was found; try other words, a lower box_threshold, or "
                "a MaskRegion"
            )
        logits = self.segmenter(levels, boxes)
        if logits.shape != (len(boxes), *image.shape[1:]):
            expected = (len(boxes), *image.shape[1:])
            raise BadInputError(f"the segmenter returns shape {tuple(logits.shape)}: expected {expected}")
        if not bool(torch.isfinite(logits).all()):
            raise NoRegionError(f"image {place}: the segmenter's logits are not finite")
        return logits.detach().to("cpu", torch.float64).amax(0)

    def __repr__(self) -> str:
        area = "" if self.area is None else f", binary=False, area={self.area:g}"
        return f"TextRegion({self.prompt!r}{area})"


class GroundingDino:
    """Grounding DINO of transformers as a `Detector`.

    Parameters
    ----------
    model : GroundingDinoForObjectDetection
    processor : GroundingDinoProcessor
    box_threshold, text_threshold : float
    """

    def __init__(self, model: Any, processor: Any, box_threshold: float = 0.3, text_threshold: float = 0.25) -> None:
        self.model, self.processor = model.eval(), processor
        self.box_threshold, self.text_threshold = box_threshold, text_threshold

    def __call__(self, image: Tensor, prompt: str) -> tuple[Tensor, Tensor]:
        """Return boxes in pixels, and scores."""
        text = prompt.strip().lower()
        given = self.processor(
            images=_picture(image), text=text if text.endswith(".") else text + ".", return_tensors="pt"
        ).to(self.model.device)
        with torch.no_grad():
            outputs = self.model(**given)
        (found,) = self.processor.post_process_grounded_object_detection(
            outputs,
            given["input_ids"],
            threshold=self.box_threshold,
            text_threshold=self.text_threshold,
            target_sizes=[tuple(image.shape[1:])],
        )
        return found["boxes"], found["scores"]


class SegmentAnything:
    """The Segment Anything Model of transformers as a `Segmenter`, one outline a box.

    Parameters
    ----------
    model : SamModel
    processor : SamProcessor
    """

    def __init__(self, model: Any, processor: Any) -> None:
        self.model, self.processor = model.eval(), processor

    def __call__(self, image: Tensor, boxes: Tensor) -> Tensor:
        """Return the logits of each box at the image's size."""
        given = self.processor(_picture(image), input_boxes=[boxes.cpu().tolist()], return_tensors="pt")
        sizes, inner = given.pop("original_sizes"), given.pop("reshaped_input_sizes")
        like = next(self.model.parameters())
        tensors = {
            name: value.to(like.device, like.dtype) if value.is_floating_point() else value.to(like.device)
            for name, value in given.items()
        }
        with torch.no_grad():
            outputs = self.model(**tensors, multimask_output=False)
        (logits,) = self.processor.image_processor.post_process_masks(
            outputs.pred_masks.float().cpu(), sizes, inner, binarize=False
        )
        return torch.as_tensor(logits)[:, 0]


def _picture(image: Tensor) -> Any:
    """Return an image uint8 (3, H, W) as (H, W, 3), which processors take."""
    return np.ascontiguousarray(np.moveaxis(image.cpu().numpy(), 0, 2))


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingBackendError('text regions need transformers: pip install "suffice[rcsb]"') from None
    return transformers


def _load(path: str | Path, kind: str, what: str) -> tuple[Any, Any]:
    """Return model and processor of a folder, without asking the network."""
    transformers = _transformers()
    if not Path(path).is_dir():
        raise BadInputError(f"{what}={str(path)!r}: there is no such folder; expected a model saved by transformers")
    try:
        model, told = getattr(transformers, kind).from_pretrained(path, local_files_only=True, output_loading_info=True)
        processor = transformers.AutoProcessor.from_pretrained(path, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadInputError(f"{what}={str(path)!r}: no {kind} with its processor in this folder ({reason})") from None
    if told["missing_keys"] or told.get("mismatched_keys"):  # transformers would go on with random weights
        lacking = sorted({str(key) for key in [*told["missing_keys"], *told.get("mismatched_keys", ())]})
        raise BadInputError(f"{what}={str(path)!r}: this is not the whole of a {kind}; it lacks {shown(lacking)}")
    return model, processor


def _detector(source: Any, processor: Any, box: float, text: float) -> Detector:
    if isinstance(source, (str, Path)):
        return GroundingDino(*_load(source, "GroundingDinoForObjectDetection", "detector"), box, text)
    if processor is not None:
        return GroundingDino(source, processor, box, text)
    detector: Detector = _own(source, "detector")
    return detector


def _segmenter(source: Any, processor: Any) -> Segmenter:
    if isinstance(source, (str, Path)):
        return SegmentAnything(*_load(source, "SamModel", "segmenter"))
    return SegmentAnything(source, processor) if processor is not None else _own(source, "segmenter")


def _own(source: Any, name: str) -> Any:
    """Return a callable of the user's; a bare network of transformers lacks its processor."""
    if hasattr(source, "config") and hasattr(source, "forward"):
        raise BadInputError(f"{name}={type(source).__name__}: give its processor too, {name}_processor=…")
    if not callable(source):
        raise BadInputError(f"{name}={shown(source)}: expected a folder, a model with its processor, or a callable")
    return source
