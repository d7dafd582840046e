"""The bridge as a scheduler with the conventions of diffusers: ``set_timesteps``, ``step``, ``add_noise``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from diffusers.utils.outputs import BaseOutput
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ...arguments import word
from .predictions import KINDS, clean_image
from .schedule import first_step, make_schedule, path


@dataclass
class I2SBSchedulerOutput(BaseOutput):
    """What a step returns.

    Attributes
    ----------
    prev_sample : Tensor, shape (n, C, H, W)
        The state at the next step, nearer to the image.
    pred_original_sample : Tensor, shape (n, C, H, W)
        The estimate of the image.
    """

    prev_sample: Tensor
    pred_original_sample: Tensor


class I2SBScheduler(SchedulerMixin, ConfigMixin):  # type: ignore[misc]  # diffusers has no types to see here
    """Image-to-image Schrödinger bridge (Liu et al., ICML 2023) for diffusers.

    Parameters
    ----------
    num_train_timesteps : int
        N, the steps of the schedule.
    beta_max : float
        N times the variance of the middle steps.
    beta_min : float
        Variance of the first and of the last step.
    marginals : {"published", "exact"}
        See ``Schedule``.
    deterministic : bool
        The OT-ODE, without noise; else the stochastic bridge.
    prediction_type : {"bridge", "x0", "noise", "velocity"}
        What the network tells: see ``BridgeDenoiser``.

    Attributes
    ----------
    timesteps : Tensor of float32, shape (nfe,)
        The times that the network is told, first step first; set by `set_timesteps`.
    steps : list of int
        The nfe + 1 places in the schedule of the run.

    Raises
    ------
    BadInputError
        If a parameter cannot be used.

    Examples
    --------
    ::

        scheduler = I2SBScheduler()
        scheduler.set_timesteps(50)
        x = scheduler.add_noise(image, end, scheduler.timesteps[0])
        for t in scheduler.timesteps:
            x = scheduler.step(unet(x, t).sample, t, x).prev_sample
    """

    order = 1
    config: Any

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers has no types to see here
    def __init__(
        self,
        num_train_timesteps: int = 1000,
        beta_max: float = 1.0,
        beta_min: float = 1e-4,
        marginals: str = "published",
        deterministic: bool = True,
        prediction_type: str = "bridge",
    ) -> None:
        self.schedule = make_schedule(num_train_timesteps, beta_max, beta_min, marginals)
        word("prediction_type", prediction_type, KINDS)
        self.init_noise_sigma = 1.0
        self.set_timesteps(min(100, num_train_timesteps - 1))

    def __len__(self) -> int:
        return len(self.schedule)

    def set_timesteps(self, num_inference_steps: int, device: Any = None, *, start: float = 1.0) -> None:
        """Choose the steps of a run.

        Parameters
        ----------
        num_inference_steps : int
            Calls of the network.
        device : optional
            Where `timesteps` shall lie.
        start : float
            The published tau: the run starts at this share of the schedule.

        Raises
        ------
        BadInputError
            If there are not as many steps.
        """
        last = first_step(len(self.schedule), start)
        self.steps = path(last, int(num_inference_steps))
        self.num_inference_steps = int(num_inference_steps)
        self.timesteps = torch.tensor(self.schedule.times[self.steps[:-1]], dtype=torch.float32, device=device)

    def scale_model_input(self, sample: Tensor, timestep: Any = None) -> Tensor:
        """Return the state itself: this network takes it as it is."""
        return sample

    def add_noise(
        self, original_samples: Tensor, noise: Tensor, timesteps: Any, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return states between images and ends.

        Parameters
        ----------
        original_samples : Tensor, shape (n, C, H, W)
            The images, in [-1, 1].
        noise : Tensor, shape (n, C, H, W)
            The ends of the bridge: for inpainting, the images with noise in the region.
        timesteps : Tensor or float
            One time for all, or n of them.
        generator : Generator, optional
            Of the noise of the stochastic bridge.

        Raises
        ------
        BadInputError
            If a time is not one of the schedule, or the shapes differ.
        """
        if original_samples.shape != noise.shape:
            raise BadInputError(f"images {tuple(original_samples.shape)} and ends {tuple(noise.shape)} differ in shape")
        times = torch.as_tensor(timesteps).reshape(-1).tolist()
        if len(times) not in (1, len(original_samples)):
            raise BadInputError(f"{len(times)} timesteps for {len(original_samples)} images: expected one, or as many")
        places = [self.schedule.index_of(time) for time in times]
        towards, away, spread = (
            torch.as_tensor(array[places]).to(original_samples).reshape(-1, *[1] * (original_samples.ndim - 1))
            for array in (self.schedule.mu_x0, self.schedule.mu_x1, self.schedule.std_sb)
        )
        state = towards * original_samples + away * noise
        if not self.config.deterministic:
            state = state + spread * _like(original_samples, generator)
        return state

    def step(
        self,
        model_output: Tensor,
        timestep: Any,
        sample: Tensor,
        *,
        generator: torch.Generator | None = None,
        return_dict: bool = True,
    ) -> I2SBSchedulerOutput | tuple[Tensor, Tensor]:
        """Go one step towards the image.

        Parameters
        ----------
        model_output : Tensor, shape (n, C, H, W)
            What the network tells about `sample`.
        timestep : Tensor or float
            One of `timesteps`.
        sample : Tensor, shape (n, C, H, W)
            The state.
        generator : Generator, optional
            Of the noise of the stochastic bridge.
        return_dict : bool
            Return an ``I2SBSchedulerOutput``, not a tuple.

        Raises
        ------
        BadInputError
            If `timestep` is not one of the run.
        """
        later = self.schedule.index_of(float(timestep))
        if later not in self.steps[:-1]:
            raise BadInputError(f"timestep={shown(timestep)}: not a step of this run; expected one of `timesteps`")
        earlier = self.steps[self.steps.index(later) + 1]
        estimate = clean_image(self.config.prediction_type, model_output, sample, self.schedule, later)
        state = self.posterior_sample(estimate, sample, later, earlier, generator)
        return I2SBSchedulerOutput(state, estimate) if return_dict else (state, estimate)

    def posterior_sample(
        self, estimate: Tensor, sample: Tensor, later: int, earlier: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return the state at step `earlier`, given the image and the state at step `later`."""
        image, state, spread = self.schedule.posterior(later, earlier)
        moved = image * estimate + state * sample
        if not self.config.deterministic and earlier > 0:
            moved = moved + spread * _like(sample, generator)
        return moved


def _like(sample: Tensor, generator: torch.Generator | None) -> Tensor:
    """Return standard noise like a tensor, drawn where the generator lives."""
    home = sample.device if generator is None else generator.device
    return torch.randn(sample.shape, generator=generator, device=home, dtype=sample.dtype).to(sample.device)
