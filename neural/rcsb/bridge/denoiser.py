"""The denoiser of a bridge: any network that tells, about a state and its time, what the image was."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ....engine.errors import BadInputError, UnsupportedModelError, shown
from ...arguments import word
from ..calling import called
from .predictions import KINDS, clean_image
from .schedule import Schedule, make_schedule

_FILE = "bridge.json"


class BridgeDenoiser(nn.Module):
    """Estimates images from states of a bridge.

    Parameters
    ----------
    network : Module or callable
        ``f(x, t)``: states (n, C, H, W) in [-1, 1] and times (n,), floats in (0, N], to a tensor like x, or to an
        object with such a tensor in ``sample``, as models of diffusers return.
    predicts : {"bridge", "x0", "noise", "velocity"}
        What the network tells. ``"bridge"``: (x - x0) / std_fwd, as I2SB trains it; ``"x0"``: the image; ``"noise"``:
        the end x1 of the bridge; ``"velocity"``: x1 - x0.
    schedule : Schedule, optional
        Of the bridge that the network was trained for. Default: that of I2SB, N = 1000.

    Raises
    ------
    BadInputError
        If `predicts` is unknown.
    UnsupportedModelError
        If the network cannot be called.
    """

    def __init__(self, network: Callable[..., Any], predicts: str = "bridge", schedule: Schedule | None = None) -> None:
        super().__init__()
        if not callable(network):
            raise UnsupportedModelError(f"network={shown(network)}: expected a module or a function f(x, t)")
        self.network = network
        self.predicts = word("predicts", predicts, KINDS)
        self.schedule = make_schedule() if schedule is None else schedule

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return what the network tells about states at these times, in the type of the states.

        Raises
        ------
        BadInputError
            If it tells something of another shape.
        """
        network = self.network
        _check_size(network, x)
        kind = _own_type(network) if isinstance(network, nn.Module) else None
        given = x if torch.is_grad_enabled() else x.clone()  # a network may work in place
        told = called("denoiser", network, given if kind is None else given.to(kind), t)
        told = getattr(told, "sample", told)
        if isinstance(told, tuple):
            told = told[0]
        if not isinstance(told, Tensor) or told.shape != x.shape:
            what = f"shape {tuple(told.shape)}" if isinstance(told, Tensor) else shown(told)
            raise BadInputError(f"the denoiser returns {what} for states of shape {tuple(x.shape)}: expected the same")
        return told.to(x.dtype)

    def estimate(self, x: Tensor, step: int, network: Callable[..., Tensor] | None = None) -> Tensor:
        """Return the image that the network sees in states at one step of the schedule.

        Parameters
        ----------
        x : Tensor, shape (n, C, H, W)
            States, in [-1, 1] plus noise.
        step : int
            Their place in the schedule.
        network : callable, optional
            What is called in the place of this module: itself, compiled or wrapped.
        """
        kind = x.dtype if x.dtype == torch.float64 else torch.float32
        t = torch.full((len(x),), float(self.schedule.times[step]), dtype=kind, device=x.device)
        return clean_image(self.predicts, (self if network is None else network)(x, t), x, self.schedule, step)

    @classmethod
    def from_adm(
        cls, state_dict: Mapping[str, Tensor], *, head_channels: int = 64, predicts: str = "bridge",
        schedule: Schedule | None = None,
    ) -> BridgeDenoiser:  # fmt: skip
        """Build from the state dict of ADM's U-Net.

        Parameters
        ----------
        state_dict : mapping of str to Tensor
        head_channels : int
            ADM's ``num_head_channels``: 64 in the released networks; it cannot be read from the weights.
        predicts, schedule
            As for the class.

        Raises
        ------
        BadInputError
            If the weights are of another architecture; names missing and unexpected keys.
        """
        from .adm import unet_from_adm

        return cls(unet_from_adm(state_dict, head_channels), predicts, schedule)

    @classmethod
    def from_i2sb(
        cls, checkpoint: str | Path | Mapping[str, Any], *, ema: bool = True, head_channels: int = 64,
        schedule: Schedule | None = None,
    ) -> BridgeDenoiser:  # fmt: skip
        """Build from a checkpoint of I2SB, a file or what it holds.

        Files are read by ``torch.load(weights_only=True)``: they cannot run code.

        Parameters
        ----------
        checkpoint : path or mapping
            With ``net``, the state dict, and ``ema``, the averaged parameters.
        ema : bool
            Take the averaged parameters, as published.
        head_channels, schedule
            As for `from_adm`.

        Raises
        ------
        BadInputError
            If the file cannot be read, is no such checkpoint, or holds another architecture.
        """
        from .checkpoints import i2sb_weights

        return cls.from_adm(i2sb_weights(checkpoint, ema=ema), head_channels=head_channels, schedule=schedule)

    def save(self, folder: str | Path) -> Path:
        """Write network and schedule into a folder that `load` reads.

        Raises
        ------
        UnsupportedModelError
            If the network cannot save itself as models of diffusers can.
        """
        if not hasattr(self.network, "save_pretrained"):
            raise UnsupportedModelError(
                f"{type(self.network).__name__} is no model of diffusers: save its state_dict yourself"
            )
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        self.network.save_pretrained(str(place))
        told = {"predicts": self.predicts, "schedule": self.schedule.settings()}
        (place / _FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return place

    @classmethod
    def load(cls, folder: str | Path) -> BridgeDenoiser:
        """Read what `save` wrote; nothing is fetched from elsewhere.

        Raises
        ------
        BadInputError
            If the folder holds no such bridge.
        """
        import diffusers

        build: Any = diffusers.UNet2DModel  # it has no types

        place = Path(folder)
        try:
            told = json.loads((place / _FILE).read_text(encoding="utf-8"))
            schedule = make_schedule(**told["schedule"])
            network = build.from_pretrained(str(place), local_files_only=True, low_cpu_mem_usage=False)
        except BadInputError:
            raise
        except Exception as error:  # whatever json, diffusers and safetensors raise
            raise BadInputError(
                f"{shown(str(place))} holds no bridge ({type(error).__name__}: {error}): "
                "expected a folder written by BridgeDenoiser.save"
            ) from None
        return cls(network.eval(), told["predicts"], schedule)


def as_denoiser(network: Any) -> BridgeDenoiser:
    """Return a denoiser: itself, or one around a network that tells what I2SB's tells.

    Raises
    ------
    UnsupportedModelError
        If it is a pipeline of diffusers, or nothing that can be called.
    """
    if isinstance(network, BridgeDenoiser):
        return network
    inner = getattr(network, "denoiser", None)
    if hasattr(network, "scheduler") and hasattr(network, "save_pretrained") and not isinstance(network, nn.Module):
        raise UnsupportedModelError(
            f"denoiser={type(network).__name__} is a pipeline, which samples images by a process of its own: pass the "
            "network of a bridge; if its unet was trained as one, BridgeDenoiser(pipeline.unet, predicts=…)"
        )
    return inner if isinstance(inner, BridgeDenoiser) else BridgeDenoiser(network)


def _check_size(network: Any, x: Tensor) -> None:
    """Refuse images that a U-Net of diffusers cannot halve as often as it wants to, or of other channels."""
    config = getattr(network, "config", None)
    widths, channels = getattr(config, "block_out_channels", None), getattr(config, "in_channels", None)
    if not isinstance(widths, (tuple, list)) or not isinstance(channels, int):
        return
    if x.shape[1] != channels:
        raise BadInputError(f"the denoiser takes {channels} channels, the images have {x.shape[1]}")
    step = 2 ** (len(widths) - 1)
    if x.shape[2] % step or x.shape[3] % step:
        raise BadInputError(
            f"images of {x.shape[2]} x {x.shape[3]} pixels: this denoiser takes multiples of {step} a side; "
            "pad or resize them"
        )


def _own_type(network: nn.Module) -> torch.dtype | None:
    """Return the floating type of a module's first parameter."""
    for parameter in network.parameters():
        if parameter.is_floating_point():
            return parameter.dtype
    return None
