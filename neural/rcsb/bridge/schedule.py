"""The bridge's schedule in float64: variances, weights of the two ends, posteriors, times of the network.

I2SB (Liu et al., ICML 2023, section 3): between an image x0 and an end x1 lie the states
``x_i = mu_x0[i] x0 + mu_x1[i] x1 (+ std_sb[i] z)``, i = 0 … N - 1; without the noise z this is the OT-ODE.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....engine.errors import BadInputError, shown

F64 = NDArray[np.float64]
MARGINALS = ("published", "exact")
_FIRST_TIME = 1e-4  # the network's time of step 0, as a share of N


@dataclass(frozen=True, eq=False)
class Schedule:
    """Arrays of N entries, one a step.

    Attributes
    ----------
    std_fwd, std_bwd : ndarray of float64, shape (N,)
        Deviation gathered from the image up to the step, and from the step up to the end.
    mu_x0, mu_x1 : ndarray of float64, shape (N,)
        Weights of the image and of the end in a state; they sum to one.
    std_sb : ndarray of float64, shape (N,)
        Deviation of a state of the stochastic bridge.
    times : ndarray of float64, shape (N,)
        What the network is told as the time of a step.
    marginals : str
        ``"published"``: the noise of a step counts on both of its sides, as in the released code, and `mu_x0`, `mu_x1`
        are off by up to 7e-4. ``"exact"``: it counts once; all posteriors then agree with the marginals.
    beta_max, beta_min : float
        What the schedule was made from.
    """

    std_fwd: F64
    std_bwd: F64
    mu_x0: F64
    mu_x1: F64
    std_sb: F64
    times: F64
    marginals: str
    beta_max: float
    beta_min: float

    def settings(self) -> dict[str, Any]:
        """Return the arguments of `make_schedule` that give this schedule."""
        told = {"beta_max": self.beta_max, "beta_min": self.beta_min, "marginals": self.marginals}
        return {"steps": len(self), **told}

    def __len__(self) -> int:
        return len(self.times)

    def posterior(self, later: int, earlier: int) -> tuple[float, float, float]:
        """Return the weights of the image and of the state at `later`, and the deviation, for the state at `earlier`.

        Raises
        ------
        BadInputError
            If the steps are not in this order, or not in the schedule.
        """
        if not 0 <= earlier < later < len(self):
            raise BadInputError(
                f"a step from {later} to {earlier}: expected to go down within the schedule, 0 … {len(self) - 1}"
            )
        near = float(self.std_fwd[earlier]) ** 2
        gap = float(self.std_fwd[later]) ** 2 - near
        return gap / (near + gap), near / (near + gap), math.sqrt(near * gap / (near + gap))

    def index_of(self, time: float) -> int:
        """Return the step that the network knows by this time.

        Raises
        ------
        BadInputError
            If there is none near.
        """
        n = len(self)
        place = (float(time) / n - _FIRST_TIME) / (1 - _FIRST_TIME) * (n - 1)
        if not math.isfinite(place) or not 0 <= round(place) < n or abs(place - round(place)) > 0.25:
            raise BadInputError(f"timestep={shown(time)}: expected one of the schedule's times, see `timesteps`")
        return round(place)


def make_schedule(
    steps: int = 1000, beta_max: float = 1.0, beta_min: float = 1e-4, marginals: str = "published"
) -> Schedule:
    """Return the symmetric schedule of I2SB.

    Parameters
    ----------
    steps : int
        N; at least 2.
    beta_max : float
        N times the variance of the middle steps.
    beta_min : float
        Variance of the first and of the last step.
    marginals : {"published", "exact"}

    Raises
    ------
    BadInputError
        If a parameter cannot be used.
    """
    if marginals not in MARGINALS:
        raise BadInputError(f"marginals={shown(marginals)}: expected 'published' or 'exact'")
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 2 or steps % 2:
        raise BadInputError(f"steps={shown(steps)}: expected an even whole number from 2")
    for name, value in (("beta_max", beta_max), ("beta_min", beta_min)):
        if not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
            raise BadInputError(f"{name}={shown(value)}: expected a number above 0")
    half = np.linspace(math.sqrt(beta_min), math.sqrt(beta_max / steps), steps)[: steps // 2] ** 2
    beta = np.concatenate([half, half[::-1]])
    forward = np.cumsum(beta)
    backward = np.cumsum(beta[::-1])[::-1]
    if marginals == "exact":
        backward = np.maximum(backward - beta, 0.0)
        backward[-1] = 0.0
    total = forward + backward
    return Schedule(
        std_fwd=np.sqrt(forward),
        std_bwd=np.sqrt(backward),
        mu_x0=backward / total,
        mu_x1=forward / total,
        std_sb=np.sqrt(forward * backward / total),
        times=np.linspace(_FIRST_TIME, 1.0, steps) * steps,
        marginals=marginals,
        beta_max=float(beta_max),
        beta_min=float(beta_min),
    )


def first_step(steps: int, start: float) -> int:
    """Return the place in the schedule at which a run from this share of it starts.

    Raises
    ------
    BadInputError
        If `start` is not in (0, 1], or so small that no step is left.
    """
    known = isinstance(start, (int, float)) and not isinstance(start, bool)
    if not known or not 0 < start <= 1:
        raise BadInputError(f"start={shown(start)}: expected a share of the schedule, above 0 and at most 1")
    last = round(start * steps) - 1
    if last < 1:
        raise BadInputError(f"start={shown(start)}: no step is left of {steps}; expected at least {2 / steps:g}")
    return last


def path(last: int, nfe: int) -> list[int]:
    """Return the nfe + 1 steps of a run, evenly from `last` down to 0.

    Raises
    ------
    BadInputError
        If there are not as many steps.
    """
    if nfe < 1 or nfe > last:
        raise BadInputError(f"nfe={nfe}: expected 1 … {last}, as the run starts at step {last} of the schedule")
    stops = np.cumsum(np.r_[0.0, np.full(nfe, last / nfe)])  # as a running sum: it decides how halves are rounded
    return [int(place) for place in np.rint(stops)][::-1]
