"""Checkpoints of I2SB's training: raw weights, averaged weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown


def read_checkpoint(path: str | Path) -> Any:
    """Read a file of PyTorch that holds tensors and plain values, and cannot run code.

    Raises
    ------
    BadInputError
        If there is none, or it holds anything else.
    """
    place = Path(path)
    if not place.is_file():
        raise BadInputError(f"checkpoint={shown(str(path))}: there is no such file")
    try:
        return torch.load(place, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle, zip and PyTorch raise their own
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadInputError(
            f"checkpoint={shown(str(path))} cannot be read as tensors and plain values: {shown(first, 200)}"
        ) from None


def i2sb_weights(checkpoint: str | Path | Mapping[str, Any], *, ema: bool) -> dict[str, Tensor]:
    """Return the state dict of the network of an I2SB checkpoint.

    Parameters
    ----------
    checkpoint : path or mapping
        With ``net``: a state dict under the prefix ``diffusion_model.``; with ``ema``: a mapping whose
        ``shadow_params`` are the averaged parameters, in the order of the network's own.
    ema : bool
        Put the averaged parameters in the place of the raw ones.

    Raises
    ------
    BadInputError
        If parts are missing or do not fit together.
    """
    told = checkpoint if isinstance(checkpoint, Mapping) else read_checkpoint(checkpoint)
    if not isinstance(told, Mapping) or not isinstance(told.get("net"), Mapping):
        parts = list(told) if isinstance(told, Mapping) else type(told).__name__
        raise BadInputError(f"no checkpoint of I2SB: expected the entry 'net' with a state dict, found {shown(parts)}")
    names = [name for name in told["net"] if "diffusion_model." in name] or list(told["net"])
    net = {name: told["net"][name] for name in names}
    bad = [name for name, weight in net.items() if not isinstance(weight, Tensor)]
    if bad:
        raise BadInputError(f"no checkpoint of I2SB: {shown(bad[0])} in 'net' is no tensor")
    return _averaged(net, told.get("ema")) if ema else net


def _averaged(net: dict[str, Tensor], ema: Any) -> dict[str, Tensor]:
    """Return the averaged parameters under the names of the raw ones."""
    shadow = ema.get("shadow_params") if isinstance(ema, Mapping) else None
    if not isinstance(shadow, (list, tuple)):
        raise BadInputError("the checkpoint has no averaged parameters ('ema' with 'shadow_params'): pass ema=False")
    if len(shadow) != len(net):
        raise BadInputError(f"{len(shadow)} averaged parameters for {len(net)} weights: they are of another network")
    for (name, raw), average in zip(net.items(), shadow, strict=True):
        if not isinstance(average, Tensor) or average.shape != raw.shape:
            what = tuple(average.shape) if isinstance(average, Tensor) else type(average).__name__
            raise BadInputError(f"the averaged {name} is {what}, expected shape {tuple(raw.shape)}: another network")
    return dict(zip(net, shadow, strict=True))
