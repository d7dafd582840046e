"""Training on several devices through Lightning Fabric."""

from __future__ import annotations

import io
from typing import Any

import torch
from torch import nn

from ....engine.budget import Deadline
from ....engine.errors import BadInputError, MissingBackendError, shown
from ....engine.status import Stop
from .batches import Batches
from .fitting import fit
from .plan import Plan
from .state import State


def fit_on_devices(
    fabric: Any, devices: int, network: nn.Module, batches: Batches, plan: Plan, deadline: Deadline
) -> tuple[State, Stop]:
    """Train on the devices of a Fabric, each with its share of every batch.

    Parameters
    ----------
    fabric : Fabric or None
        None: one is made for `devices` devices, and its processes are started here.
    devices : int
    network, batches, plan, deadline
        As of ``fit``.

    Raises
    ------
    BadInputError
        If the batch cannot be shared evenly.
    MissingBackendError
        If Lightning Fabric is not installed.
    """
    try:
        from lightning_fabric import Fabric
    except ImportError:
        raise MissingBackendError('several devices need Lightning Fabric: pip install "suffice[rcsb]"') from None

    world = devices if fabric is None else fabric.world_size
    if plan.batch_size % world:
        raise BadInputError(f"batch_size={shown(plan.batch_size)}: expected a multiple of the {world} devices")
    if fabric is not None:
        return fit(fabric, network, batches, plan, deadline)
    mixed: Any = "bf16-mixed" if plan.precision == "bf16" else "32-true"
    own = Fabric(accelerator="auto", devices=devices, strategy="ddp_spawn", precision=mixed)
    told = torch.load(io.BytesIO(own.launch(_Work(network, batches, plan, deadline))), weights_only=True)
    return State(**told["state"]), Stop(told["stop"])


class _Work:
    """What every process does; one object, as `launch` would look into frozen arguments and change them."""

    def __init__(self, *inputs: Any) -> None:
        self._inputs = inputs

    def __call__(self, fabric: Any) -> bytes:
        """Return the state as bytes: tensors would be shared with a process that is gone when they are read."""
        network, batches, plan, deadline = self._inputs
        state, stop = fit(fabric, network, batches, plan, deadline)
        written = io.BytesIO()
        torch.save({"state": vars(state), "stop": str(stop)}, written)
        return written.getvalue()
