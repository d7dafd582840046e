"""The state of a training in a file: tensors and plain values only, replaced in one move."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ..bridge.checkpoints import read_checkpoint

_FORMAT = 1


@dataclass
class State:
    """How far a training is.

    Attributes
    ----------
    step : int
        Steps done.
    losses : list of float
    raw, average : dict of str to Tensor
        The network's weights, and their average.
    optimizer : dict
        The optimizer's own state.
    """

    step: int
    losses: list[float]
    raw: dict[str, Tensor]
    average: dict[str, Tensor]
    optimizer: dict[str, Any]


def write_state(path: Path, state: State, identity: dict[str, Any]) -> None:
    """Write a state; whoever reads the file sees all of the old one or all of the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "format": _FORMAT, "identity": identity, "step": state.step, "losses": list(state.losses), "net": state.raw,
        "average": state.average, "optimizer": state.optimizer,
    }  # fmt: skip
    part = path.with_name(path.name + ".part")
    torch.save(told, part)
    os.replace(part, path)


def read_state(path: Path, identity: dict[str, Any]) -> State:
    """Read a state.

    Raises
    ------
    BadInputError
        If the file is none, or is of a training with other settings.
    """
    told = read_checkpoint(path)
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise BadInputError(f"checkpoint={shown(str(path))}: this is no state of a training")
    for name, value in identity.items():
        if told["identity"].get(name) != value:
            raise BadInputError(
                f"checkpoint={shown(str(path))} is of another training: {name} was "
                f"{shown(told['identity'].get(name))}, now {shown(value)}; take the same, or another file"
            )
    return State(told["step"], told["losses"], told["net"], told["average"], told["optimizer"])
