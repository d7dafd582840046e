"""The published settings by their published names, and what they are called here.

================================================= ========================= =====================================
published                                         keyword                   here
================================================= ========================= =====================================
``exp.target_id``                                 ``target_id``             ``run_folder(source=…)``
``exp.guide_id``                                  ``guide_id``              ``explain(target=…)``
``guidance.scale.value`` (s)                      ``guidance_scale``, 1.5   ``RCSB(scale=…)``
``inpainter.subconfig.start_step`` (tau T)        ``start_step``, 600       ``RCSB(start=start_step / 1000)``
``explainer.cell_size`` (c)                       ``cell_size``, 16         ``AttributionRegion(cell=…)``
``explainer.area`` (a)                            ``area``, 0.3             ``AttributionRegion(area=…)``
``exp.n_inpaints``                                ``n_inpaints``, 2         ``RCSB(samples=…)``
``explainer=lang_sam``                            ``explainer``             ``TextRegion``
``explainer.get_attr_maps_kwargs.text_prompt``    ``text_prompt``           ``TextRegion(prompt=…)``
``….use_binary_masks``                            ``use_binary_masks``      ``TextRegion(binary=…, area=…)``
``dataset=custom_mask_imagenet``                  ``masks`` (a folder)      ``MaskRegion``, ``paint``
================================================= ========================= =====================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...engine.errors import BadInputError, shown
from .explainer import RCSB
from .regions.attribution import AttributionRegion
from .regions.masks import MaskRegion
from .regions.regions import Region
from .regions.text import TextRegion

_STEPS = 1000  # of the published bridges
_NAMES = {
    "target_id": ("exp.target_id", "TARGET_ID"),
    "guide_id": ("exp.guide_id", "GUIDE_ID"),
    "guidance_scale": ("guidance.scale.value", "GUIDANCE_SCALE", "s"),
    "start_step": ("inpainter.subconfig.start_step", "START_STEP"),
    "cell_size": ("explainer.cell_size", "CELL_SIZE", "c"),
    "area": ("explainer.area", "AREA", "a"),
    "text_prompt": ("explainer.get_attr_maps_kwargs.text_prompt", "TEXT_PROMPT"),
    "use_binary_masks": ("explainer.get_attr_maps_kwargs.use_binary_masks", "USE_BINARY_MASKS"),
    "n_inpaints": ("exp.n_inpaints",),
    "explainer": (),
    "dataset": (),
    "masks": ("custom_masks",),
}
_WHOLE = ("target_id", "guide_id", "start_step", "cell_size", "n_inpaints")
_NUMBERS = ("guidance_scale", "area")
_EXPLAINERS = ("automated", "lang_sam")
_MANUAL = "custom_mask_imagenet"
_CONFIGURATION = "imagenet_cava_target_to_guide"
_FLAGS = ("--config-name", "-cn")


@dataclass(frozen=True)
class Published:
    """A published run in this library's terms.

    Attributes
    ----------
    source, target : int
        Only images of class `source` are explained (``target_id``); they are to become `target` (``guide_id``).
    region : Region
    samples : int
        ``n_inpaints``.
    settings : dict
        Arguments of ``RCSB``: ``preset``, ``scale``, ``start``, ``samples``.
    """

    source: int
    target: int
    region: Region
    samples: int
    settings: dict[str, Any] = field(default_factory=dict)

    def explainer(self, denoiser: Any, classifier: Any, **changes: Any) -> RCSB:
        """Return the explainer; `changes` are further arguments of ``RCSB``."""
        return RCSB(denoiser, classifier, **{**self.settings, **changes})

    def folder(self) -> dict[str, Any]:
        """Return the arguments of ``run_folder`` that follow: target, region, source, n."""
        return {"target": self.target, "region": self.region, "source": self.source, "n": self.samples}


def from_published(
    settings: Mapping[str, Any] | Sequence[str] | None = None, *, detector: Any = None, segmenter: Any = None,
    detector_processor: Any = None, segmenter_processor: Any = None, **named: Any,
) -> Published:  # fmt: skip
    """Translate published settings.

    They are taken as keywords (``target_id=340, guidance_scale=1.5``), as a mapping with short, upper-case or dotted
    names (``{"exp.target_id": 340}``), or as overrides of a command line
    (``["exp.target_id=340", …]``, also behind ``--config-name imagenet_cava_target_to_guide``). The table at the head
    of this module names them all.

    Parameters
    ----------
    settings : mapping or sequence of str, optional
    detector, segmenter, detector_processor, segmenter_processor : optional
        The networks of a text region; see ``TextRegion``.
    **named
        Settings by keyword.

    Returns
    -------
    Published

    Raises
    ------
    BadInputError
        If a setting is unknown, told twice, missing, or has a value that it cannot have.
    """
    told = _told(settings, named)
    missing = [name for name in ("target_id", "guide_id") if name not in told]
    if missing:
        raise BadInputError(f"{missing[0]} is missing: give the class that images come from (target_id) and the class "
                            "that they go to (guide_id)")  # fmt: skip
    if told["target_id"] == told["guide_id"]:
        raise BadInputError(f"target_id and guide_id are both {told['guide_id']}: expected two classes")
    start = told.get("start_step", 600)
    if not 1 <= start <= _STEPS:
        raise BadInputError(f"start_step={start}: expected a step of the bridge, 1 to {_STEPS}")
    region = _region(told, (detector, segmenter, detector_processor, segmenter_processor))
    samples = told.get("n_inpaints", 2)
    chosen = {
        "preset": "published",
        "scale": told.get("guidance_scale", 1.5),
        "start": start / _STEPS,
        "samples": samples,
    }
    return Published(told["target_id"], told["guide_id"], region, samples, chosen)


def _region(told: dict[str, Any], networks: tuple[Any, Any, Any, Any]) -> Region:
    """Return the region that the settings name."""
    manual = told.get("dataset") == _MANUAL
    if manual or "masks" in told:
        if "masks" not in told:
            raise BadInputError(f"dataset={_MANUAL}: give masks=…, the folder of the masks")
        _unused(told, ("cell_size", "area", "text_prompt", "use_binary_masks", "explainer"), "manual masks")
        return MaskRegion(Path(told["masks"]))
    if told.get("explainer", "automated") == "lang_sam" or "text_prompt" in told:
        if "text_prompt" not in told:
            raise BadInputError("explainer=lang_sam: give text_prompt=…, what to look for")
        if networks[0] is None or networks[1] is None:
            raise BadInputError("a text prompt needs detector=… and segmenter=…: folders of Grounding DINO and of SAM")
        _unused(told, ("cell_size",), "a text prompt")
        binary = told.get("use_binary_masks", True)  # as published, this disables the area
        return TextRegion(
            told["text_prompt"], networks[0], networks[1], binary=binary,
            area=None if binary else told.get("area", 0.3),
            detector_processor=networks[2], segmenter_processor=networks[3],
        )  # fmt: skip
    _unused(told, ("use_binary_masks",), "automated regions")
    return AttributionRegion(cell=told.get("cell_size", 16), area=told.get("area", 0.3))


def _unused(told: dict[str, Any], names: tuple[str, ...], why: str) -> None:
    """Refuse settings that would have no effect."""
    for name in names:
        if name in told and not (name == "explainer" and told[name] == "automated"):
            raise BadInputError(f"{name}={shown(told[name])} has no effect with {why}: leave it out")


def _told(settings: Mapping[str, Any] | Sequence[str] | None, named: dict[str, Any]) -> dict[str, Any]:
    """Return the settings under their short names, with values of the right kind."""
    if settings is None:
        pairs: list[tuple[str, Any]] = []
    elif isinstance(settings, Mapping):
        pairs = list(settings.items())
    else:
        pairs = [_split(override) for override in _configured([settings] if isinstance(settings, str) else settings)]
    known = {other: name for name, others in _NAMES.items() for other in (name, *others)}
    told: dict[str, Any] = {}
    for name, value in [*pairs, *named.items()]:
        if name not in known:
            raise BadInputError(f"{shown(name)}: unknown setting; expected one of {', '.join(_NAMES)}")
        if known[name] in told:
            raise BadInputError(f"{known[name]} is told twice, as {told[known[name]]!r} and as {value!r}")
        told[known[name]] = _read(known[name], value)
    return told


def _configured(given: Sequence[Any]) -> list[Any]:
    """Return the overrides of a command line without the name of the configuration.

    Raises
    ------
    BadInputError
        If it is another configuration than the published one: its settings are not known here.
    """
    left: list[Any] = []
    parts = [str(part) for part in given]
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else ""
        if part in _FLAGS and place + 1 < len(parts):
            continue
        name = part if before in _FLAGS else part.partition("=")[2] if part.partition("=")[0] in _FLAGS else None
        if name is None:
            left.append(given[place])
        elif name != _CONFIGURATION:
            raise BadInputError(
                f"--config-name {shown(name)}: expected {_CONFIGURATION}; settings of another configuration are not "
                "known here: give them one by one"
            )
    return left


def _split(override: Any) -> tuple[str, str]:
    name, equals, value = str(override).partition("=")
    if not equals:
        raise BadInputError(f"{shown(override)}: expected name=value, such as exp.target_id=340")
    return name.strip().lstrip("+"), value.strip()


def _read(name: str, value: Any) -> Any:
    """Return a value, which may be the text of one, in its own kind."""
    if name in _WHOLE or name in _NUMBERS:
        kind: type = int if name in _WHOLE else float
        try:
            number = kind(value)
        except (TypeError, ValueError, OverflowError):
            raise BadInputError(f"{name}={shown(value)}: expected a number") from None
        if isinstance(value, bool) or number != float(value) or number < 0:
            raise BadInputError(f"{name}={shown(value)}: expected a {'whole ' if kind is int else ''}number from 0")
        return number
    if name == "use_binary_masks":
        found = {"true": True, "false": False}.get(str(value).lower())
        if found is None:
            raise BadInputError(f"{name}={shown(value)}: expected true or false")
        return found
    if name == "explainer" and value not in _EXPLAINERS:
        raise BadInputError(f"explainer={shown(value)}: expected {' or '.join(_EXPLAINERS)}")
    return value
