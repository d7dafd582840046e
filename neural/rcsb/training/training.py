"""Train a bridge for inpainting on images of one's own, so that no released weights are needed.

I2SB (Liu et al., ICML 2023), algorithm 1, with the ends of inpainting: x1 is the image with noise in a random region.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from torch import nn

from ....engine.budget import Deadline
from ....engine.status import Status, Stop
from ...arguments import whole
from ..bridge.denoiser import BridgeDenoiser
from .batches import Batches
from .fitting import fit
from .plan import Plan, TrainingOptions, read_options, read_plan
from .state import State


@dataclass(frozen=True, eq=False)
class TrainedBridge:
    """A trained bridge and how it was trained.

    Attributes
    ----------
    denoiser : BridgeDenoiser
        With the averaged weights, in evaluation mode.
    network : Module
        With the raw weights.
    losses : tuple of float
        One a step: mean squared error in the regions.
    steps : int
        Steps so far.
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR``; then `stop` tells why.
    stop : Stop
    seconds : float
        Wall-clock time of this call.
    """

    denoiser: BridgeDenoiser
    network: nn.Module
    losses: tuple[float, ...]
    steps: int
    status: Status
    stop: Stop
    seconds: float

    def save(self, folder: str | Path) -> Path:
        """Write the denoiser into a folder that ``BridgeDenoiser.load`` reads."""
        return self.denoiser.save(folder)


def train_bridge(dataset: Any, network: nn.Module | None = None, **options: Unpack[TrainingOptions]) -> TrainedBridge:
    """Train a bridge that fills regions of images like those of a data set.

    Every step's images, regions, noise and times follow from the seed and the number of the step alone: a training that
    was interrupted and goes on from its checkpoint gives the bits of one that was not (on a GPU: within rounding).

    Parameters
    ----------
    dataset : Tensor, array or Dataset
        Images (n, C, H, W), uint8 or floating in [0, 1]; or a data set of PyTorch with ``len`` whose items are such
        images (C, H, W), or tuples that begin with one.
    network : Module, optional
        ``f(x, t)``, trained in place. Default: a U-Net that fits the images, see ``networks.make_unet``.
    **options
        How: ``steps=2000``, ``batch_size=64``, ``learning_rate=5e-4``, ``checkpoint=path``, ``progress=True``, …; all
        of them are told at ``TrainingOptions``.

    Returns
    -------
    TrainedBridge

    Raises
    ------
    BadInputError
        If an argument cannot be used, or the checkpoint is of another training.
    """
    told = read_options(options)
    deadline = Deadline(told["time_limit"])
    plan = read_plan(told)
    batches = Batches(dataset, plan.batch_size, plan.seed, whole("workers", told["workers"], 0))
    if network is None:
        from ..bridge.networks import make_unet

        network = make_unet(*batches.shape, seed=plan.seed)
    started, devices = time.perf_counter(), whole("devices", told["devices"])
    if told["fabric"] is None and devices == 1:
        if told["device"] is not None:
            network = network.to(told["device"])
        state, stop = fit(None, network, batches, plan, deadline)
    else:
        from .devices import fit_on_devices

        state, stop = fit_on_devices(told["fabric"], devices, network, batches, plan, deadline)
    return _trained(network, state, stop, plan, time.perf_counter() - started)


def _trained(network: nn.Module, state: State, stop: Stop, plan: Plan, seconds: float) -> TrainedBridge:
    """Return the result: the network as it was, and a copy with the averaged weights."""
    network.load_state_dict(state.raw)
    average = copy.deepcopy(network)
    average.load_state_dict(state.average)
    average.requires_grad_(True).eval()
    denoiser = BridgeDenoiser(average, plan.predicts, plan.schedule).eval()
    done = state.step >= plan.steps
    return TrainedBridge(
        denoiser,
        network,
        tuple(state.losses),
        state.step,
        Status.COMPLETE if done else Status.BEST_SO_FAR,
        Stop.NONE if done else stop,
        seconds,
    )
