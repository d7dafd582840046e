"""What a network tells about a state, and the image that follows from it.

A state is ``x = mu_x0 x0 + mu_x1 x1``. Networks may tell

* ``"bridge"``: (x - x0) / std_fwd, as I2SB trains them;
* ``"x0"``: the image;
* ``"noise"``: the end x1, which is noise in the region;
* ``"velocity"``: x1 - x0.
"""

from __future__ import annotations

from torch import Tensor

from ....engine.errors import BadInputError
from .schedule import Schedule

KINDS = ("bridge", "x0", "noise", "velocity")


def clean_image(kind: str, told: Tensor, state: Tensor, schedule: Schedule, step: int) -> Tensor:
    """Return the estimate of the image.

    Parameters
    ----------
    kind : {"bridge", "x0", "noise", "velocity"}
    told, state : Tensor, shape (n, C, H, W)
        What the network tells, and the state it was shown.
    schedule : Schedule
    step : int
        The state's place in the schedule.

    Raises
    ------
    BadInputError
        If the state holds nothing of the image, so that its end does not tell it.
    """
    if kind == "bridge":
        return state - float(schedule.std_fwd[step]) * told
    if kind == "x0":
        return told
    if kind == "velocity":
        return state - float(schedule.mu_x1[step]) * told
    share = float(schedule.mu_x0[step])
    if share <= 0:
        raise BadInputError(
            f"a network that tells the noise cannot start at step {step}, which holds nothing of the image: "
            "choose a smaller start"
        )
    return (state - float(schedule.mu_x1[step]) * told) / share


def target_of(kind: str, image: Tensor, state: Tensor, end: Tensor, spread: Tensor) -> Tensor:
    """Return what a network of this kind should tell: what training compares it with.

    Parameters
    ----------
    kind : {"bridge", "x0", "noise", "velocity"}
    image, state, end : Tensor, shape (n, C, H, W)
    spread : Tensor, shape (n, 1, 1, 1)
        ``std_fwd`` at the steps of the states.
    """
    if kind == "bridge":
        return (state - image) / spread
    if kind == "x0":
        return image
    return end if kind == "noise" else end - image
