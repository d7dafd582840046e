"""Region-constrained counterfactuals of images by a Schrödinger bridge; each part is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bridge.denoiser import BridgeDenoiser
    from .bridge.loading import load_bridge, load_classifier
    from .bridge.networks import make_unet
    from .bridge.scheduler import I2SBScheduler
    from .explainer import RCSB
    from .folder.folder import FolderRun, load_folder, run_folder
    from .images.pixels import read_image
    from .metrics.evaluation import Evaluation, compare, evaluate
    from .metrics.frechet import fid, region_crops, split_fid
    from .metrics.metrics import (
        agreement,
        attributes_changed,
        correlation_difference,
        cout,
        face_verification,
        l1,
        l2,
        lpips,
        similarity,
    )
    from .presets import PRESETS
    from .published import Published, from_published
    from .regions.attribution import AttributionRegion
    from .regions.masks import MaskRegion, save_mask
    from .regions.painting import Painter, paint
    from .regions.regions import (
        EmptyRegion,
        FullRegion,
        InverseRegion,
        JoinedRegion,
        NoRegionError,
        RandomRegion,
        Region,
    )
    from .regions.text import GroundingDino, SegmentAnything, TextRegion
    from .results.joined import join
    from .results.reading import load_result
    from .results.result import Calls, RCSBResult, Step
    from .training.training import TrainedBridge, train_bridge

_HOMES = {
    "AttributionRegion": "regions.attribution",
    "BridgeDenoiser": "bridge.denoiser",
    "Calls": "results.result",
    "EmptyRegion": "regions.regions",
    "Evaluation": "metrics.evaluation",
    "FolderRun": "folder.folder",
    "FullRegion": "regions.regions",
    "GroundingDino": "regions.text",
    "I2SBScheduler": "bridge.scheduler",
    "InverseRegion": "regions.regions",
    "JoinedRegion": "regions.regions",
    "NoRegionError": "regions.regions",
    "MaskRegion": "regions.masks",
    "PRESETS": "presets",
    "Painter": "regions.painting",
    "Published": "published",
    "RCSB": "explainer",
    "RCSBResult": "results.result",
    "RandomRegion": "regions.regions",
    "Region": "regions.regions",
    "SegmentAnything": "regions.text",
    "Step": "results.result",
    "TextRegion": "regions.text",
    "TrainedBridge": "training.training",
    "agreement": "metrics.metrics",
    "attributes_changed": "metrics.metrics",
    "compare": "metrics.evaluation",
    "correlation_difference": "metrics.metrics",
    "cout": "metrics.metrics",
    "evaluate": "metrics.evaluation",
    "face_verification": "metrics.metrics",
    "fid": "metrics.frechet",
    "from_published": "published",
    "join": "results.joined",
    "l1": "metrics.metrics",
    "l2": "metrics.metrics",
    "make_unet": "bridge.networks",
    "load_bridge": "bridge.loading",
    "load_classifier": "bridge.loading",
    "load_folder": "folder.folder",
    "load_result": "results.reading",
    "lpips": "metrics.metrics",
    "paint": "regions.painting",
    "read_image": "images.pixels",
    "region_crops": "metrics.frechet",
    "run_folder": "folder.folder",
    "save_mask": "regions.masks",
    "similarity": "metrics.metrics",
    "split_fid": "metrics.frechet",
    "train_bridge": "training.training",
}
__all__ = [
    "PRESETS",
    "RCSB",
    "AttributionRegion",
    "BridgeDenoiser",
    "Calls",
    "EmptyRegion",
    "Evaluation",
    "FolderRun",
    "FullRegion",
    "GroundingDino",
    "I2SBScheduler",
    "InverseRegion",
    "JoinedRegion",
    "MaskRegion",
    "NoRegionError",
    "Painter",
    "Published",
    "RCSBResult",
    "RandomRegion",
    "Region",
    "SegmentAnything",
    "Step",
    "TextRegion",
    "TrainedBridge",
    "agreement",
    "attributes_changed",
    "compare",
    "correlation_difference",
    "cout",
    "evaluate",
    "face_verification",
    "fid",
    "from_published",
    "join",
    "l1",
    "l2",
    "load_bridge",
    "load_classifier",
    "load_folder",
    "load_result",
    "lpips",
    "make_unet",
    "paint",
    "read_image",
    "region_crops",
    "run_folder",
    "save_mask",
    "similarity",
    "split_fid",
    "train_bridge",
]


def __getattr__(name: str) -> Any:
    """Load the part that holds a name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
