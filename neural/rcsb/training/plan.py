"""What a training is told: the options of ``train_bridge``, checked once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ...arguments import number, truth, whole, word
from ..bridge.predictions import KINDS
from ..bridge.schedule import Schedule, make_schedule
from .holes import RandomHoles

Holes = Callable[[int, int, int, torch.Generator], Tensor]


class TrainingOptions(TypedDict, total=False):
    """Keyword arguments of ``train_bridge``; none has to be given.

    Attributes
    ----------
    steps : int
        Steps in total, those before a checkpoint included.
    batch_size : int
        Images a step, over all devices together.
    learning_rate : float
        Of AdamW without weight decay.
    warm_up : int
        Steps until the rate is reached.
    ema : float
        Decay of the averaged weights; it begins lower.
    clip : float
        Largest norm of the gradient.
    seed : int
    holes : callable, optional
        ``holes(count, height, width, generator)`` to regions, bool (count, 1, height, width). Default:
        ``RandomHoles()``.
    predicts : {"bridge", "x0", "noise", "velocity"}
        What the network shall tell; see ``BridgeDenoiser``.
    schedule : Schedule, optional
    deterministic : bool
        Train for the OT-ODE; else for the stochastic bridge.
    checkpoint : path, optional
        A file that is written every `save_every` steps, at the end and at Ctrl-C, and gone on from where it exists.
    save_every : int
    device : optional
        Default: the network's.
    devices : int
        Devices of this machine to train on, through Lightning Fabric.
    precision : {"float32", "bf16"}
        ``"bf16"``: mixed precision.
    workers : int
        Processes that load a data set.
    fabric : Fabric, optional
        A launched Fabric of your own, in the place of `device`, `devices` and `precision`.
    progress : bool
        Show a progress bar.
    time_limit : float, optional
        Seconds; then the training stops and says so. Ctrl-C does the same.
    """

    steps: int
    batch_size: int
    learning_rate: float
    warm_up: int
    ema: float
    clip: float
    seed: int
    holes: Holes | None
    predicts: str
    schedule: Schedule | None
    deterministic: bool
    checkpoint: str | Path | None
    save_every: int
    device: Any
    devices: int
    precision: str
    workers: int
    fabric: Any
    progress: bool
    time_limit: float | None


DEFAULTS: TrainingOptions = {
    "steps": 2000,
    "batch_size": 64,
    "learning_rate": 5e-4,
    "warm_up": 50,
    "ema": 0.995,
    "clip": 1.0,
    "seed": 0,
    "holes": None,
    "predicts": "bridge",
    "schedule": None,
    "deterministic": True,
    "checkpoint": None,
    "save_every": 500,
    "device": None,
    "devices": 1,
    "precision": "float32",
    "workers": 0,
    "fabric": None,
    "progress": False,
    "time_limit": None,
}


@dataclass(frozen=True, eq=False)
class Plan:
    """What a training is told, checked; see `train_bridge`."""

    steps: int
    batch_size: int
    learning_rate: float
    warm_up: int
    ema: float
    clip: float
    seed: int
    predicts: str
    schedule: Schedule
    deterministic: bool
    holes: Holes
    precision: str
    path: Path | None
    save_every: int
    progress: bool

    def identity(self) -> dict[str, Any]:
        """Return what has to be the same for a training to go on; not how long it goes."""
        names = ("batch_size", "learning_rate", "warm_up", "ema", "clip", "seed", "predicts", "deterministic")
        return {
            **{name: getattr(self, name) for name in names},
            "schedule": self.schedule.settings(),
            "holes": repr(self.holes) if isinstance(self.holes, RandomHoles) else type(self.holes).__name__,
        }


def read_options(options: TrainingOptions) -> TrainingOptions:
    """Return all options, those that were not given at their defaults.

    Raises
    ------
    BadInputError
        If there is no option of a name.
    """
    unknown = [name for name in options if name not in DEFAULTS]
    if unknown:
        raise BadInputError(
            f"{unknown[0]}={shown(dict(options)[unknown[0]])}: unknown option; expected some of {', '.join(DEFAULTS)}"
        )
    return {**DEFAULTS, **options}


def read_plan(told: TrainingOptions) -> Plan:
    """Check the options that decide what a training computes.

    Raises
    ------
    BadInputError
        Names the option, its value and what was expected.
    """
    if told["precision"] not in ("float32", "bf16"):
        raise BadInputError(f"precision={shown(told['precision'])}: expected 'float32' or 'bf16'")
    holes, schedule, path = told["holes"], told["schedule"], told["checkpoint"]
    if holes is not None and not callable(holes):
        raise BadInputError(f"holes={shown(holes)}: expected a function that draws regions")
    return Plan(
        steps=whole("steps", told["steps"]),
        batch_size=whole("batch_size", told["batch_size"]),
        learning_rate=number("learning_rate", told["learning_rate"], 1e-12),
        warm_up=whole("warm_up", told["warm_up"], 0),
        ema=number("ema", told["ema"], 0.0, 1.0),
        clip=number("clip", told["clip"], 1e-12),
        seed=whole("seed", told["seed"], 0),
        predicts=word("predicts", told["predicts"], KINDS),
        schedule=make_schedule() if schedule is None else schedule,
        deterministic=truth("deterministic", told["deterministic"]),
        holes=RandomHoles() if holes is None else holes,
        precision=told["precision"],
        path=None if path is None else Path(path),
        save_every=whole("save_every", told["save_every"]),
        progress=truth("progress", told["progress"]),
    )
